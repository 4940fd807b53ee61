"""Learning from the record's own hidden rows which pairs ought to be linked, and how sure that is.

A tenth of the rows is hidden, and all pairs are scored that short paths join and what is left does
not say. Those that only hidden rows say are the hits. This is done `missing-link.draws` times, each
with other rows; what one draw is scored with is learnt from the other draws alone.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.gaps.method import Ask
from graph.network.logit import Logit, fitted, means
from graph.network.pairs import Pairs
from graph.network.paths import PARTS, Scored, Surroundings
from graph.network.ragged import among
from graph.network.source import Bools, Floats, Ints

SAMPLE = 60_000
"""Pairs that are no hits, learnt from per draw: more change nothing that is shown."""

DEEP = 1000
"""How far down the list hits are counted."""


@dataclass(frozen=True)
class Ranked:
    """The pairs with the highest log-odds, the best first."""

    key: Ints
    odds: Floats
    parts: Floats
    s: Ints
    o: Ints
    seen: int

    def __len__(self) -> int:
        return len(self.key)

    def keep(self, use: Bools) -> "Ranked":
        """Those in `use`, in the same order."""
        mine = (self.key[use], self.odds[use], self.parts[use], self.s[use], self.o[use])
        return Ranked(*mine, self.seen)


@dataclass(frozen=True)
class Hidden:
    """One draw: the surroundings without the hidden rows, and the keys of hidden pairs, sorted."""

    around: Surroundings
    keys: Ints


@dataclass(frozen=True)
class Learnt:
    """What the draws teach.

    `rows` are the subjects looked at. `hits` is how many of the first k pairs were hidden ones, k
    by position, the mean of all draws; `hidden` how many could have been found in a draw. `lists`
    are the best pairs of each draw that were not hidden.
    """

    logit: Logit
    rows: Ints
    hits: Floats
    hidden: float
    draws: int
    lists: tuple[Ranked, ...]

    def precision(self, k: int) -> float:
        """The share of hits among the first k."""
        if not len(self.hits):
            return 0.0
        at = min(k, len(self.hits))
        return float(self.hits[at - 1] / at)


def hide(pairs: Pairs, rng: np.random.Generator, share: float) -> Hidden:
    """Hides a random `share` of the rows; pairs of an end that nothing is left of do not count."""
    left = pairs.known(rng.random(pairs.rows) >= share)
    around = Surroundings(pairs, left)
    s, o = _each(pairs, pairs.whole)
    tied = (around.subject_degree[s] > 0) & (around.object_degree[o] > 0)
    every, there = pairs.key(s[tied], o[tied]), pairs.key(*_each(pairs, left))
    return Hidden(around, every[~among(every, there)])


def _each(pairs: Pairs, known: Any) -> tuple[Ints, Ints]:
    """All pairs in order, each once."""
    s = np.repeat(np.arange(known.shape[0]), np.diff(known.indptr))
    o = known.indices.astype(np.int64)
    use = s < o if pairs.symmetric else slice(None)
    return s[use], o[use]


def looked_at(around: Surroundings, steps: float, ranks: Ints) -> Ints:
    """The subjects that can be looked at in so many steps, in the order of `ranks`."""
    order = np.argsort(ranks, kind="stable")
    order = order[around.subject_degree[order] > 0]
    cost = np.cumsum(np.maximum(around.costs(order, around.popular), 1))
    return np.sort(order[: max(int(np.searchsorted(cost, steps, "right")), 1)])


def learnt(pairs: Pairs, rows: Ints, seed: int, draws: int, share: float) -> Learnt:
    """Hides, learns and counts."""
    drawn = [hide(pairs, np.random.default_rng((seed, i)), share) for i in range(draws)]
    samples = [
        _sample(d, rows, np.random.default_rng((seed, draws + i))) for i, d in enumerate(drawn)
    ]
    mean = means(np.concatenate([s.parts for s in samples]))
    hits, lists = np.zeros((draws, DEEP)), []
    for i, one in enumerate(drawn):
        logit = _fit(mean, samples[:i] + samples[i + 1 :] or samples, pairs.symmetric)
        best = ranked(one.around, rows, logit, DEEP)
        hit = among(best.key, one.keys)
        hits[i, : len(hit)] = np.cumsum(hit)
        hits[i, len(hit) :] = hit.sum()
        lists.append(best.keep(~hit))
    inside = np.zeros(len(pairs.subjects), dtype=np.bool_)
    inside[rows] = True
    n = len(pairs.objects)
    found = [
        (inside[d.keys // n] | (inside[d.keys % n] if pairs.symmetric else False)).sum()
        for d in drawn
    ]
    return Learnt(
        logit=_fit(mean, samples, pairs.symmetric),
        rows=rows,
        hits=hits.mean(axis=0),
        hidden=float(np.mean(found)),
        draws=draws,
        lists=tuple(lists),
    )


def ranked(around: Surroundings, rows: Ints, logit: Logit, most: int) -> Ranked:
    """The `most` best pairs; ties by key."""
    best: list[tuple[Ints, Floats, Scored]] = []
    seen = 0
    for block in around.score(rows):
        odds = np.round(_odds(around, logit, block), 9)
        key = around.pairs.key(block.s, block.o)
        order = np.lexsort((key, -odds))[:most]
        best.append((key[order], odds[order], block.pick(order)))
        seen += len(block)
    key = np.concatenate([np.zeros(0, np.int64), *(b[0] for b in best)])
    odds = np.concatenate([np.zeros(0), *(b[1] for b in best)])
    order = np.lexsort((key, -odds))[:most]
    parts = np.concatenate([np.zeros((0, len(PARTS))), *(b[2].parts for b in best)])
    s = np.concatenate([np.zeros(0, np.int64), *(b[2].s for b in best)])
    o = np.concatenate([np.zeros(0, np.int64), *(b[2].o for b in best)])
    return Ranked(key[order], odds[order], parts[order], s[order], o[order], seen)


def _odds(around: Surroundings, logit: Logit, block: Scored) -> Floats:
    return logit.score(block.parts, around.subject_degree[block.s], around.object_degree[block.o])


@dataclass(frozen=True)
class _Sample:
    """Pairs learnt from: all hits, and some of the others, which count for more."""

    parts: Floats
    degrees: tuple[Ints, Ints]
    hit: Bools
    weight: Floats


def _sample(one: Hidden, rows: Ints, rng: np.random.Generator) -> _Sample:
    """Each pair draws a number; those below a bound stay, which falls as more pairs are seen."""
    total, part, kept = 0, 1.0, []
    for block in one.around.score(rows):
        hit = among(one.around.pairs.key(block.s, block.o), one.keys)
        total += len(block)
        part = min(1.0, SAMPLE / max(total, 1))
        drawn = np.where(hit, -1.0, rng.random(len(block)))
        use = drawn < part
        degrees = one.around.subject_degree[block.s[use]], one.around.object_degree[block.o[use]]
        kept.append((block.parts[use], *degrees, drawn[use]))
    if not kept:
        none = np.zeros(0, dtype=np.int64)
        return _Sample(np.zeros((0, len(PARTS))), (none, none), none > 0, np.zeros(0))
    parts, s, o, drawn = (np.concatenate(column) for column in zip(*kept, strict=True))
    use, hit = drawn < part, drawn[drawn < part] < 0
    return _Sample(parts[use], (s[use], o[use]), hit, np.where(hit, 1.0, 1 / part))


def _fit(mean: Floats, samples: list[_Sample], symmetric: bool) -> Logit:
    return fitted(
        mean,
        np.concatenate([s.parts for s in samples]),
        (
            np.concatenate([s.degrees[0] for s in samples]),
            np.concatenate([s.degrees[1] for s in samples]),
        ),
        np.concatenate([s.hit for s in samples]),
        np.concatenate([s.weight for s in samples]),
        symmetric,
    )


def draws_for(pairs: Pairs, ask: Ask) -> int:
    """As many draws as make a few thousand hidden rows: a small record needs more of them."""
    wanted = ask["missing-link.hidden"] / max(ask["missing-link.share"] * pairs.rows, 1)
    return int(np.clip(np.ceil(wanted), ask["missing-link.draws_min"], ask["missing-link.draws"]))
