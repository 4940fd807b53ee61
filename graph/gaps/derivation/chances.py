"""Chance told: the hypergeometric tail term by term, and the share of false finds (q)."""

import math
from collections.abc import Iterator

import numpy as np

from graph.finding import Calculation
from graph.gaps.derivation.arithmetic import SHOWN, calculate
from graph.gaps.method import Step
from graph.network.source import Floats
from graph.rows import number

FORMULA = "Σ C(K, x) × C(M - K, N - x) / C(M, N)"


def tail(p: float, seen: int, whole: int, marked: int, drawn: int, text: str) -> Step:
    """P(X ≤ seen) where `drawn` of `whole` are drawn, of which `marked` are marked.

    `text` says what is drawn from what, with these numbers.
    """
    says = {"seen": seen, "whole": whole, "marked": marked, "drawn": drawn}
    low, high = max(0, drawn + marked - whole), min(drawn, marked)
    if seen >= high:
        return Step(text, says, calculations=(Calculation("p", "", "1", 1.0),))
    xs = range(seen, low - 1, -1)
    others = whole - marked
    terms = [f"C({marked}, {x}) × C({others}, {drawn - x})" for x in xs[:SHOWN]]
    parts: tuple[Step, ...] = ()
    told = f"({' + '.join(terms)}) / C({whole}, {drawn})"
    if len(terms) == 1:
        told = f"{terms[0]} / C({whole}, {drawn})"
    if len(xs) > SHOWN:
        whole_ways = math.comb(whole, drawn)
        rest = sum(
            math.comb(marked, x) * math.comb(whole - marked, drawn - x) / whole_ways
            for x in xs[SHOWN:]
        )
        told += f" + ({number(rest)})"
        parts = (Step("explain-passing.tail-rest", {"rest": number(rest)}),)
    return Step(text, says, (), (Calculation("p", FORMULA, told, p),), parts)


def of_many(p: Floats, at: int, q: float, bound: float) -> Iterator[Step]:
    """Benjamini and Hochberg: how many as small would be chance alone, of all that were tested."""
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    m, place = len(order), int(np.flatnonzero(order == at)[0]) + 1
    scaled = p[order] * m / np.arange(1, m + 1)
    j = place + int(np.argmin(scaled[place - 1 :]))
    least = float(p[order[j - 1]])
    says = {"tests": m, "place": place, "bound": number(bound), "j": j, "p": number(least)}
    told = calculate("q", "min(1, {p} × {tests} / {j})", q, p=least, tests=m, j=j)
    key = "q" if j == place else "q-later"
    yield Step(f"explain-passing.{key}", says, calculations=(told,))
