"""local-uptake, told: the contracts of a region's universities, and how much of them stays."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from graph.finding import Calculation
from graph.gaps.derivation.arithmetic import SHOWN, added, calculate
from graph.gaps.method import Ask, Node, Rows, Step
from graph.network import Network
from graph.network.contracts import Contracts
from graph.network.source import Bools
from graph.rows import number

if TYPE_CHECKING:
    from graph.gaps.local_uptake import Uptake


def derive(
    net: Network, ask: Ask, own: Contracts, here: Bools, seen: "Uptake", region: int
) -> Iterator[Step]:
    """What is sold, what of it stays, and the severity."""
    known = own.buyer_region >= 0
    for text, rows, name, result in (
        ("known", own.keep(known), "known", seen.known),
        ("local", own.keep(here), "local", seen.local),
    ):
        order = np.argsort(-np.nan_to_num(rows.value), kind="stable")
        values = np.nan_to_num(rows.value)[order].tolist()
        yield Step(
            f"uptake.step-{text}",
            {"count": len(rows), "all": len(own)},
            calculations=(added(name, "", values, float(result[region])),),
            parts=tuple(
                Step(
                    "uptake.step-contract",
                    {
                        "seller": Node(int(rows.seller[i])),
                        "buyer": Node(int(rows.buyer[i])),
                        "value": number(float(np.nan_to_num(rows.value)[i])),
                    },
                    (Rows("TRANSFERS_TO", of=int(rows.seller[i]), to=int(rows.buyer[i])),),
                )
                for i in order[:SHOWN]
            )
            + _rest(values[SHOWN:]),
        )
    yield from _settled(ask, seen, region)
    local, value = float(seen.local[region]), float(seen.known[region])
    rate, share = local / value, ask["local-uptake.share"]
    yield Step(
        "uptake.step-severity",
        {"share": share},
        calculations=(
            calculate("rate", "{local} / {known}", rate, local=local, known=value),
            calculate("severity", "1 - {rate} / {share}", 1 - rate / share, rate=rate, share=share),
        ),
    )


def _settled(ask: Ask, seen: "Uptake", region: int) -> Iterator[Step]:
    """Why it is so whatever is not known: by the upper bound, and by chance where there are few."""
    share, least = ask["local-uptake.share"], int(ask["local-uptake.contracts"])
    local, known, value, upper = (
        float(v[region]) for v in (seen.local, seen.known, seen.value, seen.upper)
    )
    n, stay = int(seen.count[region]), int(seen.count[region] - seen.away[region])
    if n < least or known < ask["local-uptake.known"] * value:
        told = calculate(
            "rate_upper",
            "({local} + {value} - {known}) / {value}",
            upper,
            local=local,
            value=value,
            known=known,
        )
        yield Step(
            "uptake.step-bound", {"share": share, "value": number(value)}, calculations=(told,)
        )
    if n < least:
        says = {"count": n, "least": least, "stay": stay, "share": share}
        terms = " + ".join(
            f"C({n}, {x}) × {number(share)}^{x} × {number(1 - share)}^{n - x}"
            for x in range(stay, -1, -1)
        )
        p = Calculation(
            "p", "Σ C(n, x) × s^x × (1 - s)^(n - x)", terms, float(seen.chance(share)[region])
        )
        says["chance"] = ask["local-uptake.chance"]
        yield Step("uptake.step-few", says, calculations=(p,))


def _rest(values: list[float]) -> tuple[Step, ...]:
    """What the contracts that are not listed come to."""
    if not values:
        return ()
    return (Step("uptake.step-more", {"count": len(values), "sum": number(sum(values))}),)
