"""The merged view: what is true now, or was at an earlier run, as temporary tables that every
projection reads.

`node(k, id, class, name, name_en)`; `n_<Class>` for every concrete class: `k, id`, the properties,
`extra`, and `source, file, line` of the claim that comes first; `r_<RELATION>` for every relation:
`f, t, eid`, the attributes, `extra`, `claims` (how many sources say it), `source, file, line`.
A merged value is the one of the source that comes first (by name, file and line); the others stay
in the record. `eid` tells parallel relations apart: the relation's own id, else start and group.
"""

import hashlib
import json
from typing import TYPE_CHECKING, Any

import duckdb

from graph.finding import Evidence
from graph.record import canon, functions
from graph.record.sql import fill, ident, literal
from graph.record.tables import claim_tables, columns_of, open_at, value_columns
from graph.schema import EntityClass, Relation, Schema

if TYPE_CHECKING:
    import pyarrow as pa


class View:
    """What is true now, or was at run `at`. `con` holds the tables; `digest` says what they were
    made from.
    """

    def __init__(
        self, con: duckdb.DuckDBPyConnection, schema: Schema, digest: str, at: int | None = None
    ) -> None:
        self.con = con
        self.schema = schema
        self.digest = digest
        self.at = at

    @classmethod
    def build(cls, con: duckdb.DuckDBPyConnection, schema: Schema, at: int | None = None) -> "View":
        """Makes the tables on `con`, a connection to the record that no other view is on.

        An earlier run is seen with the ontology of today.
        """
        functions.register(con)
        _make_versions(con)
        classes = [t for t in claim_tables(con, "e_") if t.removeprefix("e_") in schema.classes]
        _make_entity_claims(con, classes, at)
        canon.build(con, schema, at)
        _make_nodes(con, schema, at)
        _make_relations(con, schema, at)
        return cls(con, schema, record_digest(con, schema, at), at)

    def open(self, alias: str = "") -> str:
        """SQL that is true of the claims that the view is made from."""
        return open_at(self.at, alias)

    def entity_counts(self) -> dict[str, int]:
        """How many entities of each class, by most specific class; classes without any left out."""
        rows = self.con.execute("SELECT class, count(*) FROM node GROUP BY 1 ORDER BY 1").fetchall()
        return dict(rows)

    def relation_counts(self) -> dict[str, int]:
        """How many relations of each type; types without any left out."""
        counts = {}
        for name in sorted(self.schema.relations):
            rows = self.con.execute(f"SELECT count(*) FROM {ident('r_' + name)}").fetchall()
            if rows[0][0]:
                counts[name] = rows[0][0]
        return counts

    def entities(self, cls: str) -> "pa.Table":
        """The entities of class `cls` (not of its subclasses), ordered by id."""
        return self.con.sql(f"SELECT * FROM {ident('n_' + cls)} ORDER BY id").to_arrow_table()

    def relations(self, name: str) -> "pa.Table":
        """The relations `name` with the ids of their ends as `from` and `to`, ordered by them."""
        return self.con.sql(
            f'SELECT x.id AS "from", y.id AS "to", r.* FROM {ident("r_" + name)} r'
            " JOIN node x ON x.k = r.f JOIN node y ON y.k = r.t"
            ' ORDER BY "from", "to", eid NULLS FIRST'
        ).to_arrow_table()

    def evidence(self, relation: str, f: int, t: int) -> list[Evidence]:
        """Every line that says the relation between two keys of the view."""
        table = "c_" + relation
        if table not in claim_tables(self.con, "c_"):
            return []
        quote = "r.quote" if "quote" in columns_of(self.con, table) else "NULL"
        rows = self.con.execute(
            f"SELECT v.source, v.file, r.line, {quote} FROM {ident(table)} r"
            " JOIN version v USING (sv)"
            " LEFT JOIN canon x ON x.k = r.f LEFT JOIN canon y ON y.k = r.t"
            f" WHERE {self.open('r')} AND coalesce(x.c, r.f) = ? AND coalesce(y.c, r.t) = ?"
            " ORDER BY ALL",
            [f, t],
        ).fetchall()
        return [Evidence(*row) for row in rows]

    def places(self, relation: str, k: int) -> dict[tuple[int, int], list[dict[str, Any]]]:
        """Every line that says a relation of entity `k`, by its two ends: source, file, line."""
        found: dict[tuple[int, int], list[dict[str, Any]]] = {}
        rows = self.con.execute(
            "SELECT coalesce(x.c, r.f) AS f, coalesce(y.c, r.t) AS t, v.source, v.file, r.line"
            f" FROM {ident('c_' + relation)} r JOIN version v USING (sv)"
            " LEFT JOIN canon x ON x.k = r.f LEFT JOIN canon y ON y.k = r.t"
            f" WHERE {self.open('r')} AND (coalesce(x.c, r.f) = $1 OR coalesce(y.c, r.t) = $1)"
            " ORDER BY ALL",
            [k],
        ).fetchall()
        for f, t, source, file, line in rows:
            found.setdefault((f, t), []).append({"source": source, "file": file, "line": line})
        return found

    def claims(self, k: int) -> list[dict[str, Any]]:
        """Every open claim about an entity: its class, source, file, line and values given."""
        found = []
        for table in claim_tables(self.con, "e_"):
            kind = self.schema.classes.get(table.removeprefix("e_"))
            if kind is None:
                continue
            have = set(columns_of(self.con, table))
            columns = [c for c, _ in value_columns(kind) if c in have]
            listed = "".join(f", e.{ident(c)}" for c in columns)
            rows = self.con.execute(
                f"SELECT i.id, v.source, v.file, e.line, e.extra{listed} FROM {ident(table)} e"
                " JOIN version v USING (sv) JOIN node_key i ON i.k = e.k"
                " LEFT JOIN canon x ON x.k = e.k"
                f" WHERE {self.open('e')} AND coalesce(x.c, e.k) = ?"
                " ORDER BY v.rank, e.line, i.id",
                [k],
            ).fetchall()
            for row in rows:
                values = {c: v for c, v in zip(columns, row[5:], strict=True) if v is not None}
                if row[4]:
                    values.update(json.loads(row[4]))
                found.append(
                    {
                        "class": kind.name,
                        "id": row[0],
                        "source": row[1],
                        "file": row[2],
                        "line": row[3],
                        "values": values,
                    }
                )
        return found


def record_digest(con: duckdb.DuckDBPyConnection, schema: Schema, at: int | None = None) -> str:
    """A digest of what is said at run `at` (now): claims and judgements by file, and the ontology.

    That of an earlier run is what it was then, unless the ontology is another.
    """
    rows = con.execute(
        f"SELECT source, file, digest FROM source_version WHERE {open_at(at)} ORDER BY source, file"
    ).fetchall()
    said = json.dumps([schema.digest, *[list(row) for row in rows]])
    return "sha256:" + hashlib.sha256(said.encode()).hexdigest()


def _make_versions(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "CREATE OR REPLACE TEMP TABLE version AS SELECT sv, source, file,"
        " dense_rank() OVER (ORDER BY source, file)::BIGINT AS rank FROM source_version"
    )


_FIRST = "arg_min(source, ord) AS source, arg_min(file, ord) AS file, arg_min(line, ord) AS line"

_OTHER_NAMES = (
    "nullif(list_sort(list_distinct(list_filter(list_concat(coalesce(alt_names, []), said_names),"
    " lambda n: n IS NOT NULL AND n IS DISTINCT FROM name))), []) AS alt_names"
)
"""Names that other claims give stay findable: they join the alternative names."""

ORDER = "((e.mention::BIGINT << 62) + (v.rank << 32) + e.line)"


def _make_entity_claims(con: duckdb.DuckDBPyConnection, tables: list[str], at: int | None) -> None:
    parts = [
        f"SELECT k, {literal(t.removeprefix('e_'))} AS class, mention FROM {ident(t)}"
        f" WHERE {open_at(at)}"
        for t in tables
    ] or ["SELECT NULL::INTEGER AS k, NULL::VARCHAR AS class, NULL::BOOLEAN AS mention WHERE false"]
    con.execute(f"CREATE OR REPLACE TEMP TABLE entity_claim AS {' UNION ALL '.join(parts)}")


def _make_nodes(con: duckdb.DuckDBPyConnection, schema: Schema, at: int | None) -> None:
    depth = {c.name: len(c.ancestors) for c in schema.classes.values()}
    con.execute("CREATE OR REPLACE TEMP TABLE class_depth(class VARCHAR, depth INTEGER)")
    fill(con, "class_depth", sorted(depth.items()))
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE placed AS
        SELECT coalesce(c, e.k) AS k, class,
               arg_min(class, (mention::INTEGER * 100 - depth, class))
                 OVER (PARTITION BY coalesce(c, e.k)) AS final
        FROM (SELECT DISTINCT k, class, mention FROM entity_claim) e
        LEFT JOIN canon USING (k) JOIN class_depth USING (class)
        """
        if con.execute(
            "SELECT 1 FROM canon UNION ALL (SELECT 1 FROM entity_claim GROUP BY k"
            " HAVING count(DISTINCT class) > 1) LIMIT 1"
        ).fetchone()
        else "CREATE OR REPLACE TEMP TABLE placed AS"
        " SELECT DISTINCT k, class, class AS final FROM entity_claim"
    )
    sources: dict[str, list[str]] = {}
    for cls, final in con.execute(
        "SELECT DISTINCT class, final FROM placed ORDER BY 1, 2"
    ).fetchall():
        sources.setdefault(final, []).append(cls)
    nodes = []
    for kind in schema.classes.values():
        if kind.abstract:
            continue
        _make_class(con, kind, sources.get(kind.name, []), at)
        if kind.name in sources:
            nodes.append(
                f"SELECT k, id, {literal(kind.name)} AS class, name, name_en"
                f" FROM {ident('n_' + kind.name)}"
            )
    empty = (
        "SELECT NULL::INTEGER AS k, NULL::VARCHAR AS id, NULL::VARCHAR AS class,"
        " NULL::VARCHAR AS name, NULL::VARCHAR AS name_en WHERE false"
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE node AS {' UNION ALL '.join([empty, *nodes])}")


def _make_class(
    con: duckdb.DuckDBPyConnection, kind: EntityClass, sources: list[str], at: int | None
) -> None:
    columns = value_columns(kind)
    table = ident("n_" + kind.name)
    declared = "".join(f", {ident(c)} {t}" for c, t in columns)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} (k INTEGER, id VARCHAR{declared},"
        " extra VARCHAR, source VARCHAR, file VARCHAR, line INTEGER)"
    )
    if not sources:
        return
    parts = ["SELECT NULL::VARCHAR AS name, NULL::VARCHAR[] AS alt_names WHERE false"]
    for source in sources:
        have = set(columns_of(con, "e_" + source))
        listed = "".join(f", e.{ident(c)}" for c, _ in columns if c in have)
        parts.append(
            f"SELECT coalesce(x.c, e.k) AS k{listed}, e.extra, v.source, v.file, e.line,"
            f" {ORDER} AS ord FROM {ident('e_' + source)} e JOIN version v USING (sv)"
            " LEFT JOIN canon x ON x.k = e.k"
            f" WHERE {open_at(at, 'e')} AND coalesce(x.c, e.k) IN"
            f" (SELECT k FROM placed WHERE final = {literal(kind.name)})"
        )
    con.execute(f"CREATE OR REPLACE TEMP TABLE said AS {' UNION ALL BY NAME '.join(parts)}")
    have = set(columns_of(con, "said"))
    con.execute(
        "CREATE OR REPLACE TEMP TABLE twice AS SELECT k FROM said GROUP BY k HAVING count(*) > 1"
    )
    values = "".join(f", {_merged(c, t)} AS {ident(c)}" for c, t in columns if c in have)
    merged = (
        f"SELECT k{values}, arg_min(extra, ord) AS extra, {_FIRST},"
        " list(name) AS said_names FROM said WHERE k IN (FROM twice) GROUP BY k"
    )
    merged = (
        f"SELECT * EXCLUDE (said_names) REPLACE ({_OTHER_NAMES}) FROM ({merged})"
        " UNION ALL BY NAME SELECT * EXCLUDE (ord) FROM said WHERE k NOT IN (FROM twice)"
    )
    con.execute(
        f"INSERT INTO {table} BY NAME SELECT i.id, m.* FROM ({merged}) m JOIN node_key i USING (k)"
    )
    con.execute("DROP TABLE said")


def _merged(column: str, kind: str) -> str:
    c = ident(column)
    if kind.endswith("[]"):
        return f"nullif(list_sort(list_distinct(flatten(list(coalesce({c}, []))))), [])"
    return f"arg_min({c}, ord)"


def _make_relations(con: duckdb.DuckDBPyConnection, schema: Schema, at: int | None) -> None:
    existing = set(claim_tables(con, "c_"))
    for kind in schema.relations.values():
        _make_relation(con, kind, "c_" + kind.name in existing, at)


def _make_relation(
    con: duckdb.DuckDBPyConnection, kind: Relation, exists: bool, at: int | None
) -> None:
    columns = value_columns(kind)
    table = ident("r_" + kind.name)
    declared = "".join(f", {ident(c)} {t}" for c, t in columns)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} (f INTEGER, t INTEGER, eid VARCHAR{declared},"
        " extra VARCHAR, claims INTEGER, source VARCHAR, file VARCHAR, line INTEGER)"
    )
    if not exists:
        return
    have = set(columns_of(con, "c_" + kind.name))
    kept = [c for c, _ in columns if c in have]
    listed = "".join(f", e.{ident(c)}" for c in kept)
    parts = [f"e.{ident(c)}" for c in ("start", "group") if c in have]
    key = f"coalesce(e.eid, nullif(concat_ws('|', {', '.join(parts)}), ''))" if parts else "e.eid"
    merged_away = con.execute("SELECT 1 FROM canon LIMIT 1").fetchone()
    f, t = ("coalesce(x.c, e.f)", "coalesce(y.c, e.t)") if merged_away else ("e.f", "e.t")
    joins = " LEFT JOIN canon x ON x.k = e.f LEFT JOIN canon y ON y.k = e.t" if merged_away else ""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE said AS SELECT {f} AS f, {t} AS t, {key} AS eid{listed},"
        " e.extra, v.source, v.file, e.line, ((v.rank << 32) + e.line) AS ord"
        f" FROM {ident('c_' + kind.name)} e JOIN version v USING (sv){joins}"
        f" WHERE {open_at(at, 'e')} AND {f} <> {t}"
        f" AND {f} IN (SELECT k FROM node) AND {t} IN (SELECT k FROM node)"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE twice AS SELECT hash(f, t, eid) AS h FROM said"
        " GROUP BY h HAVING count(*) > 1"
    )
    values = "".join(f", arg_min({ident(c)}, ord) AS {ident(c)}" for c in kept)
    merged = (
        f"SELECT f, t, eid{values}, arg_min(extra, ord) AS extra, count(DISTINCT source)::INTEGER"
        f" AS claims, {_FIRST} FROM said WHERE hash(f, t, eid) IN (FROM twice) GROUP BY f, t, eid"
        " UNION ALL BY NAME SELECT * EXCLUDE (ord), 1 AS claims FROM said"
        " WHERE hash(f, t, eid) NOT IN (FROM twice)"
    )
    con.execute(f"INSERT INTO {table} BY NAME {merged}")
    con.execute("DROP TABLE said")
