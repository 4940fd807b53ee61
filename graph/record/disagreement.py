"""What two stores say differently, row by row, in classes and relations whose digests differ."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from graph.record.agreement import has_odd
from graph.record.held import CLAIMS, PLACE, Held, cell, columns, key_columns
from graph.record.sql import fill, ident, literal
from graph.schema import EntityClass


@dataclass(frozen=True)
class Difference:
    """One thing that differs between two stores, `one` and `other`.

    `what` is `missing` (from the other), `extra` (in the other), `twice` (there more often),
    `changed` (a property; `type` for the class or relation, `eid` for the key of a parallel
    relation) or `turned` (a relation that points the other way). `kind` is the class or relation.
    An entity has `id`, a relation `of`, `to` and perhaps `eid`; values are as JSON has them.
    """

    what: str
    kind: str
    id: Any = None
    of: Any = None
    to: Any = None
    eid: Any = None
    property: str | None = None
    one: Any = None
    other: Any = None


_TABLE = ident("what differs")
_ROWS = (
    "what VARCHAR, place INTEGER, kind VARCHAR, relation BOOLEAN, id VARCHAR, of VARCHAR,"
    " dest VARCHAR, eid VARCHAR, property VARCHAR, one VARCHAR, other VARCHAR"
)


def differences(
    one: Held, other: Held, kinds: Sequence[str], first: int | None
) -> tuple[int, list[Difference]]:
    """How many differences there are in these classes and relations, and the first of them, in the
    order of the ontology and of ids. `first` None gives all.
    """
    con = one.con
    con.execute(f"CREATE OR REPLACE TEMP TABLE {_TABLE} ({_ROWS})")
    for place, name in enumerate([*one.schema.classes, *one.schema.relations]):
        if name in kinds:
            for sql in _of_kind(one, other, name, place):
                con.execute(f"INSERT INTO {_TABLE} BY NAME {sql}")
    fill(con, "what differs", [_stray(kind, key) for kind, key in other.strays])
    for sql in _PAIRS:
        con.execute(sql)
    total = con.execute(f"SELECT count(*) FROM {_TABLE}").fetchall()[0][0]
    total += other.strayed - len(other.strays)
    rows = con.execute(
        f"SELECT what, kind, id, of, dest, eid, property, one, other FROM {_TABLE}"
        " ORDER BY place, id, of, dest, eid NULLS FIRST, what, property, one, other"
        + ("" if first is None else f" LIMIT {int(first)}")
    ).fetchall()
    con.execute(f"DROP TABLE {_TABLE}")
    return total, [_difference(*row) for row in rows]


def _stray(kind: str, key: str) -> tuple[Any, ...]:
    return ("extra", 1000, kind, False, json.dumps(key, ensure_ascii=False), *[None] * 6)


def _difference(what: str, kind: str, *rest: Any) -> Difference:
    id, of, to, eid, property, a, b = rest
    return Difference(
        what, kind, _value(id), _value(of), _value(to), _value(eid), property, _value(a), _value(b)
    )


def _value(text: str | None) -> Any:
    if text is None:
        return None
    return text if text in ("NaN", "Infinity", "-Infinity") else json.loads(text)


def _of_kind(one: Held, other: Held, name: str, place: int) -> Iterator[str]:
    """The queries that give what differs in one class or relation."""
    kind = one.kind(name)
    keys = key_columns(kind)
    shared = one.holds & other.holds
    said = [c for c in columns(kind) if c not in keys]
    said = [c for c in said if c not in (*PLACE, *CLAIMS) or c in shared]
    sides = [_side(held, name, keys, said) for held in (one, other)]
    places = ("id",) if isinstance(kind, EntityClass) else ("of", "dest", "eid")
    key = ", ".join(f"{{}}.k{i} AS {c}" for i, c in enumerate(places))
    fixed = (
        f"{int(place)} AS place, {literal(name)} AS kind,"
        f" {str(not isinstance(kind, EntityClass)).lower()} AS relation"
    )
    met = " AND ".join(f"a.k{i} IS NOT DISTINCT FROM b.k{i}" for i in range(len(keys)))
    met += " AND a.n = b.n"
    a, b = sides
    yield (
        f"SELECT 'missing' AS what, {fixed}, {key.format(*'aaa')} FROM ({a}) a"
        f" ANTI JOIN ({b}) b ON {met}"
    )
    yield (
        f"SELECT CASE WHEN b.n > 1 THEN 'twice' ELSE 'extra' END AS what, {fixed},"
        f" {key.format(*'bbb')} FROM ({b}) b ANTI JOIN ({a}) a ON {met}"
    )
    listed = ", ".join(
        f"{{property: {literal(c)}, one: a.c{i}, other: b.c{i}}}" for i, c in enumerate(said)
    )
    changed = (
        f"SELECT {fixed}, {key.format(*'aaa')}, unnest([{listed}]) AS d"
        f" FROM ({a}) a JOIN ({b}) b ON {met}"
        f" WHERE {' OR '.join(f'a.c{i} IS DISTINCT FROM b.c{i}' for i in range(len(said)))}"
    )
    yield (
        f"SELECT 'changed' AS what, * EXCLUDE (d), d.property, d.one, d.other FROM ({changed})"
        " WHERE d.one IS DISTINCT FROM d.other"
    )
    if name in other.rows and has_odd(other, name):
        beyond = (
            f"SELECT {fixed}, {key.format(*'bbb')}, b.odd, unnest(json_keys(b.odd)) AS property"
            f" FROM ({b}) b SEMI JOIN ({a}) a ON {met} WHERE b.odd IS NOT NULL"
        )
        yield (
            "SELECT 'changed' AS what, * EXCLUDE (odd), NULL AS one,"
            " json_extract(odd, '$.\"' || property || '\"')::VARCHAR AS other"
            f" FROM ({beyond})"
            f" WHERE property NOT IN ({', '.join(literal(c) for c in [*keys, *said])})"
        )


def _side(held: Held, name: str, keys: Sequence[str], said: Sequence[str]) -> str:
    """The rows of a store with keys `k0…`, values `c0…` as JSON text, and `n`, the how-manieth
    row of its key.
    """
    if name not in held.rows:
        parts = [f"NULL::VARCHAR AS k{i}" for i in range(len(keys))]
        parts += [f"NULL::VARCHAR AS c{i}" for i in range(len(said))]
        return f"SELECT {', '.join(parts)}, NULL::VARCHAR AS odd, 0 AS n WHERE false"
    odd = has_odd(held, name)
    parts = [f"{cell(c, 'x', odd)} AS k{i}" for i, c in enumerate(keys)]
    parts += [f"{cell(c, 'x', odd)} AS c{i}" for i, c in enumerate(said)]
    by = ", ".join(f"k{i}" for i in range(len(keys)))
    order = ", ".join(["odd NULLS FIRST", *(f"c{i}" for i in range(len(said)))])
    return (
        f"SELECT *, row_number() OVER (PARTITION BY {by} ORDER BY {order}) AS n"
        f" FROM (SELECT {', '.join(parts)}, x.odd FROM ({held.rows[name]}) x)"
    )


def _pair(what: str, property: str, one: str, other: str, where: str) -> list[str]:
    """Statements that make one difference of a missing row and an extra one that belong together,
    where no third row could be meant.
    """
    pairs = (
        f"SELECT a.rowid AS a, b.rowid AS b, {one} AS one, {other} AS other FROM {_TABLE} a"
        f" JOIN {_TABLE} b ON a.what = 'missing' AND b.what = 'extra' AND {where}"
        " QUALIFY count(*) OVER (PARTITION BY a.rowid) = 1"
        " AND count(*) OVER (PARTITION BY b.rowid) = 1"
    )
    paired = ident("what belongs together")
    return [
        f"CREATE OR REPLACE TEMP TABLE {paired} AS {pairs}",
        f"DELETE FROM {_TABLE} WHERE rowid IN (SELECT b FROM {paired})",
        f"UPDATE {_TABLE} d SET what = {literal(what)}, property = {property}, one = p.one,"
        f" other = p.other FROM {paired} p WHERE d.rowid = p.a",
    ]


_PAIRS = [
    *_pair(
        "changed",
        "'type'",
        "to_json(a.kind)",
        "to_json(b.kind)",
        "NOT a.relation AND NOT b.relation AND a.id = b.id",
    ),
    *_pair(
        "turned",
        "NULL",
        "NULL::VARCHAR",
        "NULL::VARCHAR",
        "a.kind = b.kind AND a.of = b.dest AND a.dest = b.of AND a.eid IS NOT DISTINCT FROM b.eid",
    ),
    *_pair(
        "changed",
        "'eid'",
        "a.eid",
        "b.eid",
        "a.relation AND a.kind = b.kind AND a.of = b.of AND a.dest = b.dest",
    ),
    *_pair(
        "changed",
        "'type'",
        "to_json(a.kind)",
        "to_json(b.kind)",
        "a.relation AND b.relation AND a.of = b.of AND a.dest = b.dest"
        " AND a.eid IS NOT DISTINCT FROM b.eid",
    ),
]
