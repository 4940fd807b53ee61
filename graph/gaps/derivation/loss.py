"""How a loss is passed on from link to link, up to the final outputs that it costs.

The same knock-out as `graph.network.impact`, done for one loss and told: which group of inputs
limits a link, and what is left of it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from graph.finding import Calculation
from graph.gaps.derivation.arithmetic import SHOWN, given
from graph.gaps.method import Node, Rows, Step
from graph.network import Network
from graph.network.dependence import Dependence
from graph.network.impact import Engine, Loss
from graph.network.source import Bools, Floats, Ints
from graph.rows import number

PATHS = 3
"""Final outputs to which the way is told."""

BETWEEN = ("REQUIRES", "VARIANT_OF", "PART_OF", "PART_OF_CHAIN", "PRECEDES")


@dataclass(frozen=True)
class Passed:
    """What one loss leaves: `left` of each node, 0 to 1, and which are `gone` as a whole.

    `outputs` are positions in `chain.outputs` that the loss can reach: all of the chains that it
    touches; `worth` is the value of each.
    """

    net: Network
    chain: Dependence
    start: Floats
    left: Floats
    gone: Bools
    outputs: Ints

    @property
    def worth(self) -> Floats:
        return self.chain.worth[self.outputs]

    @property
    def node(self) -> Ints:
        """The node of each of `outputs`."""
        return self.chain.node[self.chain.outputs[self.outputs]]


def passed(net: Network, loss: Loss) -> Passed:
    """One knock-out, as the engine does it."""
    engine = Engine(net)
    chain, start = engine.chain, engine.direct(engine.rows(loss))
    left = start[:, None].copy()
    gone = engine.spread(left)[:, 0]
    near = np.isin(net.component[chain.outputs], engine.component[start < 1])
    return Passed(net, chain, start, left[:, 0], gone, np.flatnonzero(near))


def way(seen: Passed, *, whole: bool = False) -> tuple[Step, ...]:
    """The links that a loss goes through on its way to the outputs that cost most, a line each.

    `whole`: only what is lost altogether counts, as where links are taken out for the severity.
    """
    cost = seen.worth * (seen.gone[seen.node] if whole else 1 - seen.left[seen.node])
    worst = [i for i in np.argsort(-cost, kind="stable")[:PATHS].tolist() if cost[i] > 1e-9]
    told: dict[int, Step] = {}
    for i in worst:
        _down(seen, int(seen.node[i]), told, whole)
    lines = list(told.values())
    hit = seen.gone if whole else seen.left < 1 - 1e-9
    others = int((hit & (seen.start >= 1)).sum()) - len(lines)
    if len(lines) > SHOWN:
        others += len(lines) - SHOWN
        lines = lines[:SHOWN]
    if others > 0:
        lines.append(Step("explain.more-links", {"count": others}))
    return tuple(lines)


def _down(seen: Passed, node: int, told: dict[int, Step], whole: bool) -> None:
    """From an output down to what was taken out; each link is told before those that need it."""
    if node in told or seen.start[node] < 1:
        return
    told[node] = Step("explain.more-links", {"count": 0})  # its place, should it lead to itself
    limiting = _limiting(seen, node, whole)
    if limiting is None:
        del told[node]
        return
    members, weights = limiting
    for member in members.tolist():
        if seen.left[member] < 1 - 1e-9:
            _down(seen, member, told, whole)
    del told[node]
    told[node] = _line(seen, node, members, weights)


def _limiting(seen: Passed, node: int, whole: bool) -> tuple[Ints, Floats] | None:
    """The group of the node of which least is left, and the size of each of its members."""
    groups = seen.chain.groups
    rows = np.flatnonzero(groups.of == node)
    size = _sizes(seen)
    best: tuple[float, Ints, Floats] | None = None
    for group in np.unique(groups.group[rows]).tolist():
        members = np.unique(groups.member[rows[groups.group[rows] == group]])
        weights = _counted(size[members])
        left = float(seen.left[members] @ weights / weights.sum())
        if whole and seen.gone[members].all():
            left = -1.0
        if left < 1 - 1e-9 and (best is None or left < best[0] - 1e-12):
            best = (left, members, weights)
    return None if best is None else best[1:]


def _sizes(seen: Passed) -> Floats:
    """The size of each node, of a ring that of its links together; NaN where none is known."""
    node, known = seen.chain.node, ~np.isnan(seen.net.size)
    size = np.bincount(node[known], seen.net.size[known], seen.chain.count).astype(np.float64)
    size[np.bincount(node[known], minlength=seen.chain.count) == 0] = np.nan
    return np.asarray(size, dtype=np.float64)


def _counted(size: Floats) -> Floats:
    """What each member of a group counts: its size, or the mean of those that are known."""
    known = ~np.isnan(size)
    return np.where(known, size, size[known].mean() if known.any() else 1.0)


def _line(seen: Passed, node: int, members: Ints, size: Floats) -> Step:
    """What is left of a link, by the group that limits it."""
    order = np.argsort(seen.left[members], kind="stable")
    members, size = members[order], size[order]
    left = seen.left[members]
    key = "explain.falls" if seen.gone[node] else "explain.shrinks"
    says = {"link": Node(_link(seen, node))}
    rows = tuple(_rows(seen, node, members[left < 1 - 1e-9].tolist()))
    if len(members) == 1:
        says["input"] = Node(_link(seen, int(members[0])))
        return Step(key, says, rows, (given("left", float(left[0])),))
    direct = set(seen.chain.direct.values())
    parts = [
        Step(
            "explain.member-direct" if member in direct else "explain.member",
            {"link": Node(_link(seen, member)), "size": number(s), "left": number(v)},
        )
        for member, s, v in zip(
            members[:SHOWN].tolist(), size[:SHOWN].tolist(), left[:SHOWN].tolist(), strict=True
        )
    ]
    first = list(zip(size[:SHOWN].tolist(), left[:SHOWN].tolist(), strict=True))
    over, under = [f"{number(s)} × {number(v)}" for s, v in first], [number(s) for s, _ in first]
    if len(members) > SHOWN:
        rest = float(size[SHOWN:].sum()), float(size[SHOWN:] @ left[SHOWN:])
        more = {"size": number(rest[0]), "left": number(rest[1])}
        parts.append(Step("explain.more-members", {"count": len(members) - SHOWN, **more}))
        over.append(more["left"])
        under.append(more["size"])
    told = f"({' + '.join(over)}) / ({' + '.join(under)})"
    result = float(left @ size / size.sum())
    return Step(key + "-any", says, rows, (Calculation("left", "", told, result),), tuple(parts))


def _link(seen: Passed, node: int) -> int:
    """The key of the link that a node stands for, the first of a ring."""
    at = np.flatnonzero(seen.chain.node == node)
    if len(at):
        return int(seen.net.links[at[0]])
    direct = {number: link for link, number in seen.chain.direct.items()}
    return int(seen.net.links[direct[node]])


def _rows(seen: Passed, node: int, members: Iterable[int]) -> Iterator[Rows]:
    """What says that the one needs the others, whichever way it is said."""
    mine = _keys(seen, node)
    for member in list(members)[:SHOWN]:
        for a in mine:
            for b in _keys(seen, member):
                yield Rows("REQUIRES", of=a, to=b)
                for relation in BETWEEN[1:]:
                    yield Rows(relation, of=b, to=a)


def _keys(seen: Passed, node: int) -> list[int]:
    at = np.flatnonzero(seen.chain.node == node)
    return [int(k) for k in seen.net.links[at][:3]] or [_link(seen, node)]


def outputs(seen: Passed, hit: Bools, lost: Floats | None = None) -> tuple[Step, ...]:
    """A line for each output that is hit: what it is worth and what part of it is lost."""
    at = np.flatnonzero(hit)
    part = np.ones(len(hit)) if lost is None else lost
    at = at[np.argsort(-(seen.worth * part)[at], kind="stable")]
    links = seen.chain.outputs[seen.outputs]
    lines = []
    for i in at[:SHOWN].tolist():
        stated = not np.isnan(seen.net.size[links[i]])
        key = "explain.output" if stated else "explain.output-unknown"
        says = {
            "link": Node(int(seen.net.links[links[i]])),
            "worth": number(float(seen.worth[i])),
            "part": number(float(part[i])),
        }
        rows = (Rows(_class(seen.net, int(links[i])), of=int(seen.net.links[links[i]])),)
        lines.append(Step(key, says, rows if stated else ()))
    if len(at) > SHOWN:
        rest = float((seen.worth * part)[at[SHOWN:]].sum())
        says = {"count": len(at) - SHOWN, "sum": number(rest)}
        lines.append(Step("explain.more-outputs", says))
    return tuple(lines)


def _class(net: Network, link: int) -> str:
    ((cls,),) = net.source.con.execute(
        "SELECT class FROM node WHERE k = ?", [int(net.links[link])]
    ).fetchall()
    return str(cls)


def share(
    seen: Passed, name: str, hit: Bools, lost: Floats, result: float, total: float | None = None
) -> Calculation:
    """The value that is lost, over that of all outputs that could be, or over `total`."""
    at = np.flatnonzero(hit)
    at = at[np.argsort(-(seen.worth * lost)[at], kind="stable")]
    total = float(seen.worth.sum()) if total is None else total
    each = [
        number(w) if p == 1 else f"{number(w)} × {number(p)}"
        for w, p in zip(seen.worth[at].tolist(), lost[at].tolist(), strict=True)
    ]
    if len(each) > SHOWN:
        rest = float((seen.worth * lost)[at[SHOWN:]].sum())
        each = [*each[:SHOWN], number(rest)]
    over = f"({' + '.join(each)})" if len(each) > 1 else "".join(each) or "0"
    return Calculation(name, "", f"{over} / {number(total)}", result)
