"""The actors around the chains: who works with whom, in which groups, and what hangs on whom.

A cluster is an industry in a city. Each member comes with 1 (10%), 2 (25%), 3 (35%), 4 (20%) or 6
(10%) ties to those that are there, the well-tied likelier; a third of the ties is a joint project.
Clusters are joined by at least four ties. Some firms of a cluster form a group of its own: behind
one platform (broker), behind two (decoy), joined by four ties (decoy), or alone (island).
"""

from dataclasses import dataclass, field

from bench.planted.links import FOREIGN, Trade
from bench.planted.world import World

SHAPES = ("broker", "island", "twin", "bridged")


@dataclass
class Scene:
    """What the actor graph is made of; `block` is the group that an actor is in."""

    block: dict[str, int] = field(default_factory=dict)
    blocks: list[list[str]] = field(default_factory=list)
    projects: list[str] = field(default_factory=list)
    research: list[str] = field(default_factory=list)
    platforms: list[str] = field(default_factory=list)
    budget: int = 0
    sheltered: set[str] = field(default_factory=set)
    """Firms in groups behind somebody, or alone: no investor of others' is theirs."""
    degree: dict[str, int] = field(default_factory=dict)
    cell: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Industry and city of each actor."""


def scene(world: World, made: Trade, projects: int) -> Scene:
    """All clusters; at most `projects` joint projects."""
    seen = Scene(budget=projects)
    for chain, pool in enumerate(made.firms):
        by_city: dict[str, list[str]] = {}
        for firm in pool:
            if made.place[firm] not in FOREIGN:
                by_city.setdefault(made.place[firm], []).append(firm)
        for city, firms in sorted(by_city.items()):
            if len(firms) >= 12:
                _cluster(world, seen, chain, city, firms)
    return seen


def _cluster(world: World, seen: Scene, chain: int, city: str, firms: list[str]) -> None:
    firms = [firms[int(i)] for i in world.rng.permutation(len(firms))]
    for firm in firms:
        seen.cell[firm] = (f"I{chain}", city)
        world.relate("in_industry", firm, f"I{chain}")
    apart: list[list[str]] = []
    free = firms[int(len(firms) * 0.55) :]
    while len(free) >= 8 and len(apart) < max(1, len(firms) // 40):
        n = int(world.rng.integers(8, min(17, len(free) + 1)))
        apart.append(free[:n])
        free = free[n:]
    core = firms[: int(len(firms) * 0.55)]
    core += [
        _body(world, seen, chain, city, "university" if world.chance(0.6) else "research_institute")
        for _ in range(max(3, len(firms) // 18))
    ]
    core += [_platform(world, seen, chain, city) for _ in range(max(2, len(firms) // 30))]
    core = [core[int(i)] for i in world.rng.permutation(len(core))]
    before = [b for b in seen.blocks if b]
    main = _block(world, seen, core)
    if before:
        for other in world.several(before[-6:], 2):
            if not set(other) & seen.sheltered:
                _join(world, seen, main, other, 4)
    elif seen.blocks[:-1]:
        _join(world, seen, main, seen.blocks[0], 4)
    for group in apart:
        _apart(world, seen, chain, city, main, group)


def _apart(
    world: World, seen: Scene, chain: int, city: str, main: list[str], group: list[str]
) -> None:
    shape = world.pick(list(SHAPES))
    seen.sheltered.update(group)
    _block(world, seen, group)
    if shape == "bridged":
        _join(world, seen, group, main, 5)
    for _ in range({"broker": 1, "twin": 2}.get(shape, 0)):
        gate = _platform(world, seen, chain, city)
        seen.block[gate] = len(seen.blocks)
        seen.blocks.append([])
        for side in (group, main):
            for other in world.several(side, 5):
                _tie(world, seen, gate, other)


def _block(world: World, seen: Scene, members: list[str]) -> list[str]:
    """Members who come one by one and tie themselves to those that are there."""
    number = len(seen.blocks)
    seen.blocks.append(members)
    for i, who in enumerate(members):
        seen.block[who] = number
        if not i:
            continue
        there = members[:i]
        weight = [1.0 + seen.degree.get(o, 0) for o in there]
        m = int(world.rng.choice([1, 2, 3, 4, 6], p=[0.1, 0.25, 0.35, 0.2, 0.1]))
        total = sum(weight)
        chosen = world.rng.choice(i, min(m, i), replace=False, p=[w / total for w in weight])
        for o in chosen:
            _tie(world, seen, who, there[int(o)])
    return members


def _join(world: World, seen: Scene, one: list[str], other: list[str], n: int) -> None:
    for a, b in zip(world.several(one, n), world.several(other, n), strict=False):
        _tie(world, seen, a, b)


def _tie(world: World, seen: Scene, a: str, b: str) -> None:
    for who in (a, b):
        seen.degree[who] = seen.degree.get(who, 0) + 1
    if world.chance(0.35) and len(seen.projects) < seen.budget:
        number = len(seen.projects)
        key = world.entity("project", f"J{number}", f"示例项目{number}", started_on="2020")
        seen.projects.append(key)
        world.relate("undertakes", a, key)
        world.relate("undertakes", b, key)
    elif a[0] == "K" or b[0] == "K":
        platform, client = (a, b) if a[0] == "K" else (b, a)
        world.relate("provides_service_to", platform, client, start="2022")
    else:
        world.relate("collaborates_with", a, b, start="2021")


def _body(world: World, seen: Scene, chain: int, city: str, table: str) -> str:
    number = len(seen.research)
    key = world.entity(table, f"U{number}", f"示例院校{number}")
    seen.research.append(key)
    _settle(world, seen, key, chain, city)
    return key


def _platform(world: World, seen: Scene, chain: int, city: str) -> str:
    number = len(seen.platforms)
    kind = world.pick(["Incubator", "PilotTestPlatform", "IndustrialPark", "TechTransferCentre"])
    key = world.entity(
        "platform",
        f"K{number}",
        f"示例平台{number}",
        type=kind,
        founded_on=world.pick(["2015", "2018"]),
    )
    seen.platforms.append(key)
    _settle(world, seen, key, chain, city)
    return key


def _settle(world: World, seen: Scene, key: str, chain: int, city: str) -> None:
    seen.cell[key] = (f"I{chain}", city)
    world.relate("located_in", key, city)
    world.relate("in_industry", key, f"I{chain}")


def results(world: World, seen: Scene, n: int) -> None:
    """Achievements and patents. Who uses a result has 1 + Poisson(2.5) ties to it; a third is
    used by nobody; some of these are too young to be idle, or of a date that nobody gives."""
    blocks = [b for b in seen.blocks if any(who[0] == "U" for who in b)]
    if not blocks:
        return
    truth = world.of("orphan")
    for i in range(n):
        patent = world.chance(0.5)
        old = world.chance(0.8)
        date = f"{world.rng.integers(2008, 2020) if old else world.rng.integers(2023, 2025)}-05"
        table = "patent" if patent else "achievement"
        column = "granted_on" if patent else "completed_on"
        lapsed = {"status": "失效"} if patent and world.chance(0.1) else {}
        key = world.entity(table, f"A{i}", f"示例成果{i}", **{column: date}, **lapsed)
        block = world.pick(blocks)
        research = [w for w in block if w[0] == "U"]
        firms = [w for w in block if w[0] in "FK"]
        world.relate("develops", world.pick(research), key)
        if world.chance(0.35) or not firms:
            (truth.gaps if old and not lapsed else truth.decoys).add((key, "unused"))
            continue
        for _ in range(1 + int(world.rng.poisson(2.5))):
            _use(world, seen, key, world.pick(firms))


def _use(world: World, seen: Scene, key: str, firm: str) -> None:
    how = world.pick(["develops", "owns_ip", "realised_as"])
    if how == "realised_as":
        goods = world.entities.get("product", [])
        if goods:
            world.relate("realised_as", key, world.pick(goods)["id"])
            return
        how = "develops"
    world.relate(how, firm, key)


def lonely(world: World, seen: Scene, made: Trade) -> None:
    """Platforms that nobody is a client of; some are new."""
    for i in range(len(seen.platforms) // 8):
        new = world.chance(0.3)
        kind = world.pick(["Incubator", "PilotTestPlatform", "TechTransferCentre"])
        key = world.entity(
            "platform",
            f"KL{i}",
            f"示例闲置平台{i}",
            type=kind,
            founded_on="2024-03" if new else "2016",
        )
        world.relate("located_in", key, world.pick(made.cities))
        (world.of("orphan").decoys if new else world.of("orphan").gaps).add((key, "clients"))
    rows = [*world.relations["provides_service_to"], *world.relations["collaborates_with"]]
    served = {row["from"] for row in rows} | {row["to"] for row in rows}
    world.of("orphan").gaps |= {(k, "clients") for k in seen.platforms if k not in served}
