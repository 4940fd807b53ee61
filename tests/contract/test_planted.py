"""Whatever goes wrong with a copy of the graph is found, and named: nothing else is."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Protocol

import pytest

from graph.record import Record
from graph.record.agreement import sum_up, unequal
from graph.record.disagreement import Difference, differences
from graph.record.held import PLACE, Held
from graph.record.sums import view_digest
from graph.record.view import View
from tests.contract.planted import PLANTED, Planted, graph
from tests.contract.triples import BASE


class Copy(Protocol):
    """A copy of the graph that can be spoilt."""

    def spoil(self, planted: Planted) -> None: ...
    def read(self, view: View) -> Held: ...
    def found(self, planted: Planted) -> tuple[Difference, ...]: ...


class Graph:
    """A property graph, emptied and filled anew for each test."""

    def __init__(self, driver: Any, database: str | None, view: View) -> None:
        from graph.neo4j.push import push

        self.driver, self.database = driver, database
        with driver.session(database=database) as session:
            session.run("MATCH (n) DETACH DELETE n").consume()
        push(view, driver, database)

    def spoil(self, planted: Planted) -> None:
        assert planted.cypher
        with self.driver.session(database=self.database) as session:
            session.run(planted.cypher).consume()

    def read(self, view: View) -> Held:
        from graph.neo4j.held import read_back

        held = Held("graph", view.con, view.schema)
        read_back(held, self.driver, self.database)
        return held

    def found(self, planted: Planted) -> tuple[Difference, ...]:
        return planted.found


class Rdf:
    """The Turtle of the exporter, as a parser that is not ours reads it."""

    def __init__(self, view: View) -> None:
        import io

        import pyoxigraph as ox

        from graph.rdf.export import write

        out = io.BytesIO()
        write(view, out, base=BASE)
        triples = ox.parse(out.getvalue(), ox.RdfFormat.TURTLE)
        self.lines = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES).decode().split("\n")

    def spoil(self, planted: Planted) -> None:
        assert planted.rdf
        self.lines = planted.rdf([line for line in self.lines if line])

    def read(self, view: View) -> Held:
        from graph.rdf.held import reading_back

        held = Held("rdf", view.con, view.schema, frozenset(PLACE))
        with reading_back(held) as lines:
            lines.write("".join(line + "\n" for line in self.lines if line).encode())
        return held

    def found(self, planted: Planted) -> tuple[Difference, ...]:
        return planted.found if planted.rdf_found is None else planted.rdf_found


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> Iterator[View]:
    db = graph().write(tmp_path_factory.mktemp("planted") / "graph.duckdb")
    with Record.open(db) as record:
        yield record.view()


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from graph.cypher import engine

    with ExitStack() as stack:
        folder = tmp_path_factory.mktemp("engine")
        yield stack.enter_context(engine.running(folder, write=True, heap="512m"))


SERVER = [pytest.mark.neo4j, pytest.mark.xdist_group("neo4j")]
STORES = ["embedded", pytest.param("neo4j", marks=SERVER), "rdf"]
SPOILT = [
    pytest.param(store, planted, id=f"{store}: {planted.name}", marks=SERVER * (store == "neo4j"))
    for store in ("embedded", "neo4j", "rdf")
    for planted in PLANTED
    if (planted.rdf if store == "rdf" else planted.cypher)
]


@pytest.fixture
def copy(request: pytest.FixtureRequest, view: View) -> Copy:
    if request.param == "embedded":
        running = request.getfixturevalue("embedded")
        return Graph(running.driver, running.database, view)
    if request.param == "neo4j":
        return Graph(request.getfixturevalue("neo4j_empty"), None, view)
    return Rdf(view)


@pytest.mark.parametrize("copy", STORES, indirect=True)
def test_a_good_copy_is_equal(copy: Copy, view: View) -> None:
    held = copy.read(view)
    sums = sum_up(Held.of_view(view)), sum_up(held)
    assert sums[0].digest == sums[1].digest == view_digest(view)
    assert not unequal(Held.of_view(view), held, sums)
    assert not any(held.foreign.values())


@pytest.mark.parametrize(("copy", "planted"), SPOILT, indirect=["copy"])
def test_what_is_planted_is_found(copy: Copy, view: View, planted: Planted) -> None:
    copy.spoil(planted)
    record, held = Held.of_view(view), copy.read(view)
    kinds = unequal(record, held, (sum_up(record), sum_up(held)))
    total, found = differences(record, held, kinds, None)
    assert sorted(map(repr, found)) == sorted(map(repr, copy.found(planted)))
    assert total == len(found)
    assert any(held.foreign.values()) == (planted.name == "what others have put in")


def test_there_are_thirty_in_each_form() -> None:
    assert sum(bool(p.cypher and p.found) for p in PLANTED) >= 30
    assert sum(bool(p.rdf and p.found) for p in PLANTED) >= 30
