"""Who controls whom: the ownership group of each actor (同一实际控制人)."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.names import is_placeholder, normalise
from graph.network.source import Bools, Ints, Source, has_column, ints
from graph.network.tables import ACTOR, current, regions_of
from graph.record.sql import ident, literals

MAJORITY = 0.5
"""A holder of more than half controls."""


@dataclass(frozen=True)
class Groups:
    """`of` is the group of each actor, by position; `head` the node key at the top of each group.

    `grouped` marks actors whose controller is on record; the others are groups of their own.
    """

    of: Ints
    head: Ints
    grouped: Bools


def groups(source: Source, as_of: str) -> Groups:
    """Actors are one group when a chain of majority holdings, of control or of PART_OF joins them,
    or when they name the same controller."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    held, holder = _holdings(source, as_of)
    named = _controllers(source)
    actors = ints(source.con.execute(f"SELECT k FROM {ACTOR} ORDER BY i").fetchnumpy()["k"])
    if not len(held) and not named:
        alone = np.arange(len(actors), dtype=np.int64)
        return Groups(alone, actors, np.zeros(len(actors), dtype=np.bool_))
    nodes = np.unique(np.concatenate([actors, held, holder]))
    labels = {name: len(nodes) + i for i, name in enumerate(sorted({n for _, n in named}))}
    size = len(nodes) + len(labels)
    f = np.concatenate([held, np.array([k for k, _ in named], dtype=np.int64)])
    t = np.concatenate(
        [np.searchsorted(nodes, holder), np.array([labels[n] for _, n in named], dtype=np.int64)]
    )
    graph: Any = coo_matrix(
        (np.ones(len(f), np.int8), (np.searchsorted(nodes, f), t)), (size, size)
    )
    _, label = connected_components(graph, directed=False)
    of = np.asarray(label[np.searchsorted(nodes, actors)], dtype=np.int64)
    present, of = np.unique(of, return_inverse=True)
    return Groups(
        of=of.reshape(-1).astype(np.int64),
        head=_heads(nodes, label[: len(nodes)], present, held, _by_id(source, nodes)),
        grouped=np.isin(actors, f),
    )


def _holdings(source: Source, as_of: str) -> tuple[Ints, Ints]:
    """Pairs (held, controlling holder) by node key."""
    control = f"h.share > {MAJORITY}"
    if has_column(source.schema, "HOLDS_STAKE_IN", "controls"):
        control = f"({control} OR h.controls)"
    away = literals(regions_of(source))
    found = source.con.execute(
        f'SELECT h.t AS held, h.f AS holder FROM "r_HOLDS_STAKE_IN" h WHERE {control}'
        f" AND {current(source, 'HOLDS_STAKE_IN', 'h', as_of)}"
        f' UNION SELECT p.f, p.t FROM "r_PART_OF" p JOIN {ACTOR} a ON a.k = p.f JOIN node n'
        f" ON n.k = p.t WHERE n.class IN {literals(source.schema.subclasses('Actor'))}"
        f" AND n.class NOT IN {away} AND {current(source, 'PART_OF', 'p', as_of)}"
    ).fetchnumpy()
    return ints(found["held"]), ints(found["holder"])


def _controllers(source: Source) -> list[tuple[int, str]]:
    """Actors that name their controller, with that name in the form for comparing."""
    named: list[tuple[int, str]] = []
    for cls in source.schema.subclasses("Actor"):
        if source.schema.classes[cls].abstract or not has_column(source.schema, cls, "controller"):
            continue
        rows = source.con.execute(
            f"SELECT c.k, c.controller FROM {ident('n_' + cls)} c JOIN {ACTOR} USING (k)"
            " WHERE c.controller IS NOT NULL"
        ).fetchall()
        named.extend((k, normalise(name)) for k, name in rows if not is_placeholder(name))
    return named


def _by_id(source: Source, nodes: Ints) -> Ints:
    """The place of each node in the order of ids."""
    source.con.register("gap_wanted", {"k": nodes})
    found = source.con.execute(
        "SELECT n.k AS k FROM node n JOIN gap_wanted USING (k) ORDER BY n.id"
    ).fetchnumpy()
    source.con.unregister("gap_wanted")
    place = np.zeros(len(nodes), dtype=np.int64)
    place[np.searchsorted(nodes, ints(found["k"]))] = np.arange(len(nodes))
    return place


def _heads(nodes: Ints, label: Ints, present: Ints, held: Ints, place: Ints) -> Ints:
    """Of each group the node that nobody holds, the first by id of several."""
    order = np.lexsort((place, np.isin(nodes, held), label))
    ordered = label[order]
    first = np.searchsorted(ordered, present)
    return nodes[order[first]]
