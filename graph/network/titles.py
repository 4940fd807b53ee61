"""Titles that providers hold: 高企, 专精特新 and the like, by level, on the day."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graph.network.network import Network
from graph.network.source import Bools, Ints, bools, has_column, ints, texts
from graph.network.tables import ACTOR, current
from graph.record.sql import ident

LEVELS = ("国家", "省", "市", "区")
"""From the highest: who holds a title at one level has passed the lower ones."""


@dataclass(frozen=True)
class Title:
    """A title at a level: who holds it today, by actor position, and where it could be held.

    `level` is None where less than half of its rows name one. `dated` is the share of rows with a
    batch or a day; `skipped` the batches that are missing between those on record. `area` is per
    actor: the country, province, city or district by which a list of this level is made; `kind`
    says of each actor whether it is of a class that holders are of.
    """

    k: int
    level: str | None
    holds: Bools
    area: Ints
    kind: Bools
    rows: int
    levelled: float
    dated: float
    skipped: tuple[str, ...]


def titles(net: Network) -> list[Title]:
    """All titles that a provider holds or held, by id and level."""
    source, schema = net.source, net.source.schema
    days = [
        f"r.{ident(c)} IS NOT NULL"
        for c in ("batch", "valid_from", "valid_until", "start", "end")
        if has_column(schema, "HOLDS_DESIGNATION", c)
    ]
    found = source.con.execute(
        "SELECT r.t AS k, n.id, coalesce(r.level, d.level) AS level, a.i AS who, r.batch,"
        f" {current(source, 'HOLDS_DESIGNATION', 'r', net.as_of)} AS live,"
        f" ({' OR '.join(days)}) AS dated"
        f' FROM "r_HOLDS_DESIGNATION" r JOIN {ACTOR} a ON a.k = r.f JOIN node n ON n.k = r.t'
        ' JOIN "n_Designation" d ON d.k = r.t WHERE NOT a.placeholder'
        " AND NOT coalesce(r.planned, false) ORDER BY n.id, level, a.i, r.batch"
    ).fetchnumpy()
    key, who = ints(found["k"]), ints(found["who"])
    level, batch = texts(found["level"]), texts(found["batch"])
    live, dated = bools(found["live"]), bools(found["dated"])
    rank = np.array([LEVELS.index(v) if v in LEVELS else -1 for v in level], dtype=np.int64)
    cls = classes(net)
    made = []
    starts = np.flatnonzero(np.append(True, np.diff(key) != 0)[: len(key)])
    for low, high in zip(starts, np.append(starts, len(key))[1:], strict=True):
        mine = np.arange(low, high)
        levelled = float((rank[mine] >= 0).mean())
        known = sorted(set(rank[mine][rank[mine] >= 0].tolist())) if levelled >= 0.5 else [-1]
        for at in known:
            same = mine[rank[mine] == at] if at >= 0 else mine
            above = mine[(rank[mine] <= at) & (rank[mine] >= 0) & live[mine]] if at >= 0 else mine
            holds = np.zeros(len(net.actors), dtype=np.bool_)
            holds[who[above]] = True
            made.append(
                Title(
                    k=int(key[low]),
                    level=LEVELS[at] if at >= 0 else None,
                    holds=holds,
                    area=areas(net, LEVELS[at] if at >= 0 else LEVELS[0]),
                    kind=np.isin(cls, cls[who[same]]),
                    rows=len(same),
                    levelled=levelled,
                    dated=float(dated[same].mean()),
                    skipped=tuple(missing_between([batch[i] for i in same])),
                )
            )
    return made


def classes(net: Network) -> Ints:
    """A number per actor that is the same for those of one class."""
    found = net.source.con.execute(
        f"SELECT dense_rank() OVER (ORDER BY n.class) AS c FROM {ACTOR} a JOIN node n USING (k)"
        " ORDER BY a.i"
    ).fetchnumpy()
    return ints(found["c"])


def areas(net: Network, level: str) -> Ints:
    """By which area a list of titles of that level is made, per actor: of its region the one of
    that level, else the next above; -1 where the actor's place is not known."""
    return net.once(("title area", level), lambda: _areas(net, level))


def _areas(net: Network, level: str) -> Ints:
    places = net.places
    order = LEVELS[: LEVELS.index(level) + 1][::-1]
    of_region = np.full(len(places.regions) + 1, -1, dtype=np.int64)
    for region, above in enumerate(places.within):
        held = (next((r for r in above if _is(net, r, wanted)), None) for wanted in order)
        of_region[region] = next((r for r in held if r is not None), above[-1])
    return of_region[places.region_of]


def _is(net: Network, region: int, level: str) -> bool:
    if level == LEVELS[0]:
        return bool(net.places.is_country[region])
    return net.places.level[region] == level


_DIGITS = {d: i for i, d in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}


def _number(text: str) -> int | None:
    """The number in the name of a batch: 第五批, 第12批, 2023, 2023年度.

    >>> [_number(t) for t in ("第五批", "第十二批", "第二十批", "2023年", "首批", "甲")]
    [5, 12, 20, 2023, 1, None]
    """
    digits = re.search(r"\d+", text)
    if digits:
        return int(digits[0])
    if "首" in text:
        return 1
    spoken = re.search("[零〇一二两三四五六七八九十]+", text)
    if not spoken:
        return None
    tens, ten, ones = spoken[0].rpartition("十")
    value = (_DIGITS.get(tens, 1) if ten else 0) * 10
    return value + (_DIGITS.get(ones, 0) if ones else 0)


def missing_between(batches: list[str | None]) -> Iterator[str]:
    """Batches that are not on record though one before and one after them are.

    >>> list(missing_between(["第三批", "第五批", None, "第三批"]))
    ['4']
    """
    numbers = sorted({n for b in batches if b for n in [_number(b)] if n is not None})
    if len(numbers) > 1 and numbers[-1] - numbers[0] <= 100:
        have = set(numbers)
        yield from (str(n) for n in range(numbers[0], numbers[-1]) if n not in have)
