"""From a result back to the line of a file that says what is wrong."""

from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from graph.rdf.shacl.report import Result
from graph.rdf.shacl.vocabulary import RDF, Term

DCTERMS = "http://purl.org/dc/terms/"
PROV = "http://www.w3.org/ns/prov#"


@dataclass(frozen=True)
class Place:
    """A line of a file of a source; all None where nothing is known."""

    source: str | None = None
    file: str | None = None
    line: int | None = None


def place(data: Store, result: Result, ours: str) -> Place:
    """Where the data say what the result is about: the relation's line, else the focus node's.

    `ours` is the namespace of the ontology, in whose RDF every node has its file and line.
    """
    node: Term | None = None
    if result.path is not None and isinstance(result.value, NamedNode):
        predicate = result.path.predicate
        if predicate is not None and isinstance(result.focus, NamedNode):
            node = _statement(data, result.focus, predicate, result.value)
    return _said(data, node or result.focus, ours)


def about(data: Store, result: Result, ours: str) -> tuple[str, str, str] | None:
    """The id of the entity, the property and the value that a result names; None for others."""
    path = result.path.predicate if result.path is not None else None
    if path is None or not isinstance(result.value, Literal):
        return None
    if not isinstance(result.focus, NamedNode):
        return None
    for quad in data.quads_for_pattern(result.focus, NamedNode(ours + "id"), None):
        if isinstance(quad.object, Literal):
            return quad.object.value, path.value, result.value.value
    return None


def _statement(
    data: Store, subject: NamedNode, predicate: NamedNode, target: NamedNode
) -> Term | None:
    """The statement of a relation; of parallel ones the first."""
    found = data.query(
        f"SELECT ?s WHERE {{ ?s <{RDF}subject> {subject} ; <{RDF}object> {target} ;"
        f" <{RDF}predicate> {predicate} }} ORDER BY ?s LIMIT 1"
    )
    assert isinstance(found, QuerySolutions)
    return next((row["s"] for row in found), None)


def _said(data: Store, node: Term, ours: str) -> Place:
    if not isinstance(node, NamedNode):
        return Place()
    found = data.query(
        "SELECT ?line ?file ?source WHERE {"
        f" {node} <{PROV}wasDerivedFrom> ?f ; <{ours}line> ?line ."
        f" ?f <{DCTERMS}title> ?file ; <{DCTERMS}isPartOf> [ <{DCTERMS}title> ?source ] }}"
        " ORDER BY ?source ?file ?line LIMIT 1"
    )
    assert isinstance(found, QuerySolutions)
    for row in found:
        line, file, source = (row[name] for name in ("line", "file", "source"))
        assert isinstance(line, Literal) and isinstance(file, Literal)
        assert isinstance(source, Literal)
        return Place(source.value, file.value, int(line.value))
    return Place()
