"""How the absence of a title among a link's providers is told from chance."""

from collections.abc import Iterator
from math import comb

from graph.gaps.derivation.arithmetic import calculate, given
from graph.gaps.method import Node, Rows, Step


def steps(
    link: int, title: int, n: int, whole: int, marked: int, p: float, q: float
) -> Iterator[Step]:
    """From the counts of providers to the severity: `n` of the link, none of whom holds the title,
    `whole` and `marked` of the chain, and those of them who do."""
    usual = marked / (whole - n)
    yield Step("tiers.step-none", {"n": n, "title": Node(title)}, (Rows("PROVIDES", to=link),))
    says = {"N": whole, "K": marked, "n": n, "q": q}
    chance = given("p", p)
    if comb(whole, n) < 1e15:
        chance = calculate("p", "C({N} - {K}, {n}) / C({N}, {n})", p, N=whole, K=marked, n=n)
    yield Step("tiers.step-chance", says, calculations=(chance,))
    yield Step(
        "tiers.step-severity",
        {"title": Node(title)},
        (Rows("HOLDS_DESIGNATION", to=title),),
        (calculate("severity", "{K} / ({N} - {n})", usual, K=marked, N=whole, n=n),),
    )
