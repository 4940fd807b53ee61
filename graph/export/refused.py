"""Refused rows: as a table to read, and as a CSV to mend and ingest again."""

from pathlib import Path
from typing import Any

from graph.console import Console, give
from graph.messages import say
from graph.rows import to_csv, to_json

ADDED = ("#file", "#line", "#column", "#reason")
"""Headings beside the row's own; ingest leaves columns out whose heading begins with `#`."""


def render(console: Console, rows: list[dict[str, Any]], kind: str, output: Path | None) -> None:
    """Shows the rows that `graph.record.describe.rejects` gives."""
    if kind == "json":
        give(to_json(rows), output)
        return
    if kind == "csv":
        give(mendable(rows), output)
        files = sorted({f"{r['source']}/{r['file']}" for r in rows if r["cells"]})
        if len(files) > 1:
            console.say("export.several_files", files=", ".join(files))
        return
    if not rows:
        console.say("export.no_rejects")
        return
    lang = console.lang
    headings = [say(f"export.{h}", lang) for h in ("file", "line", "field", "value", "reason")]
    table = [
        (f"{r['source']}/{r['file']}", r["line"], r["field"], _short(r["value"]), r["reason"])
        for r in rows
    ]
    console.table(headings, table)


def _short(value: str | None, most: int = 60) -> str | None:
    return value if value is None or len(value) <= most else value[: most - 1] + "…"


def mendable(rows: list[dict[str, Any]]) -> str:
    """The refused rows with their own columns, once each, and why they were refused."""
    merged: dict[tuple[str, str, int], dict[str, Any]] = {}
    for row in rows:
        if not row["cells"]:
            continue
        key = (f"{row['source']}/{row['file']}", row["sheet"], row["line"])
        entry = merged.setdefault(key, {"cells": row["cells"], "field": [], "reason": []})
        entry["field"].append(row["field"] or "")
        entry["reason"].append(row["reason"])
    headings = list(dict.fromkeys(h for entry in merged.values() for h in entry["cells"]))
    body = [
        [
            *(entry["cells"].get(h) for h in headings),
            file,
            line,
            "; ".join(dict.fromkeys(entry["field"])),
            "; ".join(dict.fromkeys(entry["reason"])),
        ]
        for (file, _, line), entry in merged.items()
    ]
    return to_csv([*headings, *ADDED], body)
