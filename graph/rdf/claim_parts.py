"""What each source says: in the named graph of a file every claim of it, with its line.

What a file says once of an entity stands on the entity itself. What it says more than once stands
there too, for who only asks; and each way of saying it is a claim (`ig:Claim`) with its own values
and lines. Relations are statements as in the view, one for each way of saying them.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from graph.rdf import terms
from graph.rdf.terms import IRI, OWL, RDF, Block, Part, Value, a
from graph.rdf.view_parts import NAMED, reified
from graph.record.sql import ident, literal
from graph.record.tables import claim_table, claim_tables, columns_of, value_columns
from graph.schema import EntityClass, Relation

if TYPE_CHECKING:
    from graph.record.view import View

KEY = ("start", "group")
"""What tells relations without an id apart, as in the view."""


def prepare(view: "View", base: str) -> list[tuple[int, str]]:
    """Makes the tables that the parts are made from; gives each file's rank and IRI, in order.

    `rdf_node(k, pos, id, keyless, iri, segment)` of every key; `rdf_version(sv, rank)`;
    `rdf_file(rank, source, file, source_iri, iri)`; `rdf_said(rank, kind)`; and what a file says
    more than once: `rdf_again(rank, k)` and `rdf_parallel(kind, rank, f, t, rdf_key)`.
    """
    con = view.con
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_node AS SELECT k, row_number() OVER (ORDER BY id)"
        "::INTEGER AS pos, id, keyless, rdf_entity(id) AS iri, rdf_segment(id) AS segment"
        " FROM node_key"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_file AS SELECT"
        " row_number() OVER (ORDER BY source, file)::INTEGER AS rank, source, file,"
        f" {literal(base + 'source/')} || rdf_segment(source) AS source_iri,"
        f" {literal(base + 'source/')} || rdf_segment(source) || '/' || rdf_path(file) AS iri"
        f" FROM source_version WHERE {view.open()}"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_version AS SELECT sv, rank FROM source_version"
        " JOIN rdf_file USING (source, file)"
    )
    con.execute("CREATE OR REPLACE TEMP TABLE rdf_said(rank INTEGER, kind VARCHAR)")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_parallel"
        "(kind VARCHAR, rank INTEGER, f INTEGER, t INTEGER, rdf_key VARCHAR)"
    )
    claims = ["SELECT NULL::INTEGER AS rank, NULL::INTEGER AS k WHERE false"]
    for kind in _kinds(view):
        con.execute(
            f"INSERT INTO rdf_said SELECT DISTINCT rank, {literal(kind.name)}"
            f" FROM {_open(view, kind)}"
        )
        if isinstance(kind, EntityClass):
            claims.append(f"SELECT rank, k FROM {_open(view, kind)}")
        else:
            con.execute(
                f"INSERT INTO rdf_parallel SELECT {literal(kind.name)}, rank, f, t, rdf_key FROM"
                f" (SELECT e.rank, f, t, {_key(view, kind)} AS rdf_key FROM {_open(view, kind)} e)"
                " GROUP BY ALL HAVING count(*) > 1"
            )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_again AS SELECT rank, k FROM"
        f" ({' UNION ALL '.join(claims)}) GROUP BY ALL HAVING count(*) > 1"
    )
    return con.execute("SELECT rank, iri FROM rdf_file ORDER BY rank").fetchall()


def _kinds(view: "View") -> list[EntityClass | Relation]:
    there = {*claim_tables(view.con, "e_"), *claim_tables(view.con, "c_")}
    both: tuple[EntityClass | Relation, ...] = (
        *view.schema.classes.values(),
        *view.schema.relations.values(),
    )
    return [kind for kind in both if claim_table(kind) in there]


def _open(view: "View", kind: EntityClass | Relation) -> str:
    """The open claims of a class or relation, with the rank of their file."""
    return (
        f"(SELECT c.*, v.rank FROM {ident(claim_table(kind))} c JOIN rdf_version v USING (sv)"
        f" WHERE {view.open('c')})"
    )


def _key(view: "View", kind: Relation) -> str:
    have = set(columns_of(view.con, claim_table(kind)))
    parts = [ident(c) for c in KEY if c in have]
    return f"coalesce(eid, nullif(concat_ws('|', {', '.join(parts)}), ''))" if parts else "eid"


def keyless(view: "View", ours: str) -> Part:
    """The entities whose key was made from their name."""
    used = [
        f"SELECT {column} FROM {_open(view, kind)}"
        for kind in _kinds(view)
        for column in (("k",) if isinstance(kind, EntityClass) else ("f", "t"))
    ]
    wanted = " UNION ALL ".join(used) or "SELECT NULL::INTEGER WHERE false"
    rows = f"SELECT iri AS rdf_iri FROM rdf_node WHERE keyless AND k IN ({wanted}) ORDER BY pos"
    return Part(
        rows, (Block("rdf_iri", (Value(ours + "keyless", "'true'", terms.typed("boolean")),)),)
    )


def parts(view: "View", rank: int, graph: str) -> Iterator[Part]:
    """All that one file says."""
    ours = terms.namespace(view.schema)
    said = {
        name
        for (name,) in view.con.execute(
            "SELECT kind FROM rdf_said WHERE rank = ?", [rank]
        ).fetchall()
    }
    for kind in _kinds(view):
        if kind.name in said and isinstance(kind, EntityClass):
            yield from _entities(view, kind, rank, graph, ours)
    for kind in _kinds(view):
        if kind.name in said and isinstance(kind, Relation):
            yield from _relations(view, kind, rank, ours)
    yield _judgements(view, rank, ours)


def _line(ours: str, *, many: bool) -> tuple[Value, ...]:
    line = Value(ours + "line", "rdf_lines" if many else "line", terms.typed("integer"), many,
                 "{x}::VARCHAR")  # fmt: skip
    times = Value(
        ours + "repeats", "nullif(rdf_times, 1)", terms.typed("integer"), text="{x}::VARCHAR"
    )
    return (times, line) if many else (line,)


def _grouped(rows: str, columns: list[str], key: str) -> str:
    """Rows that say the same as one, with lines; `rdf_nth` counts what is said of one `key`."""
    listed = ", ".join(ident(c) for c in columns)
    order = ", ".join(f"{ident(c)} NULLS FIRST" for c in columns)
    return (
        f"SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY rdf_lines, rdf_times, {order})"
        " AS rdf_nth"
        f" FROM (SELECT {listed}, rdf_times, list_sort(list(line)) AS rdf_lines FROM"
        f" (SELECT {listed}, line, count(*) AS rdf_times FROM ({rows}) GROUP BY ALL) GROUP BY ALL)"
    )


def _entities(view: "View", kind: EntityClass, rank: int, graph: str, ours: str) -> Iterator[Part]:
    have = set(columns_of(view.con, claim_table(kind)))
    columns = [c for c, _ in value_columns(kind) if c in have]
    named = "".join(f", NULL::VARCHAR AS {c}" for c in NAMED if c not in have)
    own = terms.values(tuple(p for p in kind.properties if p.name not in NAMED), have)
    said = (*terms.names(ours), *own, Value(ours + "extra", "extra"))
    mention = Value(ours + "mention", "CASE WHEN mention THEN 'true' END", terms.typed("boolean"))
    rows = f"SELECT *{named} FROM {_open(view, kind)} WHERE rank = {rank} AND k"
    again = f"IN (SELECT k FROM rdf_again WHERE rank = {rank})"
    once = (
        f"SELECT n.iri AS rdf_iri, n.id, e.* FROM ({rows} NOT {again}) e JOIN rdf_node n USING (k)"
    )
    head = (a(kind.iri), Value(ours + "id", "id"))
    yield Part(
        f"{once} ORDER BY n.pos",
        (Block("rdf_iri", (*head, *said, mention, *_line(ours, many=False))),),
    )
    if not view.con.execute(f"SELECT 1 FROM rdf_again WHERE rank = {rank} LIMIT 1").fetchall():
        return
    listed = "".join(f", {_all(c, t)} AS {ident(c)}" for c, t in value_columns(kind) if c in have)
    yield Part(
        "SELECT n.iri AS rdf_iri, n.id, e.* FROM"
        f" (SELECT k{listed} FROM ({rows} {again}) GROUP BY k) e"
        " JOIN rdf_node n USING (k) ORDER BY n.pos",
        (
            Block(
                "rdf_iri",
                (*head, *(_many(v) for v in _names(ours, have)), *(_many(v) for v in own)),
            ),
        ),
    )
    fixed = ["k", "mention", *columns, *(c for c in NAMED if c not in have), "extra"]
    node = f"{literal(f'{graph}#{kind.name}/')} || n.segment || '/' || e.rdf_nth"
    claim = (
        a(ours + "Claim"),
        Value(ours + "about", "rdf_about", IRI),
        Value(ours + "ofClass", literal(kind.iri), IRI),
    )
    yield Part(
        f"SELECT {node} AS rdf_iri, n.iri AS rdf_about, e.* FROM"
        f" ({_grouped(f'{rows} {again}', fixed, 'k')}) e JOIN rdf_node n USING (k)"
        " ORDER BY n.pos, e.rdf_nth",
        (Block("rdf_iri", (*claim, *said, mention, *_line(ours, many=True))),),
    )


def _all(column: str, kind: str) -> str:
    c = ident(column)
    said = f"flatten(list(coalesce({c}, [])))" if kind.endswith("[]") else f"list({c})"
    return f"list_sort(list_distinct({said}))"


def _names(ours: str, have: set[str]) -> list[Value]:
    found = [("name", "name", terms.TAGGED), ("nameEn", "name_en", terms.TEXT)]
    return [Value(ours + term, column, cases) for term, column, cases in found if column in have]


def _many(value: Value) -> Value:
    return Value(value.predicate, value.sql, value.cases, True, value.text)


def _relations(view: "View", kind: Relation, rank: int, ours: str) -> Iterator[Part]:
    have = set(columns_of(view.con, claim_table(kind)))
    columns = [c for c, _ in value_columns(kind) if c in have]
    rows = f"SELECT *, {_key(view, kind)} AS rdf_key FROM {_open(view, kind)} WHERE rank = {rank}"
    ends = "JOIN rdf_node x ON x.k = e.f JOIN rdf_node y ON y.k = e.t"
    mine = f"rank = {rank} AND kind = {literal(kind.name)}"
    again = f"(SELECT f, t, rdf_key FROM rdf_parallel WHERE {mine})"
    where = f"{again} m WHERE m.f = r.f AND m.t = r.t AND m.rdf_key IS NOT DISTINCT FROM r.rdf_key"
    ((count, pairs, parallel),) = view.con.execute(
        f"SELECT count(*), count(DISTINCT (f, t)), (SELECT count(*) FROM {again}) FROM ({rows})"
    ).fetchall()
    plain = Block("rdf_of", (Value(kind.iri, "rdf_target", IRI),))
    if count != pairs:
        yield Part(
            "SELECT x.iri AS rdf_of, y.iri AS rdf_target FROM"
            f" (SELECT DISTINCT f, t FROM ({rows})) e {ends} ORDER BY x.pos, y.pos",
            (plain,),
        )
    iri = f"rdf_base() || {literal(f'statement/{kind.name}/')} || x.segment || '/' || y.segment"
    iri += " || coalesce('/' || rdf_segment(e.rdf_key), '')"
    said = (
        *reified(kind.statement_iri, kind.iri),
        Value(ours + "id", "eid"),
        *terms.values(kind.attributes, have),
        Value(ours + "extra", "extra"),
    )
    once = f"SELECT * FROM ({rows}) r" + (f" WHERE NOT EXISTS (FROM {where})" if parallel else "")
    statement = Block("rdf_iri", (*said, *_line(ours, many=False)))
    yield Part(
        f"SELECT {iri} AS rdf_iri, x.iri AS rdf_of, y.iri AS rdf_target, e.* FROM ({once}) e {ends}"
        " ORDER BY x.pos, y.pos, e.rdf_key NULLS FIRST",
        (statement,) if count != pairs else (plain, statement),
    )
    if parallel:
        fixed = ["f", "t", "rdf_key", "eid", *columns, "extra"]
        twice = f"SELECT * FROM ({rows}) r WHERE EXISTS (FROM {where})"
        yield Part(
            f"SELECT {iri} || CASE WHEN e.rdf_nth > 1 THEN '#' || e.rdf_nth ELSE '' END AS rdf_iri,"
            " x.iri AS rdf_of, y.iri AS rdf_target, e.* FROM"
            f" ({_grouped(twice, fixed, 'f, t, rdf_key')}) e {ends}"
            " ORDER BY x.pos, y.pos, e.rdf_key NULLS FIRST, e.rdf_nth",
            (Block("rdf_iri", (*said, *_line(ours, many=True))),),
        )


def _judgements(view: "View", rank: int, ours: str) -> Part:
    """Who is the same as whom, or is not, as somebody judged."""
    rows = (
        "SELECT s.* EXCLUDE (line), coalesce(s.line, 0) AS line FROM same_as s"
        f" JOIN rdf_version v USING (sv) WHERE v.rank = {rank} AND {view.open('s')}"
    )
    predicate = (
        f"CASE verdict WHEN 'same' THEN {literal(OWL + 'sameAs')}"
        f" ELSE {literal(OWL + 'differentFrom')} END"
    )
    grouped = _grouped(rows, ["a", "b", "verdict", "judge", "why"], "a, b")
    first = "row_number() OVER (PARTITION BY e.a, e.b, verdict ORDER BY e.rdf_nth) = 1"
    select = (
        "SELECT rdf_base() || 'judgement/' || x.segment || '/' || y.segment || '/' || e.rdf_nth"
        f" AS rdf_iri, x.iri AS rdf_of, y.iri AS rdf_target, {predicate} AS rdf_predicate,"
        f" {first} AS rdf_opens, e.* FROM ({grouped}) e"
        " JOIN rdf_node x ON x.k = e.a JOIN rdf_node y ON y.k = e.b"
        " ORDER BY x.pos, y.pos, e.rdf_nth"
    )
    plain = tuple(
        Block(
            f"CASE WHEN rdf_opens AND verdict = '{verdict}' THEN rdf_of END",
            (Value(OWL + term, "rdf_target", IRI),),
        )
        for verdict, term in (("same", "sameAs"), ("different", "differentFrom"))
    )
    judged = (
        a(ours + "Judgement"),
        Value(RDF + "subject", "rdf_of", IRI),
        Value(RDF + "predicate", "rdf_predicate", IRI),
        Value(RDF + "object", "rdf_target", IRI),
        Value(ours + "judge", "judge"),
        Value(ours + "why", "why"),
        *_line(ours, many=True),
    )
    return Part(select, (*plain, Block("rdf_iri", judged)))
