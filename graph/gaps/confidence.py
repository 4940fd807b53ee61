"""How sure a finding is: coverage, agreement of sources and stability, and which pulls it down.

*Coverage* is the part of what the method needs that is in the data, 0 to 1. *Agreement* is the mean
over the relations a finding rests on: 1 where several sources say it, 0 where one does, −½ where
they contradict each other (see `graph.gaps.dispute`); not known where only one source speaks at
all. It counts as (1 + agreement) / 2, since a second source confirms while one alone does not
refute. *Stability* is the share of draws without a tenth of the relations in which the finding
stays. The score is the geometric mean of those that are known, and ½ where none is.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from graph.finding import Confidence
from graph.gaps.evidence import Backed
from graph.gaps.method import Found
from graph.gaps.viewpoint import LANGS
from graph.messages import say

NOTHING_KNOWN = 0.5


def confidence(
    found: Found, stable: float | None = None, backed: Backed | None = None, bound: float = 0.0
) -> Confidence:
    """`stable` and what is `backed` come before what the method itself says of both.

    Below `bound` the reasons name each part that lies below it, the worst first, and what the score
    would be without it.

    >>> from graph.gaps.method import Action
    >>> confidence(Found(1, 0.5, Action.ADD, coverage=0.25), 1.0).score
    0.5
    """
    stable = found.stability if stable is None else stable
    agreement = found.agreement
    if backed is not None and backed.agreement is not None:
        agreement = backed.agreement
    known = {"coverage": found.coverage, "stability": stable}
    if agreement is not None:
        known["agreement"] = (1 + agreement) / 2
    parts = {name: value for name, value in known.items() if value is not None}
    score = _mean(parts)
    said = [*found.reasons, *_contradiction(backed)]
    if score < bound:
        said += _low(parts, score, bound, agreement)
    coverage, agreement, stable = (
        None if p is None else round(p, 4) for p in (found.coverage, agreement, stable)
    )
    reasons = tuple(
        {"key": key, **{lang: say(key, lang, **values) for lang in LANGS}} for key, values in said
    )
    return Confidence(round(score, 4), coverage, agreement, stable, reasons)


Reason = tuple[str, Mapping[str, Any]]


def _mean(parts: Mapping[str, float]) -> float:
    """The geometric mean."""
    if not parts:
        return NOTHING_KNOWN
    return math.prod(parts.values()) ** (1 / len(parts))


def _low(
    parts: Mapping[str, float], score: float, bound: float, agreement: float | None
) -> Iterator[Reason]:
    if not parts:
        yield "confidence.nothing", {}
    for name in sorted(parts, key=lambda name: parts[name]):
        if parts[name] >= bound:
            continue
        value = agreement if name == "agreement" else parts[name]
        rest = {other: part for other, part in parts.items() if other != name}
        says = {"value": value, "score": score, "without": _mean(rest)}
        yield f"confidence.{name}{'' if rest else '-alone'}", says


def _contradiction(backed: Backed | None) -> Iterator[Reason]:
    """The first of the relations in which sources contradict each other, and how many there are."""
    if backed is not None and backed.disputes:
        said = {"count": len(backed.disputes), "rows": backed.rows}
        yield "confidence.contradiction", {**said, **vars(backed.disputes[0])}
