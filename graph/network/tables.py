"""The index tables: links, providers and regions numbered in the order of their ids.

`gap_link(i, k)`, `gap_actor(i, k, placeholder, live)` and `gap_region(i, k)` are temporary tables
on the view's connection; `i` is the position in every array of the network.
"""

import numpy as np

from graph.names import PLACEHOLDERS, is_placeholder
from graph.network.source import Bools, Ints, Source, bools, has_column, ints
from graph.record.sql import ident, literal, literals

LINK, ACTOR, REGION = "gap_link", "gap_actor", "gap_region"


def regions_of(source: Source) -> tuple[str, ...]:
    """The classes whose members are places: as a provider, a place is an aggregate."""
    return source.schema.subclasses("Region")


def number_nodes(source: Source, live_status: tuple[str, ...], as_of: str) -> None:
    """Makes the three tables. A provider with a status outside `live_status`, or that was
    dissolved or ended before `as_of`, is not live."""
    con, schema = source.con, source.schema
    for table, classes in ((LINK, schema.links), (REGION, regions_of(source))):
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {table} AS"
            f" SELECT (row_number() OVER (ORDER BY id) - 1)::INTEGER AS i, k"
            f" FROM node WHERE class IN {literals(classes)}"
        )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {ACTOR} AS"
        f" SELECT (row_number() OVER (ORDER BY n.id) - 1)::INTEGER AS i, n.k,"
        f" {placeholder(source)} AS placeholder, true AS live"
        f' FROM (SELECT DISTINCT f FROM "r_PROVIDES") p JOIN node n ON n.k = p.f'
        f" WHERE n.class NOT IN {literals(regions_of(source))}"
    )
    for cls in _producing(source):
        if has_column(schema, cls, "status") and not schema.classes[cls].abstract:
            con.execute(
                f"UPDATE {ACTOR} SET live = false FROM {ident('n_' + cls)} c"
                f" WHERE c.k = {ACTOR}.k AND c.status IS NOT NULL"
                f" AND c.status NOT IN {literals(live_status)}"
            )
        for column in ("dissolved_on", "ended_on"):
            if has_column(schema, cls, column) and not schema.classes[cls].abstract:
                con.execute(
                    f"UPDATE {ACTOR} SET live = false FROM {ident('n_' + cls)} c"
                    f" WHERE c.k = {ACTOR}.k"
                    f" AND c.{column} < left({literal(as_of)}, length(c.{column}))"
                )


def _producing(source: Source) -> tuple[str, ...]:
    """The classes whose status says how far production has come; others mean other things."""
    return tuple(c for name in ("Firm", "Project") for c in source.schema.subclasses(name))


def placeholder(source: Source) -> str:
    """An SQL condition on node `n`; names that need Unicode folding are asked of `graph.names`."""
    odd = source.con.execute(
        "SELECT DISTINCT name FROM node WHERE length(name) <= 20"
        " AND regexp_matches(name, '[\uff01-\uff5e\u3000\u00a0]')"
    ).fetchall()
    folded = sorted(name for (name,) in odd if is_placeholder(name))
    plain = "lower(trim(regexp_replace(n.name, '\\s+', ' ', 'g')))"
    words = tuple(sorted(PLACEHOLDERS))
    return f"coalesce({plain} IN {literals(words)} OR n.name IN {literals(folded)}, false)"


def current(source: Source, relation: str, alias: str, as_of: str) -> str:
    """An SQL condition: the relation `alias` holds on the day `as_of`, and is no mere plan.

    Dates carry their precision, so that `until` 2024 lasts to the end of that year and `since`
    2024 begins with it.
    """
    return f"{lasting(source, relation, alias, as_of)} AND {begun(source, relation, alias, as_of)}"


def lasting(source: Source, relation: str, alias: str, as_of: str) -> str:
    """An SQL condition: the relation `alias` has not ended before the day `as_of`."""
    columns = [
        f"{alias}.{ident(c)}"
        for c in ("until", "end", "valid_until")
        if has_column(source.schema, relation, c)
    ]
    clauses = [f"({c} IS NULL OR {c} >= left({literal(as_of)}, length({c})))" for c in columns]
    return " AND ".join(clauses) or "true"


def begun(source: Source, relation: str, alias: str, as_of: str) -> str:
    """An SQL condition: the relation `alias` had begun by the day `as_of`, and is no mere plan."""
    columns = [
        f"{alias}.{ident(c)}"
        for c in ("since", "start", "valid_from")
        if has_column(source.schema, relation, c)
    ]
    clauses = [f"({c} IS NULL OR {c} <= left({literal(as_of)}, length({c})))" for c in columns]
    if has_column(source.schema, relation, "planned"):
        clauses.append(f"NOT coalesce({alias}.planned, false)")
    return " AND ".join(clauses) or "true"


def are_stages(source: Source) -> Bools:
    """Which links are stages."""
    found = source.con.execute(
        f"SELECT n.class IN {literals(source.schema.subclasses('Stage'))} AS stage"
        f" FROM {LINK} l JOIN node n USING (k) ORDER BY l.i"
    ).fetchnumpy()
    return bools(found["stage"])


FINAL = "最终产品"
"""The kind of a product that a chain is for."""


def are_final(source: Source, n: int) -> Bools:
    """Which links are marked as final products."""
    final = np.zeros(n, dtype=np.bool_)
    for cls in source.schema.links:
        if has_column(source.schema, cls, "kind"):
            found = source.con.execute(
                f"SELECT l.i FROM {ident('n_' + cls)} c JOIN {LINK} l USING (k) WHERE c.kind = ?",
                [FINAL],
            ).fetchnumpy()
            final[ints(found["i"])] = True
    return final


def keys(source: Source, table: str) -> Ints:
    """Node keys by position."""
    return ints(source.con.execute(f"SELECT k FROM {table} ORDER BY i").fetchnumpy()["k"])
