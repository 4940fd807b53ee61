"""The W3C's tests of SHACL: what each gives as data and shapes, and the report that it expects."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from graph.rdf.shacl import Graph, Report, check, load, relabelled
from graph.rdf.shacl.paths import Path as PropertyPath
from graph.rdf.shacl.paths import parse as parse_path
from graph.rdf.shacl.vocabulary import TYPE, Term, sh

TEST = "http://www.w3.org/ns/shacl-test#"
MANIFEST = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"

Row = tuple[str, PropertyPath | None, str | None, str, str, str]


def triples(path: Path) -> list[Triple]:
    """The triples of a file; its blank nodes keep their names in both of its readings."""
    base = path.resolve().as_uri()
    return list(relabelled(parse(path=path, format=RdfFormat.TURTLE, base_iri=base), "b"))


@dataclass(frozen=True)
class Case:
    """One test: its node in its file."""

    file: Path
    node: Term

    @property
    def name(self) -> str:
        assert isinstance(self.node, NamedNode)
        return self.node.value.rpartition("/core/")[2] or self.node.value

    def action(self, what: str) -> list[Triple]:
        graph = Graph(triples(self.file))
        action = graph.value(self.node, NamedNode(MANIFEST + "action"))
        assert action is not None
        file = graph.value(action, NamedNode(TEST + what))
        assert isinstance(file, NamedNode)
        return triples(Path(unquote(urlsplit(file.value).path)))

    def report(self) -> Report:
        return check(load(self.action("dataGraph")), Graph(self.action("shapesGraph")))

    def expected(self) -> tuple[bool, Counter[Row]]:
        graph = Graph(triples(self.file))
        result = graph.value(self.node, NamedNode(MANIFEST + "result"))
        assert result is not None
        return read(graph, result)


def cases(folder: Path) -> list[Case]:
    """All tests of a file, or below a folder."""
    found = []
    for file in [folder] if folder.is_file() else sorted(folder.rglob("*.ttl")):
        graph = Graph(triples(file))
        found += [
            Case(file, node)
            for node in graph.nodes()
            if NamedNode(TEST + "Validate") in graph.objects(node, TYPE)
        ]
    return found


def read(graph: Graph, report: Term) -> tuple[bool, Counter[Row]]:
    """Whether a report says that the data conform, and its results."""
    conforms = graph.value(report, sh("conforms"))
    assert isinstance(conforms, Literal)

    def row(node: Term) -> Row:
        path = graph.value(node, sh("resultPath"))
        said = [graph.value(node, sh(n)) for n in ("focusNode", "value", "sourceShape")]
        focus, value, shape = (None if t is None else plain(t) for t in said)
        component, severity = (
            str(graph.value(node, sh(n))) for n in ("sourceConstraintComponent", "resultSeverity")
        )
        assert focus is not None
        at = None if path is None else parse_path(graph, path)
        return focus, at, value, component, severity, shape or ""

    rows = Counter(row(node) for node in graph.objects(report, sh("result")))
    return conforms.value == "true", rows


def read_turtle(text: bytes) -> tuple[bool, Counter[Row]]:
    """The same of a report in Turtle, whose blank nodes keep their names."""
    graph = Graph(parse(text, RdfFormat.TURTLE))
    (report,) = (n for n in graph.nodes() if sh("ValidationReport") in graph.objects(n, TYPE))
    return read(graph, report)


def found(report: Report) -> tuple[bool, Counter[Row]]:
    """The same of a report of ours."""
    rows: Iterable[Row] = (
        (
            plain(r.focus),
            r.path,
            None if r.value is None else plain(r.value),
            str(r.component),
            str(r.severity),
            plain(r.shape),
        )
        for r in report.results
    )
    return report.conforms, Counter(rows)


def plain(term: Term) -> str:
    """A term as text; language tags in small letters, as SPARQL compares them."""
    if isinstance(term, Literal) and term.language:
        return str(Literal(term.value, language=term.language.lower()))
    return str(term)
