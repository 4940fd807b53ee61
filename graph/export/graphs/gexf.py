"""GEXF 1.2, as Gephi and NetworkX read it.

A node is labelled with its name, an edge with its relation. Relations that have a start or an end
make the graph dynamic: the dates are those of the edges, whole days; a year begins on 1 January and
ends on 31 December.
"""

from typing import IO, TYPE_CHECKING

from graph.export.graphs import xml
from graph.export.graphs.tables import Table, tables
from graph.record.sql import ident, literal

if TYPE_CHECKING:
    import duckdb

    from graph.record import Record
    from graph.settings import Settings

TYPES = {"BIGINT": "long", "INTEGER": "integer", "DOUBLE": "double", "BOOLEAN": "boolean"}
SPAN = ("start", "end")


def write(record: "Record", output: IO[bytes], settings: "Settings") -> None:
    """The exporter `gexf`."""
    view = record.view()
    xml.define(view.con)
    _dates(view.con)
    found = tables(view)
    sides = [[t for t in found if t.relation == edge] for edge in (False, True)]
    dated = any(column in table.columns for table in sides[1] for column in SPAN)
    mode = 'mode="dynamic" timeformat="date"' if dated else 'mode="static"'
    output.write(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2">\n'
        f'<graph defaultedgetype="directed" {mode}>\n'.encode()
    )
    ids = []
    for kind, side in zip(("node", "edge"), sides, strict=True):
        named = _attributes(side)
        ids.append({column: str(i) for i, column in enumerate(named)})
        if named:
            output.write(f'<attributes class="{kind}" mode="static">\n'.encode())
            for i, (column, type_) in enumerate(named.items()):
                output.write(
                    f'<attribute id="{i}" title="{column}"'
                    f' type="{TYPES.get(type_, "string")}"/>\n'.encode()
                )
            output.write(b"</attributes>\n")
    counts = [sum(c.values()) for c in (view.entity_counts(), view.relation_counts())]
    before = 0
    for kind, side, number, names in zip(("node", "edge"), sides, counts, ids, strict=True):
        output.write(f'<{kind}s count="{number}">\n'.encode())
        for table in side:
            xml.write(output, view.con, _sql(table, names, before))
            if table.relation:
                before += view.relation_counts()[table.name]
        output.write(f"</{kind}s>\n".encode())
    output.write(b"</graph>\n</gexf>\n")


def _dates(con: "duckdb.DuckDBPyConnection") -> None:
    """Makes `first_day(x)` and `last_day_of(x)` of a year, a month or a day known; others: NULL."""
    day, month, year = (rf"'\d{{4}}{rest}'" for rest in (r"-\d\d-\d\d", r"-\d\d", ""))
    shape = "CASE WHEN regexp_full_match(x, {}) THEN {} WHEN regexp_full_match(x, {}) THEN {}"
    shape += " WHEN regexp_full_match(x, {}) THEN {} END"
    ended = "strftime(last_day(TRY_CAST(x || '-01' AS DATE)), '%Y-%m-%d')"
    first = shape.format(day, "x", month, "x || '-01'", year, "x || '-01-01'")
    last = shape.format(day, "x", month, ended, year, "x || '-12-31'")
    con.execute(f"CREATE OR REPLACE TEMP MACRO first_day(x) AS {first}")
    con.execute(f"CREATE OR REPLACE TEMP MACRO last_day_of(x) AS {last}")


def _attributes(found: list[Table]) -> dict[str, str]:
    named = {"type": "VARCHAR"} if found else {}
    for table in found:
        named |= {c: t for c, t in table.columns.items() if c not in ("id", "from", "to")}
    return named


def _sql(table: Table, ids: dict[str, str], before: int) -> str:
    values = [f'\'<attvalue for="{ids["type"]}" value="{table.name}"/>\'']
    for column, kind in table.columns.items():
        if column in ids:
            begin = literal(f'<attvalue for="{ids[column]}" value="')
            values.append(f"coalesce({begin} || xml({xml.text_of(column, kind)}) || '\"/>', '')")
    if table.relation:
        opened = (
            f"'<edge id=\"' || ({int(before)} + row_number() OVER ())"
            ' || \'" source="\' || xml("from") || \'" target="\' || xml("to")'
            f' || \'" label="{table.name}"\''
        )
        for column, day in zip(SPAN, ("first_day", "last_day_of"), strict=True):
            if column in table.columns:
                said = f"' {column}=\"' || {day}({ident(column)}) || '\"'"
                opened += f" || coalesce({said}, '')"
    else:
        label = [c for c in ("name", "name_en", "id") if c in table.columns]
        opened = (
            "'<node id=\"' || xml(id) || '\" label=\"'"
            f" || xml(coalesce({', '.join(label)})) || '\"'"
        )
    end = "</attvalues></edge>\n" if table.relation else "</attvalues></node>\n"
    inside = " || ".join(values)
    return f"SELECT {opened} || '><attvalues>' || {inside} || {literal(end)} FROM ({table.sql})"
