"""Which changed claims a changed finding is to be read with.

Nearest first: the rows that it rested on and those that it rests on now (`evidence`); what is said
of its subject or object, and their relations (`subject`); what is said of those who provide them,
and their relations (`provider`). Where there is none of these, what touches what is linked to the
subject, up to `diff.reach` steps away (`near`): along the chain for a link, along any relation but
those to places and industries for others. They are where to look, not a proof: a measure that
compares with all links may change by a claim that is nowhere near.
"""

from collections.abc import Iterable, Iterator, Sequence

from graph.finding import Evidence, Finding
from graph.record.changes import Changes
from graph.record.difference import Causes
from graph.record.sql import ident, literals
from graph.record.view import View

NEARNESS = ("evidence", "subject", "provider", "near")
WIDEST = 2000
"""Entities looked at around one finding: round a hub everything is near, which says nothing."""

Pair = tuple[Finding | None, Finding | None]


def causes_of(changes: Changes, pairs: Sequence[Pair], most: int, reach: int) -> list[Causes]:
    """For each finding, as it was and as it is, the changed claims behind it, at most so many.

    `near` of a claim is a place in `NEARNESS`.
    """
    views = (changes.before, changes.after)
    keys = _keys(views, pairs)
    subjects = [_subjects(pair, keys) for pair in pairs]
    providers = _neighbours(views, subjects, ["PROVIDES"], into=True)
    found = changes.claims_near(
        [
            [*((1, k) for k in own), *((2, k) for k in others)]
            for own, others in zip(subjects, providers, strict=True)
        ],
        most,
        lines=[(_lines(was), _lines(now)) for was, now in pairs],
    )
    return _further(changes, pairs, subjects, found, most, reach)


def _further(
    changes: Changes,
    pairs: Sequence[Pair],
    subjects: list[list[int]],
    found: list[Causes],
    most: int,
    reach: int,
) -> list[Causes]:
    """For those without a cause, what touches their surroundings, the nearest that are touched."""
    views = (changes.before, changes.after)
    open_ = [i for i, causes in enumerate(found) if not causes.count]
    seen = {i: dict.fromkeys(subjects[i]) for i in open_}
    edge = {i: subjects[i] for i in open_}
    for _ in range(reach):
        for links in (True, False):
            mine = [i for i in open_ if _is_link(changes.after, pairs[i]) == links]
            near = _neighbours(views, [edge[i] for i in mine], _ties(changes.after, links))
            for i, keys in zip(mine, near, strict=True):
                edge[i] = [k for k in keys if k not in seen[i]][: WIDEST - len(seen[i])]
                seen[i].update(dict.fromkeys(edge[i]))
        place = NEARNESS.index("near")
        said = changes.claims_near([[(place, k) for k in edge[i]] for i in open_], most)
        for i, causes in zip(open_, said, strict=True):
            found[i] = causes
        open_ = [i for i in open_ if not found[i].count]
    return found


def _lines(finding: Finding | None) -> Iterator[tuple[str, str, int]]:
    evidence: tuple[Evidence, ...] = () if finding is None else finding.evidence
    return ((line.source, line.file, line.line) for line in evidence)


def _keys(views: tuple[View, View], pairs: Sequence[Pair]) -> dict[str, int]:
    ids = sorted({id_ for pair in pairs for id_ in _ids(pair)})
    found: dict[str, int] = {}
    for view in views:
        found |= dict(
            view.con.execute(
                "SELECT id, k FROM node WHERE id IN (SELECT unnest(?::VARCHAR[]))", [ids]
            ).fetchall()
        )
    return found


def _ids(pair: Pair) -> Iterator[str]:
    for finding in pair:
        for end in () if finding is None else (finding.subject, finding.object):
            if end is not None:
                yield end.id


def _subjects(pair: Pair, keys: dict[str, int]) -> list[int]:
    return list(dict.fromkeys(keys[id_] for id_ in _ids(pair) if id_ in keys))


def _is_link(view: View, pair: Pair) -> bool:
    return any(f is not None and f.subject.type in view.schema.links for f in pair)


def _ties(view: View, links: bool) -> list[str]:
    """Relations by which what is near is reached: between links, or between all but hubs."""
    schema = view.schema
    inside, hubs = set(schema.links), {*schema.subclasses("Place"), *schema.subclasses("Industry")}
    named = []
    for name, relation in schema.relations.items():
        ends = [
            {c for top in side for c in schema.subclasses(top)}
            for side in (relation.domain, relation.range)
        ]
        if all(end <= inside for end in ends) if links else not any(end <= hubs for end in ends):
            named.append(name)
    return named


def _neighbours(
    views: tuple[View, View],
    wanted: Sequence[Iterable[int]],
    relations: list[str],
    *,
    into: bool = False,
) -> list[list[int]]:
    """For each list of keys those at the other end of these relations, on either side, in the
    order of keys; `into`: only those that relations come from. Places provide nothing."""
    asked = [(i, k) for i, keys in enumerate(wanted) for k in keys]
    found: list[dict[int, None]] = [{} for _ in wanted]
    if not asked:
        return [[] for _ in wanted]
    numbers, keys = (list(column) for column in zip(*asked, strict=True))
    for view in views:
        places = literals(list(view.schema.subclasses("Place")))
        for relation in relations:
            table = ident("r_" + relation)
            ends = f"SELECT f AS other, t AS k FROM {table}"
            if not into:
                ends += f" UNION ALL SELECT t, f FROM {table}"
            rows = view.con.execute(
                f"SELECT DISTINCT a.i, other FROM ({ends}) JOIN (SELECT unnest($1::INTEGER[]) AS i,"
                " unnest($2::INTEGER[]) AS k) a USING (k) JOIN node n ON n.k = other"
                f" WHERE n.class NOT IN {places} ORDER BY ALL",
                [numbers, keys],
            ).fetchall()
            for i, other in rows:
                found[i][other] = None
    return [sorted(each) for each in found]
