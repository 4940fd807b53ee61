"""The data to be checked, in a store that keeps literals as they are written."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pyoxigraph import Quad, QuerySolutions, Store, Triple

from graph.errors import InputError
from graph.rdf import export
from graph.rdf.shacl.lexical import stored
from graph.rdf.shacl.vocabulary import XSD

if TYPE_CHECKING:
    from graph.record.view import View

IN_MEMORY = 300_000
"""Entities and relations up to which the store is kept in memory (about 1.2 GB)."""


def load(triples: Iterable[Triple | Quad]) -> Store:
    """A store in memory with these triples, all in one graph."""
    store = Store()
    store.bulk_extend(Quad(t.subject, t.predicate, stored(t.object)) for t in triples)
    return store


@contextmanager
def of_view(view: "View", base: str, in_memory: int = IN_MEMORY) -> Iterator[Store]:
    """The store of the RDF of a view, on disk for a while where the view is large.

    Raises InputError where the disk has no room for it.
    """
    size = sum(view.entity_counts().values()) + sum(view.relation_counts().values())
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            store = Store() if size <= in_memory else Store(folder)
            export.load(view, store, base)
            mark(store)
        except OSError as error:
            raise InputError("shacl.no_room", folder=folder, detail=str(error)) from error
        yield store
        del store


def mark(store: Store) -> None:
    """Marks the literals of a store that was filled in another way as `load` would have.

    What the store has rewritten stays rewritten; what it could not read is ill-formed again.
    """
    found = store.query(
        "SELECT DISTINCT ?v WHERE { ?s ?p ?v"
        f' FILTER(isLITERAL(?v) && LANG(?v) = "" && DATATYPE(?v) != <{XSD}string>) }}'
    )
    assert isinstance(found, QuerySolutions)
    for literal in [row["v"] for row in found]:
        if stored(literal) != literal:
            for quad in [*store.quads_for_pattern(None, None, literal)]:
                store.remove(quad)
                store.add(Quad(quad.subject, quad.predicate, stored(literal)))
