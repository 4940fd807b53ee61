"""What a what-if says, as types; `to_dict` is the JSON contract of docs/findings.md."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from graph.finding import Subject
from graph.gaps.assemble import rounded
from graph.names import by_language
from graph.network.source import Source


@dataclass(frozen=True)
class Removed:
    """One thing that was asked for, what kind of thing it is (`firm`, `place`, `link`, …), and how
    many entities go with it."""

    asked: str
    subject: Subject
    kind: str
    entities: int


@dataclass(frozen=True)
class Provider:
    """Who supplied how much of a link."""

    subject: Subject
    share: float


@dataclass(frozen=True)
class LinkLoss:
    """A link of which the share `lost` goes directly; `left` is what passes on to it at the end.

    `users` are the links that need it; `providers_left` the named ones that stay.
    """

    link: Subject
    lost: float
    left: float
    providers: tuple[Provider, ...]
    providers_left: int
    users: int


@dataclass(frozen=True)
class TieLoss:
    """An actor that loses partners in one relation: whom, and how many stay."""

    subject: Subject
    relation: str
    lost: tuple[Subject, ...]
    lost_count: int
    left: int


@dataclass(frozen=True)
class CapitalLoss:
    """A link whose providers lose ties to those who fund them."""

    link: Subject
    ties: int
    lost: int
    share: float


@dataclass(frozen=True)
class PolicyLoss:
    """Something that a policy in force targeted; `covered`: another one still does."""

    subject: Subject
    policies: tuple[Subject, ...]
    covered: bool


@dataclass(frozen=True)
class Affected:
    """A link or a final output: the share that is left, whether it can no longer be had,
    all or nothing, and how many steps of dependence it lies from what is removed."""

    subject: Subject
    left: float
    lost: bool
    steps: int


@dataclass(frozen=True)
class Exposed:
    """An actor that stays, and provides links of which less can be had: how many, and the nearest
    to what is removed: what is left of it, how many steps it lies away, and the share of all links
    that the actor provides which are as near."""

    subject: Subject
    links: int
    link: Subject
    left: float
    steps: int
    share: float


@dataclass(frozen=True)
class ChainLoss:
    """What one chain loses of its final output."""

    chain: Subject
    output_lost: float
    share_lost: float


@dataclass(frozen=True)
class Substitute:
    """What could stand in for a link: `kind` is provider, elsewhere, alternative, variant or
    newcomer; `share` of the link's supply that it could take over; `abroad` seen from home."""

    kind: str
    subject: Subject
    share: float
    abroad: bool | None
    why: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StandIn:
    """What could stand in for one link."""

    link: Subject
    lost: float
    taken_back: float
    candidates: tuple[Substitute, ...]


@dataclass(frozen=True)
class Recovery:
    """The loss of final output when one kind of substitute stands in, and how much of the loss
    without it that takes back."""

    kind: str
    output_lost: float
    share_lost: float
    taken_back: float


@dataclass(frozen=True)
class Change:
    """A finding that the removal opens (`before` None) or makes worse."""

    id: str
    measure: str
    subject: Subject
    object: Subject | None
    before: float | None
    after: float
    text: Mapping[str, str]


@dataclass(frozen=True)
class WhatIf:
    """What is lost when things are removed: directly, further down, and after substitution.

    `output_lost` is the value of the final outputs that can no longer be had, all or nothing,
    `share_lost` that of all that is lost counted by shares, as in the impact of findings. Lists
    are the worst first and cut; `counts` has the whole numbers. Shares are of the value of all
    final outputs on record (of the region, where one is asked for).
    """

    record: str
    configuration: Mapping[str, Any]
    removed: tuple[Removed, ...]
    links: tuple[LinkLoss, ...]
    services: tuple[TieLoss, ...]
    capital: tuple[TieLoss, ...]
    capital_of_links: tuple[CapitalLoss, ...]
    policies: tuple[PolicyLoss, ...]
    output_lost: float
    share_lost: float
    outputs: tuple[Affected, ...]
    further: tuple[Affected, ...]
    exposed: tuple[Exposed, ...]
    chains: tuple[ChainLoss, ...]
    stand_in: tuple[StandIn, ...]
    recovery: tuple[Recovery, ...]
    partners: tuple[Substitute, ...]
    opened: tuple[Change, ...]
    worse: tuple[Change, ...]
    counts: Mapping[str, int]
    notes: tuple[Mapping[str, str], ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it: six digits, names by language."""
        said: dict[str, Any] = rounded(asdict(self), {})  # also the subjects within `why`
        return said


def subjects(source: Source, keys: Iterable[int]) -> dict[int, Subject]:
    """How nodes are shown, by key."""
    wanted = np.unique(np.fromiter(keys, np.int64))
    source.con.register("gap_wanted", {"k": wanted})
    rows = source.con.execute(
        "SELECT n.k, n.id, n.class, n.name, n.name_en FROM node n JOIN gap_wanted USING (k)"
    ).fetchall()
    source.con.unregister("gap_wanted")
    return {k: Subject(key, cls, by_language(name, en)) for k, key, cls, name, en in rows}
