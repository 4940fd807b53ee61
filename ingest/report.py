"""What an ingest says at its end: the table that adds up, what was assumed, what is wrong."""

import tempfile
from pathlib import Path
from typing import Any

from graph.checks import Problem, check
from graph.console import Console, write
from graph.errors import GraphError
from graph.messages import say
from graph.record import Record, describe
from graph.rows import to_json, visible
from graph.settings import Settings
from ingest import load
from ingest.discover import discover
from ingest.mapping import Mapping
from ingest.sheet import Note

CHECKED_AT_MOST = 500_000
"""Claims up to which an ingest ends with the consistency checks; `graph validate` has no limit."""

SHOWN_NOTES = 12
SHOWN_NAMES = 5

UNSAID = {"readers.help_rows"}
"""Notes on what is always so: the help in our own forms."""


def problems(record: Record, done: load.Report) -> list[Problem]:
    """The consistency problems of what was just written, dangling ends left to `graph rejects`."""
    read = sum(f.counts.read for f in done.files)
    if not done.written or read > CHECKED_AT_MOST:
        return []
    return [p for p in check(record.view()) if p.key != "checks.dangling"]


def render(console: Console, done: load.Report, wrong: list[Problem], kind: str) -> None:
    """The table on standard error (JSON on standard output), the notes, and the problems."""
    if kind == "json":
        write(to_json([file_json(f) for f in done.files if f.placed]))
    lang = console.lang
    blank = [f for f in done.files if _is_blank(f)]
    if blank:
        console.say("report.blank", count=len(blank), files=_some([f.file for f in blank]))
    for file in done.files:
        notes = [n for n in file.notes if n.key not in UNSAID and file not in blank]
        for note in notes[:SHOWN_NOTES]:
            console.say("report.note", place=_place(file.file, note), text=note_text(note, console))
        if len(notes) > SHOWN_NOTES:
            console.say("report.more_notes", file=file.file, count=len(notes) - SHOWN_NOTES)
        if file.error is not None:
            text = file.error.text(lang)
            place = (
                "" if Path(file.file).name in text else say("report.place", lang, file=file.file)
            )
            key = "report.failed" if file.placed else "report.left"
            console.say(key, place=place, text=text)
        elif not file.placed:
            console.say("report.unmapped", file=file.file)
    for item in wrong:
        console.say("report.problem", place=_where(item), text=say(item.key, lang, **item.values))
    names = ("file", "kind", "read", "accepted", "rejected", "unchanged")
    shown = [f for f in done.files if f.placed and f not in blank]
    rows: list[list[Any]] = [list(file_json(f).values()) for f in shown]
    if len(rows) > 1:
        rows.append(
            [say("report.total", lang), "", *(sum(r[i] for r in rows) for i in range(2, 6))]
        )
    if kind == "table" and rows:
        console.table([say(f"report.{n}", lang) for n in names], rows, to_error=True)
    if done.rejected:
        console.say("report.rejected_hint", count=done.rejected)
    for name in done.gone:
        console.say("report.gone", file=name)
    for name in done.withdrawn:
        console.say("report.withdrawn", file=name)
    if done.held:
        console.say("report.not_written")


def _is_blank(file: load.FileReport) -> bool:
    """Whether a file was read and holds headings only, as a form that nobody filled in."""
    return file.placed and file.error is None and not file.counts.read and bool(file.kind)


def _some(names: list[str]) -> str:
    return ", ".join(names[:SHOWN_NAMES]) + (" …" if len(names) > SHOWN_NAMES else "")


def file_json(file: load.FileReport) -> dict[str, Any]:
    """One file's line of the JSON contract of `graph ingest`."""
    return {
        "file": file.file,
        "kind": file.kind,
        "read": file.counts.read,
        "accepted": file.counts.accepted,
        "rejected": file.counts.rejected,
        "unchanged": file.counts.unchanged,
    }


def note_text(note: Note, console: Console) -> str:
    return say(note.key, console.lang, **note.values)


def _place(file: str, note: Note) -> str:
    return f"{file}:{note.line}" if note.line else file


def _where(item: Problem) -> str:
    return f"{item.source}/{item.file}:{item.line}"


def exit_code(done: load.Report, *, strict: bool) -> int:
    """3 where a file could not be read; 1 where nothing was accepted, or `strict` and wrong."""
    if any(f.placed for f in done.failed) or (done.failed and not done.accepted):
        return 3
    if strict and done.rejected:
        return 1
    return 0 if done.accepted else 1


def validate(
    settings: Settings, paths: list[Path], mapping: Mapping | None, console: Console
) -> list[dict[str, Any]]:
    """Everything wrong with files (read into a record that is thrown away), or with the record."""
    if not paths:
        with Record.open(settings.db, memory=settings.memory) as record:
            return _wrong(record, console)
    source = mapping.source if mapping else None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.duckdb"
        with Record.open(path, write=True, memory=settings.memory) as record:
            options = load.Settings(settings.currency)
            done = load.ingest(record, discover(paths, source), mapping=mapping, settings=options)
            failed = [
                _entry(f.file, None, None, None, f.error.text(console.lang), f.source)
                for f in done.files
                if isinstance(f.error, GraphError)
            ]
            return failed + _wrong(record, console)


def _wrong(record: Record, console: Console) -> list[dict[str, Any]]:
    lang = console.lang
    rows = [
        _entry(r["file"], r["line"], r["field"], r["value"], r["reason"], r["source"])
        for r in describe.rejects(record, lang)
    ]
    rows += [
        _entry(p.file, p.line, None, None, say(p.key, lang, **p.values), p.source)
        for p in check(record.view())
        if p.key != "checks.dangling"
    ]
    return rows


def _entry(
    file: str, line: int | None, field: str | None, value: str | None, reason: str, source: str
) -> dict[str, Any]:
    return {
        "source": source,
        "file": file,
        "line": line,
        "field": field,
        "value": value,
        "reason": reason,
    }


def render_wrong(console: Console, wrong: list[dict[str, Any]], kind: str) -> None:
    """What `validate` found: a line each, `file:line: reason`, as compilers do."""
    if kind == "json":
        write(to_json(wrong))
        return
    for item in wrong:
        place = f"{item['source']}/{item['file']}" + (f":{item['line']}" if item["line"] else "")
        column = f" [{item['field']}]" if item["field"] else ""
        write(visible(f"{place}:{column} {item['reason']}") + "\n")
    console.say("report.valid" if not wrong else "report.wrong", count=len(wrong))
