"""orphan 闲置: results that nobody uses, platforms without clients, parks without universities.

Definition
    `unused`: an achievement or patent (no lapsed one, none under examination) completed, granted or
    filed at least `orphan.months` before the day of the run, that no firm or platform has to do
    with: no relation to one (DEVELOPS, OWNS_IP, REALISED_AS …), nor to a project of one, nor
    REALISED_AS anything.
    `clients`: a platform that nobody is on record as served by, working with or a member of
    (PROVIDES_SERVICE_TO, INCUBATES, TRANSFERS_TO, COLLABORATES_WITH, MEMBER_OF; `tenant_count`).
    `universities`: a park (IndustrialPark, SciencePark) without any university or research
    institute beside it in the actor graph, directly or through a shared project, nor by its
    `university_count`.
    Whoever had one is none, also when that is over; plans do not count; what was dissolved or
    began less than `orphan.months` ago is left out.
Value
    `kind` (unused, clients, universities); of a result `months` since its date; of the others
    `peers`, the entities of the same class, and `peers_with`, those of them that have what this one
    lacks. Severity of a result is 1 − t / 2a with t the months of the setting and a its age, 0.5 to
    1; of the others peers_with / peers, 0 to 1: the fewer are alone, the odder it is to be.
    Coverage is the share of results, or of the class, that is tied on record.
Not assessed
    Results without a date that have no tie; results, where no result on record has one, or where so
    many relations of results are missing (`graph.network.obliged`) that more than `absence.false`
    of those without a tie will have lost theirs; platforms, where more than `absence.lost` of the
    ties are missing; a class of
    platforms of which less than `orphan.peers` have a client on record; parks, where less have a
    university: there such ties were not recorded as a rule.
Needs
    Achievement.completed_on, Patent.granted_on; the relations named.
"""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from graph.gaps.derivation import orphan as derivation
from graph.gaps.method import Action, Ask, Enough, Found, Method, Rows, Unknown
from graph.network import Network
from graph.network.actors import ties
from graph.network.chain import chains_of
from graph.network.obliged import false_nones, lost
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
    """A platform and whether it has clients; `old` enough to have some."""

    k: int
    cls: str
    old: bool
    served: bool
    named: int | None


def platforms(net: Network, ask: Ask) -> list[Place]:
    """All platforms that are there today, by id. `named` counts universities it says it has."""
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
        f" coalesce(p.tenant_count > 0, false) OR p.k IN ({_served(source, net.as_of)}), p.named"
        f" FROM ({' UNION ALL BY NAME '.join(parts)}) p JOIN node n USING (k)"
        f" WHERE NOT {placeholder(source)} AND (p.dissolved_on IS NULL"
        f" OR p.dissolved_on >= left({day}, length(p.dissolved_on))) ORDER BY p.id",
        [int(ask["orphan.months"])],
    ).fetchall()
    return [Place(*row) for row in rows]


def _served(source: Source, as_of: str) -> str:
    parts = [
        f"SELECT r.{end} FROM {ident('r_' + name)} r WHERE {begun(source, name, 'r', as_of)}"
        for end, names in (("f", SERVING), ("t", JOINING))
        for name in names
    ]
    return " UNION ALL ".join(parts)


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    made, there = results(net), platforms(net, ask)
    if not made and not there:
        enough = Enough(0, 1, "results")
        yield Unknown(("Achievement", "Platform"), text="orphans.nothing", enough=enough)
        return
    own = chains_of(net.source, [r.k for r in made] + [p.k for p in there], net.as_of)
    yield from _unused(net, ask, made, own)
    part = lost(net, "project", "round", "result")
    if there and part > ask["absence.lost"]:
        yield Unknown(SERVING, values={"lost": part}, text="orphans.lost", says={"lost": part})
        return
    yield from _alone(ask, there, own, "clients", {p.k: p.served for p in there})
    parks = set(net.source.schema.ends(("IndustrialPark",)))
    inside = [p for p in there if p.cls in parks]
    near = _universities(net, inside) if inside else {}
    yield from _alone(ask, inside, own, "universities", near)


def _unused(
    net: Network, ask: Ask, made: list[Result], own: dict[int, str]
) -> Iterator[Found | Unknown]:
    tied = sum(r.tied for r in made)
    if made and not tied:
        lacking = ("DEVELOPS", "OWNS_IP", "REALISED_AS")
        yield Unknown(lacking, text="orphans.unused-untied", enough=Enough(0, 1, "results-tied"))
        return
    yield from _undated(made)
    part = lost(net, "result")
    gone = false_nones(np.array([r.ties for r in made], dtype=np.int64), part)
    if gone > ask["absence.false"] * max(len(made) - tied, 1):
        says = {"lost": part, "count": len(made) - tied, "gone": gone}
        lacking = ("DEVELOPS", "OWNS_IP", "REALISED_AS")
        yield Unknown(lacking, values=says, text="orphans.unused-lost", says=says)
        return
    least = ask["orphan.months"]
    age = np.array([-1 if r.tied or r.months is None else r.months for r in made])
    severity = np.where(age >= least, 1 - least / (2 * np.maximum(age, 1)), 0.0)
    for i in ask.leading(severity):
        result = made[i]
        yield Found(
            subject=result.k,
            severity=float(severity[i]),
            action=Action.ADD,
            chain=own.get(result.k, "industry"),
            scope={"kind": "unused"},
            values={"months": result.months},
            text="orphans.unused",
            says={"months": result.months},
            coverage=tied / len(made),
            evidence=(
                Rows(result.cls, of=result.k),
                Rows("DEVELOPS", to=result.k),
                Rows("OWNS_IP", to=result.k),
            ),
            steps=partial(
                derivation.unused,
                net,
                result.k,
                result.cls,
                int(age[i]),
                least,
                float(severity[i]),
            ),
        )


def _undated(made: list[Result]) -> Iterator[Unknown]:
    """How many results without use have no date, by class."""
    counts = Counter(r.cls for r in made if r.months is None and not r.tied)
    for cls, count in sorted(counts.items()):
        date = "granted_on" if cls == "Patent" else "completed_on"
        says = {"count": count}
        values = {"kind": "unused", **says}
        yield Unknown(
            (f"{cls}.{date}",),
            values=values,
            text="orphans.unused-undated",
            says=says,
            enough=Enough(0, count, "results-dated"),
        )


def _alone(
    ask: Ask, there: list[Place], own: dict[int, str], kind: str, has: dict[int, bool]
) -> Iterator[Found | Unknown]:
    """Who lacks what others have: clients those of its class, universities all parks."""
    missing = SERVING if kind == "clients" else ("COLLABORATES_WITH", "HOSTS")
    classes = sorted({p.cls for p in there}) if kind == "clients" else [None] * bool(there)
    for cls in classes:
        peers = [p for p in there if cls in (p.cls, None)]
        with_it = sum(has[p.k] for p in peers)
        for place in peers:
            if has[place.k]:
                continue
            counts = {"peers": len(peers), "peers_with": with_it}
            if with_it < max(ask["orphan.peers"] * len(peers), 1):
                values, text = {"kind": kind, **counts}, f"orphans.{kind}-untied"
                need = max(math.ceil(ask["orphan.peers"] * len(peers)), 1)
                what = "peers-served" if kind == "clients" else "peers-research"
                yield Unknown(
                    missing,
                    subject=place.k,
                    values=values,
                    text=text,
                    says=counts,
                    enough=Enough(with_it, need, what),
                )
            elif place.old:
                yield Found(
                    subject=place.k,
                    severity=with_it / len(peers),
                    order=(float(len(peers)),),
                    action=Action.STRENGTHEN if kind == "clients" else Action.ADD,
                    chain=own.get(place.k, "industry"),
                    scope={"kind": kind},
                    values=counts,
                    text=f"orphans.{kind}",
                    says=counts,
                    coverage=with_it / len(peers),
                    evidence=(Rows(place.cls, of=place.k),),
                    steps=partial(
                        derivation.alone,
                        kind,
                        place.k,
                        place.cls,
                        [(p.k, has[p.k]) for p in peers],
                        with_it / len(peers),
                    ),
                )


def _universities(net: Network, parks: list[Place]) -> dict[int, bool]:
    """Which parks have a university or institute beside them."""
    graph = net.once("ties", lambda: ties(net.source, net.as_of))
    at = {int(k): i for i, k in enumerate(graph.keys)}
    research = graph.are("research")
    return {
        p.k: bool(p.named) or (p.k in at and bool(research[graph.partners(at[p.k])].any()))
        for p in parks
    }


METHOD = Method("orphan", family="absence", version="2", find=_find)
