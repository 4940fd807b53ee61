"""How the dependence of suppliers on one customer adds up."""

from collections.abc import Iterator

import numpy as np

from graph.gaps.derivation.arithmetic import SHOWN, added, calculate, given
from graph.gaps.method import Node, Rows, Step
from graph.network.sales import Sales
from graph.rows import number


def steps(k: int, mine: Sales, hang: Sales, severity: float) -> Iterator[Step]:
    """From the suppliers of the customer `k` (`mine`), those of them that depend on it (`hang`,
    the most dependent first), to the severity."""
    known = int((~np.isnan(mine.share)).sum())
    parts = tuple(
        Step(
            "lead.step-supplier",
            {"who": Node(who)},
            (Rows("SUPPLIES", of=who, to=k),),
            (given("s", share),),
        )
        for who, share in zip(hang.supplier[:SHOWN].tolist(), hang.share.tolist(), strict=False)
    )
    if len(hang) > SHOWN:
        rest = hang.share[SHOWN:]
        parts = (*parts, Step("lead.step-more", {"count": len(rest), "sum": number(rest.sum())}))
    sold = float(hang.share.sum())
    says = {"count": len(hang), "suppliers": len(mine), "known": known}
    total = added("S", "Σ s", hang.share.tolist(), sold)
    yield Step("lead.step-dependent", says, calculations=(total,), parts=parts)
    yield Step(
        "lead.step-severity",
        {"known": known},
        calculations=(calculate("severity", "{S} / {known}", severity, S=sold, known=known),),
    )
