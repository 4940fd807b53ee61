"""chokepoint: c and w of the link that it hangs on, the score, what is inherited from where."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from graph.gaps.concentration import concentration
from graph.gaps.derivation import concentration as supply
from graph.gaps.derivation.arithmetic import calculate, given
from graph.gaps.derivation.stake import stake_steps
from graph.gaps.derivation.supply import actor, country, held
from graph.gaps.method import Node, Rows, Step
from graph.gaps.stake import steps as are_steps
from graph.rows import number

if TYPE_CHECKING:
    from graph.gaps.chokepoint_report import Report


def steps(report: "Report", link: int, view: str) -> Iterator[Step]:
    """From the rows of the link, or of the one that it hangs on, to the severity."""
    net, ask, seen = report.net, report.ask, report.seen
    base = report.base(link)
    if base != link:
        says = {"base": Node(int(net.links[base]))}
        yield Step("explain-choke.hangs", says, tuple(_ways(report, link)))
    ours = view == "advantage"
    asked, c_of = ask, seen.concentration
    if ours:
        asked = replace(ask, home_name=None, home_country=None, home_region=None)
        c_of = concentration(net, asked, seen.stake.size)
    yield from supply.steps(supply.View(net, asked, c_of, seen.stake.size), base)
    if ours:
        yield _advantage(report, base)
        return
    yield from stake_steps(net, ask, seen.stake, base)
    c = float(c_of.effective[base])
    c = float(c_of.rolled[base]) if np.isnan(c) else c
    w, a, b = float(seen.stake.w[base]), ask["chokepoint.c"], ask["chokepoint.w"]
    score = c**a * w**b
    name = "severity" if base == link else "score"
    told = calculate(name, "{c}^{a} × {w}^{b}", score, c=c, w=w, a=a, b=b)
    named = {"a": number(a), "b": number(b), "link": Node(int(net.links[base]))}
    yield Step("explain-choke.score", named, calculations=(told,))
    yield from _inherited(report, link, score)
    if view != "key":
        yield _elsewhere(report, base, float(seen.score[link]))


def _chain(report: "Report", link: int) -> list[int]:
    """The links through which a score comes, from the link itself to where it begins."""
    way = [link]
    while report.seen.origin[way[-1]] >= 0:
        way.append(int(report.seen.origin[way[-1]]))
    return way


def _ways(report: "Report", link: int) -> Iterator[Rows]:
    way = [int(report.net.links[i]) for i in _chain(report, link)]
    for user, source in pairwise(way):
        yield Rows("REQUIRES", of=user, to=source)
        for relation in ("PART_OF", "PART_OF_CHAIN"):
            yield Rows(relation, of=source, to=user)


def _inherited(report: "Report", link: int, score: float) -> Iterator[Step]:
    """Each link on the way takes a little less than its worst input or part."""
    net, part = report.net, report.ask["chokepoint.inherit"]
    way = _chain(report, link)[::-1]
    for source, user in pairwise(way):
        value = part * score
        says = {
            "user": Node(int(net.links[user])),
            "source": Node(int(net.links[source])),
            "part": number(part),
        }
        key = (
            "inherited-input"
            if are_steps(net)[user] and not are_steps(net)[source]
            else "inherited"
        )
        name = "severity" if user == link else "score"
        told = calculate(name, "{part} × {score}", value, part=part, score=score)
        yield Step(f"explain-choke.{key}", says, calculations=(told,))
        score = value


def _elsewhere(report: "Report", base: int, score: float) -> Step:
    """Seen from home: who holds the link, and that it is not home."""
    assert report.home is not None and report.away is not None
    says = {
        "home": report.ask.home_label,
        "ours": number(float(report.home[base])),
        "away": number(float(report.away[base])),
        "least": number(report.ask["chokepoint.home"]),
    }
    return Step("explain-choke.elsewhere", says, calculations=(given("severity", score),))


def _advantage(report: "Report", base: int) -> Step:
    """Home holds it: no choke of ours, listed apart."""
    assert report.home is not None
    net, ask = report.net, report.ask
    says = {
        "home": ask.home_label,
        "ours": number(float(report.home[base])),
        "least": number(ask["chokepoint.home"]),
    }
    by_country = ask.home_country is not None and report.held.by_country
    told = report.held.told if by_country else report.held.actors
    name = country(net) if by_country else actor(net)
    parts = held(name, supply.shares(told, base), "", set()).parts
    return Step("explain-choke.advantage", says, (), (given("severity", 0.0),), parts)
