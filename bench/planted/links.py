"""Chains of links and who supplies them: the part of the world behind the scarcity measures.

How many supply a link that is not planted: 2 + Zipf(1.6), at most 60: nearly half have three, one
in twenty more than thirty. What they hold: Dirichlet, with one parameter per link out of .7, 2 and
8 (uneven to even). 30% of the firms are abroad, and a fifth of the links is held from there.
Published are the shares of a link (75%), its number of providers (90%, of which 3% out of date by
one), its localisation rate and the shares of countries (60% each); shares carry 5% of noise.
"""

from dataclasses import dataclass, field

import numpy as np

from bench.planted.world import World

FOREIGN = ("US", "JP", "DE", "KR", "NL")
COUNTRY = {"CN": "中国", "US": "美国", "JP": "日本", "DE": "德国", "KR": "韩国", "NL": "荷兰"}


@dataclass
class Link:
    """A link as it is: who supplies it today, with which share of the world's supply."""

    id: str
    chain: int
    stage: bool = False
    final: bool = False
    parts: list[int] = field(default_factory=list)
    """A stage's members, by position."""
    kinds: list[int] = field(default_factory=list)
    needs: list[tuple[int, int]] = field(default_factory=list)
    """What it requires, by position, and the group of alternatives, -1 for none."""
    held: dict[str, float] = field(default_factory=dict)
    capable: int = 0
    placeholder: bool = False
    published: bool = True
    counted: bool = False
    size: float = 0.0
    sized: bool = False
    planted: str = ""

    @property
    def shares(self) -> list[float]:
        return sorted(self.held.values(), reverse=True)


@dataclass
class Trade:
    """All links and firms of a world."""

    links: list[Link] = field(default_factory=list)
    place: dict[str, str] = field(default_factory=dict)
    """Where each firm sits: a city at home, a country abroad."""
    cities: list[str] = field(default_factory=list)
    firms: list[list[str]] = field(default_factory=list)
    """The firms of each chain, those that supply much first."""
    group: dict[str, str] = field(default_factory=dict)
    """The holding behind a firm."""
    unfunded: set[str] = field(default_factory=set)
    """Firms of links that capital passes by; they supply nothing else."""

    def country(self, firm: str) -> str:
        at = self.place[firm]
        return at if at in FOREIGN else "CN"


PLANTED = (
    ("missing", 0.07),
    ("single", 0.07),
    ("thin", 0.06),
    ("choke", 0.05),
    ("trap", 0.04),
    ("foreign", 0.06),
    ("unfunded", 0.04),
    ("special", 0.05),
)
"""What a link is made to be, and how often; the others are as they come."""


def places(world: World, n: int) -> list[str]:
    """Countries, provinces and `n` cities."""
    for code, name in COUNTRY.items():
        world.entity("region", code, name, level="国家", iso_code=code)
    provinces = max(1, n // 4)
    for p in range(provinces):
        world.entity("region", f"R{p}", f"示例·省{p}", level="省")
        world.relate("gazetteer", f"R{p}", "CN", type="PART_OF")
    cities = []
    for c in range(n):
        cities.append(world.entity("region", f"RC{c}", f"示例·市{c}", level="市"))
        world.relate("gazetteer", f"RC{c}", f"R{c % provinces}", type="PART_OF")
    return cities


def trade(world: World, links: int, firms: int) -> Trade:
    """Chains with `links` links in all, and `firms` firms that supply them."""
    made = Trade(cities=places(world, max(6, firms // 150)))
    chains = max(1, links // 40)
    weight = world.rng.lognormal(0, 0.5, chains)
    count = np.maximum((weight / weight.sum() * links).astype(int), 12)
    for c in range(chains):
        world.entity("industry", f"I{c}", f"示例产业{c}")
        world.entity("chain", f"C{c}", f"示例产业链{c}", type="IndustryChain")
        world.relate("in_industry", f"C{c}", f"I{c}")
        made.firms.append(_firms(world, made, c, max(8, int(firms * count[c] / count.sum()))))
        _chain(world, made, c, int(count[c]))
    firms_in = {city: sum(at == city for at in made.place.values()) for city in made.cities}
    world.region = sorted(made.cities, key=lambda c: firms_in[c])[len(made.cities) * 2 // 3]
    return made


def _firms(world: World, made: Trade, chain: int, n: int) -> list[str]:
    main = world.several(made.cities, 4)
    found = []
    for i in range(n):
        firm = f"F{chain}-{i}"
        if world.chance(0.3):
            at = FOREIGN[min(int(world.rng.zipf(1.7)) - 1, len(FOREIGN) - 1)]
        else:
            at = main[min(int(world.rng.zipf(1.8)) - 1, len(main) - 1)]
        made.place[firm] = at
        found.append(firm)
    return found


def _chain(world: World, made: Trade, chain: int, n: int) -> None:
    """Three to six stages with products as parts; a product requires such of later rows."""
    first = len(made.links)
    stages = int(world.rng.integers(3, 7)) if n >= 24 else 2
    rows = [Link(f"S{chain}-{i}", chain, stage=True) for i in range(stages)]
    depth = int(world.rng.integers(3, 6))
    rows += [Link(f"L{chain}-{i}", chain) for i in range(n - stages)]
    made.links += rows
    goods = list(range(first + stages, first + n))
    level = np.sort(world.rng.integers(0, depth, len(goods)))
    level[: max(1, len(goods) // 12)] = 0
    final = [g for g, at in zip(goods, level, strict=True) if at == 0]
    for g in final:
        made.links[g].final = True
    kinds = _kinds(world, made, goods, level)
    for g, at in zip(goods, level, strict=True):
        made.links[first + int(world.rng.integers(stages))].parts.append(g)
        above = [o for o, up in zip(goods, level, strict=True) if up == at - 1 and o not in kinds]
        above = above or final
        if at and g not in kinds:
            for user in world.several(above, world.heavy(1, 6, 1.8)):
                made.links[user].needs.append((g, -1))
    _alternatives(world, made, goods)


def _kinds(world: World, made: Trade, goods: list[int], level: np.ndarray) -> set[int]:
    """One in ten is a heading with two or three of the links below it as its kinds."""
    kinds: set[int] = set()
    for at, g in enumerate(goods[:-3]):
        if level[at] and g not in kinds and world.chance(0.08):
            own = [o for o in goods[at + 1 : at + 4] if o not in kinds][: world.pick([2, 3])]
            if len(own) > 1:
                made.links[g].kinds = own
                kinds.update(own)
    return kinds


def _alternatives(world: World, made: Trade, goods: list[int]) -> None:
    """In a tenth of the links with three needs or more two of these can stand in for each other."""
    for g in goods:
        link = made.links[g]
        if len(link.needs) >= 3 and world.chance(0.3):
            (a, _), (b, _) = link.needs[:2]
            link.needs[:2] = [(a, g), (b, g)]
