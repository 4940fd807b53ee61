"""Precision and recall on planted gaps, by size, by measure, and by how much is missing.

Wanted, with 20% of the relations missing: precision and recall at least .95 over all measures and
.85 for each; with 60% missing at most 5% of what is found wrong. A line says what is found over all
seeds: precision, recall, how many gaps there are, and of those not found how many were said to be
open for want of data; for all measures together the worst seed as well.
"""

import time
from collections.abc import Iterable, Iterator, Sequence

from bench.planted.make import make
from bench.planted.score import Score, run

SIZES = (100, 1_000, 10_000, 100_000)
LOST = (0.0, 0.2, 0.6)
SEEDS = {100: 15, 1_000: 5, 10_000: 5, 100_000: 5}
"""A record of 100 entities is about one thing: chains, actors or capital, five of each."""


def rows(
    sizes: Sequence[int] = SIZES, lost: Sequence[float] = LOST, seeds: int | None = None
) -> Iterator[tuple[str, ...]]:
    """What was measured, one line each: what, seconds, nothing, and the figures."""
    for size in sizes:
        for part in lost:
            start = time.perf_counter()
            said = [run(make(size, s), part, s) for s in range(seeds or SEEDS[size])]
            yield from _told(size, part, said, time.perf_counter() - start)


def _told(
    size: int, part: float, said: list[dict[str, Score]], seconds: float
) -> Iterator[tuple[str, ...]]:
    whole = [_sum(one.values()) for one in said]
    every = _sum(whole)
    head = f"planted {size}, {part:.0%} missing"
    worst = f", worst seed P {min(w.precision for w in whole):.3f}"
    worst += f" R {min(w.recall for w in whole):.3f}"
    yield (f"{head}: all", f"{seconds:.0f}", "", _figures(every) + worst)
    for measure in dict.fromkeys(m for one in said for m in one):
        yield (f"… {measure}", "", "", _figures(_sum(o[measure] for o in said if measure in o)))


def _sum(scores: Iterable[Score]) -> Score:
    total = Score()
    for score in scores:
        total.plus(score)
    return total


def _figures(score: Score) -> str:
    wrong = score.wrong / max(score.right + score.wrong, 1)
    return (
        f"P {score.precision:.3f} R {score.recall:.3f}, {score.found + score.missed} gaps,"
        f" {score.unknown} of {score.missed} missed said to be open, wrong {wrong:.1%}"
    )
