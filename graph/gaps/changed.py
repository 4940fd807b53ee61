"""Two answers of the methods to one question, compared finding by finding.

A finding is the same on both sides
when its id is. One that is there on one side only was `opened` or `closed`; else it is `better` or
`worse` when its severity differs by at least `diff.tolerance`. A finding that closed is not a link
that was mended: `otherwise` says whether the other side judged it and found nothing, could not
judge it, lists it apart (an advantage, no weak link), or does not know its subject at all; and
`instead` names what is found of the same subject there and not here.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from graph.finding import Finding, Findings
from graph.record.difference import Causes
from graph.record.view import View

CHANGES = ("opened", "closed", "worse", "better")


@dataclass(frozen=True)
class FindingChange:
    """A finding as it was (None: not there) and as it is."""

    change: str
    before: Finding | None
    after: Finding | None
    otherwise: str = ""
    instead: tuple[str, ...] = ()
    causes: Causes = field(default_factory=Causes)

    @property
    def finding(self) -> Finding:
        """As it is, else as it was."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def step(self) -> float:
        """How far the severity moved, from 0 or to 0 where there was or is none."""
        was, now = (f.severity if f else 0.0 for f in (self.before, self.after))
        return abs(now - was)


@dataclass(frozen=True)
class Compared:
    """All changes in order; how many by measure; measures with two versions."""

    changes: tuple[FindingChange, ...]
    counts: Mapping[str, Mapping[str, int]]
    versions: Mapping[str, tuple[str, str]]


def compare(
    before: Findings,
    after: Findings,
    tolerance: float,
    views: Sequence[View] = (),
) -> Compared:
    """Two answers to one question. With `views` a subject that a side does not know is told apart
    from one that it finds nothing of.
    """
    versions = _versions(before, after)
    was, now = (
        {f.id: f for f in side.findings if not f.apart and f.measure not in versions}
        for side in (before, after)
    )
    silent = [
        _Silent(side, view)
        for side, view in zip((before, after), views or (None, None), strict=True)
    ]
    found: list[FindingChange] = []
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for id_ in sorted({*was, *now}):
        old, new = was.get(id_), now.get(id_)
        change, otherwise = "same", ""
        if old is None and new is not None:
            change, otherwise = "opened", silent[0].why(new)
        elif new is None and old is not None:
            change, otherwise = "closed", silent[1].why(old)
        elif old is not None and new is not None and abs(new.severity - old.severity) >= tolerance:
            change = "worse" if new.severity > old.severity else "better"
        one = FindingChange(change, old, new, otherwise)
        counts[one.finding.measure][change] += 1
        if change != "same":
            found.append(one)
    order = list(dict.fromkeys(f.measure for side in (after, before) for f in side.findings))
    ranked = sorted(
        _with_instead(found),
        key=lambda c: (
            CHANGES.index(c.change),
            order.index(c.finding.measure),
            -round(c.step, 6),
            c.finding.id,
        ),
    )
    said = {
        name: {change: counts[name][change] for change in (*CHANGES, "same")}
        for name in order
        if name in counts
    }
    return Compared(tuple(ranked), said, versions)


def _versions(before: Findings, after: Findings) -> dict[str, tuple[str, str]]:
    was, now = ({f.measure: f.method for f in side.findings} for side in (before, after))
    return {
        name: (was[name], now[name])
        for name in sorted(was)
        if now.get(name, was[name]) != was[name]
    }


class _Silent:
    """Why a side does not have a finding that the other has."""

    def __init__(self, side: Findings, view: View | None) -> None:
        self.unjudged = {
            (n.measure, n.subject and n.subject.id, n.values.get("level"))
            for n in side.not_assessed
        }
        self.found = {f.measure for f in side.findings}
        self.apart = {f.id for f in side.findings if f.apart}
        self.known: set[str] | None = None
        if view is not None:
            self.known = {row[0] for row in view.con.execute("SELECT id FROM node").fetchall()}

    def why(self, finding: Finding) -> str:
        if self.known is not None and finding.subject.id not in self.known:
            return "no_subject"
        if finding.id in self.apart:
            return "apart"
        own = ((finding.subject.id, level) for level in (finding.values.get("level"), None))
        if any((finding.measure, *one) in self.unjudged for one in own):
            return "not_assessed"
        if finding.measure not in self.found and (finding.measure, None, None) in self.unjudged:
            return "not_assessed"
        return "not_found"


def _with_instead(found: Iterable[FindingChange]) -> Iterator[FindingChange]:
    """What is found of a subject in place of what is not found any more, or was not before."""
    by_subject: dict[tuple[str, str], list[str]] = defaultdict(list)
    changes = list(found)
    for c in changes:
        by_subject[c.change, c.finding.subject.id].append(c.finding.id)
    turned = {"opened": "closed", "closed": "opened"}
    for c in changes:
        other = turned.get(c.change, "")
        instead = tuple(by_subject.get((other, c.finding.subject.id), ()))
        yield replace(c, instead=instead)
