"""Parquet: every kind of value as text."""

import datetime as dt
import gzip
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest import readers


@pytest.fixture
def read_table(tmp_path, stage):
    def read(columns):
        path = tmp_path / "企业.parquet"
        pq.write_table(pa.table(columns), path)
        (sheet,) = readers.read(path)
        return stage(sheet)

    return read


def test_values_are_text(read_table):
    day = dt.datetime(2024, 5, 1)
    got = read_table(
        {
            "s": [" 甲 ", None], "i": [123456789012345678, None], "f": [3.0, float("nan")],
            "g": [0.25, 1e300], "b": [True, False], "d": [day.date(), None],
            "t": pa.array([day, day.replace(hour=8)], pa.timestamp("us")),
            "m": [Decimal("1.50"), Decimal("2.00")], "l": [["a", None, "b"], []],
            "x": [["a;b", "c"], None], "o": [{"k": 1}, None], "e": ["", " "],
        }
    )  # fmt: skip
    assert got.name == "企业"
    assert got.rows[0] == (
        "甲", "123456789012345678", "3", "0.25", "true", "2024-05-01", "2024-05-01", "1.50", "a;b",
        '["a;b","c"]', '{"k":1}', None,
    )  # fmt: skip
    assert got.rows[1] == (
        None, None, None, "1e+300", "false", None, "2024-05-01 08:00:00", "2", None, None, None,
        None,
    )  # fmt: skip
    assert got.lines == [1, 2]


def test_blank_rows_are_left_out_and_lines_stay(read_table):
    got = read_table({"a": ["x", None, "y"], "b": [None, "", None]})
    assert (got.rows, got.lines) == ([("x", None), ("y", None)], [1, 3])


def test_no_rows(read_table):
    got = read_table({"a": pa.array([], pa.string())})
    assert (got.headings, got.rows, got.keys) == (["a"], [], ["no_rows"])


def test_headings_are_folded_and_told_apart(tmp_path, stage):
    path = tmp_path / "t[1].parquet"
    table = pa.Table.from_arrays([pa.array(["x"])] * 3, names=[" 名 称", "名称", "A"])
    pq.write_table(table, path)
    (sheet,) = readers.read(path)
    assert stage(sheet).headings == ["名称", "名称 (2)", "A"]
    packed = tmp_path / "t.parquet.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    (sheet,) = readers.read(packed)
    assert stage(sheet).rows == [("x", "x", "x")]
