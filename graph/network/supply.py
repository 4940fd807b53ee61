"""Who supplies what: the live provisions, by actor and by place."""

from dataclasses import dataclass

import numpy as np

from graph.network.source import Bools, Floats, Ints, Source, bools, floats, has_column, ints
from graph.network.tables import ACTOR, LINK, REGION, current


@dataclass(frozen=True)
class Supply:
    """Provisions, one row per provider and link, ordered by link and then provider.

    `link` and `who` are positions; `share` is 0 to 1 or NaN where none is stated; `minor` marks a
    provider that a source calls minor.
    """

    link: Ints
    who: Ints
    share: Floats
    minor: Bools

    def __len__(self) -> int:
        return len(self.link)

    def keep(self, rows: Bools) -> "Supply":
        """Only the rows where `rows` is true."""
        return Supply(self.link[rows], self.who[rows], self.share[rows], self.minor[rows])

    def alone(self, n: int) -> "Supply":
        """With shares as parts of these rows alone, for `n` links.

        A minor provider without a share counts 1%; where a major one has none, none is known.
        """
        unknown = np.isnan(self.share)
        open_link = np.bincount(self.link[unknown & ~self.minor], minlength=n) > 0
        share = np.where(unknown, MINOR, self.share)
        total = np.bincount(self.link, share, n)
        part = share / np.where(total > 0, total, 1.0)[self.link]
        return Supply(self.link, self.who, np.where(open_link[self.link], np.nan, part), self.minor)


MINOR = 0.01
"""The share of a provider that a source calls minor without giving one."""


def by_actor(source: Source, as_of: str) -> Supply:
    """What actors supply today. A planned, closed or expired provision is left out."""
    return _supply(source, ACTOR, "AND w.live", as_of)


def by_place(source: Source, as_of: str) -> Supply:
    """What is stated of whole regions and countries: aggregates, no actors."""
    return _supply(source, REGION, "", as_of)


def _supply(source: Source, who: str, more: str, as_of: str) -> Supply:
    """One row per provider and link. Of parallel rows those with the latest start count, and their
    shares are added up: they are different parts of what it supplies."""
    role = "p.role = 'minor'" if has_column(source.schema, "PROVIDES", "role") else "false"
    live = (
        f'FROM "r_PROVIDES" p JOIN {LINK} l ON l.k = p.t JOIN {who} w ON w.k = p.f'
        f" WHERE {current(source, 'PROVIDES', 'p', as_of)} {more}"
    )
    found = source.con.execute(
        f"SELECT l.i AS link, w.i AS who, p.share, coalesce({role}, false) AS minor {live}"
    ).fetchnumpy()
    link, actor = ints(found["link"]), ints(found["who"])
    width = int(actor.max(initial=0)) + 1
    key = link * width + actor
    order = np.argsort(key, kind="stable")
    key = key[order]
    first = np.append(True, np.diff(key) != 0)[: len(key)]
    rows = order[first]
    supply = Supply(
        link[rows], actor[rows], floats(found["share"])[rows], bools(found["minor"])[rows]
    )
    twice = np.unique(key[~first])
    if len(twice):
        _merge(source, supply, (twice // width, twice % width), role, live)
    return supply


def _merge(source: Source, supply: Supply, pairs: tuple[Ints, Ints], role: str, live: str) -> None:
    """Puts what parallel rows come to in the place of their first."""
    schema = source.schema
    since = "p.since" if has_column(schema, "PROVIDES", "since") else "NULL"
    start = f"coalesce(p.start, {since}, '')" if has_column(schema, "PROVIDES", "start") else "''"
    source.con.register("gap_wanted", {"link": pairs[0], "who": pairs[1]})
    found = source.con.execute(
        f"WITH several AS (SELECT l.i AS link, w.i AS who, p.share, {start} AS start,"
        f" coalesce({role}, false) AS minor {live}"
        f" AND (l.i, w.i) IN (SELECT (link, who) FROM gap_wanted)),"
        " latest AS (SELECT link, who, max(start) AS start FROM several GROUP BY ALL)"
        " SELECT link, who, bool_and(minor) AS minor,"
        " if(count(share) = 0, NULL, least(1, sum(share ORDER BY share))) AS share"
        " FROM several SEMI JOIN latest USING (link, who, start)"
        " GROUP BY link, who ORDER BY link, who"
    ).fetchnumpy()
    source.con.unregister("gap_wanted")
    width = int(supply.who.max()) + 1
    at = np.searchsorted(
        supply.link * width + supply.who, ints(found["link"]) * width + ints(found["who"])
    )
    supply.share[at], supply.minor[at] = floats(found["share"]), bools(found["minor"])
