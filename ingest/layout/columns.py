"""What the columns of an entity list are: properties, relations, attributes of these, unknown."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from graph.names import normalise
from graph.schema import EntityClass, Property, Relation, Schema
from ingest.layout.headings import Column

_NAME_OF = re.compile(r"(.+?)\s*(?:名称|全称|名|names?|titles?)$", re.IGNORECASE)
_PERIODS = (
    "有效期 有效期限 有效期间 证书有效期 起止时间 起止日期 起止年月 起止年限 建设周期 建设期"
    " 建设年限 建设起止年限 实施周期 项目周期 执行期 执行期限 合作期限 period validity"
)
PERIODS = frozenset(_PERIODS.split())
_PAIRS = (
    ("valid_from", "valid_until"),
    ("start", "end"),
    ("started_on", "ended_on"),
    ("start_date", "end_date"),
)


@dataclass(frozen=True)
class RelationColumn:
    """A column whose cells name the other ends of `relation`, of class `target`.

    `classes` are those whose rows it is read of; `sets` an attribute that its heading gives.
    """

    column: Column
    relation: Relation
    target: str
    inverse: bool
    classes: tuple[str, ...]
    sets: tuple[str, str] | None = None


@dataclass(frozen=True)
class Period:
    """A column of two dates; `owner` is the relation that they belong to, None for the row."""

    column: Column
    owner: str | None
    names: tuple[str, str]


@dataclass
class Assignment:
    """What the columns of a list of `classes` are."""

    classes: tuple[EntityClass, ...]
    properties: dict[str, Column] = field(default_factory=dict)
    relations: list[RelationColumn] = field(default_factory=list)
    attributes: dict[str, dict[str, Column]] = field(default_factory=dict)
    periods: list[Period] = field(default_factory=list)
    twice: list[tuple[Column, Column]] = field(default_factory=list)
    unknown: list[Column] = field(default_factory=list)

    def term(self, name: str) -> Property | None:
        """The property called `name` of the first class that has it."""
        found = (p for c in self.classes for p in c.properties if p.name == name)
        return next(found, None)


def assign(
    schema: Schema,
    columns: Iterable[Column],
    classes: Sequence[EntityClass],
    implied: Sequence[Relation] = (),
) -> Assignment:
    """The meaning of `columns` in a list of `classes`.

    `implied` are relations that the list's name makes without a column: their attributes are read.
    """
    found = Assignment(tuple(classes))
    rest: list[tuple[Column, Relation | None]] = []
    before: Relation | None = None
    for column in columns:
        name = property_name(schema, column, classes)
        made = relation_column(schema, column, classes) if name is None else None
        if normalise(column.name) in PERIODS:
            rest.append((column, before))
        elif name is not None:
            _give(found, name, column)
        elif made is not None:
            found.relations.append(made)
        elif any(names_class(schema, column.name, cls) for cls in classes):
            _give(found, "name", column)
        else:
            rest.append((column, before))
        before = made.relation if made is not None else None
    relations = list(
        {r.name: r for r in (*(r.relation for r in found.relations), *implied)}.values()
    )
    for column, left in rest:
        _attribute(schema, found, column, relations, left)
    return found


def _give(found: Assignment, name: str, column: Column) -> None:
    if name in found.properties:
        found.twice.append((column, found.properties[name]))
    else:
        found.properties[name] = column


def property_name(schema: Schema, column: Column, classes: Sequence[EntityClass]) -> str | None:
    """The name of the property that a heading means in the first of `classes` that has one."""
    for cls in classes:
        for text in (column.heading, column.name):
            term = schema.property_named(cls, text)
            if term is not None:
                return term.name
    return None


def is_name(heading: str) -> bool:
    """Whether a heading speaks of names, whosever: 项目名称, title."""
    return _NAME_OF.fullmatch(heading) is not None or normalise(heading) in ("name", "title")


def named_class(schema: Schema, heading: str) -> EntityClass | None:
    """The class that a heading speaks of, alone or with 名称: 企业, 企业名称, firm name."""
    for text in (heading, *(m[1] for m in [_NAME_OF.fullmatch(heading)] if m)):
        cls = schema.class_named(text)
        if cls is not None:
            return cls
    return None


def names_class(schema: Schema, heading: str, cls: EntityClass) -> bool:
    """Whether a heading is the name of an entity of `cls`: 企业名称 of a firm, 机构名称 too."""
    spoken = named_class(schema, heading)
    if spoken is None:
        return False
    return spoken is cls or spoken.name in cls.ancestors or cls.name in spoken.ancestors


def relation_column(
    schema: Schema, column: Column, classes: Sequence[EntityClass]
) -> RelationColumn | None:
    """The relation that a heading makes for rows of `classes`, None where it makes none."""
    stem = _NAME_OF.fullmatch(column.name)
    texts = [column.heading, column.name, *([stem[1]] if stem else [])]
    for text in texts:
        by_class = {c.name: made for c in classes if (made := schema.heading_of(c, text))}
        if by_class:
            relation, heading = next(iter(by_class.values()))
            same = tuple(name for name, made in by_class.items() if made[0] is relation)
            return RelationColumn(
                column, relation, heading.target, heading.inverse, same, heading.sets
            )
    return None


def _attribute(
    schema: Schema,
    found: Assignment,
    column: Column,
    relations: Sequence[Relation],
    left: Relation | None,
) -> None:
    """A column that is no property: an attribute of a relation, or unknown.

    Of several relations that have it, the one whose column stands to its `left` is meant.
    """
    if normalise(column.name) in PERIODS and _period(found, column, relations):
        return
    name = property_name(schema, column, found.classes)
    if name is not None:
        _give(found, name, column)
        return
    holders = {
        relation.name: term.name
        for relation in relations
        if (term := schema.attribute_named(relation, column.name))
        or (term := schema.attribute_named(relation, column.heading))
    }
    if left is not None and left.name in holders:
        holders = {left.name: holders[left.name]}
    if len(holders) != 1:
        found.unknown.append(column)
        return
    relation_name, name = next(iter(holders.items()))
    held = found.attributes.setdefault(relation_name, {})
    if name in held:
        found.twice.append((column, held[name]))
    else:
        held[name] = column


def _period(found: Assignment, column: Column, relations: Sequence[Relation]) -> bool:
    owners: list[tuple[str | None, set[str]]] = [
        (r.name, {a.name for a in r.attributes}) for r in relations
    ]
    own = {p.name for cls in found.classes for p in cls.properties}
    for pair in _PAIRS:
        if own.issuperset(pair):
            found.periods.append(Period(column, None, pair))
            return True
        holders = [name for name, terms in owners if terms.issuperset(pair)]
        if len(holders) == 1:
            found.periods.append(Period(column, holders[0], pair))
            return True
    return False
