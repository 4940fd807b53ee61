"""Who has had capital, from whom and by which instrument: grant, equity, loan, guarantee."""

from dataclasses import dataclass

import numpy as np

from graph.network.network import Network
from graph.network.source import Bools, Ints, Source, has_column, ints, texts
from graph.network.tables import begun
from graph.record.sql import literal, literals

GRANT, EQUITY = "补助", "股权"
"""The instruments that a Grant and an investment have where none is said."""


@dataclass(frozen=True)
class Capital:
    """One row per recipient, funder and instrument, in this order.

    `who` are positions of actors, `funder` node keys (-1: a round that names nobody, or a
    grant or policy, which are no funders);
    `instrument` is a position in `instruments`. A round counts once per investor in it, and no
    amount is added up: what stands beside an investor is often the total of its round.
    """

    who: Ints
    funder: Ints
    instrument: Ints
    instruments: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.who)

    def keep(self, rows: Bools) -> "Capital":
        return Capital(self.who[rows], self.funder[rows], self.instrument[rows], self.instruments)


def capital(net: Network) -> Capital:
    """All capital that actors of the network had by its day, however long ago."""
    return net.once("capital", lambda: _capital(net, net.source, net.as_of))


def _capital(net: Network, source: Source, as_of: str) -> Capital:
    real = {r: begun(source, r, "r", as_of) for r in ("RAISED", "INVESTS_IN", "FUNDS")}
    day = f"(c.date IS NULL OR c.date <= left({literal(as_of)}, length(c.date)))"
    how = "g.instrument" if has_column(source.schema, "Grant", "instrument") else "NULL"
    paper = tuple(c for name in ("Grant", "Policy") for c in source.schema.subclasses(name))
    found = source.con.execute(
        f"SELECT DISTINCT r.f AS who, p.f AS funder, {literal(EQUITY)} AS instrument"
        ' FROM "r_RAISED" r JOIN "n_FundingRound" c ON c.k = r.t'
        f' LEFT JOIN "r_PARTICIPATES_IN_ROUND" p ON p.t = r.t WHERE {real["RAISED"]} AND {day}'
        f" UNION SELECT r.t, r.f, coalesce(r.instrument, {literal(EQUITY)})"
        f' FROM "r_INVESTS_IN" r WHERE {real["INVESTS_IN"]}'
        f" UNION SELECT r.t, if(n.class IN {literals(paper)}, NULL, r.f),"
        f" coalesce(r.instrument, {how}, {literal(GRANT)})"
        f' FROM "r_FUNDS" r JOIN node n ON n.k = r.f'
        f' LEFT JOIN "n_Grant" g ON g.k = r.f WHERE {real["FUNDS"]}'
        " ORDER BY ALL"
    ).fetchnumpy()
    who = net.actor_at(ints(found["who"]))
    named = [text or "" for text in texts(found["instrument"])]
    instruments, number = np.unique(np.array(named, dtype=np.str_), return_inverse=True)
    rows = who >= 0
    return Capital(
        who[rows],
        ints(found["funder"])[rows],
        number.reshape(-1).astype(np.int64)[rows],
        tuple(str(name) for name in instruments),
    )
