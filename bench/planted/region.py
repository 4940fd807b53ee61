"""What `world.region` is specialised in: Florence's quotient, counted in provisions.

A link planted to be special has 12 to 25 providers, seven in ten of them from the region, of whom
one holds most. A gap is a link with a quotient of 1.25 and more that chance would give once in ten
thousand, and that is weak there (one provider, nearly all with one, HHI of .25 and more, fewer than
three), or all of whose users are made elsewhere alone.
"""

from collections import defaultdict

from scipy.stats import hypergeom

from bench.planted.links import FOREIGN, Link, Trade
from bench.planted.world import World

LEAST = 1.25


def special(world: World, made: Trade, pool: list[str], n: int) -> list[str]:
    """Providers of a special link: those of the region first, as far as there are any."""
    own = [f for f in pool if made.place[f] == world.region]
    others = [f for f in pool if made.place[f] != world.region]
    here = world.several(own, round(0.7 * n))
    return here + world.several(others, n - len(here))


def judge(world: World, made: Trade) -> None:
    """Writes the truth of specialisation; links of headings and stages are not asked for."""
    home = [[f for f in k.held if made.place[f] not in FOREIGN] for k in made.links]
    for at, link in enumerate(made.links):
        if link.kinds or link.stage:  # as its kinds and parts have it
            home[at] = sorted({f for o in link.kinds for f in home[o]})
    here = [[f for f in firms if made.place[f] == world.region] for firms in home]
    chain: dict[int, int] = defaultdict(int)
    chain_here: dict[int, int] = defaultdict(int)
    for link, firms, ours in zip(made.links, home, here, strict=True):
        if not link.kinds:
            chain[link.chain] += len(firms)
            chain_here[link.chain] += len(ours)
    users: dict[int, set[int]] = defaultdict(set)
    for at, link in enumerate(made.links):
        for need, _ in link.needs:
            users[need].add(at)
    truth = world.of("specialisation")
    for at, link in enumerate(made.links):
        n, x = chain[link.chain], chain_here[link.chain]
        if link.kinds or link.stage or len(home[at]) < 5 or x < 5 or n - x < 5:
            continue
        lq = len(here[at]) / len(home[at]) / (x / n)
        p = float(hypergeom.sf(len(here[at]) - 1, n, x, len(home[at])))
        onward = users[at]
        further = bool(onward) and not any(here[u] for u in onward) and any(home[u] for u in onward)
        weak = _weak(link, here[at])
        key = (link.id,)
        if lq < LEAST or not here[at]:
            truth.decoys |= {key} if lq > 1 and p < 0.2 else set()
        elif not weak and not further:
            truth.decoys.add(key)
        elif not weak or _weak(link, here[at], 0.05):
            sure = p <= 1e-4 and (link.published or further) and len(home[at]) >= 10
            (truth.gaps if sure else truth.weak).add(key)
            truth.open |= set() if sure else {key}
        else:
            truth.near.add(key)


def _weak(link: Link, firms: list[str], more: float = 0.0) -> bool:
    """Whether few hold what is made there; `more` than just so."""
    held = [link.held[f] for f in firms]
    if not sum(held):
        return False
    hhi = sum((s / sum(held)) ** 2 for s in held)
    return len(held) < 3 or max(held) / sum(held) >= 0.95 or hhi >= 0.25 + more
