"""small-supply 小微供给: links that mostly small and micro firms supply.

Definition
    The share of a link's suppliers that are small or micro (小, 微), of those whose size is
    known. Found at two thirds and more, where at least two suppliers supply it.
Value
    `small` and `known` are numbers of suppliers, `share` is the severity, 0 to 1.
Not assessed
    Links of whose suppliers fewer than half have a known size: how many would be enough is said.
Needs
    PROVIDES, Firm.size.
Reference
    None: a small firm has less to fall back on when a customer or a material fails. This module is
    an example of a measure that a package of its own adds; the sizes are those of the ontology.
"""

from collections.abc import Iterator
from math import ceil

import numpy as np

from graph.gaps import Action, Ask, Found, Method, Rows, Step, Unknown
from graph.network import Network

SMALL = ("小", "微")
FOUND = 2 / 3
"""Two in three: with fewer the larger ones can carry on."""
KNOWN = 0.5
"""From less than half of the sizes nothing can be said."""

LABEL = {"zh": "小微供给", "en": "Small suppliers only"}
TEXT = {
    "zh": "{subject}：已知规模的 {known} 家供给者中，{small} 家是小微企业。",
    "en": "{subject}: of {known} suppliers whose size is known, {small} are small or micro.",
}
UNKNOWN = {
    "zh": "{subject}：{count} 家供给者中只有 {known} 家已知规模，至少需要 {enough} 家。",
    "en": "{subject}: the size is known of {known} of {count} suppliers; {enough} would be enough.",
}
STEP = {
    "zh": "小微占比 = {small} / {known} = {share:.2f}",
    "en": "share of small ones = {small} / {known} = {share:.2f}",
}


def share(small: int, known: int, count: int) -> float | None:
    """The share of small ones among those with a known size; None where too few are known.

    >>> share(2, 3, 4)
    0.6666666666666666
    >>> share(1, 1, 4) is None
    True
    """
    return small / known if known and known >= KNOWN * count else None


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    here = ask.within(net)
    rows = net.source.con.execute('SELECT k, size FROM "n_Firm" WHERE size IS NOT NULL').fetchall()
    sizes = dict(rows)
    suppliers: dict[int, set[int]] = {}
    for link, who in zip(here.supply.link.tolist(), here.supply.who.tolist(), strict=True):
        suppliers.setdefault(link, set()).add(int(net.actors[who]))
    for link, firms in sorted(suppliers.items()):
        k, count = int(net.links[link]), len(firms)
        found = [sizes[f] for f in sorted(firms) if f in sizes]
        known, small = len(found), int(np.isin(found, SMALL).sum())
        says = {"small": small, "known": known, "count": count}
        part = share(small, known, count)
        if part is None:
            enough = {"enough": ceil(KNOWN * count)}
            yield Unknown(("Firm.size",), k, values=says, text=UNKNOWN, says={**says, **enough})
        elif count >= 2 and part >= FOUND:
            yield Found(
                subject=k,
                severity=part,
                action=Action.STRENGTHEN,
                values={**says, "share": part},
                text=TEXT,
                says=says,
                coverage=known / count,
                evidence=(Rows("PROVIDES", to=k),),
                steps=lambda says=says, part=part, k=k: [
                    Step(STEP, {**says, "share": part}, (Rows("PROVIDES", to=k),))
                ],
            )


METHOD = Method(
    "small-supply",
    family="scarcity",
    version="1",
    find=_find,
    regional=True,
    label=LABEL,
)
