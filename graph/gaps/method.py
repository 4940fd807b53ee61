"""The port: what a method is, what it is asked, and what it answers."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np

from graph.finding import Calculation
from graph.gaps.settings import Settings
from graph.network import Network
from graph.network.source import Floats, Ints

Template = str | Mapping[str, str]
"""A message's key (of the method's family where it names none), or zh and en templates."""


class Action(StrEnum):
    """The kind of work that a finding calls for."""

    ADD = "补链"
    """needed and absent"""
    STRENGTHEN = "强链"
    """present and weak"""
    EXTEND = "延链"
    """specialised here, the next step absent"""
    SECURE = "固链"
    """present, from a single or a foreign source"""


@dataclass(frozen=True)
class Node:
    """A node by its key: an id in `values`, a name in a text."""

    k: int


@dataclass(frozen=True)
class Clause:
    """A message inside a message, said in the language of the whole."""

    key: str
    says: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Rows:
    """Evidence: the rows of a relation that leave `of` or reach `to`, or both.

    With the name of a class instead, the line where the entity `of` is described.
    """

    relation: str
    of: int | None = None
    to: int | None = None


@dataclass(frozen=True)
class Knock:
    """What breaks: links (by node key) as a whole, or providers with all that they supply."""

    links: tuple[int, ...] = ()
    providers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Step:
    """One step of a derivation: a message that names the numbers, and the rows they stand in.

    `calculations` are the arithmetic, with the numbers put in (see `graph.gaps.derivation`): the
    last of all steps comes to the severity. `parts` are lines below the step, a provider each with
    its share, say; a long list ends with one that says how many are left out and what they add.
    """

    text: Template
    says: Mapping[str, Any] = field(default_factory=dict)
    rows: tuple[Rows, ...] = ()
    calculations: tuple[Calculation, ...] = ()
    parts: tuple["Step", ...] = ()


@dataclass(frozen=True)
class Found:
    """One weak link as a method sees it; the runner adds rank, id, texts and evidence.

    `scope` tells findings of one measure and subject apart (`{"level": "actor"}`). `order` breaks
    ties of severity, larger first. Findings with an `apart` are listed after the others, and
    counted for themselves when only the top is shown; `before` is how many others there are, where
    not all of them are yielded. `chain` is the kind of chain where it is not that of the subject.
    `agreement` is None where one source speaks. `rank_range` are the 5th and 95th percentile of the
    rank over draws that a method makes itself (see `graph.gaps.stability.Drawn`), in its own list.
    `reasons` are messages (key, values) on why confidence is what it is. The runner fills in
    `impact` where `knock` is given. `fill`, where a method finds very many, gives the rest of the
    finding when it is to be shown: subject, severity, order, scope and apart must be there before.
    `steps` gives the derivation, from the rows to the severity, for the one finding that is to be
    explained: it may take its time.
    """

    subject: int
    severity: float
    action: Action
    values: Mapping[str, Any] = field(default_factory=dict)
    says: Mapping[str, Any] = field(default_factory=dict)
    object: int | None = None
    order: tuple[float, ...] = ()
    apart: str = ""
    before: int | None = None
    scope: Mapping[str, str] = field(default_factory=dict)
    chain: str | None = None
    text: Template | None = None
    coverage: float | None = None
    agreement: float | None = None
    stability: float | None = None
    rank_range: tuple[int, int] | None = None
    reasons: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    evidence: tuple[Rows, ...] = ()
    knock: Knock | None = None
    impact: Mapping[str, Any] = field(default_factory=dict)
    candidates: tuple[Mapping[str, Any], ...] = ()
    fill: Callable[[], "Found"] | None = None
    steps: Callable[[], Iterable[Step]] | None = None

    def filled(self) -> "Found":
        """The finding with all that is to be said of it."""
        return self if self.fill is None else self.fill()


@dataclass(frozen=True)
class Enough:
    """How much is there of what a judgement needs, and how much would do.

    Counts are whole numbers, shares (0 to 1) floats. `what` is a message that names what is
    counted: of the subject `enough` where it names none; empty where the text says both already.
    """

    have: float
    need: float
    what: str = ""


@dataclass(frozen=True)
class Unknown:
    """What cannot be judged, and the parts of the data that are missing for it.

    `missing` names relations, attributes and classes as the ontology does (`PROVIDES.share`).
    `subject` None: the measure as a whole. `enough` is said in `values` (`have`, `need`) and at the
    end of the text: whoever fills the gap must know how much of it.
    """

    missing: tuple[str, ...]
    subject: int | None = None
    reason: str = "insufficient_data"
    values: Mapping[str, Any] = field(default_factory=dict)
    text: Template | None = None
    says: Mapping[str, Any] = field(default_factory=dict)
    chain: str | None = None
    enough: Enough | None = None


@dataclass(frozen=True)
class Ask:
    """What is asked: from whose viewpoint, within which region, with which thresholds.

    `top` is how many findings will be shown, 0 for all: a method may leave the rest unsaid.

    `home_country` is a position in `net.places.countries`, `home_region` (a home that is no
    country) and `region` in `net.places.regions`; labels are what they are called in each
    language, ids what they are called in ids of findings; `home_name` is home as it was asked for.
    """

    settings: Settings
    top: int = 0
    home_country: int | None = None
    home_region: int | None = None
    home_name: str | None = None
    home_id: str | None = None
    home_label: Mapping[str, str] = field(default_factory=dict)
    region: int | None = None
    region_id: str | None = None
    region_label: Mapping[str, str] = field(default_factory=dict)

    def within(self, net: Network) -> Network:
        """The network with the providers of the region that is asked for, else all of it."""
        if self.region is None:
            return net
        inside = net.places.inside(self.region)
        return net.once(("within", self.region), lambda: net.within(inside))

    def here(self, net: Network) -> "Here | None":
        """The region that is asked for, else home, else None."""
        if self.region is not None:
            return Here(self.region_label, net.places.inside(self.region))
        if self.home_country is not None:
            inside = np.flatnonzero(net.places.country == self.home_country)
            return Here(self.home_label, inside)
        if self.home_region is not None:
            return Here(self.home_label, net.places.inside(self.home_region))
        return None

    def leading(self, severity: Floats, *order: Floats) -> list[int]:
        """The positions that `severity` is above 0 for; only the worst where only those are shown.

        Ties are broken by `order`, larger first, and then by position, as they will be in the end.
        What is equal to the last one comes as well, as far as `TIES`, so that ties can be counted.
        """
        found = np.flatnonzero(severity > 0)
        if self.top and len(found) > self.top:
            keys = [-np.round(value[found], 6) for value in (severity, *order)]
            ranked = np.lexsort((found, *reversed(keys)))
            last, more = ranked[self.top - 1], ranked[self.top : self.top + TIES]
            equal = np.all([key[more] == key[last] for key in keys], axis=0)
            found = np.sort(found[np.append(ranked[: self.top], more[equal])])
        return [int(i) for i in found]

    def __getitem__(self, threshold: str) -> float:
        return self.settings[threshold]


TIES = 100
"""Ties with the last finding shown that are counted; there may be as many as there are links."""


@dataclass(frozen=True)
class Here:
    """A place, as it is called in each language, and the regions that lie in it, by position."""

    name: Mapping[str, str]
    regions: Ints


@dataclass(frozen=True)
class Method:
    """A measure: its name, family and version, and the function that finds.

    `score`, where given, is severity per link position (0 where not found) by level ("" where the
    measure has none): it is run again on thinned networks to see how stable the findings are.
    `chain` is the kind of chain its findings count for; None: that of the subject. `viewpoint`
    says that findings depend on `--home`, `regional` that they do on `--region`; what they depend
    on is part of their ids. Two versions of a method may give different results. `label` is what
    the page calls the measure, in each language; those built in have theirs in the catalogue.
    """

    measure: str
    family: str
    version: str
    find: Callable[[Network, Ask], Iterator[Found | Unknown]]
    score: Callable[[Network, Ask], Mapping[str, Floats]] | None = None
    chain: str | None = None
    viewpoint: bool = False
    regional: bool = False
    label: Mapping[str, str] | None = None

    @property
    def name(self) -> str:
        return f"{self.measure}/{self.version}"
