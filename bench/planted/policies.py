"""Policies, the problems that sources state, and who needs what.

A link that policies target is targeted by 1 + a negative binomial of mean 4.6 of those in force
(one in fourteen by a single one, one in nine by two). A policy that pays does so in 2 to 8 rows.
Each has one issuer.
"""

from bench.planted.links import Trade
from bench.planted.world import World

LEVELS = ("国家", "省", "市", "区")


def policies(world: World, made: Trade, n: int, projects: list[str]) -> None:
    """`n` policies over all chains, some of them not in force, and what each is good for."""
    chains = len(made.firms)
    for i in range(3 + n // 40):
        world.entity("government_body", f"B{i}", f"示例主管部门{i}")
    in_force: list[list[str]] = [[] for _ in range(chains)]
    others: list[list[str]] = [[] for _ in range(chains)]
    for i in range(max(n, 4 * chains)):
        chain = i % chains
        state = _policy(world, f"P{i}", projects)
        (in_force if state == "live" else others)[chain].append(f"P{i}")
    _targets(world, made, in_force, others)
    _lapsed(world)


def _policy(world: World, key: str, projects: list[str]) -> str:
    """One policy; says whether it is in force."""
    level = world.pick(list(LEVELS))
    roll = world.rng.random()
    state, values = "live", {"status": world.pick(["施行", "施行", "修订", ""])}
    if roll < 0.08:
        state, values = "none", {"status": world.pick(["拟定", "征求意见", "废止"])}
    elif roll < 0.13:
        state, values = (
            "ran_out",
            {"status": "施行", "valid_until": world.pick(["2021", "2023-06"])},
        )
    elif roll < 0.18:
        state, values = "over", {"status": "失效", "valid_until": "2020"}
    elif world.chance(0.3):
        values["valid_until"] = world.pick(["2025-12", "2027", "2030"])
    lacks = world.rng.random(3) < 0.04
    pays = not lacks[2] and bool(projects)
    lacks[1] &= not pays
    if not lacks[0]:
        values["instruments"] = world.pick(["补助", "股权;贷款", "担保", "补助;贷款"])
    if not lacks[1] and (not projects or world.chance(0.85)):
        values["beneficiary"] = "示例对象"
    elif not lacks[1]:
        for project in world.several(projects, world.heavy(2, 6)):
            world.relate("supports", key, project)
    world.entity("policy", key, f"示例政策{key}", level=level, **values)
    bodies = world.entities.get("government_body", [])
    world.relate("issues", world.pick(bodies)["id"], key)
    if not lacks[2]:
        for project in world.several(projects, world.heavy(2, 8)):
            world.relate("funds", key, project, amount="100万元", start="2023")
    truth = world.of("policy-quality")
    if state == "ran_out" or (state == "live" and lacks.any()):
        truth.gaps.add((key,))
    elif state == "live":
        truth.decoys.add((key,))
    return state


def _targets(world: World, made: Trade, in_force: list[list[str]], others: list[list[str]]) -> None:
    covered: set[int] = set()
    stage_of = {part: at for at, link in enumerate(made.links) for part in link.parts}
    head_of = {kind: at for at, link in enumerate(made.links) for kind in link.kinds}
    for at, link in enumerate(made.links):
        pool = in_force[link.chain]
        bare = world.chance(0.15) if not link.stage else not world.chance(0.3)
        if pool and not bare:
            covered.add(at)
            for policy in world.several(pool, 1 + int(world.rng.negative_binomial(2.5, 0.35))):
                world.relate("targets", policy, link.id, depth="clause")
        elif others[link.chain] and world.chance(0.5):
            world.relate("targets", world.pick(others[link.chain]), link.id)
    for at, link in enumerate(made.links):
        above = {at, stage_of.get(at, at), head_of.get(at, at)}
        above |= {stage_of.get(i, i) for i in above}
        if not above & covered:
            world.of("policy-coverage").gaps.add((link.id,))
    for chain in range(len(made.firms)):
        if in_force[chain] and world.chance(0.3):
            world.relate("targets", in_force[chain][0], f"C{chain}")


def _lapsed(world: World) -> None:
    """A policy that is over is found where nothing in force targets what it did."""
    status = {row["id"]: row for row in world.entities["policy"]}
    live = {
        p
        for p, row in status.items()
        if row["status"] in ("施行", "修订", "") and row.get("valid_until", "9") >= "2024"
    }
    rows = world.relations.get("targets", [])
    held = {row["to"] for row in rows if row["from"] in live}
    for row in rows:
        if status[row["from"]]["status"] == "失效" and row["to"] not in held:
            world.of("policy-quality").gaps.add((row["from"],))


def problems(world: World, made: Trade, n: int, projects: list[str]) -> None:
    """What sources say is weak: open, solved, over; targeted by policies or not."""
    live = [r["id"] for r in world.entities["policy"] if r["status"] == "施行"]
    live = [p for p in live if "valid_until" not in world.entities["policy"][int(p[1:])]]
    for i in range(n):
        key = world.entity("problem", f"Q{i}", f"示例问题{i}", quote=f"环节{i}对外依赖度高")
        state = world.pick(["open"] * 7 + ["solved"] * 2 + ["over"])
        about = world.several(made.links, world.heavy(1, 3, 2.0))
        for link in about:
            values = {"end": "2021"} if state == "over" else {}
            world.relate("has_problem", link.id, key, quote=f"示例说法{i}", **values)
        if state == "solved" and projects:
            for project in world.several(projects, world.heavy(2, 4)):
                world.relate("addresses", project, key, outcome="攻克")
        elif state != "over" and (state == "open" or not projects):
            world.of("stated").gaps.add((key,))
            for project in world.several(projects, 1 if world.chance(0.4) else 0):
                world.relate("addresses", project, key, outcome="未攻克")
        else:
            world.of("stated").decoys.add((key,))
        if live and world.chance(0.6):
            for policy in world.several(live, 1 + int(world.rng.negative_binomial(1.5, 0.4))):
                world.relate("targets", policy, key)
        else:
            world.of("policy-coverage").gaps.add((key,))


def needs(world: World, made: Trade, n: int) -> None:
    """Firms and places that use a link; firms of the region most."""
    firms = [f for f, at in made.place.items() if at == world.region]
    for _ in range(n):
        link = world.pick(made.links)
        if link.stage or link.kinds:
            continue
        who = world.pick(firms) if firms and world.chance(0.5) else world.pick(list(made.place))
        world.relate("needs", who, link.id, start="2023")
