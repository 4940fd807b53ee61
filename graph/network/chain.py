"""How links hang together: what requires what, kinds of one thing, steps, and chains."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from graph.network.source import Bools, Ints, Source, has_column, ints
from graph.network.tables import LINK, current
from graph.record.sql import ident, literals
from graph.schema import Schema


def chain_kind(schema: Schema, cls: str) -> str:
    """What findings on a chain of class `cls` count for: what the ontology marks it with.

    >>> from graph.schema import load
    >>> chain_kind(load(), "IncubationChain")
    'innovation'
    """
    return schema.classes[cls].chain or cls.removesuffix("Chain").lower() or "industry"


def chains_of(source: Source, keys: Collection[int], as_of: str) -> dict[int, str]:
    """The kind of the chain that each is said to be in, the first by id."""
    wanted, found = set(keys), dict[int, str]()
    for k, cls in source.con.execute(
        'SELECT r.f, c.class FROM "r_PART_OF_CHAIN" r JOIN node c ON c.k = r.t'
        f" WHERE {current(source, 'PART_OF_CHAIN', 'r', as_of)} ORDER BY r.f, c.id"
    ).fetchall():
        if k in wanted:
            found.setdefault(k, chain_kind(source.schema, cls))
    return found


@dataclass(frozen=True)
class Edges:
    """Relations between links, by position, ordered by both ends.

    `group` numbers alternatives among what one link requires; -1: required in its own right.
    """

    f: Ints
    t: Ints
    group: Ints

    def __len__(self) -> int:
        return len(self.f)

    def keep(self, rows: Bools) -> "Edges":
        return Edges(self.f[rows], self.t[rows], self.group[rows])


def edges(source: Source, relation: str, as_of: str) -> Edges:
    """The relation between two links; a relation of a link to itself says nothing."""
    group = "-1"
    if has_column(source.schema, relation, "group"):
        group = 'if(r."group" IS NULL, -1, dense_rank() OVER (ORDER BY r."group"))'
    found = source.con.execute(
        f"SELECT DISTINCT a.i AS f, b.i AS t, {group} AS g"
        f" FROM {ident('r_' + relation)} r JOIN {LINK} a ON a.k = r.f JOIN {LINK} b ON b.k = r.t"
        f" WHERE a.i <> b.i AND {current(source, relation, 'r', as_of)} ORDER BY f, t, g"
    ).fetchnumpy()
    return Edges(ints(found["f"]), ints(found["t"]), ints(found["g"]))


@dataclass(frozen=True)
class Chains:
    """Which chain a link is in. `chain` and `stage` are rows (link, chain or stage)."""

    keys: Ints
    kinds: tuple[str, ...]
    of_link: Ints
    links_in: tuple[Ints, Ints]


def chains(source: Source, members: tuple[Ints, Ints], n: int, as_of: str) -> Chains:
    """Chains by position in the order of ids; `of_link` is the first chain a link is in, or -1.

    A link that is part of a stage is in the chain of that stage.
    """
    con = source.con
    classes = tuple(c for c in source.schema.subclasses("Chain"))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE gap_chain AS SELECT"
        f" (row_number() OVER (ORDER BY id) - 1)::INTEGER AS i, k, class"
        f" FROM node WHERE class IN {literals(classes)}"
    )
    rows = con.execute("SELECT k, class FROM gap_chain ORDER BY i").fetchall()
    found = con.execute(
        f'SELECT DISTINCT l.i AS link, c.i AS chain FROM "r_PART_OF_CHAIN" r'
        f" JOIN {LINK} l ON l.k = r.f JOIN gap_chain c ON c.k = r.t"
        f" WHERE {current(source, 'PART_OF_CHAIN', 'r', as_of)} ORDER BY link, chain"
    ).fetchnumpy()
    link, chain = ints(found["link"]), ints(found["chain"])
    of_link = np.full(n, len(rows), dtype=np.int64)
    np.minimum.at(of_link, link, chain)
    part, stage = members
    inherited = np.full(n, len(rows), dtype=np.int64)
    np.minimum.at(inherited, part, of_link[stage])
    of_link = np.where(of_link == len(rows), inherited, of_link)
    of_link[of_link == len(rows)] = -1
    kinds = tuple(chain_kind(source.schema, c) for _, c in rows)
    return Chains(np.array([k for k, _ in rows], dtype=np.int64), kinds, of_link, (link, chain))
