"""Who sells to whom, which titles firms hold, and where what universities sell goes.

A lead firm has 6 to 25 suppliers (heavy tail). Where suppliers are planted to live by it, most sell
it 50 to 90% of what they make, else 2 to 40%. Four in five state the share. Titles: of a chain's
firms at home 35 to 60% are 高新技术企业; of the own firms of links that are passed by none. The
universities of a city have 11 + Zipf(1.3) contracts, at most 80; 60 to 90% of their value stay,
where planted 5 to 25%.
"""

from collections import defaultdict

from scipy.stats import binom

from bench.planted.links import FOREIGN, Trade
from bench.planted.world import NEAR, TWICE, World

TITLE = "T-high"


def supplies(world: World, made: Trade) -> None:
    """Lead firms and their suppliers, and what lead-dependence ought to say of them."""
    truth = world.of("lead-dependence")
    for chain, pool in enumerate(made.firms):
        leads = world.several(pool[:12], max(1, len(pool) // 60))
        world.relate("leads", leads[0], f"C{chain}", role="链主")
        for lead in leads:
            others = [f for f in pool if f not in leads and f not in made.group]
            suppliers = world.several(others, world.heavy(6, 25, 1.5))
            hang = world.chance(0.4)
            dependent = 0
            for firm in suppliers:
                much = world.chance(0.8 if hang else 0.04)
                share = world.rng.uniform(0.52, 0.9) if much else world.rng.uniform(0.02, 0.4)
                known = world.chance(0.8)
                dependent += much and known
                values = {"share": f"{share:.2f}"} if known else {}
                world.relate("supplies", firm, lead, **values)
            if hang and dependent >= 4:
                truth.gaps.add((lead,))
            elif dependent >= 2:
                truth.open.add((lead,))
                truth.weak.add((lead,))
            else:
                truth.decoys.add((lead,))


def titles(world: World, made: Trade) -> None:
    """Who is a high-tech firm; some no longer are."""
    world.entity("designation", TITLE, "高新技术企业", level="国家")
    part = world.rng.uniform(0.35, 0.6, len(made.firms))
    holds = set()
    listed = [(f, float(part[c])) for c, pool in enumerate(made.firms) for f in pool]
    for firm, p in listed:
        if made.place[firm] not in FOREIGN and world.chance(p):
            holds.add(firm)
            span = {"valid_from": world.pick(["2022", "2023"]), "valid_until": "2026-12"}
            world.relate("holds_designation", firm, TITLE, level="国家", **span)
        elif world.chance(0.03):
            span = {"valid_from": "2018", "valid_until": "2021"}
            world.relate("holds_designation", firm, TITLE, level="国家", **span)
    _untitled(world, made, holds)


def _untitled(world: World, made: Trade, holds: set[str]) -> None:
    """A link none of whose firms holds what half of the chain's other links have, so that chance
    would do it once in ten thousand; where it would do it more often is left open."""
    truth = world.of("tier-coverage")
    own = [{f for f in link.held if made.place[f] not in FOREIGN} for link in made.links]
    chain: dict[int, list[set[str]]] = defaultdict(list)
    for link, firms in zip(made.links, own, strict=True):
        if firms:
            chain[link.chain].append(firms)
    for link, firms in zip(made.links, own, strict=True):
        key, rest = (link.id,), [f for f in chain[link.chain] if f is not firms]
        every = set().union(*rest) - firms
        if not firms or not every or firms & holds:
            truth.decoys |= {key} if len(firms & holds) == 1 and len(firms) >= 8 else set()
            continue
        part = sum(bool(f & holds) for f in rest) / len(rest)
        if binom.pmf(0, len(firms), len(every & holds) / len(every)) > 1e-4:
            truth.weak.add(key)
            truth.open.add(key)
        else:
            truth.by(key, part, 0.5)


def contracts(world: World, made: Trade, sheltered: set[str], tied: set[str]) -> None:
    """What the universities of each city sell, and to whom: mostly firms that are `tied`."""
    sits = {r["from"]: r["to"] for r in world.relations["located_in"]}
    schools: dict[str, list[str]] = defaultdict(list)
    rows = world.entities.get("university", [])
    for body in (r["id"] for r in rows):
        schools[sits[body]].append(body)
    by_city: dict[str, list[str]] = defaultdict(list)
    for pool in made.firms:
        for firm in pool:
            if firm not in sheltered and (firm in tied or world.chance(0.1)):
                by_city[made.place[firm]].append(firm)
    truth = world.of("local-uptake")
    for city, sellers in sorted(schools.items()):
        near, far = by_city[city], [f for c, fs in by_city.items() if c != city for f in fs]
        away = world.chance(0.35)
        stay = world.rng.uniform(0.05, 0.25) if away else world.rng.uniform(0.6, 0.9)
        value = home = 0.0
        n = world.heavy(12, 80, 1.3)
        for _ in range(n):
            here = bool(near) and world.chance(stay)
            amount = float(world.rng.lognormal(4, 0.6))
            value, home = value + amount, home + amount * here
            buyer = world.pick(near if here else far)
            day = f"2022-{world.rng.integers(1, 13):02d}-{world.rng.integers(1, 29):02d}"
            world.relate(
                "transfers_to", world.pick(sellers), buyer, amount=f"{amount:.0f}万元", start=day
            )
        rate = home / value
        truth.by((city,), 1 - rate, 0.5, known=n >= TWICE * 10)
        truth.decoys |= {(city,)} if rate >= 0.5 * (1 + NEAR) else set()
