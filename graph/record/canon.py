"""Which keys are one entity: derived each time from identifiers, names, judgements.

Four things join two keys: the same identifier (统一社会信用代码, ROR …); a judgement `same`; a
keyless entity whose name belongs to exactly one entity of its class; and the text of a relation's
end that is no id but the name of exactly one entity that may stand there. A masked name joins
nothing, and a judgement `different` stands above all of them.
"""

import duckdb

from graph.record.sql import fill, ident, literal
from graph.record.tables import claim_tables, columns_of, open_at
from graph.schema import Schema


def build(con: duckdb.DuckDBPyConnection, schema: Schema, at: int | None = None) -> None:
    """Makes the temp table `canon(k, c)`: keys that stand for another one at run `at`, and which.

    Needs `entity_claim(k, class, mention, ord)`.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE pair(a INTEGER, b INTEGER)")
    con.execute("DROP TABLE IF EXISTS known_name")
    opened = open_at(at)
    _same_identifier(con, schema, opened)
    _keyless_names(con, schema, opened)
    con.execute(f"INSERT INTO pair SELECT a, b FROM same_as WHERE {opened} AND verdict = 'same'")
    _join(con, opened)
    # A name must belong to one entity, not to one key: what is joined by now counts once.
    if _ends_by_name(con, schema, opened):
        _join(con, opened)


def _join(con: duckdb.DuckDBPyConnection, opened: str) -> None:
    """Makes `canon` of the pairs that no judgement denies."""
    con.execute(
        f"DELETE FROM pair WHERE EXISTS (SELECT 1 FROM same_as s WHERE {opened}"
        " AND verdict = 'different' AND ((s.a = pair.a AND s.b = pair.b)"
        " OR (s.a = pair.b AND s.b = pair.a)))"
    )
    con.execute("CREATE OR REPLACE TEMP TABLE canon(k INTEGER, c INTEGER)")
    if con.execute("SELECT 1 FROM pair LIMIT 1").fetchone():
        _components(con)


def _names_sql(con: duckdb.DuckDBPyConnection, schema: Schema, opened: str) -> str | None:
    """All (k, class, normalised name) of open entity claims; masked names are left out."""
    parts = []
    for table in claim_tables(con, "e_"):
        cls = table.removeprefix("e_")
        if cls not in schema.classes:
            continue
        have = set(columns_of(con, table))
        masked = " AND coalesce(masked, false) = false" if "masked" in have else ""
        for column in ("name", "name_en"):
            if column in have:
                parts.append(
                    f"SELECT k, {literal(cls)} AS class, normalise_name({column}) AS n"
                    f" FROM {ident(table)} WHERE {opened} AND {column} IS NOT NULL"
                    f" AND NOT contains({column}, '*'){masked}"
                )
        if "alt_names" in have:
            parts.append(
                f"SELECT k, {literal(cls)} AS class, normalise_name(unnest(alt_names)) AS n"
                f" FROM {ident(table)} WHERE {opened} AND alt_names IS NOT NULL{masked}"
            )
    return " UNION ".join(parts) if parts else None


def _make_names(con: duckdb.DuckDBPyConnection, schema: Schema, opened: str) -> bool:
    if con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'known_name'").fetchone():
        return True
    names = _names_sql(con, schema, opened)
    if names is None:
        return False
    con.execute(f"CREATE OR REPLACE TEMP TABLE known_name AS {names}")
    return True


def _same_identifier(con: duckdb.DuckDBPyConnection, schema: Schema, opened: str) -> None:
    parts = []
    for table in claim_tables(con, "e_"):
        kind = schema.classes.get(table.removeprefix("e_"))
        if kind is None:
            continue
        have = set(columns_of(con, table))
        for term in kind.properties:
            if term.identifier and term.name in have:
                parts.append(
                    f"SELECT k, {literal(term.name)} AS p, upper({ident(term.name)}) AS v"
                    f" FROM {ident(table)} WHERE {opened} AND {ident(term.name)} IS NOT NULL"
                )
    if parts:
        con.execute(
            f"INSERT INTO pair SELECT least, k FROM (SELECT k, min(k) OVER (PARTITION BY p, v)"
            f" AS least FROM ({' UNION '.join(parts)})) WHERE k <> least"
        )


def _keyless_names(con: duckdb.DuckDBPyConnection, schema: Schema, opened: str) -> None:
    some = con.execute(
        "SELECT 1 FROM entity_claim JOIN node_key USING (k) WHERE keyless LIMIT 1"
    ).fetchone()
    if not some or not _make_names(con, schema, opened):
        return
    kin = [
        (a, b)
        for a in schema.classes
        for b in schema.classes
        if a == b or b in schema.classes[a].ancestors or a in schema.classes[b].ancestors
    ]
    con.execute("CREATE OR REPLACE TEMP TABLE kin(a VARCHAR, b VARCHAR)")
    fill(con, "kin", kin)
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE standing AS
        SELECT k, CASE WHEN bool_and(keyless) AND bool_and(mention) THEN 0
                       WHEN bool_and(keyless) THEN 1 ELSE 2 END AS rank
        FROM entity_claim JOIN node_key USING (k) GROUP BY k
        """
    )
    con.execute(
        """
        INSERT INTO pair
        SELECT any_value(y.k), x.k
        FROM known_name x JOIN standing sx ON sx.k = x.k
        JOIN known_name y ON y.n = x.n AND y.k <> x.k
        JOIN standing sy ON sy.k = y.k
        JOIN kin ON kin.a = x.class AND kin.b = y.class
        WHERE sx.rank < 2 AND sy.rank > sx.rank
        GROUP BY x.k, sy.rank HAVING count(DISTINCT y.k) = 1
        """
    )


def _ends_by_name(con: duckdb.DuckDBPyConnection, schema: Schema, opened: str) -> bool:
    """Joins ends that are names, given `canon` of all the rest; whether there may be any."""
    tables = [t for t in claim_tables(con, "c_") if t.removeprefix("c_") in schema.relations]
    uses = [
        f"SELECT {end} AS k, {literal(t.removeprefix('c_'))} AS relation, {literal(end)} AS side"
        f" FROM {ident(t)} WHERE {opened} AND {end} NOT IN (SELECT k FROM entity_claim)"
        for t in tables
        for end in ("f", "t")
    ]
    if not uses:
        return False
    con.execute(f"CREATE OR REPLACE TEMP TABLE loose_end AS {' UNION '.join(uses)}")
    if not con.execute("SELECT 1 FROM loose_end LIMIT 1").fetchone():
        return False
    if not _make_names(con, schema, opened):
        return False
    allowed = [
        (relation.name, side, cls)
        for relation in schema.relations.values()
        for side, tops in (("f", relation.domain), ("t", relation.range))
        for cls in sorted({c for top in tops for c in schema.subclasses(top)})
    ]
    con.execute(
        "CREATE OR REPLACE TEMP TABLE may_stand(relation VARCHAR, side VARCHAR, class VARCHAR)"
    )
    fill(con, "may_stand", allowed)
    con.execute(
        """
        INSERT INTO pair
        SELECT min(coalesce(c.c, n.k)), e.k
        FROM loose_end e JOIN node_key i ON i.k = e.k
        JOIN known_name n ON n.n = normalise_name(i.id)
        LEFT JOIN canon c ON c.k = n.k
        JOIN may_stand m ON m.relation = e.relation AND m.side = e.side AND m.class = n.class
        GROUP BY e.k HAVING count(DISTINCT coalesce(c.c, n.k)) = 1
        """
    )
    return True


def _components(con: duckdb.DuckDBPyConnection) -> None:
    """Union of the pairs; a component is known by its best key: given id, full row, least id."""
    import numpy as np
    import pyarrow as pa
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    pairs = con.execute("SELECT a, b FROM pair").fetchnumpy()
    keys, index = np.unique(np.concatenate([pairs["a"], pairs["b"]]), return_inverse=True)
    half = len(pairs["a"])
    links = coo_matrix((np.ones(half), (index[:half], index[half:])), shape=(len(keys), len(keys)))
    _, group = connected_components(links, directed=False)
    con.register("grouped", pa.table({"k": pa.array(keys), "g": pa.array(group)}))
    con.execute(
        """
        INSERT INTO canon
        WITH best AS (
          SELECT g, k, first_value(k) OVER (
            PARTITION BY g ORDER BY e.k IS NULL, keyless, coalesce(e.mention, true), id) AS c
          FROM grouped JOIN node_key USING (k)
          LEFT JOIN (
            SELECT k, bool_and(mention) AS mention FROM entity_claim GROUP BY k
          ) e USING (k)
        ) SELECT k, c FROM best WHERE k <> c
        """
    )
    con.unregister("grouped")
