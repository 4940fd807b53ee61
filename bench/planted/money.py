"""Which links get less of the money of their chain than their need: capital-mismatch.

Need is what `chokepoint` weighs, from home: c^.7 · w^.3 of what is held abroad, and of a missing
link with c = 1; a stage has .9 of its worst part. Money is counted in events to firms at home, a
firm's in equal parts over what it provides. A gap is a link whose need is half above the average of
its chain and that gets less than a quarter of its share, which chance would do once in a hundred;
from the average to that, and from a quarter to three quarters, it is left open.
"""

from collections import Counter, defaultdict

import numpy as np
from scipy.stats import binom

from bench.planted.links import FOREIGN, Link, Trade
from bench.planted.world import World


def judge(world: World, made: Trade, missing: set[int]) -> None:
    """Writes the truth; `missing` are the links that nobody supplies."""
    links = made.links
    usual = float(np.median([k.size for k in links if k.sized] or [1e8]))
    need = [_need(made, k, at in missing, usual) for at, k in enumerate(links)]
    for at, link in enumerate(links):
        if link.stage and need[at] is None:
            parts = [need[o] or 0.0 for o in link.parts if links[o].held]
            need[at] = 0.9 * max(parts) if parts else None
    events, who = _events(world, made)
    parts_of: Counter[str] = Counter(row["from"] for row in world.relations["provides"])
    named = [[f for f in k.held if parts_of[f] and events[f]] for k in links]
    got = [sum(events[f] / parts_of[f] for f in firms) for firms in named]
    seen = [sum(1 / parts_of[f] for f in firms) for firms in named]
    chain: dict[int, list[int]] = defaultdict(list)
    for at, link in enumerate(links):
        if need[at] is not None:
            chain[link.chain].append(at)
    kinds = {o for k in links for o in k.kinds}
    truth = world.of("capital-mismatch")
    for c, rows in chain.items():
        want, money = sum(need[i] or 0.0 for i in rows), sum(got[i] for i in rows)
        funded = len({f for i in rows for f in links[i].held if f in who})
        if len(rows) < 10 or funded < 20 or not money or not want:
            _leave(world, [links[i] for i in range(len(links)) if links[i].chain == c])
            continue
        for i in rows:
            share, part = (need[i] or 0.0) / want, got[i] / money
            above, less = share * len(rows), part / share if share else 1.0
            key, p = (links[i].id,), float(binom.cdf(np.ceil(seen[i]), funded, share))
            known = i in missing or (links[i].published and links[i].sized and i not in kinds)
            if above >= 1.5 and less <= 0.25 and p <= 0.01 and known:
                truth.gaps.add(key)
            elif less <= 0.75 and (above >= 0.7 or not known):
                truth.near.add(key)
            elif above >= 1.5:
                truth.decoys.add(key)


def _leave(world: World, links: list[Link]) -> None:
    """A chain with too few links or recipients to be judged."""
    world.of("capital-mismatch").near |= {(k.id,) for k in links}


def _need(made: Trade, link: Link, missing: bool, usual: float) -> float | None:
    floor, cap = np.log(25e6), np.log(10e9)
    size = link.size if link.sized else usual
    stake = float(np.clip((np.log(max(size, 1.0)) - floor) / (cap - floor), 0.05, 1))
    if missing:
        return float(stake**0.3)
    if not link.held:
        return None
    country: dict[str, float] = defaultdict(float)
    for firm, share in link.held.items():
        if made.place[firm] in FOREIGN:
            country[made.place[firm]] += share
    firms = sum(s * s for f, s in link.held.items() if made.place[f] in FOREIGN)
    places = sum(s * s for s in country.values())
    return float((1 - (1 - firms) * (1 - places)) ** 0.7 * stake**0.3)


def _events(world: World, made: Trade) -> tuple[Counter[str], set[str]]:
    """How often each firm at home had capital."""
    home = {f for f, at in made.place.items() if at not in FOREIGN}
    rows = world.relations.get("raised", [])
    events = Counter(r["from"] for r in rows if r["from"] in home)
    for table in ("invests_in", "funds"):
        events += Counter(r["to"] for r in world.relations.get(table, []) if r["to"] in home)
    return events, set(events)
