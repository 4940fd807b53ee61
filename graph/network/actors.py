"""The actor graph: who works with, serves, funds or stands beside whom.

Nodes are actors and the things through which actors come together (a project, a result, a fund, a
round of funding); edges have no direction. Which relations count is asked of the ontology: those
of the innovation and capital chains whose ends can be such nodes.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from graph.network.cuts import Neighbours, Tree, neighbours, tree
from graph.network.ragged import looked_up, places
from graph.network.source import Bools, Ints, Source, bools, has_column, ints
from graph.network.tables import begun, lasting, placeholder
from graph.record.sql import ident, literal, literals
from graph.schema import Relation, Schema

CHAINS = ("innovation", "capital")
"""The kinds of chain whose relations join actors; who delivers to whom is another matter."""

LEFT_OUT = ("HOLDS_STAKE_IN", "PAYS")
"""Owning a share and paying a bill pass on no knowledge, and registers of owners are large enough
to drown what does."""

THINGS = ("Project", "Achievement", "Fund", "FundingRound")
"""What actors share. A stage, product or technology is no meeting place: those who make the same
thing need not know each other. Nor is a challenge, whose takers may compete."""

KINDS = {
    "research": ("University", "ResearchInstitute"),
    "firm": ("Firm",),
    "platform": ("Platform",),
    "capital": ("Investor",),
    "government": ("GovernmentBody",),
    "other": ("Actor",),
}
"""Kinds of actors by their classes, the first that fits."""


@dataclass(frozen=True)
class Ties:
    """The actor graph.

    `keys` are node keys in the order of ids; `kind` is a place in `KINDS`, -1 for a shared thing;
    `funder` marks investors, and government bodies that put in money. `f` < `t` are the edges, by
    position, each once and in order. `relations` are the relations that the edges come from.
    """

    keys: Ints
    kind: Ints
    funder: Bools
    f: Ints
    t: Ints
    relations: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.keys)

    def are(self, kind: str) -> Bools:
        """Which nodes are of a kind."""
        return np.asarray(self.kind == list(KINDS).index(kind), dtype=np.bool_)

    @cached_property
    def near(self) -> Neighbours:
        return neighbours(len(self), self.f, self.t)

    @cached_property
    def forest(self) -> Tree:
        return tree(self.near)

    def partners(self, node: int) -> Ints:
        """The other actors that are tied to `node`, directly or through shared things."""
        seen, found, waiting = {node}, set(), [node]
        while waiting:
            for other in self.near.of(waiting.pop()).tolist():
                if other not in seen:
                    seen.add(other)
                    if self.kind[other] < 0:
                        waiting.append(other)
                    else:
                        found.add(other)
        return np.array(sorted(found), dtype=np.int64)


def joining(schema: Schema) -> tuple[Relation, ...]:
    """The relations that can make an edge, in the ontology's order."""
    nodes = set(_parties(schema)) | set(_things(schema))
    return tuple(
        r
        for r in schema.relations.values()
        if r.chain in CHAINS
        and r.name not in LEFT_OUT
        and nodes.intersection(schema.ends(r.domain))
        and nodes.intersection(schema.ends(r.range))
    )


def ties(source: Source, as_of: str) -> Ties:
    """Reads the actor graph: without persons, placeholders and who was dissolved before `as_of`.

    What two actors had with each other and is over by then is left out; a thing that both had part
    in stays one, also when it is finished: those who worked together know each other.
    """
    con = source.con
    filled = [
        r for r in joining(source.schema) if con.execute(f"FROM {_rows(r)} LIMIT 1").fetchall()
    ]
    if not filled:
        nothing = np.zeros(0, dtype=np.int64)
        return Ties(nothing, nothing, nothing.astype(np.bool_), nothing, nothing, ())
    rows = " UNION ALL ".join(
        f"SELECT least(r.f, r.t) AS a, greatest(r.f, r.t) AS b,"
        f" NOT ({lasting(source, r.name, 'r', as_of)}) AS over"
        f" FROM {_rows(r)} r WHERE r.f <> r.t AND {begun(source, r.name, 'r', as_of)}"
        for r in filled
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE gap_tie AS SELECT a, b, min(over) AS over FROM ({rows})"
        f" GROUP BY a, b"
    )
    _number_parties(source, as_of)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE gap_kept AS SELECT a, b FROM gap_tie"
        " JOIN gap_party p ON p.k = a JOIN gap_party q ON q.k = b"
        " WHERE NOT over OR p.kind < 0 OR q.kind < 0"
    )
    found = con.execute(
        f"SELECT k, kind, k IN (SELECT f FROM ({_money(filled)})) AS pays FROM gap_party"
        f" WHERE k IN (SELECT a FROM gap_kept UNION SELECT b FROM gap_kept) ORDER BY id"
    ).fetchnumpy()
    edges = con.execute("FROM gap_kept").fetchnumpy()
    for table in ("gap_tie", "gap_party", "gap_kept"):
        con.execute(f"DROP TABLE {table}")
    keys, kind = ints(found["k"]), ints(found["kind"])
    at = places(keys)
    f, t = np.sort(np.stack([looked_up(at, ints(edges[c])) for c in ("a", "b")]), axis=0)
    order = np.argsort(f * len(keys) + t, kind="stable")
    kinds = list(KINDS)
    funder = (kind == kinds.index("capital")) | (
        bools(found["pays"]) & (kind == kinds.index("government"))
    )
    return Ties(keys, kind, funder, f[order], t[order], tuple(r.name for r in filled))


def on_record(source: Source, *kinds: str) -> int:
    """How many entities of these kinds of actors the record holds, tied to others or not."""
    classes = [c for kind in kinds for cls in KINDS[kind] for c in source.schema.subclasses(cls)]
    ((count,),) = source.con.execute(
        f"SELECT count(*) FROM node WHERE class IN {literals(classes)}"
    ).fetchall()
    return int(count)


def _rows(relation: Relation) -> str:
    return ident("r_" + relation.name)


def _parties(schema: Schema) -> tuple[str, ...]:
    """The classes of actors that are bodies, not persons."""
    persons = schema.subclasses("Person")
    return tuple(c for c in schema.ends(("Actor",)) if c not in persons)


def _things(schema: Schema) -> tuple[str, ...]:
    return schema.ends(THINGS)


def _money(relations: list[Relation]) -> str:
    """Who puts in money: the first ends of the relations of the capital chain."""
    paid = (f"SELECT f FROM {_rows(r)}" for r in relations if r.chain == "capital")
    return " UNION ".join(["SELECT NULL AS f", *paid])


def _number_parties(source: Source, as_of: str) -> None:
    """Makes `gap_party(k, id, kind)` of the ends of ties that can be nodes of the graph."""
    con, schema = source.con, source.schema
    kinds = " ".join(
        f"WHEN n.class IN {literals(schema.ends(classes))} THEN {i}"
        for i, classes in enumerate(KINDS.values())
    )
    things = _things(schema)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE gap_party AS SELECT n.k, n.id,"
        f" CASE WHEN n.class IN {literals(things)} THEN -1 {kinds} END::INTEGER AS kind"
        f" FROM node n JOIN (SELECT a AS k FROM gap_tie UNION SELECT b FROM gap_tie) USING (k)"
        f" WHERE n.class IN {literals((*_parties(schema), *things))} AND NOT {placeholder(source)}"
    )
    gone = " UNION ALL ".join(
        f"SELECT k FROM {ident('n_' + c)}"
        f" WHERE dissolved_on < left({literal(as_of)}, length(dissolved_on))"
        for c in (*_parties(schema), *things)
        if has_column(schema, c, "dissolved_on")
    )
    con.execute(f"DELETE FROM gap_party WHERE k IN ({gone})")
