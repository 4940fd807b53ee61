"""The constraint components of SHACL Core (section 4), each as the condition that it puts.

A condition is SPARQL that is true or false and never an error: what cannot be compared is wrong.
"""

from collections.abc import Iterable, Sequence

from pyoxigraph import BlankNode, Literal, NamedNode, Store, Triple

from graph.rdf.shacl.lexical import of_datatype, stored
from graph.rdf.shacl.lexical import value as meaning
from graph.rdf.shacl.paths import Path
from graph.rdf.shacl.shapes import (
    Compared,
    Constraint,
    Each,
    Failure,
    Scope,
    Shape,
    Together,
    absent,
    at_least,
    conjunction,
    values,
)
from graph.rdf.shacl.vocabulary import Term

KINDS = {
    "IRI": "isIRI({0})",
    "BlankNode": "isBLANK({0})",
    "Literal": "isLITERAL({0})",
    "BlankNodeOrIRI": "isBLANK({0}) || isIRI({0})",
    "BlankNodeOrLiteral": "isBLANK({0}) || isLITERAL({0})",
    "IRIOrLiteral": "isIRI({0}) || isLITERAL({0})",
}
RANGES = {"MinInclusive": ">=", "MinExclusive": ">", "MaxInclusive": "<=", "MaxExclusive": "<"}


# ---- One value at a time


def instance(of: NamedNode) -> Constraint:
    return Each("Class", of, lambda v, scope: f"EXISTS {{ {scope.instance(v, of)} }}")


def datatype(of: NamedNode) -> Constraint:
    return Each("Datatype", of, lambda v, _: of_datatype(v, of))


def node_kind(kind: str) -> Constraint:
    return Each("NodeKind", kind, lambda v, _: KINDS[kind].format(v))


def in_range(name: str, limit: Literal) -> Constraint:
    sign = RANGES[name]
    return Each(name, limit, lambda v, _: f"COALESCE({meaning(v)} {sign} {limit}, false)")


def length(name: str, limit: int) -> Constraint:
    sign = ">=" if name == "MinLength" else "<="
    return Each(
        name,
        limit,
        lambda v, _: f"!isBLANK({v}) && COALESCE(STRLEN(STR({v})) {sign} {limit}, false)",
    )


def pattern(text: Literal, flags: Literal) -> Constraint:
    return Each(
        "Pattern",
        text,
        lambda v, _: f"!isBLANK({v}) && COALESCE(REGEX(STR({v}), {text}, {flags}), false)",
    )


def can_match(text: Literal, flags: Literal) -> bool:
    """Whether the engine understands a pattern: it has no look-around and no back-references."""
    found = Store().query(f'ASK {{ BIND(REGEX("", {text}, {flags}) AS ?v) FILTER(BOUND(?v)) }}')
    return bool(found)


def language_in(tags: Sequence[Literal]) -> Constraint:
    def allows(v: str, _: Scope) -> str:
        each = [f"COALESCE(LANGMATCHES(LANG({v}), {tag}), false)" for tag in tags]
        return " || ".join(each) or "false"

    return Each("LanguageIn", tags, allows)


def one_of(terms: Sequence[Term]) -> Constraint:
    listed = " ".join(str(stored(t)) for t in terms if not isinstance(t, BlankNode | Triple))
    # Flat, and term by term: `IN` would take 1 and 1.0 for the same.
    return Each("In", terms, lambda v, _: f"EXISTS {{ VALUES {v} {{ {listed} }} }}")


def same(variable: str, term: Term) -> str:
    """The condition that a variable is this term; a blank node of the shapes is none of ours."""
    if isinstance(term, BlankNode | Triple):
        return "false"
    return f"sameTerm({variable}, {stored(term)})"


def negation(shape: Shape) -> Constraint:
    return Each("Not", shape.node, lambda v, scope: f"!({shape.holds(v, scope)})")


def node(shape: Shape) -> Constraint:
    return Each("Node", shape.node, shape.holds)


def all_of(shapes: Sequence[Shape]) -> Constraint:
    nodes = [s.node for s in shapes]
    return Each("And", nodes, lambda v, sc: conjunction([s.holds(v, sc) for s in shapes]))


def any_of(shapes: Sequence[Shape]) -> Constraint:
    nodes = [s.node for s in shapes]
    return Each("Or", nodes, lambda v, sc: " || ".join(f"({s.holds(v, sc)})" for s in shapes))


def exactly_one(shapes: Sequence[Shape]) -> Constraint:
    def allows(v: str, scope: Scope) -> str:
        return " + ".join(f"IF({s.holds(v, scope)}, 1, 0)" for s in shapes) + " = 1"

    return Each("Xone", [s.node for s in shapes], allows)


# ---- All values together


def min_count(number: int) -> Constraint:
    def holds(this: str, path: Path | None, scope: Scope) -> str:
        return at_least(number, this, *values(this, path, scope))

    return Together("MinCount", number, holds)


def max_count(number: int) -> Constraint:
    def holds(this: str, path: Path | None, scope: Scope) -> str:
        return f"!({at_least(number + 1, this, *values(this, path, scope))})"

    return Together("MaxCount", number, holds)


def has_value(term: Term) -> Constraint:
    def holds(this: str, path: Path | None, scope: Scope) -> str:
        pattern, value = values(this, path, scope)
        if path is None:
            return same(value, term)
        return f"EXISTS {{ {pattern} FILTER({same(value, term)}) }}"

    return Together("HasValue", term, holds)


def qualified(
    shape: Shape, siblings: Sequence[Shape], least: int | None, most: int | None
) -> Iterable[Constraint]:
    """At least, at most so many values conform to `shape`, and to none of its siblings."""

    def counted(this: str, path: Path | None, scope: Scope, number: int) -> str:
        pattern, value = values(this, path, scope)
        conditions = [shape.holds(value, scope)]
        conditions += [f"!({s.holds(value, scope)})" for s in siblings]
        return at_least(number, this, f"{pattern} FILTER({conjunction(conditions)})", value)

    if least is not None:
        yield Together("QualifiedMinCount", least, lambda t, p, sc: counted(t, p, sc, least))
    if most is not None:
        yield Together(
            "QualifiedMaxCount", most, lambda t, p, sc: f"!({counted(t, p, sc, most + 1)})"
        )


# ---- Values compared with something else


def unique_lang() -> Constraint:
    def find(this: str, path: Path | None, scope: Scope) -> Iterable[Failure]:
        (first, v), (second, w), tag = (
            values(this, path, scope),
            values(this, path, scope),
            scope.new(),
        )
        different = f'FILTER(LANG({v}) != "" && LANG({v}) = LANG({w}) && !sameTerm({v}, {w}))'
        yield Failure(f"{first} {second} {different} BIND(LANG({v}) AS {tag})", apart=(tag,))

    return Compared("UniqueLang", "", find)


def equals(other: NamedNode) -> Constraint:
    def find(this: str, path: Path | None, scope: Scope) -> Iterable[Failure]:
        pattern, v = values(this, path, scope)
        yield Failure(f"{pattern} FILTER(NOT EXISTS {{ {this} {other} {v} }})", v)
        w = scope.new()
        inside, v = values(this, path, scope)
        absent_ = absent(inside, f"!sameTerm({v}, {w})") if inside else f"!sameTerm({v}, {w})"
        yield Failure(f"{this} {other} {w} . FILTER({absent_})", w)

    return Compared("Equals", other, find)


def disjoint(other: NamedNode) -> Constraint:
    def find(this: str, path: Path | None, scope: Scope) -> Iterable[Failure]:
        pattern, v = values(this, path, scope)
        yield Failure(f"{pattern} {this} {other} {v} .", v)

    return Compared("Disjoint", other, find)


def less_than(name: str, other: NamedNode) -> Constraint:
    """`LessThan` or `LessThanOrEquals`: a result for each pair that is not so."""
    sign = "<" if name == "LessThan" else "<="

    def find(this: str, path: Path | None, scope: Scope) -> Iterable[Failure]:
        pattern, v = values(this, path, scope)
        w = scope.new()
        wrong = f"FILTER(!COALESCE({meaning(v)} {sign} {meaning(w)}, false))"
        yield Failure(f"{pattern} {this} {other} {w} . {wrong}", v, apart=(w,))

    return Compared(name, other, find)


def closed(allowed: Sequence[NamedNode]) -> Constraint:
    listed = ", ".join(str(p) for p in allowed)

    def find(this: str, path: Path | None, scope: Scope) -> Iterable[Failure]:
        pattern, v = values(this, path, scope)
        p, o = scope.new(), scope.new()
        yield Failure(f"{pattern} {v} {p} {o} . FILTER({p} NOT IN ({listed}))", o, p, (v,))

    return Compared("Closed", allowed, find)
