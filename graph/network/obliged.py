"""How much of a record is missing, told by what must be there.

A round of funding was raised by somebody, a project is undertaken, a result was developed or is
owned, a policy issued. Where many such things have nobody, relations are missing from the record
rather than from the world: of those that had one, a part `lost` has none left and 1 − lost has one,
so lost is about none / (none + one), and not more than that where some had several.
"""

from functools import partial

import numpy as np

from graph.network.network import Network
from graph.network.source import Ints, Source, ints
from graph.record.sql import ident, literals

OBLIGED = {
    "project": ("Project", ("UNDERTAKES",)),
    "round": ("FundingRound", ("RAISED",)),
    "result": ("Achievement", ("DEVELOPS", "OWNS_IP")),
    "policy": ("Policy", ("ISSUES",)),
}
"""A class, and the relations of which one must lead to each of its members."""

LEAST = 20
"""Of fewer things with none or one nothing is said."""


def lost(net: Network, *kinds: str) -> float:
    """The part of the relations that lead to things of these kinds that the record lacks, 0 to 1;
    0 where it cannot be told. A kind of which no member has any is not recorded at all."""
    none = one = 0
    for kind in kinds:
        counts = net.once(("obliged", kind), partial(_counts, net.source, kind))
        if counts[1] or counts[2]:
            none, one = none + counts[0], one + counts[1]
    return none / (none + one) if none + one >= LEAST else 0.0


def _counts(source: Source, kind: str) -> tuple[int, int, int]:
    """How many members have none, one, and more."""
    name, relations = OBLIGED[kind]
    rows = " UNION ALL ".join(f"SELECT t AS k FROM {ident('r_' + r)}" for r in relations)
    found = source.con.execute(
        f"SELECT least(count(r.k), 2) AS n FROM node n LEFT JOIN ({rows}) r ON r.k = n.k"
        f" WHERE n.class IN {literals(source.schema.subclasses(name))} GROUP BY n.k"
    ).fetchnumpy()
    none, one, more = np.bincount(ints(found["n"]), minlength=3)[:3].tolist()
    return none, one, more


SERIES = 0.3
"""From so much missing on, a series in lost / (1 − lost) says less than its first term."""


def false_nones(counts: Ints, lost: float) -> float:
    """How many lost all of theirs, where `counts` of others were kept and each was lost alike.

    With x = lost / (1 − lost) and f₁, f₂ … that kept one, two …: f₁x − f₂x² + f₃x³ …, as every
    number is thinned at random (Good and Toulmin 1956, one step back instead of ahead). From
    `SERIES` on, where it swings and `lost` itself is a lower bound, its first term, the most that
    it can be.

    >>> false_nones(np.array([1] * 100), 0.2)
    25.0
    """
    x = lost / max(1 - lost, 1e-9)
    size = np.bincount(counts[counts > 0], minlength=2)[1:]
    most = float(size[0] * x)
    if lost >= SERIES:
        return most
    power = np.arange(1, len(size) + 1)
    return float(np.clip(-(size * (-x) ** power).sum(), 0, most))
