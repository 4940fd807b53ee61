"""Shapes from a shapes graph. What cannot be checked is refused by name, never passed over."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeVar

from pyoxigraph import Literal, NamedNode

from graph.errors import InputError
from graph.rdf.shacl import components, paths
from graph.rdf.shacl.graph import Graph, boolean
from graph.rdf.shacl.shapes import Constraint, Shape, Target
from graph.rdf.shacl.vocabulary import (
    CLASSES,
    DESCRIPTIVE,
    SHACL,
    SUBCLASS,
    TARGETS,
    TYPE,
    Node,
    Term,
    sh,
)

SHAPES = (sh("NodeShape"), sh("PropertyShape"))
EMPTY = Literal("")
DEEPEST = 60
"""Shapes inside each other; the engine reads a query no deeper than its stack."""
T = TypeVar("T")
PATH_ONLY = ("minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals")


def parse(graph: Graph) -> list[Shape]:
    """The shapes that have a target, in the order of the graph.

    Raises InputError for a shape that is ill-formed, that leads back to itself (which SHACL leaves
    undefined), or that asks for what is not in SHACL Core.
    """
    reader = _Reader(graph)
    return [reader.shape(node) for node in graph.nodes() if reader.targets(node)]


def name(node: Term) -> str:
    """A node as messages name it: an IRI as it is."""
    return node.value if isinstance(node, NamedNode) else str(node)


def _declared(graph: Graph) -> set[Term]:
    """The parameters of the constraint components that a shapes graph brings itself."""
    return {
        path
        for component in graph.subjects(sh("parameter"))
        for parameter in graph.objects(component, sh("parameter"))
        for path in graph.objects(parameter, sh("path"))
    }


class _Reader:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._done: dict[Term, Shape] = {}
        self._open: list[Term] = []
        self._own_parameters = _declared(graph)

    # ---- Shapes

    def targets(self, node: Term) -> tuple[Target, ...]:
        """The declared targets, and the shape itself where it is a class as well; none where it
        is switched off.
        """
        if self._is_off(node):
            return ()
        found = [Target(k, v) for k in TARGETS for v in self.graph.objects(node, sh(k))]
        for target in found:
            wrong = isinstance(target.value, Literal) and target.kind != "targetNode"
            if wrong or not isinstance(target.value, NamedNode | Literal):
                raise self._bad(node, target.kind, target.value)
        if isinstance(node, NamedNode) and self._is_class(node) and self._is_shape(node):
            found.append(Target("targetClass", node))
        return tuple(dict.fromkeys(found))

    def _is_off(self, node: Term) -> bool:
        return boolean(self.graph.value(node, sh("deactivated")))

    def _is_class(self, node: Term) -> bool:
        todo, seen = list(self.graph.objects(node, TYPE)), set[Term]()
        while todo:
            kind = todo.pop()
            if kind in CLASSES:
                return True
            if kind not in seen:
                seen.add(kind)
                todo += self.graph.objects(kind, SUBCLASS)
        return False

    def _is_shape(self, node: Term) -> bool:
        typed = any(kind in SHAPES for kind in self.graph.objects(node, TYPE))
        return typed or any(p in _PARAMETERS for p in self.graph.predicates(node))

    def shape(self, node: Term) -> Shape:
        """The shape that `node` describes; one that is used twice is read once."""
        if isinstance(node, Literal):
            raise InputError("shacl.no_shape", shape=str(node))
        if node in self._open:
            raise InputError("shacl.recursive", shape=name(node))
        if len(self._open) >= DEEPEST:
            raise InputError("shacl.too_deep", shape=name(node), most=DEEPEST)
        if node not in self._done:
            self._open.append(node)
            self._done[node] = self._read(node)  # type: ignore[arg-type]
            self._open.pop()
        return self._done[node]

    def _read(self, node: Node) -> Shape:
        graph = self.graph
        if self._is_off(node):
            return Shape(node, None, deactivated=True)
        self._refuse_unknown(node)
        at = graph.objects(node, sh("path"))
        if len(at) > 1:
            raise self._bad(node, "path", at[1])
        if not at and sh("PropertyShape") in graph.objects(node, TYPE):
            raise InputError("shacl.no_path", shape=name(node))
        severity = graph.value(node, sh("severity"))
        return Shape(
            node,
            paths.parse(graph, at[0]) if at else None,
            self.targets(node),
            tuple(self._constraints(node, has_path=bool(at))),
            tuple(self.shape(p) for p in self._properties(node)),
            severity if isinstance(severity, NamedNode) else sh("Violation"),
            tuple(m for m in graph.objects(node, sh("message")) if isinstance(m, Literal)),
        )

    def _properties(self, node: Node) -> list[Term]:
        found = self.graph.objects(node, sh("property"))
        for inner in found:
            if not self.graph.objects(inner, sh("path")):
                raise InputError("shacl.no_path", shape=name(inner))
        return found

    def _refuse_unknown(self, node: Node) -> None:
        for predicate in self.graph.predicates(node):
            if predicate in self._own_parameters:
                raise InputError("shacl.own_component", shape=name(node), parameter=predicate.value)
            if not predicate.value.startswith(SHACL):
                continue
            word = predicate.value.removeprefix(SHACL)
            if word not in _SINGLE and word not in _KNOWN:
                raise InputError("shacl.unsupported", shape=name(node), parameter=f"sh:{word}")

    # ---- Constraints

    def _constraints(self, node: Node, *, has_path: bool) -> Iterator[Constraint]:
        for predicate in self.graph.predicates(node):
            word = predicate.value.removeprefix(SHACL)
            make = _SINGLE.get(word) if predicate.value.startswith(SHACL) else None
            if make is None:
                continue
            if word in PATH_ONLY and not has_path:
                raise InputError("shacl.needs_path", shape=name(node), parameter=f"sh:{word}")
            made = self._take(node, word, partial(make, self))
            yield from (constraint for constraint in made if constraint is not None)
        yield from self._pattern(node)
        yield from self._closed(node)
        if has_path:
            yield from self._qualified(node)

    def _take(self, node: Node, word: str, read: Callable[[Term], T]) -> list[T]:
        """The values of a parameter, read. InputError for one that is of another kind."""
        found = []
        for value in self.graph.objects(node, sh(word)):
            try:
                found.append(read(value))
            except (TypeError, ValueError) as error:
                raise self._bad(node, word, value) from error
        return found

    def _pattern(self, node: Node) -> Iterator[Constraint]:
        flags = next(iter(self._take(node, "flags", text)), EMPTY)
        for form in self._take(node, "pattern", text):
            if not components.can_match(form, flags):
                raise self._bad(node, "pattern", form)
            yield components.pattern(form, flags)

    def _closed(self, node: Node) -> Iterator[Constraint]:
        if not boolean(self.graph.value(node, sh("closed"))):
            return
        allowed = [
            p for listed in self._take(node, "ignoredProperties", self.members) for p in listed
        ]
        for inner in self.graph.objects(node, sh("property")):
            allowed += self.graph.objects(inner, sh("path"))
        yield components.closed([p for p in allowed if isinstance(p, NamedNode)])

    def _qualified(self, node: Node) -> Iterator[Constraint]:
        graph = self.graph
        least, most = (
            next(iter(self._take(node, f"qualified{end}Count", number)), None)
            for end in ("Min", "Max")
        )
        for inner in graph.objects(node, sh("qualifiedValueShape")):
            apart: list[Term] = []
            if boolean(graph.value(node, sh("qualifiedValueShapesDisjoint"))):
                for parent in graph.subjects(sh("property"), node):
                    for beside in graph.objects(parent, sh("property")):
                        apart += graph.objects(beside, sh("qualifiedValueShape"))
            siblings = [self.shape(s) for s in dict.fromkeys(apart) if s != inner]
            yield from components.qualified(self.shape(inner), siblings, least, most)

    def members(self, head: Term) -> list[Term]:
        """The members of a list. ValueError where it is none."""
        found = self.graph.members(head)
        if found is None:
            raise ValueError(head)
        return found

    def shapes(self, head: Term) -> list[Shape]:
        return [self.shape(node) for node in self.members(head)]

    def _bad(self, node: Term, word: str, value: Term) -> InputError:
        return InputError(
            "shacl.bad_value", shape=name(node), parameter=f"sh:{word}", value=str(value)
        )


# ---- Single values


def iri(term: Term) -> NamedNode:
    if not isinstance(term, NamedNode):
        raise TypeError(term)
    return term


def literal(term: Term) -> Literal:
    if not isinstance(term, Literal):
        raise TypeError(term)
    return term


def text(term: Term) -> Literal:
    """A literal's text, without its language."""
    return Literal(literal(term).value)


def number(term: Term) -> int:
    """A whole number, 0 or more. ValueError for anything else."""
    found = int(literal(term).value)
    if found < 0:
        raise ValueError(term)
    return found


def kind(term: Term) -> str:
    word = iri(term).value.removeprefix(SHACL)
    if word not in components.KINDS:
        raise ValueError(term)
    return word


def _ranges() -> dict[str, Callable[["_Reader", Any], Constraint]]:
    def make(name: str) -> Callable[["_Reader", Any], Constraint]:
        return lambda _, v: components.in_range(name, literal(v))

    return {name[0].lower() + name[1:]: make(name) for name in components.RANGES}


_SINGLE: dict[str, Callable[["_Reader", Any], Constraint | None]] = {
    "class": lambda _, v: components.instance(iri(v)),
    "datatype": lambda _, v: components.datatype(iri(v)),
    "nodeKind": lambda _, v: components.node_kind(kind(v)),
    "minCount": lambda _, v: components.min_count(number(v)),
    "maxCount": lambda _, v: components.max_count(number(v)),
    **_ranges(),
    "minLength": lambda _, v: components.length("MinLength", number(v)),
    "maxLength": lambda _, v: components.length("MaxLength", number(v)),
    "languageIn": lambda r, v: components.language_in([literal(t) for t in r.members(v)]),
    "uniqueLang": lambda _, v: components.unique_lang() if boolean(v) else None,
    "equals": lambda _, v: components.equals(iri(v)),
    "disjoint": lambda _, v: components.disjoint(iri(v)),
    "lessThan": lambda _, v: components.less_than("LessThan", iri(v)),
    "lessThanOrEquals": lambda _, v: components.less_than("LessThanOrEquals", iri(v)),
    "not": lambda r, v: components.negation(r.shape(v)),
    "and": lambda r, v: components.all_of(r.shapes(v)),
    "or": lambda r, v: components.any_of(r.shapes(v)),
    "xone": lambda r, v: components.exactly_one(r.shapes(v)),
    "node": lambda r, v: components.node(r.shape(v)),
    "hasValue": lambda _, v: components.has_value(v),
    "in": lambda r, v: components.one_of(r.members(v)),
}
"""Constraints of one parameter, by its name."""

_PARAMETERS = {
    sh(word) for word in (*_SINGLE, "pattern", "closed", "property", "qualifiedValueShape")
}
_KNOWN = {*DESCRIPTIVE, *TARGETS, "pattern", "qualifiedValueShape"}
