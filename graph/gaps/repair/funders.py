"""New INVESTS_IN: somebody who funds the neighbours, for a provider that has no capital.

Of a stage whose firms wait for their next round no relation is proposed: the finding is the share
of them that waited longer than is usual elsewhere, and money that comes today does not undo a wait
that has passed. Only the rounds of the years to come can mend it.
"""

from dataclasses import replace
from functools import cached_property

import numpy as np

from graph.gaps.method import Ask, Found
from graph.gaps.repair.plan import Offer, Plan, Weak
from graph.network import Network
from graph.network.capital import EQUITY, Capital, capital
from graph.network.located import located
from graph.network.source import Ints

MEASURES = ("funding-hole",)
RELATION = "INVESTS_IN"


class Funders:
    """Who could fund the providers of a link, and what that does to its funding hole."""

    def __init__(self, net: Network, ask: Ask) -> None:
        self.net, self.ask = net, ask

    @cached_property
    def money(self) -> Capital:
        return capital(self.net)

    def plan(self, weak: Weak) -> Plan | None:
        """The investment that takes most of a finding's severity away; None where none does."""
        (link,) = self.net.link_at(np.array([weak.found.subject])).tolist()
        who = self._unfunded(link)
        if who is None:
            return None
        after = self._after(weak, who)
        if after >= weak.found.severity - 1e-9:
            return None
        to = int(self.net.actors[who])
        offers = tuple(
            Offer(k, to, after, abroad, {"funds": funds}) for k, funds, abroad in self._near(weak)
        )
        return Plan(weak, RELATION, offers or (Offer(None, to, after, None),))

    def _unfunded(self, link: int) -> int | None:
        """The largest provider of a link that has no capital on record."""
        net = self.net
        rows = np.flatnonzero(net.supply.link == link)
        rows = rows[~net.placeholder[net.supply.who[rows]]]
        rows = rows[~np.isin(net.supply.who[rows], self.money.who)]
        if self.ask.home_country is not None:
            country = net.places.country_of[net.supply.who[rows]]
            rows = rows[(country < 0) | (country == self.ask.home_country)]
        if not len(rows):
            return None
        return int(net.supply.who[rows[np.lexsort((rows, -net.held.share[rows]))[0]]])

    def _near(self, weak: Weak) -> list[tuple[int, int, bool | None]]:
        """Those who fund most of the neighbours, none that is known to be abroad."""
        listed = [(c["id"].k, int(c["funds"])) for c in weak.found.filled().candidates]
        country = np.append(self.net.places.country, -1)
        keys: Ints = np.array([k for k, _ in listed], dtype=np.int64)
        at = country[located(self.net, keys)].tolist()
        home = self.ask.home_country
        found: list[tuple[int, int, bool | None]] = []
        for (k, funds), place in zip(listed, at, strict=True):
            if home is None or place < 0:
                found.append((k, funds, None))
            elif place == home:
                found.append((k, funds, False))
        return found

    def _after(self, weak: Weak, who: int) -> float:
        """The severity of the finding with the investment: the method, on one row more."""
        net, money = replace(self.net), self._with(who)
        net.once("capital", lambda: money)
        for item in weak.method.find(net, replace(self.ask, top=0)):
            if isinstance(item, Found) and item.subject == weak.found.subject:
                return float(item.severity)
        return 0.0

    def _with(self, who: int) -> Capital:
        """All capital, and an investment in `who` by somebody."""
        money = self.money
        names = [*money.instruments, *({EQUITY} - set(money.instruments))]
        everyone, funder = np.append(money.who, who), np.append(money.funder, -1)
        instrument = np.append(money.instrument, names.index(EQUITY))
        order = np.lexsort((instrument, funder, everyone))
        return Capital(everyone[order], funder[order], instrument[order], tuple(names))
