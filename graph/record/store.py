"""Opening the record: one DuckDB file, one writer or many readers, bounded memory."""

import re
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import duckdb

from graph.errors import InputError, RecordBusyError, RecordMissingError
from graph.record.sql import literal
from graph.record.tables import FORMAT, OWN_TABLES
from graph.schema import Schema, load

if TYPE_CHECKING:
    from graph.record.view import View

_HOLDER = re.compile(r"PID (\d+)")


class Record:
    """An open record. Use it as a context manager; `view()` gives what is true now, `view(at=3)`
    what was after the third run.
    """

    def __init__(self, path: Path, con: duckdb.DuckDBPyConnection, schema: Schema) -> None:
        self.path = path
        self.con = con
        self.schema = schema
        self._views: dict[int | None, View] = {}

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        schema: Schema | None = None,
        write: bool = False,
        memory: str = "1500MB",
    ) -> Self:
        """Opens `path`, for reading unless `write`; a writer makes it where it is missing.

        Raises RecordMissingError, RecordBusyError (another process has it), InputError (no
        record, or one of a newer program).
        """
        if not write and not path.is_file():
            raise RecordMissingError("record.missing", path=path)
        if write and not path.parent.is_dir():
            raise InputError("record.no_folder", path=path.parent)
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "storage_compatibility_version": "latest",
        }
        fresh = write and not path.exists()
        try:
            con = duckdb.connect(str(path), read_only=not write, config=config)
        except duckdb.IOException as error:
            if fresh:  # the beginning of a file would be taken for a damaged record
                path.unlink(missing_ok=True)
            raise _refusal(path, str(error)) from error
        except duckdb.Error as error:
            raise InputError("record.unreadable", path=path, detail=first_line(error)) from error
        con.execute(f"SET temp_directory = {literal(str(path) + '.tmp')}")
        _without_bar(con)
        record = cls(path, con, schema or load())
        try:
            record._check_format(write)
        except BaseException:
            con.close()
            raise
        return record

    def _check_format(self, write: bool) -> None:
        if write and self._is_new():
            self.con.execute("BEGIN")
            self.con.execute(OWN_TABLES)
            self.con.execute(
                "INSERT INTO meta SELECT 'format', ? WHERE NOT EXISTS"
                " (SELECT 1 FROM meta WHERE key = 'format')",
                [str(FORMAT)],
            )
            self.con.execute("COMMIT")
        try:
            row = self.con.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise InputError("record.foreign", path=self.path) from error
        if row is None or int(row[0]) != FORMAT:
            raise InputError("record.format", path=self.path, found=row and row[0], known=FORMAT)

    def _is_new(self) -> bool:
        """Whether there is nothing of somebody else's in the file."""
        names = {
            r[0] for r in self.con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        }
        return not names or "source_version" in names

    def view(self, at: int | None = None) -> "View":
        """The merged view, now or after run `at` (0: nothing yet), built once per opening.

        An earlier one has a connection of its own, so that two can be read side by side.
        """
        from graph.record.view import View

        if at not in self._views:
            con = self.con if at is None else self.con.cursor()
            _without_bar(con)
            self._views[at] = View.build(con, self.schema, at)
        return self._views[at]

    def close(self) -> None:
        for view in self._views.values():
            view.con.close()
        self.con.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _without_bar(con: duckdb.DuckDBPyConnection) -> None:
    """No progress bar of DuckDB's own. In a notebook without ipywidgets it is off and must not be
    touched: DuckDB refuses to hear of it there."""
    if con.execute("SELECT current_setting('enable_progress_bar')").fetchall()[0][0]:
        con.execute("SET enable_progress_bar = false")


def first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def _refusal(path: Path, message: str) -> InputError | RecordBusyError:
    if "lock" in message.lower():
        holder = _HOLDER.search(message)
        return RecordBusyError("record.busy", path=path, pid=holder.group(1) if holder else "?")
    return InputError("record.unreadable", path=path, detail=message.strip().splitlines()[0])
