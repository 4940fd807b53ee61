"""How near the ends of a pair are that nothing joins yet: sums over short paths.

With A the known pairs, k the number of pairs that an end has, and each sum over all paths:

- `l3` Σ 1/√(k_u·k_v) over s – u – v – o (Kovács et al. 2019);
- `walk` Σ 1/(k_u·k_v) over the same paths: how likely a walk is to come along them;
- `partners` Σ 1/k_u over s – u – o, where a relation has no direction (Zhou et al. 2009);
- `near` Σ 1/n over kinds (region, industry, technology, chain) of n members that s is of, and the
  other members that have o: relatedness by what the record says besides;
- `same` Σ 1/√n over kinds that both are of.

Sparse products by blocks of subjects: what is held at a time is bounded by `CELLS`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from graph.network.pairs import MEMBERS, Pairs
from graph.network.ragged import among, once
from graph.network.source import Floats, Ints

CELLS = 4_000_000
"""Pairs held at a time: some 200 MB with all that is worked out of them."""

DENSE = 0.1
"""A step of a dense product takes about this part of a step of a sparse one."""

EACH = 200
"""Of each part the strongest pairs are looked at, so many for each subject on average."""

PARTS = ("l3", "walk", "partners", "near", "same")


@dataclass(frozen=True)
class Scored:
    """Pairs by position, and one column of `PARTS` for each."""

    s: Ints
    o: Ints
    parts: Floats

    def __len__(self) -> int:
        return len(self.s)

    def pick(self, rows: Ints) -> "Scored":
        return Scored(self.s[rows], self.o[rows], self.parts[rows])


class Surroundings:
    """What lies around the known pairs `known`, from which pairs are scored.

    Nothing is held for each known pair but the pairs themselves and their transpose: what a path
    counts for is put in step by step, since a record may have millions.
    """

    def __init__(self, pairs: Pairs, known: Any) -> None:
        self.pairs, self.known = pairs, known
        self.back = known if pairs.symmetric else known.T.tocsr()
        self.subject_degree = np.diff(known.indptr).astype(np.int64)
        self.object_degree = np.diff(self.back.indptr).astype(np.int64)
        self.size, self.groups = pairs.kinds.size, pairs.kinds.useful

    @cached_property
    def popular(self) -> Any:
        """Of each kind the share of its members that has each object."""
        return self._popular(None)

    def _popular(self, rows: Ints | None) -> Any:
        """The same, only of kinds that `rows` are of."""
        inside = self.pairs.kinds.inside
        if rows is not None:
            wanted = np.zeros(inside.shape[1], dtype=np.bool_)
            wanted[self.groups[rows].indices] = True
            inside = inside.copy()
            inside.data[~wanted[inside.indices]] = 0
            inside.eliminate_zeros()
        return (inside.T.tocsr() @ self.known).tocsr()

    def _weights(self, power: float) -> tuple[Floats, Floats]:
        """1/k^power of each object in the middle and each subject; 0 for one that almost everybody
        leads to."""
        middle, last = (
            np.where(k <= MEMBERS, np.maximum(k, 1).astype(np.float64) ** -power, 0.0)
            for k in (self.object_degree, self.subject_degree)
        )
        return middle, last

    def costs(self, rows: Ints, popular: Any) -> Floats:
        """About how many steps the row of each of `rows` takes."""
        n = len(self.pairs.objects)
        middle, last = self._weights(0.0)
        mine = _columns_times(self.known[rows], middle)
        first = mine @ (self.back @ last)
        paths = mine @ (self.back @ (last * self.subject_degree))
        around = self.groups[rows] @ np.diff(popular.indptr).astype(np.float64)
        dense = DENSE * self.known.nnz + n
        return np.asarray(2 * first + 2 * np.minimum(paths, dense) + around, dtype=np.float64)

    def score(self, rows: Ints) -> Iterator[Scored]:
        """All pairs of the subjects `rows` that some path joins and the record does not.

        Where a relation has no direction each pair comes once if both ends are in `rows`; it comes
        with the end that is there where one is. Pairs of an end without any known pair are left
        out: nothing is known of it.
        """
        rows = rows[self.subject_degree[rows] > 0]
        inside = np.zeros(len(self.pairs.subjects), dtype=np.bool_)
        inside[rows] = True
        popular = self.__dict__.get("popular")
        popular = self._popular(rows) if popular is None else popular
        cost = np.cumsum(np.maximum(self.costs(rows, popular), 1.0))
        width = np.minimum(np.arange(1, len(rows) + 1) * float(len(self.pairs.objects)), cost)
        block = (width // CELLS).astype(np.int64)
        for part in np.split(rows, np.flatnonzero(np.diff(block)) + 1):
            if len(part):
                yield self._block(part, inside, popular)

    def _block(self, rows: Ints, inside: Any, popular: Any) -> Scored:
        n = len(self.pairs.objects)
        mine = self.known[rows]
        made = [self._walk(mine, power) for power in (0.5, 1.0)]
        made.append(None)
        if self.pairs.symmetric:
            share = 1.0 / np.maximum(self.subject_degree, 1)
            made[2] = (_columns_times(mine, share) @ self.known).tocsr()
        made.append(self._near(mine, rows, popular))
        taken = self._taken(rows)
        kept = [_strongest(m, EACH * len(rows), n) for m in made if m is not None]
        every = once(np.concatenate(kept))
        at, o = every // n, every % n
        s = rows[at]
        use = self.object_degree[o] > 0
        if self.pairs.symmetric:
            use &= (s != o) & ~(inside[o] & (s > o))
        use &= ~among(self.pairs.key(s, o), taken)
        at, s, o = at[use], s[use], o[use]
        parts = np.zeros((len(s), len(PARTS)))
        for column, matrix in enumerate(made):
            parts[:, column] = _at(matrix, at, o, n)
        parts[:, 4] = self._same(s, o)
        return Scored(s, o, parts)

    def _walk(self, mine: Any, power: float) -> Any:
        """Three steps from the subjects of `mine`; as an array where hardly any pair is without a
        path."""
        middle, last = self._weights(power)
        left = _columns_times(_columns_times(mine, middle) @ self.back, last)
        n = max(len(self.pairs.objects), 1)
        steps = left.nnz * (self.known.nnz / max(self.known.shape[0], 1))
        if steps * DENSE < left.shape[0] * n:
            return (left @ self.known).tocsr()
        return np.asarray((self.back @ left.T.toarray().astype(np.float32)).T)

    def _near(self, mine: Any, rows: Ints, popular: Any) -> Any:
        made: Any = self.groups[rows] @ popular
        if self.pairs.symmetric:
            made = made + (mine @ self.pairs.kinds.inside) @ self.pairs.kinds.members
        return made.tocsr()

    def _same(self, s: Ints, o: Ints) -> Floats:
        shared = self.pairs.kinds.shared
        if not self.pairs.groups.nnz or not shared.nnz:
            return np.zeros(len(s))
        return np.concatenate(
            [
                np.asarray(
                    self.pairs.groups[s[i : i + CELLS]]
                    .multiply(shared[o[i : i + CELLS]])
                    .sum(axis=1)
                ).reshape(-1)
                for i in range(0, len(s), CELLS)
            ]
            or [np.zeros(0)]
        )

    def _taken(self, rows: Ints) -> Ints:
        """Keys of the pairs of `rows` that are known, sorted."""
        mine = self.known[rows]
        s = np.repeat(rows, np.diff(mine.indptr))
        return np.sort(self.pairs.key(s, mine.indices.astype(np.int64)))


def _columns_times(matrix: Any, factor: Floats) -> Any:
    """A matrix with each column times a number; those times 0 are left out."""
    made = matrix.astype(np.float64)
    made.data *= factor[made.indices]
    made.eliminate_zeros()
    return made


def _keys(matrix: Any, n: int) -> Ints:
    row = np.repeat(np.arange(matrix.shape[0], dtype=np.int64), np.diff(matrix.indptr))
    return np.asarray(row * n + matrix.indices, dtype=np.int64)


def _strongest(matrix: Any, most: int, n: int) -> Ints:
    """Keys of the largest entries, those that equal the last of them included."""
    if isinstance(matrix, np.ndarray):
        flat = matrix.reshape(-1)
        least = np.partition(flat, -most)[-most] if most < len(flat) else 0.0
        return np.asarray(np.flatnonzero((flat >= least) & (flat > 0)), dtype=np.int64)
    keys = _keys(matrix, n)
    if most >= matrix.nnz:
        return keys
    return np.asarray(keys[matrix.data >= np.partition(matrix.data, -most)[-most]])


def _at(matrix: Any, row: Ints, column: Ints, n: int) -> Floats:
    """The entries at given places, 0 where there is none."""
    if matrix is None:
        return np.zeros(len(row))
    if isinstance(matrix, np.ndarray):
        return np.asarray(matrix[row, column], dtype=np.float64)
    matrix.sort_indices()
    key, wanted = _keys(matrix, n), row * n + column
    if not len(key):
        return np.zeros(len(row))
    place = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
    return np.where(key[place] == wanted, matrix.data[place], 0.0)
