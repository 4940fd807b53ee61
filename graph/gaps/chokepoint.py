"""chokepoint 关键瓶颈环节 / 卡脖子: concentration of supply × what hangs on the link.

Definition
    score = c^0.7 · w^0.3 for every link that can be assessed, all of them listed.

    1. *Shares.* Stated ones stand; a minor provider without one gets 1%; majors without one, and
       those that are counted and not named (`provider_count`), divide the rest equally; a sum
       above 1 is divided down, one below never scaled up. Three vectors: actors, countries as
       stated, home countries of the actors, which also fill the stated ones where more than 5% is
       missing, and are filled by them where these are complete. Placeholders stay in the
       denominator.
    2. *Concentration* c = 1 − (1 − P)(1 − F): P the HHI of the mean of the two country vectors, F
       that of actors. P is left out where the record knows fewer than three countries.
    3. *Roll-up.* Kinds (VARIANT_OF) are pooled by size into their parent: a holder of several adds
       up. A parent that names providers without any share takes the pooled c instead of an equal
       split; a heading without rows is not ranked, and passes on the size-weighted mean of c.
    4. *Substitution.* A variant counts half its own c, half its parent's pooled one. Kinds held by
       the same supplier are no substitutes: the pool adds them up.
    5. *Stake* w: log of the market's size between 25M and 10B USD; own, else the sum of the kinds,
       else for a step its inputs' shared among their users, else for a stage that of its parts,
       else the median. No size at all: w = 1, and the knock-out orders what is then equal.
    6. *Inheritance.* A step without rows takes 0.9 of its worst input that is no step; a stage the
       larger of its own and 0.9 of its worst part.
    7. *Viewpoint.* From `home` what home holds adds nothing to P and F. A link of which home holds
       half is 优势环节, listed after the others with severity 0 and its strength; the others are
       卡脖子. Without `home` they are 关键瓶颈环节. It goes by where the link's own supply comes
       from, and where that is not said by that of the link that it hangs on.
    8. A link whose own market is below the median while its loss downstream (links that fall with
       it) is in the top tenth is flagged 小品种、大依赖: size is a stand-in, not a law.
Value
    `concentration` c, `stake` w, `hhi_country` P, `hhi_actor` F, 0 to 1. Severity is the score.
Needs
    PROVIDES; better with shares, countries and market sizes. With none of them one provider is
    all it sees, and confidence says so.
References
    HHI: A. O. Hirschman, "The paternity of an index", American Economic Review 54 (1964).
    Knock-out: see `graph.network.impact`.
"""

from collections.abc import Iterator

import numpy as np

from graph.gaps.chokepoint_report import Report, Scored, at_home_held
from graph.gaps.concentration import concentration
from graph.gaps.method import Ask, Enough, Found, Method, Unknown
from graph.gaps.scarcity import silent
from graph.gaps.stake import stake, steps
from graph.network import Network
from graph.network.source import Floats, Ints


def scored(net: Network, ask: Ask) -> Scored:
    """Steps 1 to 6 of the definition."""
    value = stake(net, ask)
    held = concentration(net, ask, value.size)
    weight = value.w ** ask["chokepoint.w"]
    own = held.effective ** ask["chokepoint.c"] * weight
    input_score = np.where(np.isnan(own), held.rolled ** ask["chokepoint.c"] * weight, own)
    score, origin = _inherited(net, ask, own, input_score)
    return Scored(score, origin, held, value)


def _inherited(net: Network, ask: Ask, own: Floats, inputs: Floats) -> tuple[Floats, Ints]:
    step, n, part = steps(net), len(net), ask["chokepoint.inherit"]
    score, origin = own.copy(), np.full(n, -1, dtype=np.int64)
    user, needed = net.requires.f, net.requires.t
    from_input = step[user] & ~step[needed] & np.isnan(own[user]) & ~np.isnan(inputs[needed])
    _raise(score, origin, user[from_input], needed[from_input], part * inputs[needed[from_input]])
    whole, member = net.parts.t, net.parts.f
    from_part = ~np.isnan(score[member]) & net.stage[whole]
    _raise(score, origin, whole[from_part], member[from_part], part * score[member[from_part]])
    return score, origin


def _raise(score: Floats, origin: Ints, to: Ints, source: Ints, value: Floats) -> None:
    """Raises the score of `to` to the largest `value` offered, and remembers from where."""
    order = np.lexsort((-source, value, to))
    last = order[np.append(np.diff(to[order]) != 0, True)[: len(order)]]
    better = ~(score[to[last]] >= value[last])
    score[to[last][better]] = value[last][better]
    origin[to[last][better]] = source[last][better]


def _score(net: Network, ask: Ask) -> dict[str, Floats]:
    seen = scored(net, ask)
    return {"": np.where(at_home_held(net, ask, seen), 0.0, np.nan_to_num(seen.score))}


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    seen = scored(net, ask)
    listed = np.flatnonzero(~np.isnan(seen.score))
    yield from silent(net)
    if not len(listed):
        if not len(net):
            yield Unknown(("PROVIDES",), enough=Enough(0, 1, "links-provided"))
        return
    report = Report(net, ask, seen, listed)
    for link in report.leading(listed):
        yield report.brief(link)


METHOD = Method(
    "chokepoint", family="scarcity", version="2", find=_find, score=_score, viewpoint=True
)
