"""The rows of a query as a table, JSON or CSV."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from graph.console import Console, give
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
