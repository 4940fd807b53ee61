"""`graph whatif` and `graph repair` as they are typed, and on real records."""

import json
import shutil

import pytest

from graph.gaps.whatif import whatif
from graph.record import Record
from ingest import load
from ingest.discover import discover
from ingest.mapping import load_mapping

DAY = "2026-01-01"
RUBBER = "商品化工-橡胶-合成橡胶-顺丁橡胶"
TYRE = "轮胎与橡胶-轮胎-斜交轮胎"
TYRE_MAKER = "CSF0000002238"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A record of the example, made once."""
    from graph.resources import copy_demo

    folder = tmp_path_factory.mktemp("demo")
    with Record.open(folder / "graph.duckdb", write=True) as record:
        load.ingest(record, discover([copy_demo(folder / "data")], "demo"), command="test")
    return folder / "graph.duckdb"


@pytest.fixture
def db(demo, tmp_path):
    return str(shutil.copy(demo, tmp_path / "graph.duckdb"))


@pytest.fixture(scope="module")
def supply_chain(shared_data, tmp_path_factory):
    """The record of openspg-supplychain."""
    chosen = load_mapping("openspg-supplychain")
    record = Record.open(tmp_path_factory.mktemp("openspg") / "r.duckdb", write=True)
    files = discover([shared_data / "openspg-supplychain"], chosen.source)
    load.ingest(record, files, mapping=chosen, command="test")
    yield record.view()
    record.close()


def test_the_rubber_price_reaches_the_tyre_maker(supply_chain):
    """The known answer: 顺丁橡胶 dearer, 斜交轮胎 dearer, and so its maker 三角轮胎."""
    said = whatif(supply_chain, ["event:1"], as_of=DAY)
    assert [hit.link.id for hit in said.links] == [RUBBER] and said.removed[0].kind == "link"
    nearest = {a.subject.id: a for a in said.further if a.steps == 1}
    assert nearest[TYRE].left == 0.0
    first = said.exposed[0]
    assert (first.subject.id, first.steps, first.share) == (TYRE_MAKER, 1, 1.0)
    assert first.links == 2 and first.left == 0.0
    assert said.share_lost > 0 and min(a.steps for a in said.outputs) > 1
    assert whatif(supply_chain, ["顺丁橡胶"], as_of=DAY).exposed == said.exposed


def test_it_is_not_everybody_who_is_reached(supply_chain):
    """What lies upstream of rubber, or beside it, loses nothing by it."""
    said = whatif(supply_chain, ["event:1"], as_of=DAY)
    makers = {p.subject.id for hit in said.links for p in hit.providers}
    assert makers == {"CSF0000001579", "CSF0000000025", "CSF0000000053"}
    assert said.counts["exposed"] < 103
    assert whatif(supply_chain, [TYRE], as_of=DAY).share_lost < said.share_lost
    up = whatif(supply_chain, [TYRE], as_of=DAY)
    assert RUBBER not in {a.subject.id for a in (*up.further, *up.outputs)}


def test_whatif_in_a_pipe(run, db):
    done = run("whatif", "--remove", "Example Mask A", "--db", db, "--as-of", DAY)
    assert done.code == 0 and done.out.startswith("Without Example Mask A (firm:example-mask-a)")
    rows = [line.split("\t") for line in done.out.splitlines() if "\t" in line]
    assert ["links", "Fine metal mask (product:fine-metal-mask)", "96.0%"] in [r[:3] for r in rows]
    assert {"removed", "links", "outputs", "exposed", "recovery"} <= {r[0] for r in rows}
    zh = run("whatif", "-r", "示例·掩膜版甲", "--db", db, "--lang", "zh", "--as-of", DAY)
    assert zh.code == 0 and zh.out.startswith("移除示例·掩膜版甲") and "精细金属掩膜版" in zh.out


def test_whatif_as_json_to_a_file(run, db, tmp_path):
    words = ("whatif", "--remove", "JP", "--home", "CN", "--format", "json", "--as-of", DAY)
    done = run(*words, "--db", db, "-o", str(tmp_path / "w.json"))
    assert done.code == 0 and not done.out
    said = json.loads((tmp_path / "w.json").read_text("utf-8"))
    assert said["removed"][0]["subject"]["id"] == "region:jp"
    assert said["configuration"] == {"remove": ["JP"], "home": "CN", "as_of": DAY}
    kinds = [row["kind"] for row in said["recovery"]]
    usual = ["provider", "elsewhere", "variant", "alternative", "newcomer"]
    assert kinds == ["none", *usual, "at-home", "all"]
    lost = [row["share_lost"] for row in said["recovery"]]
    assert max(lost) == lost[0] == said["share_lost"] and min(lost) == lost[-1] > 0
    assert not any(
        c["abroad"]
        for link in said["stand_in"]
        for c in link["candidates"]
        if c["kind"] == "newcomer"
    )
    again = run(*words, "--db", db)
    assert again.json() == said


def test_a_name_that_is_not_known_says_what_is_near(run, db):
    done = run("whatif", "--remove", "firm:example-mask", "--db", db)
    assert done.code == 2 and "firm:example-mask-a" in done.err
    assert run("whatif", "--db", db).code == 2
    assert run("whatif", "--remove", "x", "--db", "none.duckdb").code == 3


def test_repair_in_a_pipe(run, db):
    done = run("repair", "--db", db, "--home", "CN", "--top", "1", "--as-of", DAY)
    assert done.code == 0 and "findings looked at" in done.out
    rows = [line.split("\t") for line in done.out.splitlines() if line.startswith("repairs\t")]
    assert {"PROVIDES", "COLLABORATES_WITH", "INVESTS_IN"} <= {row[7] for row in rows}
    zh = run("repair", "--db", db, "--top", "1", "--measure", "missing-stage", "--lang", "zh")
    assert zh.code == 0 and "新关系" in zh.out


def test_repair_as_json(run, db):
    words = ("--measure", "external", "--measure", "chokepoint", "--home", "CN", "--as-of", DAY)
    said = run("repair", "--db", db, "--format", "json", *words).json()
    assert {one["measure"] for one in said["repairs"]} == {"external", "chokepoint"}
    for one in said["repairs"]:
        assert (
            one["taken"] == pytest.approx(one["before"] - one["after"], abs=2e-6)
            and one["taken"] > 0
        )
        assert all(c["abroad"] is False for c in one["candidates"] if c["subject"])
    refused = run("repair", "--db", db, "--measure", "policy-quality")
    assert refused.code == 2 and "chokepoint" in refused.err
    assert run("repair", "--db", db, "--measure", "nonsense").code == 2


def test_help_lists_them_after_gaps(run):
    lines = [line.strip().strip("│ ").split(" ")[0] for line in run("--help").out.splitlines()]
    at = [lines.index(name) for name in ("gaps", "whatif", "repair", "export")]
    assert at == sorted(at)
