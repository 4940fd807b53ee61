"""policy-coverage: what targets the link and is not in force, and what is lost without it."""

from collections.abc import Iterator

from graph.gaps.derivation import fallen
from graph.gaps.derivation.arithmetic import calculate
from graph.gaps.method import Node, Rows, Step
from graph.network import Network

BASE, SPAN = 0.3, 0.7


def link_steps(
    net: Network,
    link: int,
    void: tuple[Rows, ...],
    wide: tuple[Rows, ...],
    counts: tuple[int, int],
    severity: float,
) -> Iterator[Step]:
    """`counts`: the policies that target it and are not in force, and those of the whole chain."""
    k = int(net.links[link])
    where = (Rows("PART_OF_CHAIN", of=k), Rows("PART_OF", of=k))
    yield Step("explain-policy.untargeted", {"void": counts[0]}, (*where, *void))
    half = 0.5 if wide else 1.0
    if wide:
        yield Step("explain-policy.whole-chain", {"count": counts[1]}, wide)
    s = (severity / half - BASE) / SPAN
    yield from fallen.steps(net, link, s, itself=True, whole=False)
    end = calculate("severity", "(0.3 + 0.7 × {s}) × {half}", severity, s=s, half=half)
    yield Step("explain-policy.gap-half" if wide else "explain-policy.gap", calculations=(end,))


def problem_steps(
    net: Network, k: int, void: tuple[Rows, ...], count: int, worst: int, severity: float
) -> Iterator[Step]:
    """`worst` is the link that has the problem and costs most, by position, or -1."""
    lines = (Rows("HAS_PROBLEM", to=k), Rows("Problem", of=k), *void)
    yield Step("explain-policy.problem", {"void": count}, lines)
    s = (severity - BASE) / SPAN
    if worst >= 0:
        yield Step("explain-policy.worst-link", {"link": Node(int(net.links[worst]))})
        yield from fallen.steps(net, worst, s, itself=True, whole=False)
    end = calculate("severity", "0.3 + 0.7 × {s}", severity, s=s)
    yield Step(
        "explain-policy.gap" if worst >= 0 else "explain-policy.gap-no-link", calculations=(end,)
    )
