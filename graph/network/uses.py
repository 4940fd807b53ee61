"""Results (achievements, patents) and platforms on record, and how many are tied to each."""

from dataclasses import dataclass

from graph.network.network import Network
from graph.network.source import Source, has_column
from graph.network.tables import begun, placeholder
from graph.record.sql import ident, literal, literals

DEAD = ("失效", "审中")
"""A patent with such a status protects nothing that could be used."""

USERS = ("Firm", "Platform")
SERVING = ("PROVIDES_SERVICE_TO", "INCUBATES", "TRANSFERS_TO", "COLLABORATES_WITH")
JOINING = ("MEMBER_OF", "COLLABORATES_WITH")
"""A platform's clients: at the second end of the ones, at the first end of the others."""


@dataclass(frozen=True)
class Result:
    """An achievement or patent; `months` since its date, None where none is given; `ties` to who
    uses it."""

    k: int
    cls: str
    months: int | None
    ties: int

    @property
    def tied(self) -> bool:
        return self.ties > 0


def results(net: Network) -> list[Result]:
    """All results that could be in use, by id."""
    source, day = net.source, literal(net.as_of)
    parts = []
    for cls in source.schema.ends(("Achievement",)):
        dates = [
            c
            for c in ("granted_on", "completed_on", "filed_on")
            if has_column(source.schema, cls, c)
        ]
        alive = "true"
        if has_column(source.schema, cls, "status"):
            alive = f"coalesce(status NOT IN {literals(DEAD)}, true)"
        parts.append(
            f"SELECT k, id, {literal(cls)} AS class, coalesce({', '.join([*dates, 'NULL'])}) AS day"
            f" FROM {ident('n_' + cls)} WHERE {alive}"
        )
    rows = source.con.execute(
        f"SELECT a.k, a.class, {_months('a.day', day)},"
        f" coalesce(u.ties, 0) FROM ({' UNION ALL '.join(parts)}) a JOIN node n USING (k)"
        f" LEFT JOIN (SELECT k, count(*) AS ties FROM ({_tied(net)}) t(k) GROUP BY k) u USING (k)"
        f" WHERE NOT {placeholder(source)} ORDER BY a.id"
    ).fetchall()
    return [Result(*row) for row in rows]


def _months(column: str, day: str) -> str:
    """Whole months from a date to a day; a date of which only the year is known is its end."""
    year, month = (
        f"left({column}, 4)::INT",
        f"coalesce(try_cast(substr({column}, 6, 2) AS INT), 12)",
    )
    return f"(left({day}, 4)::INT - {year}) * 12 + substr({day}, 6, 2)::INT - {month}"


def _tied(net: Network) -> str:
    """Results that a firm or platform has to do with, or that became something."""
    schema = net.source.schema
    users = literals(schema.ends(USERS))
    result, project = (set(schema.ends((name,))) for name in ("Achievement", "Project"))
    parts, through = ['SELECT f FROM "r_REALISED_AS"'], []
    for relation in schema.relations.values():
        first, second = set(schema.ends(relation.domain)), set(schema.ends(relation.range))
        for mine, theirs, a, b in ((first, second, "f", "t"), (second, first, "t", "f")):
            rows = f"{ident('r_' + relation.name)} r"
            real = begun(net.source, relation.name, "r", net.as_of)
            if mine & result and theirs & set(schema.ends(USERS)):
                parts.append(
                    f"SELECT r.{a} FROM {rows} JOIN node n ON n.k = r.{b}"
                    f" WHERE n.class IN {users} AND {real}"
                )
            if mine & project and theirs & set(schema.ends(USERS)):
                through.append(
                    f"SELECT r.{a} AS k FROM {rows} JOIN node n ON n.k = r.{b}"
                    f" JOIN node p ON p.k = r.{a} WHERE n.class IN {users}"
                    f" AND p.class IN {literals(sorted(project))} AND {real}"
                )
    parts.append(
        f'SELECT r.t FROM "r_DEVELOPS" r JOIN ({" UNION ".join(through)}) p ON p.k = r.f'
        f" WHERE {begun(net.source, 'DEVELOPS', 'r', net.as_of)}"
    )
    return " UNION ALL ".join(parts)


@dataclass(frozen=True)
class Place:
    """A platform; `old` enough to have clients, of which it may say that it has some (`tenants`),
    `served` by relation. `named` counts universities it says it has."""

    k: int
    cls: str
    old: bool
    tenants: bool
    served: int
    named: int | None


def platforms(net: Network, months: int) -> list[Place]:
    """All platforms that are there today, by id; old enough after so many months."""
    source, day = net.source, literal(net.as_of)
    parts = []
    for cls in source.schema.ends(("Platform",)):
        columns = [
            c if has_column(source.schema, cls, c) else f"NULL AS {c}"
            for c in ("founded_on", "recognised_on", "dissolved_on", "tenant_count")
        ]
        named = "university_count" if has_column(source.schema, cls, "university_count") else "NULL"
        parts.append(
            f"SELECT k, id, {literal(cls)} AS class, {', '.join(columns)}, {named} AS named"
            f" FROM {ident('n_' + cls)}"
        )
    age = _months("coalesce(p.founded_on, p.recognised_on)", day)
    rows = source.con.execute(
        f"SELECT p.k, p.class, coalesce({age} >= ?, true),"
        f" coalesce(p.tenant_count > 0, false), coalesce(s.ties, 0), p.named"
        f" FROM ({' UNION ALL BY NAME '.join(parts)}) p JOIN node n USING (k)"
        f" LEFT JOIN (SELECT k, count(*) AS ties FROM ({_served(source, net.as_of)}) t(k)"
        f" GROUP BY k) s USING (k)"
        f" WHERE NOT {placeholder(source)} AND (p.dissolved_on IS NULL"
        f" OR p.dissolved_on >= left({day}, length(p.dissolved_on))) ORDER BY p.id",
        [months],
    ).fetchall()
    return [Place(*row) for row in rows]


def _served(source: Source, as_of: str) -> str:
    parts = [
        f"SELECT r.{end} FROM {ident('r_' + name)} r WHERE {begun(source, name, 'r', as_of)}"
        for end, names in (("f", SERVING), ("t", JOINING))
        for name in names
    ]
    return " UNION ALL ".join(parts)
