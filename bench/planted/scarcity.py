"""What the scarcity measures ought to say: their definitions, applied to the world as it is."""

from collections import Counter, defaultdict
from statistics import median

import numpy as np

from bench.planted import money
from bench.planted.links import Link, Trade
from bench.planted.supply import abroad
from bench.planted.world import TWICE, World

CHOKED = 0.8
"""The score from which a link is a chokepoint: all of those planted to be one are above it, and
some others that happen to be held by few abroad. One of .7 and more is not wrong."""


FLOOR = 0.1
"""A tenth of what is near to a link: so much has to be made here for a target to be asked for."""


def judge(world: World, made: Trade) -> None:
    """Writes the truth of missing-stage, single-source, concentrated, thin-stage, external,
    mismatch and chokepoint."""
    links = made.links
    has = _covered(links)
    missing = _missing(links, has)
    thin_by_z = _far_below(links)
    for at, link in enumerate(links):
        key = (link.id,)
        if at in missing:
            world.of("missing-stage").gaps.add(key)
            continue
        if link.kinds or link.stage:
            _heading(world, made, link)
            continue
        if not link.held:
            continue
        top = link.shares[0]
        single = len(link.held) == 1 or top >= 0.95
        if single:
            known = link.published or len(link.held) == 1
            _say(world, "single-source", key, known)
        hhi = sum(s * s for s in link.shares)
        concentrated = hhi >= 0.25 and not single
        if not single:
            world.of("concentrated").by((link.id, "actor"), hhi, 0.25, known=link.published)
        _places(world, made, link)
        if not single and not (concentrated and link.published):
            if len(link.held) < 3 or at in thin_by_z:
                world.of("thin-stage").gaps.add(key)
            elif len(link.held) == 3:
                world.of("thin-stage").decoys.add(key)
        world.of("external").by(key, abroad(made, link), 0.5, known=link.published)
    _chokepoints(world, made)
    _mismatch(world, made, has)
    if "investor" in world.entities:
        money.judge(world, made, missing)


def _say(world: World, measure: str, key: tuple[str, ...], known: bool) -> None:
    truth = world.of(measure)
    (truth.gaps if known else truth.weak).add(key)
    if not known:
        truth.open.add(key)


def _heading(world: World, made: Trade, link: Link) -> None:
    """A heading has the providers of its kinds, and nothing is published of it."""
    who: dict[str, float] = {}
    for kind in link.kinds:
        who.update(made.links[kind].held)
    if link.kinds and len(who) == 1:
        world.of("single-source").gaps.add((link.id,))
    elif link.kinds and 0 < len(who) < 3:
        world.of("thin-stage").gaps.add((link.id,))


def _covered(links: list[Link]) -> list[bool]:
    has = [bool(link.held) for link in links]
    for _ in range(6):
        for at, link in enumerate(links):
            has[at] = has[at] or any(has[o] for o in (*link.kinds, *link.parts))
    return has


def _missing(links: list[Link], has: list[bool]) -> set[int]:
    needed = {at for at, link in enumerate(links) if link.stage}
    for link in links:
        met = {group for need, group in link.needs if group >= 0 and has[need]}
        needed |= {need for need, group in link.needs if group not in met}
    return {at for at in needed if not has[at]}


def _far_below(links: list[Link]) -> set[int]:
    """Links with far fewer providers on record than is usual in their chain, robust z < -2."""
    counts: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for at, link in enumerate(links):
        n = len(link.held) * 2 // 3 if link.placeholder else len(link.held)
        if n:
            counts[link.chain].append((at, n))
    found = set()
    for rows in counts.values():
        middle = median(n for _, n in rows)
        spread = 1.4826 * median(abs(n - middle) for _, n in rows)
        found |= {at for at, n in rows if spread and (n - middle) / spread < -2}
    return {at for at in found if not links[at].placeholder}


def _places(world: World, made: Trade, link: Link) -> None:
    """HHI of ownership groups, cities and countries; abroad no two firms share a city."""
    group: dict[str, float] = defaultdict(float)
    city: dict[str, float] = defaultdict(float)
    country: dict[str, float] = defaultdict(float)
    for firm, share in link.held.items():
        group[made.group.get(firm, firm)] += share
        country[made.country(firm)] += share
        at_home = made.country(firm) == "CN"
        city[made.place[firm] if at_home else firm] += share
    levels = {"region": city, "country": country}
    if any(firm in made.group for firm in link.held):
        levels["group"] = group
    for level, held in levels.items():
        hhi = sum(s * s for s in held.values())
        world.of("concentrated").by((link.id, level), hhi, 0.25, known=link.published)


def _chokepoints(world: World, made: Trade) -> None:
    """Held abroad by few, in a large market: c^.7 · w^.3 of what is so, at least `CHOKED`.

    Traps are as concentrated, in a small market. Kinds of a heading stand in for each other and
    are left open, as is a link whose size or shares nobody publishes; its size is taken to be the
    usual one.
    """
    kinds = {kind for link in made.links for kind in link.kinds}
    usual = median([link.size for link in made.links if link.sized] or [0.0])
    for at, link in enumerate(made.links):
        if not link.held:
            continue
        key, score = (link.id,), _score(made, link, link.size if link.sized else usual)
        if at in kinds or not (link.sized and link.published):
            world.of("chokepoint").open.add(key)
            world.of("chokepoint").weak |= {key} if score >= CHOKED - 0.1 else set()
        elif score >= CHOKED:
            world.of("chokepoint").gaps.add(key)
        elif score >= CHOKED - 0.1:
            world.of("chokepoint").weak.add(key)
        elif link.planted == "trap":
            world.of("chokepoint").decoys.add(key)


def _score(made: Trade, link: Link, size: float) -> float:
    """Concentration abroad, by firms and by countries, and the value at stake."""
    country: dict[str, float] = defaultdict(float)
    for firm, share in link.held.items():
        if made.country(firm) != "CN":
            country[made.country(firm)] += share
    firms = sum(s * s for f, s in link.held.items() if made.country(f) != "CN")
    places = sum(s * s for s in country.values())
    at_home = 1 - sum(country.values()) >= 0.5
    floor, cap = np.log(25e6), np.log(10e9)
    stake = float(np.clip((np.log(max(size, 1.0)) - floor) / (cap - floor), 0.05, 1))
    return 0.0 if at_home else float((1 - (1 - firms) * (1 - places)) ** 0.7 * stake**0.3)


def _mismatch(world: World, made: Trade, has: list[bool]) -> None:
    """Links that `world.region` needs, does not make, and is near to (Hidalgo's density). Where one
    row alone says that it is needed it is left open."""
    from scipy.sparse import csr_matrix

    links = made.links
    firms = {f: i for i, f in enumerate(sorted({f for link in links for f in link.held}))}
    rows = [(at, firms[f]) for at, link in enumerate(links) for f in link.held]
    for at, link in enumerate(links):
        union = {f for kind in link.kinds for f in links[kind].held}
        rows += [] if link.held else [(at, firms[f]) for f in union]
    own = [(at, f) for at, f in rows if links[at].held]
    at, who = np.array(own).T
    matrix = csr_matrix((np.ones(len(own)), (at, who)), (len(links), len(firms)))
    size = np.asarray(matrix.sum(axis=1)).ravel()
    both = (matrix @ matrix.T).tocoo()
    apart = both.row != both.col
    phi = csr_matrix(
        (
            both.data[apart] / np.maximum(size[both.row[apart]], size[both.col[apart]]),
            (both.row[apart], both.col[apart]),
        ),
        both.shape,
    )
    here = np.zeros(len(links), dtype=bool)
    for at_, link in enumerate(links):
        here[at_] = any(made.place[f] == world.region for f in link.held)
    for _ in range(6):
        for at_, link in enumerate(links):
            here[at_] = here[at_] or any(here[o] for o in (*link.kinds, *link.parts))
    total, near = np.asarray(phi.sum(axis=1)).ravel(), np.asarray(phi @ here).ravel()
    density = np.where(total > 0, near / np.maximum(total, 1e-12), np.nan)
    there, asked = np.array(has) & ~here, _needs(world)
    middle = np.nanmedian(density[there]) if np.isfinite(density[there]).any() else 0.0
    wanted = Counter(need for at_, link in enumerate(links) if here[at_] for need, _ in link.needs)
    wanted += Counter(at_ for at_, link in enumerate(links) for _ in range(asked[link.id]))
    truth = world.of("mismatch")
    for at_, times in wanted.items():
        if not there[at_] or not density[at_] > 0:
            continue
        bound = max(float(middle), FLOOR)
        truth.by((links[at_].id,), float(density[at_]), bound, known=times >= TWICE)


def _needs(world: World) -> Counter[str]:
    """How many in the region say that they need a link: firms that sit there, or it itself."""
    sits = {row["from"]: row["to"] for row in world.relations.get("located_in", [])}
    rows = world.relations.get("needs", [])
    return Counter(row["to"] for row in rows if sits.get(row["from"], row["from"]) == world.region)
