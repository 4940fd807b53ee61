"""Where a file speaks of something: `rdf_place(s, line)`, the line on which a subject begins.

Parsers of RDF tell no lines. A subject's is the first on which its IRI stands where a subject does
(at the beginning of a line of Turtle, after `rdf:about=`, after `"@id":`), else the first on which
it stands at all; what is found nowhere, as blank nodes, is on line 1.
"""

import duckdb

from graph.record.sql import literal
from ingest.rdf import SUFFIXES
from ingest.rdf.lines import lines
from ingest.readers.opening import Source

PREFIX = r"^\s*(?:@prefix|PREFIX)\s+([A-Za-z][\w.-]*)?:\s*<([^>]*)>"
BASE = r"^\s*(?:@base|BASE)\s+<([^>]*)>"
FULL = r"<([^<>\s]+)>"
NAMED = r"(?:^|[\s;,\[(])([A-Za-z][\w.-]*)?:((?:[\w:%-]|\.[\w:%-])+)"
QUOTED = r"(?:\"@id\"\s*:\s*|rdf:(?:about|ID)\s*=\s*)[\"']([^\"']*)[\"']"

NAMES = f"""
SELECT line, coalesce(prefixes[n], '') || ':' || names[n] <> whole AS within, x.i || names[n] AS s
FROM (SELECT line, prefixes, names, whole, unnest(range(1, 1 + len(names))) AS n
  FROM (SELECT line, regexp_extract_all(text, {literal(NAMED)}, 1) AS prefixes,
    regexp_extract_all(text, {literal(NAMED)}, 2) AS names,
    regexp_extract(text, '^[^\\s;,.]+') AS whole FROM rdf_lines))
JOIN rdf_prefix x ON x.p = coalesce(prefixes[n], '')
"""
"""The prefixed names of Turtle, written out."""


def stage(con: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Makes `rdf_place` for the subjects that the file itself speaks of."""
    con.execute("CREATE OR REPLACE TEMP TABLE rdf_place(s VARCHAR, line INTEGER)")
    form = SUFFIXES[source.suffix]
    if form in ("N_TRIPLES", "N_QUADS"):
        con.execute(
            "INSERT INTO rdf_place SELECT q.s, min(q.n) FROM rdf_quad q LEFT JOIN rdf_scope c"
            " USING (g) WHERE c.scope IS NULL GROUP BY q.s"
        )
        return
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_wanted AS SELECT DISTINCT q.s FROM rdf_quad q"
        " LEFT JOIN rdf_scope c USING (g) WHERE c.scope IS NULL AND NOT starts_with(q.s, '_:')"
    )
    con.execute("CREATE OR REPLACE TEMP TABLE rdf_seen(s VARCHAR, within BOOLEAN, line BIGINT)")
    whole = FULL if form not in ("RDF_XML", "JSON_LD") else QUOTED
    found = (
        "SELECT line, whole <> '<' || s || '>' AS within, s FROM (SELECT line,"
        f" regexp_extract(text, '^<[^>]*>') AS whole,"
        f" unnest(regexp_extract_all(text, {literal(whole)}, 1)) AS s FROM rdf_lines)"
    )
    _place(con, source, found)
    if form not in ("RDF_XML", "JSON_LD"):
        with lines(con, source.file):
            con.execute(
                "CREATE OR REPLACE TEMP TABLE rdf_prefix AS SELECT m.p, arg_min(m.i, line) AS i"
                f" FROM (SELECT line, regexp_extract(text, {literal(PREFIX)}, ['p', 'i']) AS m"
                f" FROM rdf_lines WHERE regexp_matches(text, {literal(PREFIX)})) GROUP BY m.p"
            )
        _place(con, source, NAMES)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_place AS SELECT s,"
        " arg_min(line, (within, line))::INTEGER AS line FROM rdf_seen GROUP BY s"
    )


def _place(con: duckdb.DuckDBPyConnection, source: Source, found: str) -> None:
    with lines(con, source.file):
        con.execute(
            "INSERT INTO rdf_seen SELECT s, within, min(line) FROM"
            f" ({found}) JOIN rdf_wanted USING (s) GROUP BY s, within"
        )
