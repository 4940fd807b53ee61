"""Shapes and data from RDF files."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from pyoxigraph import Quad, RdfFormat, Triple, parse

from graph.errors import InputError
from graph.rdf.shacl.graph import Graph, relabelled
from graph.rdf.shacl.vocabulary import IMPORTS, SHACL

FORMATS = {
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".trig": RdfFormat.TRIG,
    ".rdf": RdfFormat.RDF_XML,
    ".owl": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
}


def is_rdf(path: Path) -> bool:
    """Whether a file's name says that it is RDF."""
    return path.suffix.lower() in FORMATS


def triples(paths: Iterable[Path], prefix: str) -> Iterator[Triple]:
    """The triples of all files, whatever graphs they stand in; blank nodes are named in order.

    Raises InputError for a file that cannot be read, with the line where it breaks.
    """
    for number, path in enumerate(paths):
        yield from relabelled(_quads(path), f"{prefix}{number}x")


def _quads(path: Path) -> Iterator[Quad]:
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        raise InputError("shacl.no_rdf", path=path, known=", ".join(FORMATS))
    try:
        yield from parse(path=path, format=form, base_iri=path.resolve().as_uri())
    except SyntaxError as error:
        if "remote context" in str(error):
            raise InputError("shacl.remote_context", path=path) from error
        place = f"{path}:{error.lineno}" if error.lineno else str(path)
        raise InputError("shacl.unreadable", path=place, detail=error.msg) from error
    except (OSError, ValueError) as error:
        raise InputError("shacl.unreadable", path=path, detail=str(error)) from error


def shapes(path: Path) -> Graph:
    """The shapes graph of a file. InputError for one that says nothing in the words of SHACL."""
    graph = Graph(triples([path], "s"))
    said = (predicate for node in graph.nodes() for predicate in graph.predicates(node))
    if not any(predicate.value.startswith(SHACL) for predicate in said):
        raise InputError("shacl.no_shapes", path=path)
    return graph


def imports(graph: Graph) -> list[str]:
    """What a shapes graph would have read as well; nothing is fetched."""
    found = {v for node in graph.subjects(IMPORTS) for v in graph.objects(node, IMPORTS)}
    return sorted(str(v).strip("<>") for v in found)
