"""talent 人才缺口: links for which far more people are needed than are educated, or stay.

Definition
    Needed for a link are the people that actors (with `--region`: those there) need for it (NEEDS
    with a quantity of 人), or that the latest observation of the link counts as wanted (人才需求,
    缺口, 招聘 …), whichever is more. Educated for it are those whom schools educate a year
    (EDUCATES.headcount) for the link itself; those educated for what it is a part of (its industry
    or that of its chain, its stage, what it is a kind of) may come to it as well. Of these a share
    stays: with a region, of the people educated there who work on the link (for a provider of it,
    or in a discipline of its name) those whose employer is there too; 1 where fewer than
    `talent.people` are known. A shortage is found where even the most that can come, stay · (own +
    wider), is below `talent.met` of the need, and would be with one more school as large as the
    largest of them. Employed are the employees of the link's providers, in equal parts over what
    each provides: they make the need a vacancy rate.
    An outflow is found where, of `talent.people` or more, at most `talent.stay` stay.
Value
    `kind` (shortage, outflow). Of a shortage `needed`, `educated` (for the link itself),
    `educated_most` (with what it is a part of), `employed`, `vacancy_rate` = needed / (needed +
    employed), `stay` (None where not known); severity is 1 − stay · educated_most / needed, and
    equal ones are ordered by vacancy rate. Of an outflow `people`, `stay`; severity is 1 − stay.
    Both 0 to 1. Coverage is the share of the link's providers whose employees are known, or of
    the people whose places are. Stability is the share of draws without a tenth of the rows in
    which it is still found. Candidates are schools that educate for what the link is a part of.
Not assessed
    Where a side is absent: no need of people, no headcount of education on record, providers of
    whom less than `talent.known` state their employees (with how many are missing), a chain whose
    links name no provider; a link for which nobody at all educates, where that is so of most that
    people are needed for (less than `talent.recorded` have any): education was not recorded then.
    A link whose need only its own education leaves open while what is educated for its industry
    might meet it, with both bounds; or that one more school like the largest would meet: such a
    school may just not be on record.
Needs
    NEEDS.quantity and unit, or Observation; EDUCATES.headcount; Firm.employees and PROVIDES.
    For flows EDUCATES and EMPLOYS of persons, LOCATED_IN and `--region`.
Reference
    Job vacancy rate as in Regulation (EC) No 453/2008; manpower balance: Bartholomew, Forbes and
    McClean, Statistical Techniques for Manpower Planning, 1991.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from graph.gaps.derivation import talent as derivation
from graph.gaps.method import Action, Ask, Clause, Enough, Found, Method, Node, Rows, Unknown
from graph.gaps.scarcity import covered
from graph.gaps.stability import Drawn, draws_of, seed
from graph.gaps.talent_balance import Balance, People, balance, people
from graph.network import Network
from graph.network.firm_size import employees
from graph.network.source import Bools, Floats, Ints
from graph.network.supply import Supply


@dataclass(frozen=True)
class Work:
    """Who provides each link, of how many of them the employees are known, and the sum of these.

    `rows` are the provisions, `kinds` how many links the provider of each row provides, `staff` its
    employees.
    """

    providers: Ints
    told: Ints
    employed: Floats
    rows: Supply
    kinds: Ints
    staff: Floats


def work(net: Network) -> Work:
    """The employees of the providers of each link, in equal parts over what each provides."""
    rows, n = net.supply.keep(~net.placeholder[net.supply.who]), len(net)
    kinds = np.bincount(rows.who, minlength=len(net.actors))[rows.who]
    staff = employees(net)[rows.who]
    told = ~np.isnan(staff)
    return Work(
        providers=np.bincount(rows.link, minlength=n),
        told=np.bincount(rows.link[told], minlength=n),
        employed=np.bincount(rows.link[told], (staff / kinds)[told], n).astype(np.float64),
        rows=rows,
        kinds=kinds,
        staff=staff,
    )


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    region = ask.region if ask.region is not None else ask.home_region
    rows = people(net, region)
    here = net if region is None else net.within(net.places.inside(region))
    seen, at_work = balance(net, ask, rows), work(here)
    wanted = seen.needed > 0
    if not wanted.any():
        enough = Enough(0, 1, "talent.what-need")
        missing = ("NEEDS.quantity", "Observation.value")
        yield Unknown(missing, text="talent.no-need", enough=enough)
    elif np.isnan(rows.taught.count).all():
        says = {"links": int(wanted.sum()), "needed": float(seen.needed.sum())}
        yield Unknown(
            ("EDUCATES.headcount",),
            values=says,
            text="talent.no-education",
            says=says,
            enough=Enough(0, 1, "talent.what-education"),
        )
        wanted = np.zeros(len(net), dtype=np.bool_)
    named = np.bincount(net.chain_label[covered(net)], minlength=len(net) + len(net.chains.keys))
    has_work = at_work.told >= ask["talent.known"] * at_work.providers
    has_work &= (at_work.providers > 0) | (named[net.chain_label] > 0)
    whole = seen if region is None else balance(net, ask, people(net, None))
    asked = whole.needed > 0
    taught = float((whole.most[asked] > 0).mean()) if asked.any() else 0.0
    silent = (seen.most == 0) & (taught < ask["talent.recorded"])
    judged = wanted & has_work & ~silent
    (short, vacancy), (leave, _) = _weighed(ask, seen, at_work, judged)
    stable = _stable(net, ask, rows, at_work, judged) if (short + leave).any() else Drawn()
    for link in ask.leading(short, vacancy):
        one = _shortage(net, ask, rows, seen, at_work, link, float(short[link]), region)
        yield replace(one, order=(float(vacancy[link]),), **stable.said(link))
    for link in ask.leading(leave):
        gone = _outflow(net, rows, seen, link, float(leave[link]))
        yield replace(gone, **stable.said(len(net) + link))
    own_meets, most_meets = seen.met(ask, seen.own), seen.met(ask, seen.most)
    for link in np.flatnonzero(wanted).tolist():
        if not has_work[link]:
            yield _unemployed(net, ask, seen, at_work, link)
        elif silent[link]:
            yield _untaught(net, ask, seen, link, taught)
        elif short[link] == 0 and not own_meets[link]:
            yield _open(net, seen, link, bool(most_meets[link]))


def _shortage(
    net: Network,
    ask: Ask,
    rows: People,
    seen: Balance,
    at_work: Work,
    link: int,
    severity: float,
    region: int | None,
) -> Found:
    k, employed = int(net.links[link]), float(at_work.employed[link])
    want, stay = float(seen.needed[link]), float(seen.stay[link])
    numbers = {
        "needed": want,
        "educated": float(seen.own[link]),
        "educated_most": float(seen.most[link]),
        "employed": employed,
        "vacancy_rate": want / (want + employed),
    }
    fields = [k, *rows.part[1][rows.part[0] == link].tolist()]
    silent = region is not None and not np.isfinite(stay)
    leaving = Clause("talent.of-these", {"stay": stay}) if np.isfinite(stay) else ""
    observation = rows.seen.who[rows.seen.link == link].tolist()
    evidence = (
        Rows("NEEDS", to=k),
        *(Rows("OBSERVES", of=o) for o in observation),
        *(Rows("EDUCATES", to=f) for f in fields),
        Rows("PROVIDES", to=k),
    )
    told, providers = int(at_work.told[link]), int(at_work.providers[link])
    return Found(
        subject=k,
        severity=severity,
        action=Action.STRENGTHEN if seen.most[link] else Action.ADD,
        scope={"kind": "shortage"},
        values={**numbers, "stay": stay},
        text="talent.shortage",
        says={**numbers, "stays": leaving},
        coverage=told / providers if providers else None,
        reasons=(("talent.reason-stay", {}),) if silent else (),
        evidence=evidence,
        candidates=tuple(_schools(net, rows, k)),
        steps=lambda: derivation.shortage(net, ask, rows, seen, at_work, link, fields, severity),
    )


def _schools(net: Network, rows: People, k: int, most: int = 3) -> Iterator[dict[str, Any]]:
    """Who educates for what the link is a part of, else for anything: the largest first."""
    taught = rows.taught
    near = np.isin(taught.of, rows.part[1][net.links[rows.part[0]] == k])
    use = np.flatnonzero((near if near.any() else taught.of != k) & ~np.isnan(taught.count))
    order = use[np.lexsort((taught.of[use], taught.school[use], -taught.count[use]))]
    once: dict[int, int] = {}
    for row in order.tolist():
        once.setdefault(int(taught.school[row]), row)
    for school, row in list(once.items())[:most]:
        headcount = float(taught.count[row])
        yield {"id": Node(school), "educates": Node(int(taught.of[row])), "headcount": headcount}


def _outflow(net: Network, rows: People, seen: Balance, link: int, severity: float) -> Found:
    k, flows, stay = int(net.links[link]), int(seen.flows[link]), float(seen.stay[link])
    mine = rows.lives.link == link
    who = np.unique(rows.lives.person[mine & rows.placed])
    numbers = {"people": flows, "stay": stay}
    return Found(
        subject=k,
        severity=severity,
        order=(float(flows),),
        action=Action.STRENGTHEN,
        scope={"kind": "outflow"},
        values=numbers,
        text="talent.outflow",
        says={**numbers, "gone": flows - round(stay * flows)},
        coverage=flows / max(len(np.unique(rows.lives.person[mine])), 1),
        evidence=tuple(Rows("EMPLOYS", to=int(p)) for p in who),
        steps=lambda: derivation.outflow(who.tolist(), flows, stay),
    )


def _unemployed(net: Network, ask: Ask, seen: Balance, at_work: Work, link: int) -> Unknown:
    """A link of which nobody says how many work on it."""
    told, providers = int(at_work.told[link]), int(at_work.providers[link])
    enough = int(np.ceil(ask["talent.known"] * providers)) - told
    counts = {"providers": providers, "told": told, "enough": enough}
    return Unknown(
        ("Firm.employees",) if providers else ("PROVIDES",),
        subject=int(net.links[link]),
        values={"needed": float(seen.needed[link]), **counts},
        text="talent.no-work" if providers else "talent.no-providers",
        says={"needed": float(seen.needed[link]), **counts},
        enough=Enough(
            told,
            told + max(enough, 1),
            "talent.what-employees" if providers else "talent.what-provider",
        ),
    )


def _untaught(net: Network, ask: Ask, seen: Balance, link: int, taught: float) -> Unknown:
    """A link for which nobody educates, as for most: of these only the share `taught` has any."""
    says = {"needed": float(seen.needed[link]), "part": taught}
    return Unknown(
        ("EDUCATES",),
        subject=int(net.links[link]),
        values=says,
        text="talent.untaught",
        says=says,
        enough=Enough(taught, ask["talent.recorded"], "talent.what-taught"),
    )


def _open(net: Network, seen: Balance, link: int, met: bool) -> Unknown:
    """A link whose need the education for its industry may meet, or may not; or, where even all
    of that is not enough, one more school like those on record."""
    numbers = {
        "needed": float(seen.needed[link]),
        "educated": float(seen.own[link]),
        "educated_most": float(seen.most[link]),
        "largest": float(seen.largest[link]),
    }
    k = int(net.links[link])
    return Unknown(
        ("EDUCATES.headcount",),
        subject=k,
        values=numbers,
        text="talent.open" if met else "talent.one-more",
        says=numbers,
        enough=Enough(0, 1, "education-counted"),
    )


Weighed = tuple[Floats, Floats]


def _weighed(ask: Ask, seen: Balance, at_work: Work, judged: Bools) -> tuple[Weighed, Weighed]:
    """Severity per link, and what breaks its ties: of shortages, and of outflows."""
    short, leave = seen.severity(ask)
    vacancy = seen.needed / np.maximum(seen.needed + at_work.employed, 1e-9)
    return (np.where(judged, short, 0.0), vacancy), (leave, seen.flows.astype(np.float64))


def _stable(net: Network, ask: Ask, rows: People, at_work: Work, judged: Bools) -> Drawn:
    """How often each is still found with a tenth of the rows gone, and in which place: shortages
    by link, then outflows."""
    drawn = Drawn()
    size = len(rows.asked.who) + len(rows.taught.of) + len(rows.lives.person) + len(rows.part[0])
    for draw in range(draws_of(size, ask)):
        rng = np.random.default_rng((seed(net), draw))
        asked, seen, taught, lives = (
            rng.random(len(column)) >= ask["stability.removed"]
            for column in (rows.asked.who, rows.seen.who, rows.taught.of, rows.lives.person)
        )
        thinned = People(
            rows.asked.keep(asked),
            rows.seen.keep(seen),
            rows.taught.keep(taught),
            rows.part,
            rows.lives.keep(lives),
            rows.placed[lives],
            rows.stays[lives],
        )
        short, leave = _weighed(ask, balance(net, ask, thinned), at_work, judged)
        drawn.add(*(np.concatenate(both) for both in zip(short, leave, strict=True)))
    return drawn


METHOD = Method(
    "talent",
    family="absence",
    version="1",
    find=_find,
    chain="talent",
    viewpoint=True,
    regional=True,
)
