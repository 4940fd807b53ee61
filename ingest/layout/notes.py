"""What is told of a list's columns: unknown ones, units that do not fit, bare numbers of money."""

from collections.abc import Iterable, Sequence

from graph.record.sql import ident
from graph.schema import EntityClass, Property, Schema
from ingest.emit import EntityEmit, RelationEmit
from ingest.layout.columns import Assignment
from ingest.layout.derive import Draft
from ingest.layout.headings import Column, nearest, terms
from ingest.sheet import Note
from ingest.values import fits

MOST_NEAREST = 100
"""Unknown columns for which headings like theirs are looked for; more are data, not slips."""


def unknown(
    draft: Draft, found: Assignment, classes: Sequence[EntityClass], schema: Schema
) -> None:
    """Notes each column that means nothing, with headings like it, and each that comes twice."""
    words = [w for cls in classes for w in terms(cls)]
    names = {cls.name for cls in classes}.union(*(c.ancestors for c in classes))
    for relation in schema.relations.values():
        if names.intersection((*relation.domain, *relation.range)):
            words += [heading.text for heading in relation.headings]
    few = len(found.unknown) <= MOST_NEAREST
    for column in found.unknown:
        near = nearest(column.name, words) if few else "—"
        values = {"heading": column.heading, "nearest": near}
        draft.plan.notes.append(Note("layout.unknown_heading", dict(values)))
    for column, first in found.twice:
        values = {"heading": column.heading, "first": first.heading}
        draft.plan.notes.append(Note("layout.heading_twice", dict(values)))


def misfits(draft: Draft, found: Assignment, schema: Schema) -> None:
    """Notes each unit that cannot be one of its column, and is left out."""
    pairs: list[tuple[Property, Column]] = []
    for name, column in found.properties.items():
        term = found.term(name)
        if term is not None:
            pairs.append((term, column))
    for relation, columns in found.attributes.items():
        for attribute in schema.relations[relation].attributes:
            if attribute.name in columns:
                pairs.append((attribute, columns[attribute.name]))
    for term, column in pairs:
        if column.unit and term.datatype != "text" and not fits(term.datatype, column.unit):
            values = {"heading": column.heading, "unit": column.unit, "datatype": term.datatype}
            draft.plan.notes.append(Note("layout.unit_ignored", dict(values)))


def bare_amounts(draft: Draft, schema: Schema, currency: str, every: Iterable[Column]) -> None:
    """Notes each column of amounts with plain numbers whose unit nothing gives."""
    headings = {column.staged: column.heading for column in every}
    told: set[str] = set()
    for emit in draft.plan.emits:
        for term in _terms(schema, emit):
            column = emit.columns.get(term.name)
            if term.datatype != "amount" or column is None or column in told | set(emit.units):
                continue
            some = draft.con.execute(
                f"SELECT 1 FROM {ident(emit.table)}"
                f" WHERE regexp_full_match({ident(column)}, '[0-9][0-9,.]*') LIMIT 1"
            ).fetchall()
            if some:
                told.add(column)
                values = {"heading": headings.get(column, column), "currency": currency}
                draft.plan.notes.append(Note("layout.bare_amounts", dict(values)))


def _terms(schema: Schema, emit: EntityEmit | RelationEmit) -> list[Property]:
    if isinstance(emit, EntityEmit):
        some = [schema.classes[emit.cls]] if emit.cls else list(schema.classes.values())
        held = [p for cls in some for p in cls.properties]
    else:
        named = [schema.relations[emit.relation]] if emit.relation else schema.relations.values()
        held = [a for relation in named for a in relation.attributes]
    return list({term.name: term for term in held}.values())
