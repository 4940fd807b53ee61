"""What changed between two runs of the record: what it says, and the weak links that follow.

Both sides are judged by the methods of this program, from one viewpoint and as of one day, so that
neither a new version nor the passing of time changes anything. How findings are compared stands in
`graph.gaps.changed`, which claims count as causes in `graph.gaps.causes`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from graph.errors import UsageError
from graph.finding import Findings, Subject
from graph.gaps.causes import NEARNESS, causes_of
from graph.gaps.changed import FindingChange, compare
from graph.gaps.runner import run
from graph.gaps.settings import Settings
from graph.names import by_language
from graph.record.changes import Changes
from graph.record.difference import Difference, Listed
from graph.record.runs import RunMade, find_run
from graph.record.store import Record
from graph.record.view import View


@dataclass(frozen=True)
class Diff:
    """The difference of two runs. `findings` are the first of each measure and change; `counts`
    are all, by measure; `versions` are measures whose two sides come from other versions of their
    method, and are therefore not compared."""

    before: RunMade
    after: RunMade
    as_of: tuple[str, str]
    configuration: Mapping[str, Any]
    unknown_place: str | None
    claims: int
    entities: Listed
    relations: Listed
    counts: Mapping[str, Mapping[str, int]]
    versions: Mapping[str, tuple[str, str]]
    findings: tuple[FindingChange, ...]

    def to_dict(self) -> dict[str, Any]:
        """For JSON, as docs/findings.md has it."""
        sides = zip(("before", "after"), (self.before, self.after), self.as_of, strict=True)
        return {
            **{side: {**made.to_dict(), "as_of": day} for side, made, day in sides},
            "configuration": dict(self.configuration),
            "unknown_place": self.unknown_place,
            "claims": self.claims,
            "entities": _listed(self.entities),
            "relations": _listed(self.relations),
            "findings": {
                "counts": {name: dict(counts) for name, counts in self.counts.items()},
                "versions": _old_new(self.versions),
                "listed": [_finding(change) for change in self.findings],
            },
        }


def diff(
    record: Record,
    before: RunMade | str | int = -2,
    after: RunMade | str | int = -1,
    *,
    home: str | None = None,
    region: str | None = None,
    chain: str | None = None,
    measures: Sequence[str] | None = None,
    top: int | None = None,
    as_of: str | Sequence[str] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Diff:
    """What changed from the run `before` to the run `after` (`graph.record.runs.find_run`).

    `top` entities, relations and findings of each change and kind, 0 for all (20). `as_of` is a
    day (today), or one for each side: then what expired between them changes as well. The others
    are as `run` takes them. A place that only one of the two runs knows has no findings in the
    other.

    Raises UsageError for a run, measure, place or setting that is not known.
    """
    limits = Settings(settings)
    first, last = (r if isinstance(r, RunMade) else find_run(record, r) for r in (before, after))
    days = _days(as_of)
    views = (_view(record, first), _view(record, last))
    asked: dict[str, Any] = {
        "home": home,
        "region": region,
        "chain": chain,
        "measures": measures,
        "top": 0,
    }
    asked["settings"] = {**(settings or {}), "stability.draws": 0}
    found, missing = _both(views, days, asked)
    compared = compare(found[0], found[1], limits["diff.tolerance"], views)
    count = int(limits["top"]) if top is None else top
    listed = list(_first(compared.changes, count))
    changes = Changes(*views)
    most = int(limits["diff.causes"])
    causes = causes_of(
        changes, [(c.before, c.after) for c in listed], most, int(limits["diff.reach"])
    )
    configuration = {
        **{k: v for k, v in asked.items() if v is not None and k not in ("top", "settings")},
        "top": count,
        "settings": dict(sorted(limits.changed.items())),
    }
    return Diff(
        before=first,
        after=last,
        as_of=days,
        configuration={k: v for k, v in configuration.items() if v != {}},
        unknown_place=missing,
        claims=changes.claim_count(),
        entities=changes.entities(count, most),
        relations=changes.relations(count, most),
        counts=compared.counts,
        versions=compared.versions,
        findings=tuple(replace(c, causes=why) for c, why in zip(listed, causes, strict=True)),
    )


def _days(as_of: str | Sequence[str] | None) -> tuple[str, str]:
    days = [as_of] if isinstance(as_of, str) else list(as_of or [date.today().isoformat()])
    if len(days) > 2:
        raise UsageError("diff.days", count=len(days))
    return days[0], days[-1]


def _view(record: Record, made: RunMade) -> View:
    """The view of a run; where it is the last one, the one that is there anyway."""
    latest = record.con.execute("SELECT max(r) FROM run").fetchall()[0][0]
    return record.view() if made.number == latest else record.view(at=made.number)


def _both(
    views: tuple[View, ...], days: tuple[str, str], asked: Mapping[str, Any]
) -> tuple[list[Findings], str | None]:
    """The findings of both sides, and which side does not know the place that is asked for."""
    found: list[Findings] = []
    refused: list[tuple[str, UsageError]] = []
    for side, view, day in zip(("before", "after"), views, days, strict=True):
        try:
            found.append(run(view, **asked, as_of=day, impact=False))
        except UsageError as error:
            if error.key != "gaps.unknown_place":
                raise
            refused.append((side, error))
            found.append(Findings("", view.digest, "", (), ()))
    if len(refused) == 2:
        raise refused[1][1]
    return found, refused[0][0] if refused else None


def _first(changes: Iterable[FindingChange], top: int) -> Iterator[FindingChange]:
    taken: Counter[tuple[str, str]] = Counter()
    for c in changes:
        key = (c.change, c.finding.measure)
        taken[key] += 1
        if not top or taken[key] <= top:
            yield c


def _listed(found: Listed) -> dict[str, Any]:
    return {
        "counts": {change: dict(kinds) for change, kinds in found.counts.items()},
        "listed": [_difference(one) for one in found.first],
    }


def _difference(one: Difference) -> dict[str, Any]:
    if one.to is None:
        said: dict[str, Any] = {"id": one.of, "type": one.kind, "name": by_language(*one.name)}
        if one.merged is not None:
            said["merged_into"] = one.merged
    else:
        said = {"from": one.of, "type": one.kind, "to": one.to, "key": one.key}
    return {
        "change": one.change,
        **said,
        "values": _old_new(one.values),
        "causes": {
            "count": one.causes.count,
            "listed": [claim.to_dict() for claim in one.causes.first],
        },
    }


def _finding(c: FindingChange) -> dict[str, Any]:
    sides = {"old": c.before, "new": c.after}
    was, now = ({} if f is None else dict(f.values) for f in sides.values())
    named = zip(c.causes.first, c.causes.near, strict=True)
    return {
        "change": c.change,
        "id": c.finding.id,
        "chain": c.finding.chain,
        "family": c.finding.family,
        "measure": c.finding.measure,
        "method": c.finding.method,
        "subject": _subject(c.finding.subject),
        "object": _subject(c.finding.object),
        "severity": {side: f and f.severity for side, f in sides.items()},
        "rank": {side: f and f.rank for side, f in sides.items()},
        "values": _old_new(
            {k: (was.get(k), now.get(k)) for k in {**was, **now} if was.get(k) != now.get(k)}
        ),
        "otherwise": c.otherwise or None,
        "instead": list(c.instead),
        "text": {side: f and dict(f.text) for side, f in sides.items()},
        "causes": {
            "count": c.causes.count,
            "listed": [{"nearness": NEARNESS[near], **claim.to_dict()} for claim, near in named],
        },
    }


def _subject(subject: Subject | None) -> dict[str, Any] | None:
    return None if subject is None else asdict(subject)


def _old_new(values: Mapping[str, tuple[Any, Any]]) -> dict[str, dict[str, Any]]:
    return {name: {"old": old, "new": new} for name, (old, new) in values.items()}
