"""A file of RDF as a table of quads: `rdf_quad(n, s, p, o, kind, note, g)`.

`kind` is that of the object: `i` an IRI, `b` a blank node, `l` a literal with its datatype, or `@`
and its language, as `note`. A blank node is written `_:…`; `g` is NULL in the default graph.
"""

import re
from pathlib import Path
from typing import IO

import duckdb

from graph.record.sql import literal
from ingest.rdf import SUFFIXES
from ingest.rdf.lines import lines
from ingest.readers.opening import Source

IRI = r'<[A-Za-z][A-Za-z0-9+.-]*:[^<>"{}|^`\\\x00-\x20]*>'
BLANK = r"_:[^\s<>\"]+"
TEXT = r'"(?:[^"\\\n\r]|\\[tbnrf"\\]|\\u[0-9A-Fa-f]{4})*"'
LINE = (
    rf"[ \t]*({IRI}|{BLANK})[ \t]*({IRI})[ \t]*({IRI}|{BLANK}|{TEXT})(@[A-Za-z0-9-]+|\^\^{IRI})?"
    rf"[ \t]*({IRI}|{BLANK})?[ \t]*\.[ \t\r\n]*"
)
"""A line of N-Quads, of which the groups are subject, predicate, object, note and graph."""

STRING = "http://www.w3.org/2001/XMLSchema#string"

_PLACE = re.compile(r"^Parser error (?:at|between) .*?: ")
_REMOTE = "LoadDocumentCallback"
_CONTEXT = re.compile(rb'"@(?:context|import)"\s*:\s*(?:\[\s*)?"([^"]*)"')


def stage(con: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Makes `rdf_quad` of a file. Raises InputError, with the line, for what is no RDF."""
    form = SUFFIXES[source.suffix]
    if form in ("N_TRIPLES", "N_QUADS") and _take(con, source.file):
        return
    lines = source.temporary(".nq")
    with lines.open("wb") as out:
        _to_lines(source, form, out)
    if not _take(con, lines):
        raise source.error("no_rdf_lines")


def _to_lines(source: Source, form: str, out: IO[bytes]) -> None:
    import pyoxigraph as ox

    kind = getattr(ox.RdfFormat, form)
    try:
        base = None if form in ("N_TRIPLES", "N_QUADS") else "file:///"
        quads = ox.parse(path=str(source.file), format=kind, base_iri=base)
        ox.serialize(quads, out, ox.RdfFormat.N_QUADS)
    except SyntaxError as error:
        if _REMOTE in str(error.msg):
            raise source.error("remote_context", iri=_context(source.file)) from error
        detail = _PLACE.sub("", str(error.msg))
        raise source.error("rdf_syntax", line=error.lineno or 1, detail=detail) from error
    except (UnicodeDecodeError, ValueError) as error:
        raise source.error("rdf_syntax", line=1, detail=str(error)) from error


def _context(path: Path) -> str:
    found = _CONTEXT.search(path.read_bytes()[: 1 << 20])
    return found.group(1).decode("utf-8", "replace") if found else "@context"


def _take(con: duckdb.DuckDBPyConnection, path: Path) -> bool:
    """Whether every line of a file was one of N-Quads, plainly written; they are staged then."""
    if not path.stat().st_size:
        con.execute(
            "CREATE OR REPLACE TEMP TABLE rdf_quad(n BIGINT, s VARCHAR, p VARCHAR, o VARCHAR,"
            " kind VARCHAR, note VARCHAR, g VARCHAR)"
        )
        return True
    said = "[" + ", ".join(f"'{c}'" for c in ("s", "p", "o", "note", "g")) + "]"
    whole = f"^{LINE}$"
    with lines(con, path):
        con.execute(
            "CREATE OR REPLACE TEMP TABLE rdf_quad AS SELECT line AS n, rdf_term(m.s) AS s,"
            " rdf_term(m.p) AS p, rdf_object(m.o) AS o, CASE m.o[1] WHEN '<' THEN 'i' WHEN '_'"
            " THEN 'b' ELSE 'l' END AS kind, CASE WHEN m.note[1] = '^' THEN m.note[4:-2]"
            f" WHEN m.note = '' AND m.o[1] = '\"' THEN {literal(STRING)} ELSE m.note END AS note,"
            " nullif(rdf_term(m.g), '') AS g FROM (SELECT line,"
            f" regexp_extract(text, {literal(whole)}, {said}) AS m FROM rdf_lines"
            r" WHERE NOT regexp_full_match(text, '[ \t\r\n]*(#.*)?[\r\n]*'))"
        )
    return not con.execute("SELECT 1 FROM rdf_quad WHERE s = '' LIMIT 1").fetchall()


def define(con: duckdb.DuckDBPyConnection) -> None:
    """Makes known to DuckDB how the terms of N-Quads are read."""
    con.execute(
        "CREATE OR REPLACE TEMP MACRO rdf_term(x) AS CASE WHEN x[1] = '<' THEN x[2:-2] ELSE x END"
    )
    con.execute(
        "CREATE OR REPLACE TEMP MACRO rdf_printable(x) AS array_to_string(list_transform("
        "string_split(x, ''), lambda c: CASE WHEN c < ' ' THEN '\\u' || printf('%04X', unicode(c))"
        " ELSE c END), '')"
    )
    con.execute(
        r"CREATE OR REPLACE TEMP MACRO rdf_object(x) AS CASE WHEN x[1] <> '" + '"' + "'"
        r" THEN rdf_term(x) WHEN NOT contains(x, '\') THEN x[2:-2]"
        r" WHEN regexp_matches(x, '[\x00-\x1f]') THEN json_extract_string(rdf_printable(x), '$')"
        " ELSE json_extract_string(x, '$') END"
    )
