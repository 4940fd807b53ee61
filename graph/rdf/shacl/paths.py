"""Property paths of SHACL (section 2.3.1): from the shapes graph, to SPARQL, and back to RDF."""

from dataclasses import dataclass
from itertools import count

from pyoxigraph import BlankNode, NamedNode, Triple

from graph.errors import InputError
from graph.rdf.shacl.graph import Graph
from graph.rdf.shacl.vocabulary import FIRST, NIL, REST, Node, Term, sh

LONGEST = 100
"""Steps of a sequence or alternative; the engine falls over thousands."""

_REPEATS = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}
_NAMES = {"|": "alternativePath", "^": "inversePath"} | {m: name for name, m in _REPEATS.items()}


@dataclass(frozen=True)
class Path:
    """One step over a predicate (`kind` empty), or other paths put together.

    `kind` is `^` (inverse), `/` (sequence), `|` (alternative), `*`, `+` or `?`.
    """

    kind: str
    parts: tuple["Path", ...] = ()
    predicate: NamedNode | None = None

    def __str__(self) -> str:
        """The path in SPARQL 1.1.

        >>> p = Path("", predicate=NamedNode("urn:p"))
        >>> str(Path("/", (Path("^", (p,)), Path("*", (p,)))))
        '(^<urn:p>/<urn:p>*)'
        """
        if not self.kind:
            return str(self.predicate)
        if self.kind in "/|":
            return f"({self.kind.join(str(p) for p in self.parts)})"
        (inner,) = self.parts
        text = f"({inner})" if inner.kind and inner.kind in "^*+?" else str(inner)
        return f"^{text}" if self.kind == "^" else f"{text}{self.kind}"

    @property
    def nullable(self) -> bool:
        """Whether it leads from a node to itself in no step."""
        if self.kind in ("*", "?"):
            return True
        inner = [p.nullable for p in self.parts]
        return any(inner) if self.kind == "|" else bool(inner) and all(inner)

    def reach(self, start: str, end: str) -> str:
        """The SPARQL pattern that binds `end` to what the path reaches from `start`.

        SPARQL lets a path of no step start only where the graph has the node; SHACL anywhere.
        """
        if not self.nullable:
            return f"{start} {self} {end} ."
        return f"OPTIONAL {{ {start} {self} {end}_ }} BIND(COALESCE({end}_, {start}) AS {end})"


def predicate(iri: NamedNode) -> Path:
    return Path("", predicate=iri)


def parse(graph: Graph, node: Term, within: tuple[Term, ...] = ()) -> Path:
    """The path that `node` stands for. InputError for one that is none, or holds itself."""
    if isinstance(node, NamedNode):
        return predicate(node)
    if node in within or len(within) >= LONGEST:
        raise InputError("shacl.bad_path", path=str(node))
    inside = (*within, node)

    def members(head: Term, kind: str) -> Path:
        parts = graph.members(head)
        if parts is None or not 2 <= len(parts) <= LONGEST:
            raise InputError("shacl.bad_path", path=str(node))
        return Path(kind, tuple(parse(graph, p, inside) for p in parts))

    if graph.objects(node, FIRST):
        return members(node, "/")
    alternatives = graph.value(node, sh("alternativePath"))
    if alternatives is not None:
        return members(alternatives, "|")
    inverse = graph.value(node, sh("inversePath"))
    if inverse is not None:
        return Path("^", (parse(graph, inverse, inside),))
    for name, mark in _REPEATS.items():
        inner = graph.value(node, sh(name))
        if inner is not None:
            return Path(mark, (parse(graph, inner, inside),))
    raise InputError("shacl.bad_path", path=str(node))


class Writer:
    """Writes paths as RDF; its blank nodes are numbered."""

    def __init__(self) -> None:
        self._names = count(1)
        self.triples: list[Triple] = []

    def node(self, path: Path) -> Node:
        """The node that stands for `path`; its triples are added."""
        if path.predicate is not None:
            return path.predicate
        if path.kind == "/":
            return self._list([self.node(p) for p in path.parts])
        node = self._blank()
        inner = [self.node(p) for p in path.parts]
        value: Node = self._list(inner) if path.kind == "|" else inner[0]
        self.triples.append(Triple(node, sh(_NAMES[path.kind]), value))
        return node

    def _list(self, members: list[Node]) -> Node:
        nodes = [self._blank() for _ in members]
        rests: list[Node] = [*nodes[1:], NIL]
        for node, member, rest in zip(nodes, members, rests, strict=True):
            self.triples += [Triple(node, FIRST, member), Triple(node, REST, rest)]
        return nodes[0]

    def _blank(self) -> BlankNode:
        return BlankNode(f"p{next(self._names)}")
