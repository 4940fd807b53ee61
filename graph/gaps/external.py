"""external 对外依存: how much of a link's supply comes from abroad, seen from home.

Definition
    The stated shares of a link's supply by distance from home: in the region asked for, its city,
    its province, the country, abroad. Of each country the larger counts: the share that is stated
    of it, or those of the actors who sit there together; where what is stated of countries comes to
    all (95%), it counts alone. Ranked is what comes from abroad alone; for a home that is a
    region of a country, from outside that country, with the bands around it. Where fewer than
    `external.rate` of the shares have a known place, 国产化率 (`localisation_rate`) stands in
    for a home that is a country: abroad is 1 − rate. Without it, fewer than `external.known` are
    too few.
Value
    `bands` (shares by distance, with `unknown`), `abroad`. Severity is the share from abroad;
    equal ones are ordered by what falls with the link.
Needs
    `--home`; PROVIDES.share and LOCATED_IN, or the localisation rate of the link.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from graph.gaps.derivation import external as derivation
from graph.gaps.loss import losses
from graph.gaps.method import Action, Ask, Clause, Enough, Found, Method, Rows, Unknown
from graph.gaps.places import supply_by_place
from graph.gaps.scarcity import silent
from graph.gaps.viewpoint import LANGS
from graph.network import Network
from graph.network.countries import country_name
from graph.network.source import Bools, Floats, Ints

BANDS = ("region", "city", "province", "country", "abroad")


@dataclass(frozen=True)
class Origin:
    """Per link: shares by band, the sum that is known, and where the link is assessed."""

    bands: dict[str, Floats]
    known: Floats
    assessed: Bools
    by_rate: Bools


def origin(net: Network, ask: Ask) -> Origin:
    """Where the supply of each link comes from, seen from `ask.home_country`."""
    n = len(net)
    placed = supply_by_place(net)
    supplied, band = placed.rows, np.append(_band(net, ask), -1)[placed.region]
    stated = ~np.isnan(supplied.share)
    total = np.bincount(supplied.link[stated], supplied.share[stated], n)
    share = np.where(stated, supplied.share, 0.0) / np.maximum(total, 1.0)[supplied.link]
    bands = {
        name: np.bincount(supplied.link[band == i], share[band == i], n).astype(np.float64)
        for i, name in enumerate(BANDS)
    }
    known = np.sum(list(bands.values()), axis=0)
    rate = net.localisation
    by_rate = (known < ask["external.rate"]) & ~np.isnan(rate)
    bands["abroad"] = np.where(by_rate, 1 - rate, bands["abroad"])
    for name in BANDS[:-1]:
        bands[name] = np.where(by_rate, rate if name == "country" else 0.0, bands[name])
    known = np.where(by_rate, 1.0, known)
    supplied_at_all = net.market.covered | by_rate
    return Origin(bands, known, supplied_at_all & (known >= ask["external.known"]), by_rate)


def _band(net: Network, ask: Ask) -> Ints:
    """The band of each region: the nearest that holds it and the place asked from; -1 unknown."""
    places = net.places
    band = np.full(len(places.regions), -1, dtype=np.int64)
    abroad = (places.country >= 0) & (places.country != ask.home_country)
    band[abroad] = BANDS.index("abroad")
    band[places.country == ask.home_country] = BANDS.index("country")
    if ask.region is not None:
        for name, level in (("province", "省"), ("city", "市"), ("region", None)):
            wide = ask.region if level is None else places.above(ask.region, level)
            if wide is not None:
                band[places.inside(wide)] = BANDS.index(name)
    return band


def _no_home(ask: Ask, lacking: tuple[str, ...]) -> Unknown:
    if ask.home_name is None:
        return Unknown(lacking, text="no-home")
    return Unknown(lacking, text="home-absent", enough=Enough(0, 1, "actors-home"))


def _seen_from(net: Network, ask: Ask) -> Ask:
    """For a home that is a region: its country as home, and the region as the middle of all."""
    if ask.home_country is not None or ask.home_region is None:
        return ask
    country = int(net.places.country[ask.home_region])
    if country < 0:
        return ask
    code = net.places.countries[country]
    return replace(
        ask,
        home_country=country,
        home_label={lang: country_name(code, lang) for lang in LANGS},
        region=ask.home_region if ask.region is None else ask.region,
    )


def _score(net: Network, ask: Ask) -> dict[str, Floats]:
    ask = _seen_from(net, ask)
    if ask.home_country is None:
        return {"": np.zeros(len(net))}
    seen = origin(net, ask)
    return {"": np.where(seen.assessed, seen.bands["abroad"], 0.0)}


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    ask = _seen_from(net, ask)
    if ask.home_country is None:
        lacking = ("--home",) if ask.home_name is None else ("LOCATED_IN",)
        yield _no_home(ask, lacking)
        return
    seen = origin(net, ask)
    ranked = np.where(seen.assessed, seen.bands["abroad"], 0.0)
    loss = losses(net, ask, ranked, counted=False)
    for link in ask.leading(ranked, loss.worth):
        k, abroad = int(net.links[link]), float(seen.bands["abroad"][link])
        bands = {name: float(share[link]) for name, share in seen.bands.items()}
        bands["unknown"] = max(0.0, 1 - float(seen.known[link]))
        rate = Clause("scarcity.by-rate") if seen.by_rate[link] else ""
        yield Found(
            subject=k,
            severity=abroad,
            order=(float(loss.worth[link]),),
            action=Action.SECURE,
            values={"abroad": abroad, "bands": bands, "by_localisation_rate": bool(rate)},
            says={
                "abroad": abroad,
                "home": sum(bands[name] for name in BANDS[:-1]),
                "rate": rate,
                "from": ask.home_label,
            },
            coverage=float(seen.known[link]),
            evidence=(Rows("PROVIDES", to=k),),
            steps=partial(
                derivation.steps, net, ask, link, _band(net, ask), abroad, bool(seen.by_rate[link])
            ),
        )
    for link in np.flatnonzero(net.market.covered & ~seen.assessed).tolist():
        yield Unknown(
            ("PROVIDES.share", "LOCATED_IN"),
            subject=int(net.links[link]),
            values={"known": float(seen.known[link])},
            text="external-unknown",
            says={"known": float(seen.known[link])},
            enough=Enough(float(seen.known[link]), ask["external.known"], "shares-placed"),
        )
    yield from silent(net)


METHOD = Method(
    "external",
    family="scarcity",
    version="3",
    find=_find,
    score=_score,
    viewpoint=True,
    regional=True,
)
