"""missing-link: the paths between two ends, what they add up to, and how likely that makes it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from graph.finding import Calculation
from graph.gaps.derivation.arithmetic import SHOWN, added, calculate, given
from graph.gaps.method import Node, Rows, Step
from graph.gaps.missing_link_fit import Learnt
from graph.network.logit import likely
from graph.network.pairs import MEMBERS, Pairs
from graph.network.paths import PARTS, Surroundings
from graph.network.source import Floats, Ints


@dataclass(frozen=True)
class Ways:
    """The paths s – u – v – o, the strongest first: positions and numbers of pairs of both."""

    u: Ints
    v: Ints
    k_u: Ints
    k_v: Ints

    def __len__(self) -> int:
        return len(self.u)


def ways(around: Surroundings, s: int, o: int) -> Ways:
    """All paths of length three between a subject and an object, by position."""
    mine = _of(around.known, s)
    mine = mine[around.object_degree[mine] <= MEMBERS]
    theirs = _of(around.back, o)
    theirs = theirs[around.subject_degree[theirs] <= MEMBERS]
    each = [np.intersect1d(mine, _of(around.known, int(v))) for v in theirs]
    u = np.concatenate([np.zeros(0, np.int64), *each])
    v = np.repeat(theirs, [len(e) for e in each])
    k_u, k_v = around.object_degree[u], around.subject_degree[v]
    order = np.lexsort((v, u, k_u * k_v))
    return Ways(u[order], v[order], k_u[order], k_v[order])


def _of(matrix: object, row: int) -> Ints:
    starts, ends = matrix.indptr[row], matrix.indptr[row + 1]  # type: ignore[attr-defined]
    return np.asarray(matrix.indices[starts:ends], dtype=np.int64)  # type: ignore[attr-defined]


def said(pairs: Pairs, subject: int, other: int) -> tuple[Rows, ...]:
    """The rows that pairs of these two nodes are read from."""
    name = pairs.relation.name
    rows = [Rows(name, of=subject), Rows(name, to=other)]
    if pairs.symmetric:
        rows += [Rows(name, to=subject), Rows(name, of=other)]
    if len(pairs.member):
        rows += [Rows("UNDERTAKES", of=subject), Rows("UNDERTAKES", of=other)]
    if pairs.relation.chain == "capital":
        rows += [Rows("PARTICIPATES_IN_ROUND", of=subject), Rows("RAISED", of=other)]
    return tuple(rows)


def steps(
    around: Surroundings, taught: Learnt, ends: tuple[int, int], parts: Floats, k: int
) -> Iterator[Step]:
    """From the paths to the severity."""
    s, o = ends
    seen = around.pairs
    degrees = int(around.subject_degree[s]), int(around.object_degree[o])
    says = {"relation": seen.relation.label, "of": degrees[0], "to": degrees[1]}
    yield Step("links.ends", says, said(seen, int(seen.subjects[s]), int(seen.objects[o])))
    yield from _paths(around, s, o, parts)
    yield from _partners(around, s, o, parts)
    yield from _near(around, s, o, parts)
    yield from _same(around, s, o, parts)
    x = taught.logit.inputs(parts[None, :], np.array([degrees[0]]), np.array([degrees[1]]))[0]
    yield Step("links.inputs", calculations=tuple(_inputs(taught, parts, degrees, x)))
    z = float(taught.logit.odds(x[None, :])[0])
    yield from _odds(taught, x, z)
    hits = float(taught.hits[min(k, len(taught.hits)) - 1])
    told = {"draws": taught.draws, "k": k, "hidden": taught.hidden}
    precision = calculate("precision", "{hits} / {k}", hits / k, hits=hits, k=k)
    yield Step("links.hits", told, calculations=(given("hits", hits), precision))
    severity = float(likely(np.array([z]))[0])
    end = calculate("severity", "1 / (1 + exp(-{z}))", severity, z=z)
    yield Step("links.severity", calculations=(end,))


def _paths(around: Surroundings, s: int, o: int, parts: Floats) -> Iterator[Step]:
    found, seen = ways(around, s, o), around.pairs
    if not len(found):
        return
    product = (found.k_u * found.k_v).astype(np.float64)
    root, plain = product**-0.5, 1 / product
    below = []
    for i in range(min(len(found), SHOWN)):
        k = {"k_u": int(found.k_u[i]), "k_v": int(found.k_v[i])}
        ends = {
            "first": Node(int(seen.objects[found.u[i]])),
            "second": Node(int(seen.subjects[found.v[i]])),
        }
        each = (
            calculate("l3", "1 / ({k_u} × {k_v})^0.5", root[i], **k),
            calculate("walk", "1 / ({k_u} × {k_v})", plain[i], **k),
        )
        below.append(Step("links.way", {**ends, **k}, calculations=each))
    if len(found) > SHOWN:
        others = [("l3", float(root[SHOWN:].sum())), ("walk", float(plain[SHOWN:].sum()))]
        rest = tuple(given(*pair) for pair in others)
        below.append(Step("links.rest", {"count": len(found) - SHOWN}, calculations=rest))
    yield Step(
        "links.ways",
        {"count": len(found), "most": MEMBERS},
        calculations=(
            added("l3", "Σ 1 / (k_u × k_v)^0.5", list(root), float(parts[0])),
            added("walk", "Σ 1 / (k_u × k_v)", list(plain), float(parts[1])),
        ),
        parts=tuple(below),
    )


def _sum(
    name: str,
    formula: str,
    terms: list[tuple[int, dict[str, float]]],
    total: float,
    of: Callable[[dict[str, float]], float],
) -> Iterator[Step]:
    """A sum over nodes: a line for each of the first, the rest in one."""
    values = [of(numbers) for _, numbers in terms]
    below = [
        Step(
            f"links.{name}-each",
            {"node": Node(k), **numbers},
            calculations=(calculate(name, formula, value, **numbers),),
        )
        for (k, numbers), value in list(zip(terms, values, strict=True))[:SHOWN]
    ]
    if len(terms) > SHOWN:
        rest = given(name, sum(values[SHOWN:]))
        below.append(Step("links.rest", {"count": len(terms) - SHOWN}, calculations=(rest,)))
    plain = "Σ " + formula.replace("{", "").replace("}", "")
    sum_of = added(name, plain, values, total)
    says = {"count": len(terms), "most": MEMBERS}
    yield Step(f"links.{name}", says, calculations=(sum_of,), parts=tuple(below))


def _partners(around: Surroundings, s: int, o: int, parts: Floats) -> Iterator[Step]:
    if around.pairs.symmetric and parts[2]:
        both = np.intersect1d(_of(around.known, s), _of(around.known, o))
        size = around.object_degree[both]
        order = np.lexsort((both, size))
        terms: list[tuple[int, dict[str, float]]] = [
            (int(around.pairs.objects[both[i]]), {"k_u": int(size[i])}) for i in order
        ]
        yield from _sum("partners", "1 / {k_u}", terms, float(parts[2]), lambda n: 1 / n["k_u"])


def _near(around: Surroundings, s: int, o: int, parts: Floats) -> Iterator[Step]:
    """Regions, industries, technologies and chains, some of whose members have what s lacks."""
    if parts[3]:
        terms: list[tuple[int, dict[str, float]]] = []
        for one, other in ((s, o), (o, s)) if around.pairs.symmetric else ((s, o),):
            for g in _of(around.groups, one).tolist():
                n = int(around.size[g])
                has = round(float(around.popular[g, other]) * n)
                if has:
                    terms.append((g, {"n_o": has, "n": n}))
        total = float(parts[3])
        yield from _sum("near", "{n_o} / {n}", terms, total, lambda n: n["n_o"] / n["n"])


def _same(around: Surroundings, s: int, o: int, parts: Floats) -> Iterator[Step]:
    if parts[4]:
        seen = around.pairs
        both = np.intersect1d(_of(seen.groups, s), _of(seen.object_groups, o))
        size = np.bincount(seen.object_groups.indices, minlength=seen.object_groups.shape[1])
        terms: list[tuple[int, dict[str, float]]] = [
            (g, {"n": max(int(around.size[g]), int(size[g]))}) for g in both.tolist()
        ]
        yield from _sum("same", "1 / {n}^0.5", terms, float(parts[4]), lambda n: n["n"] ** -0.5)


def _inputs(
    taught: Learnt, parts: Floats, degrees: tuple[int, int], x: Floats
) -> Iterator[Calculation]:
    mean = taught.logit.mean
    used = np.flatnonzero(mean > 0).tolist()
    for at, part in enumerate(used):
        yield given(f"mean of {PARTS[part]}", float(mean[part]))
        yield calculate(
            f"x{at + 1}",
            f"ln(1 + 10 × {{{PARTS[part]}}} / {{mean}})",
            float(x[at]),
            **{PARTS[part]: float(parts[part]), "mean": float(mean[part])},
        )
    n = len(used)
    s, o = degrees
    if taught.logit.symmetric:
        high, low = max(degrees), min(degrees)
        yield calculate(f"x{n + 1}", "ln(1 + {k_s}) + ln(1 + {k_o})", float(x[n]), k_s=s, k_o=o)
        yield calculate(
            f"x{n + 2}", "ln(1 + {high}) - ln(1 + {low})", float(x[n + 1]), high=high, low=low
        )
    else:
        yield calculate(f"x{n + 1}", "ln(1 + {k_s})", float(x[n]), k_s=s)
        yield calculate(f"x{n + 2}", "ln(1 + {k_o})", float(x[n + 1]), k_o=o)


def _odds(taught: Learnt, x: Floats, z: float) -> Iterator[Step]:
    """One line for b, for the weights of single x, for those of each x with the ones before."""
    w, n = taught.logit.weights, len(x)
    i, j = np.tril_indices(n)
    single = float(w[1 : n + 1] @ x)
    named = [("b", 0), *((f"a{m + 1}", m + 1) for m in range(n))]
    named += [(f"c{p + 1}{q + 1}", 1 + n + at) for at, (p, q) in enumerate(zip(i, j, strict=True))]
    weights = tuple(given(name, float(w[at])) for name, at in named)
    yield Step("links.weights", {"draws": taught.draws}, calculations=weights)
    numbers: dict[str, float] = {f"a{m + 1}": float(w[m + 1]) for m in range(n)}
    numbers |= {f"x{m + 1}": float(x[m]) for m in range(n)}
    formula = " + ".join(f"{{a{m + 1}}} × {{x{m + 1}}}" for m in range(n))
    lines = [calculate("A", formula, single, **numbers)]
    sums = [float(w[0]), single]
    for row in range(n):
        here = np.flatnonzero(i == row)
        terms, put = [], {f"x{m + 1}": float(x[m]) for m in range(n)}
        for at in here.tolist():
            key = f"c{row + 1}{int(j[at]) + 1}"
            put[key] = float(w[1 + n + at])
            terms.append(f"{{{key}}} × {{x{row + 1}}} × {{x{int(j[at]) + 1}}}")
        total = float(sum(w[1 + n + at] * x[i[at]] * x[j[at]] for at in here.tolist()))
        sums.append(total)
        lines.append(calculate(f"C{row + 1}", " + ".join(terms), total, **put))
    lines.append(added("z", "b + A + Σ C", sums, z))
    yield Step("links.odds", calculations=tuple(lines))
