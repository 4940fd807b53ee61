"""coupling, told: the levels, how they are coupled, the correction, and the degree that decides."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.finding import Calculation
from graph.gaps.derivation.arithmetic import SHOWN, calculate, given, number
from graph.gaps.method import Ask, Clause, Node, Rows, Step
from graph.network.counterparts import INDUSTRY

if TYPE_CHECKING:
    from graph.gaps.chain_levels import Levels, Unit
    from graph.gaps.coupling_report import Degrees

NAMED = 3
"""Counterparts of a link that are named."""


def derive(
    levels: "Levels",
    unit: "Unit",
    kinds: Sequence[str],
    alpha: Sequence[float],
    degrees: "Degrees",
    ask: Ask,
    entropy: Mapping[str, Any] | None,
) -> Iterator[Step]:
    """The levels, then C, T and D, the correction, and the severity."""
    use = entropy is not None and ask["coupling.entropy"] > 0
    u = {k: float(entropy["u"][k]) if use and entropy else unit.levels[k].u for k in kinds}
    for kind in kinds:
        yield _level(levels, unit, kind, entropy["weights"][kind] if use and entropy else None)
    values = [number(u[k]) for k in kinds]
    n, product, total = len(kinds), " × ".join(values), " + ".join(values)
    weights = [number(a) for a in alpha]
    weighted = " + ".join(f"{a} × {v}" for a, v in zip(weights, values, strict=True))
    yield Step(
        "coupling.step-degree",
        {"n": n, "alpha": ", ".join(weights)},
        calculations=(
            Calculation(
                "C", "n × (ΠU)^(1/n) / ΣU", f"{n} × ({product})^(1/{n}) / ({total})", degrees.c
            )
            if degrees.c
            else given("C", 0.0),
            Calculation("T", "Σ αU / Σ α", f"({weighted}) / ({' + '.join(weights)})", degrees.t),
            calculate("D", "({C} × {T})^(1/2)", degrees.d, C=degrees.c, T=degrees.t),
        ),
    )
    if degrees.c_corrected is not None and degrees.d_corrected is not None:
        yield _corrected([u[k] for k in kinds], degrees.c_corrected, degrees.d_corrected, degrees.t)
    d, bound = degrees.decides, ask["coupling.found"]
    weak = d < bound
    which = "corrected" if d == degrees.d_corrected and ask["coupling.corrected"] > 0 else "first"
    yield Step(
        "coupling.step-severity" if weak else "coupling.step-no-severity",
        {"which": Clause(f"coupling.which-{which}"), "bound": bound},
        calculations=(
            calculate("severity", "1 - {D}", 1 - d, D=d) if weak else given("severity", 0.0),
        ),
    )


def _level(levels: "Levels", unit: "Unit", kind: str, weights: Mapping[str, float] | None) -> Step:
    """The level of one chain: breadth and depth, or what was observed."""
    from graph.gaps.coupling_report import kind_clauses

    level, ask = unit.levels[kind], levels.ask
    given_weights = weights or dict(zip(level.names, level.weights, strict=True))
    value = sum(given_weights[n] * p for n, p in zip(level.names, level.parts, strict=True))
    name = kind_clauses([kind])[0]
    terms = " + ".join(
        f"{number(given_weights[n])} × {number(p)}"
        for n, p in zip(level.names, level.parts, strict=True)
    )
    total = Calculation("U", "", terms, value)
    if level.year is not None:
        seen = zip(level.names, level.parts, level.names, strict=True)
        listed = [f"{n}: {number(v)}, {number(given_weights[w])}" for n, v, w in seen]
        says = {"kind": name, "year": level.year, "names": "; ".join(listed)}
        rows = tuple(Rows("Observation", of=k) for k in level.rows)
        return Step("coupling.step-observed", says, rows, (total,))
    links, rest = len(unit.links), level.without
    half = ask["coupling.whole"] if level.whole else 0.0
    breadth = calculate(
        "breadth",
        "({with} + {part} × {without}) / {links}",
        level.parts[0],
        **{"with": level.has, "part": half, "without": rest, "links": links},
    )
    enough = ask["coupling.enough"]
    says = {
        "kind": name,
        "links": links,
        "has": level.has,
        "without": rest,
        "half": number(half),
        "enough": number(enough),
        "sum": number(level.parts[1] * enough * links),
        "weights": ""
        if weights is None
        else Clause("coupling.step-weights", {n: number(w) for n, w in weights.items()}),
    }
    rows = (Rows("PART_OF_CHAIN", to=int(levels.net.chains.keys[unit.chain])),)
    text = "coupling.step-counted-whole" if level.whole else "coupling.step-counted"
    depth = calculate(
        "depth",
        "{sum} / {enough} / {links}",
        level.parts[1],
        sum=level.parts[1] * enough * links,
        enough=enough,
        links=links,
    )
    return Step(text, says, rows, (breadth, depth, total), tuple(_links(levels, unit, kind)))


def _links(levels: "Levels", unit: "Unit", kind: str) -> Iterator[Step]:
    """The links with most counterparts, each with what it has and the rows that say so."""
    there, net = levels.there, levels.net
    number_of = there.kinds.index(kind)
    link, who = there.within(levels.rows(unit.chain), unit.region)
    if kind != INDUSTRY:
        tied = there.tied[number_of][who] > 0
        link, who = link[tied], who[tied]
    direct = there.link.keep(there.holds(there.link, unit.region) & (there.link.kind == number_of))
    count = np.bincount(np.concatenate([link, direct.to]), minlength=len(net))[unit.links]
    order = np.argsort(-count, kind="stable")
    relations = [r for r in net.source.schema.relations.values() if r.chain == kind]
    for i in order[: min(SHOWN, int((count > 0).sum()))].tolist():
        at = int(unit.links[i])
        actors = [int(net.actors[w]) for w in who[link == at][:NAMED].tolist()]
        others = [int(k) for k in direct.other[direct.to == at][:NAMED].tolist()]
        rows = [Rows("PROVIDES", of=k, to=int(net.links[at])) for k in actors]
        if kind != INDUSTRY:
            rows += [Rows(r.name, of=k) for k in actors for r in relations]
            rows += [Rows(r.name, to=k) for k in actors for r in relations]
            rows += [Rows(r.name, of=k, to=int(net.links[at])) for k in others for r in relations]
        more = int(count[i]) - len(actors) - len(others)
        says = {
            "link": Node(int(net.links[at])),
            "count": int(count[i]),
            "names": [Node(k) for k in (*actors, *others)],
            "more": Clause("coupling.more") if more > 0 else "",
        }
        yield Step("coupling.step-link", says, tuple(rows))
    rest = count[order[SHOWN:]]
    if (rest > 0).any():
        says = {"count": int((rest > 0).sum()), "sum": int(rest.sum())}
        yield Step("coupling.step-more-links", says)


def _corrected(u: Sequence[float], c: float, d: float, t: float) -> Step:
    """The corrected form, for two or three levels."""
    n, top = len(u), max(u)
    apart = [f"({number(max(a, b))} - {number(min(a, b))})" for a, b in combinations(u, 2)]
    near = f"(1 - ({' + '.join(apart)}) / {len(apart)})"
    rest = sorted(u)[:-1]
    parts = " × ".join(f"({number(v)} / {number(top)})" for v in rest)
    power = f"({parts})^(1/{n - 1})" if n > 2 else parts
    return Step(
        "coupling.step-corrected",
        calculations=(
            Calculation("C'", "", f"({near} × {power})^(1/2)", c) if top else given("C'", 0.0),
            Calculation("D'", "(C' × T)^(1/2)", f"({number(c)} × {number(t)})^(1/2)", d),
        ),
    )
