"""Numbers of a link itself: its market in US dollars, its localisation rate, its providers."""

import numpy as np

from graph.network.source import Floats, Ints, Source, floats, has_column, ints
from graph.network.tables import LINK
from graph.record.sql import ident, literal

COLUMN = "market_size"


def market_sizes(source: Source, n: int, rates: dict[str, float]) -> Floats:
    """Per link; NaN where none is given or its currency has no rate (US dollars for one unit).

    Where only bounds are given, their middle; where only one, that one. Without a currency the
    number is taken to be in the first currency of `rates`.
    """
    size = np.full(n, np.nan)
    rate = " ".join(f"WHEN {literal(c)} THEN {value!r}" for c, value in rates.items())
    default = next(iter(rates))
    for cls in source.schema.links:
        if source.schema.classes[cls].abstract or not has_column(source.schema, cls, COLUMN):
            continue
        found = source.con.execute(
            f"SELECT l.i, coalesce({COLUMN}, ({COLUMN}_min + {COLUMN}_max) / 2, {COLUMN}_min,"
            f" {COLUMN}_max) * CASE coalesce({COLUMN}_currency, {literal(default)}) {rate} END AS s"
            f" FROM {ident('n_' + cls)} c JOIN {LINK} l USING (k)"
        ).fetchnumpy()
        value = floats(found["s"])
        size[np.asarray(found["i"])] = np.where(value > 0, value, np.nan)
    return size


def localisation_rates(source: Source, n: int) -> Floats:
    """国产化率 per link, 0 to 1; NaN where none is given."""
    rate = np.full(n, np.nan)
    for cls in source.schema.links:
        if has_column(source.schema, cls, "localisation_rate"):
            found = source.con.execute(
                f"SELECT l.i, c.localisation_rate AS rate FROM {ident('n_' + cls)} c"
                f" JOIN {LINK} l USING (k) WHERE c.localisation_rate IS NOT NULL"
            ).fetchnumpy()
            rate[np.asarray(found["i"])] = floats(found["rate"])
    return rate


def provider_counts(source: Source, n: int) -> Ints:
    """How many providers each link is said to have, named or not; -1 where nothing is said."""
    count = np.full(n, -1, dtype=np.int64)
    for cls in source.schema.links:
        if has_column(source.schema, cls, "provider_count"):
            found = source.con.execute(
                f"SELECT l.i, c.provider_count AS n FROM {ident('n_' + cls)} c"
                f" JOIN {LINK} l USING (k) WHERE c.provider_count IS NOT NULL"
            ).fetchnumpy()
            count[np.asarray(found["i"])] = ints(found["n"])
    return count
