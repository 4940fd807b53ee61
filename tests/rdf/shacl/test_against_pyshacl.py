"""A hundred faults in the example, found alike by pyshacl and by us."""

from collections import Counter

import pyshacl
import pytest
import rdflib
from pyoxigraph import RdfFormat, Triple, parse, serialize

from graph.rdf.export import triples
from graph.rdf.iris import BASE
from graph.rdf.shacl import Graph, Report, check, load, relabelled
from graph.rdf.shacl.vocabulary import TYPE, sh
from graph.record import Record
from graph.resources import resource
from ingest import load as ingest
from ingest.discover import discover
from tests.rdf.shacl import w3c
from tests.rdf.shacl.faults import MORE_SHAPES, plant
from tests.rdf.shacl.generated import Made

SHAPES = resource("ontology.ttl").read_text("utf-8") + MORE_SHAPES


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> list[Triple]:
    path = tmp_path_factory.mktemp("demo") / "graph.duckdb"
    with Record.open(path, write=True) as record:
        done = ingest.ingest(record, discover([resource("demo")]))
        assert done.accepted > 2000
        return [*triples(record.view(), BASE)]


def ours(data: list[Triple], shapes: str = SHAPES) -> Report:
    return check(load(data), Graph(relabelled(parse(shapes, RdfFormat.TURTLE), "s")))


def pyshacls(data: list[Triple], shapes: str = SHAPES) -> tuple[bool, Counter[w3c.Row]]:
    """What pyshacl finds in the same triples by the same shapes."""
    text = serialize(data, format=RdfFormat.N_TRIPLES)
    graph = rdflib.Graph().parse(data=text, format="nt")
    asked = rdflib.Graph().parse(data=shapes, format="turtle")
    _, report, _ = pyshacl.validate(graph, shacl_graph=asked)
    said = Graph(parse(report.serialize(format="nt"), RdfFormat.N_TRIPLES))
    (node,) = said.subjects(TYPE, sh("ValidationReport"))
    return w3c.read(said, node)


def rows(found: Counter[w3c.Row]) -> Counter[w3c.Row]:
    """Results without the names of blank nodes, which each program chooses for itself."""
    return Counter(
        {row: sum(n for r, n in found.items() if named(r) == row) for row in map(named, found)}
    )


def named(row: w3c.Row) -> w3c.Row:
    focus, path, value, component, severity, shape = row
    return (_alike(focus), path, value and _alike(value), component, severity, _alike(shape))


def _alike(term: str) -> str:
    return "_" if term.startswith("_:") else term


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Parsing weird boolean")
def test_a_hundred_faults_are_found_alike(
    demo: list[Triple], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    data, planted = plant(demo)
    assert planted == 100
    conforms, wanted = pyshacls(data)
    found = w3c.found(ours(data))
    assert not conforms and not found[0]
    assert rows(found[1]) == rows(wanted)
    assert sum(wanted.values()) >= planted
    assert len({row[3] for row in wanted}) >= 17, "as many kinds of constraint are broken"


@pytest.mark.slow
def test_the_example_itself_conforms(demo: list[Triple]) -> None:
    assert ours(demo).results == ()


SEEDS = 80


def test_odd_shapes_give_the_same_results(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    kinds = Counter[str]()
    for seed in range(SEEDS):
        made = Made(seed)
        data = [*relabelled(parse(made.data, RdfFormat.TURTLE), "d")]
        conforms, wanted = pyshacls(data, made.shapes)
        ours_conforms, found = w3c.found(ours(data, made.shapes))
        assert conforms == ours_conforms, seed
        assert rows(found) == rows(wanted), seed
        kinds.update(row[3] for row in wanted.elements())
    assert len(kinds) >= 24 and sum(kinds.values()) > 300
