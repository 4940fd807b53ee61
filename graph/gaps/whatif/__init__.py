"""whatif 假设移除: what is lost when something is removed, and what could stand in.

Removed can be a firm or any other actor, a region or country with all that sits in it, a link with
its kinds and parts, a chain, an investor with the funds that it alone manages, a policy; several
at once. The loss passes on in the engine that gives findings their impact
(`graph.network.impact`), the same before and after substitution. Findings that open or get worse
are those of the methods on the record without what is removed, which is the record that sources
without these rows would give.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from graph.gaps.method import Ask
from graph.gaps.runner import LIVE_STATUS, asked
from graph.gaps.settings import Settings
from graph.gaps.viewpoint import LANGS
from graph.gaps.whatif import supply, ties
from graph.gaps.whatif.changes import Seen, changes
from graph.gaps.whatif.removal import Removal, removal
from graph.gaps.whatif.result import Change, PolicyLoss, WhatIf
from graph.gaps.whatif.stand_in import KINDS, Substitutes, recoveries
from graph.messages import say
from graph.network import Network, Source
from graph.network.impact import Engine
from graph.network.without import without

__all__ = ["WhatIf", "whatif"]

Note = Mapping[str, str]

LISTED = 20
"""Rows of each list; `counts` has the whole numbers."""


def whatif(
    view: Source,
    remove: Sequence[str],
    *,
    home: str | None = None,
    region: str | None = None,
    as_of: str | None = None,
    settings: Mapping[str, Any] | None = None,
) -> WhatIf:
    """What is lost without all that `remove` names, by id or name.

    `home` tells substitutes at home from those abroad, `region` looks only at what is supplied
    there; `as_of` (ISO date, default today) decides what holds; `settings` are thresholds.

    Raises UsageError for a name, place or setting that is not known.
    """
    limits = Settings({**(settings or {}), "stability.draws": 0, "stability.draws_min": 0})
    day = as_of or date.today().isoformat()
    net = Network.of(view, as_of=day, live_status=LIVE_STATUS, rates=limits.rates())
    ask = asked(net, limits, home, region)
    taken = removal(net, remove)
    here = ask.within(net)
    rows = supply.rows_gone(here, taken)
    first = supply.fall(here, rows, [])
    others = Substitutes(net, ask, first, taken.gone)
    each = [others.raised((kind,)) for kind in KINDS]
    names = ["none", *KINDS, "all"]
    ways = [*each, others.raised(KINDS)]
    if others.home is not None:
        names.insert(-1, "at-home")
        ways.insert(-1, others.raised(KINDS, at_home=True))
    seen = supply.fall(here, rows, ways)
    outputs = Engine(here).chain.outputs
    further = np.setdiff1d(np.flatnonzero(seen.left[:, 0] < seen.direct), outputs)
    exposed, exposed_count = supply.exposed(seen, LISTED)
    services, services_count = ties.services(net, taken.gone, LISTED)
    capital, capital_count = ties.capital(net, taken.gone, LISTED)
    links = tuple(supply.direct_losses(seen, LISTED))
    stand_in, recovery = others.listed(), recoveries(seen, names)
    partners = tuple(others.partners())
    whole, part = seen.value()
    reduced = _Reduced(net, taken, ask)
    try:
        policies, policies_count, open_links = reduced.policies()
        opened, worse, changed, notes = reduced.findings(home, region)
    finally:
        reduced.record.con.close()
    left = np.clip(seen.left[:, 0], 0, 1)
    return WhatIf(
        record=view.digest,
        configuration=_configuration(remove, home, region, as_of, Settings(settings)),
        removed=taken.taken,
        links=links,
        services=services,
        capital=capital,
        capital_of_links=ties.capital_of_links(net, taken.gone, LISTED),
        policies=policies,
        output_lost=whole,
        share_lost=part,
        outputs=supply.affected(seen, outputs, LISTED),
        further=supply.affected(seen, further, LISTED),
        exposed=exposed,
        chains=tuple(supply.by_chain(seen)),
        stand_in=stand_in,
        recovery=recovery,
        partners=partners,
        opened=opened,
        worse=worse,
        counts={
            "removed": len(taken.gone) + len(taken.links),
            "links_hit": len(seen.hit),
            "links_lost": int(seen.gone[:, 0].sum()),
            "links_reduced": int((left < 1 - supply.LEAST).sum() - seen.gone[:, 0].sum()),
            "outputs": len(outputs),
            "outputs_lost": int(seen.gone[outputs, 0].sum()),
            "links_in_cycles": Engine(here).chain.cycles,
            "exposed": exposed_count,
            "services": services_count,
            "capital": capital_count,
            "policies": policies_count,
            "links_without_policy": open_links,
            **changed,
        },
        notes=notes,
    )


class _Reduced:
    """The record without what is removed, and what is asked of it."""

    def __init__(self, net: Network, taken: Removal, ask: Ask) -> None:
        self.net, self.taken, self.ask = net, taken, ask
        self.record = without(net.source, taken.gone, net.links[taken.links])

    def policies(self) -> tuple[tuple[PolicyLoss, ...], int, int]:
        after = replace(self.net, source=self.record)
        return ties.policies(self.net, after, self.taken.gone, LISTED)

    def findings(
        self, home: str | None, region: str | None
    ) -> tuple[tuple[Change, ...], tuple[Change, ...], dict[str, int], tuple[Note, ...]]:
        """What opens or gets worse; nothing, and why, where that cannot be told."""
        ((rows,),) = self.net.source.con.execute(
            "SELECT coalesce(sum(estimated_size), 0) FROM duckdb_tables()"
            " WHERE starts_with(table_name, 'r_')"
        ).fetchall()
        limit = int(self.ask["whatif.rows"])
        if rows > limit:
            return (), (), {}, (_note("whatif.too-large", rows=int(rows), limit=limit),)
        if self.ask.region is not None and self.ask.region in self.taken.places:
            return (), (), {}, (_note("whatif.no-region", region=region),)
        limits = self.ask.settings
        net = Network.of(
            self.record, as_of=self.net.as_of, live_status=LIVE_STATUS, rates=limits.rates()
        )
        gone = self.ask.home_region is not None and self.ask.home_region in self.taken.places
        seen = asked(net, limits, None if gone else home, region)
        before = Seen.of(self.net, self.ask)
        return *changes(before, Seen.of(net, seen), int(self.ask["whatif.findings"])), ()


def _note(key: str, **values: object) -> Note:
    return {"key": key, **{lang: say(key, lang, **values) for lang in LANGS}}


def _configuration(
    remove: Sequence[str],
    home: str | None,
    region: str | None,
    as_of: str | None,
    limits: Settings,
) -> dict[str, Any]:
    said = {
        "remove": list(remove),
        "home": home,
        "region": region,
        "as_of": as_of,
        "settings": dict(sorted(limits.changed.items())),
    }
    return {key: value for key, value in said.items() if value not in (None, {})}
