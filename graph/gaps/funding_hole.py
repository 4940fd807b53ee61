"""funding-hole 融资断档: little capital where the surroundings have it, or firms left waiting.

Definition
    Of a link: its providers, taken together, that have had any capital (RAISED, INVESTS_IN, FUNDS;
    grant, equity, loan or guarantee), against the providers of its neighbours (links it requires,
    comes before or is part of, and the reverse) and of the other links of its chain. It is found
    where none has any while of at least `funding-hole.neighbours` providers of its neighbours a
    share of `funding-hole.near` has; or where at least `funding-hole.providers` have a share below
    `funding-hole.below` times that of its chain's other links, with q < `funding-hole.q`
    (hypergeometric, Benjamini and Hochberg over all links of that many). Compared are only
    providers in countries for which capital is on record (for `funding-hole.recorded` of their
    actors); those without a known place count as one country.
    Of a stage of the capital chain: the firms that reached it and wait for any later round. It is
    found where more than half of them still wait after `funding-hole.patience` times the months in
    which half of the firms at the chain's other stages had raised (Kaplan and Meier, cut off at
    the date of the data, the latest day of any step), with the lower bound of 95% (Greenwood)
    above half as well.
Value
    Of a link `providers`, `funded`, `share`, `near_providers`, `near_share`, `chain_share`,
    `investors` (different funders), `investors_per_provider`, `hhi` of funders by the ties they
    have (no amounts: what stands beside an investor is often the total of its round),
    `instruments`, `p`, `q`. Severity is (1 − share / reference) ·
    (1 − p), with the neighbours' share or that of the chain as reference and p its hypergeometric
    probability: of one provider nobody can be sure.
    Of a stage `firms`, `raised`, `waiting` (the share), `waiting_low`, `usual_months`. Severity is
    2 · (waiting − 1/2). Both 0 to 1.
    Coverage is the share of the link's providers in countries with capital on record. Stability is
    the share of draws without a tenth of the relations in which it is still found.
Region
    With `--region` providers, those of neighbours and of the chain, and firms at a stage are those
    that are there; the date of the data stays that of the record.
Not assessed
    A record without capital or without providers; a link or stage of whose chain no provider has
    any on record; a link all of whose providers are elsewhere. A stage with fewer than
    `funding-hole.firms` firms with a day, without rounds of a known kind, before one that nobody
    in the record ever reached, or where half of the others have not raised either. A link without
    providers is no funding hole: see missing-stage.
    Stages, where more than `absence.lost` of the rounds have nobody (`graph.network.obliged`).
Needs
    PROVIDES; RAISED, INVESTS_IN, FUNDS; LOCATED_IN. FundingRound.round and date for the stages.
Reference
    Kaplan and Meier, JASA 53, 1958; Greenwood 1926.
"""

from collections.abc import Hashable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from graph.gaps.capital_share import Shares, shares
from graph.gaps.derivation import funding_hole as derivation
from graph.gaps.method import Action, Ask, Clause, Enough, Found, Method, Node, Rows, Unknown
from graph.gaps.stability import Ranks, draws_of, seed
from graph.gaps.waiting import Wait, pooled, waits
from graph.network import Network
from graph.network.capital import Capital, capital
from graph.network.obliged import lost
from graph.network.source import Bools, Ints
from graph.network.steps import RELATIONS, Pairs, Steps, pairs, steps
from graph.network.units import region_of_units

CAPITAL = ("RAISED", "INVESTS_IN", "FUNDS")
Waiting = dict[int, tuple[float, float, float]]


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    money, here = capital(net), ask.within(net)
    nothing = "funding-hole-nothing"
    if not len(net.supply):
        yield Unknown(("PROVIDES",), text=nothing, enough=Enough(0, 1, "providers"))
    elif not len(money):
        yield Unknown(CAPITAL, text=nothing, enough=Enough(0, 1, "capital"))
    said, listed = steps(net), pairs(net)
    recorded = frozenset(np.unique(said.stage).tolist())
    if ask.region is not None:
        inside = np.append(_flags(net, ask.region), False)
        said = said.keep(inside[region_of_units(net, said.unit)])
    seen = waits(said, listed, said.until)
    if not seen and len(money):
        lacking = ("FundingRound.round", "PRECEDES")
        enough = Enough(0, int(ask["funding-hole.firms"]), "rounds")
        yield Unknown(lacking, text="funding-hole-rounds", enough=enough)
    waiting = holes(seen, recorded, listed, ask)
    links = shares(here, ask, money) if len(money) else None
    stable, places = _stable(here, ask, money, said, listed, recorded)
    if links is not None:
        for link in ask.leading(links.severity, links.near):
            found = _link(here, ask, links, money, link, stable)
            told = partial(derivation.link_steps, here, ask, links, link)
            yield replace(found, rank_range=places.range(link), steps=told)
        yield from _silent(here, links)
    part = lost(net, "round")
    for stage, wait in seen.items():
        if part > ask["absence.lost"]:
            yield Unknown(
                ("RAISED",),
                subject=int(net.links[stage]),
                values={"lost": part},
                text="funding-hole-lost",
                says={"lost": part},
            )
            continue
        if waiting.get(stage, (0.0, 0.0, 0.0))[1] > 0.5:
            found = _stage(net, ask, wait, waiting[stage], stage, stable)
            able = _able(seen, recorded, listed, ask)
            others = [w for s, w in able.items() if s != stage]
            told = partial(derivation.stage_steps, net, ask, wait, others, found.severity)
            yield replace(found, rank_range=places.range(("stage", stage)), steps=told)
        elif stage not in waiting:
            yield _unclear(net, ask, wait, listed, recorded, stage)


def _flags(net: Network, region: int) -> Bools:
    """Which regions lie in one."""
    inside = np.zeros(len(net.places.regions), dtype=np.bool_)
    inside[net.places.inside(region)] = True
    return inside


def holes(seen: dict[int, Wait], recorded: frozenset[int], listed: Pairs, ask: Ask) -> Waiting:
    """Per stage that can be judged: the share that waits, its lower bound, the usual months.
    `recorded` are the stages that anybody on record reached."""
    able = _able(seen, recorded, listed, ask)
    judged = {}
    for stage, wait in able.items():
        others = pooled([w for s, w in able.items() if s != stage])
        if not np.isnan(others.half):
            share, error = pooled([wait]).at(ask["funding-hole.patience"] * others.half)
            judged[stage] = (share, share - 1.96 * error, others.half)
    return judged


def _able(
    seen: dict[int, Wait], recorded: frozenset[int], listed: Pairs, ask: Ask
) -> dict[int, Wait]:
    """Stages with enough firms, before one that anybody on record reached."""
    return {
        stage: wait
        for stage, wait in seen.items()
        if len(wait.rows) >= ask["funding-hole.firms"]
        and recorded & set(listed.t[listed.f == stage].tolist())
    }


def _link(
    net: Network, ask: Ask, links: Shares, money: Capital, link: int, stable: dict[int, float]
) -> Found:
    own, near = links.providers(link), links.near_funded(link)
    rows = money.keep(np.isin(money.who, own))
    funder = rows.funder[rows.funder >= 0]
    ties = np.unique(np.stack([rows.who, rows.funder])[:, rows.funder >= 0], axis=1)[1]
    part = np.unique(ties, return_counts=True)[1] / max(len(ties), 1)
    n, funded = int(links.own[link]), int(links.funded[link])
    counts = {"providers": n, "funded": funded, "share": funded / n}
    by_near = bool(links.by_near[link])
    reference = float(links.near[link] if by_near else links.chain[link])
    k = int(net.links[link])
    return Found(
        subject=k,
        severity=float(links.severity[link]),
        order=(float(np.nan_to_num(links.near[link])),),
        action=Action.STRENGTHEN,
        values={
            **counts,
            "near_providers": int(links.near_own[link]),
            "near_share": float(links.near[link]),
            "chain_share": float(links.chain[link]),
            "investors": len(np.unique(funder)),
            "investors_per_provider": len(ties) / n,
            "hhi": float((part**2).sum()) if len(ties) else None,
            "instruments": [money.instruments[i] for i in np.unique(rows.instrument)],
            "p": float(links.p[link]),
            "q": float(links.q[link]),
        },
        text=None if funded else "funding-hole-none",
        says={
            **counts,
            "reference": reference,
            "around": Clause("absence.around-near" if by_near else "absence.around-chain"),
        },
        coverage=float(links.coverage[link]),
        stability=stable.get(link, 0.0),
        reasons=(("absence.reason-one", {}),) if n == 1 else (),
        evidence=(
            Rows("PROVIDES", to=k),
            *(Rows("RAISED", of=int(who)) for who in net.actors[near][:3]),
            *(Rows(r, to=int(who)) for who in net.actors[near][:3] for r in CAPITAL[1:]),
        ),
        candidates=_funders(money, near, int(ask["funding-hole.candidates"])),
    )


def _funders(money: Capital, near: Ints, most: int) -> tuple[dict[str, object], ...]:
    """Who funds most of the neighbours' providers: they know the trade."""
    rows = money.keep(np.isin(money.who, near) & (money.funder >= 0))
    ties = np.unique(np.stack([rows.funder, rows.who]), axis=1)[0]
    funder, count = np.unique(ties, return_counts=True)
    first = np.lexsort((funder, -count))[:most]
    return tuple({"id": Node(int(funder[i])), "funds": int(count[i])} for i in first)


def _silent(net: Network, links: Shares) -> Iterator[Unknown]:
    for link in np.flatnonzero(links.elsewhere | links.unrecorded).tolist():
        stage = bool(net.stage[link])
        text = "funding-hole-stage" if stage else "funding-hole-chain"
        yield Unknown(
            CAPITAL,
            subject=int(net.links[link]),
            values={"providers": int(links.all[link])},
            text="funding-hole-elsewhere" if links.elsewhere[link] else text,
            enough=Enough(
                0, 1, "providers-recorded" if links.elsewhere[link] else "providers-funded"
            ),
        )


def _stage(
    net: Network,
    ask: Ask,
    wait: Wait,
    seen: tuple[float, float, float],
    stage: int,
    stable: dict[int, float],
) -> Found:
    share, low, usual = seen
    counts = {"firms": len(wait.rows), "raised": int(wait.raised.sum())}
    late = ask["funding-hole.patience"] * usual
    left = wait.rows.keep(~wait.raised)
    first = np.argsort(left.order, kind="stable")[: int(ask["evidence.rows"])]
    return Found(
        subject=int(net.links[stage]),
        severity=2 * (share - 0.5),
        action=Action.STRENGTHEN,
        values={**counts, "waiting": share, "waiting_low": low, "usual_months": usual},
        text="funding-hole-waiting",
        says={**counts, "waiting": share, "usual": usual, "months": late},
        coverage=1.0,
        stability=stable.get(stage, 0.0),
        evidence=tuple(
            Rows(RELATIONS[left.relation[r]], of=int(left.f[r]), to=int(left.t[r])) for r in first
        ),
    )


def _unclear(
    net: Network, ask: Ask, wait: Wait, listed: Pairs, recorded: frozenset[int], stage: int
) -> Unknown:
    firms, least = len(wait.rows), int(ask["funding-hole.firms"])
    few, alone = firms < least, recorded & set(listed.t[listed.f == stage].tolist())
    enough = Enough(firms, least, "firms-dated")
    if not few:
        enough = Enough(0, 1, "rounds-compared" if alone else "firms-later")
    return Unknown(
        ("FundingRound.round", "FundingRound.date"),
        subject=int(net.links[stage]),
        values={"firms": firms, "raised": int(wait.raised.sum())},
        text="funding-hole-few" if few else "funding-hole-later",
        says={"firms": firms},
        enough=enough,
    )


def _stable(
    net: Network,
    ask: Ask,
    money: Capital,
    said: Steps,
    listed: Pairs,
    recorded: frozenset[int],
) -> tuple[dict[int, float], Ranks]:
    """How often each link and stage is still found with a tenth of the relations gone, and in
    which place."""
    places = Ranks()
    rows = len(net.supply) + len(net.requires) + len(money) + len(said)
    if not len(money) and not len(said):
        return {}, places
    draws = draws_of(rows, ask)
    kept = np.zeros(len(net))
    for draw in range(draws):
        rng = np.random.default_rng((seed(net), draw))
        some = said.keep(rng.random(len(said)) >= ask["stability.removed"])
        order: dict[Hashable, tuple[float, ...]] = {}
        seen = waits(some, listed, said.until)
        for stage, (waiting, low, _) in holes(seen, recorded, listed, ask).items():
            kept[stage] += low > 0.5
            if low > 0.5:
                order["stage", stage] = (2 * (waiting - 0.5),)
        if len(money):
            less = money.keep(rng.random(len(money)) >= ask["stability.removed"])
            thinned = net.thinned(ask["stability.removed"], (seed(net), draw))
            again = shares(thinned, ask, less)
            kept += again.severity > 0
            for link in np.flatnonzero(again.severity > 0).tolist():
                order[link] = (float(again.severity[link]), float(np.nan_to_num(again.near[link])))
        places.add(order)
    return {int(i): float(kept[i] / max(draws, 1)) for i in np.flatnonzero(kept)}, places


METHOD = Method(
    "funding-hole", family="absence", version="2", find=_find, chain="capital", regional=True
)
