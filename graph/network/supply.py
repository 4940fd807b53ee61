"""Who supplies what: the live provisions, by actor and by place."""

from dataclasses import dataclass

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


def by_actor(source: Source, as_of: str) -> Supply:
    """What actors supply today. A planned, closed or expired provision is left out."""
    return _supply(source, ACTOR, "AND w.live", as_of)


def by_place(source: Source, as_of: str) -> Supply:
    """What is stated of whole regions and countries: aggregates, no actors."""
    return _supply(source, REGION, "", as_of)


def _supply(source: Source, who: str, more: str, as_of: str) -> Supply:
    """Parallel rows of one provider: the latest start counts; regions of it are added up."""
    schema = source.schema
    since = "p.since" if has_column(schema, "PROVIDES", "since") else "NULL"
    start = f"coalesce(p.start, {since}, '')" if has_column(schema, "PROVIDES", "start") else "''"
    region = "p.region" if has_column(schema, "PROVIDES", "region") else "NULL"
    role = "p.role = 'minor'" if has_column(schema, "PROVIDES", "role") else "false"
    found = source.con.execute(
        f"WITH live AS ("
        f" SELECT l.i AS link, w.i AS who, {start} AS start, {region} AS region,"
        f" max(p.share) AS share, bool_and(coalesce({role}, false)) AS minor"
        f' FROM "r_PROVIDES" p JOIN {LINK} l ON l.k = p.t JOIN {who} w ON w.k = p.f'
        f" WHERE {current(source, 'PROVIDES', 'p', as_of)} {more} GROUP BY ALL),"
        f" latest AS (SELECT link, who, max(start) AS start FROM live GROUP BY ALL)"
        f" SELECT link, who, bool_and(minor) AS minor,"
        f" if(count(share) = 0, NULL, least(1, sum(share))) AS share"
        f" FROM live SEMI JOIN latest USING (link, who, start)"
        f" GROUP BY link, who ORDER BY link, who"
    ).fetchnumpy()
    return Supply(
        ints(found["link"]), ints(found["who"]), floats(found["share"]), bools(found["minor"])
    )
