"""Who supplies each link, and what the files say of it."""

import numpy as np

from bench.planted.links import FOREIGN, PLANTED, Link, Trade
from bench.planted.region import special
from bench.planted.world import World

STATED, COUNTED, RATED, BY_COUNTRY = 0.75, 0.9, 0.6, 0.6
"""How often a link's shares, its number of providers, its rate, its countries are published."""


def supply(world: World, made: Trade) -> None:
    """Draws the providers of every link, and writes firms, links and provisions."""
    headings = {k for k, link in enumerate(made.links) if link.kinds}
    for at, link in enumerate(made.links):
        if not link.stage and at not in headings:
            _draw(world, made, link)
    needed = {g for link in made.links for g, _ in link.needs}
    for at, link in enumerate(made.links):
        _entity(world, link)
        _publish(world, made, link)
        if at not in needed and not link.stage and link.final:
            world.of("missing-stage").decoys |= {(link.id,)} if not link.held else set()
    _relations(world, made)
    _entities(world, made)


def _draw(world: World, made: Trade, link: Link) -> None:
    rng, pool = world.rng, made.firms[link.chain]
    kinds, chances = zip(*PLANTED, strict=True)
    roll = np.searchsorted(np.cumsum(chances), rng.random())
    link.planted = "" if roll == len(kinds) else kinds[int(roll)]
    link.size = float(np.exp(rng.normal(np.log(4e8), 1.1)))
    abroad = link.planted in ("choke", "trap", "foreign") or world.chance(0.15)
    n = min(world.heavy(3, 60), len(pool))
    shares = rng.dirichlet(np.full(n, world.pick([0.7, 2.0, 8.0])))
    if link.planted == "missing":
        n = 0
    elif link.planted == "single":
        n = world.pick([1, 1, 3, 4])
        top = rng.uniform(0.965, 0.99)
        shares = np.append(top, rng.dirichlet(np.ones(n - 1)) * (1 - top)) if n > 1 else np.ones(1)
    elif link.planted == "thin":
        n, shares = 2, rng.dirichlet(np.full(2, 5.0))
    elif link.planted in ("choke", "trap"):
        n, top = min(world.heavy(3, 8), len(pool)), rng.uniform(0.78, 0.92)
        shares = np.append(top, rng.dirichlet(np.ones(n - 1)) * (1 - top))
        big = link.planted == "choke"
        link.size = float(rng.uniform(4e9, 1.2e10) if big else rng.uniform(5e6, 2.5e7))
    if link.planted == "unfunded":
        n = int(rng.integers(16, 31))
        shares = rng.dirichlet(np.full(n, 4.0))
        who = _own(world, made, link, n)
    elif link.planted == "special":
        n = int(rng.integers(12, 26))
        top = rng.uniform(0.5, 0.65)
        shares = np.append(top, rng.dirichlet(np.full(n - 1, 4.0)) * (1 - top))
        who = special(world, made, pool, n)
    else:
        who = _firms(world, made, pool, n, abroad)
    shares = np.sort(shares[: len(who)])[::-1]
    link.held = dict(zip(who, (shares / max(shares.sum(), 1e-9)).tolist(), strict=True))
    link.published = link.planted != "thin" and world.chance(STATED)
    link.capable = len(who)


def _own(world: World, made: Trade, link: Link, n: int) -> list[str]:
    """Firms at home that supply this link and no other."""
    firms = [f"FU{link.id}-{i}" for i in range(n)]
    for firm in firms:
        world.entity("firm", firm, f"示例企业{firm}有限公司", employees=100)
        made.place[firm] = world.pick(made.cities)
        world.relate("located_in", firm, made.place[firm])
    made.unfunded.update(firms)
    return firms


def _firms(world: World, made: Trade, pool: list[str], n: int, abroad: bool) -> list[str]:
    """`n` firms, the large ones likelier; of a link held abroad the first come from there."""
    weight = 1 / (np.arange(len(pool)) + 3.0)
    chosen = world.rng.choice(len(pool), min(n, len(pool)), replace=False, p=weight / weight.sum())
    firms = [pool[int(i)] for i in chosen]
    if abroad:
        firms.sort(key=lambda f: made.country(f) == "CN")
        others = [f for f in pool if made.country(f) != "CN" and f not in firms]
        if firms and made.country(firms[0]) == "CN" and others:
            firms[0] = world.pick(others)
    return firms


def _entity(world: World, link: Link) -> None:
    values: dict[str, object] = {}
    n = len(link.held)
    if not link.stage and not link.kinds and world.chance(COUNTED):
        link.counted = True
        off = world.pick([-1, 1]) if world.chance(0.03) and n > 2 else 0
        values["provider_count"] = n + off
    link.sized = bool(link.size) and world.chance(0.8)
    if link.sized:
        values["market_size"] = f"{link.size:.0f} USD"
    if link.final:
        values["kind"] = "最终产品"
    world.entity("stage" if link.stage else "product", link.id, f"示例环节{link.id}", **values)


def _publish(world: World, made: Trade, link: Link) -> None:
    """The rows of provision: shares with noise, minor ones without, the smallest under a word."""
    rng = world.rng
    noisy = {f: s * float(np.exp(rng.normal(0, 0.05))) for f, s in link.held.items()}
    total = sum(noisy.values())
    named = list(link.held)
    if len(named) >= 8 and world.chance(0.2):
        cut = len(named) * 2 // 3
        named, rest = named[:cut], named[cut:]
        link.placeholder = True
        share = {"share": f"{sum(noisy[f] for f in rest) / total:.3f}"} if link.published else {}
        world.relate("provides", "F-others", link.id, **share)
    silent_tail = link.published and world.chance(0.2)
    for firm in named:
        values: dict[str, object] = {"since": str(rng.integers(1995, 2024))}
        if link.published and silent_tail and link.held[firm] < 0.03:
            values["role"] = "minor"
        elif link.published:
            values["share"] = f"{max(noisy[firm] / total, 0.001):.3f}"
        world.relate("provides", firm, link.id, **values)
    _not_today(world, made, link)
    if link.published and link.held and world.chance(BY_COUNTRY):
        by: dict[str, float] = {}
        for firm, held in link.held.items():
            by[made.country(firm)] = by.get(made.country(firm), 0.0) + held
        for code, part in by.items():
            world.relate("provides", code, link.id, share=f"{min(part, 1):.2f}")
    if link.held and world.chance(RATED):
        home = sum(s for f, s in link.held.items() if made.country(f) == "CN")
        row = world.entities["product"][-1]
        row["localisation_rate"] = f"{home:.2f}"


def _not_today(world: World, made: Trade, link: Link) -> None:
    """What is planned, over, or of a firm that is still building or has closed."""
    if link.stage or link.kinds or not world.chance(0.25):
        return
    free = [f for f in world.several(made.firms[link.chain], 6) if f not in link.held]
    if not free:
        return
    how = world.pick(["planned", "until", "firm"])
    if how == "firm":
        number = len(world.entities.get("firm", []))
        state = world.pick([{"status": "开工"}, {"dissolved_on": "2022-06"}])
        firm = world.entity("firm", f"FX{number}", f"示例在建企业{number}", **state)
        made.place[firm] = made.place[free[0]]
        world.relate("located_in", firm, made.place[firm])
        world.relate("provides", firm, link.id)
    else:
        values = {"planned": "true"} if how == "planned" else {"until": "2021"}
        world.relate("provides", free[0], link.id, **values)
    if not link.held:
        return
    for measure in ("single-source", "thin-stage"):
        world.of(measure).decoys.add((link.id,))


def _relations(world: World, made: Trade) -> None:
    for link in made.links:
        world.relate("part_of_chain", link.id, f"C{link.chain}")
        for part in link.parts:
            world.relate("part_of", made.links[part].id, link.id)
        for kind in link.kinds:
            world.relate("variant_of", made.links[kind].id, link.id)
        for need, group in link.needs:
            values = {"group": f"g{group}-{link.id}"} if group >= 0 else {}
            world.relate("requires", link.id, made.links[need].id, **values)


def _entities(world: World, made: Trade) -> None:
    world.entity("firm", "F-others", "其他")
    for pool in made.firms:
        for firm in pool:
            alias = {"alt_names": f"{firm}别名股份"} if world.chance(0.2) else {}
            staff = {"employees": int(world.rng.lognormal(5, 1))} if world.chance(0.7) else {}
            world.entity("firm", firm, f"示例企业{firm}有限公司", **alias, **staff)
            world.relate("located_in", firm, made.place[firm])
    pools = [f for pool in made.firms for f in pool]
    for h in range(len(pools) // 60):
        head = world.entity("firm", f"FH{h}", f"示例控股{h}有限公司")
        for firm in world.several(world.pick(made.firms), world.heavy(2, 5)):
            if firm not in made.group:
                made.group[firm] = head
                share = f"{world.rng.uniform(0.51, 1):.2f}"
                world.relate("holds_stake_in", head, firm, share=share)
                continue
    for firm in world.several([f for f in pools if f not in made.group], len(pools) // 20):
        share = f"{world.rng.uniform(0.05, 0.45):.2f}"
        world.relate("holds_stake_in", world.pick(pools), firm, share=share)


def abroad(made: Trade, link: Link) -> float:
    """The share of a link that is held abroad."""
    return sum(s for f, s in link.held.items() if made.place[f] in FOREIGN)
