"""Running the methods: who is asked, what is kept, in which order."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from typing import Any

from graph.errors import UsageError
from graph.finding import Finding, Findings, NotAssessed, Subject, meant
from graph.gaps import ranking, viewpoint
from graph.gaps.assemble import Assembler, Named, Place, finding_id
from graph.gaps.forests import THINNED
from graph.gaps.industry import industries
from graph.gaps.knock import with_impact
from graph.gaps.method import Ask, Found, Method, Unknown
from graph.gaps.registry import methods
from graph.gaps.settings import Settings
from graph.gaps.stability import Stability, resample
from graph.gaps.where import Condition, conditions
from graph.network import Network, Source

VERSION = "1"
"""Of the framework: what a finding looks like and how its id is made."""

LIVE_STATUS = ("投产",)
"""A firm or project supplies when it is in production; one without a status is taken to be."""


@dataclass(frozen=True)
class _Query:
    """What a run was asked, as it is repeated in its configuration."""

    home: str | None
    region: str | None
    chain: str | None
    measures: tuple[str, ...] | None
    where: tuple[str, ...]
    top: int


def run(
    view: Source,
    *,
    home: str | None = None,
    region: str | None = None,
    chain: str | None = None,
    measures: Sequence[str] | None = None,
    where: Sequence[str] | str | None = None,
    settings: Mapping[str, Any] | None = None,
    top: int | None = None,
    as_of: str | None = None,
    explain: str | None = None,
    impact: bool = True,
) -> Findings:
    """The weak links of what `view` holds.

    `home` is a country or region by code, id or name: the viewpoint. `region` looks only at what
    is in that region. `chain` keeps one kind of chain (industry, innovation, capital, policy,
    talent, coupling). `measures` are names of measures (default all). `where` are conditions such
    as `type=Product` or `severity>=0.5`. `top` findings per measure, 0 for all (default from the
    settings: 20). `as_of` (ISO date, default today) decides what has expired. `explain` keeps what
    it means, a finding's id or its beginning or the name of a subject, and derives it step by step.
    Without `impact` it is not worked out what falls with each, which takes long for thousands.

    Raises UsageError for a measure, place, condition, setting or finding that is not known.
    """
    chosen = named_methods(measures)
    limits = Settings(settings)
    wanted = conditions(where)
    day = as_of or date.today().isoformat()
    net = Network.of(view, as_of=day, live_status=LIVE_STATUS, rates=limits.rates())
    ask = asked(net, limits, home, region)
    count = int(limits["top"]) if top is None else top
    query = _Query(
        home,
        region,
        chain,
        None if measures is None else tuple(m.measure for m in chosen),
        tuple(c.source for c in wanted),
        count,
    )
    ask = replace(ask, top=0 if wanted or chain is not None else count)
    seen: list[_Seen] = []
    for method in chosen:
        if seen and seen[-1].method.family != method.family:
            net.forget(THINNED)
        seen.append(_Seen(net, ask, method, query, wanted))
    if explain is not None:
        _only(seen, explain)
    counted = [
        Stability(net, ask, one.method, one.shown, one.others if one.filtered else None)
        for one in seen
    ]
    resample(net, ask, counted)
    findings: list[Finding] = []
    missing: list[NotAssessed] = []
    for one, stable in zip(seen, counted, strict=True):
        findings.extend(one.findings(stable, explain is not None, impact))
        missing.extend(one.not_assessed())
    configuration = {
        **{k: v for k, v in vars(query).items() if v not in (None, ())},
        "as_of": as_of,
        "settings": dict(sorted(limits.changed.items())),
        "methods": [m.name for m in chosen],
    }
    return Findings(
        run=_digest(view.digest, configuration),
        record=view.digest,
        method_version=VERSION,
        findings=tuple(findings),
        not_assessed=tuple(missing),
        configuration={k: v for k, v in configuration.items() if v not in (None, {})},
        labels={m.measure: m.label for m in chosen if m.label},
    )


def named_methods(names: Sequence[str] | None) -> list[Method]:
    """The methods of these measures, None for all. Raises UsageError for one not known."""
    known = methods()
    if names is None:
        return list(known.values())
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, 3) or list(known)
            raise UsageError("gaps.unknown_measure", name=name, near=", ".join(near))
    return [known[name] for name in known if name in names]


def asked(net: Network, settings: Settings, home: str | None, region: str | None) -> Ask:
    """What is asked, as positions in the network. Raises UsageError for a place not known."""
    country = home_region = inside = home_id = None
    places = net.places
    if home is not None:
        country, home_region = viewpoint.home(net, home)
    if region is not None:
        inside = viewpoint.region(net, region)
    if country is not None:
        home_id = places.countries[country]
    elif home_region is not None:
        home_id = places.ids[home_region]
    return Ask(
        settings=settings,
        home_country=country,
        home_region=home_region,
        home_name=home,
        home_id=home_id,
        region=inside,
        home_label=viewpoint.home_label(net, home, country, home_region),
        region_id=None if inside is None else places.ids[inside],
        region_label={} if inside is None else viewpoint.label(net, inside),
    )


class _Seen:
    """What one method says of a network, the worst of it first."""

    def __init__(
        self,
        net: Network,
        ask: Ask,
        method: Method,
        query: _Query,
        wanted: Sequence[Condition],
    ) -> None:
        self.net, self.method = net, method
        self.most = int(ask["not_assessed.top"]) if query.top else 0
        self.assembler = Assembler(net, ask, method)
        found: list[Found] = []
        self.unknown: list[Unknown] = []
        for item in method.find(net, ask):
            (found if isinstance(item, Found) else self.unknown).append(item)  # type: ignore[arg-type]
        every_one = len(found)
        if query.chain is not None:
            found = [f for f in found if self.assembler.chain(f) == query.chain]
            self.unknown = [u for u in self.unknown if self.assembler.chain(u) == query.chain]
        if wanted:
            found = self._passing(found, wanted)
        self.filtered = len(found) < every_one
        near = ranking.near_top(found, query.top)
        self.names = self.assembler.names(_subjects(near))
        ordered = sorted(near, key=lambda f: (ranking.key(f), _subject_key(f, self.names)))
        kept = list(ranking.cut(ordered, query.top))
        every = ranking.ranks(ordered, found)
        self.ranks = [every[i] for i in kept]
        listed = {id(ordered[i]) for i in kept}
        self.others = [f for f in found if id(f) not in listed]
        self.shown = [ordered[i] for i in kept]
        self.wanted: Sequence[int] = range(len(kept))

    def _passing(self, found: Sequence[Found], wanted: Sequence[Condition]) -> list[Found]:
        names = self.assembler.names(_subjects(found))
        known: dict[int, list[str]] = {}
        if any(c.field == "industry" for c in wanted):
            known = industries(self.net, list(names))
        passing = []
        for item in (f.filled() for f in found):
            fields = {**self.assembler.fields(item, names), "industry": known.get(item.subject)}
            if all(c.holds(fields) for c in wanted):
                passing.append(item)
        return passing

    def labels(self) -> list["_Label"]:
        """What each finding will be called, before anything else is said of it."""
        return [
            _Label(
                finding_id(self.assembler.method, f, self.names, self.assembler.ask),
                self.names[f.subject].subject(),
                (self, place),
            )
            for place, f in enumerate(self.shown)
        ]

    def findings(self, stable: Stability, explain: bool, impact: bool) -> Iterator[Finding]:
        shown = [self.shown[i].filled() for i in self.wanted]
        if impact:
            most = int(self.assembler.ask["impact.findings"])
            shown = with_impact(self.net, shown, most)
        every = [
            Place(rank.place, rank.tied, share, near)
            for rank, share, near in zip(
                self.ranks, stable.shares(), stable.ranges(self.ranks), strict=True
            )
        ]
        places = [every[i] for i in self.wanted]
        yield from self.assembler.findings(shown, self.names, places, explain=explain)

    def not_assessed(self) -> Iterator[NotAssessed]:
        names = self.assembler.names(u.subject for u in self.unknown if u.subject is not None)
        ordered = _in_order(self.unknown, names)
        shown = ordered[: self.most] if self.most else ordered
        if len(shown) < len(ordered):
            counts = {"shown": len(shown), "count": len(ordered)}
            shown.append(Unknown((), reason="more", values=counts, text="gaps.more", says=counts))
        yield from self.assembler.not_assessed(shown, names)


@dataclass(frozen=True)
class _Label:
    """The id and subject of a finding, and its place in what a method says."""

    id: str
    subject: Subject
    at: tuple[_Seen, int]


def _only(seen: Sequence[_Seen], wanted: str) -> None:
    """Keeps what a word means. Raises UsageError, with the nearest ids, where that is nothing."""
    labels = [label for one in seen for label in one.labels()]
    found = meant(labels, wanted)
    if not found and wanted:
        measure, _, _ = wanted.partition(":")
        like = [x.id for x in labels if x.id.startswith(f"{measure}:")] or [x.id for x in labels]
        near = get_close_matches(wanted, like[:NEAREST], 3, 0.3)
        raise UsageError("export.no_finding", id=wanted, nearest=", ".join(near))
    for one in seen:
        one.wanted = [place for at, place in (x.at for x in found) if at is one]


NEAREST = 5000
"""Ids that are looked through for those nearest to one that is not there."""


def _subject_key(item: Found, names: Mapping[int, Named]) -> tuple[str, ...]:
    """What breaks the last ties: ids, then scope."""
    other = "" if item.object is None else names[item.object].id
    return (names[item.subject].id, other, *(f"{k}={v}" for k, v in sorted(item.scope.items())))


def _subjects(found: Iterable[Found]) -> Iterator[int]:
    for item in found:
        yield item.subject
        if item.object is not None:
            yield item.object


def _in_order(unknown: list[Unknown], names: Mapping[int, Named]) -> list[Unknown]:
    def key(item: Unknown) -> tuple[str, str, tuple[str, ...]]:
        subject = "" if item.subject is None else names[item.subject].id
        return (subject, json.dumps(item.values, sort_keys=True, default=str), item.missing)

    return sorted(unknown, key=key)


def _digest(record: str, configuration: Mapping[str, Any]) -> str:
    """A run is known by what it rests on and what it was asked, not by when it was made."""
    text = json.dumps([VERSION, record, configuration], ensure_ascii=False, sort_keys=True)
    return "run:" + hashlib.sha256(text.encode()).hexdigest()[:16]
