"""A report for people and programs: lines as compilers write them, JSON, CSV, and Turtle."""

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from pyoxigraph import Literal, NamedNode, Store

from graph.console import give
from graph.messages import Lang
from graph.rdf.shacl.claimed import claimed
from graph.rdf.shacl.places import Place, about, place
from graph.rdf.shacl.report import Report, Result
from graph.rdf.shacl.vocabulary import SHACL, Term
from graph.rows import to_csv, to_json, visible

if TYPE_CHECKING:
    from graph.record.view import View

COLUMNS = ("source", "file", "line", "focus", "path", "value", "component", "severity", "shape")


def rows(
    report: Report, data: Store, ours: str, view: "View | None" = None
) -> list[dict[str, Any]]:
    """A row for each result, by place; `ours` is the namespace of the ontology.

    With the view that the data were made of, a wrong value leads to the line that gives it.
    """
    asked = {r: said for r in report.results if view and (said := about(data, r, ours))}
    lines = claimed(view, asked.values()) if view else {}
    found = [
        _row(r, lines.get(asked.get(r, ("", "", ""))) or place(data, r, ours))
        for r in report.results
    ]
    return sorted(found, key=lambda r: (r["source"] or "", r["file"] or "", r["line"] or 0))


def _row(result: Result, where: Place) -> dict[str, Any]:
    return {
        "source": where.source,
        "file": where.file,
        "line": where.line,
        "focus": _text(result.focus),
        "path": None if result.path is None else str(result.path).replace("<", "").replace(">", ""),
        "value": None if result.value is None else _text(result.value),
        "component": result.component.value.removeprefix(SHACL),
        "severity": result.severity.value.removeprefix(SHACL),
        "shape": _text(result.shape),
        "text": {lang: result.text(lang) for lang in ("zh", "en")},
    }


def _text(term: Term) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else str(term)


def render(
    report: Report,
    found: list[dict[str, Any]],
    shorten: dict[str, str],
    lang: Lang,
    kind: str,
    output: Path | None,
) -> None:
    """Gives the report in one of the forms.

    `shorten` are beginnings of IRIs that lines leave out, and the prefixes they have in Turtle.
    """
    if kind == "ttl":
        give(report.turtle({p: space for space, p in shorten.items() if p}), output)
    elif kind == "json":
        give(to_json(found), output)
    elif kind == "csv":
        lines = [[*(row[c] for c in COLUMNS), row["text"][lang]] for row in found]
        give(to_csv([*COLUMNS, "message"], lines), output)
    else:
        text = "".join(visible(_line(row, shorten, lang)) + "\n" for row in found)
        give(text, output)


def _line(row: dict[str, Any], shorten: dict[str, str], lang: str) -> str:
    focus = _short(row["focus"], shorten)
    place = f"{row['source']}/{row['file']}:{row['line']}: " if row["file"] else ""
    path = f" [{_short(row['path'], shorten)}]" if row["path"] else ""
    value = f" ({_short(row['value'], shorten)})" if row["value"] is not None else ""
    mark = "" if row["severity"] == "Violation" else f" {row['severity']}:"
    return f"{place}{focus}{path}{mark} {row['text'][lang]}{value}"


def _short(text: str, shorten: dict[str, str]) -> str:
    for space in shorten:
        if text.startswith(space):
            return unquote(text.removeprefix(space))
    return text
