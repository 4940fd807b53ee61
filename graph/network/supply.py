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
    """One row per provider and link. Of parallel rows those with the latest start count, and their
    shares are added up: they are different parts of what it supplies."""
    schema = source.schema
    since = "p.since" if has_column(schema, "PROVIDES", "since") else "NULL"
    start = f"coalesce(p.start, {since}, '')" if has_column(schema, "PROVIDES", "start") else "''"
    role = "p.role = 'minor'" if has_column(schema, "PROVIDES", "role") else "false"
    source.con.execute(
        f"CREATE OR REPLACE TEMP TABLE gap_provision AS SELECT l.i AS link, w.i AS who,"
        f" {start} AS start, p.share, coalesce({role}, false) AS minor"
        f' FROM "r_PROVIDES" p JOIN {LINK} l ON l.k = p.t JOIN {who} w ON w.k = p.f'
        f" WHERE {current(source, 'PROVIDES', 'p', as_of)} {more}"
    )
    found = source.con.execute(
        "WITH one AS (SELECT link, who, first(share) AS share, bool_and(minor) AS minor,"
        " count(*) AS rows FROM gap_provision GROUP BY link, who),"
        " several AS (SELECT * FROM gap_provision SEMI JOIN"
        " (SELECT link, who FROM one WHERE rows > 1) USING (link, who)),"
        " latest AS (SELECT link, who, max(start) AS start FROM several GROUP BY ALL)"
        " SELECT link, who, share, minor FROM one WHERE rows = 1 UNION ALL"
        " SELECT link, who, if(count(share) = 0, NULL, least(1, sum(share ORDER BY share))),"
        " bool_and(minor) FROM several SEMI JOIN latest USING (link, who, start)"
        " GROUP BY link, who ORDER BY link, who"
    ).fetchnumpy()
    source.con.execute("DROP TABLE gap_provision")
    return Supply(
        ints(found["link"]), ints(found["who"]), floats(found["share"]), bools(found["minor"])
    )
