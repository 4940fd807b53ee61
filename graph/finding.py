"""What a method says of one subject: the finding, and what could not be judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from graph.names import normalise


@dataclass(frozen=True)
class Subject:
    """The entity a finding is about: `name` maps a language to a text."""

    id: str
    type: str
    name: Mapping[str, str]


@dataclass(frozen=True)
class Evidence:
    """The row that a finding rests on; `row` is what it says, in a derivation."""

    source: str
    file: str
    line: int
    quote: str | None = None
    row: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Confidence:
    """How sure a finding is, 0 to 1, and why: `reasons` are catalogue keys with their text."""

    score: float
    coverage: float | None = None
    agreement: float | None = None
    stability: float | None = None
    reasons: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class Calculation:
    """Arithmetic to be repeated by hand: `name = formula = numbers = result`.

    `numbers` is the formula with the numbers put in, as they are printed: + - × / ^, brackets, ln,
    exp, min, max, and C(n, k) for the ways to choose k of n. Done with these numbers it gives
    `result` but for rounding in the sixth digit.
    """

    name: str
    formula: str
    numbers: str
    result: float


@dataclass(frozen=True)
class Derived:
    """One step of a derivation, said in each language, and the rows that its numbers stand in.

    `about` is severity, impact, confidence or rank; `lines` counts all rows, `evidence` are the
    first of them.
    """

    text: Mapping[str, str]
    evidence: tuple[Evidence, ...] = ()
    about: str = "severity"
    calculations: tuple[Calculation, ...] = ()
    parts: tuple["Derived", ...] = ()
    lines: int = 0


@dataclass(frozen=True)
class Finding:
    """One weak link, in the form of the JSON contract (docs/findings.md).

    `rank` is that of a competition: the same for the `tied` findings that are equal (1: it alone).
    `rank_range` are the 5th and 95th percentile of the rank when a tenth of the relations is taken
    away at random, and as far as `rank` where that lies outside; None where it is not known.
    `apart` names the list of those that are no weak link, such as `advantage`. `derivation` is
    there for a finding that was asked to be explained.
    """

    id: str
    chain: str
    family: str
    measure: str
    method: str
    rank: int
    severity: float
    subject: Subject
    object: Subject | None
    values: Mapping[str, Any]
    impact: Mapping[str, Any]
    action: str
    confidence: Confidence
    evidence: tuple[Evidence, ...]
    text: Mapping[str, str]
    candidates: tuple[Mapping[str, Any], ...] = ()
    status: str = "found"
    derivation: tuple[Derived, ...] = ()
    tied: int = 1
    rank_range: tuple[int, int] | None = None
    apart: str = ""


class Labelled(Protocol):
    """What has an id and a subject: a finding, or what will be one."""

    @property
    def id(self) -> str: ...
    @property
    def subject(self) -> Subject: ...


One = TypeVar("One", bound=Labelled)


def meant(findings: Sequence[One], wanted: str) -> list[One]:
    """Those that a word means: by their id, else by its beginning, else by id or name of what they
    are about."""
    same = normalise(wanted)
    exact = [f for f in findings if f.id == wanted]
    begun = exact or [f for f in findings if f.id.startswith(wanted)]
    return begun or [
        f for f in findings if same in map(normalise, (f.subject.id, *f.subject.name.values()))
    ]


@dataclass(frozen=True)
class NotAssessed:
    """What a method could not judge, and what is missing for it."""

    measure: str
    subject: Subject | None
    reason: str
    missing: tuple[str, ...]
    values: Mapping[str, Any] = field(default_factory=dict)
    text: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Findings:
    """The answer of one run: what was found, what was not assessed, and what it rests on.

    `labels` are what measures from outside are called, by measure and language.
    """

    run: str
    record: str
    method_version: str
    findings: tuple[Finding, ...]
    not_assessed: tuple[NotAssessed, ...]
    configuration: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
