"""The comparison of two runs in SQL: which claims, entities and relations are not the same.

Only what a changed claim can have touched is looked at, so that a small change in a large record
costs little. All on the connection of the later view: `diff_claim` (a row per changed claim),
`diff_touch(n, k)` (the entities that claim `n` is about, under every key that stands for them),
`diff_pair(n, kind, f, t)` (the relations that it is of), `diff_entity`, `diff_relation`.
"""

from graph.record.sql import ident, literal
from graph.record.tables import claim_tables, columns_of, open_at, value_columns
from graph.record.view import View
from graph.schema import EntityClass, Relation

CHANGES = ("added", "removed", "changed")
PLACE = "c.source, coalesce(c.new_file, c.old_file), coalesce(c.new_line, c.old_line), c.n"
SAME_AS = "'same_as'"

_NO_CLAIMS = (
    "SELECT NULL::VARCHAR AS kind, NULL::INTEGER AS f, NULL::INTEGER AS t,"
    " NULL::VARCHAR AS source, NULL::VARCHAR AS old_file, NULL::INTEGER AS old_line,"
    " NULL::VARCHAR AS new_file, NULL::INTEGER AS new_line,"
    " NULL::VARCHAR AS old, NULL::VARCHAR AS new WHERE false"
)


def claims(before: View, after: View) -> None:
    """Makes `diff_claim`, `diff_touch` and `diff_pair`."""
    con, schema = after.con, after.schema
    con.register("diff_given", before.con.sql("SELECT k, c FROM canon").to_arrow_table())
    con.execute("CREATE OR REPLACE TEMP TABLE diff_canon AS SELECT * FROM diff_given")
    con.unregister("diff_given")
    parts = [_NO_CLAIMS]
    for table in _moved(before, after):
        kind = (schema.classes if table.startswith("e_") else schema.relations).get(table[2:])
        if kind is not None:
            parts.append(_changed(before, after, table, kind))
    parts.append(_judged(before, after))
    con.execute(
        "CREATE OR REPLACE TEMP TABLE diff_claim AS SELECT (row_number() OVER (ORDER BY source,"
        " new_file, new_line, old_file, old_line, kind, f, t))::INTEGER AS n, * FROM"
        f" ({' UNION ALL BY NAME '.join(parts)})"
    )
    each = (
        "SELECT DISTINCT n, unnest([k, coalesce(was.c, k), coalesce(now.c, k)]) AS k FROM ({})"
        " LEFT JOIN diff_canon was USING (k) LEFT JOIN canon now USING (k)"
    )
    said = "SELECT n, f AS k FROM diff_claim UNION SELECT n, t FROM diff_claim WHERE t IS NOT NULL"
    con.execute(f"CREATE OR REPLACE TEMP TABLE diff_touch AS {each.format(said)}")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE diff_pair AS"
        " SELECT n, kind, coalesce(x.c, f) AS f, coalesce(y.c, t) AS t FROM diff_claim"
        " LEFT JOIN diff_canon x ON x.k = f LEFT JOIN diff_canon y ON y.k = t WHERE t IS NOT NULL"
        " UNION SELECT n, kind, coalesce(x.c, f), coalesce(y.c, t) FROM diff_claim"
        " LEFT JOIN canon x ON x.k = f LEFT JOIN canon y ON y.k = t WHERE t IS NOT NULL"
    )


def _moved(before: View, after: View) -> list[str]:
    """The tables in which some claim is open on one side only."""
    tables = [*claim_tables(after.con, "e_"), *claim_tables(after.con, "c_")]
    differs = f"({open_at(before.at)}) <> ({open_at(after.at)})"
    each = (
        f"SELECT {literal(t)} WHERE EXISTS (SELECT 1 FROM {ident(t)} WHERE {differs})"
        for t in tables
    )
    rows = after.con.execute(" UNION ALL ".join(each)).fetchall() if tables else []
    return sorted(row[0] for row in rows)


def _said(alias: str, columns: list[str]) -> str:
    """Columns as the text of a JSON object without what is NULL."""
    if not columns:
        return "'{}'"
    packed = ", ".join(f"{ident(c)} := {alias}.{ident(c)}" for c in columns)
    return f"json_merge_patch('{{}}'::JSON, to_json(struct_pack({packed})))::VARCHAR"


def _changed(before: View, after: View, table: str, kind: EntityClass | Relation) -> str:
    """The changed claims of one class or relation, old and new paired, as SQL."""
    have = set(columns_of(after.con, table))
    values = [c for c, _ in value_columns(kind) if c in have]
    if isinstance(kind, EntityClass):
        ends, own, key = "e.k AS f, 0 AS t", "mention", "''"
    else:
        parallel = ", ".join(f"e.{ident(c)}" for c in ("start", "group") if c in have)
        ends, own = "e.f, e.t", "eid"
        key = f"coalesce(e.eid, concat_ws('|', {parallel}), '')" if parallel else "e.eid"
    content = ", ".join(f"e.{ident(c)}" for c in (own, *values, "extra"))
    was, now = open_at(before.at, "e"), open_at(after.at, "e")
    table = ident(table)
    who = "k" if isinstance(kind, EntityClass) else "(f, t)"
    rows = (
        f"SELECT e.rowid AS rid, {ends}, coalesce({key}, '') AS key, v.source, v.file, e.line,"
        f" hash({content}) AS h, ({was}) AS was, ({now}) AS now"
        f" FROM {table} e JOIN version v USING (sv) WHERE (({was}) OR ({now}))"
        f" AND {who} IN (SELECT DISTINCT {who} FROM {table} e WHERE ({was}) <> ({now}))"
    )

    def side(mine: str, other: str) -> str:
        """Claims of this side that the other has not, each once, numbered within their key."""
        return (
            "SELECT *, row_number() OVER (PARTITION BY source, f, t, key ORDER BY file, line) AS i"
            " FROM (SELECT source, f, t, any_value(key) AS key, min(file) AS file,"
            "  min_by(line, (file, line)) AS line, min_by(rid, (file, line)) AS rid FROM said"
            f"  ANTI JOIN (SELECT source, f, t, h FROM said WHERE {other}) USING (source, f, t, h)"
            f"  WHERE {mine} AND NOT {other} GROUP BY source, f, t, h)"
        )

    end = "NULL" if isinstance(kind, EntityClass) else "p.t"
    columns = [*values, "extra"]
    return (
        f"(WITH said AS ({rows}), gone AS ({side('was', 'now')}), come AS ({side('now', 'was')}),"
        " pairs AS (SELECT f, t, source, g.file AS old_file, g.line AS old_line,"
        "  c.file AS new_file, c.line AS new_line, g.rid AS old_rid, c.rid AS new_rid"
        "  FROM gone g FULL JOIN come c USING (source, f, t, key, i))"
        f" SELECT {literal(kind.name)} AS kind, p.f, {end} AS t,"
        " source, old_file, old_line, new_file, new_line,"
        f" if(x.sv IS NULL, NULL, {_said('x', columns)}) AS old,"
        f" if(y.sv IS NULL, NULL, {_said('y', columns)}) AS new"
        f" FROM pairs p LEFT JOIN {table} x ON x.rowid = old_rid"
        f" LEFT JOIN {table} y ON y.rowid = new_rid)"
    )


def _judged(before: View, after: View) -> str:
    """Judgements that two entities are, or are not, the same, as SQL."""
    was, now = open_at(before.at, "s"), open_at(after.at, "s")
    said = _said("s", ["verdict", "judge", "why"])
    here = "FROM same_as s LEFT JOIN version v USING (sv)"
    return (
        f"SELECT {SAME_AS} AS kind, a AS f, b AS t, coalesce(v.source, '') AS source,"
        f" if({was}, coalesce(v.file, ''), NULL) AS old_file, if({was}, line, NULL) AS old_line,"
        f" if({now}, coalesce(v.file, ''), NULL) AS new_file, if({now}, line, NULL) AS new_line,"
        f" if({was}, {said}, NULL) AS old, if({now}, {said}, NULL) AS new"
        f" {here} WHERE ({was}) <> ({now})"
    )


def entities(before: View, after: View) -> None:
    """Makes `diff_entity(change, kind, k, id, name, name_en, old, new, merged)`, and
    `diff_other(k)`: the keys that do not stand for the same things on both sides."""
    con = after.con
    con.execute(
        "CREATE OR REPLACE TEMP TABLE diff_other AS SELECT unnest(["
        " k, coalesce(was.c, k), coalesce(now.c, k)]) AS k FROM diff_canon was"
        " FULL JOIN canon now USING (k) WHERE was.c IS DISTINCT FROM now.c"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE diff_key AS"
        " SELECT k FROM diff_touch UNION SELECT k FROM diff_other"
    )
    _lend(after, before, "diff_key", "SELECT k FROM diff_key")
    _lend(before, after, "diff_was", _entities(before))
    con.execute(f"CREATE OR REPLACE TEMP TABLE diff_now AS {_entities(after)}")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE diff_entity AS SELECT"
        " CASE WHEN was.k IS NULL THEN 'added' WHEN now.k IS NULL THEN 'removed'"
        " ELSE 'changed' END AS change, coalesce(now.kind, was.kind) AS kind, k,"
        " coalesce(now.id, was.id) AS id, coalesce(now.name, was.name) AS name,"
        " coalesce(now.name_en, was.name_en) AS name_en, was.said AS old, now.said AS new,"
        " m.id AS merged FROM diff_was was FULL JOIN diff_now now USING (k)"
        " LEFT JOIN canon c USING (k) LEFT JOIN node m ON m.k = c.c AND now.k IS NULL"
        " WHERE was.said IS DISTINCT FROM now.said OR was.kind IS DISTINCT FROM now.kind"
    )
    con.execute("INSERT INTO diff_other SELECT k FROM diff_entity WHERE change <> 'changed'")


def _entities(view: View) -> str:
    """The entities of a view that may have changed: key, id, class, names, values, as SQL."""
    parts = []
    for name in view.entity_counts():
        columns = [c for c, _ in value_columns(view.schema.classes[name])]
        parts.append(
            f"SELECT k, id, {literal(name)} AS kind, name, name_en,"
            f" {_said('e', [*columns, 'extra'])} AS said FROM {ident('n_' + name)} e"
            " WHERE k IN (FROM diff_key)"
        )
    none = (
        "SELECT NULL::INTEGER AS k, NULL::VARCHAR AS id, NULL::VARCHAR AS kind,"
        " NULL::VARCHAR AS name, NULL::VARCHAR AS name_en, NULL::VARCHAR AS said WHERE false"
    )
    return " UNION ALL ".join([none, *parts])


def relations(before: View, after: View) -> None:
    """Makes `diff_relation(change, kind, f, t, of_id, to_id, eid, old, new)`."""
    con = after.con
    con.execute(
        "CREATE OR REPLACE TEMP TABLE diff_ends AS SELECT DISTINCT kind, f, t FROM diff_pair"
    )
    _lend(after, before, "diff_ends", "SELECT kind, f, t FROM diff_ends")
    _lend(after, before, "diff_other", "SELECT k FROM diff_other")
    _lend(before, after, "diff_was", _relations(before))
    con.execute(f"CREATE OR REPLACE TEMP TABLE diff_now AS {_relations(after)}")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE diff_relation AS SELECT"
        " CASE WHEN was.said IS NULL THEN 'added' WHEN now.said IS NULL THEN 'removed'"
        " ELSE 'changed' END AS change, kind, f, t, x.id AS of_id, y.id AS to_id,"
        " nullif(eid, '') AS eid, was.said AS old, now.said AS new"
        " FROM diff_was was FULL JOIN diff_now now USING (kind, f, t, eid)"
        " JOIN node_key x ON x.k = f JOIN node_key y ON y.k = t"
        " WHERE was.said IS DISTINCT FROM now.said"
    )


def _relations(view: View) -> str:
    """The relations of a view that may have changed, as SQL."""
    parts = []
    for name in view.relation_counts():
        columns = [c for c, _ in value_columns(view.schema.relations[name])]
        parts.append(
            f"SELECT {literal(name)} AS kind, f, t, coalesce(eid, '') AS eid,"
            f" {_said('e', [*columns, 'extra'])} AS said FROM {ident('r_' + name)} e"
            f" WHERE (f, t) IN (SELECT f, t FROM diff_ends WHERE kind = {literal(name)})"
            " OR f IN (FROM diff_other) OR t IN (FROM diff_other)"
        )
    none = (
        "SELECT NULL::VARCHAR AS kind, NULL::INTEGER AS f, NULL::INTEGER AS t,"
        " NULL::VARCHAR AS eid, NULL::VARCHAR AS said WHERE false"
    )
    return " UNION ALL ".join([none, *parts])


def _lend(giver: View, taker: View, table: str, query: str) -> None:
    """Makes `table` on the connection of `taker` of what `query` gives on that of `giver`."""
    taker.con.register("diff_given", giver.con.sql(query).to_arrow_table())
    taker.con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM diff_given")
    taker.con.unregister("diff_given")
