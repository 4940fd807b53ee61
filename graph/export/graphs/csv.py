"""CSV: a ZIP archive with a table per class and per relation, for spreadsheets or for a new Neo4j.

`csv` is for people and spreadsheets: a byte-order mark, texts that would be formulas defused,
several values parted by `;`, headings that `graph ingest` takes. `neo4j-csv` is for `neo4j-admin
database import`: its headers, texts as they are, and the command's arguments in `import.args`.
"""

from typing import IO, TYPE_CHECKING

from graph.export.graphs.archive import archive
from graph.export.graphs.tables import Table, tables
from graph.record.sql import ident, literal
from graph.rows import BOM, defused_sql

if TYPE_CHECKING:
    from graph.record import Record
    from graph.schema import Schema
    from graph.settings import Settings

LONG = {"BIGINT": "long", "INTEGER": "long", "DOUBLE": "double", "BOOLEAN": "boolean"}
APART = "\x1f"
"""Between several values of one property, for Neo4j: no text has it."""


def write(record: "Record", output: IO[bytes], settings: "Settings") -> None:
    """The exporter `csv`."""
    view = record.view()
    with archive(output) as (folder, add):
        for table in tables(view):
            path = folder / "table.csv"
            view.con.execute(_copy(_defused(table), str(path), "HEADER"))
            add(f"{_folder(table)}/{table.name}.csv", path, BOM.encode())


def write_neo4j(record: "Record", output: IO[bytes], settings: "Settings") -> None:
    """The exporter `neo4j-csv`."""
    view = record.view()
    args = ["--multiline-fields=true", "--array-delimiter=U+001F"]
    with archive(output) as (folder, add):
        for table in tables(view):
            path, name = folder / "table.csv", f"{_folder(table)}/{table.name}.csv"
            rows, header = _for_import(table, view.schema)
            view.con.execute(_copy(rows, str(path), "HEADER false"))
            add(name, path, (",".join(header) + "\n").encode())
            args.append(f"--{'relationships' if table.relation else 'nodes'}={name}")
        path = folder / "import.args"
        path.write_text("\n".join(args) + "\n", "utf-8")
        add("import.args", path)


def _folder(table: Table) -> str:
    return "relations" if table.relation else "entities"


def _copy(rows: str, path: str, header: str) -> str:
    return f"COPY ({rows}) TO {literal(path)} (FORMAT csv, {header}, DELIMITER ',', QUOTE '\"')"


def _defused(table: Table) -> str:
    """The rows, with the headings of the own layout."""
    shown = {"eid": "id"} if table.relation else {}
    parts = []
    for column, kind in table.columns.items():
        text = ident(column)
        if kind.endswith("[]"):
            text = f"array_to_string({text}, ';')"
        if kind.startswith("VARCHAR"):
            text = defused_sql(text)
        parts.append(f"{text} AS {ident(shown.get(column, column))}")
    return f"SELECT {', '.join(parts)} FROM ({table.sql})"


def _for_import(table: Table, schema: "Schema") -> tuple[str, list[str]]:
    """Rows and header (operations manual of Neo4j 5, "Neo4j-admin import")."""
    parts, header = [], []
    for column, kind in table.columns.items():
        if kind.endswith("[]"):
            parts.append(f"array_to_string({ident(column)}, {literal(APART)})")
        else:
            parts.append(ident(column))
        header.append(_header(column, kind, table.relation))
    if table.relation:
        parts.append(literal(table.name))
        header.append(":TYPE")
    else:
        labels = ["Entity", *schema.classes[table.name].ancestors, table.name]
        parts += [literal(table.name), literal(APART.join(dict.fromkeys(labels)))]
        header += ["type", ":LABEL"]
    return f"SELECT {', '.join(parts)} FROM ({table.sql})", header


def _header(column: str, kind: str, relation: bool) -> str:
    if relation and column in ("from", "to"):
        return ":START_ID" if column == "from" else ":END_ID"
    if not relation and column == "id":
        return "id:ID"
    several = "[]" if kind.endswith("[]") else ""
    plain = LONG.get(kind.removesuffix("[]"), "string")
    return f"{column}:{plain}{several}"
