"""Shapes into queries: one for each constraint of each shape, for all focus nodes at once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from graph.rdf.shacl.shapes import Constraint, Scope, Shape, focus, values

BROKEN_BY_NOTHING = {"MinCount", "QualifiedMinCount", "HasValue", "Equals"}
"""The constraints that a node may break that has no value at all; the others need not be asked
where nobody has one.
"""


@dataclass(frozen=True)
class Check:
    """A query whose solutions are the results of one constraint.

    `this`, `value` and `path` are the variables to read; `value` and `path` may be missing.
    """

    shape: Shape
    constraint: Constraint
    query: str
    this: str
    value: str | None
    path: str | None


def any_focus(shape: Shape, scope: Scope) -> str:
    """The query whether a shape has anything to check."""
    return f"ASK {{ {focus(shape.targets, scope.new(), scope)} }}"


def compile_shapes(shapes: Iterable[Shape], scope: Scope) -> Iterator[Check]:
    """The checks of the shapes that have targets, in their order."""
    for shape in shapes:
        this = scope.new()
        yield from _checks(shape, focus(shape.targets, this, scope), this, (), scope)


def _checks(
    shape: Shape, where: str, this: str, chain: tuple[str, ...], scope: Scope
) -> Iterator[Check]:
    """The checks of `shape` for the nodes that `where` binds to `this`.

    `chain` are the focus nodes outside it: a node that is reached from two of them through
    `sh:property` is reported for both, as the recommendation has it.
    """
    if shape.deactivated:
        return
    step = shape.path.predicate if shape.path is not None else None
    no_value = step is not None and not scope.occurs(step)
    for constraint in shape.constraints:
        if no_value and constraint.name not in BROKEN_BY_NOTHING:
            continue
        scope.begin()
        for failure in constraint.failures(this, shape.path, scope):
            listed = (*chain, this, failure.value, failure.path, *failure.apart)
            wanted = " ".join(dict.fromkeys(v for v in listed if v))
            query = f"SELECT DISTINCT {wanted} WHERE {{ {where} {failure.pattern} }}"
            yield Check(shape, constraint, query, this, failure.value, failure.path)
    for inner in () if no_value else shape.properties:
        pattern, value = values(this, shape.path, scope)
        yield from _checks(inner, f"{where} {pattern}", value, (*chain, this), scope)
