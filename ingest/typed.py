"""From staged text to typed claims: what an emit says, with values parsed and bad rows set aside.

Cells that are written plainly are read in SQL; only the distinct texts that are not go through
`ingest.values.parse`.
"""

import json
from dataclasses import dataclass, field

import duckdb

from graph.names import normalise
from graph.record import functions
from graph.record.sql import fill, ident, literal, literals
from graph.schema import EntityClass, Property, Relation, Schema
from ingest import values
from ingest.emit import Emit, End, EntityEmit, RelationEmit

MAX_NEAREST = 3
MAX_BELOW = 5


@dataclass
class Batch:
    """The typed tables of one file so far, and the rows that were refused (temp table `bad`)."""

    con: duckdb.DuckDBPyConnection
    schema: Schema
    currency: str = "CNY"
    entities: list[tuple[EntityClass, str]] = field(default_factory=list)
    relations: list[tuple[Relation, str]] = field(default_factory=list)
    tables: int = 0

    def __post_init__(self) -> None:
        self.con.execute(
            'CREATE OR REPLACE TEMP TABLE bad("row" BIGINT, line INTEGER, "column" VARCHAR,'
            " raw VARCHAR, key VARCHAR, vals VARCHAR)"
        )
        functions.register(self.con)

    def new_table(self) -> str:
        self.tables += 1
        return f"typed_{self.tables}"

    def refuse(self, select: str, params: list[object] | None = None) -> None:
        """Adds rows to `bad`: `select` yields row, line, column, raw, key, vals."""
        self.con.execute(f"INSERT INTO bad {select}", params or [])


def keyless_id(cls: str, name: str, region: str | None = None) -> str:
    """The key of an entity without one: a digest of class, normalised name and region.

    >>> keyless_id("Firm", "甲公司") == keyless_id("Firm", " 甲 公司")
    True
    """
    import hashlib

    said = f"{cls}|{normalise(name)}|{normalise(region or '')}"
    return f"{cls}:{hashlib.md5(said.encode(), usedforsecurity=False).hexdigest()[:12]}"


def _keyless_sql(cls: str, name: str, region: str | None) -> str:
    place = f"coalesce(normalise_name({region}), '')" if region else "''"
    said = f"{literal(cls + '|')} || normalise_name({name}) || '|' || {place}"
    return f"{literal(cls + ':')} || substr(md5({said}), 1, 12)"


def add(batch: Batch, emit: Emit, own: EntityEmit | None, own_tables: list[str]) -> list[str]:
    """Adds what `emit` says to `batch`; returns the names of the typed tables that it made.

    `own` is the emit of the row's own entity and `own_tables` its typed tables: an end that names
    the row itself takes its key from there.
    """
    if isinstance(emit, EntityEmit):
        return _add_entities(batch, emit)
    return _add_relations(batch, emit, own, own_tables)


def _add_entities(batch: Batch, emit: EntityEmit) -> list[str]:
    made = []
    for cls, condition in _by_type(batch, emit, emit.cls):
        kind = batch.schema.classes[cls]
        name = _qualified(emit.columns.get("name"))
        key, keyless = _entity_key(emit, kind, name, _qualified(emit.region_column))
        keep = f"{condition} AND {name} IS NOT NULL" if emit.by_name else condition
        head = (
            f's."row", s.line, {key} AS id, {keyless} AS keyless,'
            f" {str(emit.by_name).lower()} AS mention"
        )
        table, refusals = _create(batch, emit, kind.properties, condition, head, f" WHERE {keep}")
        if "name" in emit.columns and not emit.by_name and not emit.exact:
            _refuse_empty(batch, emit, condition, emit.columns["name"], "ingest.missing_name")
        batch.refuse(
            f"SELECT \"row\", line, NULL, NULL, 'ingest.missing_id', NULL FROM {ident(table)}"
            " WHERE id IS NULL"
        )
        for refusal in refusals:
            batch.refuse(refusal)
        batch.entities.append((kind, table))
        made.append(table)
    return made


def _refuse_empty(batch: Batch, emit: Emit, condition: str, column: str, key: str) -> None:
    batch.refuse(
        f'SELECT "row", line, {literal(column)}, NULL, {literal(key)}, NULL'
        f" FROM {ident(emit.table)} s WHERE {condition} AND {_qualified(column)} IS NULL"
    )


def _qualified(column: str | None) -> str | None:
    return f"s.{ident(column)}" if column else None


def _entity_key(
    emit: EntityEmit, kind: EntityClass, name: str | None, region: str | None
) -> tuple[str, str]:
    given = [_qualified(emit.id_column)] if emit.id_column else []
    for term in kind.properties:
        if term.identifier and term.name in emit.columns:
            # A placeholder (-, 无) is no number: read as a value, not as it is written.
            cell = values.fast_sql(term, f"s.{ident(emit.columns[term.name])}")[term.name]
            given.append(f"{literal(term.name + ':')} || upper({cell})")
    known = f"coalesce({', '.join([*(g for g in given if g), 'NULL'])})"
    digest = _keyless_sql(kind.name, name, region) if name else "NULL"
    return f"coalesce({known}, {digest})", f"({known} IS NULL)"


def _add_relations(
    batch: Batch, emit: RelationEmit, own: EntityEmit | None, own_tables: list[str]
) -> list[str]:
    made = []
    for name, condition in _by_type(batch, emit, emit.relation):
        kind = batch.schema.relations[name]
        ends, joins = [], ""
        for side, end in (("source", emit.source), ("target", emit.target)):
            if own is not None and own_tables and _is_own(end, own):
                rows = " UNION ALL ".join(
                    f'SELECT "row", id, keyless FROM {ident(t)}' for t in own_tables
                )
                joins += f' JOIN ({rows}) own_{side} ON own_{side}."row" = s."row"'
                ends.append((f"own_{side}.id", f"own_{side}.keyless"))
            else:
                ends.append(_end_key(end))
        (source, source_keyless), (target, target_keyless) = ends
        head = (
            f's."row", s.line, {source} AS source_id, {source_keyless} AS source_keyless,'
            f" {target} AS target_id, {target_keyless} AS target_keyless,"
            f" {_qualified(emit.id_column) or 'NULL::VARCHAR'} AS eid"
        )
        tail = f"{joins} WHERE {condition}"
        table, refusals = _create(batch, emit, kind.attributes, condition, head, tail)
        for side, end in (("source", emit.source), ("target", emit.target)):
            batch.refuse(
                f"SELECT \"row\", line, {literal(end.column)}, NULL, 'ingest.missing_end', NULL"
                f" FROM {ident(table)} WHERE {side}_id IS NULL"
            )
        batch.refuse(
            f"SELECT \"row\", line, {literal(emit.target.column)}, target_id, 'ingest.self_loop',"
            f" NULL FROM {ident(table)} WHERE source_id = target_id"
        )
        for refusal in refusals:
            batch.refuse(refusal)
        batch.relations.append((kind, table))
        made.append(table)
    return made


def _is_own(end: End, own: EntityEmit) -> bool:
    if end.by == "id":
        return own.id_column is not None and end.column == own.id_column
    return end.cls == own.cls and end.column == own.columns.get("name")


def _end_key(end: End) -> tuple[str, str]:
    cell = f"s.{ident(end.column)}"
    if end.by == "id":
        return cell, "false"
    assert end.cls is not None, "an end by name needs a class"
    return _keyless_sql(end.cls, cell, _qualified(end.region_column)), "true"


def _by_type(batch: Batch, emit: Emit, fixed: str | None) -> list[tuple[str, str]]:
    """(class or relation, SQL condition) pairs; rows of unknown type are refused."""
    if fixed is not None:
        return [(fixed, "true")]
    assert emit.type_column is not None, "an emit needs a class or a type column"
    cell = f"s.{ident(emit.type_column)}"
    find = batch.schema.class_named if isinstance(emit, EntityEmit) else batch.schema.relation_named
    texts: dict[str, list[str]] = {}
    for (text,) in batch.con.execute(
        f"SELECT DISTINCT {cell} FROM {ident(emit.table)} s ORDER BY 1"
    ).fetchall():
        kind = find(text) if text else None
        if kind is None or getattr(kind, "abstract", False):
            batch.refuse(
                f'SELECT s."row", s.line, ?, {cell}, ?, ? FROM {ident(emit.table)} s'
                f" WHERE {cell} IS NOT DISTINCT FROM ?",
                [emit.type_column, *_no_type(batch, emit, text, kind), text],
            )
        else:
            texts.setdefault(kind.name, []).append(text)
    return [(name, f"{cell} IN {literals(written)}") for name, written in sorted(texts.items())]


def _no_type(
    batch: Batch, emit: Emit, text: str | None, kind: EntityClass | Relation | None
) -> tuple[str, str]:
    """Why a text is no type of a row, as key and values: it is none, unknown, or too general."""
    import difflib

    if not text:
        return "ingest.missing_type", "{}"
    if isinstance(kind, EntityClass):
        below = [batch.schema.classes[name] for name in batch.schema.subclasses(kind.name)]
        some = [c.name for c in below if not c.abstract][:MAX_BELOW]
        return "ingest.abstract_class", json.dumps({"raw": text, "below": ", ".join(some)})
    kinds: dict[str, EntityClass] | dict[str, Relation]
    kinds = batch.schema.classes if isinstance(emit, EntityEmit) else batch.schema.relations
    names = [n for k in kinds.values() for n in (k.name, *k.label.values())]
    near = difflib.get_close_matches(text, names, MAX_NEAREST, 0.5)
    key = "ingest.unknown_class" if isinstance(emit, EntityEmit) else "ingest.unknown_relation"
    return key, json.dumps({"raw": text, "nearest": ", ".join(near) or "—"})


@dataclass
class _Columns:
    """The typed columns of an emit as SQL: what they are, the joins they need, what to refuse."""

    select: str = ""
    joins: str = ""
    refusals: list[str] = field(default_factory=list)


def _create(
    batch: Batch, emit: Emit, terms: tuple[Property, ...], condition: str, head: str, tail: str
) -> tuple[str, list[str]]:
    """Makes a typed table; gives its name and the selects of rows whose values were refused.

    `head` are its first columns, `tail` what follows the staged table in SQL. In the first pass
    every cell is read as a plainly written one; only where some are not there is a second.
    """
    cells = _plain_cells(batch, emit, terms)
    table = batch.new_table()
    columns, unread = _Columns(), []
    for i, (term, raw, plain) in enumerate(cells):
        columns.select += "".join(f", {plain[c]} AS {ident(c)}" for c, _ in term.columns)
        if not _as_written(term):
            unread.append(f"unread_{i}")
            first = plain[term.columns[0][0]]
            columns.select += f", s.{ident(raw)} IS NOT NULL AND ({first}) IS NULL AS unread_{i}"
    extra = _extra(batch, emit, terms)
    start = f"CREATE TEMP TABLE {ident(table)} AS SELECT {head}"
    middle = f"{extra} FROM {ident(emit.table)} s"
    batch.con.execute(start + columns.select + middle + tail)
    if not unread:
        return table, []
    asked = ", ".join(f"bool_or({flag})" for flag in unread)
    flags = batch.con.execute(f"SELECT {asked} FROM {ident(table)}").fetchone() or ()
    if any(flags):
        again = {flag for flag, some in zip(unread, flags, strict=True) if some}
        columns = _Columns()
        for i, cell in enumerate(cells):
            _add_cell(batch, emit, condition, columns, cell, parse=f"unread_{i}" in again)
        batch.con.execute(f"DROP TABLE {ident(table)}")
        batch.con.execute(start + columns.select + middle + columns.joins + tail)
    else:
        for flag in unread:
            batch.con.execute(f"ALTER TABLE {ident(table)} DROP COLUMN {flag}")
    return table, columns.refusals


_Cell = tuple[Property, str, dict[str, str]]


def _plain_cells(batch: Batch, emit: Emit, terms: tuple[Property, ...]) -> list[_Cell]:
    """Each property that the emit gives, its staged column, and the SQL of its plain reading."""
    cells = []
    for term in terms:
        if term.name in emit.columns:
            raw = emit.columns[term.name]
            cell, unit = f"s.{ident(raw)}", emit.units.get(raw)
            if emit.exact:
                own = [c for c, _ in term.columns if c in emit.columns]
                plain = values.exact_sql(term, {c: f"s.{ident(emit.columns[c])}" for c in own})
            elif _as_written(term):
                plain = {term.name: cell}
            else:
                plain = values.fast_sql(term, cell, unit=unit, currency=batch.currency)
            cells.append((term, raw, plain))
    return cells


def _add_cell(
    batch: Batch, emit: Emit, condition: str, columns: _Columns, cell: _Cell, *, parse: bool
) -> None:
    term, raw, plain = cell
    if not parse:
        columns.select += "".join(f", {plain[c]} AS {ident(c)}" for c, _ in term.columns)
        return
    first = plain[term.columns[0][0]]
    rows = batch.con.execute(
        f"SELECT DISTINCT s.{ident(raw)} FROM {ident(emit.table)} s WHERE {condition}"
        f" AND s.{ident(raw)} IS NOT NULL AND ({first}) IS NULL"
    ).fetchall()
    parsed = f"parsed_{batch.new_table()}"
    _parse_texts(batch, term, [row[0] for row in rows], emit.units.get(raw), parsed)
    columns.joins += f" LEFT JOIN {ident(parsed)} ON {ident(parsed)}.raw = s.{ident(raw)}"
    columns.select += "".join(
        f", CASE WHEN s.{ident(raw)} IS NOT NULL AND ({first}) IS NULL"
        f" THEN {ident(parsed)}.{ident(c)} ELSE {plain[c]} END"
        f" AS {ident(c)}"
        for c, _ in term.columns
    )
    columns.refusals.append(
        f'SELECT s."row", s.line, {literal(raw)}, s.{ident(raw)}, p.key, p.vals'
        f" FROM {ident(emit.table)} s JOIN {ident(parsed)} p ON p.raw = s.{ident(raw)}"
        f" WHERE p.key IS NOT NULL AND {condition}"
    )


def _as_written(term: Property) -> bool:
    """Whether a cell is the value: text that nothing needs to be checked of."""
    checked = term.closed or term.multiple or term.identifier or term.pattern
    return term.datatype == "text" and not checked


def _parse_texts(
    batch: Batch, term: Property, texts: list[str], unit: str | None, table: str
) -> None:
    declared = ", ".join(f"{ident(c)} {t}" for c, t in term.columns)
    batch.con.execute(
        f"CREATE TEMP TABLE {ident(table)}(raw VARCHAR, {declared}, key VARCHAR, vals VARCHAR)"
    )
    rows: list[list[object]] = []
    for text in sorted(texts):
        key = vals = None
        cells: tuple[object, ...] = (None,) * len(term.columns)
        try:
            cells = values.parse_columns(term, text, unit=unit, currency=batch.currency)
        except values.ValueRefused as refused:
            key = refused.key
            vals = json.dumps(refused.values, ensure_ascii=False, default=str)
        rows.append([text, *cells, key, vals])
    fill(batch.con, table, rows)


def _extra(batch: Batch, emit: Emit, terms: tuple[Property, ...]) -> str:
    """Columns that the mapping keeps but the ontology does not know, as one JSON text."""
    if emit.exact:
        return ", s.extra"
    known = {t.name for t in terms}
    kept = dict(emit.extra)
    kept.update({n: c for n, c in emit.columns.items() if n not in known})
    if not kept:
        return ""
    pairs = ", ".join(f"{literal(h)}: s.{ident(c)}" for h, c in sorted(kept.items()))
    some = " OR ".join(f"s.{ident(c)} IS NOT NULL" for c in kept.values())
    return f", CASE WHEN {some} THEN to_json({{{pairs}}})::VARCHAR END AS extra"
