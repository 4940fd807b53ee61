"""missing-link 缺失关联: a supply, cooperation or investment that its surroundings call for.

Definition
    Looked at are PROVIDES (organisation to link), COLLABORATES_WITH (two organisations; to have a
    part in one project or result is to cooperate) and INVESTS_IN (investor or fund to firm; a round
    of funding is one), pairs of which both ends have such a relation and none with each other,
    of any kind and at any time, nor a source that denies it (confidence or share 0). With A the
    pairs on record and k the number of pairs of an end, a pair s, o has these parts:
    `l3` = Σ 1/√(k_u·k_v) and `walk` = Σ 1/(k_u·k_v) over all paths s – u – v – o; without direction
    `partners` = Σ 1/k_u over s – u – o; `near` = Σ n_o/n over the regions, industries, technologies
    and chains of n members that s is of, n_o of which have o (relatedness by place and trade);
    `same` = Σ 1/√n over those that both are of. Ends in the middle and kinds with more than 500
    are no surroundings. With x = ln(1 + 10·part/mean) for each part that occurs, and ln(1 + k) for
    both ends (without direction the sum and the difference of the two), the log-odds are
    z = b + Σ aᵢ·xᵢ + Σ cᵢⱼ·xᵢ·xⱼ, for all products of two, squares included. The weights are learnt
    from the record itself: a tenth of its rows is hidden, and the pairs that only these say are
    told from the others (ridge logistic regression).
Value
    `relation`, the parts, `odds` z; `k` the rank among the pairs of this relation, and `precision`
    at k: what part of the first k were hidden ones, the mean of draws that were scored with weights
    of the other draws. It holds where a tenth is missing: pairs that are true and not on record
    counted as wrong, and where less is missing, less can be found. Severity is 1/(1 + e^−z), 0 to
    1: how likely a pair of such parts is a hidden one when a tenth is. Found from
    `missing-link.least` on. Coverage is the share of subjects looked at: as many, in an order that
    their ids decide, as `missing-link.steps` allow. Stability is the share of the draws, each
    without a tenth of the rows, in which the pair stays in the top; the range of its rank is that
    among the pairs that are found.
Not assessed
    A relation of which fewer than `missing-link.pairs` pairs could be hidden with something left of
    both ends; one where none of the hidden pairs came out among the first thousand.
Needs
    Some hundreds of rows of the relation; LOCATED_IN, IN_INDUSTRY, PART_OF_CHAIN help.
Reference
    Kovács et al., Nature Communications 10, 2019; Hidalgo et al., Science 317, 2007; Zhou, Lü and
    Zhang, European Physical Journal B 71, 2009. Measured against each alone in `bench/links.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

import numpy as np

from graph.gaps.derivation import missing_link as derivation
from graph.gaps.method import Action, Ask, Enough, Found, Method, Node, Rows, Unknown
from graph.gaps.missing_link_fit import DEEP, Learnt, Ranked, draws_for, learnt, looked_at, ranked
from graph.gaps.stability import Ranks
from graph.network import Network
from graph.network.chain import chains_of
from graph.network.located import seated
from graph.network.logit import likely
from graph.network.pairs import Pairs, pairs, predicted, said
from graph.network.paths import PARTS, Surroundings
from graph.network.ragged import places
from graph.network.source import Bools, Ints, ints
from graph.schema import Relation

SEED = 2019
"""Which rows are hidden depends on these rows alone, and not on what else is on record."""


@dataclass(frozen=True)
class Judged:
    """What a relation teaches, its best pairs, and which of them, by position, are found."""

    around: Surroundings
    taught: Learnt
    best: Ranked
    found: list[int]


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    judged = []
    for relation in predicted(net.source.schema):
        seen = _judge(net, ask, relation)
        if isinstance(seen, Unknown):
            yield seen
        else:
            judged.append(seen)
    places = _places(judged)
    for seen in judged:
        subjects = seen.around.pairs.subjects[seen.best.s[seen.found]]
        own = chains_of(net.source, subjects.tolist(), net.as_of)
        for i in islice(seen.found, ask.top or None):
            yield _found(ask, seen, own, places, i)


def _judge(net: Network, ask: Ask, relation: Relation) -> Judged | Unknown:
    seen = pairs(net.source, relation, net.as_of)
    around = Surroundings(seen, seen.whole)
    there, least = hideable(around), int(ask["missing-link.pairs"])
    if there < least:
        return Unknown(
            (relation.name,),
            values={"relation": relation.name},
            text="links.few",
            says={"relation": relation.label},
            enough=Enough(there, least, "links.hideable"),
        )
    rows = looked_at(around, ask["missing-link.steps"], _order(net, seen))
    taught = learnt(seen, rows, SEED, draws_for(seen, ask), ask["missing-link.share"])
    if not taught.hits[-1]:
        counts = {"hidden": taught.hidden, "deep": DEEP}
        return Unknown(
            (relation.name,),
            values={"relation": relation.name, **counts},
            text="links.blind",
            says={"relation": relation.label, **counts},
        )
    best = ranked(around, rows, taught.logit, DEEP)
    best = best.keep(~said(net.source, seen.subjects[best.s], seen.objects[best.o]))
    found = likely(best.odds) >= ask["missing-link.least"]
    if ask.region is not None:
        found &= _inside(net, ask.region, seen, best)
    return Judged(around, taught, best, np.flatnonzero(found).tolist())


def _places(judged: list[Judged]) -> Ranks:
    """Which place each pair has among those that are found, of all relations, in each draw; where
    one relation was drawn more often than another, that one's draws count again."""
    places = Ranks()
    lists = [(s.around.pairs.relation.name, s.best.key[s.found], s.taught.lists) for s in judged]
    for draw in range(max((len(drawn) for _, _, drawn in lists), default=0)):
        order: dict[tuple[str, int], tuple[float, ...]] = {}
        for name, keys, drawn in lists:
            one = drawn[draw % len(drawn)]
            at = np.flatnonzero(np.isin(one.key, keys))
            worth = zip(likely(one.odds[at]).tolist(), one.odds[at].tolist(), strict=True)
            order |= {(name, k): w for k, w in zip(one.key[at].tolist(), worth, strict=True)}
        places.add(order)
    return places


def hideable(around: Surroundings) -> int:
    """Pairs of which both ends have another one."""
    pair = around.known.tocoo()
    both = (around.subject_degree[pair.row] > 1) & (around.object_degree[pair.col] > 1)
    return int(both.sum()) // (2 if around.pairs.symmetric else 1)


def _found(ask: Ask, judged: Judged, own: dict[int, str], places: Ranks, i: int) -> Found:
    around, taught, best = judged.around, judged.taught, judged.best
    seen, k = around.pairs, i + 1
    s, o = int(best.s[i]), int(best.o[i])
    subject, other = int(seen.subjects[s]), int(seen.objects[o])
    ways = derivation.ways(around, s, o)
    parts = {name: float(part) for name, part in zip(PARTS, best.parts[i], strict=True) if part}
    block = max(int(ask["top"]), 1)
    last = (i // block + 1) * block
    kept = np.mean([bool((best.key[i] == one.key[:last]).any()) for one in taught.lists])
    tied = int((around.subject_degree > 0).sum())
    precision = taught.precision(k)
    few = around.object_degree[o] < ask["thin-stage.providers"]
    add = few and not seen.symmetric
    reasons: tuple[tuple[str, dict[str, int]], ...] = ()
    if len(taught.rows) < tied:
        reasons = (("links.reason-part", {"count": len(taught.rows), "all": tied}),)
    return Found(
        subject=subject,
        object=other,
        severity=float(likely(best.odds[i : i + 1])[0]),
        order=(float(best.odds[i]),),
        action=Action.ADD if add else Action.STRENGTHEN,
        chain=own.get(subject, "industry"),
        scope={"relation": seen.relation.name},
        values={**parts, "odds": float(best.odds[i]), "k": k, "precision": precision},
        text="links.path" if len(ways) else "links.kin",
        says={
            "relation": seen.relation.label,
            "k": k,
            "precision": precision,
            "paths": len(ways),
            "first": Node(int(seen.objects[ways.u[0]])) if len(ways) else "",
            "second": Node(int(seen.subjects[ways.v[0]])) if len(ways) else "",
        },
        coverage=len(taught.rows) / tied,
        stability=float(kept),
        rank_range=places.range((seen.relation.name, int(best.key[i]))),
        reasons=reasons,
        evidence=_evidence(seen, subject, other, ways),
        steps=partial(derivation.steps, around, taught, (s, o), best.parts[i], k),
    )


def _evidence(seen: Pairs, subject: int, other: int, ways: derivation.Ways) -> tuple[Rows, ...]:
    """The rows of the strongest paths; where they run through shared things, of both ends."""
    name = seen.relation.name
    rows: list[Rows] = []
    for u, v in zip(ways.u[:5].tolist(), ways.v[:5].tolist(), strict=True):
        first, second = int(seen.objects[u]), int(seen.subjects[v])
        for a, b in ((subject, first), (second, first), (second, other)):
            rows.append(Rows(name, of=a, to=b))
            if seen.symmetric:
                rows.append(Rows(name, of=b, to=a))
    if not len(ways) or len(seen.member) or seen.relation.chain == "capital":
        rows += derivation.said(seen, subject, other)
    return tuple(rows)


def _order(net: Network, seen: Pairs) -> Ints:
    """A rank for each subject that its id alone decides: the same when others come or go."""

    def ranks() -> Ints:
        found = net.source.con.execute("SELECT k FROM node ORDER BY md5(id), id").fetchnumpy()
        return places(ints(found["k"]))

    return net.once("order by chance", ranks)[seen.subjects]


def _inside(net: Network, region: int, seen: Pairs, best: Ranked) -> Bools:
    """Pairs of which an end lies in the region."""
    here = seated(net, region)
    return np.isin(seen.subjects[best.s], here) | np.isin(seen.objects[best.o], here)


METHOD = Method("missing-link", family="absence", version="1", find=_find)
