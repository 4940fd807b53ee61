"""missing-link: the paths between two ends, what they add up to, and how likely that makes it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graph.finding import Calculation
from graph.gaps.derivation.arithmetic import SHOWN, added, calculate
from graph.gaps.method import Node, Rows, Step
from graph.gaps.missing_link_fit import Learnt
from graph.network.logit import likely
from graph.network.pairs import MEMBERS
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


def steps(
    around: Surroundings, taught: Learnt, ends: tuple[int, int], parts: Floats, k: int
) -> Iterator[Step]:
    """From the paths to the severity."""
    s, o = ends
    seen, name = around.pairs, around.pairs.relation.name
    degrees = int(around.subject_degree[s]), int(around.object_degree[o])
    keys = int(seen.subjects[s]), int(seen.objects[o])
    says = {"relation": seen.relation.label, "of": degrees[0], "to": degrees[1]}
    rows = (Rows(name, of=keys[0]), Rows(name, to=keys[1]))
    yield Step("links.ends", says, rows)
    yield from _paths(around, s, o, parts)
    yield from _kinds(around, s, o, parts)
    x = taught.logit.inputs(parts[None, :], np.array([degrees[0]]), np.array([degrees[1]]))[0]
    yield Step("links.inputs", calculations=tuple(_inputs(taught, parts, degrees, x)))
    z = float(taught.logit.odds(x[None, :])[0])
    yield from _odds(taught, x, z)
    hits = float(taught.hits[min(k, len(taught.hits)) - 1])
    told = {"draws": taught.draws, "k": k, "hidden": taught.hidden}
    precision = calculate("precision", "{hits} / {k}", hits / k, hits=hits, k=k)
    yield Step("links.hits", told, calculations=(precision,))
    severity = float(likely(np.array([z]))[0])
    end = calculate("severity", "1 / (1 + exp(-{z}))", severity, z=z)
    yield Step("links.severity", calculations=(end,))


def _paths(around: Surroundings, s: int, o: int, parts: Floats) -> Iterator[Step]:
    found, seen = ways(around, s, o), around.pairs
    if len(found):
        product = (found.k_u * found.k_v).astype(np.float64)
        below = tuple(
            Step(
                "links.way",
                {
                    "first": Node(int(seen.objects[found.u[i]])),
                    "second": Node(int(seen.subjects[found.v[i]])),
                },
                calculations=(
                    calculate(
                        "l3",
                        "1 / ({k_u} × {k_v})^0.5",
                        product[i] ** -0.5,
                        k_u=int(found.k_u[i]),
                        k_v=int(found.k_v[i]),
                    ),
                ),
            )
            for i in range(min(len(found), SHOWN))
        )
        yield Step(
            "links.ways",
            {"count": len(found), "most": MEMBERS},
            calculations=(
                added("l3", "Σ 1 / (k_u × k_v)^0.5", list(product**-0.5), float(parts[0])),
                added("walk", "Σ 1 / (k_u × k_v)", list(1 / product), float(parts[1])),
            ),
            parts=below,
        )
    if seen.symmetric and parts[2]:
        both = np.intersect1d(_of(around.known, s), _of(around.known, o))
        size = around.object_degree[both]
        order = np.lexsort((both, size))
        names = [Node(int(seen.objects[i])) for i in both[order][:SHOWN]]
        sum_of = added("partners", "Σ 1 / k_u", list(1 / size[order]), float(parts[2]))
        says = {"count": len(both), "names": names}
        yield Step("links.partners", says, calculations=(sum_of,))


def _kinds(around: Surroundings, s: int, o: int, parts: Floats) -> Iterator[Step]:
    """What both have to do with a region, an industry, a technology, a chain."""
    seen = around.pairs
    if parts[3]:
        terms = [*_near(around, s, o), *(_near(around, o, s) if seen.symmetric else ())]
        kinds = list(dict.fromkeys(g for g, _ in terms))
        names = [Node(g) for g in kinds[:SHOWN]]
        sum_of = added("near", "Σ n_o / n", [part for _, part in terms], float(parts[3]))
        yield Step("links.near", {"names": names, "most": MEMBERS}, calculations=(sum_of,))
    if parts[4]:
        both = np.intersect1d(_of(seen.groups, s), _of(seen.object_groups, o))
        size = np.bincount(seen.object_groups.indices, minlength=seen.object_groups.shape[1])[both]
        size = np.maximum(np.maximum(around.size[both], 1), size)
        names = [Node(int(g)) for g in both[:SHOWN]]
        sum_of = added("same", "Σ 1 / n^0.5", list(size**-0.5), float(parts[4]))
        yield Step("links.same", {"names": names}, calculations=(sum_of,))


def _near(around: Surroundings, s: int, o: int) -> Iterator[tuple[int, float]]:
    for g in _of(around.groups, s).tolist():
        share = float(around.popular[g, o])
        if share:
            yield g, share


def _inputs(
    taught: Learnt, parts: Floats, degrees: tuple[int, int], x: Floats
) -> Iterator[Calculation]:
    mean = taught.logit.mean
    used = np.flatnonzero(mean > 0).tolist()
    for at, part in enumerate(used):
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
    yield Step("links.odds", {"b": float(w[0])}, calculations=tuple(lines))
