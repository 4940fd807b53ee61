"""Columns that make relations: the cells name the other ends, with what is said of each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from graph.names import is_placeholder
from graph.record.sql import ident, literal, literals
from graph.schema import EntityClass, Relation, Schema
from ingest.emit import End, EntityEmit, RelationEmit
from ingest.layout.columns import Assignment, RelationColumn
from ingest.layout.derive import Draft, Parts, take_apart
from ingest.layout.headings import Column
from ingest.layout.kinds import by_suffix
from ingest.layout.titles import no_title
from ingest.sheet import Note
from ingest.values import fits


@dataclass(frozen=True)
class Own:
    """The entity that a row is: how its end of a relation is found.

    `classes` maps a class to the texts of `type_column` that mean it, where there is one.
    """

    emit: EntityEmit
    classes: dict[str, list[str]]

    @property
    def end(self) -> End:
        if self.emit.id_column is not None:
            return End(self.emit.id_column)
        return End(self.emit.columns["name"], "name", self.emit.cls, self.emit.region_column)

    @property
    def keep(self) -> list[str]:
        """The columns that a derived table must keep for `end`."""
        emit = self.emit
        some = (emit.id_column, emit.columns.get("name"), emit.region_column)
        return [column for column in some if column is not None]

    def where(self, classes: Sequence[str]) -> str:
        """The SQL of the rows that are of one of `classes`; `s` is the row."""
        if self.emit.type_column is None or set(classes) >= set(self.classes):
            return "true"
        texts = [text for name in classes for text in self.classes.get(name, ())]
        return f"s.{ident(self.emit.type_column)} IN {literals(texts)}"


def relate(
    draft: Draft, schema: Schema, own: Own, assignment: Assignment
) -> list[tuple[str, Parts]]:
    """Adds the emits of all relation columns; for each its target class and the names it gives."""
    return [
        (column.target, _relation(draft, schema, own, column, assignment))
        for column in assignment.relations
    ]


def _relation(
    draft: Draft, schema: Schema, own: Own, made: RelationColumn, assignment: Assignment
) -> Parts:
    """The relation of one column, and the entities that its cells mention."""
    beside = assignment.attributes.get(made.relation.name, {})
    parts = take_apart(
        draft,
        own.emit.table,
        made.column.staged,
        made.column.heading,
        [*own.keep, *(c.staged for c in beside.values())],
        made.relation,
        own.where(made.classes),
        no_title if made.target == "Designation" else is_placeholder,
    )
    parts = _merged(draft, parts, beside, made.sets)
    _say(draft, made, parts)
    columns, units = _attributes(made.relation, parts, beside)
    for table, cls in _by_class(draft, schema, parts, made):
        other = End(parts.name, "name", cls.name) if cls else End(parts.name)
        if cls is not None:
            draft.plan.emits.append(
                EntityEmit(table, cls.name, columns={"name": parts.name}, by_name=True)
            )
        source, target = (other, own.end) if made.inverse else (own.end, other)
        draft.plan.emits.append(
            RelationEmit(table, made.relation.name, source, target, columns=columns, units=units)
        )
    return parts


def _merged(
    draft: Draft, parts: Parts, beside: dict[str, Column], sets: tuple[str, str] | None
) -> Parts:
    """Attributes under one name each: what the cell says, else the column beside, else the heading.

    `sets` is the attribute that the heading gives: 领投方 says that all of its names lead.
    """
    sources: dict[str, list[str]] = {}
    for name in dict.fromkeys([*parts.attributes, *([sets[0]] if sets else [])]):
        found = [ident(parts.attributes[name])] if name in parts.attributes else []
        found += [ident(beside[name].staged)] if name in beside else []
        found += [literal(sets[1])] if sets and sets[0] == name else []
        sources[name] = found
    if all(len(found) == 1 and name in parts.attributes for name, found in sources.items()):
        return parts
    attributes = dict(parts.attributes)
    replaced, added = [], []
    for name, found in sources.items():
        value = f"coalesce({', '.join(found)})"
        if name in attributes:
            replaced.append(f"{value} AS {ident(attributes[name])}")
        else:
            attributes[name] = draft.free(parts.table, f"{parts.name}.{name}")
            added.append(f"{value} AS {ident(attributes[name])}")
    star = f"* REPLACE ({', '.join(replaced)})" if replaced else "*"
    table = draft.create(f"SELECT {', '.join([star, *added])} FROM {ident(parts.table)}")
    return replace(parts, table=table, attributes=attributes)


def _attributes(
    relation: Relation, parts: Parts, beside: dict[str, Column]
) -> tuple[dict[str, str], dict[str, str]]:
    columns = {name: column.staged for name, column in beside.items()} | parts.attributes
    types = {a.name: a.datatype for a in relation.attributes}
    units = {
        columns[name]: column.unit
        for name, column in beside.items()
        if column.unit and fits(types[name], column.unit)
    }
    return columns, units


def _by_class(
    draft: Draft, schema: Schema, parts: Parts, made: RelationColumn
) -> list[tuple[str, EntityClass | None]]:
    """The table of `parts`, one piece for each class: organisations tell theirs by how they end.

    A name that tells none is of the heading's class; where that one is abstract, the name is left
    as the text of an end: whoever has that name is meant.
    """
    cls = schema.classes[made.target]
    allowed = schema.ends(made.relation.domain if made.inverse else made.relation.range)
    if cls.abstract:
        allowed = tuple(c for c in allowed if c in schema.subclasses(cls.name))
    elif not {"Organisation", "Platform"}.intersection(cls.ancestors):
        return [(parts.table, cls)]
    kinds: dict[str | None, list[str]] = {}
    for name in draft.texts(parts.table, parts.name):
        kind = by_suffix(name, allowed) or (None if cls.abstract else cls.name)
        kinds.setdefault(kind, []).append(name)
    if len(kinds) == 1:
        only = next(iter(kinds))
        return [(parts.table, schema.classes[only] if only else None)]
    found: list[tuple[str, EntityClass | None]] = []
    for kind, names in sorted(kinds.items(), key=lambda item: item[0] or ""):
        some = f"{ident(parts.name)} IN {literals(names)}"
        table = draft.create(f"SELECT * FROM {ident(parts.table)} WHERE {some}")
        found.append((table, schema.classes[kind] if kind else None))
    return found


def _say(draft: Draft, made: RelationColumn, parts: Parts) -> None:
    heading = made.column.heading
    values = {"heading": heading, "relation": made.relation.name, "target": made.target}
    key = "layout.relation_inverse" if made.inverse else "layout.relation_made"
    draft.plan.notes.append(Note(key, dict(values)))
    if parts.fillers:
        said = {"heading": heading, "count": parts.fillers, "example": parts.example}
        draft.plan.notes.append(Note("layout.fillers", said))
    if parts.others:
        draft.plan.notes.append(Note("layout.others", {"heading": heading, "count": parts.others}))
