"""What a push left unchanged, told from digests that it keeps beside what it wrote.

Every node and relation of ours has `_digest`, 62 bits of the MD5 of all that was written. To find
what differs, the database adds the digests up in `BUCKETS` buckets, and is asked for the digests
of the buckets whose sums are not the record's, and for the keys of the digests the record has not:
an equal graph costs one look, whatever its size. What somebody changed by hand keeps its digest and
is not noticed here; `graph.neo4j.recheck` reads every value.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from graph.neo4j.statements import MARK, labels_of, properties, quoted
from graph.record.sql import ident, literal
from graph.schema import EntityClass, Relation

if TYPE_CHECKING:
    from neo4j import Session

FORMAT = 1
"""Counts up when the same row is written differently."""

BUCKETS = 4096
ASKED_ROWS = 400_000
"""Digests that are asked for at once."""

ASKED_KEYS = 20_000
"""Digests whose keys are asked for at once."""

HALF = 2**31
"""Both halves of digests are added up: millions of whole ones would be beyond 64 bits."""


@dataclass(frozen=True)
class Target:
    """What is compared: all nodes, or the relations of one type. `pattern` binds `x`."""

    pattern: str
    key: str
    type: str = "x.type"

    @classmethod
    def nodes(cls) -> "Target":
        return cls("(x:Entity)", "x.id, null, null")

    @classmethod
    def relations(cls, name: str) -> "Target":
        return cls(f"(a)-[x:{quoted(name)}]->(b)", "a.id, b.id, x.eid", "null")


def digest_sql(kind: EntityClass | Relation, columns: Sequence[str]) -> str:
    """The SQL of a row's digest, over `columns`; those that are null count for nothing."""
    if isinstance(kind, EntityClass):
        said, keys = ":".join(labels_of(kind)), ["id"]
    else:
        said, keys = kind.name, ["from", "to", "eid"]
    every = [c for c in [*keys, *properties(kind)] if c in {*keys, *columns}]
    parts = ", ".join(f"{literal(c)} || to_json({ident(c)})::VARCHAR" for c in every)
    text = f"concat_ws(chr(31), {literal(f'{FORMAT} {said}')}, {parts})"
    return f"(md5_number_lower({text}) >> 2)::BIGINT"


def differing(con: duckdb.DuckDBPyConnection, session: "Session", target: Target) -> None:
    """Makes the tables `changed(name, rid, d)` and `theirs(element, a, b, c, type, d)`.

    They hold the rows of `mine(name, rid, d)` that the database has not, and what it has of ours
    that `mine` has not. A digest that it has twice is in both: one of the two is too many.
    """
    con.execute(
        "CREATE OR REPLACE TEMP TABLE theirs"
        "(element VARCHAR, a VARCHAR, b VARCHAR, c VARCHAR, type VARCHAR, d BIGINT)"
    )
    con.execute("CREATE OR REPLACE TEMP TABLE their_digest(d BIGINT, copies BIGINT)")
    buckets = _buckets(con, session, target)
    for some in _portions(buckets):
        query = (
            f"MATCH {target.pattern} WHERE x.{MARK} % {BUCKETS} IN $some"
            f" RETURN x.{MARK} % {BUCKETS}, collect(x.{MARK})"
        )
        found = [d for _, listed in session.run(query, some=some) for d in listed]
        con.execute(
            "INSERT INTO their_digest SELECT d, count(*) FROM (SELECT unnest($d::BIGINT[]) AS d)"
            " GROUP BY d",
            {"d": found},
        )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE changed AS SELECT * FROM mine"
        f" WHERE d % {BUCKETS} IN (SELECT unnest($b::BIGINT[]))"
        " AND d NOT IN (SELECT d FROM their_digest WHERE copies = 1)",
        {"b": list(buckets)},
    )
    gone = con.execute(
        "SELECT d FROM their_digest WHERE copies > 1 OR d NOT IN (SELECT d FROM mine) ORDER BY d"
    ).fetchall()
    for start in range(0, len(gone), ASKED_KEYS):
        some = [d for (d,) in gone[start : start + ASKED_KEYS]]
        _put(con, session, f"MATCH {target.pattern} WHERE x.{MARK} IN $some", target, some)


def adopted(con: duckdb.DuckDBPyConnection, session: "Session", keys: Sequence[str]) -> None:
    """Adds to `theirs` the nodes of these ids that no push has written, but that must be ours."""
    for start in range(0, len(keys), ASKED_KEYS):
        some = list(keys[start : start + ASKED_KEYS])
        match = f"UNWIND $some AS key MATCH (x:Entity {{id: key}}) WHERE x.{MARK} IS NULL"
        _put(con, session, match, Target.nodes(), some)


def _put(
    con: duckdb.DuckDBPyConnection,
    session: "Session",
    match: str,
    target: Target,
    some: Sequence[int | str],
) -> None:
    listed = f"elementId(x), {target.key}, {target.type}, x.{MARK}"
    texts: list[list[str | None]] = [[], [], [], [], []]
    digests = []
    for record in session.run(f"{match} RETURN [{listed}]", some=some):
        *said, digest = record[0]
        for column, value in zip(texts, said, strict=True):
            column.append(value if isinstance(value, str) else None)
        digests.append(digest)
    unnested = ", ".join(["unnest(?::VARCHAR[])"] * len(texts))
    con.execute(f"INSERT INTO theirs SELECT {unnested}, unnest(?::BIGINT[])", [*texts, digests])


def _buckets(con: duckdb.DuckDBPyConnection, session: "Session", target: Target) -> dict[int, int]:
    """The buckets whose sums differ, and how many digests the database has in each."""
    theirs = session.run(
        f"MATCH {target.pattern} WHERE x.{MARK} IS NOT NULL"
        f" RETURN x.{MARK} % {BUCKETS}, count(x), sum(x.{MARK} % {HALF}), sum(x.{MARK} / {HALF})"
    )
    there = {record[0]: tuple(record)[1:] for record in theirs}
    rows = con.execute(
        f"SELECT d % {BUCKETS}, count(*), sum(d % {HALF})::BIGINT, sum(d // {HALF})::BIGINT"
        " FROM mine GROUP BY 1"
    ).fetchall()
    here = {row[0]: row[1:] for row in rows}
    different = sorted(b for b in {*here, *there} if here.get(b) != there.get(b))
    return {b: there[b][0] if b in there else 0 for b in different}


def _portions(buckets: dict[int, int]) -> Iterator[list[int]]:
    """Buckets in which the database has something, some at a time."""
    some: list[int] = []
    size = 0
    for bucket, count in buckets.items():
        if count:
            some.append(bucket)
            size += count
        if size > ASKED_ROWS:
            yield some
            some, size = [], 0
    if some:
        yield some
