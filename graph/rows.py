"""Rows as text: CSV that a spreadsheet opens safely, JSON, Markdown, and plain lines for a pipe."""

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?"


def plain(value: Any) -> str:
    """A value as a cell of text: lists and maps as JSON, None as nothing.

    >>> plain(None), plain(0.5), plain(["甲"])
    ('', '0.5', '["甲"]')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def number(value: float) -> str:
    """A number as it is written: six digits behind the point, six that count where it is small.

    >>> number(0.5), number(1 / 3), number(25e6), number(3), number(-0.0)
    ('0.5', '0.333333', '25000000', '3', '0')
    >>> number(1 / 30), number(1.5e-9)
    ('0.0333333', '1.5 × 10^-9')
    """
    value = float(value)
    if value and abs(value) < 1e-4:
        power = math.floor(math.log10(abs(value)))
        mantissa = _trimmed(f"{value / 10.0**power:.6f}")
        return f"{mantissa} × 10^{power}"
    if abs(value) < 0.1:
        return _trimmed(f"{value:.6g}")
    return _trimmed(f"{value:.6f}" if abs(value) < 1e6 else f"{value:.0f}")


def _trimmed(text: str) -> str:
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def defused(text: str) -> str:
    """A cell that no spreadsheet takes for a formula; a plain number stays as it is.

    >>> defused("=HYPERLINK(1)"), defused("-0.5")
    ("'=HYPERLINK(1)", '-0.5')
    """
    if text.startswith(_FORMULA) and not re.fullmatch(_NUMBER, text):
        return "'" + text
    return text


def defused_sql(text: str) -> str:
    """The same in DuckDB, for the text that SQL gives.

    >>> import duckdb
    >>> sql = f"SELECT {defused_sql('x')} FROM (VALUES ('=1+1'), ('-0.5')) t(x)"
    >>> duckdb.connect().execute(sql).fetchall()
    [("'=1+1",), ('-0.5',)]
    """
    begins = (
        f"regexp_matches({text}, '^[=+@\\t\\r-]') AND NOT regexp_full_match({text}, '{_NUMBER}')"
    )
    return f"CASE WHEN {begins} THEN chr(39) || {text} ELSE {text} END"


def to_csv(headings: Sequence[str], rows: Iterable[Sequence[Any]], *, bom: bool = True) -> str:
    """CSV (RFC 4180) with a byte-order mark, which Excel needs to see Chinese."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([defused(h) for h in headings])
    for row in rows:
        writer.writerow([defused(plain(v)) for v in row])
    return (BOM if bom else "") + out.getvalue()


def to_json(value: Any) -> str:
    """Indented JSON, Chinese as it is; NaN and infinities become null."""
    return json.dumps(_finite(value), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def to_jsonl(values: Iterable[Any]) -> str:
    return "".join(
        json.dumps(_finite(v), ensure_ascii=False, allow_nan=False) + "\n" for v in values
    )


def _finite(value: Any) -> Any:
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    if isinstance(value, Mapping):
        return {str(k): _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    return value


def to_markdown(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A Markdown table; pipes and line breaks inside cells are escaped."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join("| " + " | ".join(md_cell(plain(v)) for v in line) + " |\n" for line in lines)


def md_cell(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    for mark in "\\|<>*_`[":
        text = text.replace(mark, "\\" + mark) if mark != "\\" else text.replace("\\", "\\\\")
    return text.replace("\r", " ").replace("\n", " ") if text != "---" else text


def visible(text: str) -> str:
    """Text from outside without control characters, which could steer a terminal.

    >>> visible("a\\x1b[31mb")
    'a\\ufffd[31mb'
    """
    return "".join(c if c in "\n\t" or c.isprintable() or c == "\u3000" else "\ufffd" for c in text)


def to_plain(rows: Iterable[Sequence[Any]]) -> str:
    """One line a row, tab-separated, for a pipe; white space inside cells becomes a space."""
    return "".join(
        "\t".join(visible(" ".join(plain(v).split())) for v in row) + "\n" for row in rows
    )
