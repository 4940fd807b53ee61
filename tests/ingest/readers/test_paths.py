"""The careful way and DuckDB's give the same rows and the same lines, and both are right."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.readers import bulk, delimited
from ingest.readers.cells import clean
from ingest.readers.opening import Source, open_source
from ingest.readers.options import ReadOptions
from ingest.readers.scan import scan

PLAIN = ReadOptions(delimiter=",", lists=False)
SETTINGS = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80
)
CELLS = st.one_of(
    st.sampled_from(
        ["", "a", '"', '""', "\n", "\r\n", "\r", ",", " x ", "\u3000甲\u3000", "#1", '6" w']
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6),
    st.text(st.sampled_from('ab",\n\r \t'), max_size=8),
)


@st.composite
def tables(draw):
    """A file written by csv, the rows that are in it, and the line of each."""
    width = draw(st.integers(2, 5))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    records = draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=12))
    # csv leaves a lone \r unquoted where lines end in \n.
    quoting = (
        csv.QUOTE_ALL
        if draw(st.booleans()) or any("\r" in c for r in records for c in r)
        else csv.QUOTE_MINIMAL
    )
    out, rows, lines = io.StringIO(newline=""), [], []
    writer = csv.writer(out, lineterminator=end, quoting=quoting)
    writer.writerow([f"h{i}" for i in range(width)])
    for cells in records:
        out.write(end * draw(st.sampled_from([0, 0, 0, 1, 2])))
        row = tuple(clean(cell) for cell in cells)
        if any(row):
            rows.append(row)
            lines.append(1 + out.getvalue().count("\n"))
        writer.writerow(cells)
    text = out.getvalue()
    if draw(st.booleans()):
        text = text.removesuffix(end)
    if draw(st.booleans()):
        text = "\ufeff" + text
    return text.encode(), rows, lines


def _source(folder: Path, content: bytes) -> Source:
    path = folder / "t.csv"
    path.write_bytes(content)
    return open_source(path, 1 << 30)


@SETTINGS
@given(tables())
def test_what_csv_writes_comes_back_with_care(tmp_path, stage, table):
    content, rows, lines = table
    (sheet,) = delimited.read(_source(tmp_path, content), PLAIN)
    got = stage(sheet)
    assert (got.rows, got.lines, got.rejects) == (rows, lines, [])


@SETTINGS
@given(tables())
def test_what_csv_writes_comes_back_from_duckdb(tmp_path, con, stage, table):
    content, rows, lines = table
    source = _source(tmp_path, content)
    found = scan(source.file, ",", '"')
    assert found.regular
    width = content.split(b"\n")[0].count(b",") + 1
    shape = bulk.Shape(source.file, ",", '"', width, True)
    assert bulk.stage(con, "t", shape, found) == len(rows)
    got = con.execute("SELECT * FROM t ORDER BY row").fetchall()
    con.execute("DROP TABLE t")
    assert [row[2:] for row in got] == rows
    assert [row[1] for row in got] == lines
    (sheet,) = delimited.read(source, PLAIN, careful=0)
    assert (stage(sheet).rows, stage(sheet).lines) == (rows, lines)


@SETTINGS
@given(st.text(st.sampled_from('ab1",\n\r #\t;'), max_size=60), st.booleans())
def test_both_ways_agree_on_any_text(tmp_path, stage, text, lists):
    source = _source(tmp_path, b"x,y,z\n" + text.encode())
    options = replace(PLAIN, lists=lists)
    (careful,) = delimited.read(source, options)
    (fast,) = delimited.read(source, options, careful=0)
    one, other = stage(careful), stage(fast)
    assert (one.rows, one.lines, one.refused) == (other.rows, other.lines, other.refused)
    assert one.keys == other.keys


@SETTINGS
@given(
    st.lists(st.sampled_from(["1,2,3", '1,"a\nb",3', "1,2", '1,"2,3', "", "4,5,6,7", 'a,b"b,c']))
)
def test_every_line_is_a_row_a_reject_or_blank(tmp_path, stage, records):
    (sheet,) = delimited.read(_source(tmp_path, ("x,y,z\n" + "\n".join(records)).encode()), PLAIN)
    got = stage(sheet)
    good = sum(record in ("1,2,3", 'a,b"b,c') for record in records)
    seen = {*got.lines, *(line for line, _ in got.refused)}
    assert len(seen) == len(got.lines) + len(got.refused)
    if '1,"2,3' not in records:
        assert len(got.rows) == good + sum(r in ("1,2", '1,"a\nb",3') for r in records)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"a,b\n1,2\n3\n", "a short record"),
        (b"a,b\n1,2\n3,4,5\n", "a long record"),
        (b'a,b\n1,"2\n3,4\n', "an open quote"),
        (b"a,b\n1,2\r\n3,4\n", "two kinds of line ends"),
        ("a,b\n甲,乙\n丙,丁\n".encode() + b"\xff,2\n", "bytes that are no text"),
    ],
)
def test_the_caller_s_transaction_survives(con, tmp_path, stage, content, why):
    (sheet,) = delimited.read(_source(tmp_path, content), PLAIN, careful=0)
    assert stage(sheet).rows, why


def test_a_large_file_in_gb18030_that_begins_in_ascii(tmp_path, stage):
    content = b"name,city\n" + b"firm,town\n" * 500_000 + "甲公司,北京\n".encode("gb18030")
    (sheet,) = delimited.read(_source(tmp_path, content), PLAIN, careful=1 << 20)
    got = stage(sheet)
    assert got.rows[-1] == ("甲公司", "北京")
    assert got.lines[-1] == 500_002
    assert got.keys == ["encoding"]


def test_records_over_the_ends_of_pieces(tmp_path, stage):
    cell = "x" * 700 + "\n" + "y" * 700
    rows = [(str(i), cell if i % 3 else "short") for i in range(6000)]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["id", "text"])
    lines = []
    for row in rows:
        lines.append(2 + sum(2 if r[1] == cell else 1 for r in rows[: len(lines)]))
        writer.writerow(row)
    source = _source(tmp_path, out.getvalue().encode())
    assert scan(source.file, ",", '"').regular
    (sheet,) = delimited.read(source, PLAIN, careful=0)
    got = stage(sheet)
    assert got.rows == rows
    assert got.lines == lines
