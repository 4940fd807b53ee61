"""funding-hole: who of the providers has had capital, against those around; or who still waits."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from graph.finding import Calculation
from graph.gaps.capital_share import Shares
from graph.gaps.derivation.arithmetic import SHOWN, calculate
from graph.gaps.derivation.chances import of_many, tail
from graph.gaps.method import Ask, Node, Rows, Step
from graph.gaps.waiting import Wait, pooled
from graph.network import Network
from graph.network.source import Ints
from graph.network.steps import RELATIONS
from graph.rows import number


def link_steps(net: Network, ask: Ask, seen: Shares, link: int) -> Iterator[Step]:
    """From the providers of a link to its severity."""
    k, own = int(net.links[link]), np.unique(seen.providers(link))
    n, funded = int(seen.own[link]), int(seen.funded[link])
    says = {"count": int(seen.all[link]), "n": n, "funded": funded}
    part = funded / n
    share = calculate("share", "{funded} / {n}", part, funded=funded, n=n)
    parts = tuple(_providers(net, seen, own, k))
    yield Step("explain-capital.own", says, (), (share,), parts)
    by_near = bool(seen.by_near[link])
    yield _near(net, ask, seen, link) if by_near else _chain(ask, seen, net, link)
    reference = float((seen.near if by_near else seen.chain)[link])
    p = float(seen.p[link])
    if by_near:
        theirs, with_it = int(seen.near_own[link]), len(seen.near_funded(link))
        yield tail(p, 0, n + theirs, with_it, n, "explain-capital.chance-near")
    else:
        of_chain, with_it = _of_chain(net, seen, link)
        yield tail(p, funded, of_chain, with_it, n, "explain-capital.chance-chain")
        yield from of_many(seen.tested, link, float(seen.q[link]), ask["funding-hole.q"])
    end = calculate(
        "severity",
        "(1 - {share} / {reference}) × (1 - {p})",
        float(seen.severity[link]),
        share=part,
        reference=reference,
        p=p,
    )
    yield Step("explain-capital.hole", calculations=(end,))


def _providers(net: Network, seen: Shares, who: Ints, k: int) -> Iterator[Step]:
    """Those with capital first, each with what says so."""
    order = who[np.argsort(~seen.has[who], kind="stable")]
    for i in order[:SHOWN].tolist():
        node = Node(int(net.actors[i]))
        lines = [Rows("PROVIDES", of=node.k, to=k)]
        if seen.has[i]:
            lines += _capital(node.k)
        key = "funded" if seen.has[i] else "unfunded"
        yield Step(f"explain-capital.{key}", {"who": node}, tuple(lines))
    if len(order) > SHOWN:
        rest = order[SHOWN:]
        says = {"count": len(rest), "funded": int(seen.has[rest].sum())}
        yield Step("explain-capital.more", says)


def _capital(k: int) -> list[Rows]:
    return [Rows("RAISED", of=k), Rows("INVESTS_IN", to=k), Rows("FUNDS", to=k)]


def _near(net: Network, ask: Ask, seen: Shares, link: int) -> Step:
    """The providers of neighbours, and how many of them have had capital."""
    who = np.unique(seen.near_who[seen.near_link == link])
    with_it = seen.near_funded(link)
    theirs, funded = int(seen.near_own[link]), len(with_it)
    told = calculate("reference", "{funded} / {n}", float(seen.near[link]), funded=funded, n=theirs)
    order = who[np.argsort(~seen.has[who], kind="stable")]
    parts = []
    for i in order[: SHOWN // 2].tolist():
        node = Node(int(net.actors[i]))
        lines = (Rows("PROVIDES", of=node.k), *(_capital(node.k) if seen.has[i] else ()))
        key = "funded" if seen.has[i] else "unfunded"
        parts.append(Step(f"explain-capital.{key}", {"who": node}, lines))
    if len(order) > len(parts):
        rest = order[len(parts) :]
        says = {"count": len(rest), "funded": int(seen.has[rest].sum())}
        parts.append(Step("explain-capital.more", says))
    around = {"n": theirs, "funded": funded, "least": number(ask["funding-hole.near"])}
    return Step("explain-capital.near", around, (), (told,), tuple(parts))


def _of_chain(net: Network, seen: Shares, link: int) -> tuple[int, int]:
    """How many different actors provide a link of its chain, and how many have had capital."""
    mine = net.chain_label[seen.link] == net.chain_label[link]
    who = np.unique(seen.who[mine])
    return len(who), int(seen.has[who].sum())


def _chain(ask: Ask, seen: Shares, net: Network, link: int) -> Step:
    """Those of the other links of the chain."""
    n, funded = int(seen.own[link]), int(seen.funded[link])
    whole, with_it = _of_chain(net, seen, link)
    says = {"n": whole, "funded": with_it, "below": number(ask["funding-hole.below"])}
    told = calculate(
        "reference",
        "({of_chain} - {funded}) / ({all} - {n})",
        float(seen.chain[link]),
        of_chain=with_it,
        funded=funded,
        all=whole,
        n=n,
    )
    return Step("explain-capital.chain", says, calculations=(told,))


def stage_steps(
    net: Network, ask: Ask, wait: Wait, others: list[Wait], severity: float
) -> Iterator[Step]:
    """Kaplan and Meier, factor by factor: at the chain's other stages, then at this one."""
    yield _waiting(net, wait)
    usual = pooled(others).half
    around = _together(others)
    yield _product("explain-capital.usual", around, usual, {"months": number(usual)}, "left")
    patience = ask["funding-hole.patience"]
    late = calculate("t", "{patience} × {usual}", patience * usual, patience=patience, usual=usual)
    yield Step("explain-capital.patience", calculations=(late,))
    own = (wait.months, wait.raised)
    share, error = pooled([wait]).at(patience * usual)
    says = {"months": number(patience * usual)}
    yield _product("explain-capital.waiting", own, patience * usual, says, "waiting")
    low = calculate(
        "low", "{waiting} - 1.96 × {error}", share - 1.96 * error, waiting=share, error=error
    )
    yield Step("explain-capital.bound", {"error": number(error)}, calculations=(low,))
    end = calculate("severity", "2 × ({waiting} - 0.5)", severity, waiting=share)
    yield Step("explain-capital.stage", calculations=(end,))


def _together(waits: list[Wait]) -> tuple[Any, Any]:
    return (
        np.concatenate([np.zeros(0), *(w.months for w in waits)]),
        np.concatenate([np.zeros(0, dtype=np.bool_), *(w.raised for w in waits)]),
    )


def _waiting(net: Network, wait: Wait) -> Step:
    """The firms at the stage, those that wait longest first."""
    order = np.lexsort((wait.rows.order, -wait.months, wait.raised))
    parts = []
    for i in order[:SHOWN].tolist():
        says = {"unit": Node(int(wait.rows.unit[i])), "months": number(float(wait.months[i]))}
        rows = wait.rows
        line = Rows(RELATIONS[rows.relation[i]], of=int(rows.f[i]), to=int(rows.t[i]))
        key = "raised" if wait.raised[i] else "waits"
        parts.append(Step(f"explain-capital.{key}", says, (line,)))
    if len(order) > SHOWN:
        rest = order[SHOWN:]
        more = {"count": len(rest), "raised": int(wait.raised[rest].sum())}
        parts.append(Step("explain-capital.more-firms", more))
    says = {"firms": len(order), "raised": int(wait.raised.sum())}
    return Step("explain-capital.firms", says, parts=tuple(parts))


def _product(
    text: str, who: tuple[Any, Any], until: float, says: dict[str, Any], name: str
) -> Step:
    """At each month in which firms raised, the part of those still waiting that did not."""
    months, raised = who
    at = np.unique(months[raised & (months <= until + 1e-9)])
    factors, value = [], 1.0
    parts = []
    for place, month in enumerate(at.tolist()):
        waiting = int((months >= month).sum())
        ended = int((months[raised] == month).sum())
        value *= (waiting - ended) / waiting
        if place < SHOWN:
            factors.append(f"{waiting - ended} / {waiting}")
            told = {"month": number(month), "waiting": waiting, "left": waiting - ended}
            parts.append(Step("explain-capital.month", told))
        if place == SHOWN - 1:
            first = value
    if len(at) > SHOWN:
        rest = value / first if first else 0.0
        factors.append(number(rest))
        more = {"count": len(at) - SHOWN, "rest": number(rest)}
        parts.append(Step("explain-capital.more-months", more))
    told_all = Calculation(name, "", " × ".join(factors) or "1", value)
    return Step(text, says, (), (told_all,), tuple(parts))
