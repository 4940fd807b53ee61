"""Who had capital, how firms went from round to round, and units from step to step.

Of a chain's firms at home 55 to 80% had capital; of links that capital passes by 3% of their own
firms. A funded firm has a round of funding and goes on to the next with .7 to .85, or is tied to
an investor without a round. Where the step is broken it goes on with .1.
"""

import numpy as np
from scipy.stats import binom

from bench.planted.links import FOREIGN, Trade
from bench.planted.world import TWICE, World

ROUNDS = ("种子", "天使", "A", "B", "C", "D")
STAGES = ("seed", "angel", "a", "b", "c", "d", "ipo")
STEPS = ("basic-research", "development", "proof-of-concept", "pilot", "production")


def capital(world: World, made: Trade, investors: int, sheltered: set[str]) -> None:
    """Rounds, investments and grants. `sheltered` firms have rounds without named investors."""
    funds = [world.entity("investor", f"V{i}", f"示例创投{i}") for i in range(investors)]
    broken = world.pick([1, 2, 3]) if world.chance(0.7) else None
    part = world.rng.uniform(0.55, 0.8, len(made.firms))
    listed = [(firm, float(part[c])) for c, pool in enumerate(made.firms) for firm in pool]
    listed = [(f, p) for f, p in listed if made.place[f] not in FOREIGN]
    listed += [(firm, 0.03) for firm in sorted(made.unfunded)]
    rates = world.rng.uniform(0.7, 0.85, len(ROUNDS))
    if broken is not None:
        rates[broken] = 0.1
    funded: set[str] = set()
    for firm, p in listed:
        if not world.chance(p):
            continue
        funded.add(firm)
        if world.chance(0.45):
            _rounds(world, firm, funds, rates, firm in sheltered)
        for _ in range(world.heavy(1, 5)):
            if firm in sheltered or not funds or world.chance(0.1):
                number = len(world.entities.get("grant", []))
                grant = world.entity("grant", f"G{number}", f"示例资助{number}", date="2022")
                world.relate("funds", grant, firm, instrument="补助", start="2022")
            else:
                world.relate("invests_in", world.pick(funds), firm, start="2021", instrument="股权")
    for i, name in enumerate(STAGES):
        world.entity("stage", f"stage:capital-{name}", f"示例轮次{name}", position=i)
    _links(world, made, funded)
    if broken is not None:
        stage = f"stage:capital-{STAGES[broken]}"
        later = f"stage:capital-{STAGES[broken + 1]}"
        if _entered(world, broken) >= TWICE * 10:
            world.of("funding-hole").gaps.add((stage,))
            world.of("hand-off").gaps.add((stage, later))
        else:
            world.of("funding-hole").weak.add((stage,))
            world.of("hand-off").weak.add((stage, later))


def _entered(world: World, at: int) -> int:
    return sum(r["round"] == ROUNDS[at] for r in world.entities.get("funding_round", []))


def _rounds(world: World, firm: str, funds: list[str], rates: np.ndarray, alone: bool) -> None:
    at = min(int(world.rng.geometric(0.45)) - 1, 3)
    month = int(world.rng.integers(0, 120))
    while at < len(ROUNDS) and month < 170:
        number = len(world.entities.get("funding_round", []))
        date = f"{2010 + month // 12}-{month % 12 + 1:02d}"
        name = f"示例{firm}第{number}次融资"
        key = world.entity("funding_round", f"D{number}", name, round=ROUNDS[at], date=date)
        world.relate("raised", firm, key)
        if not alone and funds:
            for fund in world.several(funds, world.heavy(1, 4, 1.8)):
                world.relate("participates_in_round", fund, key)
        if not world.chance(float(rates[at])):
            break
        at, month = at + 1, month + int(world.rng.gamma(4, 5)) + 3


def _links(world: World, made: Trade, funded: set[str]) -> None:
    """A planted link whose firms have capital less than half as often as the others of its chain,
    so that chance would do it once in ten thousand; what is low for want of firms is left open."""
    truth = world.of("funding-hole")
    home = [{f for f in link.held if made.place[f] not in FOREIGN} for link in made.links]
    chain: dict[int, set[str]] = {}
    for link, own in zip(made.links, home, strict=True):
        chain.setdefault(link.chain, set()).update(own)
    for link, own in zip(made.links, home, strict=True):
        others = chain[link.chain] - own
        if not own or not others:
            continue
        usual = len(others & funded) / len(others)
        share = len(own & funded) / len(own)
        low = share < usual / 2
        sure = bool(binom.cdf(len(own & funded), len(own), usual) <= 1e-4)
        if low and link.planted == "unfunded" and sure:
            truth.gaps.add((link.id,))
        elif low:
            truth.open.add((link.id,))
            truth.weak.add((link.id,))
        elif share < 0.75 * usual:
            truth.decoys.add((link.id,))


def cohorts(world: World, units: list[str]) -> None:
    """Projects on their way from research to production, and where they get stuck."""
    for i, name in enumerate(STEPS):
        world.entity("stage", f"stage:innovation-{name}", f"示例步骤{name}", position=i)
    broken = {int(i) for i in world.several([0, 1, 2, 3], world.pick([0, 1, 1]))}
    rates = world.rng.uniform(0.55, 0.75, 4)
    near = world.pick([i for i in range(4) if i not in broken])
    rates[near] = 0.5
    for at in broken:
        rates[at] = 0.08
    count = np.zeros(4, dtype=int)
    for unit in units:
        at = min(int(world.rng.geometric(0.4)) - 1, 3)
        month = int(world.rng.integers(0, 120))
        while month < 175:
            date = f"{2010 + month // 12}-{month % 12 + 1:02d}"
            world.relate("reached", unit, f"stage:innovation-{STEPS[at]}", start=date)
            if at == 4:
                break
            count[at] += 1
            if not world.chance(float(rates[at])):
                break
            at, month = at + 1, month + int(world.rng.gamma(4, 4)) + 2
    for at in range(4):
        pair = (f"stage:innovation-{STEPS[at]}", f"stage:innovation-{STEPS[at + 1]}")
        if at in broken and count[at] >= TWICE * 10:
            world.of("hand-off").gaps.add(pair)
        elif at in broken:
            world.of("hand-off").open.add(pair)
            world.of("hand-off").weak.add(pair)
        elif at == near:
            world.of("hand-off").decoys.add(pair)
