"""Shapes as objects, and the SPARQL condition under which a node conforms to one.

A condition is an expression over one variable. It is made once for a shape, never per node: the
engine evaluates it for all nodes of a query.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from pyoxigraph import Literal, NamedNode

from graph.errors import InputError
from graph.rdf.shacl.lexical import stored
from graph.rdf.shacl.paths import Path
from graph.rdf.shacl.vocabulary import Node, Term, sh

MOST = 20_000
"""Shapes in one query; one that twenty others each use twice would stand there a million times."""


class Scope:
    """What all conditions of one run share: fresh variables, which classes lie below which, and
    which predicates occur in the data at all.
    """

    def __init__(
        self,
        below: Mapping[NamedNode, list[NamedNode]],
        occurs: Callable[[NamedNode], bool] = lambda predicate: True,
    ) -> None:
        self._below = below
        self.occurs = occurs
        self._numbers = count(1)
        self._shapes = 0

    def begin(self) -> None:
        """A new query begins."""
        self._shapes = 0

    def enter(self, shape: Term) -> None:
        """One more shape stands in the query. InputError where it grows beyond measure."""
        self._shapes += 1
        if self._shapes > MOST:
            raise InputError("shacl.too_large", shape=str(shape), most=MOST)

    def new(self) -> str:
        """A variable that nothing else uses."""
        return f"?v{next(self._numbers)}"

    def classes(self, top: Term) -> list[Term]:
        """A class and all below it."""
        below = self._below.get(top, []) if isinstance(top, NamedNode) else []
        return [top, *below]

    def instance(self, node: str, top: NamedNode) -> str:
        """The pattern for: `node` is of this class, or of one below it."""
        if top not in self._below:
            return f"{node} a {top} ."
        kind, listed = self.new(), ", ".join(str(c) for c in self.classes(top))
        return f"{node} a {kind} . FILTER({kind} IN ({listed}))"


@dataclass(frozen=True)
class Failure:
    """A pattern that finds what breaks a constraint, for a focus node that is bound outside.

    `value` and `path` are the variables of the result's value and path, where it has any; two
    solutions that differ in `apart` are two results.
    """

    pattern: str
    value: str | None = None
    path: str | None = None
    apart: tuple[str, ...] = ()


@dataclass(frozen=True)
class Constraint:
    """One constraint of a shape: its component's short name, and what messages name beside it."""

    name: str
    parameter: object

    @property
    def component(self) -> NamedNode:
        return sh(f"{self.name}ConstraintComponent")

    def failures(self, this: str, path: Path | None, scope: Scope) -> Iterable[Failure]:
        """The patterns of results for the focus node `this` of a shape with this path."""
        raise NotImplementedError

    def holds(self, this: str, path: Path | None, scope: Scope) -> str:
        """The condition under which `this` breaks nothing. In SPARQL it is never an error."""
        found = self.failures(this, path, scope)
        return conjunction([f"NOT EXISTS {{ {f.pattern} }}" for f in found])


@dataclass(frozen=True)
class Each(Constraint):
    """A constraint that each value node meets or breaks by itself; `allows` is the condition."""

    allows: Callable[[str, Scope], str]

    def failures(self, this: str, path: Path | None, scope: Scope) -> Iterable[Failure]:
        pattern, value = values(this, path, scope)
        yield Failure(f"{pattern} FILTER(!({self.allows(value, scope)}))", value)


@dataclass(frozen=True)
class Together(Constraint):
    """A constraint on all value nodes at once: one result for the focus node, without a value."""

    condition: Callable[[str, Path | None, Scope], str]

    def failures(self, this: str, path: Path | None, scope: Scope) -> Iterable[Failure]:
        yield Failure(f"FILTER(!({self.holds(this, path, scope)}))")

    def holds(self, this: str, path: Path | None, scope: Scope) -> str:
        return self.condition(this, path, scope)


@dataclass(frozen=True)
class Compared(Constraint):
    """A constraint that looks from the value nodes at something else; it says what it finds."""

    find: Callable[[str, Path | None, Scope], Iterable[Failure]]

    def failures(self, this: str, path: Path | None, scope: Scope) -> Iterable[Failure]:
        return self.find(this, path, scope)


@dataclass(frozen=True)
class Target:
    """One target declaration; `kind` is the last word of its property (`targetClass`, …)."""

    kind: str
    value: Term


def focus(targets: Sequence[Target], this: str, scope: Scope) -> str:
    """The pattern that binds `this` to the focus nodes of all targets."""
    parts = []
    nodes = [str(stored(t.value)) for t in targets if t.kind == "targetNode"]
    if nodes:
        parts.append(f"VALUES {this} {{ {' '.join(nodes)} }}")
    classes = [c for t in targets if t.kind == "targetClass" for c in scope.classes(t.value)]
    if classes:
        kind = scope.new()
        listed = " ".join(dict.fromkeys(str(c) for c in classes))
        parts.append(f"VALUES {kind} {{ {listed} }} {this} a {kind} .")
    for target in targets:
        if target.kind in ("targetSubjectsOf", "targetObjectsOf"):
            ends = [this, scope.new()]
            if target.kind == "targetObjectsOf":
                ends.reverse()
            # Each focus node once: one with a thousand values would be asked a thousand times.
            pattern = f"{ends[0]} {target.value} {ends[1]} ."
            parts.append(f"SELECT DISTINCT {this} WHERE {{ {pattern} }}")
    return " UNION ".join(f"{{ {part} }}" for part in parts)


@dataclass(frozen=True, eq=False)
class Shape:
    """A node shape (no `path`) or a property shape, with what it asks and where it looks."""

    node: Node
    path: Path | None
    targets: tuple[Target, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    properties: tuple["Shape", ...] = ()
    severity: NamedNode = field(default_factory=lambda: sh("Violation"))
    messages: tuple[Literal, ...] = ()
    deactivated: bool = False

    def holds(self, this: str, scope: Scope) -> str:
        """The condition under which the node `this` conforms to the shape."""
        scope.enter(self.node)
        if self.deactivated:
            return "true"
        parts: list[str] = []
        one_by_one = [c for c in self.constraints if isinstance(c, Each)]
        if one_by_one or self.properties:
            pattern, value = values(this, self.path, scope)
            each = conjunction(
                [c.allows(value, scope) for c in one_by_one]
                + [p.holds(value, scope) for p in self.properties]
            )
            parts.append(each if self.path is None else absent(pattern, each))
        parts += [
            c.holds(this, self.path, scope) for c in self.constraints if not isinstance(c, Each)
        ]
        return conjunction(parts)


def values(this: str, path: Path | None, scope: Scope) -> tuple[str, str]:
    """The pattern that binds the value nodes, and their variable: the node itself without path."""
    if path is None:
        return "", this
    value = scope.new()
    return path.reach(this, value), value


def absent(pattern: str, condition: str) -> str:
    """The condition that no solution of `pattern` breaks `condition`."""
    return f"NOT EXISTS {{ {pattern} FILTER(!({condition})) }}"


def conjunction(parts: Sequence[str]) -> str:
    listed = [f"({p})" for p in parts if p != "true"]
    return " && ".join(listed) or "true"


def at_least(number: int, this: str, pattern: str, value: str) -> str:
    """The condition that `pattern` gives at least so many different values for `this`."""
    if number <= 0:
        return "true"
    if number == 1:
        return f"EXISTS {{ {pattern} }}"
    counted = f"GROUP BY {this} HAVING (COUNT(DISTINCT {value}) >= {number})"
    return f"EXISTS {{ SELECT {this} WHERE {{ {pattern} }} {counted} }}"
