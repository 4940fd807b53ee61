"""CSV, XLSX and Parquet: read again with the same values, and no formula among them."""

import csv as reader
import io
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.export.graphs import csv, parquet, xlsx
from graph.export.graphs.tables import tables
from graph.record import Record
from graph.rows import defused, defused_sql
from graph.settings import Settings
from tests.claims import ecosystem
from tests.neo4j_server import JARS

IMPORT = ("org.neo4j.cli.AdminTool", "database", "import", "full", "neo4j", "@import.args")
FORMULAS = ('=HYPERLINK("http://x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=1\n2")


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    said = ecosystem()
    for i, text in enumerate(FORMULAS):
        said.entity("Firm", f"f{i}", name=text, alt_names=[text], employees=3, masked=i % 2 == 0)
    said.entity("Firm", "ctl", name="a\x01b")
    with Record.open(said.write(tmp_path_factory.mktemp("tables") / "graph.duckdb")) as record:
        yield record


def written(write: Any, record: Record) -> bytes:
    out = io.BytesIO()
    write(record, out, Settings())
    return out.getvalue()


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        return {name: made.read(name) for name in made.namelist()}


def rows_of(record: Record) -> dict[str, list[dict[str, Any]]]:
    view = record.view()
    return {
        t.name: [
            dict(zip(t.columns, row, strict=True)) for row in view.con.execute(t.sql).fetchall()
        ]
        for t in tables(view)
    }


def test_csv_is_read_again_and_holds_no_formula(record: Record) -> None:
    found = members(written(csv.write, record))
    for name, rows in rows_of(record).items():
        [content] = [c for n, c in found.items() if n.endswith(f"/{name}.csv")]
        text = content.decode("utf-8-sig")
        assert content.startswith(b"\xef\xbb\xbf")
        limit = reader.field_size_limit(10**7)
        read = list(reader.DictReader(io.StringIO(text, newline="")))
        reader.field_size_limit(limit)
        assert [r["id" if "from" not in r else "from"] for r in read] == [
            defused(r["id" if "from" not in r else "from"]) for r in rows
        ]
        assert not [v for r in read for v in r.values() if v and defused(v) != v]
        if name == "Firm":
            assert {r["name"] for r in read} >= {defused(f) for f in FORMULAS}
            assert {r["employees"] for r in read} == {"", "120", "3"}
            assert "甲公司" in {r["name"] for r in read}


def test_csv_may_be_ingested_again(record: Record, tmp_path: Path, run: Any) -> None:
    for name, content in members(written(csv.write, record)).items():
        path = tmp_path / "again" / Path(name).name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    done = run("ingest", "again", "--db", "again.duckdb", "--format", "json")
    assert done.code == 0, done.err
    with Record.open(tmp_path / "again.duckdb") as again:
        assert again.view().entity_counts() == record.view().entity_counts()
        assert again.view().relation_counts() == record.view().relation_counts()


def test_xlsx_is_read_again_and_holds_no_formula(record: Record) -> None:
    book = openpyxl.load_workbook(io.BytesIO(written(xlsx.write, record)))
    for name, rows in rows_of(record).items():
        cells = list(book[name].iter_rows())
        assert len(cells) == len(rows) + 1
        assert all(cell.data_type != "f" for line in cells for cell in line)
        assert cells[1][0].value == (rows[0].get("id") or rows[0].get("from"))
    firms = {line[0]: line for line in book["Firm"].iter_rows(values_only=True)}
    names = [cell.value for cell in next(book["Firm"].iter_rows(max_row=1))]
    assert firms["f0"][names.index("name")] == "'" + FORMULAS[0]
    assert firms["f0"][names.index("employees")] == 3
    assert firms["ctl"][names.index("name")] == "a\\u0001b"
    assert len(firms["long"][names.index("description")]) == 32_767


def test_parquet_has_every_value_with_its_type(record: Record, tmp_path: Path) -> None:
    found = members(written(parquet.write, record))
    assert len(found) == len(tables(record.view()))
    for name, rows in rows_of(record).items():
        [content] = [c for n, c in found.items() if n.endswith(f"/{name}.parquet")]
        path = tmp_path / "t.parquet"
        path.write_bytes(content)
        read = duckdb.sql(f"FROM '{path}'")
        assert [dict(zip(read.columns, row, strict=True)) for row in read.fetchall()] == rows


@pytest.mark.parametrize("write", [csv.write, csv.write_neo4j, xlsx.write, parquet.write])
def test_the_same_record_gives_the_same_bytes(record: Record, write: Any) -> None:
    assert written(write, record) == written(write, record)


@given(st.text(st.sampled_from("=+-@\t\r\n.0123456789eE_x甲 '")))
def test_both_ways_to_defuse_are_one(text: str) -> None:
    [[found]] = CON.execute(f"SELECT {defused_sql('x')} FROM (SELECT ? AS x)", [text]).fetchall()
    assert found == defused(text)
    assert not found.startswith(("=", "@", "\t", "\r"))


CON = duckdb.connect()


@pytest.mark.neo4j
def test_neo4j_admin_imports_it(record: Record, tmp_path: Path) -> None:
    java = shutil.which("java")
    if java is None or not any(JARS.glob("neo4j-import-tool-*.jar")):
        pytest.fail("no Java, or no Neo4j jars in .cache/neo4j/lib: run tests/neo4j/fetch.sh")
    for name, content in members(written(csv.write_neo4j, record)).items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "neo4j.conf").write_text(f"server.directories.data={tmp_path}/data\n")
    done = subprocess.run(
        [java, "-Xmx512m", "-XX:+UseSerialGC", "-cp", f"{JARS}/*", *IMPORT],
        cwd=tmp_path,
        env={**os.environ, "NEO4J_HOME": str(tmp_path), "NEO4J_CONF": f"{tmp_path}/conf"},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    view = record.view()
    nodes, relations = sum(view.entity_counts().values()), sum(view.relation_counts().values())
    assert f"{nodes} nodes" in done.stdout and f"{relations} relationships" in done.stdout
    values = sum(
        value is not None
        for rows in rows_of(record).values()
        for row in rows
        for value in row.values()
    )
    ends = 2 * relations  # `from` and `to` are no properties; `type` is one
    assert f"{values - ends + nodes} properties" in done.stdout
    bad = tmp_path / "import.report"
    assert not bad.exists() or not bad.read_text()
