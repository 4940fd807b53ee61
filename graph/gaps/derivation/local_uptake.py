"""local-uptake, told: the contracts of a region's universities, and how much of them stays."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

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


def _rest(values: list[float]) -> tuple[Step, ...]:
    """What the contracts that are not listed come to."""
    if not values:
        return ()
    return (Step("uptake.step-more", {"count": len(values), "sum": number(sum(values))}),)
