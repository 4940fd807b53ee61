"""A property graph into the record: each label a table of nodes, each type a table of relations.

Tables that a mapping names (its `file` is the label, or the type) are read as it says. Others are
read where their name is a class or relation of the ontology, as a push writes them: every value as
it is, and what the ontology has no property for kept beside in `extra`.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import duckdb

from graph.errors import GraphError, UsageError
from graph.record import Record
from graph.record.sql import fill, ident, literal
from graph.record.tables import OPEN
from graph.record.write import Counts, FileClaims, FileVersion, Run
from graph.schema import EntityClass, Relation, Schema
from ingest import load, typed
from ingest.discover import Found
from ingest.emit import End, EntityEmit, RelationEmit
from ingest.load import FileReport, Report, Settings
from ingest.mapping import Mapping
from ingest.plan import Plan
from ingest.sheet import Note, Sheet

OWN = "graph/1"
"""Counts up when a table of our own shape is read differently."""

FROM, TO = "from", "to"
STAGED = "stage_0"
PULLED = "pulled"


class Table(Protocol):
    """One table of a database. `batches` gives its rows, each the JSON text of an object."""

    @property
    def name(self) -> str: ...

    @property
    def relation(self) -> bool: ...

    def batches(self) -> Iterator[list[str]]: ...


def asked(mapping: Mapping | None) -> Callable[[str], list[str] | None]:
    """The columns that a mapping reads of a table, by its name; None where it has none of it."""

    def columns(name: str) -> list[str] | None:
        section = mapping.section_for(name) if mapping else None
        if section is None:
            return None
        return [h for c in section.columns.values() for h in c.headings if c.need != "ignored"]

    return columns


def kind_of(table: Table, schema: Schema) -> EntityClass | Relation | None:
    """The class or relation that a table's name means: what stands before the first colon."""
    name = table.name.partition(":")[0]
    if table.relation:
        return schema.relation_named(name)
    found = schema.class_named(name)
    return None if found is None or found.abstract else found


def pull(
    record: Record,
    tables: Iterable[Table],
    *,
    source: str,
    place: str,
    mapping: Mapping | None = None,
    settings: Settings | None = None,
    progress: Callable[[str], None] = lambda text: None,
) -> Report:
    """Takes the tables of the database at `place` into the record as one run.

    What is not in the database any more is named, and withdrawn with `settings.sync`. A row's line
    is its number in the order of ids; the file is the table's name.
    """
    settings = settings or Settings()
    report = Report()
    with Run(record, "pull") as run:
        for table in tables:
            progress(table.name)
            if mapping and mapping.section_for(table.name) is None and mapping.ignores(table.name):
                continue
            report.files.append(_take(run, table, source, place, mapping, settings))
        gone = _gone(record, source, place, {f.file for f in report.files})
        report.settle(run, gone, settings)
    return report


def _gone(record: Record, source: str, place: str, here: set[str]) -> list[str]:
    rows = record.con.execute(
        f"SELECT file FROM source_version WHERE r_to = {OPEN} AND source = ? AND root = ?"
        " ORDER BY file",
        [source, place],
    ).fetchall()
    return [f"{source}/{file}" for (file,) in rows if file not in here]


def _take(
    run: Run, table: Table, source: str, place: str, mapping: Mapping | None, settings: Settings
) -> FileReport:
    what = "relation" if table.relation else "node"
    section = mapping.section_for(table.name) if mapping else None
    kind = None if section else kind_of(table, run.record.schema)
    none = Counts(0, 0, 0, 0)
    if section is None and kind is None:
        return FileReport(source, table.name, what, none, placed=False)
    item = Found(source, table.name, Path(), Path(table.name))
    try:
        headings, digest = _stage(run.con, table, trimmed=section is not None)
        ruled = mapping.digest_for(item) if mapping and section else f"{OWN}/{settings.currency}"
        name = mapping.name if mapping and section else None
        version = FileVersion(source, table.name, place, digest, what, name, ruled)
        known = run.known(version)
        run.check_root(version, known, settings.replace)
        if known and known.same:
            kept = Counts.kept(known.read, known.rejected)
            return FileReport(source, table.name, what, kept)
        sheet = Sheet(table.name, headings, lambda con, name: None)
        if mapping and section:
            plan = mapping.compile(sheet, STAGED, run.con, run.record.schema, item)
        else:
            assert kind is not None
            plan = _own(run.con, kind, headings, run.record.schema)
        claims = _claims(run, sheet, plan, settings)
        counts = run.write(version, claims, known)
        return FileReport(source, table.name, what, counts, tuple(plan.notes))
    except UsageError:
        raise
    except GraphError as error:
        return FileReport(source, table.name, what, none, error=error)
    finally:
        load.drop_temporary(run)


def _stage(con: duckdb.DuckDBPyConnection, table: Table, *, trimmed: bool) -> tuple[list[str], str]:
    """Makes the staged table in the order of ids; gives its headings and a digest of its rows."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE {PULLED}(r VARCHAR)")
    for rows in table.batches():
        fill(con, PULLED, [(row,) for row in rows])
    found = con.execute(
        f"SELECT DISTINCT unnest(json_keys(r)) AS heading FROM {PULLED} ORDER BY 1"
    ).fetchall()
    headings = [heading for (heading,) in found]
    first = [FROM, TO, "eid"] if table.relation else ["id"]
    order = ", ".join([f"{_cell(h)} NULLS LAST" for h in first if h in headings] + ["r"])
    cells = [f"NULLIF(trim({_cell(h)}), '')" if trimmed else _cell(h) for h in headings]
    listed = "".join(f", {cell} AS c{i}" for i, cell in enumerate(cells))
    number = f"row_number() OVER (ORDER BY {order})"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {STAGED} AS"
        f' SELECT {number} AS "row", ({number})::INTEGER AS line{listed}, r FROM {PULLED}'
    )
    con.execute(f"DROP TABLE {PULLED}")
    [(digest, count)] = con.execute(
        f"SELECT coalesce(bit_xor(md5_number(r)), 0), count(*) FROM {STAGED}"
    ).fetchall()
    return headings, hashlib.sha256(f"{digest:032x} {count}".encode()).hexdigest()


def _pointer(heading: str) -> str:
    """A key as a JSON pointer (RFC 6901), as SQL text."""
    return literal("/" + heading.replace("~", "~0").replace("/", "~1"))


def _cell(heading: str) -> str:
    return f"json_extract_string(r, {_pointer(heading)})"


def _own(
    con: duckdb.DuckDBPyConnection,
    kind: EntityClass | Relation,
    headings: Sequence[str],
    schema: Schema,
) -> Plan:
    """The plan of a table of our own shape; adds the column `extra` to the staged table."""
    place = {heading: f"c{i}" for i, heading in enumerate(headings)}
    terms = kind.properties if isinstance(kind, EntityClass) else kind.attributes
    physical = {column for term in terms for column, _ in term.columns}
    keys = {"id", "extra"} if isinstance(kind, EntityClass) else {FROM, TO, "eid", "extra"}
    columns = {heading: place[heading] for heading in headings if heading in physical}
    unknown = []
    for heading in headings:
        if heading in physical or heading in keys:
            continue
        named = (
            schema.property_named(kind, heading)
            if isinstance(kind, EntityClass)
            else schema.attribute_named(kind, heading)
        )
        if named is None or named.name in columns:
            unknown.append(heading)
        else:
            columns[named.name] = place[heading]
    con.execute(f"ALTER TABLE {STAGED} ADD COLUMN none VARCHAR")
    for term in terms:
        some = [c for c, _ in term.columns if c in columns]
        columns |= {c: "none" for c, _ in term.columns if some and c not in columns}
    con.execute(f"ALTER TABLE {STAGED} ADD COLUMN extra VARCHAR")
    con.execute(f"UPDATE {STAGED} SET extra = {_extra(unknown, place.get('extra'))}")
    plan = Plan()
    if unknown:
        plan.notes.append(Note("neo4j.kept_beside", {"columns": ", ".join(unknown)}))
    lacking = [k for k in (*sorted(keys),) if k not in place]
    end = {k: place.get(k, "none") for k in (*keys, *lacking)}
    if isinstance(kind, EntityClass):
        plan.emits.append(EntityEmit(STAGED, kind.name, None, end["id"], columns, exact=True))
    else:
        plan.emits.append(
            RelationEmit(
                STAGED,
                kind.name,
                End(end[FROM]),
                End(end[TO]),
                id_column=end["eid"],
                columns=columns,
                exact=True,
            )
        )
    return plan


def _extra(unknown: Sequence[str], given: str | None) -> str:
    """The SQL of what is kept beside: `extra` as it is, joined with what else there is."""
    base = "NULL"
    if given:
        is_object = f"json_type(TRY_CAST({given} AS JSON)) = 'OBJECT'"
        base = (
            f"CASE WHEN {is_object} THEN {given}"
            f" WHEN {given} IS NOT NULL THEN to_json({{'extra': {given}}})::VARCHAR END"
        )
    if not unknown:
        return base
    pairs = ", ".join(f"{literal(h)}: json_extract(r, {_pointer(h)})" for h in unknown)
    some = " OR ".join(f"{_cell(h)} IS NOT NULL" for h in unknown)
    joined = f"json_merge_patch(coalesce({base}, '{{}}')::JSON, to_json({{{pairs}}}))::VARCHAR"
    return f"CASE WHEN {some} THEN {joined} ELSE {base} END"


def _claims(run: Run, sheet: Sheet, plan: Plan, settings: Settings) -> FileClaims:
    """The typed claims of a plan, and its refused rows with their cells."""
    con = run.con
    batch = typed.Batch(con, run.record.schema, settings.currency)
    refused = [
        (
            r.row,
            r.line,
            r.field,
            r.raw,
            r.key,
            json.dumps(r.values, ensure_ascii=False, default=str),
        )
        for r in plan.rejects
    ]
    fill(con, "bad", refused)
    for emit in plan.emits:
        typed.add(batch, emit, None, [])
    claims = FileClaims(same_as=plan.same_as)
    [(read,)] = con.execute(f"SELECT count(*) FROM {STAGED}").fetchall()
    [(rejected,)] = con.execute('SELECT count(DISTINCT "row") FROM bad').fetchall()
    claims.read, claims.rejected = read, rejected
    if rejected:
        for table in [t for _, t in (*batch.entities, *batch.relations)]:
            con.execute(f'DELETE FROM {ident(table)} WHERE "row" IN (SELECT "row" FROM bad)')
        claims.rejects = load._rejected_rows(batch, sheet, STAGED, sheet.headings)
    claims.entities, claims.relations = batch.entities, batch.relations
    return claims
