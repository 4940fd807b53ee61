"""Bounds of the Herfindahl–Hirschman index where not every share is known."""

from dataclasses import dataclass

import numpy as np

from graph.network.ragged import largest, summed
from graph.network.source import Bools, Floats, Ints
from graph.network.supply import Supply


@dataclass(frozen=True)
class Bounds:
    """Per link: `lower` ≤ HHI ≤ `upper`; `known` the sum of stated shares (at most 1); `top` the
    holder with the largest stated share (-1: none) and `top_share`; `holders` how many are named;
    `assessed` whether anybody supplies the link at all. `spread` is the number of holders that the
    rest is spread over for the lower bound, 0 where it adds nothing; `apart` what is in the lower
    bound for providers whose holder is not known."""

    lower: Floats
    upper: Floats
    known: Floats
    top: Ints
    top_share: Floats
    holders: Ints
    assessed: Bools
    spread: Ints
    apart: Floats


def bounds(
    supply: Supply, holder: Ints, n: int, alone: Bools | None = None, counted: Ints | None = None
) -> Bounds:
    """Bounds over `holder`, one per row of `supply`; -1 is somebody without a name.

    `alone` marks rows without a holder that are one provider each: s² is the least that it adds,
    whoever holds it. `counted` is how many providers each link has, named or not (-1: not said):
    as the rest is theirs who are without a stated share, it adds at least R² / their number. Where
    no share is stated at all that would say no more than a count, and is left to `thin-stage`.

    The rest R that no stated share accounts for is spread evenly over holders that are called
    minor, for the lower bound, or adds nothing where none is known or a major one may hold any
    part of it; for the upper bound it goes to the largest. A sum above 1 is divided down.
    """
    stated = ~np.isnan(supply.share)
    total = np.bincount(supply.link[stated], supply.share[stated], n)
    share = np.where(stated, supply.share, 0.0) / np.maximum(total, 1.0)[supply.link]
    named = holder >= 0
    loud = (stated | ~supply.minor)[named].astype(np.float64)
    link, who, held, heard = summed(supply.link[named], holder[named], share[named], loud)
    minors = np.bincount(link[heard == 0], minlength=n)
    majors = np.bincount(supply.link[~stated & ~supply.minor], minlength=n)
    known = np.minimum(total, 1.0)
    rest = 1 - known
    squares = np.bincount(link, held**2, n)
    over = np.where(majors == 0, minors, 0)
    real = named if alone is None else named | alone
    if counted is not None:
        told = np.bincount(supply.link[stated & real], minlength=n)
        over = np.where((counted >= 0) & (total > 0), np.maximum(counted - told, 0), over)
    spread = np.where(over > 0, rest**2 / np.maximum(over, 1), 0.0)
    apart = np.bincount(supply.link[real & ~named], share[real & ~named] ** 2, n)
    top, top_share = np.full(n, -1, dtype=np.int64), np.zeros(n)
    row = largest(link, held, n)
    some = row[row >= 0]
    some = some[held[some] > 0]
    top[link[some]], top_share[link[some]] = who[some], held[some]
    nameless = np.bincount(supply.link[~named], share[~named], n)
    highest = np.clip(top_share + rest + nameless, 0, 1)
    assessed = np.bincount(supply.link, minlength=n) > 0
    upper = squares - top_share**2 + highest**2
    return Bounds(
        lower=np.where(assessed, squares + spread + apart, np.nan),
        upper=np.where(assessed, np.clip(upper, 0, 1), np.nan),
        known=known,
        top=top,
        top_share=top_share,
        holders=np.bincount(link, minlength=n),
        assessed=assessed,
        spread=np.where(rest > 0, over, 0),
        apart=apart.astype(np.float64),
    )
