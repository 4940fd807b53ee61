"""A digest of what a file says, found while its claims are still tables of text and numbers."""

import hashlib
from collections.abc import Iterable, Mapping

import duckdb

from graph.record.sql import ident, literal
from graph.record.tables import columns_of

UNSAID = {"row", "keyless", "line"}


def digest_of(
    con: duckdb.DuckDBPyConnection, tables: Iterable[tuple[str, Mapping[str, str], str]]
) -> str:
    """The claims' MD5 numbers by XOR, in no order, and their counts, over tables of claims: of
    which kind, with values of which types, called what.

    In how many tables the claims of a kind came does not count, nor do columns that say nothing.
    """
    kinds: dict[str, tuple[Mapping[str, str], list[str]]] = {}
    for name, types, table in tables:
        kinds.setdefault(name, (types, []))[1].append(table)
    said = []
    for name, (types, made) in kinds.items():
        columns = {c for table in made for c in columns_of(con, table)} - UNSAID
        cells = ", ".join(
            f"{literal(c + '=')} || {_value(c, types.get(c, ''))}" for c in sorted(columns)
        )
        rows = " UNION ALL BY NAME ".join(f"SELECT * FROM {ident(t)}" for t in made)
        row = con.execute(
            f"SELECT bit_xor(md5_number(concat_ws(chr(31), line::VARCHAR, {cells}))), count(*)"
            f" FROM ({rows})"
        ).fetchone()
        if row and row[1]:
            said.append(f"{name}={row[0]}/{row[1]}")
    return hashlib.sha256("\n".join(sorted(said)).encode()).hexdigest()


def _value(column: str, kind: str) -> str:
    """SQL of a value as text; several values are a set, and none are nothing."""
    value = ident(column)
    if kind.endswith("[]"):
        value = f"nullif(list_sort(list_distinct({value})), [])"
    return f"{value}::VARCHAR"
