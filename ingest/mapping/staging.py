"""From a staged sheet to a table of the columns that a mapping knows, and the rows it refuses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from graph.errors import InputError
from graph.names import normalise
from ingest.mapping.document import nearest
from ingest.mapping.language import Section, fits
from ingest.mapping.layers import Layers
from ingest.mapping.sql import quoted
from ingest.mapping.steps import FileLookup, Step
from ingest.plan import RowReject
from ingest.sheet import Note, Sheet


@dataclass
class Staged:
    """The table `table` with `row`, `line` and the columns of `columns` (name → column)."""

    con: duckdb.DuckDBPyConnection
    table: str
    columns: dict[str, str]
    units: dict[str, str]
    lookups: Mapping[FileLookup, str]
    notes: list[Note] = field(default_factory=list)
    rejects: list[RowReject] = field(default_factory=list)

    def layers(self) -> Layers:
        return Layers(f"SELECT * FROM {quoted(self.table)}", self.columns, self.lookups)

    def refuse(self, rejects: list[RowReject]) -> None:
        """Keeps `rejects` and takes their rows out of the table."""
        self.rejects += rejects
        rows = sorted({r.row for r in rejects})
        if rows:
            self.con.execute(
                f'DELETE FROM {quoted(self.table)} WHERE "row" IN (SELECT unnest(?))', [rows]
            )


def find_columns(
    section: Section, sheet: Sheet, file: str
) -> tuple[dict[str, int | None], list[Note]]:
    """The index of each column that is read (None: an optional one that is missing), and notes.

    Raises InputError where a required column is missing, naming it and the nearest headings.
    """
    where: dict[str, int] = {}
    notes: list[Note] = []
    for index, heading in enumerate(sheet.headings):
        if where.setdefault(normalise(heading), index) != index:
            notes.append(Note("mapping.repeated_heading", {"heading": heading}))
    found: dict[str, int | None] = {}
    known: set[int] = set()
    lacking = []
    for column in section.columns.values():
        there = [where[n] for h in column.headings if (n := normalise(h)) in where]
        known.update(there)
        if column.need == "ignored":
            continue
        found[column.name] = there[0] if there else None
        if not there and column.need == "optional":
            notes.append(Note("mapping.optional_missing", {"column": column.name}))
        elif not there:
            lacking.append(column.name)
    if lacking:
        near = "; ".join(f"{c} → {nearest(c, sheet.headings) or '—'}" for c in lacking)
        raise InputError("mapping.missing_column", file=file, columns=", ".join(lacking), near=near)
    new = [h for h in sheet.headings if where[normalise(h)] not in known]
    if new and section.others != "ignored":
        notes.append(Note("mapping.unknown_columns", {"columns": ", ".join(new)}))
    return found, notes


def stage(
    con: duckdb.DuckDBPyConnection,
    section: Section,
    sheet: Sheet,
    table: str,
    file: str,
    lookups: Mapping[FileLookup, str],
) -> Staged:
    """Makes the table of the columns of `section`, without the rows that it refuses."""
    found, notes = find_columns(section, sheet, file)
    base = {name: f"c{i}" for i, name in enumerate(found)}
    picked = [
        f"{'NULL::VARCHAR' if index is None else quoted(f'c{index}')} AS {quoted(base[name])}"
        for name, index in found.items()
    ]
    layers = Layers(
        f"SELECT {', '.join(['row', 'line', *picked])} FROM {quoted(table)}", base, lookups
    )
    for name, value in section.make.items():
        if not value.unfolds and all(c in layers.columns for c in value.columns):
            layers.make(name, value)
    columns = {name: f"m{i}" for i, name in enumerate(layers.columns)}
    listed = [f"{layers.column(name)} AS {quoted(m)}" for name, m in columns.items()]
    known = f"{table}_known"
    con.execute(
        f"CREATE TEMP TABLE {quoted(known)} AS"
        f" {layers.select(', '.join(['row', 'line', *listed]), 'true')}"
    )
    units = {n: sheet.units[i] for n, i in found.items() if i is not None and i in sheet.units}
    staged = Staged(con, known, columns, units, lookups, notes)
    _count_repeats(staged, list(found))
    _count_fillers(staged, section)
    staged.refuse(_refused(staged, section))
    return staged


def _refused(staged: Staged, section: Section) -> list[RowReject]:
    layers = staged.layers()
    rejects: list[RowReject] = []

    def refuse(column: str, holds: str, key: str, **values: object) -> None:
        cell = layers.column(column)
        rows = staged.con.execute(
            f"SELECT row, line, {cell} FROM {quoted(staged.table)} WHERE NOT ({holds}) ORDER BY row"
        ).fetchall()
        said = {"column": column, **values}
        rejects.extend(RowReject(r, ln, column, raw, key, said) for r, ln, raw in rows)

    for column in section.columns.values():
        if column.need == "filled":
            cell = layers.column(column.name)
            refuse(column.name, f"{cell} IS NOT NULL", "mapping.not_filled")
    for name, test in section.where:
        refuse(name, test.sql(layers.column(name), layers.column), "mapping.left_out")
    for check in section.checks:
        cell = layers.column(check.column)
        empty = "false" if check.test.word == "present" else f"{cell} IS NULL"
        holds = f"{empty} OR {check.test.sql(cell, layers.column)}"
        refuse(check.column, holds, "mapping.check", **check.because)
    return rejects


def _count_repeats(staged: Staged, columns: list[str]) -> None:
    """Says how many rows say again what an earlier one says: they are accepted and add nothing."""
    cells = ", ".join(f"'{i}' || {quoted(staged.columns[c])}" for i, c in enumerate(columns))
    row = staged.con.execute(
        f"SELECT count(*) - count(DISTINCT concat_ws(chr(31), {cells})) FROM {quoted(staged.table)}"
    ).fetchone()
    if row and row[0]:
        staged.notes.append(Note("mapping.repeated_rows", {"count": row[0]}))


def _count_fillers(staged: Staged, section: Section) -> None:
    """Says how many cells a `null_if` or a lookup in another file turns into nothing."""
    layers = staged.layers()
    for name, value in section.make.items():
        words = [s.word for s in value.steps if _may_empty(s)]
        if not words or name not in staged.columns or value.kind != "column":
            continue
        row = staged.con.execute(
            f"SELECT count(*) FROM {quoted(staged.table)}"
            f" WHERE {layers.column(name)} IS NULL AND {layers.column(value.parts[0])} IS NOT NULL"
        ).fetchone()
        if row and row[0]:
            values = {"column": value.parts[0], "count": row[0]}
            staged.notes.append(Note("mapping.taken_as_unknown", values))


def _may_empty(step: object) -> bool:
    if isinstance(step, FileLookup):
        return not step.keep
    return isinstance(step, Step) and step.word == "null_if"


def stage_lookup(
    con: duckdb.DuckDBPyConnection,
    look: FileLookup,
    sections: tuple[Section, ...],
    folder: Path,
    beside: Path,
    table: str,
) -> None:
    """Makes the table (key, value) of a lookup; the first row of a key counts.

    The file is looked for beside the one that is being read, then in all of `folder`. Raises
    InputError where it, or one of its columns, is not there.
    """
    from ingest import readers

    path = lookup_file(look, folder, beside)
    section = next((s for s in sections if s.fits(path.name)), None)
    sheets = readers.read(path, section.reader if section else None)
    selects = []
    for number, sheet in enumerate(sheets):
        part = f"{table}_{number}"
        sheet.stage(con, part)
        indexes = {normalise(h): i for i, h in reversed(list(enumerate(sheet.headings)))}

        def column(name: str, indexes: dict[str, int] = indexes, sheet: Sheet = sheet) -> str:
            declared = section.columns.get(name) if section else None
            for heading in declared.headings if declared else (name,):
                if normalise(heading) in indexes:
                    return quoted(f"c{indexes[normalise(heading)]}")
            near = nearest(name, sheet.headings)
            raise InputError("mapping.missing_column", file=path.name, columns=name, near=near)

        holds = " AND ".join(t.sql(column(c), column) for c, t in look.where) or "true"
        selects.append(
            f"SELECT {column(look.key)} AS key, {column(look.value)} AS value,"
            f" {number} AS part, row FROM {quoted(part)} WHERE {holds}"
        )
    con.execute(
        f"CREATE TEMP TABLE {quoted(table)} AS"
        " SELECT key, arg_min(value, (part, row)) AS value"
        f" FROM ({' UNION ALL '.join(selects)}) WHERE key IS NOT NULL GROUP BY key"
    )


def lookup_file(look: FileLookup, folder: Path, beside: Path) -> Path:
    """The file that a lookup means; never one outside of `folder`."""
    top = folder.resolve()
    near = sorted(p for p in beside.parent.iterdir() if p.is_file())
    far = sorted(p for p in folder.rglob("*") if p.is_file())
    for path in (*near, *far):
        if path.resolve().is_relative_to(top):
            file = path.resolve().relative_to(top).as_posix()
            if fits(file, (look.file,)):
                return path
    raise InputError("mapping.lookup_file_missing", file=look.node.file, line=look.node.line,
                     wanted=look.file, folder=folder.name)  # fmt: skip
