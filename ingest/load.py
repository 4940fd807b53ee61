"""Files into the record: read, place, type, write; what is wrong is set aside and counted."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from graph.errors import GraphError, InputError, UsageError
from graph.record import Record
from graph.record.sql import fill, ident, literal
from graph.record.write import Counts, FileClaims, FileVersion, RejectedRow, Run
from ingest import layout, rdf, readers, several_names, typed
from ingest.discover import Found
from ingest.emit import Emit, EntityEmit
from ingest.mapping import Mapping
from ingest.sheet import Note, Sheet

SHEET_STRIDE = 10**10
"""Rows of the n-th sheet of a file are numbered from n times this, so that they are told apart."""


@dataclass(frozen=True)
class FileReport:
    """What became of one file: counts, what was assumed, or why it could not be read."""

    source: str
    file: str
    kind: str
    counts: Counts
    notes: tuple[Note, ...] = ()
    error: GraphError | None = None
    placed: bool = True


@dataclass(frozen=True)
class Settings:
    """What an ingest needs to know of the workspace."""

    currency: str = "CNY"
    replace: bool = False
    strict: bool = False
    dry_run: bool = False
    sync: bool = False
    base: str | None = None


@dataclass
class Report:
    """The result of an ingest, file by file."""

    files: list[FileReport] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    written: bool = False
    held: bool = False
    """Whether what is new was not written because of `strict` or `dry_run`."""

    @property
    def accepted(self) -> int:
        return sum(f.counts.accepted + f.counts.unchanged for f in self.files)

    @property
    def rejected(self) -> int:
        return sum(f.counts.rejected for f in self.files)

    @property
    def failed(self) -> list[FileReport]:
        return [f for f in self.files if f.error is not None]

    def settle(self, run: Run, gone: list[str], settings: Settings) -> None:
        """Withdraws what is gone, or only names it, and decides whether the run is kept."""
        self.gone = gone
        if settings.sync:
            for name in gone:
                self.withdrawn += run.withdraw(name)
            self.gone = []
        wrong = settings.strict and (self.rejected or self.failed)
        run.keep = not (settings.dry_run or wrong)
        self.written = run.keep and run.changed
        self.held = run.changed and not run.keep


def ingest(
    record: Record,
    found: Iterable[Found],
    *,
    mapping: Mapping | None = None,
    settings: Settings | None = None,
    command: str = "ingest",
    progress: Callable[[str], None] = lambda file: None,
) -> Report:
    """Takes `found` into `record` as one run; one transaction, so all of it or nothing.

    Raises UsageError where a file only shares its name with an earlier one. A file that cannot be
    read is reported and does not stop the others; `strict` writes nothing when anything is wrong.
    """
    settings = settings or Settings()
    report = Report()
    items = list(found)
    with Run(record, command) as run:
        for item in items:
            progress(item.file)
            report.files += _ingest_file(run, item, mapping, settings)
        report.settle(run, _gone(record, items, report.files), settings)
    return report


def _gone(record: Record, items: list[Found], read: list[FileReport]) -> list[str]:
    """Files of the folders (or in the RDF) given that the record knows and that are gone."""
    from graph.record.tables import OPEN

    here = {*((i.source, i.file) for i in items), *((f.source, f.file) for f in read)}
    carriers = {str(i.path.resolve()) for i in items if rdf.can_read(i.path)}
    roots = {(i.source, str(i.root)) for i in items}
    rows = record.con.execute(
        f"SELECT source, file, root FROM source_version WHERE r_to = {OPEN} ORDER BY source, file"
    ).fetchall()
    return [
        f"{source}/{file}"
        for source, file, root in rows
        if ((source, root) in roots or root in carriers)
        and (source, file) not in here
        and not (Path(root) / file).exists()
    ]


def _ingest_file(
    run: Run, item: Found, mapping: Mapping | None, settings: Settings
) -> list[FileReport]:
    none = Counts(0, 0, 0, 0)
    section = mapping.section_for(item.file) if mapping else None
    if mapping and section is None and mapping.ignores(item.file):
        return []
    if mapping and section is None:
        return [FileReport(item.source, item.file, "", none, placed=False)]
    if item.problem is not None:
        return [FileReport(item.source, item.file, "", none, error=item.problem)]
    if not mapping and rdf.can_read(item.path):
        return _ingest_rdf(run, item, settings)
    if not readers.can_read(item.path):
        error = readers.advice(item.path)
        return [FileReport(item.source, item.file, "", none, error=error, placed=False)]
    try:
        digest = sha256(item.path)
        version = FileVersion(
            item.source,
            item.file,
            str(item.root),
            digest,
            readers.kind(item.path),
            mapping.name if mapping else None,
            mapping.digest_for(item) if mapping else f"layout/{layout.VERSION}/{settings.currency}",
        )
        known = run.known(version)
        run.check_root(version, known, settings.replace)
        if known and known.same:
            kept = Counts.kept(known.read, known.rejected)
            return [FileReport(item.source, item.file, version.kind, kept)]
        claims, notes = _claims(run, item, mapping, settings)
        counts = run.write(version, claims, known)
        drop_temporary(run)
        return [FileReport(item.source, item.file, version.kind, counts, tuple(notes))]
    except UsageError:
        raise
    except GraphError as error:
        drop_temporary(run)
        return [FileReport(item.source, item.file, readers.kind(item.path), none, error=error)]


def _ingest_rdf(run: Run, item: Found, settings: Settings) -> list[FileReport]:
    from ingest.rdf.load import take

    try:
        done = take(run, item, sha256(item.path), base=settings.base, replace=settings.replace)
        drop_temporary(run)
        return [FileReport(*one) for one in done]
    except UsageError:
        raise
    except GraphError as error:
        drop_temporary(run)
        none = Counts(0, 0, 0, 0)
        return [FileReport(item.source, item.file, readers.kind(item.path), none, error=error)]


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, as hexadecimal text."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError("ingest.unreadable", path=path, detail=error.strerror) from error


def _claims(
    run: Run, item: Found, mapping: Mapping | None, settings: Settings
) -> tuple[FileClaims, list[Note]]:
    con, schema = run.con, run.record.schema
    batch = typed.Batch(con, schema, settings.currency)
    claims, notes = FileClaims(), []
    sheets = readers.read(item.path, mapping.options_for(item.file) if mapping else None)
    bases: list[tuple[Sheet, str]] = []
    placed = 0
    problem: InputError | None = None
    for number, sheet in enumerate(sheets):
        table = f"stage_{number}"
        sheet.stage(con, table)
        if number:
            con.execute(f'UPDATE {ident(table)} SET "row" = "row" + {number * SHEET_STRIDE}')
        notes += sheet.notes
        bases.append((sheet, table))
        if not mapping and not con.execute(f"SELECT 1 FROM {ident(table)} LIMIT 1").fetchall():
            placed += 1
            continue
        try:
            if mapping:
                plan = mapping.compile(sheet, table, con, schema, item)
            else:
                plan = layout.plan(sheet, table, schema, con, settings)
        except InputError as error:
            problem = error
            notes.append(Note(error.key, dict(error.values)))
            bases.pop()
            continue
        placed += 1
        notes += plan.notes
        refused = [
            (
                reject.row,
                reject.line,
                reject.field,
                reject.raw,
                reject.key,
                json.dumps(reject.values, ensure_ascii=False, default=str),
            )
            for reject in plan.rejects
        ]
        fill(con, "bad", refused)
        _add_emits(batch, plan.emits)
        claims.same_as += plan.same_as
    if not placed and problem is not None:
        raise problem
    _set_aside(batch, claims, bases, mapping)
    notes += several_names.notes(con, [table for _, table in batch.entities])
    claims.entities, claims.relations = batch.entities, batch.relations
    return claims, notes


def _add_emits(batch: typed.Batch, emits: list[Emit]) -> None:
    own: EntityEmit | None = None
    own_tables: list[str] = []
    for emit in emits:
        made = typed.add(batch, emit, own, own_tables)
        if isinstance(emit, EntityEmit) and own is None and not emit.by_name:
            own, own_tables = emit, made


def _set_aside(
    batch: typed.Batch,
    claims: FileClaims,
    bases: list[tuple[Sheet, str]],
    mapping: Mapping | None,
) -> None:
    """Takes refused rows out of the typed tables and keeps them, with their cells, as rejects."""
    con = batch.con
    tables = [t for _, t in (*batch.entities, *batch.relations)] + claims.same_as
    refused = con.execute("SELECT count(*) FROM bad").fetchone()
    if refused and refused[0]:
        for table in tables:
            con.execute(f'DELETE FROM {ident(table)} WHERE "row" IN (SELECT "row" FROM bad)')
    for sheet, table in bases:
        row = con.execute(f"SELECT count(*) FROM {ident(table)}").fetchone()
        claims.read += (row[0] if row else 0) + len(sheet.rejects)
        for reject in sheet.rejects:
            text = json.dumps(reject.values, ensure_ascii=False, default=str)
            claims.rejects.append(
                RejectedRow(
                    sheet.name, reject.line, reject.field, reject.raw, reject.key, text, None
                )
            )
        claims.rejected += len(sheet.rejects)
        if refused and refused[0]:
            own = sheet.headings if mapping else layout.mended.headings(sheet)
            claims.rejects += _rejected_rows(batch, sheet, table, own)
    if refused and refused[0]:
        rows = con.execute('SELECT count(DISTINCT "row") FROM bad').fetchone()
        claims.rejected += rows[0] if rows else 0


def _rejected_rows(
    batch: typed.Batch, sheet: Sheet, table: str, own: list[str]
) -> list[RejectedRow]:
    """The refused rows of a sheet, their cells by the headings `own`."""
    pairs = ", ".join(f"{literal(heading)}: s.c{i}" for i, heading in enumerate(own))
    rows = batch.con.execute(
        f'SELECT b.line, b."column", b.raw, b.key, b.vals, to_json({{{pairs}}})::VARCHAR'
        f' FROM (SELECT DISTINCT * FROM bad) b JOIN {ident(table)} s ON s."row" = b."row"'
        ' ORDER BY b."row", b."column", b.raw'
    ).fetchall()
    headings = {f"c{i}": heading for i, heading in enumerate(sheet.headings)}
    return [
        RejectedRow(sheet.name, line, _heading(headings, column), raw, key, vals or "{}", cells)
        for line, column, raw, key, vals, cells in rows
    ]


def _heading(headings: dict[str, str], column: str | None) -> str | None:
    """What the file calls a staged column; one made from it is called the same."""
    if column is None:
        return None
    return (
        headings.get(column) or headings.get(column.partition("#")[0]) or column.partition("#")[0]
    )


def drop_temporary(run: Run) -> None:
    rows = run.con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE temporary AND schema_name = 'main'"
    ).fetchall()
    for (name,) in rows:
        run.con.execute(f"DROP TABLE IF EXISTS temp.{ident(name)}")
