"""coupling, told: the levels, how they are coupled, the correction, and the degree that decides."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from graph.finding import Calculation
from graph.gaps.derivation.arithmetic import calculate, given, number
from graph.gaps.method import Ask, Clause, Rows, Step
from graph.network import Network

if TYPE_CHECKING:
    from graph.gaps.chain_levels import Unit
    from graph.gaps.coupling_report import Degrees


def derive(
    net: Network,
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
        yield _level(net, unit, kind, entropy["weights"][kind] if use and entropy else None, ask)
    values = [number(u[k]) for k in kinds]
    n, product, total = len(kinds), " × ".join(values), " + ".join(values)
    weights = [number(a) for a in alpha]
    weighted = " + ".join(f"{a} × {v}" for a, v in zip(weights, values, strict=True))
    yield Step(
        "coupling.step-degree",
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


def _level(
    net: Network, unit: "Unit", kind: str, weights: Mapping[str, float] | None, ask: Ask
) -> Step:
    """The level of one chain: breadth and depth, or what was observed."""
    from graph.gaps.coupling_report import kind_clauses

    level = unit.levels[kind]
    given_weights = weights or dict(zip(level.names, level.weights, strict=True))
    value = sum(given_weights[n] * p for n, p in zip(level.names, level.parts, strict=True))
    name = kind_clauses([kind])[0]
    terms = " + ".join(
        f"{number(given_weights[n])} × {number(p)}"
        for n, p in zip(level.names, level.parts, strict=True)
    )
    total = Calculation("U", "", terms, value)
    if level.year is not None:
        says = {"kind": name, "year": level.year, "names": list(level.names)}
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
    says = {"kind": name, "links": links, "has": level.has, "enough": ask["coupling.enough"]}
    rows = (Rows("PART_OF_CHAIN", to=int(net.chains.keys[unit.chain])),)
    text = "coupling.step-counted-whole" if level.whole else "coupling.step-counted"
    return Step(text, says, rows, (breadth, given("depth", level.parts[1]), total))


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
