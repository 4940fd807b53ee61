"""How large the providers are: people and turnover, where a record says."""

from collections.abc import Mapping

import numpy as np

from graph.network.network import Network
from graph.network.source import Floats, floats, has_column, ints
from graph.network.tables import ACTOR
from graph.record.sql import ident


def employees(net: Network) -> Floats:
    """The number of people of each actor, NaN where it is not known."""
    return net.once("employees", lambda: _read(net, "employees", "c.employees"))


def revenue(net: Network, rates: Mapping[str, float]) -> Floats:
    """The turnover of each actor in US dollars, NaN where it, or its currency, is not known.

    `rates` are US dollars for one unit of each currency; an amount without one is in the first.
    """
    codes = " ".join(f"WHEN '{code}' THEN {rate!r}" for code, rate in rates.items())
    first = next(iter(rates))
    value = f"c.revenue * CASE coalesce(c.revenue_currency, '{first}') {codes} END"
    return net.once("revenue", lambda: _read(net, "revenue", value))


def _read(net: Network, column: str, value: str) -> Floats:
    schema, result = net.source.schema, np.full(len(net.actors), np.nan)
    for cls, kind in schema.classes.items():
        if kind.abstract or not has_column(schema, cls, column):
            continue
        found = net.source.con.execute(
            f"SELECT a.i, ({value})::DOUBLE AS value FROM {ident('n_' + cls)} c"
            f" JOIN {ACTOR} a USING (k) WHERE c.{column} IS NOT NULL"
        ).fetchnumpy()
        result[ints(found["i"])] = floats(found["value"])
    return result
