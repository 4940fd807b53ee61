"""Who is spoken of in a file, where, and as what: `rdf_subject`, and what is said: `rdf_said`.

A named graph that the file describes as a file of a source is a scope of its own, numbered from 1;
everything else is scope 0, what the file itself says.
"""

import duckdb

from graph.record.sql import fill, literal, literals
from ingest.rdf.kinds import DCTERMS, RDF, VOID, Vocabulary, short


def stage(con: duckdb.DuckDBPyConnection, vocabulary: Vocabulary, base: str) -> None:
    """Makes `rdf_scope(scope, g, source, file)`, `rdf_subject(sid, scope, s, kind, about, n)`,
    `rdf_said(sid, kind, p, o, okind, note, path, via, n)`, `rdf_link(sid, scope, relation, of,
    target)` of plain triples, and `rdf_keyless(id)`, of `rdf_quad`.

    Ids are what stands after the base: the one that the file names (`void:uriSpace`), else `base`.
    """
    _keys(con, base)
    _scopes(con)
    _types(con, vocabulary)
    ours = vocabulary.ours
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_keyless AS SELECT DISTINCT rdf_key(s) AS id"
        f" FROM rdf_quad WHERE p = {literal(ours + 'keyless')} AND o = 'true'"
    )
    # What our own forms say anew for others, and what has been read already, is left out.
    known = literals([RDF + "type", RDF + "predicate", ours + "ofClass", ours + "about"])
    own = literals([p for p, _, _, own in vocabulary.relations if own])
    said = (
        " FROM (SELECT q.*, coalesce(c.scope, 0) AS scope FROM rdf_quad q LEFT JOIN rdf_scope c"
        " USING (g)) q JOIN rdf_subject j ON j.s = q.s AND j.scope = q.scope"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_said AS SELECT j.sid, j.kind, q.p, q.o, q.kind AS okind,"
        f" q.note, '' AS path, NULL::VARCHAR AS via, q.n {said} WHERE q.p NOT IN {own}"
        f" AND NOT (q.p IN {known} AND (j.scope > 0 OR ends_with(j.kind, ' own')))"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_unread"
        "(sid INTEGER, path VARCHAR, p VARCHAR, known BOOLEAN)"
    )
    con.execute("CREATE OR REPLACE TEMP TABLE rdf_own_link(p VARCHAR, relation VARCHAR)")
    fill(con, "rdf_own_link", [(p, name) for p, name, _, own in vocabulary.relations if own])
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_link AS SELECT j.sid, j.scope, l.relation, q.s AS of,"
        f" q.o AS target {said} JOIN rdf_own_link l ON l.p = q.p WHERE q.kind <> 'l'"
    )


def _keys(con: duckdb.DuckDBPyConnection, base: str) -> None:
    found = con.execute(
        f"SELECT o FROM rdf_quad WHERE g IS NULL AND p = {literal(VOID + 'uriSpace')}"
        " AND s = o ORDER BY o LIMIT 1"
    ).fetchall()
    space = found[0][0] if found else base
    con.execute(f"CREATE OR REPLACE TEMP MACRO rdf_base() AS {literal(space)}")
    con.execute(
        "CREATE OR REPLACE TEMP MACRO rdf_key(x) AS CASE WHEN starts_with(x, rdf_base())"
        f" THEN coalesce(TRY(url_decode(x[{len(space) + 1}:])), x) ELSE x END"
    )
    con.execute("CREATE OR REPLACE TEMP TABLE rdf_short(iri VARCHAR, short VARCHAR)")
    iris = con.execute("SELECT DISTINCT p FROM rdf_quad").fetchall()
    fill(con, "rdf_short", [(iri, short(iri)) for (iri,) in iris])


def _scopes(con: duckdb.DuckDBPyConnection) -> None:
    title, part = literal(DCTERMS + "title"), literal(DCTERMS + "isPartOf")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_scope AS SELECT"
        " row_number() OVER (ORDER BY source, file)::INTEGER AS scope, g, source, file FROM ("
        " SELECT f.s AS g, min(t.o) AS file, min(u.o) AS source"
        f" FROM rdf_quad f JOIN rdf_quad t ON t.s = f.s AND t.g IS NULL AND t.p = {title}"
        f" JOIN rdf_quad u ON u.s = f.o AND u.g IS NULL AND u.p = {title}"
        f" JOIN rdf_quad v ON v.s = f.s AND v.g IS NULL AND v.p = {literal(RDF + 'type')}"
        f" AND v.o = {literal(VOID + 'Dataset')}"
        f" WHERE f.g IS NULL AND f.p = {part} GROUP BY f.s)"
    )


def _types(con: duckdb.DuckDBPyConnection, vocabulary: Vocabulary) -> None:
    con.execute("CREATE OR REPLACE TEMP TABLE rdf_kind(iri VARCHAR, kind VARCHAR, rank INTEGER)")
    kinds = vocabulary.kinds
    fill(con, "rdf_kind", [(iri, kind.name, rank) for iri, (kind, rank) in kinds.items()])
    ours = vocabulary.ours
    own = literals([ours + "Claim", ours + "Judgement"])
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_type AS SELECT coalesce(c.scope, 0) AS scope, q.s, q.p,"
        " q.o, q.n FROM rdf_quad q LEFT JOIN rdf_scope c USING (g)"
        f" WHERE q.p IN {literals([RDF + 'type', ours + 'about', ours + 'ofClass'])}"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_about AS SELECT scope, s, min(o) AS about FROM rdf_type"
        f" WHERE p = {literal(ours + 'about')} GROUP BY ALL"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_subject AS SELECT row_number() OVER ()::INTEGER AS sid, *"
        " FROM (SELECT t.scope, t.s,"
        " arg_min(coalesce(k.kind, t.o), (-coalesce(k.rank, -1), k.kind)) AS kind, a.about,"
        " min(t.n) AS n FROM rdf_type t"
        " LEFT JOIN rdf_kind k ON k.iri = t.o LEFT JOIN rdf_about a USING (scope, s)"
        f" WHERE (k.kind IS NOT NULL OR t.o = {literal(ours + 'Judgement')})"
        f" AND t.p <> {literal(ours + 'about')} AND NOT (t.o IN {own} AND a.about IS NOT NULL)"
        " GROUP BY t.scope, t.s, a.about)"
    )
    con.execute(
        "DELETE FROM rdf_subject WHERE about IS NULL AND (scope, s) IN"
        " (SELECT (scope, about) FROM rdf_about)"
    )
