"""Every threshold of every method, with the reason for it, in one table.

`graph.toml` may change any of them, as `"single-source.share" = 0.9` or in a table per measure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from graph.errors import UsageError


@dataclass(frozen=True)
class Threshold:
    """A number that a method asks for, and why it is that number."""

    name: str
    value: float
    reason: str


THRESHOLDS = (
    Threshold("top", 20, "a list that a person reads; 0 for all"),
    Threshold("stability.draws", 50, "a share seen in 50 draws is known to about ±7 points"),
    Threshold("stability.removed", 0.1, "as much as a careful register is wrong by"),
    Threshold(
        "stability.rows",
        5_000_000,
        "relations looked at over all draws of one method; a larger record gets fewer draws",
    ),
    Threshold("stability.draws_min", 3, "fewer say nothing"),
    Threshold("evidence.rows", 20, "lines listed under one finding; the number of all is said"),
    Threshold("impact.links", 4096, "knock-outs tried in one run; the worst findings come first"),
    Threshold("single-source.share", 0.95, "the rest could not replace it in any useful time"),
    Threshold("thin-stage.providers", 3, "two firms cannot be played against each other"),
    Threshold("thin-stage.z", -2.0, "the usual bound of an outlier, on a robust scale"),
    Threshold("concentrated.hhi", 0.25, "highly concentrated, Merger Guidelines 2010"),
    Threshold("concentrated.severe", 0.5, "as concentrated as two equal providers, or worse"),
    Threshold("concentrated.values", 3, "two values of a dimension cannot show concentration"),
)


class Settings(Mapping[str, float]):
    """The thresholds in force.

    >>> Settings({"thin-stage": {"providers": 4}})["thin-stage.providers"]
    4.0
    """

    def __init__(self, changed: Mapping[str, Any] | None = None) -> None:
        """`changed` as read from `graph.toml`. Raises UsageError for one that is not known."""
        self._values = {t.name: float(t.value) for t in THRESHOLDS}
        self.changed = dict(_flat("", changed or {}))
        for name, value in self.changed.items():
            if name not in self._values:
                near = get_close_matches(name, self._values, 3)
                raise UsageError("gaps.unknown_setting", name=name, near=", ".join(near) or "—")
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise UsageError("gaps.setting_no_number", name=name, value=value)
            self._values[name] = float(value)

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def _flat(prefix: str, table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(f"{prefix}{key}.", value)
        else:
            yield f"{prefix}{key}", value
