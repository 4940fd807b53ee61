"""The share of a chain's final output that falls with a link, where that is part of a severity."""

from collections.abc import Iterator

import numpy as np

from graph.gaps.derivation.loss import outputs, passed, share, way
from graph.gaps.method import Node, Step
from graph.network import Network
from graph.network.impact import Loss
from graph.rows import number


def steps(net: Network, link: int, result: float, *, itself: bool, whole: bool) -> Iterator[Step]:
    """How `s` comes about. `itself`: the link counts when it is an output; `whole`: against the
    outputs of all chains, where its own has no name."""
    seen = passed(net, Loss(links=(link,)))
    lost = seen.gone[seen.node].copy()
    links = seen.chain.outputs[seen.outputs]
    if not itself:
        lost &= links != link
    line = way(seen, whole=True)
    if line:
        yield Step("explain.way-whole", {"link": Node(int(net.links[link]))}, parts=line)
    total = float((seen.chain.worth if whole else seen.worth).sum())
    says = {
        "count": len(seen.chain.outputs if whole else seen.outputs),
        "total": number(total),
        "lost": int(lost.sum()),
    }
    if not total:
        yield Step(
            "explain.no-outputs",
            says,
            calculations=(share(seen, "s", lost & False, np.ones(len(lost)), 0.0, 1.0),),
        )
        return
    told = share(seen, "s", lost, np.ones(len(lost)), result, total)
    yield Step("explain.fallen", says, (), (told,), outputs(seen, lost))
