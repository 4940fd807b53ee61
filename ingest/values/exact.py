"""Cells that hold values as the record itself writes them, read as they are.

A property graph that a push has written is read back with nothing changed: no trimming, no
splitting of a name at a semicolon. What is not written so comes to `ingest.values.parse`, as in a
table. A list is JSON text; each physical column of an amount has a cell of its own.
"""

from collections.abc import Mapping

from graph.record.sql import literal, literals
from graph.schema import Property
from ingest.values.fast import fast_sql

_IRI = r"(https?|ftp|urn|doi|info|ark|hdl):[^\s<>\"{}|\\^`]+"
_DATE = "[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"
_WHOLE = "-?[0-9]{1,19}"


def exact_sql(term: Property, cells: Mapping[str, str]) -> dict[str, str]:
    """For each physical column of `term` the SQL that reads its cell (SQL of text, by column).

    NULL where the cell is empty or needs to be parsed; a column without a cell is NULL.
    """
    if term.datatype == "amount":
        found = {
            name: f"TRY_CAST({cells[name]} AS DOUBLE)" if kind == "DOUBLE" else cells[name]
            for name, kind in term.columns
            if name in cells
        }
        return {name: found.get(name, f"NULL::{kind}") for name, kind in term.columns}
    [(name, kind)] = term.columns
    cell = cells.get(name)
    if cell is None:
        return {name: f"NULL::{kind}"}
    return {name: _several(term, cell, kind) if term.multiple else _one(term, cell)}


def _several(term: Property, cell: str, kind: str) -> str:
    said = f"TRY_CAST({cell} AS JSON)"
    found = f"TRY_CAST({said} AS {kind})"
    test = f"json_type({said}) = 'ARRAY'"
    if term.closed:
        allowed = literals([member.value for member in term.closed])
        test += f" AND list_has_all(list_value{allowed}, {found})"
    return f"CASE WHEN {test} THEN {found} END"


def _one(term: Property, cell: str) -> str:
    if term.closed:
        allowed = literals([member.value for member in term.closed])
        return f"CASE WHEN {cell} IN {allowed} THEN {cell} END"
    if term.identifier:
        return fast_sql(term, cell)[term.name]
    match term.datatype:
        case "integer":
            return _within(
                term, f"CASE WHEN {_like(cell, _WHOLE)} THEN TRY_CAST({cell} AS BIGINT) END"
            )
        case "decimal":
            return _within(term, f"TRY_CAST({cell} AS DOUBLE)")
        case "share":
            number = f"TRY_CAST({cell} AS DOUBLE)"
            return f"CASE WHEN {number} BETWEEN 0 AND 1 THEN {number} END"
        case "boolean":
            return f"CASE {cell} WHEN 'true' THEN true WHEN 'false' THEN false END"
        case "date":
            day = f"(length({cell}) < 10 OR TRY_CAST({cell} AS DATE) IS NOT NULL)"
            return f"CASE WHEN {_like(cell, _DATE)} AND {day} THEN {cell} END"
        case "uri":
            return f"CASE WHEN {_like(cell, _IRI)} THEN {cell} END"
        case _:
            if term.pattern:
                return f"CASE WHEN {_like(cell, term.pattern)} THEN {cell} END"
            return cell


def _like(cell: str, pattern: str) -> str:
    return f"regexp_full_match({cell}, {literal(pattern)})"


def _within(term: Property, number: str) -> str:
    bounds = [("<=", term.maximum), (">=", term.minimum)]
    tests = [f"({number}) {sign} {limit:g}" for sign, limit in bounds if limit is not None]
    return f"CASE WHEN {' AND '.join(tests)} THEN {number} END" if tests else number
