"""Findings as the page shows them: which are marked on a link, and all of them for the table."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from math import ceil
from typing import Any

from graph.finding import Finding, Findings, NotAssessed

RANKINGS = frozenset(
    ("chokepoint", "external", "specialisation", "capital-mismatch", "missing-link", "broker")
)
"""Measures that list all that they can judge: only the head of the list is marked as weak."""
STRONG = 10
PER_MEASURE = 200
"""Findings of a measure that the page holds; the rest stays in the findings file."""
FAMILIES = ("scarcity", "brokerage", "absence", "stated", "coupling")
FIRST = ("missing-stage", "single-source", "chokepoint", "concentrated", "thin-stage", "hand-off")
"""Measures that are listed before the others of their family."""


def kept(findings: Findings) -> list[Finding]:
    """The findings that the page holds: the marked ones first, then measure by measure, by rank."""
    found = [f for f in findings.findings if f.status == "found" and f.rank <= PER_MEASURE]
    marks = marked(found)
    return sorted(found, key=lambda f: (f.id not in marks, _order(f), f.measure, f.rank, f.id))


def marked(found: Iterable[Finding]) -> set[str]:
    """The ids of the findings that mark their subject as weak.

    Of a measure that ranks all links, the first tenth (at least three), since being ranked is not
    yet being weak; of the others all. An advantage that is listed apart is no weakness.
    """
    by_measure: dict[str, list[Finding]] = {}
    for finding in found:
        if not finding.apart and finding.values.get("view") != "advantage":
            by_measure.setdefault(finding.measure, []).append(finding)
    ids: set[str] = set()
    for measure, some in by_measure.items():
        last = max(3, ceil(len(some) / 10)) if measure in RANKINGS else len(some)
        ids.update(f.id for f in some if f.rank <= last)
    return ids


def strong(found: Iterable[Finding], marks: set[str]) -> set[str]:
    """The ids of the marked findings that are shown first: of each measure ten, or a tenth."""
    count: dict[str, int] = {}
    some = [f for f in found if f.id in marks]
    for finding in some:
        count[finding.measure] = count.get(finding.measure, 0) + 1
    return {f.id for f in some if f.rank <= max(STRONG, ceil(count[f.measure] / 10))}


def needs(found: Iterable[Finding], marks: set[str]) -> dict[str, float]:
    """By entity id, how much it wants to be seen: 1 for the first of a measure, less further down.

    An order for labels only. It is not a measure of weakness: families are not added up.
    """
    need: dict[str, float] = {}
    for finding in found:
        value = (1.0 if finding.id in marks else 0.3) / (1 + 0.05 * (finding.rank - 1))
        for end in (finding.subject, finding.object):
            if end is not None:
                need[end.id] = max(need.get(end.id, 0.0), round(value, 4))
    return need


def row(finding: Finding, mark: int, number_of: Mapping[str, int]) -> dict[str, Any]:
    """A finding for the page; `n` and `o` are the places of its ends, where the page has them.

    `mark` is 0 for one that is only listed, 1 for one that marks its subject, 2 for a strong one.
    """
    data = asdict(finding)
    del data["status"]
    data["mark"] = mark
    data["n"] = number_of.get(finding.subject.id)
    data["o"] = number_of.get(finding.object.id) if finding.object else None
    return data


def unjudged(items: Iterable[NotAssessed]) -> list[dict[str, Any]]:
    """What was not assessed, one row per measure, reason and what is missing."""
    groups: dict[tuple[str, str, tuple[str, ...], str], list[NotAssessed]] = {}
    for item in items:
        # A text that names the subject differs in each; then what is missing is what is shared.
        text = "" if item.subject else item.text.get("zh", "")
        groups.setdefault((item.measure, item.reason, tuple(item.missing), text), []).append(item)
    rows = []
    for (measure, reason, missing, _), members in sorted(groups.items()):
        subjects = [asdict(m.subject) for m in members if m.subject]
        rows.append(
            {
                "measure": measure,
                "reason": reason,
                "missing": list(missing),
                "text": dict(members[0].text) if len(members) == 1 else {},
                "count": len(members),
                "subjects": subjects[:40],
            }
        )
    return rows


def _order(finding: Finding) -> tuple[int, int]:
    family = FAMILIES.index(finding.family) if finding.family in FAMILIES else len(FAMILIES)
    return family, FIRST.index(finding.measure) if finding.measure in FIRST else len(FIRST)
