"""Where sources that say the same relation contradict each other, and in what.

They do where shares lie more than `dispute.share` apart, other numbers by more than
`dispute.number` of the larger, where a value of a closed list differs, where one says that it is
only planned and another does not, or that it is over and another does not. Amounts of money are
left out: what stands beside an investor is often the total of its round.
"""

from dataclasses import dataclass

from graph.gaps.method import Ask
from graph.network import Source
from graph.record.sql import ident, literal
from graph.record.tables import claim_tables, columns_of
from graph.record.view import View
from graph.schema import Relation

LEFT_OUT = ("confidence", "source_ref", "quote", "planned")
NUMBERS = ("decimal", "integer")
OVER = ("end", "until")


@dataclass(frozen=True)
class Dispute:
    """One attribute of one relation that two sources differ in, as they write it, and where."""

    attribute: str
    one: str
    where: str
    other: str
    elsewhere: str


def disputes(
    source: Source, relation: str, joined: str, ask: Ask, day: str
) -> dict[int, list[Dispute]]:
    """For the findings of `gap_wanted` the relations that are disputed, in the order of their ends.

    `joined` is the condition that joins a relation `r` to `gap_wanted w`. Empty for a source that
    is no view of a record: what each file says is not known there.
    """
    kind = source.schema.relations[relation]
    table = "c_" + relation
    if not isinstance(source, View) or table not in claim_tables(source.con, "c_"):
        return {}
    have = columns_of(source.con, table)
    tests = [*_tests(kind, have, ask), *_planned(have), *_over(have, day)]
    parts = [f"e.{ident(c)}" for c in ("start", "group") if c in have]
    key = f"coalesce(e.eid, nullif(concat_ws('|', {', '.join(parts)}), ''))" if parts else "e.eid"
    place = "v.source || '/' || v.file || ':' || e.line"
    listed = ", ".join(
        f"CASE WHEN {differs} THEN [{literal(name)}, arg_min({value}, {order}),"
        f" arg_min(place, {order}), arg_max({value}, {order}), arg_max(place, {order})] END"
        for name, value, order, differs in tests
    )
    if not tests:
        return {}
    rows = source.con.execute(
        f"WITH said AS (SELECT DISTINCT w.i, r.f, r.t, r.eid FROM {ident('r_' + relation)} r"
        f" JOIN gap_wanted w ON {joined} WHERE r.claims > 1),"
        f" claim AS (SELECT e.* EXCLUDE (f, t, eid), coalesce(x.c, e.f) AS f,"
        f" coalesce(y.c, e.t) AS t, {key} AS eid, {place} AS place"
        f" FROM {ident(table)} e JOIN version v USING (sv)"
        f" LEFT JOIN canon x ON x.k = e.f LEFT JOIN canon y ON y.k = e.t WHERE {source.open('e')}),"
        f" differ AS (SELECT s.i, s.f, s.t, s.eid, coalesce({listed}, NULL) AS first"
        f" FROM said s JOIN claim c ON c.f = s.f AND c.t = s.t AND c.eid IS NOT DISTINCT FROM s.eid"
        f" GROUP BY s.i, s.f, s.t, s.eid)"
        f" SELECT d.i, d.first FROM differ d JOIN node a ON a.k = d.f JOIN node b ON b.k = d.t"
        f" WHERE d.first IS NOT NULL ORDER BY d.i, a.id, b.id, d.eid"
    ).fetchall()
    found: dict[int, list[Dispute]] = {}
    for i, told in rows:
        found.setdefault(i, []).append(Dispute(*told))
    return found


Test = tuple[str, str, str, str]
"""An attribute, SQL for its value as text, for what it is ordered by, and whether it differs."""


def _tests(kind: Relation, have: list[str], ask: Ask) -> list[Test]:
    tests: list[Test] = []
    for term in kind.attributes:
        if term.name in LEFT_OUT or term.name not in have:
            continue
        column = ident(term.name)
        low, high = f"min({column})", f"max({column})"
        if term.datatype == "share":
            value = f"round(100 * {column}, 1)::VARCHAR || '%'"
            apart = f"{high} - {low} > {ask['dispute.share']}"
        elif term.datatype in NUMBERS:
            value = f"{column}::VARCHAR"
            apart = f"{high} - {low} > {ask['dispute.number']} * abs({high})"
        elif term.closed or term.datatype == "boolean":
            value, apart = f"{column}::VARCHAR", f"count(DISTINCT {column}) > 1"
        else:
            continue
        tests.append((term.name, value, column, apart))
    return tests


def _planned(have: list[str]) -> list[Test]:
    if "planned" not in have:
        return []
    said = "coalesce(planned, false)"
    return [("planned", f"{said}::VARCHAR", said, f"count(DISTINCT {said}) > 1")]


def _over(have: list[str], day: str) -> list[Test]:
    tests: list[Test] = []
    for name in OVER:
        if name in have:
            column = ident(name)
            over = f"coalesce({column} < left({literal(day)}, length({column})), false)"
            value = f"coalesce({column}, '—')"
            tests.append((name, value, over, f"count(DISTINCT {over}) > 1"))
    return tests
