"""What the tests of mappings share: tiny sheets, a mapping around a fragment of YAML, its rows."""

import csv
import gzip
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from graph.record import Record
from graph.schema import load
from ingest import load as ingest
from ingest.discover import discover
from ingest.emit import EntityEmit, RelationEmit
from ingest.mapping import load_mapping
from ingest.plan import Plan
from ingest.sheet import Sheet


@dataclass(frozen=True)
class Item:
    root: Path
    path: Path
    file: str


def sheet(
    headings: list[str], rows: list[list[str | None]], units: dict[int, str] | None = None
) -> Sheet:
    """A sheet as a reader yields it: the heading stands on line 1, a row on each line below."""

    def stage(con: duckdb.DuckDBPyConnection, table: str) -> None:
        cells = "".join(f", c{i} VARCHAR" for i in range(len(headings)))
        con.execute(f'CREATE TEMP TABLE "{table}"("row" BIGINT, line INTEGER{cells})')
        for number, row in enumerate(rows, 1):
            marks = ", ".join("?" * (len(headings) + 2))
            con.execute(f'INSERT INTO "{table}" VALUES ({marks})', [number, number + 1, *row])

    return Sheet("table", headings, stage, units or {})


HEAD = "mapping: test\nlanguage: 1\nsource: test\nfiles:\n"


def document(body: str) -> str:
    """A mapping with `body` as the one member of `files`; `files:` is its line 4."""
    lines = body.strip("\n").split("\n")
    return HEAD + "".join(f"  {'  ' if i else '- '}{line}\n" for i, line in enumerate(lines))


@pytest.fixture(scope="session")
def schema():
    return load()


@pytest.fixture
def mapping(tmp_path, schema):
    """A function from the YAML of one section to the mapping, checked against the ontology."""

    def made(body: str):
        path = tmp_path / "test.yaml"
        path.write_text(document(body), encoding="utf-8")
        return load_mapping(path, schema)

    return made


@dataclass
class Said:
    """The plan of a sheet and the rows of each emit, in the order of the mapping."""

    plan: Plan
    rows: list[list[dict[str, Any]]]

    @property
    def rejects(self) -> list[tuple[int, str | None, str | None, str]]:
        return [(r.line, r.field, r.raw, r.key) for r in self.plan.rejects]

    @property
    def notes(self) -> list[str]:
        return [n.key for n in self.plan.notes]


@pytest.fixture
def say(mapping, schema, tmp_path):
    """A function from the YAML of a section, headings and rows to what they say."""

    def said(body: str, headings, rows, *, units=None, folder: Path = tmp_path) -> Said:
        made = mapping(body)
        data = sheet(headings, rows, units)
        con = duckdb.connect()
        data.stage(con, "staged")
        item = Item(folder, folder / "table.csv", "table.csv")
        plan = made.compile(data, "staged", con, schema, item)
        return Said(plan, [_rows(con, emit) for emit in plan.emits])

    return said


def _rows(con: duckdb.DuckDBPyConnection, emit: EntityEmit | RelationEmit) -> list[dict[str, Any]]:
    columns = {"line": "line", **emit.columns}
    columns.update({f"extra.{k}": v for k, v in emit.extra.items()})
    if isinstance(emit, EntityEmit):
        parts = {"id": emit.id_column, "type": emit.type_column, "region": emit.region_column}
    else:
        parts = {"from": emit.source.column, "to": emit.target.column}
        parts |= {"id": emit.id_column, "type": emit.type_column}
    columns.update({k: v for k, v in parts.items() if v})
    listed = ", ".join(f'"{c}" AS "{k}"' for k, c in columns.items())
    found = con.execute(f'SELECT {listed} FROM "{emit.table}" ORDER BY ALL')
    names = [d[0] for d in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@dataclass
class Ingested:
    record: Record
    folder: Path
    reports: dict[str, ingest.FileReport]

    @property
    def view(self):
        return self.record.view()

    def counts(self, file: str) -> tuple[int, int, int]:
        c = self.reports[file].counts
        assert c.read == c.accepted + c.rejected + c.unchanged
        return c.read, c.accepted, c.rejected

    def notes(self, file: str) -> dict[tuple[str, object], object]:
        """Notices of a file: (key, column) to their count."""
        return {
            (n.key.removeprefix("mapping."), n.values.get("column")): n.values.get("count")
            for n in self.reports[file].notes
        }

    def rejects(self) -> list[tuple[str, int, str, str, str]]:
        """Sheet, line, field, raw text and reason of every refused row."""
        return self.record.con.execute(
            "SELECT sheet, line, field, raw, key FROM rejects ORDER BY ALL"
        ).fetchall()

    def sql(self, query: str):
        return self.view.con.execute(query).fetchall()

    def pairs(self, relation: str) -> set[tuple[str, str]]:
        return set(
            self.sql(
                f'SELECT a.id, b.id FROM "r_{relation}" r'
                " JOIN node a ON a.k = r.f JOIN node b ON b.k = r.t"
            )
        )


@pytest.fixture(scope="module")
def take_in(shared_data, tmp_path_factory):
    """A function from a mapping and a file or folder of the real data to what became of it."""
    opened = []

    def take(name: str, path: str) -> Ingested:
        mapping = load_mapping(name)
        record = Record.open(tmp_path_factory.mktemp(name) / "graph.duckdb", write=True)
        opened.append(record)
        found = discover([shared_data / path], mapping.source)
        done = ingest.ingest(record, found, mapping=mapping)
        assert done.failed == []
        return Ingested(record, shared_data / path, {f.file: f for f in done.files if f.placed})

    yield take
    for record in opened:
        record.close()


@pytest.fixture(scope="session")
def rows():
    """A function that reads a CSV file by Python's own reader, as dictionaries."""

    def read(path: Path, **options) -> list[dict[str, str]]:
        if path.suffix == ".gz":
            text = gzip.decompress(path.read_bytes()).decode("utf-8-sig")
        else:
            text = path.read_bytes().decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline=""), **options))

    return read


@pytest.fixture(scope="session")
def lines():
    """A function that reads a file of JSON Lines."""

    def read(path: Path) -> list[dict[str, Any]]:
        return [json.loads(t) for t in path.read_text("utf-8").split("\n") if t.strip()]

    return read
