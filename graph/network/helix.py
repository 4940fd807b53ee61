"""Universities, firms and government in the same projects: the triple helix, in bits."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log2

import numpy as np

from graph.network.actors import KINDS
from graph.network.located import located
from graph.network.network import Network
from graph.network.source import Bools, Ints, ints
from graph.network.tables import begun
from graph.record.sql import ident, literals

SIDES = ("research", "firm", "government")
"""The three dimensions, as kinds of actors."""

JOINT = ("Project", "Achievement", "Challenge", "Programme", "Consortium")
"""What several work at together, as a paper has several authors."""


def synergy(counts: Mapping[tuple[int, int, int], float]) -> float:
    """T(u,i,g) = H_u + H_i + H_g − H_ui − H_ug − H_ig + H_uig in bits, of how many things have
    which of the three (1) and which not (0). Below 0: together they leave less uncertain than the
    pairs would have it, which is synergy.

    Parity: any two say nothing of each other, all three say everything.

    >>> even = {(0, 0, 0): 1, (0, 1, 1): 1, (1, 0, 1): 1, (1, 1, 0): 1}
    >>> synergy(even), synergy({(0, 0, 0): 5, (1, 1, 1): 5})
    (-1.0, 1.0)

    L. Leydesdorff, "The mutual information of university-industry-government relations",
    Scientometrics 58 (2003) 445.
    """
    single = sum(entropy(counts, (side,)) for side in range(3))
    pairs = sum(entropy(counts, pair) for pair in ((0, 1), (0, 2), (1, 2)))
    return single - pairs + entropy(counts, (0, 1, 2))


def entropy(counts: Mapping[tuple[int, int, int], float], sides: tuple[int, ...]) -> float:
    """The entropy in bits of some of the three dimensions."""
    total = sum(counts.values())
    sums: dict[tuple[int, ...], float] = {}
    for cell, count in counts.items():
        key = tuple(cell[side] for side in sides)
        sums[key] = sums.get(key, 0) + count
    return -sum(n / total * log2(n / total) for n in sums.values() if n)


@dataclass(frozen=True)
class Helix:
    """How many things universities and institutes, firms and government take part in, by which."""

    counts: Mapping[tuple[int, int, int], int]

    @property
    def things(self) -> int:
        return sum(self.counts.values())

    @property
    def parts(self) -> tuple[int, int, int]:
        """How many things each of the three takes part in."""
        u, i, g = (sum(n for cell, n in self.counts.items() if cell[side]) for side in range(3))
        return u, i, g


def helix(net: Network, inside: Bools | None = None) -> Helix:
    """Counts the things that at least one of the three takes part in, by the relations of the
    innovation chain; with `inside` the actors in these regions only."""
    thing, side, actor = _taking_part(net)
    if inside is not None and len(actor):
        here = np.append(inside, False)[located(net, actor)]
        thing, side = thing[here], side[here]
    things, at = np.unique(thing, return_inverse=True)
    has = np.zeros((3, len(things)), dtype=np.int64)
    has[side, at.reshape(-1)] = 1
    code, count = np.unique(has[0] * 4 + has[1] * 2 + has[2], return_counts=True)
    cells = [(c // 4, c // 2 % 2, c % 2) for c in code.tolist()]
    return Helix(dict(zip(cells, count.tolist(), strict=True)))


def _taking_part(net: Network) -> tuple[Ints, Ints, Ints]:
    """Rows (thing, side, actor) by key, each once."""
    source, schema = net.source, net.source.schema
    things, parts = set(schema.ends(JOINT)), []
    for relation in schema.relations.values():
        if relation.chain != "innovation":
            continue
        for ends, f, t in ((relation.range, "f", "t"), (relation.domain, "t", "f")):
            if things & set(schema.ends(ends)):
                parts.append(
                    f"SELECT r.{f} AS actor, r.{t} AS thing FROM {ident('r_' + relation.name)} r"
                    f" WHERE {begun(source, relation.name, 'r', net.as_of)}"
                )
    sides = " ".join(
        f"WHEN a.class IN {literals(schema.ends(KINDS[kind]))} THEN {number}"
        for number, kind in enumerate(SIDES)
    )
    found = source.con.execute(
        f"SELECT DISTINCT p.thing, CASE {sides} END AS side, p.actor"
        f" FROM ({' UNION ALL '.join(parts)}) p JOIN node a ON a.k = p.actor"
        f" JOIN node t ON t.k = p.thing WHERE t.class IN {literals(tuple(sorted(things)))}"
        " AND side IS NOT NULL ORDER BY ALL"
    ).fetchnumpy()
    return ints(found["thing"]), ints(found["side"]), ints(found["actor"])
