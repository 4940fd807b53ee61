"""single-source: the shares of all providers, completed, and the largest of them."""

from collections.abc import Iterator

from graph.gaps.derivation.arithmetic import given
from graph.gaps.derivation.supply import of_link
from graph.gaps.method import Ask, Node, Step
from graph.network import Network
from graph.rows import number


def steps(net: Network, here: Network, ask: Ask, link: int) -> Iterator[Step]:
    """From the providers to the share of the largest."""
    place = ask.region_label if ask.region is not None else None
    _, told = of_link(net, here, link, place)
    yield from told
    top = float(here.market.top_share[link])
    says = {
        "holder": Node(int(net.actors[here.market.top[link]])),
        "share": number(top),
        "least": number(ask["single-source.share"]),
    }
    yield Step("explain-scarcity.single", says, calculations=(given("severity", top),))
