"""Every measure that is a matter of the network, against the same one written in plain NetworkX."""

import networkx as nx
import pytest

from bench.made import make_ecosystem
from graph.finding import Finding
from graph.gaps import run
from graph.record import Record
from ingest import load
from ingest.discover import discover
from tests.plain_networkx import Plain

pytestmark = pytest.mark.slow
ENTITIES, RELATIONS = 2_000, 10_000


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The ecosystem in plain NetworkX, and the view of the record."""
    folder = tmp_path_factory.mktemp("made")
    make_ecosystem(folder / "data", ENTITIES, RELATIONS)
    with Record.open(folder / "graph.duckdb", write=True) as record:
        load.ingest(record, discover([folder / "data"], "made"))
        yield Plain(folder / "data"), record.view()


def found(view, measure: str, **options) -> list[Finding]:
    return list(run(view, measures=[measure], top=0, as_of="2026-11-24", **options).findings)


def severities(findings) -> dict[str, float]:
    return {f.subject.id: f.severity for f in findings}


def close(mine: dict[str, float], plain: dict[str, float]) -> None:
    assert mine.keys() == plain.keys()
    for key, value in plain.items():
        assert mine[key] == pytest.approx(value, abs=1e-6), key


def test_scarcity(made):
    plain, view = made
    assert plain.missing() and plain.single() and plain.concentrated()
    close(severities(found(view, "missing-stage")), plain.missing())
    close(severities(found(view, "single-source")), plain.single())
    actors = [f for f in found(view, "concentrated") if f.values["level"] == "actor"]
    close(severities(actors), plain.concentrated())
    close(severities(found(view, "thin-stage")), plain.thin())


def test_impact(made):
    plain, view = made
    for finding in found(view, "missing-stage"):
        falls = nx.ancestors(plain.inputs, finding.subject.id)
        assert finding.impact["links_lost"] == len(falls) + 1


def test_mismatch(made):
    plain, view = made
    findings = found(view, "mismatch", region="C3")
    density = plain.density("C3")
    assert findings
    for finding in findings:
        assert finding.severity == pytest.approx(density[finding.subject.id], abs=1e-6)


def test_broker(made):
    plain, view = made
    by_hand = plain.broker()
    worst = {
        node: values["severity"]
        for node, values in by_hand.items()
        if values["pairs_lost"] >= 3 and values["severity"] >= 0.0005 and values["cut_off"] >= 2
    }
    findings = found(view, "broker")
    assert worst
    close(severities(findings), worst)
    for finding in findings:
        for name in ("pairs_lost", "components_after", "cut_off"):
            assert finding.values[name] == by_hand[finding.subject.id][name], name
    for finding in findings[:5]:
        if finding.values["constraint"] is not None:
            hand = plain.constraint(finding.subject.id)
            assert finding.values["constraint"] == pytest.approx(hand, abs=1e-6)


@pytest.mark.parametrize(("kind", "letter"), [("research", "U"), ("capital", "I")])
def test_dependence(made, kind, letter):
    plain, view = made
    clients, reach = plain.dependence(letter)
    least = max(3, 0.002 * reach)
    by_hand = {n: c / reach for n, c in clients.items() if c >= least and n[0] != "J"}
    mine = [f for f in found(view, "dependence") if f.values["kind"] == kind]
    assert by_hand
    close(severities(mine), by_hand)


def test_islands(made):
    plain, view = made
    mine = sorted(f.severity for f in found(view, "isolated-island"))
    assert mine
    assert mine == pytest.approx(sorted(plain.islands().values()), abs=1e-6)
