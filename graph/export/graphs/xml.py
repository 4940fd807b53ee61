"""Text inside XML, made by DuckDB: what XML 1.0 cannot hold is written out, as `\\u0001`."""

from collections.abc import Iterator
from typing import IO

import duckdb

from graph.record.sql import ident

FORBIDDEN = [*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF]
BATCH = 20_000


def define(con: duckdb.DuckDBPyConnection) -> None:
    """Makes `xml(x)` known: text for an element or an attribute in double quotes.

    >>> con = duckdb.connect()
    >>> define(con)
    >>> con.execute("SELECT xml('<a> & \\"b\\"' || chr(10) || chr(1))").fetchall()[0][0]
    '&lt;a&gt; &amp; &quot;b&quot;&#10;\\\\u0001'
    """
    plain = "x"
    for char, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        plain = f"replace({plain}, '{char}', '{name}')"
    for code in (9, 10, 13):
        plain = f"replace({plain}, chr({code}), '&#{code};')"
    rare = "x"
    for code in FORBIDDEN:
        rare = rf"replace({rare}, chr({code}), '\u{code:04X}')"
    con.execute(f"CREATE OR REPLACE TEMP MACRO xml_plain(x) AS {plain}")
    con.execute(f"CREATE OR REPLACE TEMP MACRO xml_rare(x) AS {rare}")
    con.execute(
        r"""CREATE OR REPLACE TEMP MACRO xml(x) AS CASE
        WHEN regexp_matches(x, '[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]')
        THEN xml_plain(xml_rare(x)) WHEN regexp_matches(x, '[&<>"\t\n\r]') THEN xml_plain(x)
        ELSE x END"""
    )


def text_of(column: str, kind: str) -> str:
    """SQL for a value as text; several are parted by `; `."""
    if kind.endswith("[]"):
        return f"array_to_string({ident(column)}, '; ')"
    return f"{ident(column)}::VARCHAR" if kind != "VARCHAR" else ident(column)


def lines(con: duckdb.DuckDBPyConnection, sql: str) -> Iterator[bytes]:
    """The texts of a query's one column, some thousands at a time."""
    for batch in con.sql(sql).to_arrow_reader(BATCH):
        yield "".join(batch.column(0).to_pylist()).encode()


def write(output: IO[bytes], con: duckdb.DuckDBPyConnection, sql: str) -> None:
    for piece in lines(con, sql):
        output.write(piece)
