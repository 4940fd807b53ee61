"""People needed and people educated, per link: what the measure `talent` weighs."""

from dataclasses import dataclass

import numpy as np

from graph.gaps.method import Ask
from graph.network import Network
from graph.network.located import located
from graph.network.people import (
    Careers,
    Educated,
    Needed,
    careers,
    educated,
    needed,
    observed,
    wider,
)
from graph.network.source import Bools, Floats, Ints


@dataclass(frozen=True)
class People:
    """All rows that the balance is made of; `part` are (link, field) of what a link is part of,
    `placed` and `stays` say of each career whether it is known if it stays, and whether it does."""

    asked: Needed
    seen: Needed
    taught: Educated
    part: tuple[Ints, Ints]
    lives: Careers
    placed: Bools
    stays: Bools


@dataclass(frozen=True)
class Balance:
    """Per link: people needed, educated for it (own, and at most), by the `largest` school, the
    number of `flows` that are known, and the share that stays of them, NaN where too few."""

    needed: Floats
    own: Floats
    most: Floats
    largest: Floats
    flows: Ints
    stay: Floats

    @property
    def kept(self) -> Floats:
        return np.where(np.isnan(self.stay), 1.0, self.stay)

    def met(self, ask: Ask, supply: Floats) -> Bools:
        """Whether that many people would meet enough of the need."""
        return np.asarray(self.kept * supply >= ask["talent.met"] * self.needed)

    def severity(self, ask: Ask) -> tuple[Floats, Floats]:
        """Of shortages, and of outflows; 0 where there is none."""
        gap = 1 - self.kept * self.most / np.maximum(self.needed, 1e-9)
        leave = np.nan_to_num(self.stay, nan=1.0) <= ask["talent.stay"]
        spare = self.met(ask, self.most + self.largest)
        return np.where(spare, 0.0, gap), np.where(leave, 1 - self.kept, 0.0)


def people(net: Network, region: int | None) -> People:
    """What is on record, of the region where one is given."""
    asked, seen, taught, lives = needed(net), observed(net), educated(net), careers(net)
    placed = stays = np.zeros(len(lives.person), dtype=np.bool_)
    if region is not None:
        inside = net.places.inside(region)
        asked = asked.keep(np.isin(located(net, asked.who), inside))
        taught = taught.keep(np.isin(located(net, taught.school), inside))
        lives = lives.keep(np.isin(located(net, lives.school), inside))
        work = located(net, lives.employer)
        placed, stays = work >= 0, np.isin(work, inside)
        seen = seen.keep(np.zeros(len(seen.who), dtype=np.bool_))  # of the link, not of the region
    return People(asked, seen, taught, wider(net), lives, placed, stays)


def balance(net: Network, ask: Ask, rows: People) -> Balance:
    """What the rows come to."""
    n, count = len(net), np.nan_to_num(rows.taught.count)
    asked = np.bincount(rows.asked.link, rows.asked.count, n)
    seen = np.zeros(n)
    np.maximum.at(seen, rows.seen.link, rows.seen.count)
    top = int(max(rows.taught.of.max(initial=-1), rows.part[1].max(initial=-1))) + 1
    for_field = np.bincount(rows.taught.of, count, max(top, int(net.links.max(initial=-1)) + 1))
    own = np.asarray(for_field[net.links], dtype=np.float64)
    pool = np.bincount(rows.part[0], for_field[rows.part[1]], n).astype(np.float64)
    at_most = np.zeros(len(for_field))
    np.maximum.at(at_most, rows.taught.of, count)
    largest = np.array(at_most[net.links])
    np.maximum.at(largest, rows.part[0], at_most[rows.part[1]])
    flows, stays = (_persons(rows.lives, use, n) for use in (rows.placed, rows.placed & rows.stays))
    enough = flows >= ask["talent.people"]
    stay = np.where(enough, stays / np.maximum(flows, 1), np.nan)
    return Balance(np.maximum(asked, seen), own, own + pool, largest, flows, stay)


def _persons(lives: Careers, use: Bools, n: int) -> Ints:
    """How many different people of each link are in the rows of `use`."""
    width = int(lives.person.max(initial=0)) + 1
    return np.bincount(np.unique(lives.link[use] * width + lives.person[use]) // width, minlength=n)
