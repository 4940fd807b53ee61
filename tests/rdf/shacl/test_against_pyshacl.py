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

pytestmark = pytest.mark.slow

SHAPES = resource("ontology.ttl").read_text("utf-8") + MORE_SHAPES


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> list[Triple]:
    path = tmp_path_factory.mktemp("demo") / "graph.duckdb"
    with Record.open(path, write=True) as record:
        done = ingest.ingest(record, discover([resource("demo")]))
        assert done.accepted > 2000
        return [*triples(record.view(), BASE)]


def ours(data: list[Triple]) -> Report:
    shapes = Graph(relabelled(parse(SHAPES, RdfFormat.TURTLE), "s"))
    return check(load(data), shapes)


def pyshacls(data: list[Triple]) -> Graph:
    """The report of pyshacl on the same triples and shapes."""
    text = serialize(data, format=RdfFormat.N_TRIPLES)
    graph = rdflib.Graph().parse(data=text, format="nt")
    shapes = rdflib.Graph().parse(data=SHAPES, format="turtle")
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes)
    return Graph(parse(report.serialize(format="nt"), RdfFormat.N_TRIPLES))


def rows(found: Counter[w3c.Row]) -> Counter[w3c.Row]:
    """Results without the names of blank nodes, which each program chooses for itself."""
    return Counter(
        {row: sum(n for r, n in found.items() if named(r) == row) for row in map(named, found)}
    )


def named(row: w3c.Row) -> w3c.Row:
    return (*row[:5], "_" if row[5].startswith("_:") else row[5])


@pytest.mark.filterwarnings("ignore:Parsing weird boolean")
def test_a_hundred_faults_are_found_alike(
    demo: list[Triple], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    data, planted = plant(demo)
    assert planted == 100
    report = pyshacls(data)
    (node,) = report.subjects(TYPE, sh("ValidationReport"))
    conforms, wanted = w3c.read(report, node)
    found = w3c.found(ours(data))
    assert not conforms and not found[0]
    assert rows(found[1]) == rows(wanted)
    assert sum(wanted.values()) >= planted
    assert len({row[3] for row in wanted}) >= 17, "as many kinds of constraint are broken"


def test_the_example_itself_conforms(demo: list[Triple]) -> None:
    assert ours(demo).results == ()
