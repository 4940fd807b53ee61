"""A mapping's section over a staged sheet: derived tables, and what they say, as emits."""

import itertools
from pathlib import Path

import duckdb

from graph.schema import Schema
from ingest.emit import Emit, End, EntityEmit, RelationEmit
from ingest.mapping.check import set_terms, the_class, the_relation
from ingest.mapping.conditions import Condition
from ingest.mapping.language import (
    AnyRule,
    EntityRule,
    RelationEnd,
    RelationRule,
    Section,
    Value,
)
from ingest.mapping.layers import Layers
from ingest.mapping.sql import quoted
from ingest.mapping.staging import Staged, stage, stage_lookup
from ingest.mapping.steps import FileLookup
from ingest.plan import Plan, RowReject
from ingest.sheet import Sheet
from ingest.values import fits as unit_fits


def compile_sheet(
    section: Section,
    sections: tuple[Section, ...],
    sheet: Sheet,
    table: str,
    con: duckdb.DuckDBPyConnection,
    schema: Schema,
    folder: Path,
    path: Path,
) -> Plan:
    """What the staged `table` of `sheet` says under `section`.

    Derived temporary tables are named after `table`. Raises InputError where a required column or
    a file that is looked into is missing.
    """
    lookups: dict[FileLookup, str] = {}
    for look in section.lookups:
        if look not in lookups:
            lookups[look] = f"{table}_lookup_{len(lookups)}"
            stage_lookup(con, look, sections, folder, path, lookups[look])
    staged = stage(con, section, sheet, table, path.name, lookups)
    emits: list[Emit] = []
    keys: list[str] = []
    for number, rule in enumerate(section.rules):
        draft = _Draft(staged, section, schema, rule, f"{table}_says_{number}", number)
        emits.append(draft.emit())
        keys += draft.keys
    emits += [mention for e in emits if isinstance(e, RelationEmit) for mention in _mentions(e)]
    staged.refuse(_silent(staged, emits, keys))
    return Plan(emits, staged.notes, staged.rejects)


def _mentions(emit: RelationEmit) -> list[EntityEmit]:
    """The entities that the ends of a relation name: the view finds out who they are."""
    return [
        EntityEmit(
            emit.table,
            end.cls,
            columns={"name": end.column},
            region_column=end.region_column,
            by_name=True,
        )
        for end in (emit.source, emit.target)
        if end.by == "name"
    ]


def _silent(staged: Staged, emits: list[Emit], keys: list[str]) -> list[RowReject]:
    """The rows from which nothing follows: every rule lacks a cell that it needs."""
    said = " UNION ALL ".join(f"SELECT row FROM {quoted(e.table)}" for e in emits)
    rows = staged.con.execute(
        f"SELECT row, line FROM {quoted(staged.table)} WHERE row NOT IN ({said}) ORDER BY row"
    ).fetchall()
    values: dict[str, object] = {"columns": ", ".join(dict.fromkeys(keys))}
    return [RowReject(row, line, None, None, "mapping.says_nothing", values) for row, line in rows]


class _Draft:
    """One rule on its way to a derived table and an emit."""

    def __init__(
        self,
        staged: Staged,
        section: Section,
        schema: Schema,
        rule: AnyRule,
        table: str,
        number: int,
    ) -> None:
        self.staged = staged
        self.section = section
        self.schema = schema
        self.rule = rule
        self.table = table
        self.number = number
        self.layers: Layers = staged.layers()
        self.listed: dict[str, str] = {}
        self.keys: list[str] = []
        self.units: dict[str, str] = {}
        self.identifying: list[str] = []
        wanted = self._wanted()
        for name, value in section.make.items():
            if name not in self.layers.columns and wanted.intersection((name, *value.also)):
                self.layers.make(name, value)

    def emit(self) -> Emit:
        """Creates the table and says what it holds."""
        if isinstance(self.rule, EntityRule):
            return self._entity(self.rule)
        return self._relation(self.rule)

    def _wanted(self) -> set[str]:
        """The made columns that the rule reads, directly or through others."""
        wanted = {c for value in _values(self.rule) for c in value.columns}
        wanted |= {c for name, test in self.rule.where for c in (name, *test.columns)}
        for name, value in reversed(self.section.make.items()):
            if wanted.intersection((name, *value.also)):
                wanted.update(value.columns)
        return wanted

    def _entity(self, rule: EntityRule) -> EntityEmit:
        cls, type_column = self._kind(rule, "class")
        key = self._key(rule.id, "id") if rule.id else None
        columns = self._set(rule)
        region = self._list(rule.region, "region") if rule.region else None
        extra = {heading: self._list(v, heading) for heading, v in rule.keep.items()}
        if key is None:
            known = ", ".join(map(quoted, self.identifying))
            self._create(f"coalesce({known}) IS NOT NULL")
        else:
            self._create(f"{quoted(key)} IS NOT NULL")
        return EntityEmit(
            self.table, cls, type_column, key, columns, region, extra, self.units, rule.mention
        )

    def _relation(self, rule: RelationRule) -> RelationEmit:
        relation, type_column = self._kind(rule, "relation")
        source = self._end(rule.source, "from")
        target = self._end(rule.target, "to")
        own = self._list(rule.id, "id") if rule.id else None
        columns = self._set(rule)
        extra = {heading: self._list(v, heading) for heading, v in rule.keep.items()}
        self._create(f"{quoted(source.column)} IS NOT NULL AND {quoted(target.column)} IS NOT NULL")
        return RelationEmit(
            self.table, relation, source, target, type_column, own, columns, extra, self.units
        )

    def _kind(self, rule: AnyRule, word: str) -> tuple[str | None, str | None]:
        if isinstance(rule.kind, Value):
            return None, self._list(rule.kind, word)
        if isinstance(rule, EntityRule):
            return the_class(self.schema, rule.kind, rule.node).name, None
        return the_relation(self.schema, rule.kind, rule.node).name, None

    def _end(self, end: RelationEnd, word: str) -> End:
        region = self._list(end.region, "region") if end.region else None
        column = self._key(end.value, word)
        if end.cls is None:
            return End(column)
        return End(column, "name", the_class(self.schema, end.cls, end.node).name, region)

    def _set(self, rule: AnyRule) -> dict[str, str]:
        columns = {}
        for word, term in set_terms(rule, self.section, self.schema).items():
            value = rule.set[word]
            columns[term.name] = self._list(value, term.name)
            if term.identifier or term.name == "name":
                self.identifying.append(columns[term.name])
            unit = self._unit(value)
            if unit and (value.unit or unit_fits(term.datatype, unit)):
                self.units[columns[term.name]] = unit
        return columns

    def _unit(self, value: Value) -> str | None:
        if value.unit or value.kind != "column":
            return value.unit
        name = value.parts[0]
        made = self.section.make.get(name)
        return self._unit(made) if made else self.staged.units.get(name)

    def _key(self, value: Value, word: str) -> str:
        """A column that is a key: its name is like no other rule's, for each rule its own."""
        self.keys.append(_human(value, word))
        return self._list(value, word, f"#{self.number}")

    def _list(self, value: Value, word: str, mark: str = "") -> str:
        """Adds a column to the table, called as an author would call it."""
        human = _human(value, word) + mark
        plain = value.kind == "column" and not value.steps
        made = self.layers.columns[value.parts[0]] if plain else self.layers.add(value)
        if not mark and self.listed.get(human) == made:
            return human
        name = next(
            n
            for n in itertools.chain([human], (f"{human}~{i}" for i in itertools.count(2)))
            if n.casefold() not in {"row", "line", *map(str.casefold, self.listed)}
        )
        self.listed[name] = made
        return name

    def _create(self, keyed: str) -> None:
        tests = [keyed_test(name, test, self.layers) for name, test in self.rule.where]
        listed = [f"{quoted(made)} AS {quoted(name)}" for name, made in self.listed.items()]
        what = ", ".join(["row", "line", *listed])
        tower = self.layers.select(what, " AND ".join(tests) or "true")
        self.staged.con.execute(
            f"CREATE TEMP TABLE {quoted(self.table)} AS SELECT * FROM ({tower}) WHERE {keyed}"
        )


def keyed_test(name: str, test: Condition, layers: Layers) -> str:
    return test.sql(layers.column(name), layers.column)


def _human(value: Value, word: str) -> str:
    return value.parts[0] if value.kind == "column" else word


def _values(rule: AnyRule) -> list[Value]:
    found = [*rule.set.values(), *rule.keep.values()]
    found += [v for v in (rule.id, rule.kind) if isinstance(v, Value)]
    if isinstance(rule, RelationRule):
        ends = (rule.source, rule.target)
        return found + [v for end in ends for v in (end.value, end.region) if v is not None]
    return found + ([rule.region] if rule.region else [])
