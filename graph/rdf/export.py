"""The graph as RDF: `ttl` and `rdfxml` hold the view, `trig`, `nq` and `jsonld` the claims.

An entity has its class, its names with their languages, every property typed. A relation is the
plain triple, and a statement with an IRI (`rdf:subject`, `rdf:predicate`, `rdf:object`) that
carries its attributes, so that parallel and dated relations stay apart. In the view each has the
file and line that come first; in the claims every source speaks for itself, in the named graph of
its file. The bytes are the same each time. docs/rdf.md says what comes back from which form.
"""

from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING

from graph.rdf import claim_parts, description, iris, literals, terms, view_parts
from graph.rdf import write as writing
from graph.rdf.syntax import Syntax
from graph.rdf.syntax.jsonld import JsonLd
from graph.rdf.syntax.nquads import NQuads
from graph.rdf.syntax.rdfxml import DEFINE, RdfXml
from graph.rdf.syntax.turtle import Turtle

if TYPE_CHECKING:
    from pyoxigraph import Store, Triple

    from graph.record import Record, View
    from graph.settings import Settings

CLAIMS = ("trig", "nq", "jsonld")
VIEW = ("ttl", "rdfxml")


def ttl(record: "Record", output: IO[bytes], settings: "Settings") -> None:
    """The view as Turtle."""
    write(record.view(), output, "ttl", base=settings.base)


def rdfxml(record: "Record", output: IO[bytes], settings: "Settings") -> None:
    """The view as RDF/XML. UsageError where a text has a character that XML cannot hold."""
    write(record.view(), output, "rdfxml", base=settings.base)


def trig(record: "Record", output: IO[bytes], settings: "Settings") -> None:
    """The claims as TriG."""
    write(record.view(), output, "trig", base=settings.base)


def nq(record: "Record", output: IO[bytes], settings: "Settings") -> None:
    """The claims as N-Quads."""
    write(record.view(), output, "nq", base=settings.base)


def jsonld(record: "Record", output: IO[bytes], settings: "Settings") -> None:
    """The claims as JSON-LD, with its context inside."""
    write(record.view(), output, "jsonld", base=settings.base)


def write(view: "View", output: IO[bytes], form: str = "ttl", *, base: str | None = None) -> None:
    """Writes the view, or the claims that it is made of, in one of the five forms.

    Entities stand under `base`. UsageError for a base that is no IRI.
    """
    root = iris.checked_base(base)
    _define(view, root)
    graphs = _claims(view, root) if form in CLAIMS else _view(view, root)
    writing.write(view.con, graphs, _syntax(view, form), output)


def lines(view: "View", base: str) -> "Iterator[bytes | memoryview]":
    """The view as N-Triples, piece by piece, each of whole lines."""
    _define(view, base)
    return writing.chunks(view.con, _view(view, base), NQuads())


def triples(view: "View", base: str) -> "Iterator[Triple]":
    """All triples of the view, in the order of `ttl`."""
    from pyoxigraph import RdfFormat, parse

    for piece in lines(view, base):
        for quad in parse(bytes(piece), RdfFormat.N_TRIPLES):
            yield quad.triple


def load(view: "View", store: "Store", base: str) -> None:
    """Puts the triples of the view into an empty store, much faster than one by one."""
    from pyoxigraph import RdfFormat

    for piece in lines(view, base):
        store.bulk_load(bytes(piece), RdfFormat.N_TRIPLES)


def _define(view: "View", base: str) -> None:
    from graph.record.sql import literal

    literals.define(view.con)
    iris.define(view.con, base)
    view.con.execute(f"CREATE OR REPLACE TEMP MACRO rdf_base() AS {literal(base)}")
    view.con.execute(DEFINE)


def _syntax(view: "View", form: str) -> Syntax:
    prefixes = terms.prefixes(view.schema)
    if form == "nq":
        return NQuads()
    if form == "rdfxml":
        return RdfXml(prefixes)
    if form == "jsonld":
        return JsonLd(description.context(view.schema), prefixes)
    return Turtle(prefixes)


def _view(view: "View", base: str) -> Iterable[writing.Named]:
    view_parts.prepare(view, base)
    yield None, description.of_view(view, base)
    yield None, view_parts.parts(view)


def _claims(view: "View", base: str) -> Iterable[writing.Named]:
    files = claim_parts.prepare(view, base)
    yield None, description.of_claims(view, base)
    for rank, iri in files:
        yield iri, claim_parts.parts(view, rank, iri)
