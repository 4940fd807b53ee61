"""The view as a NetworkX graph: entities as nodes by id, relations as edges, typed attributes."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from graph.errors import UsageError
from graph.network.chain import chain_kind
from graph.record.describe import find
from graph.record.sql import ident, literals
from graph.record.tables import value_columns
from graph.record.view import View

if TYPE_CHECKING:
    import networkx as nx

KEPT = "notebook_kept"


def network(view: View, chain: str | None = None) -> "nx.MultiDiGraph[str]":
    """All of a view, or one chain.

    A node is known by its id and has `type` (its class), `name`, `name_en`, the properties that it
    has a value for (numbers, truth values, texts, lists of texts; dates as ISO text of their own
    precision), and where it is said first: `source`, `file`, `line`. An edge has the relation's
    name as `type`, the attributes it has a value for, `claims` (how many sources say it) and where;
    its key is the type, with what tells parallel relations apart behind it.

    `chain` is a kind (industry, innovation, capital, policy, talent) or the id or name of one
    chain. It keeps the chains meant, their links (a part of a stage is in the stage's chain), and
    the actors that stand in a relation with one of these links; and the relations among all those.

    Raises UsageError for a chain that is not there.
    """
    import networkx as nx

    made: nx.MultiDiGraph[str] = nx.MultiDiGraph(record=view.digest, chain=chain)
    only = ""
    if chain is not None:
        _keep(view, chain)
        only = f" WHERE k IN (FROM {KEPT})"
    for cls in view.entity_counts():
        columns = [c for c, _ in value_columns(view.schema.classes[cls])]
        for row in _rows(view, f"SELECT * FROM {ident('n_' + cls)}{only} ORDER BY id"):
            made.add_node(row["id"], type=cls, **_values(row, [*columns, *PLACE]))
    only = "" if chain is None else f" WHERE f IN (FROM {KEPT}) AND t IN (FROM {KEPT})"
    for name in view.relation_counts():
        columns = [c for c, _ in value_columns(view.schema.relations[name])]
        rows = _rows(
            view,
            f'SELECT x.id AS of, y.id AS "to", r.* FROM (FROM {ident("r_" + name)}{only}) r'
            " JOIN node x ON x.k = r.f JOIN node y ON y.k = r.t ORDER BY 1, 2, eid NULLS FIRST",
        )
        for row in rows:
            key = name if row["eid"] is None else f"{name} {row['eid']}"
            values = _values(row, [*columns, "claims", *PLACE])
            made.add_edge(row["of"], row["to"], key=key, type=name, **values)
    return made


PLACE = ("source", "file", "line")


def _rows(view: View, query: str) -> Iterable[dict[str, Any]]:
    found = view.con.execute(query)
    names = [column[0] for column in found.description or ()]
    while some := found.fetchmany(10_000):
        yield from (dict(zip(names, row, strict=True)) for row in some)


def _values(row: dict[str, Any], columns: list[str]) -> dict[str, Any]:
    """What has a value; columns that the ontology does not know come first, and give way."""
    extra = json.loads(row["extra"]) if row.get("extra") else {}
    given = {c: row[c] for c in columns if row[c] is not None}
    return {
        **{k: v for k, v in extra.items() if v is not None and k not in ("type", "key")},
        **given,
    }


def _keep(view: View, chain: str) -> None:
    """Makes the table of the keys that a chain keeps."""
    con, schema = view.con, view.schema
    chains = _chains(view, chain)
    actors = literals(list(schema.subclasses("Actor")))
    links = literals(list(schema.links))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {KEPT} AS WITH RECURSIVE inside(k) AS ("
        ' SELECT f FROM "r_PART_OF_CHAIN" WHERE t IN (SELECT unnest($1::INTEGER[]))'
        ' UNION SELECT p.f FROM "r_PART_OF" p JOIN inside i ON i.k = p.t)'
        f" SELECT DISTINCT k FROM inside JOIN node USING (k) WHERE class IN {links}",
        [chains],
    )
    ends = " UNION ".join(
        f"SELECT {mine} AS k FROM {ident('r_' + name)} JOIN {KEPT} l ON l.k = {other}"
        for name in view.relation_counts()
        for mine, other in (("f", "t"), ("t", "f"))
    )
    if ends:
        con.execute(
            f"INSERT INTO {KEPT} SELECT k FROM ({ends}) JOIN node USING (k) WHERE class IN {actors}"
        )
    con.execute(f"INSERT INTO {KEPT} SELECT unnest($1::INTEGER[])", [chains])


def _chains(view: View, chain: str) -> list[int]:
    """The keys of the chains of a kind, or of the one with this id or name."""
    classes = view.schema.subclasses("Chain")
    kinds: dict[str, list[str]] = {}
    for cls in classes:
        kinds.setdefault(chain_kind(view.schema, cls), []).append(cls)
    if chain in kinds:
        rows = view.con.execute(
            f"SELECT k FROM node WHERE class IN {literals(kinds[chain])} ORDER BY id"
        ).fetchall()
        return [row[0] for row in rows]
    key = find(view, chain)
    ((cls,),) = view.con.execute("SELECT class FROM node WHERE k = ?", [key]).fetchall()
    if cls not in classes:
        raise UsageError("notebook.no_chain", name=chain, type=cls, kinds=", ".join(sorted(kinds)))
    return [key]
