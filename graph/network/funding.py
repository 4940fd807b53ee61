"""Where money goes: which links those work on who had it, and how much of it that was."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from graph.network.network import Network
from graph.network.source import Bools, Floats, Ints, Source, floats, has_column, ints
from graph.network.tables import LINK, REGION, begun, current, lasting
from graph.record.sql import literal, literals


@dataclass(frozen=True)
class Money:
    """One row per recipient and link that it provides (planned provision too) or develops.

    `who` are node keys, `link` positions; `events` counts the rounds, investments and grants that
    the recipient had, `amount` is their value in US dollars where it is stated, `stated` the
    number of events with one. `part` is one over the number of links that the recipient works on:
    what it had is divided equally among them. Ordered by link and recipient.
    """

    link: Ints
    who: Ints
    events: Ints
    stated: Ints
    amount: Floats
    part: Floats

    def __len__(self) -> int:
        return len(self.link)

    def keep(self, rows: Bools) -> "Money":
        return Money(**{name: column[rows] for name, column in vars(self).items()})


def money(net: Network, rates: Mapping[str, float], inside: Ints | None = None) -> Money:
    """All that was paid by the day of the network; with `inside` only to those in these regions.

    A round counts once, whoever took part in it; an investment only for one without rounds on
    record, and what a policy pays only for one without grants: they are the same money.
    """
    source, con = net.source, net.source.con
    _events(source, net.as_of, rates)
    here = "true"
    if inside is not None:
        con.register("gap_wanted", {"i": inside})
        con.execute("CREATE OR REPLACE TEMP TABLE gap_inside AS SELECT i FROM gap_wanted")
        con.unregister("gap_wanted")
        here = (
            f'e.k IN (SELECT l.f FROM "r_LOCATED_IN" l JOIN {REGION} r ON r.k = l.t'
            f" JOIN gap_inside USING (i) WHERE {current(source, 'LOCATED_IN', 'l', net.as_of)})"
        )
    works = " UNION ".join(
        f'SELECT r.f AS k, l.i AS link FROM "r_{name}" r JOIN {LINK} l ON l.k = r.t'
        f" WHERE {lasting(source, name, 'r', net.as_of)}"
        for name in ("PROVIDES", "DEVELOPS")
    )
    found = con.execute(
        f"WITH works AS ({works}), events AS (SELECT k, count(*) AS events,"
        " count(amount) AS stated, sum(amount ORDER BY amount) AS amount"
        f" FROM gap_event e WHERE {here} GROUP BY k)"
        " SELECT w.link, w.k AS who, e.events, e.stated, coalesce(e.amount, 0) AS amount,"
        " 1 / count(*) OVER (PARTITION BY w.k) AS part"
        " FROM works w JOIN events e USING (k) JOIN node n USING (k) ORDER BY w.link, n.id"
    ).fetchnumpy()
    whole = {name: ints(found[name]) for name in ("link", "who", "events", "stated")}
    return Money(**whole, amount=floats(found["amount"]), part=floats(found["part"]))


def _events(source: Source, as_of: str, rates: Mapping[str, float]) -> None:
    """Makes `gap_event(k, amount)`: who had money, once each time."""
    con, schema = source.con, source.schema
    day = f"(c.date IS NULL OR c.date <= left({literal(as_of)}, length(c.date)))"
    grants, policies = (literals(schema.subclasses(c)) for c in ("Grant", "Policy"))
    paid = begun(source, "FUNDS", "r", as_of)
    own = dollars("r", rates)
    given = (
        f"coalesce({own}, {dollars('g', rates)})" if has_column(schema, "Grant", "amount") else own
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE gap_event AS"
        f" WITH raised AS (SELECT DISTINCT r.f AS k, r.t, {dollars('c', rates)} AS amount"
        f' FROM "r_RAISED" r JOIN "n_FundingRound" c ON c.k = r.t'
        f" WHERE {begun(source, 'RAISED', 'r', as_of)} AND {day}),"
        f" invested AS (SELECT r.t AS k, r.f, r.eid, max({own}) AS amount"
        f' FROM "r_INVESTS_IN" r WHERE {begun(source, "INVESTS_IN", "r", as_of)}'
        " AND r.t NOT IN (SELECT k FROM raised) GROUP BY ALL),"
        f" funded AS (SELECT r.t AS k, r.f, n.class, max({given}) AS amount"
        f' FROM "r_FUNDS" r JOIN node n ON n.k = r.f LEFT JOIN "n_Grant" g ON g.k = r.f'
        f" WHERE {paid} GROUP BY ALL)"
        " SELECT k, amount FROM raised UNION ALL SELECT k, amount FROM invested"
        f" UNION ALL SELECT k, amount FROM funded WHERE class NOT IN {policies}"
        f" OR k NOT IN (SELECT k FROM funded WHERE class IN {grants})"
    )


def dollars(alias: str, rates: Mapping[str, float]) -> str:
    """SQL: an amount, the middle of its bounds or the one bound that is known, in US dollars."""
    a = f"{alias}.amount"
    middle = f"coalesce({a}, ({a}_min + {a}_max) / 2, {a}_min, {a}_max)"
    first = next(iter(rates))
    cases = " ".join(f"WHEN {literal(code)} THEN {rate!r}" for code, rate in rates.items())
    return f"{middle} * CASE coalesce({a}_currency, {literal(first)}) {cases} END"


def on_record(net: Network, who: Ints, least: float) -> Bools:
    """Per actor, whether it is in a country for which money is on record at all: for `least` of
    the actors there. Those without a known place count as one country.

    `who` are the positions of those that had money.
    """
    has = np.zeros(len(net.actors), dtype=np.bool_)
    has[who] = True
    country = net.places.country_of + 1
    size = np.bincount(country)
    part = np.bincount(country[has], minlength=len(size)) / np.maximum(size, 1)
    recorded: Bools = (part > 0) & (part >= least)
    return recorded[country]
