"""repair 补链建议: the new relations that take away most severity, and who could make them.

For the worst findings of each measure a relation is put into the network and the measure is worked
out again:

- PROVIDES for missing-stage, single-source, concentrated, thin-stage, external and chokepoint: of
  the link that the finding is about, of the input that it comes from, or of the largest kind of a
  heading. Where shares are stated, the new provider takes `repair.share` and the others keep the
  rest of theirs. From a home only actors at home are proposed, in a region only those in it.
- COLLABORATES_WITH for isolated-island (between the parts), broker (between the parts that it alone
  joins) and dependence (past the actor to another of the kind).
- INVESTS_IN for the funding-hole of a link: in its largest provider without capital.

Who could make it is told by nearness: of providers the relatedness density, common inputs and
technologies, and whether they develop it or plan to (`graph.gaps.makers`); of partners the city and
the links in common; of funders how many of the neighbours they fund. Relations are ranked within a
measure by the severity that they take away; nothing is added up between measures.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from graph.errors import UsageError
from graph.finding import Subject
from graph.gaps.assemble import Assembler, finding_id
from graph.gaps.method import Ask, Found, Node
from graph.gaps.registry import methods
from graph.gaps.repair import funders, partners, providers
from graph.gaps.repair.plan import Offer, Plan, Weak
from graph.gaps.repair.result import Candidate, NotMended, Repair, Repairs
from graph.gaps.runner import LIVE_STATUS, asked, named_methods
from graph.gaps.settings import Settings
from graph.gaps.whatif.result import subjects
from graph.network import Network, Source

__all__ = ["Repair", "Repairs", "repair"]

MENDED = (*providers.MEASURES, *partners.MEASURES, *funders.MEASURES)
"""The measures whose findings a new relation can mend."""


def repair(
    view: Source,
    *,
    home: str | None = None,
    region: str | None = None,
    measures: Sequence[str] | None = None,
    top: int = 20,
    as_of: str | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Repairs:
    """New relations that mend the `top` worst findings of each measure (0 for all of them).

    `home` and `region` are the viewpoint, and where those who are proposed sit; `measures` keeps
    some of the measures that a relation can mend; `as_of` is an ISO date (default today);
    `settings` are thresholds.

    Raises UsageError for a measure, place or setting that is not known, and for a measure that no
    relation mends.
    """
    limits = Settings({**(settings or {}), "stability.draws": 0, "stability.draws_min": 0})
    wanted = _wanted(measures)
    day = as_of or date.today().isoformat()
    net = Network.of(view, as_of=day, live_status=LIVE_STATUS, rates=limits.rates())
    ask = replace(asked(net, limits, home, region), top=top)
    kinds = (
        (providers.MEASURES, providers.Providers(net, ask)),
        (partners.MEASURES, partners.Partners(net, ask)),
        (funders.MEASURES, funders.Funders(net, ask)),
    )
    plans: list[Plan] = []
    lacking: list[tuple[Weak, str]] = []
    counts: dict[str, int] = {}
    for measure in wanted:
        (maker,) = (m for names, m in kinds if measure in names)
        weak = list(_worst(net, ask, measure, top))
        counts[measure] = len(weak)
        mended = []
        for one in weak:
            plan = maker.plan(one)
            if plan is None:
                lacking.append((one, "nobody" if measure not in providers.MEASURES else "no-help"))
            else:
                mended.append(plan)
        plans += sorted(mended, key=lambda p: (-_taken(p), -p.weak.found.severity, p.weak.id))
    said = {
        "home": home,
        "region": region,
        "measures": None if measures is None else list(wanted),
        "top": top,
        "as_of": as_of,
        "settings": dict(sorted(Settings(settings).changed.items())),
    }
    return Repairs(
        record=view.digest,
        configuration={key: value for key, value in said.items() if value not in (None, {})},
        repairs=tuple(_repairs(view, plans)),
        not_mended=tuple(_not_mended(view, lacking)),
        counts=counts,
    )


def _wanted(names: Sequence[str] | None) -> list[str]:
    if names is None:
        return list(MENDED)
    known = [m.measure for m in named_methods(names)]
    for name in known:
        if name not in MENDED:
            raise UsageError("repair.not_mended", name=name, known=", ".join(MENDED))
    return [name for name in MENDED if name in known]


def _worst(net: Network, ask: Ask, measure: str, top: int) -> Iterator[Weak]:
    """The worst findings of a measure in the order of `graph gaps`, without those listed apart."""
    method = methods()[measure]
    found = [f for f in method.find(net, ask) if isinstance(f, Found) and not f.apart]
    found = [f for f in found if f.severity > 0]
    names = Assembler(net, ask, method).names(k for f in found for k in _ends(f))
    each = [Weak(method, f, finding_id(method, f, names, ask)) for f in found]
    each.sort(key=lambda w: (-round(w.found.severity, 6), *(-v for v in w.found.order), w.id))
    yield from each[:top] if top else each


def _ends(found: Found) -> Iterator[int]:
    yield found.subject
    if found.object is not None:
        yield found.object


def _taken(plan: Plan) -> float:
    return plan.weak.found.severity - plan.offers[0].after


def _repairs(view: Source, plans: Sequence[Plan]) -> Iterator[Repair]:
    offers = [o for plan in plans for o in plan.offers]
    keys = {p.weak.found.subject for p in plans} | {o.to for o in offers}
    keys |= {o.k for o in offers if o.k is not None} | set(_nodes(o.why for o in offers))
    names = subjects(view, sorted(keys))
    ranks: dict[str, int] = {}
    for plan in plans:
        measure = plan.weak.method.measure
        ranks[measure] = ranks.get(measure, 0) + 1
        first = plan.offers[0]
        yield Repair(
            measure=measure,
            rank=ranks[measure],
            finding=plan.weak.id,
            about=names[plan.weak.found.subject],
            relation=plan.relation,
            object=names[first.to],
            before=plan.weak.found.severity,
            after=first.after,
            taken=_taken(plan),
            share=plan.share,
            candidates=tuple(_candidate(offer, names) for offer in plan.offers),
            also=plan.also,
        )


def _candidate(offer: Offer, names: Mapping[int, Subject]) -> Candidate:
    who = None if offer.k is None else names[offer.k]
    why = {key: _named(value, names) for key, value in offer.why.items()}
    return Candidate(who, names[offer.to], offer.after, offer.abroad, why)


def _named(value: Any, names: Mapping[int, Subject]) -> Any:
    if isinstance(value, Node):
        return names[value.k]
    if isinstance(value, list):
        return [_named(v, names) for v in value]
    return value


def _nodes(values: Iterable[Any]) -> Iterator[int]:
    for value in values:
        if isinstance(value, Node):
            yield value.k
        elif isinstance(value, Mapping):
            yield from _nodes(value.values())
        elif isinstance(value, list):
            yield from _nodes(value)


def _not_mended(view: Source, lacking: Sequence[tuple[Weak, str]]) -> Iterator[NotMended]:
    names = subjects(view, [weak.found.subject for weak, _ in lacking])
    for weak, reason in lacking:
        about = names[weak.found.subject]
        yield NotMended(weak.method.measure, weak.id, about, reason)
