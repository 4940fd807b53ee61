"""missing-stage: who needs the link, that nobody provides it, and what of the output falls."""

from collections.abc import Iterator

import numpy as np

from graph.gaps.derivation import fallen
from graph.gaps.derivation.arithmetic import calculate
from graph.gaps.method import Ask, Rows, Step
from graph.gaps.scarcity import covered
from graph.network import Network
from graph.rows import number


def steps(net: Network, ask: Ask, link: int, severity: float) -> Iterator[Step]:
    """From the relations that need the link to its severity."""
    k = int(net.links[link])
    users = int((net.requires.t == link).sum())
    needs = (
        Rows("REQUIRES", to=k),
        Rows("PART_OF_CHAIN", of=k),
        Rows("PRECEDES", of=k),
        Rows("PRECEDES", to=k),
        Rows("PART_OF", of=k),
    )
    yield Step(
        "explain-scarcity.needed" if users else "explain-scarcity.placed", {"users": users}, needs
    )
    kinds = int((net.variants.t == link).sum())
    parts = int((net.parts.t == link).sum())
    yield Step("explain-scarcity.nobody", {"kinds": kinds, "parts": parts})
    has = covered(net)
    mine = net.chain_label == net.chain_label[link]
    says = {"links": int(mine.sum()), "with": int(has[mine].sum())}
    part = calculate(
        "coverage", "{a} / {b}", says["with"] / says["links"], a=says["with"], b=says["links"]
    )
    least = {"least": number(ask["missing-stage.coverage"])}
    yield Step("explain-scarcity.chain-covered", {**says, **least}, calculations=(part,))
    s = 2 * severity - 1
    named = (net.chains.of_link >= 0) & (net.component == net.component[link])
    yield from fallen.steps(net, link, s, itself=False, whole=not bool(np.any(named)))
    end = calculate("severity", "(1 + {s}) / 2", severity, s=s)
    yield Step("explain-scarcity.missing", calculations=(end,))
