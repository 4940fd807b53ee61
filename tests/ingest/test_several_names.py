"""An id with several names in one file is told, once for each other name, with both lines."""

from collections.abc import Iterator

import duckdb
import pytest

from ingest.several_names import TOLD, notes


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        yield con


def _table(con: duckdb.DuckDBPyConnection, name: str, rows: list[tuple[object, ...]]) -> str:
    con.execute(
        f'CREATE TEMP TABLE {name}(id VARCHAR, "row" BIGINT, line INTEGER, name VARCHAR,'
        " keyless BOOLEAN, mention BOOLEAN)"
    )
    con.executemany(f"INSERT INTO {name} VALUES (?, ?, ?, ?, false, false)", rows)
    return name


def test_each_other_name_is_told_with_both_lines(con):
    rows = [("F1", 1, 2, "甲"), ("F1", 2, 5, "乙"), ("F2", 3, 6, "丙"), ("F1", 4, 7, "乙")]
    (note,) = notes(con, [_table(con, "t", rows)])
    assert (note.key, note.line) == ("ingest.several_names", 5)
    assert note.values == {"id": "F1", "name": "乙", "first": "甲", "line": 2}


def test_case_and_blanks_make_no_other_name(con):
    assert notes(con, [_table(con, "t", [("F1", 1, 2, "A Co"), ("F1", 2, 3, "a co ")])]) == []


def test_the_tables_of_a_file_are_seen_together(con):
    one = _table(con, "one", [("F1", 1, 2, "甲")])
    other = _table(con, "other", [("F1", 10**10, 2, "乙")])
    assert [n.values["first"] for n in notes(con, [one, other])] == ["甲"]


def test_mentions_and_entities_without_a_key_are_left_out(con):
    table = _table(con, "t", [("F1", 1, 2, "甲"), ("F1", 2, 3, "乙")])
    con.execute("UPDATE t SET keyless = true")
    assert notes(con, [table]) == []
    con.execute("UPDATE t SET keyless = false, mention = true")
    assert notes(con, [table]) == []


def test_many_are_counted(con):
    rows = [(f"F{i}", 2 * i + k, 2 * i + k, f"{i}/{k}") for i in range(20) for k in (0, 1)]
    *told, more = notes(con, [_table(con, "t", rows)])
    assert len(told) == TOLD and more.values == {"count": 20 - TOLD}
