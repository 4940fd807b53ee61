"""How a location quotient came about."""

from collections.abc import Iterator
from math import comb

from graph.gaps.derivation import concentrated, single_source, thin_stage
from graph.gaps.derivation.arithmetic import SHOWN, calculate, given
from graph.gaps.levels import level
from graph.gaps.method import Ask, Rows, Step
from graph.gaps.quotient import Quotient
from graph.network import Network


def steps(
    net: Network,
    there: Network,
    ask: Ask,
    seen: Quotient,
    at: int,
    weak: str | None,
    weakness: float,
    further: bool,
) -> Iterator[Step]:
    """From the providers of the link at position `at` to its severity; `there` is the network of
    the region."""
    k = int(net.links[at])
    here, link = float(seen.here[at]), float(seen.link[at])
    chain_here, chain = float(seen.chain_here[at]), float(seen.chain[at])
    lq = float(seen.lq[at])
    quotient = calculate(
        "LQ", "({x_rl} / {x_r}) / ({x_l} / {x})", lq, x_rl=here, x_r=chain_here, x_l=link, x=chain
    )
    yield Step(
        f"specialisation.step-{seen.unit}",
        {"here": here, "link": link, "chain_here": chain_here, "chain": chain},
        (Rows("PROVIDES", to=k),),
        (quotient,),
    )
    yield _chance(seen, at)
    if weak is not None:
        yield Step(f"specialisation.step-{weak}")
        yield from _weak(net, there, ask, at, weak, weakness)
    if further:
        rows = (Rows("REQUIRES", to=k), Rows("PRECEDES", of=k))
        yield Step("specialisation.step-further", rows=rows)
    d = 1.0 if further else weakness
    severity = (1 - 1 / lq) * d
    yield Step(
        "specialisation.step-severity",
        calculations=(calculate("severity", "(1 - 1 / {LQ}) × {d}", severity, LQ=lq, d=d),),
    )


def _weak(
    net: Network, there: Network, ask: Ask, at: int, weak: str, weakness: float
) -> Iterator[Step]:
    """The steps of the measure that calls the link weak, for the providers of the region."""
    if weak == "single":
        return single_source.steps(net, there, ask, at)
    if weak == "thin":
        return thin_stage.steps(there, ask, at, weakness)
    return concentrated.steps(net, there, ask, "actor", at, level(there, "actor").bounds)


def _chance(seen: Quotient, at: int) -> Step:
    """The sum over all that would be as odd; as one number where that is too long to do by hand."""
    whole, marked = int(seen.chain_firms[at]), int(seen.chain_firms_here[at])
    drawn, least = int(seen.firms[at]), int(seen.firms_here[at])
    says = {"N": whole, "K": marked, "n": drawn, "x": least, "q": float(seen.q[at])}
    p, most = float(seen.p[at]), min(drawn, marked)
    if most - least >= SHOWN or comb(whole, drawn) > 1e15:
        return Step("specialisation.step-chance", says, calculations=(given("p", p),))
    terms = " + ".join(
        f"C({marked}, {x}) × C({whole} - {marked}, {drawn} - {x})" for x in range(least, most + 1)
    )
    sum_up = calculate("p", f"({terms}) / C({whole}, {drawn})", p)
    return Step("specialisation.step-chance", says, calculations=(sum_up,))
