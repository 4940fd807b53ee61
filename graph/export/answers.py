"""The answer to a query as a table, JSON or CSV, or in the W3C forms of SPARQL."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from graph.console import Console, give
from graph.errors import UsageError
from graph.rows import to_csv, to_json


def render(
    console: Console,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    kind: str,
    output: Path | None,
) -> None:
    """Rows of plain values; nodes and relations are maps as the contract has them."""
    if kind == "json":
        objects = [dict(zip(columns, row, strict=True)) for row in rows]
        give(to_json(objects), output)
    elif kind == "csv":
        give(to_csv(columns, rows), output)
    else:
        if output is not None:
            from graph.rows import to_plain

            give(to_plain([columns, *rows]), output)
            return
        console.table(columns, [[_shown(v, console.lang) for v in row] for row in rows])
        if not rows:
            console.say("export.no_rows")


class SparqlAnswer(Protocol):
    """What `render_sparql` needs of an answer (graph.rdf.sparql)."""

    @property
    def kind(self) -> str: ...
    @property
    def body(self) -> bytes: ...
    def table(self) -> tuple[list[str], list[list[Any]]]: ...


def render_sparql(console: Console, answer: SparqlAnswer, kind: str, output: Path | None) -> None:
    """Bindings as a table or in a W3C form, CSV without formulas; triples as they are written."""
    if kind == "csv":
        first, *rest = csv.reader(io.StringIO(answer.body.decode(), newline=""))
        give(to_csv(first, rest, bom=False), output)
    elif kind != "table" or answer.kind == "triples":
        give(answer.body, output)
    else:
        columns, rows = answer.table()
        render(console, columns, rows, "table", output)


def questions(console: Console, kind: str, output: Path | None) -> None:
    """The questions that come with the program."""
    from graph.messages import say
    from graph.questions import questions as every

    if kind == "json":
        keys = ("number", "name", "title", "question", "parameters", "cypher", "sparql")
        give(to_json([{key: getattr(one, key) for key in keys} for one in every()]), output)
        return
    headings = [say(f"questions.{k}", console.lang) for k in ("number", "name", "question")]
    rows = [[one.number, one.name, one.question[console.lang]] for one in every()]
    if kind not in ("table", "csv"):
        raise UsageError("cli.cypher_format", format=kind)
    render(console, headings, rows, kind, output)


def _shown(value: Any, lang: str) -> Any:
    """A node by its name and id in a table; everything else as it is."""
    if isinstance(value, Mapping) and "id" in value and "type" in value:
        name = value.get("name_en") if lang == "en" else value.get("name")
        name = name or value.get("name") or value.get("name_en")
        return f"({name or ''} {value['id']}:{value['type']})".replace("( ", "(")
    if isinstance(value, Mapping) and {"from", "type", "to"} <= set(value):
        return f"({value['from']})-[{value['type']}]->({value['to']})"
    if isinstance(value, list | tuple):
        return [_shown(v, lang) for v in value]
    return value
