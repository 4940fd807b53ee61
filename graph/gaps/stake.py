"""The value at stake in a link, w: its market's size on a log scale between a floor and a cap.

A small market is cheap to enter again: size stands for the cost of replacing what breaks.
"""

from dataclasses import dataclass

import numpy as np

from graph.gaps.concentration import MAX_DEPTH
from graph.gaps.method import Ask
from graph.network import Network
from graph.network.source import Bools, Floats


@dataclass(frozen=True)
class Stake:
    """Per link: `size` in US dollars (the median where nothing leads to one), `w` 0 to 1.

    `stated` marks links whose own size is given; `known` is false where no size is known at all,
    and then w is 1 throughout.
    """

    size: Floats
    w: Floats
    stated: Bools
    known: bool


def stake(net: Network, ask: Ask) -> Stake:
    """Own size; else the sum of its kinds'; else a step takes its inputs' sizes, each divided
    among its users; a stage the sum of its parts'; else the median of those known."""
    stated = ~np.isnan(net.size)
    if not stated.any():
        ones = np.ones(len(net))
        return Stake(ones, ones, stated, False)
    size = sized(net)[2]
    size = np.where(np.isnan(size), np.nanmedian(size), size)
    floor, cap = np.log(ask["chokepoint.floor"]), np.log(ask["chokepoint.cap"])
    w = np.clip((np.log(size) - floor) / (cap - floor), ask["chokepoint.w_min"], 1)
    return Stake(size, w, stated, True)


def sized(net: Network) -> tuple[Floats, Floats, Floats]:
    """Sizes with those of kinds added up; with those of inputs as well; with those of parts."""
    kinds = _of_kinds(net, net.size)
    inputs = _of_inputs(net, kinds)
    return kinds, inputs, _of_parts(net, inputs)


def steps(net: Network) -> Bools:
    """Links that are done rather than bought: stages, and what is part of one."""
    step = net.stage.copy()
    step[net.parts.f] = True
    return step


def _of_kinds(net: Network, size: Floats) -> Floats:
    kind, parent = net.variants.f, net.variants.t
    value = size
    for _ in range(MAX_DEPTH):
        use = ~np.isnan(value[kind]) & np.isnan(size[parent])
        total = np.bincount(parent[use], value[kind[use]], len(net))
        new = np.where(total > 0, total, value)
        if np.array_equal(new, value, equal_nan=True):
            break
        value = new
    return value


def _of_inputs(net: Network, size: Floats) -> Floats:
    step = steps(net)
    user, needed = net.requires.f, net.requires.t
    users = np.maximum(np.bincount(needed, minlength=len(net)), 1)
    use = step[user] & ~step[needed] & ~np.isnan(size[needed]) & np.isnan(size[user])
    total = np.bincount(user[use], (size / users)[needed[use]], len(net))
    return np.where(total > 0, total, size)


def _of_parts(net: Network, size: Floats) -> Floats:
    part, whole = net.parts.f, net.parts.t
    use = ~np.isnan(size[part]) & np.isnan(size[whole])
    total = np.bincount(whole[use], size[part[use]], len(net))
    return np.where(total > 0, total, size)
