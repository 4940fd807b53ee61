"""The steps that are the same for every measure: impact, confidence and stability, rank."""

from collections.abc import Iterator

import numpy as np

from graph.finding import Calculation, Finding
from graph.gaps.derivation.arithmetic import SHOWN, calculate, given
from graph.gaps.derivation.loss import Passed, outputs, passed, share, way
from graph.gaps.method import Ask, Found, Knock, Method, Node, Rows, Step
from graph.network import Network
from graph.network.impact import Loss
from graph.rows import number


def around(
    net: Network, ask: Ask, method: Method, found: Found, done: Finding
) -> Iterator[tuple[str, Step]]:
    """Each with what it is about: impact, confidence or rank."""
    if found.knock is not None:
        for step in _impact(net, found.knock, done):
            yield "impact", step
    for step in _confidence(ask, method, found, done):
        yield "confidence", step
    for step in _rank(found, done):
        yield "rank", step


def _impact(net: Network, knock: Knock, done: Finding) -> Iterator[Step]:
    loss = Loss(
        tuple(net.link_at(np.array(knock.links, dtype=np.int64)).tolist()),
        tuple(net.actor_at(np.array(knock.providers, dtype=np.int64)).tolist()),
    )
    seen = passed(net, loss)
    yield _start(net, seen, knock)
    line = way(seen)
    if line:
        yield Step("explain.way", parts=line)
    left = seen.left[seen.node]
    lost, part = seen.gone[seen.node], left < 1 - 1e-9
    if not len(seen.outputs) or not (lost.any() or part.any()):
        yield Step("explain.no-output", {"count": len(seen.outputs)})
        return
    whole = {"count": len(seen.outputs), "total": number(float(seen.worth.sum()))}
    hit = Step("explain.outputs-hit", whole, parts=outputs(seen, lost | part, 1 - left))
    everything = np.ones(len(lost))
    yield Step(
        hit.text,
        hit.says,
        calculations=(
            share(seen, "output_lost", lost, everything, float(done.impact["output_lost"])),
            share(seen, "share_lost", part, 1 - left, float(done.impact["share_lost"])),
        ),
        parts=hit.parts,
    )


def _start(net: Network, seen: Passed, knock: Knock) -> Step:
    """What is taken out: links, or providers with all that they supply."""
    if knock.links:
        return Step("explain.taken-links", {"links": [Node(k) for k in knock.links]})
    parts = []
    providers = net.actor_at(np.array(knock.providers, dtype=np.int64))
    for who in providers.tolist():
        rows = np.flatnonzero(net.held.who == who)
        order = rows[np.argsort(-net.held.share[rows], kind="stable")]
        for row in order[:SHOWN].tolist():
            link, held = int(net.held.link[row]), float(net.held.share[row])
            says = {
                "who": Node(int(net.actors[who])),
                "link": Node(int(net.links[link])),
                "share": number(held),
            }
            rest = calculate("left", "1 - {s}", 1 - held, s=held)
            where = Rows("PROVIDES", of=int(net.actors[who]), to=int(net.links[link]))
            parts.append(Step("explain.taken-share", says, (where,), (rest,)))
        if len(order) > SHOWN:
            parts.append(Step("explain.more-taken", {"count": len(order) - SHOWN}))
    gone = {"providers": [Node(k) for k in knock.providers]}
    return Step("explain.taken-providers", gone, parts=tuple(parts))


def _confidence(ask: Ask, method: Method, found: Found, done: Finding) -> Iterator[Step]:
    sure = done.confidence
    terms = []
    if sure.coverage is not None:
        yield Step("explain.coverage", calculations=(given("coverage", sure.coverage),))
        terms.append(number(sure.coverage))
    if sure.stability is not None:
        removed = ask["stability.removed"]
        says = {"removed": f"{removed:.0%}", "draws": int(ask["stability.draws"])}
        yield Step("explain.stability", says, calculations=(given("stability", sure.stability),))
        terms.append(number(sure.stability))
    if sure.agreement is not None:
        agreed = given("agreement", sure.agreement)
        yield Step("explain.agreement", calculations=(agreed,))
        terms.append(f"((1 + {number(sure.agreement)}) / 2)")
    formula = f"({' × '.join(terms)})^(1/{len(terms)})" if len(terms) > 1 else "".join(terms)
    reasons = tuple(Step("explain.reason", {"text": reason}) for reason in sure.reasons)
    yield Step(
        "explain.confidence" if terms else "explain.confidence-unknown",
        {"count": len(terms)},
        calculations=(Calculation("confidence", "", formula or number(sure.score), sure.score),),
        parts=reasons,
    )


def _rank(found: Found, done: Finding) -> Iterator[Step]:
    """Its place, who shares it, and between which places it stays when relations are removed."""
    says = {"rank": done.rank, "severity": number(done.severity)}
    yield Step("explain.rank-apart" if done.apart else "explain.rank", says)
    if done.tied > 1:
        yield Step("explain.tied", {"others": done.tied - 1})
    elif found.order:
        yield Step("explain.order", {"order": ", ".join(number(v) for v in found.order)})
    if done.rank_range is not None:
        low, high = done.rank_range
        yield Step("explain.rank-range", {"low": low, "high": high})
