"""Running the methods: who is asked, what is kept, in which order."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

from graph.errors import UsageError
from graph.finding import Finding, Findings, NotAssessed
from graph.gaps.assemble import Assembler, Named, finding_id
from graph.gaps.knock import with_impact
from graph.gaps.method import Ask, Found, Method, Unknown
from graph.gaps.registry import methods
from graph.gaps.settings import Settings
from graph.gaps.stability import stability
from graph.gaps.where import Condition, conditions
from graph.network import Network, Source
from graph.network.countries import country_code

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
) -> Findings:
    """The weak links of what `view` holds.

    `home` is a country or region by code, id or name: the viewpoint. `region` looks only at what
    is in that region. `chain` keeps one kind of chain (industry, innovation, capital, policy,
    talent, coupling). `measures` are names of measures (default all). `where` are conditions such
    as `type=Product` or `severity>=0.5`. `top` findings per measure, 0 for all (default from the
    settings: 20). `as_of` (ISO date, default today) decides what has expired.

    Raises UsageError for a measure, place, condition or setting that is not known.
    """
    chosen = _chosen(measures)
    limits = Settings(settings)
    wanted = conditions(where)
    day = as_of or date.today().isoformat()
    net = Network.of(view, as_of=day, live_status=LIVE_STATUS, rates=limits.rates())
    ask = _ask(net, limits, home, region)
    count = int(limits["top"]) if top is None else top
    query = _Query(
        home,
        region,
        chain,
        None if measures is None else tuple(m.measure for m in chosen),
        tuple(c.source for c in wanted),
        count,
    )
    findings: list[Finding] = []
    missing: list[NotAssessed] = []
    for method in chosen:
        found, unknown = _one(net, ask, method, query, wanted)
        findings.extend(found)
        missing.extend(unknown)
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
    )


def _chosen(names: Sequence[str] | None) -> list[Method]:
    known = methods()
    if names is None:
        return list(known.values())
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, 3) or list(known)
            raise UsageError("gaps.unknown_measure", name=name, near=", ".join(near))
    return [known[name] for name in known if name in names]


def _ask(net: Network, settings: Settings, home: str | None, region: str | None) -> Ask:
    country = home_region = inside = None
    if home is not None:
        country = net.places.find_country(home)
        home_region = net.places.find(home)
        if country is None and home_region is None and country_code(home) is None:
            raise UsageError("gaps.unknown_place", name=home, near=_near(net, home))
    if region is not None:
        inside = net.places.find(region)
        if inside is None:
            raise UsageError("gaps.unknown_place", name=region, near=_near(net, region))
    places, home_id = net.places, None
    if country is not None:
        home_region, home_id = None, places.countries[country]
    elif home_region is not None:
        home_id = places.ids[home_region]
    return Ask(
        settings=settings,
        home_country=country,
        home_region=home_region,
        home_name=home,
        home_id=home_id,
        region=inside,
        region_name=region,
        region_id=None if inside is None else places.ids[inside],
    )


def _near(net: Network, name: str) -> str:
    known = [*net.places.countries, *(n for names in net.places.names for n in names)]
    return ", ".join(get_close_matches(name, known, 3) or known[:5]) or "—"


def _one(
    net: Network, ask: Ask, method: Method, query: _Query, wanted: Sequence[Condition]
) -> tuple[list[Finding], list[NotAssessed]]:
    """The findings of one method, ranked, and what it could not judge."""
    assembler = Assembler(net, ask, method)
    found: list[Found] = []
    unknown: list[Unknown] = []
    for item in method.find(net, ask):
        (found if isinstance(item, Found) else unknown).append(item)  # type: ignore[arg-type]
    names = assembler.names(_subjects(found, unknown))
    found = [f for f in found if query.chain in (None, assembler.chain(f))]
    unknown = [u for u in unknown if query.chain in (None, assembler.chain(u))]
    found = [f for f in found if all(c.holds(assembler.fields(f, names)) for c in wanted)]
    shown = _top(found, query.top, lambda f: finding_id(method, f, names, ask))
    stable = stability(net, ask, method, shown)
    shown = with_impact(net, shown)
    return (
        list(assembler.findings(shown, names, stable)),
        list(assembler.not_assessed(_in_order(unknown, names), names)),
    )


def _top(found: list[Found], top: int, name: Callable[[Found], str]) -> list[Found]:
    """The worst first; of those listed apart, as many again."""

    def key(item: Found) -> tuple[object, ...]:
        falling = tuple(-round(v, 6) for v in (item.severity, *item.order))
        return (item.apart, falling, name(item))

    ordered = sorted(found, key=key)
    if not top:
        return ordered
    taken: Counter[str] = Counter()
    shown = []
    for item in ordered:
        taken[item.apart] += 1
        if taken[item.apart] <= top:
            shown.append(item)
    return shown


def _subjects(found: Iterable[Found], unknown: Iterable[Unknown]) -> Iterator[int]:
    for item in found:
        yield item.subject
        if item.object is not None:
            yield item.object
    for gap in unknown:
        if gap.subject is not None:
            yield gap.subject


def _in_order(unknown: list[Unknown], names: Mapping[int, Named]) -> list[Unknown]:
    def key(item: Unknown) -> tuple[str, str, tuple[str, ...]]:
        subject = "" if item.subject is None else names[item.subject].id
        return (subject, json.dumps(item.values, sort_keys=True, default=str), item.missing)

    return sorted(unknown, key=key)


def _digest(record: str, configuration: Mapping[str, Any]) -> str:
    """A run is known by what it rests on and what it was asked, not by when it was made."""
    text = json.dumps([VERSION, record, configuration], ensure_ascii=False, sort_keys=True)
    return "run:" + hashlib.sha256(text.encode()).hexdigest()[:16]
