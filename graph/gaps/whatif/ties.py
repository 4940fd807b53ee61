"""Who loses a service, a partner, money or a policy when things are removed."""

import numpy as np

from graph.gaps.policy_coverage import Coverage
from graph.gaps.whatif.result import CapitalLoss, PolicyLoss, TieLoss, subjects
from graph.network import Network
from graph.network.source import Bools, Ints, Source, has_column, ints
from graph.network.tables import begun, current
from graph.record.sql import ident, literal, literals

SERVICES = ("innovation", "talent")
"""The kinds of chain whose relations are a service or a partnership."""

MORE = ("SUPPLIES",)
"""Of the industry chain: who delivers to whom."""

NAMED = 5
"""Partners named that one actor loses."""


def services(net: Network, gone: Ints, most: int) -> tuple[tuple[TieLoss, ...], int]:
    """Actors and projects that stay, with what ties them to what goes, in one relation each:
    first who has nobody left, then who loses most."""
    source = net.source
    ends = literals(source.schema.ends(("Actor", "Project")))
    parts = []
    for relation in source.schema.relations.values():
        if (relation.chain in SERVICES or relation.name in MORE) and _filled(source, relation.name):
            table, now = ident("r_" + relation.name), current(source, relation.name, "r", net.as_of)
            for mine, other in (("f", "t"), ("t", "f")):
                parts.append(
                    f"SELECT DISTINCT r.{mine} AS k, r.{other} AS other,"
                    f" {literal(relation.name)} AS relation FROM {table} r"
                    f" JOIN node n ON n.k = r.{mine} AND n.class IN {ends}"
                    f" JOIN node o ON o.k = r.{other} AND o.class IN {ends} WHERE {now}"
                )
    return _ties(source, " UNION ".join(parts), gone, most) if parts else ((), 0)


def _filled(source: Source, relation: str) -> bool:
    return bool(source.con.execute(f"FROM {ident('r_' + relation)} LIMIT 1").fetchall())


def capital(net: Network, gone: Ints, most: int) -> tuple[tuple[TieLoss, ...], int]:
    """Who loses funders, with how many stay: first who has none left."""
    rows = f"SELECT who AS k, funder AS other, 'capital' AS relation FROM ({_funding(net)})"
    return _ties(net.source, rows, gone, most)


def _funding(net: Network) -> str:
    """SQL: pairs (who, funder) of all capital, however long ago."""
    source, day = net.source, literal(net.as_of)
    real = {r: begun(source, r, "r", net.as_of) for r in ("RAISED", "INVESTS_IN", "FUNDS")}
    paper = literals(tuple(c for n in ("Grant", "Policy") for c in source.schema.subclasses(n)))
    when = f"(c.date IS NULL OR c.date <= left({day}, length(c.date)))"
    assert has_column(source.schema, "FundingRound", "date")
    return (
        'SELECT r.f AS who, p.f AS funder FROM "r_RAISED" r JOIN "n_FundingRound" c ON c.k = r.t'
        f' JOIN "r_PARTICIPATES_IN_ROUND" p ON p.t = r.t WHERE {real["RAISED"]} AND {when}'
        f' UNION SELECT r.t, r.f FROM "r_INVESTS_IN" r WHERE {real["INVESTS_IN"]}'
        f' UNION SELECT r.t, r.f FROM "r_FUNDS" r JOIN node n ON n.k = r.f'
        f" WHERE n.class NOT IN {paper} AND {real['FUNDS']}"
    )


def _ties(source: Source, rows: str, gone: Ints, most: int) -> tuple[tuple[TieLoss, ...], int]:
    con = source.con
    con.register("gap_gone", {"k": gone})
    found = con.execute(
        f"WITH tie AS ({rows}), lost AS (SELECT t.k, t.relation,"
        " list(o.k ORDER BY o.id) FILTER (t.other IN (SELECT k FROM gap_gone)) AS gone,"
        " count(*) FILTER (t.other NOT IN (SELECT k FROM gap_gone)) AS stay"
        " FROM tie t JOIN node o ON o.k = t.other WHERE t.k NOT IN (SELECT k FROM gap_gone)"
        " GROUP BY t.k, t.relation)"
        " SELECT l.k, l.relation, l.gone, l.stay, count(*) OVER () FROM lost l"
        " JOIN node n ON n.k = l.k WHERE len(l.gone) > 0"
        f" ORDER BY l.stay > 0, len(l.gone) / (len(l.gone) + l.stay) DESC, len(l.gone) DESC, n.id,"
        f" l.relation LIMIT {most}"
    ).fetchall()
    con.unregister("gap_gone")
    names = subjects(source, [k for row in found for k in (row[0], *row[2])])
    losses = tuple(
        TieLoss(names[k], relation, tuple(names[o] for o in others[:NAMED]), len(others), int(stay))
        for k, relation, others, stay, _ in found
    )
    return losses, int(found[0][4]) if found else 0


def capital_of_links(net: Network, gone: Ints, most: int) -> tuple[CapitalLoss, ...]:
    """Links whose providers lose ties to funders, the largest share first."""
    found = net.source.con.execute(f"SELECT who, funder FROM ({_funding(net)}) ORDER BY ALL")
    rows = found.fetchnumpy()
    who, funder = net.actor_at(ints(rows["who"])), ints(rows["funder"])
    some = who >= 0
    lost = np.isin(funder[some], gone)
    n = len(net.actors)
    ties = np.bincount(who[some], minlength=n)
    less = np.bincount(who[some][lost], minlength=n)
    stay = ~np.isin(net.actors, gone)
    supply = net.supply
    row = stay[supply.who]
    total = np.bincount(supply.link[row], ties[supply.who[row]], len(net))
    part = np.bincount(supply.link[row], less[supply.who[row]], len(net))
    at = np.flatnonzero(part)
    share = part[at] / total[at]
    order = at[np.lexsort((at, -part[at], -share))][:most]
    names = subjects(net.source, net.links[order].tolist())
    return tuple(
        CapitalLoss(
            names[int(net.links[i])], int(total[i]), int(part[i]), float(part[i] / total[i])
        )
        for i in order.tolist()
    )


def policies(
    net: Network, after: Network, gone: Ints, most: int
) -> tuple[tuple[PolicyLoss, ...], int, int]:
    """What policies in force that go had targeted, first what no other covers; how many things in
    all, and how many links no policy in force covers any more."""
    before, later = Coverage(net), Coverage(after)
    of: dict[int, list[int]] = {}
    away = set(gone.tolist())
    for aim in before.aims:
        if aim.in_force and aim.policy in away and aim.target not in away:
            of.setdefault(aim.target, []).append(aim.policy)
    still = {aim.target for aim in later.aims if aim.in_force}
    open_links = net.links[before.in_force & ~_covered(later, net.links)]
    for k in open_links.tolist():
        of.setdefault(k, [])
    links = set(net.links[before.in_force].tolist()) - set(open_links.tolist())
    names = subjects(net.source, [k for target, by in of.items() for k in (target, *by)])
    found = [
        PolicyLoss(names[k], tuple(names[p] for p in dict.fromkeys(by)), k in still or k in links)
        for k, by in of.items()
    ]
    found.sort(key=lambda loss: (loss.covered, -len(loss.policies), loss.subject.id))
    return tuple(found[:most]), len(found), len(open_links)


def _covered(seen: Coverage, keys: Ints) -> Bools:
    """Which of these links, by node key, a policy in force targets in the other network."""
    at = seen.net.link_at(keys)
    return np.append(seen.in_force, False)[at]
