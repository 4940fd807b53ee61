"""What others say in their own terms: names for blank nodes, relations, parts, and the rest.

A subject of a class that means something here is an entity. A predicate that means a relation links
two of them. A subject of another class is, in this order: the statement of a relation, where its
class stands for one and just one pair of entities that it is linked to fits; a part of an entity,
where it hangs on that one alone or is a bare value, so that what it says is said of the entity;
else not understood, and refused with all it says.
"""

import json

import duckdb

from graph.record.sql import fill, literal, literals
from graph.record.write import RejectedRow
from graph.schema import Relation
from ingest.rdf.claims import Said
from ingest.rdf.kinds import RDF, Kind, Vocabulary, short

DEPTH = 3
"""How many steps from an entity its parts may be."""


def stage(con: duckdb.DuckDBPyConnection, vocabulary: Vocabulary) -> None:
    """Makes `rdf_id(s, id)` of what has another id than its IRI, puts what parts say to the owners
    in `rdf_said`, the relations of aligned predicates into `rdf_link`, and the ends of statements.
    """
    _ids(con, vocabulary)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_part(s VARCHAR, sid INTEGER, path VARCHAR, via VARCHAR)"
    )
    con.execute("CREATE OR REPLACE TEMP TABLE rdf_lost(s VARCHAR, key VARCHAR)")
    others = "SELECT 1 FROM rdf_subject WHERE scope = 0 AND ends_with(kind, ' other') LIMIT 1"
    if not con.execute(others).fetchall():
        return
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_plain AS SELECT q.* FROM rdf_quad q"
        " LEFT JOIN rdf_scope c USING (g) WHERE c.scope IS NULL"
    )
    _links(con, vocabulary)
    _statements(con, vocabulary)
    _parts(con)


def _ids(con: duckdb.DuckDBPyConnection, vocabulary: Vocabulary) -> None:
    given = literal(vocabulary.ours + "id")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_id AS SELECT j.s AS node, min(q.o) AS id"
        f" FROM rdf_subject j JOIN rdf_quad q ON q.s = j.s AND q.p = {given}"
        " WHERE j.scope = 0 AND j.about IS NULL"
        f" AND j.kind IN {literals(_entity_kinds(vocabulary))} AND q.o <> rdf_key(j.s) GROUP BY j.s"
    )
    # A blank node is called by what it says, so that it is the same in the next version.
    con.execute(
        "INSERT INTO rdf_id SELECT s, '_:' || h || CASE WHEN nth > 1 THEN '-' || nth ELSE '' END"
        " FROM (SELECT s, h, row_number() OVER (PARTITION BY h ORDER BY n) AS nth FROM (SELECT s,"
        " substr(md5(string_agg(p || ' ' || o || ' ' || note, chr(10) ORDER BY p, o, note)), 1, 12)"
        " AS h, min(n) AS n FROM rdf_quad WHERE starts_with(s, '_:') AND kind <> 'b'"
        " GROUP BY s)) WHERE s NOT IN (SELECT node FROM rdf_id)"
    )


def _entity_kinds(vocabulary: Vocabulary) -> list[str]:
    kinds = (k for k, _ in vocabulary.kinds.values())
    return sorted({k.name for k in kinds if not isinstance(k.what, Relation)})


def _links(con: duckdb.DuckDBPyConnection, vocabulary: Vocabulary) -> None:
    """Aligned predicates between two entities that may be the ends of the relation."""
    schema = vocabulary.schema
    means, stands = [], []
    for predicate, name, inverse, own in vocabulary.relations:
        if not own:
            means.append((predicate, name, inverse))
    for relation in schema.relations.values():
        for cls in schema.ends(relation.domain):
            stands.append((relation.name, "of", cls))
        for cls in schema.ends(relation.range):
            stands.append((relation.name, "target", cls))
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_means(p VARCHAR, relation VARCHAR, inverse BOOLEAN)"
    )
    fill(con, "rdf_means", means)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_stands(relation VARCHAR, side VARCHAR, class VARCHAR)"
    )
    fill(con, "rdf_stands", stands)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_entity AS SELECT s, sid, split_part(kind, ' ', 1)"
        " AS class FROM rdf_subject WHERE scope = 0"
        f" AND kind IN {literals(_entity_kinds(vocabulary))}"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_linked AS SELECT x.sid, d.p, d.o, m.relation,"
        " CASE WHEN m.inverse THEN y.s ELSE x.s END AS of,"
        " CASE WHEN m.inverse THEN x.s ELSE y.s END AS target"
        " FROM rdf_said d JOIN rdf_means m USING (p) JOIN rdf_entity x USING (sid)"
        " JOIN rdf_entity y ON y.s = d.o JOIN rdf_stands a ON a.relation = m.relation"
        " AND a.side = 'of' AND a.class = CASE WHEN m.inverse THEN y.class ELSE x.class END"
        " JOIN rdf_stands b ON b.relation = m.relation AND b.side = 'target'"
        " AND b.class = CASE WHEN m.inverse THEN x.class ELSE y.class END WHERE d.okind <> 'l'"
    )
    # Where a predicate could mean two relations here, it is left as it is.
    con.execute(
        "DELETE FROM rdf_linked WHERE (sid, p, o) IN (SELECT (sid, p, o) FROM rdf_linked"
        " GROUP BY sid, p, o HAVING count(DISTINCT relation) > 1)"
    )
    con.execute(
        "INSERT INTO rdf_link SELECT min(sid), 0, relation, of, target FROM rdf_linked"
        " WHERE of <> target GROUP BY relation, of, target"
    )
    con.execute("DELETE FROM rdf_said WHERE (sid, p, o) IN (SELECT (sid, p, o) FROM rdf_linked)")


def _statements(con: duckdb.DuckDBPyConnection, vocabulary: Vocabulary) -> None:
    """The ends of the statements of others: the one pair of neighbours that fits."""
    names = {k.name: k.what.name for k, _ in vocabulary.kinds.values() if _is_statement(k)}
    con.execute("CREATE OR REPLACE TEMP TABLE rdf_stating(kind VARCHAR, relation VARCHAR)")
    fill(con, "rdf_stating", sorted(names.items()))
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_near AS SELECT DISTINCT j.sid, j.s, n.relation,"
        " e.s AS ent, e.class FROM rdf_subject j JOIN rdf_stating n USING (kind) JOIN"
        " (SELECT s AS node, o AS other FROM rdf_plain WHERE kind <> 'l'"
        " UNION SELECT o, s FROM rdf_plain WHERE kind <> 'l') l ON l.node = j.s"
        " JOIN rdf_entity e ON e.s = l.other WHERE j.scope = 0"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_end AS SELECT sid, unnest(['of', 'target']) AS side,"
        " unnest([of, target]) AS ent FROM (SELECT x.sid, min(x.ent) AS of, min(y.ent) AS target"
        " FROM rdf_near x JOIN rdf_near y ON y.sid = x.sid AND y.ent <> x.ent"
        " JOIN rdf_stands a ON a.relation = x.relation AND a.side = 'of' AND a.class = x.class"
        " JOIN rdf_stands b ON b.relation = x.relation AND b.side = 'target' AND b.class = y.class"
        " GROUP BY x.sid HAVING count(*) = 1)"
    )
    con.execute(
        "INSERT INTO rdf_lost SELECT j.s, 'rdf.not_two_ends' FROM rdf_subject j JOIN rdf_stating"
        " USING (kind) WHERE j.scope = 0 AND j.sid NOT IN (SELECT sid FROM rdf_end)"
    )
    con.execute("DELETE FROM rdf_subject WHERE scope = 0 AND s IN (SELECT s FROM rdf_lost)")
    con.execute("DELETE FROM rdf_said WHERE sid NOT IN (SELECT sid FROM rdf_subject)")
    con.execute("DELETE FROM rdf_end WHERE sid NOT IN (SELECT sid FROM rdf_subject)")
    # An end is no attribute, whichever way the link ran.
    con.execute(
        "DELETE FROM rdf_said d WHERE d.okind <> 'l' AND EXISTS (FROM rdf_end e WHERE"
        " e.sid = d.sid AND e.ent = d.o)"
    )
    con.execute(
        "DELETE FROM rdf_said d WHERE d.okind <> 'l' AND EXISTS (FROM rdf_end e JOIN rdf_subject j"
        " USING (sid) JOIN rdf_entity x ON x.s = e.ent WHERE x.sid = d.sid AND j.s = d.o)"
    )
    for side, term in (("of", "subject"), ("target", "object")):
        con.execute(
            f"INSERT INTO rdf_said SELECT sid, j.kind, {literal(RDF + term)}, e.ent, 'i', '', '',"
            f" NULL, 0 FROM rdf_end e JOIN rdf_subject j USING (sid) WHERE side = '{side}'"
        )


def _is_statement(kind: Kind) -> bool:
    return isinstance(kind.what, Relation) and not kind.own


def _parts(con: duckdb.DuckDBPyConnection) -> None:
    """Puts what a part says to its owner: a subject of no known class that hangs on one alone."""
    _dates(con)
    known = "(SELECT s FROM rdf_subject WHERE scope = 0 UNION ALL SELECT s FROM rdf_lost)"
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_step AS SELECT DISTINCT d.sid, coalesce(h.short, d.p)"
        " || '/' AS path, d.p AS via, d.o AS s, 1 AS depth FROM rdf_said d"
        " LEFT JOIN rdf_short h ON h.iri = d.p"
        " JOIN (SELECT DISTINCT s FROM rdf_plain) x ON x.s = d.o"
        f" WHERE d.okind <> 'l' AND d.o NOT IN {known}"
    )
    # What says nothing but literals is a value, of which each owner may have its own.
    bare = f"(SELECT s FROM rdf_plain WHERE kind <> 'l' AND p <> {literal(RDF + 'type')})"
    for depth in range(1, DEPTH):
        con.execute(
            "INSERT INTO rdf_step SELECT DISTINCT t.sid, t.path || coalesce(h.short, q.p) || '/',"
            f" q.p, q.o, {depth + 1} FROM rdf_step t JOIN rdf_plain q USING (s)"
            " LEFT JOIN rdf_short h ON h.iri = q.p JOIN (SELECT DISTINCT s FROM rdf_plain) x"
            f" ON x.s = q.o WHERE t.depth = {depth} AND q.kind <> 'l' AND q.o NOT IN {known}"
            f" AND (q.o NOT IN (SELECT s FROM rdf_step) OR (q.o NOT IN {bare}"
            " AND (t.sid, q.o) NOT IN (SELECT (sid, s) FROM rdf_step)))"
        )
    con.execute(
        "INSERT INTO rdf_part SELECT s, sid, arg_min(path, (depth, path)),"
        " arg_min(via, (depth, path)) FROM rdf_step GROUP BY s, sid HAVING s NOT IN"
        f" {bare} OR s IN (SELECT s FROM rdf_step GROUP BY s HAVING count(DISTINCT sid) = 1)"
    )
    # A part of what is no part itself has lost its owner.
    con.execute(
        "DELETE FROM rdf_part p WHERE NOT EXISTS (FROM rdf_plain q WHERE q.o = p.s AND (q.s IN"
        " (SELECT s FROM rdf_subject WHERE sid = p.sid) OR q.s IN (SELECT s FROM rdf_part x"
        " WHERE x.sid = p.sid)))"
    )
    con.execute(
        "DELETE FROM rdf_said d WHERE d.okind <> 'l' AND d.o IN (SELECT s FROM rdf_part p"
        " WHERE p.sid = d.sid)"
    )
    con.execute(
        "INSERT INTO rdf_said SELECT p.sid, j.kind, q.p, q.o, q.kind, q.note, p.path, p.via, q.n"
        " FROM rdf_part p JOIN rdf_plain q USING (s) JOIN rdf_subject j USING (sid)"
        f" WHERE q.p <> {literal(RDF + 'type')} AND q.o NOT IN (SELECT s FROM rdf_part)"
        " AND q.o <> j.s"
    )


def _dates(con: duckdb.DuckDBPyConnection) -> None:
    """A date with its precision said beside it (VIVO) is as long as it is precise."""
    con.execute(
        "UPDATE rdf_plain q SET o = CASE WHEN ends_with(x.o, '#yearPrecision') THEN q.o[:4]"
        " WHEN ends_with(x.o, '#yearMonthPrecision') THEN q.o[:7] ELSE q.o[:10] END"
        " FROM rdf_plain x WHERE x.s = q.s AND ends_with(x.p, '#dateTimePrecision')"
        " AND ends_with(q.p, '#dateTime')"
    )
    con.execute("DELETE FROM rdf_plain WHERE ends_with(p, '#dateTimePrecision')")


def rejects(con: duckdb.DuckDBPyConnection, vocabulary: Vocabulary, said: Said) -> None:
    """Counts what the file itself says, subject by subject, and refuses what was not understood:
    `read` = subjects, of which the refused ones are kept with all they say.
    """
    ours = literal(vocabulary.ours.rstrip("#/"))
    description = (
        f"starts_with(q.s, {ours}) OR starts_with(q.s, rdf_base() || 'void/')"
        " OR starts_with(q.s, rdf_base() || 'source/') OR starts_with(q.s, rdf_base() || 'run/')"
        " OR q.s = rdf_base() OR q.s IN (SELECT g FROM rdf_scope)"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_every AS SELECT q.s, min(q.n) AS n FROM rdf_quad q"
        f" LEFT JOIN rdf_scope c USING (g) WHERE c.scope IS NULL AND NOT ({description})"
        f" AND q.p <> {literal(vocabulary.ours + 'keyless')} GROUP BY q.s"
    )
    judged = (
        "SELECT s FROM rdf_quad WHERE ends_with(p, '#sameAs') OR ends_with(p, '#differentFrom')"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_refused AS SELECT e.s, e.n, l.key FROM rdf_every e"
        " LEFT JOIN rdf_lost l USING (s) WHERE e.s NOT IN (SELECT s FROM rdf_subject"
        " WHERE scope = 0) AND e.s NOT IN (SELECT s FROM rdf_part)"
        f" AND e.s NOT IN (SELECT of FROM rdf_link WHERE scope = 0) AND e.s NOT IN ({judged})"
    )
    ((count,),) = con.execute("SELECT count(*) FROM rdf_every").fetchall()
    type_ = literal(RDF + "type")
    rows = con.execute(
        "SELECT r.s, coalesce(p.line, 1), r.key, min(said[1]) FILTER (q.p = " + type_ + "),"
        " rdf_object_of(list({key: coalesce(h.short, q.p), said: said} ORDER BY q.p))"
        " FROM rdf_refused r JOIN (SELECT q.s, q.p, list_sort(list(DISTINCT q.o)) AS said"
        " FROM rdf_quad q LEFT JOIN rdf_scope c USING (g) WHERE c.scope IS NULL GROUP BY q.s, q.p)"
        " q USING (s) LEFT JOIN rdf_short h ON h.iri = q.p LEFT JOIN rdf_place p ON p.s = r.s"
        " GROUP BY r.s, p.line, r.key, r.n ORDER BY r.n, r.s"
    ).fetchall()
    for iri, line, key, kind, cells in rows:
        key = key or ("rdf.unknown_class" if kind else "rdf.no_class")
        values = json.dumps(
            {"subject": iri, "raw": short(kind) if kind else ""}, ensure_ascii=False
        )
        said.claims.rejects.append(
            RejectedRow("", line, "rdf:type", short(kind) if kind else None, key, values, cells)
        )
    said.claims.read += count
    said.claims.rejected += len(rows)
