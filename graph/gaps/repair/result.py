"""What repair says, as types; `to_dict` is the JSON contract of docs/findings.md."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from graph.finding import Subject
from graph.gaps.assemble import rounded


@dataclass(frozen=True)
class Effect:
    """What a new relation does to another finding; `level` as in the finding's values."""

    measure: str
    level: str
    before: float
    after: float


@dataclass(frozen=True)
class Candidate:
    """Somebody who is near to making the relation, why, and how severe the finding is after it.

    `subject` None: nobody on record is near, it would be somebody new. `abroad` is seen from home,
    None where that is not known or not asked.
    """

    subject: Subject | None
    object: Subject
    after: float
    abroad: bool | None
    why: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Repair:
    """A new relation that would mend a finding.

    It runs from one of the `candidates`, the nearest first, to `object`; `before` and `after` are
    the severity of the finding, `taken` the difference, for the first of them; `share` what it was
    supposed to take of the supply. `also` are other findings of the same link that it changes.
    """

    measure: str
    rank: int
    finding: str
    about: Subject
    relation: str
    object: Subject
    before: float
    after: float
    taken: float
    share: float | None
    candidates: tuple[Candidate, ...]
    also: tuple[Effect, ...]


@dataclass(frozen=True)
class NotMended:
    """A finding that no relation of these kinds mends, or nobody at hand could make."""

    measure: str
    finding: str
    about: Subject
    reason: str


@dataclass(frozen=True)
class Repairs:
    """New relations, ranked within each measure by the severity that they take away."""

    record: str
    configuration: Mapping[str, Any]
    repairs: tuple[Repair, ...]
    not_mended: tuple[NotMended, ...]
    counts: Mapping[str, int]

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it: six digits, names by language."""
        said: dict[str, Any] = rounded(asdict(self), {})
        return said
