"""concentrated 供给集中: few hold most of a link's supply, at four levels.

Definition
    HHI = Σ sᵢ² over the holders of a link, 0 to 1, at the level of actors, ownership groups
    (同一实际控制人), regions (the city where one is known) and countries: of each the larger of the
    share that is stated of it and of the actors who sit there together; the actors alone where
    nothing is stated, or where with those whose place is not known they come to a higher bound.
    Where not every share is known HHI has bounds (`graph.gaps.bounds`; the number of providers,
    `provider_count`, narrows the lower one): found when the lower one is at least
    `concentrated.hhi` (0.25), severe from 0.5; where only the upper one is, it is not assessed, and
    both are said.
Precedence
    At the level of actors a link that is missing or single-source is not said again.
Value
    `lower`, `upper` (equal where all is known), `hhi` the lower one, `top_share`, `known`.
    Severity is the lower bound.
Needs
    PROVIDES.share; for levels HOLDS_STAKE_IN, PART_OF or Firm.controller, LOCATED_IN. A level is
    assessed only where the record has at least three values of it.
Reference
    A. O. Hirschman, American Economic Review 54 (1964); thresholds of the U.S. Horizontal Merger
    Guidelines 2010 (0.25); those of 2023 say 0.18, which the setting allows.
"""

import math
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from graph.gaps.bounds import Bounds
from graph.gaps.derivation import concentrated as derivation
from graph.gaps.levels import Level, level
from graph.gaps.method import Action, Ask, Clause, Enough, Found, Method, Node, Rows, Unknown
from graph.gaps.scarcity import silent, single
from graph.network import Network
from graph.network.countries import country_name
from graph.network.source import Floats

LEVELS = ("actor", "group", "region", "country")
NEEDED = {
    "actor": ("PROVIDES",),
    "group": ("HOLDS_STAKE_IN",),
    "region": ("LOCATED_IN",),
    "country": ("LOCATED_IN",),
}


def _severity(net: Network, ask: Ask, name: str) -> tuple[Floats, Level]:
    at = level(net, name)
    enough = at.values >= ask["concentrated.values"]
    found = at.asked & (at.bounds.lower >= ask["concentrated.hhi"]) & enough
    if name == "actor":
        found &= single(net, ask) == 0
    return np.where(found, at.bounds.lower, 0.0), at


def _score(net: Network, ask: Ask) -> dict[str, Floats]:
    return {name: _severity(ask.within(net), ask, name)[0] for name in LEVELS}


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    here = ask.within(net)
    for name in LEVELS:
        severity, at = _severity(here, ask, name)
        if at.values < ask["concentrated.values"]:
            says = {"level": Clause(f"scarcity.level-{name}"), "values": at.values}
            values = {"level": name, "values": at.values}
            yield Unknown(
                NEEDED[name],
                values=values,
                text="concentrated-level",
                says=says,
                enough=Enough(at.values, int(ask["concentrated.values"]), f"level-{name}"),
            )
            continue
        for link in ask.leading(severity, at.bounds.upper):
            yield _found(net, here, ask, name, link, at.bounds)
        wide = at.asked & (severity == 0) & (at.bounds.upper >= ask["concentrated.hhi"])
        wide &= at.bounds.lower < ask["concentrated.hhi"]
        if name == "actor":
            wide &= single(here, ask) == 0
        for link in np.flatnonzero(wide & (at.bounds.known < 1)).tolist():
            yield _unknown(here, ask, name, link, at.bounds)
    yield from silent(net)


def _found(whole: Network, net: Network, ask: Ask, name: str, link: int, b: Bounds) -> Found:
    lower, upper = float(b.lower[link]), float(b.upper[link])
    top, shown = _holder(net, name, int(b.top[link]))
    severe = lower >= ask["concentrated.severe"]
    return Found(
        subject=int(net.links[link]),
        severity=lower,
        order=(upper,),
        action=Action.STRENGTHEN,
        scope={"level": name},
        values={
            "hhi": lower,
            "lower": lower,
            "upper": upper,
            "severe": bool(severe),
            "known": float(b.known[link]),
            "holders": int(b.holders[link]),
            "holder": top,
            "top_share": float(b.top_share[link]),
        },
        says={
            "level": Clause(f"scarcity.level-{name}"),
            "lower": lower,
            "range": Clause("scarcity.up-to", {"upper": upper}) if upper - lower > 0.005 else "",
            "holder": shown,
            "share": float(b.top_share[link]),
        },
        coverage=float(b.known[link]),
        reasons=()
        if b.known[link] > 0.995
        else (("scarcity.reason-bounds", {"known": float(b.known[link])}),),
        evidence=(Rows("PROVIDES", to=int(net.links[link])),),
        steps=partial(derivation.steps, whole, net, ask, name, link, b),
    )


def _unknown(net: Network, ask: Ask, name: str, link: int, b: Bounds) -> Unknown:
    """Not settled. Enough is known where the rest, all with the largest, could no longer make it
    concentrated; the shares known by then may of course say that it is."""
    bound = {"lower": float(b.lower[link]), "upper": float(b.upper[link])}
    return Unknown(
        ("PROVIDES.share",),
        subject=int(net.links[link]),
        values={"level": name, **bound, "known": float(b.known[link])},
        text="concentrated-bounds",
        says={"level": Clause(f"scarcity.level-{name}"), **bound},
        enough=_enough(ask, link, b),
    )


def _enough(ask: Ask, link: int, b: Bounds) -> Enough:
    """With O = Σ sᵢ² of all but the largest s₁, a rest r that may be all with the largest stays
    below the limit where O + (s₁ + r)² does."""
    top, rest, over = float(b.top_share[link]), 1 - float(b.known[link]), int(b.spread[link])
    others = (
        float(b.lower[link]) - top**2 - float(b.apart[link]) - rest**2 / max(over, 1) * (over > 0)
    )
    open_now = math.sqrt(max(float(b.upper[link]) - others, 0.0)) - top
    may_be = math.sqrt(max(ask["concentrated.hhi"] - others, 0.0)) - top
    return Enough(max(0.0, 1 - open_now), 1 - max(may_be, 0.0), "shares-known")


def _holder(net: Network, name: str, top: int) -> tuple[Any, Any]:
    """The largest holder: for a program, and as it is said."""
    if name == "country":
        code = net.places.countries[top]
        return code, {lang: country_name(code, lang) for lang in ("zh", "en")}
    keys = {"actor": net.actors, "group": net.groups.head, "region": net.places.regions}[name]
    return Node(int(keys[top])), Node(int(keys[top]))


METHOD = Method(
    "concentrated", family="scarcity", version="3", find=_find, score=_score, regional=True
)
