"""A small RDF graph in memory, asked by subject and predicate: shapes, and what they say."""

from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, NamedNode, Quad, Triple

from graph.rdf.shacl.vocabulary import FIRST, NIL, REST, TRUE, Node, Term


class Graph:
    """Triples by subject, then predicate, in the order in which they were read."""

    def __init__(self, triples: Iterable[Triple | Quad]) -> None:
        self._by: dict[Term, dict[NamedNode, dict[Term, None]]] = {}
        for t in triples:
            self._by.setdefault(t.subject, {}).setdefault(t.predicate, {})[t.object] = None

    def predicates(self, node: Term) -> list[NamedNode]:
        """What kinds of things are said of a node."""
        return list(self._by.get(node, ()))

    def objects(self, node: Term, predicate: NamedNode) -> list[Term]:
        return list(self._by.get(node, {}).get(predicate, ()))

    def value(self, node: Term, predicate: NamedNode) -> Term | None:
        """The first value, or None."""
        return next(iter(self.objects(node, predicate)), None)

    def subjects(self, predicate: NamedNode, value: Term | None = None) -> Iterator[Node]:
        """Whoever has this predicate (with this value)."""
        for node, said in self._by.items():
            if predicate in said and (value is None or value in said[predicate]):
                yield node  # type: ignore[misc]

    def nodes(self) -> Iterator[Term]:
        yield from self._by

    def members(self, head: Term) -> list[Term] | None:
        """The members of an RDF list; None where it is no list, or has no end.

        >>> Graph([]).members(NIL)
        []
        """
        found: list[Term] = []
        seen: set[Term] = set()
        while head != NIL:
            firsts, rests = self.objects(head, FIRST), self.objects(head, REST)
            if len(firsts) != 1 or len(rests) != 1 or head in seen:
                return None
            seen.add(head)
            found.append(firsts[0])
            head = rests[0]
        return found


def relabelled(quads: Iterable[Triple | Quad], prefix: str) -> Iterator[Triple]:
    """The triples with blank nodes named in their order, so that each reading names them alike."""
    names: dict[BlankNode, BlankNode] = {}

    def named(node: BlankNode) -> BlankNode:
        return names.setdefault(node, BlankNode(f"{prefix}{len(names)}"))

    for q in quads:
        subject, value = q.subject, q.object
        subject = named(subject) if isinstance(subject, BlankNode) else subject
        value = named(value) if isinstance(value, BlankNode) else value
        yield Triple(subject, q.predicate, value)


def boolean(term: Term | None) -> bool:
    """Whether a term is `true` itself; SHACL does not take `"1"^^xsd:boolean` for it."""
    return term == TRUE
