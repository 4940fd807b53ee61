"""Rows of subjects into claims, file by file: an export gives back what every source said."""

from collections import defaultdict
from dataclasses import dataclass, field

import duckdb

from graph.record.sql import ident, literal
from graph.record.tables import columns_of
from graph.record.write import FileClaims
from graph.schema import EntityClass, Relation
from ingest.rdf import rows
from ingest.rdf.kinds import OWL, RDF, Kind, Vocabulary
from ingest.sheet import Note


@dataclass
class Said:
    """What a file says for one source and file; both None: for itself."""

    source: str | None
    file: str | None
    claims: FileClaims = field(default_factory=FileClaims)
    notes: list[Note] = field(default_factory=list)


def collect(con: duckdb.DuckDBPyConnection, vocabulary: Vocabulary) -> list[Said]:
    """The claims of every scope, scope 0 first; needs what `ingest.rdf.subjects` made, `rdf_id` and
    `rdf_place`.
    """
    scopes = con.execute("SELECT source, file FROM rdf_scope ORDER BY scope").fetchall()
    found = [Said(None, None), *(Said(source, file) for source, file in scopes)]
    maker = _Maker(con, vocabulary, found)
    kinds = {k.name: k for k, _ in vocabulary.kinds.values()}
    there = con.execute("SELECT DISTINCT kind FROM rdf_subject ORDER BY kind").fetchall()
    for kind in (kinds[name] for (name,) in there if name in kinds):
        maker.rows(kind)
    maker.links()
    maker.judgements()
    return found


class _Maker:
    def __init__(
        self, con: duckdb.DuckDBPyConnection, vocabulary: Vocabulary, found: list[Said]
    ) -> None:
        self.con, self.vocabulary, self.found = con, vocabulary, found
        self.tables = 0
        self.statements: dict[str, list[str]] = defaultdict(list)
        ((ids,),) = con.execute("SELECT count(*) FROM rdf_id").fetchall()
        self.renamed = bool(ids)

    def key(self, column: str) -> str:
        """SQL of the id of an IRI or blank node."""
        plain = f"rdf_key({column})"
        if not self.renamed:
            return plain
        return f"coalesce((SELECT id FROM rdf_id WHERE node = {column}), {plain})"

    def rows(self, kind: Kind) -> None:
        name = rows.table(self.con, kind, self.vocabulary)
        columns = set(columns_of(self.con, name))
        name = ident(name)
        mine = [c for term in kind.terms for c, _ in term.columns if c in columns]
        values = "".join(f", t.{ident(c)}" for c in mine)
        head = self._head(kind, columns)
        if head is None:
            return
        if isinstance(kind.what, Relation):
            self.statements[kind.what.name].append(name)
        every = self.new()
        self.con.execute(
            f"CREATE TEMP TABLE {every} AS SELECT CASE WHEN rdf_scope = 0 THEN rdf_sid ELSE"
            ' row_number() OVER () + 1000000000000 * rdf_sid END AS "row", * FROM ('
            f"SELECT t.rdf_scope, t.rdf_sid, {head}{values}, t.extra, unnest(CASE WHEN"
            " t.rdf_scope = 0 THEN [coalesce(p.line, 1)] ELSE coalesce(t.rdf_lines, [0])"
            f" END)::INTEGER AS line, t.rdf_times FROM {name} t LEFT JOIN rdf_place p"
            " ON t.rdf_scope = 0 AND p.s = coalesce(t.rdf_about, t.rdf_s))"
        )
        if self.con.execute(f"SELECT 1 FROM {every} WHERE rdf_times > 1 LIMIT 1").fetchall():
            again = self.new()
            self.con.execute(
                f"CREATE TEMP TABLE {again} AS SELECT * EXCLUDE (rdf_nth) FROM (SELECT *,"
                f" unnest(range(coalesce(rdf_times, 1))) AS rdf_nth FROM {every})"
            )
            every = again
        self.spread(kind.what, every)

    def _head(self, kind: Kind, columns: set[str]) -> str | None:
        if isinstance(kind.what, EntityClass):
            own = self.key("coalesce(t.rdf_about, t.rdf_s)")
            return (
                f"{own} AS id, {own} IN (FROM rdf_keyless) AS keyless,"
                " coalesce(t.mention, false) AS mention"
            )
        if not {"rdf_of", "rdf_target"} <= columns:
            return None
        of, target = self.key("t.rdf_of"), self.key("t.rdf_target")
        return (
            f"{of} AS source_id, {of} IN (FROM rdf_keyless) AS source_keyless,"
            f" {target} AS target_id, {target} IN (FROM rdf_keyless) AS target_keyless,"
            " t.rdf_given AS eid"
        )

    def new(self) -> str:
        self.tables += 1
        return f"rdf_claims_{self.tables}"

    def spread(self, kind: EntityClass | Relation, every: str) -> None:
        """One table for each scope, of a table of all."""
        counts = self.con.execute(
            f"SELECT rdf_scope, count(*) FROM {every} GROUP BY 1 ORDER BY 1"
        ).fetchall()
        for scope, count in counts:
            name = self.new()
            self.con.execute(
                f"CREATE TEMP TABLE {name} AS SELECT * EXCLUDE (rdf_scope, rdf_sid, rdf_times)"
                f" FROM {every} WHERE rdf_scope = {scope}"
            )
            claims = self.found[scope].claims
            if isinstance(kind, EntityClass):
                claims.entities.append((kind, name))
            else:
                claims.relations.append((kind, name))
            if scope:
                claims.read += count
        self.con.execute(f"DROP TABLE {every}")

    def links(self) -> None:
        """Relations that are plain triples only."""
        names = self.con.execute("SELECT DISTINCT relation FROM rdf_link ORDER BY 1").fetchall()
        for (name,) in names:
            said = [
                f"SELECT rdf_scope AS scope, rdf_of AS of, rdf_target AS target FROM {table}"
                for table in self.statements.get(name, [])
            ]
            known = " UNION ALL ".join(said) or "SELECT 0 AS scope, '' AS of, '' AS target"
            of, target = self.key("l.of"), self.key("l.target")
            every = self.new()
            self.con.execute(
                f"CREATE TEMP TABLE {every} AS SELECT l.scope AS rdf_scope, l.sid AS rdf_sid,"
                ' l.sid AS "row",'
                f" coalesce(p.line, 1)::INTEGER AS line, {of} AS source_id,"
                f" {of} IN (FROM rdf_keyless) AS source_keyless, {target} AS target_id,"
                f" {target} IN (FROM rdf_keyless) AS target_keyless, NULL::VARCHAR AS eid,"
                " 1 AS rdf_times FROM (SELECT DISTINCT scope, sid, of, target FROM rdf_link"
                f" WHERE relation = {literal(name)}) l ANTI JOIN ({known}) k"
                " USING (scope, of, target) LEFT JOIN rdf_place p ON p.s = l.of"
                " WHERE l.of <> l.target"
            )
            self.spread(self.vocabulary.schema.relations[name], every)

    def judgements(self) -> None:
        """Who is the same as whom: judgements in full, else plain triples of scope 0."""
        ours = self.vocabulary.ours
        columns = {
            "a": RDF + "subject", "b": RDF + "object", "p": RDF + "predicate",
            "judge": ours + "judge", "why": ours + "why",
        }  # fmt: skip
        picked = ", ".join(f"min(o) FILTER (p = {literal(i)}) AS {c}" for c, i in columns.items())
        every = self.new()
        same, other = literal(OWL + "sameAs"), literal(OWL + "differentFrom")
        verdict = f"CASE p WHEN {same} THEN 'same' ELSE 'different' END AS verdict"
        line, times = literal(ours + "line"), literal(ours + "repeats")
        a, b = self.key("a"), self.key("b")
        self.con.execute(
            f"CREATE TEMP TABLE {every} AS WITH q AS (SELECT q.*, coalesce(c.scope, 0) AS scope"
            " FROM rdf_quad q LEFT JOIN rdf_scope c USING (g)), judged AS"
            f" (SELECT j.scope, j.sid, {picked}, list(TRY_CAST(o AS INTEGER))"
            f" FILTER (p = {line}) AS lines, max(TRY_CAST(o AS INTEGER)) FILTER (p = {times})"
            " AS times FROM q JOIN rdf_subject j ON j.s = q.s AND j.scope = q.scope"
            f" WHERE j.kind = {literal(ours + 'Judgement')} GROUP BY ALL)"
            f' SELECT scope, sid AS "row", {a} AS a, {b} AS b, {verdict}, judge, why, line FROM'
            " (SELECT *, unnest(range(coalesce(times, 1))) FROM (SELECT *,"
            " unnest(coalesce(lines, [0])) AS line FROM judged))"
            f" UNION ALL SELECT 0, n, {self.key('s')}, {self.key('o')}, {verdict}, NULL, NULL,"
            " coalesce(line, 1) FROM (SELECT s, p, o, min(n) AS n FROM q WHERE scope = 0 AND"
            f" p IN ({same}, {other}) AND kind <> 'l' AND s <> o GROUP BY ALL)"
            " LEFT JOIN rdf_place USING (s)"
        )
        for scope, count in self.con.execute(
            f"SELECT scope, count(*) FROM {every} GROUP BY scope ORDER BY scope"
        ).fetchall():
            name = self.new()
            self.con.execute(
                f"CREATE TEMP TABLE {name} AS SELECT * EXCLUDE (scope) FROM {every}"
                f" WHERE scope = {scope}"
            )
            self.found[scope].claims.same_as.append(name)
            if scope:
                self.found[scope].claims.read += count
