"""What a what-if removes, removed from the files and read again, gives the same numbers."""

import csv
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from graph import gaps
from graph.gaps.runner import LIVE_STATUS
from graph.gaps.settings import Settings
from graph.gaps.whatif import supply, whatif
from graph.gaps.whatif.removal import removal
from graph.network import Network
from graph.network.impact import Gone
from graph.network.without import without
from graph.record import Record
from graph.resources import copy_demo
from ingest import load
from ingest.discover import discover

DAY = "2026-06-01"
QUICK = {"stability.draws": 0, "stability.draws_min": 0}
ROUNDS = "融资事件.csv"

CASES = {
    "country": ["JP"],
    "region": ["region:gouqu"],
    "investor": ["investor:example-g"],
    "link": ["product:fine-metal-mask"],
    "several": ["firm:example-mask-a", "policy:example-chip-design", "platform:example-pilot-a"],
}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return copy_demo(tmp_path_factory.mktemp("demo") / "data")


def ingested(files: Path, db: Path):
    record = Record.open(db, write=True)
    load.ingest(record, discover([files], "demo"), command="test")
    return record.view()


@pytest.fixture(scope="module")
def before(files, tmp_path_factory):
    return ingested(files, tmp_path_factory.mktemp("before") / "r.duckdb")


def network(view):
    return Network.of(view, as_of=DAY, live_status=LIVE_STATUS, rates=Settings().rates())


def thinned(files: Path, to: Path, gone: set[str], names: set[str], links: set[str]) -> Path:
    """The files without rows that name one of the entities, and without providers of the links."""
    shutil.copytree(files, to)
    for path in sorted(to.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        kept = [
            r for r in rows if not gone.intersection(r.get(c, "") for c in ("id", "from", "to"))
        ]
        if path.name == "provides.csv":
            kept = [r for r in kept if r["to"] not in links]
        if path.name == ROUNDS:
            for row in kept:
                row["投资方"] = "、".join(
                    n for n in row["投资方"].split("、") if re.split("[(（]", n)[0] not in names
                )
                row["融资企业"] = "" if row["融资企业"] in names else row["融资企业"]
        if kept == rows and path.name != ROUNDS:
            continue
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(kept)
    return to


def said(view):
    """All that a view says, by ids: entities with their class, relations with their attributes."""
    nodes = set(view.con.execute("SELECT id, class, name FROM node").fetchall())
    relations = []
    for name, relation in view.schema.relations.items():
        columns = ", ".join(f'r."{c}"' for term in relation.attributes for c, _ in term.columns)
        relations += view.con.execute(
            f"SELECT '{name}', a.id, b.id, {columns} FROM \"r_{name}\" r"
            " JOIN node a ON a.k = r.f JOIN node b ON b.k = r.t ORDER BY ALL"
        ).fetchall()
    return nodes, relations


def severities(view):
    found = gaps.run(view, home="CN", top=0, as_of=DAY, settings=QUICK)
    return {f.id: f.severity for f in found.findings}


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_it_is_the_record_of_files_without_it(case, files, before, tmp_path):
    net = network(before)
    taken = removal(net, CASES[case])
    ids = dict(before.con.execute("SELECT k, id FROM node").fetchall())
    names = dict(before.con.execute("SELECT k, name FROM node").fetchall())
    gone = {ids[k] for k in taken.gone.tolist()}
    links = {ids[k] for k in net.links[taken.links].tolist()}
    assert gone or links
    fewer = thinned(files, tmp_path / "data", gone, {names[k] for k in taken.gone.tolist()}, links)
    after = ingested(fewer, tmp_path / "r.duckdb")
    reduced = without(before, taken.gone, net.links[taken.links])
    assert said(reduced) == said(after)
    assert severities(reduced) == severities(after)

    later = network(after)
    rows = _gone(net, later, taken.links)
    same, read = supply.rows_gone(net, taken), supply.fall(net, rows, [])
    assert sorted(same.held) == sorted(rows.held) and sorted(same.stated) == sorted(rows.stated)
    answer = whatif(before, CASES[case], as_of=DAY)
    assert (answer.output_lost, answer.share_lost) == read.value()
    is_worse = {c.id: c.after for c in (*answer.opened, *answer.worse)}
    again = gaps.run(after, top=0, as_of=DAY, settings=QUICK)
    found = {f.id: f.severity for f in again.findings}
    assert {i: found[i] for i in is_worse} == pytest.approx(is_worse, abs=1e-6)
    assert bool(taken.links.size or answer.counts["links_hit"]) == bool(len(rows.held))
    reduced.con.close()


def _gone(net, later, links):
    """The rows of supply that are no longer there."""
    ids = dict(net.source.con.execute("SELECT k, id FROM node").fetchall())
    now = dict(later.source.con.execute("SELECT k, id FROM node").fetchall())

    def pairs(one, by, who, supply):
        return [
            (by[k], by[w])
            for k, w in zip(one.links[supply.link].tolist(), who[supply.who].tolist(), strict=True)
        ]

    def missing(mine, theirs):
        left = set(theirs)
        rows = [i for i, pair in enumerate(mine) if pair not in left]
        return np.array(rows, dtype=np.int64)

    return Gone(
        links,
        missing(
            pairs(net, ids, net.actors, net.supply),
            pairs(later, now, later.actors, later.supply),
        ),
        missing(
            pairs(net, ids, net.places.regions, net.stated),
            pairs(later, now, later.places.regions, later.stated),
        ),
    )
