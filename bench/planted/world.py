"""The world that is made up: its tables, and what is weak in it, known before anything is lost."""

import csv
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

Row = dict[str, Any]
Key = tuple[Hashable, ...]
DAY = "2024-12-31"
"""The day on which the world is looked at."""

NEAR = 0.2
"""How near to its threshold a value is either: within this part of it. As much is taken away of the
relations, and what is left of a sum of shares is less by about that."""

TWICE = 2
"""How much more there has to be of what a measure asks a least number of: where the world has just
enough, a record without a fifth has not, and either answer will do."""

COMPLETE = frozenset({"region", "chain", "industry", "gazetteer"})
"""Tables that are never thinned: which city lies in which province is in every gazetteer."""


@dataclass
class Truth:
    """What a measure ought to say. `gaps` must be found. `open` is what even the complete files do
    not settle (shares that nobody publishes): to find it is right only where it is `weak`, to
    leave it is no miss. `near` is too near to a threshold to be called either way, and not scored.
    All else is sound, and found is wrong. `decoys` are sound and look like gaps: they are counted
    among what may be found by mistake, and named to be seen."""

    gaps: set[Key] = field(default_factory=set)
    open: set[Key] = field(default_factory=set)
    weak: set[Key] = field(default_factory=set)
    near: set[Key] = field(default_factory=set)
    decoys: set[Key] = field(default_factory=set)

    def by(self, key: Key, value: float, threshold: float, *, known: bool = True) -> None:
        """Sorts `key` by a value that is a gap from `threshold` on; where it is not `known` from
        the complete files it is open."""
        if abs(value - threshold) < NEAR * threshold:
            self.near.add(key)
        elif value >= threshold:
            (self.gaps if known else self.weak).add(key)
            self.open |= set() if known else {key}

    def right(self, key: Key) -> bool:
        return key in self.gaps or key in self.weak


@dataclass
class World:
    """Entities and relations by table, as rows of the own layout (docs/layout.md)."""

    rng: np.random.Generator
    entities: dict[str, list[Row]] = field(default_factory=dict)
    relations: dict[str, list[Row]] = field(default_factory=dict)
    truth: dict[str, Truth] = field(default_factory=dict)
    region: str = ""
    """The region that `--region` asks for, for measures that look at one place."""
    islands: dict[str, Key] = field(default_factory=dict)
    """The island that an actor is of."""

    def entity(self, table: str, key: str, name: str, **values: Any) -> str:
        self.entities.setdefault(table, []).append({"id": key, "name": name, **values})
        return key

    def relate(self, table: str, f: str, t: str, **values: Any) -> None:
        self.relations.setdefault(table, []).append({"from": f, "to": t, **values})

    def of(self, measure: str) -> Truth:
        return self.truth.setdefault(measure, Truth())

    def chance(self, p: float) -> bool:
        return bool(self.rng.random() < p)

    def pick(self, some: list[Any]) -> Any:
        return some[int(self.rng.integers(len(some)))]

    def several(self, some: list[Any], n: int) -> list[Any]:
        """`n` different ones, fewer where there are not so many."""
        chosen = self.rng.choice(len(some), min(n, len(some)), replace=False)
        return [some[int(i)] for i in chosen]

    def heavy(self, least: int, most: int, exponent: float = 1.6) -> int:
        """A number with a heavy tail: `least` − 1 + Zipf, cut off at `most`."""
        return int(min(least - 1 + self.rng.zipf(exponent), most))

    @property
    def size(self) -> int:
        return sum(len(rows) for rows in self.entities.values())


def write(world: World, folder: Path, lost: float, seed: int) -> int:
    """The files, each relation left out with chance `lost`; gives how many relations there were.

    Ends are written as ids, one in ten by the name or another name of the entity.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng((seed, int(lost * 100)))
    known_as = {
        row["id"]: row.get("alt_names") or row["name"]
        for rows in world.entities.values()
        for row in rows
    }
    for table, rows in world.entities.items():
        _write(folder / f"{table}.csv", rows)
    count = 0
    for table, rows in world.relations.items():
        count += len(rows)
        chance = rng.random((len(rows), 3))
        kept = []
        for row, (gone, by_name, _) in zip(rows, chance.tolist(), strict=True):
            if gone < lost and table not in COMPLETE:
                continue
            named = by_name < 0.1 and row["from"][0] == "F"
            kept.append({**row, "from": known_as[row["from"]]} if named else row)
        _write(folder / f"{table}.csv", kept)
    return count


def _write(path: Path, rows: Iterable[Row]) -> None:
    listed = list(rows)
    columns = list(dict.fromkeys(name for row in listed for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, columns, restval="")
        out.writeheader()
        out.writerows(listed)
