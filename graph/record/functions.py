"""Functions of ours inside DuckDB, vectorised over Arrow."""

from typing import Any

import duckdb
from duckdb.func import PythonUDFType

_SPACE = (
    r"[\s\x{1c}-\x{1f}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}"
    r"\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+"
)
"""What Python's `\\s` matches, for the RE2 of Arrow, which knows only ASCII spaces."""


def register(con: duckdb.DuckDBPyConnection) -> None:
    """Makes `normalise_name(text)` known to `con`: `graph.names.normalise` over a column."""
    have = con.execute(
        "SELECT 1 FROM duckdb_functions() WHERE function_name = 'normalise_name'"
    ).fetchall()  # fetchone would leave a result open, and `con.register` refuses then
    if not have:
        con.create_function(
            "normalise_name", _normalise, ["VARCHAR"], "VARCHAR", type=PythonUDFType.ARROW
        )


def _normalise(names: Any) -> Any:
    import pyarrow.compute as pc

    folded = pc.utf8_lower(pc.utf8_normalize(names, form="NFKC"))
    return pc.replace_substring_regex(folded, pattern=_SPACE, replacement="")
