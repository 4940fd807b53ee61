"""GraphML (Brandes and others 2002), as NetworkX, yEd, igraph and Gephi read it.

Nodes have their id and class (`type`), edges theirs; every other property is an attribute of its
own type. Several values of one property are one text, parted by `; `.
"""

from typing import IO, TYPE_CHECKING

from graph.export.graphs import xml
from graph.export.graphs.tables import Table, tables
from graph.record.sql import literal

if TYPE_CHECKING:
    from graph.record import Record
    from graph.settings import Settings

TYPES = {"BIGINT": "long", "INTEGER": "long", "DOUBLE": "double", "BOOLEAN": "boolean"}
BEGIN = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation='
    '"http://graphml.graphdrawing.org/xmlns'
    ' http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">\n'
)


def write(record: "Record", output: IO[bytes], settings: "Settings") -> None:
    """The exporter `graphml`."""
    view = record.view()
    xml.define(view.con)
    found = tables(view)
    keys = {side: _keys([t for t in found if t.relation == side]) for side in (False, True)}
    output.write(BEGIN.encode())
    for side, named in keys.items():
        for column, kind in named.items():
            output.write(
                f'<key id="{_key(side, column)}" for="{"edge" if side else "node"}"'
                f' attr.name="{column}" attr.type="{TYPES.get(kind, "string")}"/>\n'.encode()
            )
    output.write(b'<graph edgedefault="directed">\n')
    before = 0
    for table in found:
        xml.write(output, view.con, _sql(table, before))
        if table.relation:
            before += view.relation_counts()[table.name]
    output.write(b"</graph>\n</graphml>\n")


def _key(edge: bool, column: str) -> str:
    return f"{'e' if edge else 'n'}_{column}"


def _keys(found: list[Table]) -> dict[str, str]:
    """The attributes of nodes or edges, `type` first; ids and ends are none."""
    keys = {"type": "VARCHAR"}
    for table in found:
        keys |= {c: t for c, t in table.columns.items() if c not in ("id", "from", "to")}
    return keys


def _sql(table: Table, before: int) -> str:
    data = [f"'<data key=\"{_key(table.relation, 'type')}\">{table.name}</data>'"]
    for column, kind in table.columns.items():
        if column not in ("id", "from", "to"):
            begin = literal(f'<data key="{_key(table.relation, column)}">')
            text = xml.text_of(column, kind)
            data.append(f"coalesce({begin} || xml({text}) || '</data>', '')")
    if table.relation:
        numbered = f"'<edge id=\"e' || ({int(before)} + row_number() OVER ())"
        opened = (
            f'{numbered} || \'" source="\' || xml("from") || \'" target="\' || xml("to") || \'">\''
        )
    else:
        opened = "'<node id=\"' || xml(id) || '\">'"
    end = "</edge>\n" if table.relation else "</node>\n"
    return f"SELECT {opened} || {' || '.join(data)} || {literal(end)} FROM ({table.sql})"
