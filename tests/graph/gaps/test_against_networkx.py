"""Every measure that is a matter of the network, against the same one written in plain NetworkX."""

import networkx as nx
import pytest

from bench.made import make_ecosystem
from graph.finding import Finding
from graph.gaps import Found, methods, run
from graph.gaps.runner import LIVE_STATUS, asked
from graph.gaps.settings import Settings
from graph.network import Network
from graph.record import Record
from ingest import load
from ingest.discover import discover
from tests.plain_more import More, graph_of, write
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


def exact(view, measure: str, *, home=None, region=None, **scope) -> dict[str, float]:
    """Severities as the method has them, before anything is rounded."""
    limits = Settings(None)
    net = Network.of(view, as_of="2026-11-24", live_status=LIVE_STATUS, rates=limits.rates())
    ids = dict(view.con.execute("SELECT k, id FROM node").fetchall())
    answers = list(methods()[measure].find(net, asked(net, limits, home, region)))
    answers = [a for a in answers if isinstance(a, Found)]
    answers = [a for a in answers if {**a.values, **a.scope}.items() >= scope.items()]
    assert len({a.subject for a in answers}) == len(answers)
    return {ids[a.subject]: a.severity for a in answers}


def close(mine: dict[str, float], plain: dict[str, float]) -> None:
    assert mine.keys() == plain.keys()
    for key, value in plain.items():
        assert mine[key] == pytest.approx(value, abs=1e-9), key


def test_scarcity(made):
    plain, view = made
    assert plain.missing() and plain.single() and plain.concentrated()
    close(exact(view, "missing-stage"), plain.missing())
    close(exact(view, "single-source"), plain.single())
    close(exact(view, "concentrated", level="actor"), plain.concentrated())
    close(exact(view, "thin-stage"), plain.thin())


def test_impact(made):
    plain, view = made
    for finding in found(view, "missing-stage"):
        falls = nx.ancestors(plain.inputs, finding.subject.id)
        assert finding.impact["links_lost"] == len(falls) + 1


def test_mismatch(made):
    plain, view = made
    mine, density = exact(view, "mismatch", region="C3"), plain.density("C3")
    close(mine, {link: density[link] for link in mine})


def test_broker(made):
    plain, view = made
    by_hand = plain.broker()
    worst = {
        node: values["severity"]
        for node, values in by_hand.items()
        if values["pairs_lost"] >= 3 and values["severity"] >= 0.0005 and values["cut_off"] >= 2
    }
    assert worst
    close(exact(view, "broker"), worst)
    findings = found(view, "broker")
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
    assert by_hand
    close(exact(view, "dependence", kind=kind), by_hand)


def test_islands(made):
    plain, view = made
    mine = sorted(exact(view, "isolated-island").values())
    assert mine
    assert mine == pytest.approx(sorted(plain.islands().values()), abs=1e-9)


@pytest.fixture(scope="module")
def more(tmp_path_factory):
    """The second ecosystem, and the view of its record."""
    folder = tmp_path_factory.mktemp("more")
    graph = graph_of(ENTITIES, RELATIONS)
    write(graph, folder / "data")
    with Record.open(folder / "graph.duckdb", write=True) as record:
        load.ingest(record, discover([folder / "data"], "more"))
        yield More(graph), record.view()


def alike(view, plain: dict[str, float], measure: str, **options) -> None:
    """The same is found, and there is something to find."""
    assert len(plain) > 5
    close(exact(view, measure, **options), plain)


def test_supply_by_country(more):
    plain, view = more
    alike(view, plain.concentrated(), "concentrated", level="country")
    for home in ("CN", "JP"):
        alike(view, plain.external(home), "external", home=home)


def test_lead_dependence(more):
    plain, view = more
    alike(view, plain.lead_dependence(), "lead-dependence")


def test_local_uptake(more):
    plain, view = more
    assert plain.local_uptake()
    close(exact(view, "local-uptake"), plain.local_uptake())


def test_orphans(more):
    plain, view = more
    alike(view, plain.unused(), "orphan", kind="unused")
    alike(view, plain.without_clients(), "orphan", kind="clients")


def test_policy_coverage(more):
    plain, view = more
    alike(view, plain.policy_coverage(), "policy-coverage")
