"""orphan 闲置: results that nobody uses, platforms without clients, parks without universities.

Definition
    `unused`: an achievement or patent (no lapsed one, none under examination) completed, granted or
    filed at least `orphan.months` before the day of the run, that no firm or platform has to do
    with: no relation to one (DEVELOPS, OWNS_IP, REALISED_AS …), nor to a project of one, nor
    REALISED_AS anything.
    `clients`: a platform that nobody is on record as served by, working with or a member of
    (PROVIDES_SERVICE_TO, INCUBATES, TRANSFERS_TO, COLLABORATES_WITH, MEMBER_OF; `tenant_count`).
    `universities`: a park (IndustrialPark, SciencePark) without any university or research
    institute beside it in the actor graph, directly or through a shared project, nor by its
    `university_count`.
    Whoever had one is none, also when that is over; plans do not count; what was dissolved or
    began less than `orphan.months` ago is left out.
Value
    `kind` (unused, clients, universities); of a result `months` since its date; of the others
    `peers`, the entities of the same class, and `peers_with`, those of them that have what this one
    lacks. Severity of a result is 1 − t / 2a with t the months of the setting and a its age, 0.5 to
    1; of the others peers_with / peers, 0 to 1: the fewer are alone, the odder it is to be.
    Coverage is the share of results, or of the class, that is tied on record. Stability is the
    share of draws without a tenth of the ties in which it is still found.
Not assessed
    Results without a date that have no tie; results, where no result on record has one, or where so
    many relations of results are missing (`graph.network.obliged`) that more than `absence.false`
    of those without a tie will have lost theirs; platforms, where more than `absence.lost` of the
    ties are missing; a class of
    platforms of which less than `orphan.peers` have a client on record; parks, where less have a
    university: there such ties were not recorded as a rule.
Needs
    Achievement.completed_on, Patent.granted_on; the relations named.
"""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from graph.gaps.derivation import orphan as derivation
from graph.gaps.method import Action, Ask, Enough, Found, Method, Rows, Step, Unknown
from graph.gaps.stability import Drawn, draws_of, seed
from graph.network import Network
from graph.network.actors import ties
from graph.network.chain import chains_of
from graph.network.obliged import false_nones, lost
from graph.network.source import Bools, Floats, Ints
from graph.network.uses import SERVING, Place, Result, platforms, results


@dataclass(frozen=True)
class Peers:
    """Those that are asked for one `kind` of thing (clients or universities), by position: `own`
    says that they say it themselves, `ties` how many are on record, `group` numbers their class."""

    kind: str
    places: list[Place]
    own: Bools
    ties: Ints
    group: Ints

    def compared(self, ask: Ask, ties: Ints) -> "Compared":
        """Each against its class, with so many ties."""
        has = self.own | (ties > 0)
        size = np.bincount(self.group)[self.group]
        count = np.bincount(self.group[has], minlength=len(size))[self.group]
        old = np.array([p.old for p in self.places], dtype=np.bool_)
        enough = count >= np.maximum(ask["orphan.peers"] * size, 1)
        found = ~has & old & enough
        return Compared(has, size, count, enough, np.where(found, count / np.maximum(size, 1), 0.0))


@dataclass(frozen=True)
class Compared:
    """Whether each has what is asked for; the size of its class, how many of it have, and whether
    that is enough to judge by; severity, 0 where nothing is found."""

    has: Bools
    size: Ints
    count: Ints
    enough: Bools
    severity: Floats


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    made, there = results(net), platforms(net, int(ask["orphan.months"]))
    if not made and not there:
        enough = Enough(0, 1, "results")
        yield Unknown(("Achievement", "Platform"), text="orphans.nothing", enough=enough)
        return
    own = chains_of(net.source, [r.k for r in made] + [p.k for p in there], net.as_of)
    judged = made if _judged(net, ask, made) is None else []
    part = lost(net, "project", "round", "result")
    few = part > ask["absence.lost"]
    asked = [] if few else [_clients(there), _universities(net, there)]
    stable = _stable(net, ask, judged, asked)
    yield from _unused(net, ask, made, own, stable)
    if there and few:
        yield Unknown(SERVING, values={"lost": part}, text="orphans.lost", says={"lost": part})
    start = len(judged)
    for peers in asked:
        yield from _alone(ask, peers, own, stable, start)
        start += len(peers.places)


def _clients(there: list[Place]) -> Peers:
    classes = sorted({p.cls for p in there})
    return Peers(
        "clients",
        there,
        np.array([p.tenants for p in there], dtype=np.bool_),
        np.array([p.served for p in there], dtype=np.int64),
        np.array([classes.index(p.cls) for p in there], dtype=np.int64),
    )


def _universities(net: Network, there: list[Place]) -> Peers:
    """Parks, and how many universities and institutes each has beside it."""
    classes = set(net.source.schema.ends(("IndustrialPark",)))
    parks = [p for p in there if p.cls in classes]
    beside = np.zeros(len(parks), dtype=np.int64)
    if parks:
        graph = net.once("ties", lambda: ties(net.source, net.as_of))
        at = {int(k): i for i, k in enumerate(graph.keys)}
        research = graph.are("research")
        for i, park in enumerate(parks):
            if park.k in at:
                beside[i] = research[graph.partners(at[park.k])].sum()
    own = np.array([bool(p.named) for p in parks], dtype=np.bool_)
    return Peers("universities", parks, own, beside, np.zeros(len(parks), dtype=np.int64))


def _stable(net: Network, ask: Ask, made: list[Result], asked: list[Peers]) -> Drawn:
    """How often each is still found with a tenth of the ties gone, and in which place: results,
    then those of `asked`."""
    drawn, share = Drawn(), 1 - ask["stability.removed"]
    months = np.array([-1 if r.months is None else r.months for r in made], dtype=np.int64)
    ties = np.array([r.ties for r in made], dtype=np.int64)
    size = sum(len(p.places) for p in asked)
    for draw in range(draws_of(int(ties.sum()) + len(made) + size, ask)):
        rng = np.random.default_rng((seed(net), draw))
        severity = [_aged(ask, np.where(rng.binomial(ties, share) > 0, -1, months))]
        among = [np.full(len(made), np.inf)]
        for peers in asked:
            less = peers.compared(ask, rng.binomial(peers.ties, share))
            severity.append(less.severity)
            among.append(less.size.astype(np.float64))
        drawn.add(np.concatenate(severity), np.concatenate(among))
    return drawn


def _aged(ask: Ask, months: Ints) -> Floats:
    """Severity of results without a tie, by their age; 0 for those with one (−1) or too young."""
    least = ask["orphan.months"]
    return np.where(months >= least, 1 - least / (2 * np.maximum(months, 1)), 0.0)


def _judged(net: Network, ask: Ask, made: list[Result]) -> Unknown | None:
    """Why nothing can be said of results without a tie, where nothing can."""
    lacking = ("DEVELOPS", "OWNS_IP", "REALISED_AS")
    tied = sum(r.tied for r in made)
    if made and not tied:
        return Unknown(lacking, text="orphans.unused-untied", enough=Enough(0, 1, "results-tied"))
    part = lost(net, "result")
    gone = false_nones(np.array([r.ties for r in made], dtype=np.int64), part)
    if gone <= ask["absence.false"] * max(len(made) - tied, 1):
        return None
    says = {"lost": part, "count": len(made) - tied, "gone": gone}
    return Unknown(lacking, values=says, text="orphans.unused-lost", says=says)


def _unused(
    net: Network, ask: Ask, made: list[Result], own: dict[int, str], stable: Drawn
) -> Iterator[Found | Unknown]:
    if made and any(r.tied for r in made):
        yield from _undated(made)
    silent = _judged(net, ask, made)
    if silent is not None:
        yield silent
        return
    tied = sum(r.tied for r in made)
    age = np.array([-1 if r.tied or r.months is None else r.months for r in made], dtype=np.int64)
    severity = _aged(ask, age)
    for i in ask.leading(severity):
        result = made[i]
        worth = float(severity[i])
        yield Found(
            subject=result.k,
            severity=worth,
            action=Action.ADD,
            chain=own.get(result.k, "industry"),
            scope={"kind": "unused"},
            values={"months": result.months},
            text="orphans.unused",
            says={"months": result.months},
            coverage=tied / len(made),
            evidence=(
                Rows(result.cls, of=result.k),
                Rows("DEVELOPS", to=result.k),
                Rows("OWNS_IP", to=result.k),
            ),
            steps=partial(
                derivation.unused,
                net,
                result.k,
                result.cls,
                int(age[i]),
                ask["orphan.months"],
                worth,
            ),
            **stable.said(i),
        )


def _undated(made: list[Result]) -> Iterator[Unknown]:
    """How many results without use have no date, by class."""
    counts = Counter(r.cls for r in made if r.months is None and not r.tied)
    for cls, count in sorted(counts.items()):
        date = "granted_on" if cls == "Patent" else "completed_on"
        says = {"count": count}
        values = {"kind": "unused", **says}
        yield Unknown(
            (f"{cls}.{date}",),
            values=values,
            text="orphans.unused-undated",
            says=says,
            enough=Enough(0, count, "results-dated"),
        )


def _alone(
    ask: Ask, peers: Peers, own: dict[int, str], stable: Drawn, start: int
) -> Iterator[Found | Unknown]:
    """Who lacks what others have: clients those of its class, universities all parks."""
    kind, seen = peers.kind, peers.compared(ask, peers.ties)
    missing = SERVING if kind == "clients" else ("COLLABORATES_WITH", "HOSTS")
    for i in np.flatnonzero(~seen.has).tolist():
        place, size, with_it = peers.places[i], int(seen.size[i]), int(seen.count[i])
        counts = {"peers": size, "peers_with": with_it}
        if not seen.enough[i]:
            need = max(math.ceil(ask["orphan.peers"] * size), 1)
            what = "peers-served" if kind == "clients" else "peers-research"
            yield Unknown(
                missing,
                subject=place.k,
                values={"kind": kind, **counts},
                text=f"orphans.{kind}-untied",
                says=counts,
                enough=Enough(with_it, need, what),
            )
        elif seen.severity[i] > 0:
            yield Found(
                subject=place.k,
                severity=with_it / size,
                order=(float(size),),
                action=Action.STRENGTHEN if kind == "clients" else Action.ADD,
                chain=own.get(place.k, "industry"),
                scope={"kind": kind},
                values=counts,
                text=f"orphans.{kind}",
                says=counts,
                coverage=with_it / size,
                evidence=(Rows(place.cls, of=place.k),),
                steps=partial(_told, peers, seen, i),
                **stable.said(start + i),
            )


def _told(peers: Peers, seen: Compared, i: int) -> Iterator[Step]:
    like = np.flatnonzero(peers.group == peers.group[i]).tolist()
    having = [(peers.places[j].k, bool(seen.has[j])) for j in like]
    place = peers.places[i]
    return derivation.alone(peers.kind, place.k, place.cls, having, float(seen.severity[i]))


METHOD = Method("orphan", family="absence", version="3", find=_find)
