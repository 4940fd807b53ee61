"""A finding, and the relations that might mend it: what every kind of repair works with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.gaps.method import Found, Method
from graph.gaps.repair.result import Effect


@dataclass(frozen=True)
class Weak:
    """A finding of a method, with its id."""

    method: Method
    found: Found
    id: str


@dataclass(frozen=True)
class Offer:
    """A relation that somebody could make, from `k` to `to` (node keys; None: somebody new).

    `after` is the severity of the finding with it; `why` may hold `Node`s.
    """

    k: int | None
    to: int
    after: float
    abroad: bool | None
    why: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """The relation that would mend a finding, and who could make it, the nearest first."""

    weak: Weak
    relation: str
    offers: tuple[Offer, ...]
    share: float | None = None
    also: tuple[Effect, ...] = ()
