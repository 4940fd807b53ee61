"""The value at stake in a link: its market's size, its own or from others, on a log scale."""

from collections.abc import Iterator

import numpy as np

from graph.gaps.derivation.arithmetic import SHOWN, added, calculate, given
from graph.gaps.method import Ask, Node, Rows, Step
from graph.gaps.stake import Stake, sized, steps
from graph.network import Network
from graph.network.sizes import COLUMN
from graph.network.source import Floats, has_column
from graph.record.sql import ident
from graph.rows import number


def stake_steps(net: Network, ask: Ask, seen: Stake, link: int) -> Iterator[Step]:
    """How w comes about."""
    w = float(seen.w[link])
    if not seen.known:
        yield Step("explain-choke.no-size", calculations=(given("w", w),))
        return
    size = float(seen.size[link])
    yield _size(net, link, size)
    floor, cap = ask["chokepoint.floor"], ask["chokepoint.cap"]
    scaled = np.log(size / floor) / np.log(cap / floor)
    least = ask["chokepoint.w_min"]
    yield Step(
        "explain-choke.stake",
        {"floor": number(floor), "cap": number(cap), "least": number(least)},
        calculations=(
            calculate(
                "x",
                "ln({size} / {floor}) / ln({cap} / {floor})",
                scaled,
                size=size,
                floor=floor,
                cap=cap,
            ),
            calculate("w", "min(1, max({least}, {x}))", w, least=least, x=scaled),
        ),
    )


def _size(net: Network, link: int, size: float) -> Step:
    """Own; else what its kinds, its inputs or its parts add up to; else the median."""
    if not np.isnan(net.size[link]):
        return _stated(net, link, size)
    kinds, inputs, parts = sized(net)
    if not np.isnan(kinds[link]):
        return _sum(net, "size-kinds", net.variants.f[net.variants.t == link], kinds, size)
    if not np.isnan(inputs[link]):
        return _shared(net, link, kinds, size)
    if not np.isnan(parts[link]):
        return _sum(net, "size-parts", net.parts.f[net.parts.t == link], inputs, size)
    known = np.sort(parts[~np.isnan(parts)])
    low, high = float(known[(len(known) - 1) // 2]), float(known[len(known) // 2])
    middle = calculate("size", "({a} + {b}) / 2", size, a=low, b=high)
    says = {"count": len(known), "a": number(low), "b": number(high)}
    return Step("explain-choke.size-median", says, calculations=(middle,))


def _stated(net: Network, link: int, size: float) -> Step:
    """What a source states, in its currency; between bounds the middle of them."""
    k = int(net.links[link])
    cls, low, high, currency = _money(net, k)
    rows = (Rows(cls, of=k),)
    middle = (low + high) / 2
    rate = size / middle
    says = {"currency": currency, "rate": number(rate), "low": number(low), "high": number(high)}
    if low == high:
        told = calculate("size", "{amount} × {rate}", size, amount=low, rate=rate)
        return Step("explain-choke.size", says, rows, (told,))
    told = calculate("size", "({low} + {high}) / 2 × {rate}", size, low=low, high=high, rate=rate)
    return Step("explain-choke.size-between", says, rows, (told,))


def _money(net: Network, k: int) -> tuple[str, float, float, str]:
    """The class of a link, the bounds of its market, and the currency."""
    ((cls,),) = net.source.con.execute("SELECT class FROM node WHERE k = ?", [k]).fetchall()
    assert has_column(net.source.schema, cls, COLUMN)
    ((value, low, high, currency),) = net.source.con.execute(
        f"SELECT {COLUMN}, {COLUMN}_min, {COLUMN}_max, {COLUMN}_currency FROM {ident('n_' + cls)}"
        " WHERE k = ?",
        [k],
    ).fetchall()
    if value is not None:
        low = high = value
    elif low is None or high is None:
        low = high = low if high is None else high
    return cls, float(low), float(high), currency or "USD"


def _sum(net: Network, key: str, of: Floats, value: Floats, size: float) -> Step:
    of = of[~np.isnan(value[of])]
    of = of[np.lexsort((of, -value[of]))]
    parts = [_part(net, int(i), float(value[i])) for i in of[:SHOWN]]
    if len(of) > SHOWN:
        says = {"count": len(of) - SHOWN, "sum": number(float(value[of[SHOWN:]].sum()))}
        parts.append(Step("explain-choke.more-sizes", says))
    total = added("size", "", value[of].tolist(), size)
    return Step(f"explain-choke.{key}", calculations=(total,), parts=tuple(parts))


def _part(net: Network, link: int, size: float) -> Step:
    k = int(net.links[link])
    says = {"link": Node(k), "size": number(size)}
    if np.isnan(net.size[link]):
        return Step("explain-choke.size-of-derived", says)
    return Step("explain-choke.size-of", says, (Rows(_money(net, k)[0], of=k),))


def _shared(net: Network, link: int, value: Floats, size: float) -> Step:
    """The sizes of a step's inputs, each divided among all who use it."""
    step = steps(net)
    users = np.maximum(np.bincount(net.requires.t, minlength=len(net)), 1)
    needed = net.requires.t[net.requires.f == link]
    needed = needed[~step[needed] & ~np.isnan(value[needed])]
    share = (value / users)[needed]
    order = np.lexsort((needed, -share))
    needed, share = needed[order], share[order]
    parts = []
    for i, part in zip(needed[:SHOWN].tolist(), share[:SHOWN].tolist(), strict=True):
        k, n = int(net.links[i]), int(users[i])
        says = {"link": Node(k), "size": number(float(value[i])), "users": n}
        told = calculate("part", "{size} / {users}", part, size=float(value[i]), users=n)
        rows = (Rows("REQUIRES", of=int(net.links[link]), to=k),)
        parts.append(Step("explain-choke.size-shared", says, rows, (told,)))
    if len(needed) > SHOWN:
        says = {"count": len(needed) - SHOWN, "sum": number(float(share[SHOWN:].sum()))}
        parts.append(Step("explain-choke.more-sizes", says))
    total = added("size", "", share.tolist(), size)
    return Step("explain-choke.size-inputs", calculations=(total,), parts=tuple(parts))
