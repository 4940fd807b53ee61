"""Who reached which step of a chain, and when: units, stages and months as arrays.

A unit (achievement, project, team, firm) reached a stage where REACHED says so, where it RAISED a
round that stands for a stage of the capital chain, and where a platform INCUBATES it whose class
stands for a stage.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from graph.network.chain import chain_kind
from graph.network.network import Network
from graph.network.source import Bools, Floats, Ints, Source, floats, has_column, ints
from graph.network.tables import LINK, placeholder
from graph.record.sql import ident, literal

RELATIONS = ("REACHED", "RAISED", "INCUBATES")
"""The relations that say it, by the code in `Steps.relation`."""


@dataclass(frozen=True)
class Steps:
    """One row per unit and stage, the earliest that is said, ordered by stage and then unit.

    `unit` are node keys, `stage` positions of links. A date of which only the year is known lies
    between months: `first` and `last` count months since year 0, NaN where no date is given. The
    row is said by the relation `relation` from `f` to `t`. `order` numbers units by their ids.
    `until` is the date of the data, the latest month that is said of any step, NaN where none is:
    it stays when rows are left out.
    """

    unit: Ints
    stage: Ints
    first: Floats
    last: Floats
    relation: Ints
    f: Ints
    t: Ints
    order: Ints
    until: float

    def __len__(self) -> int:
        return len(self.unit)

    @property
    def middle(self) -> Floats:
        """The month that a date stands for when time is measured."""
        return (self.first + self.last) / 2

    def keep(self, rows: "Bools | slice") -> "Steps":
        columns = {name: column for name, column in vars(self).items() if name != "until"}
        return Steps(**{name: c[rows] for name, c in columns.items()}, until=self.until)

    def at(self, stage: int) -> "Steps":
        """The rows of one stage."""
        low, high = np.searchsorted(self.stage, [stage, stage + 1])
        return self.keep(slice(int(low), int(high)))


@dataclass(frozen=True)
class Pairs:
    """Neighbouring steps: `f` comes before `t`, positions of links.

    `group` numbers the chain that both are in, `kind` is what that chain counts for, and `said`
    names what in a record says that a unit reached a step of it.
    """

    f: Ints
    t: Ints
    group: Ints
    kind: tuple[str, ...]
    said: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        return len(self.f)


def implied(source: Source) -> tuple[dict[str, str], dict[str, str]]:
    """The id of the stage that a round of funding, and a class of platforms, stands for."""
    rounds = source.schema.classes["FundingRound"].properties
    of_round = {
        value.value: value.stage
        for term in rounds
        if term.name == "round"
        for value in term.closed
        if value.stage
    }
    return of_round, {c.name: c.stage for c in source.schema.classes.values() if c.stage}


def steps(net: Network) -> Steps:
    """All that is said by the day of the network; plans and what lies ahead are left out."""
    return net.once("steps", lambda: _steps(net.source, net.as_of))


def _steps(source: Source, as_of: str) -> Steps:
    some = " UNION ALL ".join(f"(SELECT 1 FROM {ident('r_' + name)} LIMIT 1)" for name in RELATIONS)
    if not source.con.execute(some).fetchall():
        none, when = np.zeros(0, dtype=np.int64), np.zeros(0)
        return Steps(none, none, when, when, none, none, none, none, float("nan"))
    of_round, of_class = implied(source)
    con, day = source.con, literal(as_of)
    con.execute("CREATE OR REPLACE TEMP TABLE gap_implied(name VARCHAR, stage VARCHAR, kind INT)")
    for kind, names in enumerate((of_round, of_class)):
        if names:
            con.executemany(
                "INSERT INTO gap_implied VALUES (?, ?, ?)", [[k, v, kind] for k, v in names.items()]
            )
    stood = f"gap_implied i JOIN node s ON s.id = i.stage JOIN {LINK} l ON l.k = s.k"
    said = (
        f"SELECT r.f AS unit, l.i AS stage, r.start AS day, 0 AS relation, r.f, r.t"
        f' FROM "r_REACHED" r JOIN {LINK} l ON l.k = r.t WHERE {_real(source, "REACHED")}',
        f"SELECT r.f, l.i, coalesce(c.date, r.start), 1, r.f, r.t"
        f' FROM "r_RAISED" r JOIN "n_FundingRound" c ON c.k = r.t, {stood}'
        f" WHERE i.kind = 0 AND i.name = c.round AND {_real(source, 'RAISED')}",
        f"SELECT r.t, l.i, r.start, 2, r.f, r.t"
        f' FROM "r_INCUBATES" r JOIN node p ON p.k = r.f, {stood}'
        f" WHERE i.kind = 1 AND i.name = p.class AND {_real(source, 'INCUBATES')}",
    )
    rows = con.execute(
        f"WITH said AS ({' UNION ALL '.join(said)}), earliest AS (SELECT s.*, n.id FROM said s"
        f" JOIN node n ON n.k = s.unit WHERE NOT {placeholder(source)}"
        f" AND (day IS NULL OR day <= left({day}, length(day)))"
        " QUALIFY row_number() OVER (PARTITION BY unit, stage"
        " ORDER BY day NULLS LAST, relation, s.f, s.t) = 1)"
        " SELECT unit, stage, relation, f, t, dense_rank() OVER (ORDER BY id) AS place,"
        " left(day, 4)::INT * 12 + coalesce(try_cast(substr(day, 6, 2) AS INT), 1) AS first,"
        " left(day, 4)::INT * 12 + coalesce(try_cast(substr(day, 6, 2) AS INT), 12) AS last"
        " FROM earliest ORDER BY stage, unit"
    ).fetchnumpy()
    whole = {name: ints(rows[name]) for name in ("unit", "stage", "relation", "f", "t")}
    first, last = floats(rows["first"]), floats(rows["last"])
    until = float(np.nanmax(last)) if not np.isnan(last).all() else float("nan")
    return Steps(**whole, first=first, last=last, order=ints(rows["place"]), until=until)


def _real(source: Source, relation: str) -> str:
    """An SQL condition: the relation `r` is no mere plan."""
    plans = has_column(source.schema, relation, "planned")
    return "NOT coalesce(r.planned, false)" if plans else "true"


_BY_WORD = ("REACHED", "REACHED.start")
_SAID = {
    "CapitalChain": ("FundingRound.round", "FundingRound.date"),
    "IncubationChain": ("INCUBATES", "INCUBATES.start"),
}


def pairs(net: Network) -> Pairs:
    """Neighbouring stages, as PRECEDES says or as the chains that hold everywhere have them.

    Stages of a chain that holds everywhere are in it, whatever else a record says.
    """
    return net.once("pairs", lambda: _pairs(net, steps(net)))


def _pairs(net: Network, said: Steps) -> Pairs:
    ids = net.source.con.execute(
        f"SELECT l.i, n.id FROM {LINK} l JOIN node n USING (k) WHERE n.id LIKE 'stage:%'"
    ).fetchall()
    at = {key: i for i, key in ids}
    template: dict[int, int] = {}
    found = {(f, t) for f, t in zip(net.precedes.f.tolist(), net.precedes.t.tolist(), strict=True)}
    for number, chain in enumerate(net.source.schema.chains):
        places = [at.get(stage.id, -1) for stage in chain.stages]
        template |= {place: number for place in places if place >= 0}
        found |= {p for p in pairwise(places) if min(p) >= 0}
    found = {(f, t) for f, t in found if net.stage[f] and net.stage[t]}
    reached = set(np.unique(net.chain_label[said.stage]).tolist()) if len(said) else set()
    rows = []
    for f, t in sorted(found):
        number = template.get(f, -1)
        if number >= 0 and template.get(t) == number:
            cls = net.source.schema.chains[number].cls
            kind = chain_kind(net.source.schema, cls)
            rows.append((f, t, -1 - number, kind, _SAID.get(cls, _BY_WORD)))
        elif net.kind(f) != "industry" or int(net.chain_label[f]) in reached:
            rows.append((f, t, int(net.chain_label[f]), net.kind(f), _BY_WORD))
    f, t, group = (np.array([row[i] for row in rows], dtype=np.int64) for i in range(3))
    return Pairs(f, t, group, tuple(r[3] for r in rows), tuple(r[4] for r in rows))
