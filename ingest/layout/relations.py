"""A list of relations: each row leads from one entity to another."""

from collections.abc import Sequence
from dataclasses import dataclass

from graph.errors import InputError
from graph.schema import Relation, Schema
from graph.schema.words import key
from ingest.emit import End, EntityEmit, RelationEmit
from ingest.layout.classify import named, named_relation, variants
from ingest.layout.columns import PERIODS, Assignment, Period, named_class
from ingest.layout.derive import Draft
from ingest.layout.headings import FROMS, IDS, ORDINALS, RELATION_TYPES, TOS, Column, nearest, terms
from ingest.layout.period_columns import with_periods
from ingest.sheet import Note
from ingest.values import fits

_SURE = 4
"""The first words of FROMS and TOS say what they are; the rest need a relation beside them."""


@dataclass(frozen=True)
class Ends:
    """The columns of both ends; `classes` where the headings name classes, and so cells names."""

    source: Column
    target: Column
    classes: tuple[str, str] | None = None


def ends(schema: Schema, draft: Draft, name: str, every: Sequence[Column]) -> Ends | None:
    """The columns of the two ends, None where the sheet is no list of relations.

    Raises InputError where it has one end only.
    """
    source, target = _first(every, FROMS), _first(every, TOS)
    sure = [_first(every, words[:_SURE]) for words in (FROMS, TOS)]
    relation = named_relation(schema, name)
    if source and target and source is not target:
        if all(sure) or relation or _types(schema, draft, every)[0]:
            return Ends(source, target)
        return None
    if any(sure) and (relation or _types(schema, draft, every)[0]):
        raise InputError(
            "layout.missing_end",
            sheet=name,
            missing="to" if sure[0] else "from",
            headings="、".join(c.heading for c in every),
        )
    if relation is None or named(schema, name) is not None:
        return None
    return _by_class(schema, relation, every)


def _first(every: Sequence[Column], words: Sequence[str]) -> Column | None:
    found = (c for word in words for c in every if c.among([word]))
    return next(found, None)


def _by_class(schema: Schema, relation: Relation, every: Sequence[Column]) -> Ends | None:
    """Ends headed by classes or by what the relation is called from an end: 投资方, 被投企业."""
    source: tuple[Column, str] | None = None
    target: tuple[Column, str] | None = None
    for column in every:
        heading = next((h for h in relation.headings if key(h.text) == key(column.name)), None)
        cls = schema.classes[heading.target] if heading else named_class(schema, column.name)
        if cls is None or cls.abstract:
            continue
        family = {cls.name, *cls.ancestors}
        first = heading.inverse if heading else bool(family.intersection(relation.domain))
        if source is None and first:
            source = (column, cls.name)
        elif target is None and (heading or family.intersection(relation.range)):
            target = (column, cls.name)
    if source is None or target is None:
        return None
    return Ends(source[0], target[0], (source[1], target[1]))


def _types(
    schema: Schema, draft: Draft, every: Sequence[Column]
) -> tuple[Column | None, list[Relation]]:
    """The column that names each row's relation, and the relations that it names."""
    for column in every:
        if not column.among(RELATION_TYPES):
            continue
        texts = draft.texts(draft.table, column.staged)
        found = {r.name: r for t in texts if (r := schema.relation_named(t))}
        if found:
            return column, [found[name] for name in sorted(found)]
    return None, []


def plan(draft: Draft, schema: Schema, name: str, every: Sequence[Column], found: Ends) -> None:
    """Adds what a list of relations says. Raises InputError where it names no relation."""
    type_column, relations = _types(schema, draft, every)
    relation = None
    if type_column is None:
        relation = named_relation(schema, name)
        if relation is None:
            raise InputError(
                "layout.no_relation", sheet=name, nearest=_near_relations(schema, name)
            )
        relations = [relation]
    read = _attributes(draft, schema, every, relations, (found.source, found.target, type_column))
    table = with_periods(draft, read)
    columns = read.properties
    types = {a.name: a.datatype for r in relations for a in r.attributes}
    source, target = End(found.source.staged), End(found.target.staged)
    if found.classes is not None:
        source, target = (
            End(end.column, "name", cls)
            for end, cls in zip((source, target), found.classes, strict=True)
        )
        for end in (source, target):
            draft.plan.emits.append(
                EntityEmit(table, end.cls, columns={"name": end.column}, by_name=True)
            )
    draft.plan.emits.append(
        RelationEmit(
            table,
            relation.name if relation else None,
            source,
            target,
            type_column=type_column.staged if type_column else None,
            id_column=next((c.staged for c in every if c.among(IDS)), None),
            columns={attribute: column.staged for attribute, column in columns.items()},
            units={
                column.staged: column.unit
                for attribute, column in columns.items()
                if column.unit and fits(types[attribute], column.unit)
            },
        )
    )


def _near_relations(schema: Schema, name: str) -> str:
    names = [n for r in schema.relations.values() for n in (r.name, *r.label.values(), *r.aliases)]
    return nearest(list(variants(name))[-1], names)


def _attributes(
    draft: Draft,
    schema: Schema,
    every: Sequence[Column],
    relations: Sequence[Relation],
    used: Sequence[Column | None],
) -> Assignment:
    """The attributes that columns give; what is none is noted and kept out."""
    read = Assignment(())
    for column in every:
        if column in used or column.among(IDS) or column.among(ORDINALS):
            continue
        name = attribute_name(schema, column, relations)
        if name is not None and name not in read.properties:
            read.properties[name] = column
        elif column.among(PERIODS):
            read.periods.append(Period(column, None, ("start", "end")))
        else:
            words = [w for r in relations for w in terms(r)]
            values = {"heading": column.heading, "nearest": nearest(column.name, words)}
            draft.plan.notes.append(Note("layout.unknown_heading", dict(values)))
    return read


def attribute_name(schema: Schema, column: Column, relations: Sequence[Relation]) -> str | None:
    """The attribute that a heading means in the first of `relations` that has one."""
    for relation in relations:
        for text in (column.heading, column.name):
            term = schema.attribute_named(relation, text)
            if term is not None:
                return term.name
    return None
