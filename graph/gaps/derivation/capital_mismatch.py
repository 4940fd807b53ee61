"""capital-mismatch, told for one link: its need, its money, and what the one falls short by."""

from collections.abc import Iterator
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from graph.finding import Calculation
from graph.gaps.derivation.arithmetic import SHOWN, added, calculate, given, number
from graph.gaps.method import Node, Rows, Step
from graph.network import Network
from graph.network.funding import Money

if TYPE_CHECKING:
    from graph.gaps.capital_mismatch import Mismatch


def derive(
    net: Network, seen: "Mismatch", paid: Money, by_amount: bool, link: int
) -> Iterator[Step]:
    """Need, capital, chance, severity."""
    same = (seen.label == seen.label[link]) & ~np.isnan(seen.need)
    need, all_needs = float(seen.need[link]), np.where(same, seen.need, -1.0)
    order = np.argsort(-all_needs, kind="stable")[: int(same.sum())]
    needs = seen.need[order]
    need_share = float(seen.need_share[link])
    yield Step(
        "capital.step-missing" if seen.missing[link] else "capital.step-need",
        {"count": int(same.sum())},
        _rows(net, link),
        (
            given("need", need),
            added("Σ need", "", needs.tolist(), float(needs.sum())),
            calculate("need_share", "{need} / {total}", need_share, need=need, total=needs.sum()),
        ),
        tuple(_needs(net, order.tolist(), needs.tolist())),
    )
    yield _money(net, seen, paid, by_amount, link)
    share, total = float(seen.capital_share[link]), float(seen.capital[same].sum())
    yield Step(
        "capital.step-share",
        {"count": int(seen.funded[link]), "total": number(total)},
        calculations=(
            calculate(
                "capital_share",
                "{capital} / {total}",
                share,
                capital=seen.capital[link],
                total=total,
            ),
            calculate(
                "mismatch",
                "{capital_share} - {need_share}",
                share - need_share,
                capital_share=share,
                need_share=need_share,
            ),
        ),
    )
    p, x = float(seen.p[link]), ceil(seen.seen[link] - 1e-9)
    yield Step(
        "capital.step-chance",
        {"seen": number(float(seen.seen[link])), "most": x, "funded": int(seen.funded[link])},
        calculations=(_chance(x, int(seen.funded[link]), need_share, p),),
    )
    yield Step(
        "capital.step-severity",
        calculations=(
            calculate(
                "severity",
                "{need} × (1 - {capital_share} / {need_share}) × (1 - {p})",
                float(seen.severity[link]),
                need=need,
                capital_share=share,
                need_share=need_share,
                p=p,
            ),
        ),
    )


def _rows(net: Network, link: int) -> tuple[Rows, ...]:
    """Who provides the link, and what places it in its chain where nobody does."""
    k = int(net.links[link])
    return (Rows("PROVIDES", to=k), Rows("PART_OF_CHAIN", of=k), Rows("REQUIRES", to=k))


def _needs(net: Network, links: list[int], needs: list[float]) -> Iterator[Step]:
    """The needs of the chain's links, the largest first."""
    for i, need in zip(links[:SHOWN], needs, strict=False):
        says = {"link": Node(int(net.links[i])), "need": number(need)}
        yield Step("capital.step-link", says)
    if len(links) > SHOWN:
        rest = {"count": len(links) - SHOWN, "sum": number(sum(needs[SHOWN:]))}
        yield Step("capital.step-more-links", rest)


def _money(net: Network, seen: "Mismatch", paid: Money, by_amount: bool, link: int) -> Step:
    """Who works on the link and had money, the largest first, each with its part of it."""
    rows = paid.keep(paid.link == link)
    had = rows.amount if by_amount else rows.events.astype(np.float64)
    order = np.argsort(-had * rows.part, kind="stable")
    lines = []
    for i in order[:SHOWN].tolist():
        who, links = int(rows.who[i]), round(1 / rows.part[i])
        part = float(had[i] * rows.part[i])
        lines.append(
            Step(
                "capital.step-recipient",
                {
                    "who": Node(who),
                    "events": int(rows.events[i]),
                    "had": number(float(had[i])),
                    "links": links,
                },
                (Rows("RAISED", of=who), Rows("INVESTS_IN", to=who), Rows("FUNDS", to=who)),
                (calculate("part", "{had} / {links}", part, had=had[i], links=links),),
            )
        )
    parts = (had * rows.part)[order].tolist()
    return Step(
        "capital.step-money" if len(rows) else "capital.step-no-money",
        {"count": len(rows)},
        calculations=(added("capital", "", parts, float(seen.capital[link])),),
        parts=tuple(lines),
    )


def _chance(most: int, funded: int, share: float, p: float) -> Calculation:
    """The binomial sum, written out."""
    formula = "Σ C(funded, x) × need_share^x × (1 - need_share)^(funded - x), x = 0 … " + str(most)
    q = f"(1 - {number(share)})"
    terms = [f"C({funded}, {x}) × {number(share)}^{x} × {q}^{funded - x}" for x in range(most + 1)]
    if len(terms) > SHOWN:
        return Calculation("p", formula, number(p), p)
    return Calculation("p", formula, " + ".join(terms), p)
