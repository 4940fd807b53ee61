"""The data to be checked, in a store that keeps literals as they are written."""

from collections.abc import Iterable

from pyoxigraph import Quad, QuerySolutions, Store, Triple

from graph.rdf.shacl.lexical import stored
from graph.rdf.shacl.vocabulary import XSD


def load(triples: Iterable[Triple | Quad]) -> Store:
    """A store in memory with these triples, all in one graph."""
    store = Store()
    store.bulk_extend(Quad(t.subject, t.predicate, stored(t.object)) for t in triples)
    return store


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
