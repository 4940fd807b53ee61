"""A record without some of what is in it: the tables of a view, on a connection of their own."""

import hashlib
import json
from dataclasses import dataclass

import duckdb
import numpy as np

from graph.network.source import Ints, Source
from graph.record import functions
from graph.record.sql import ident
from graph.schema import Schema


@dataclass(frozen=True)
class Reduced:
    """A view: `con` holds its tables, `digest` says what they were made from."""

    con: duckdb.DuckDBPyConnection
    schema: Schema
    digest: str


def without(source: Source, gone: Ints, unsupplied: Ints) -> Reduced:
    """The view without the entities `gone`, all their relations, and what is provided of
    `unsupplied`; node keys stay as they are.

    It is what would be read from sources without these rows. Close `con` when it is done with.
    """
    schema, old = source.schema, source.con
    ((memory,),) = old.execute("SELECT current_setting('memory_limit')").fetchall()
    new = duckdb.connect(config={"memory_limit": memory})
    functions.register(new)
    old.register("gap_gone", {"k": np.sort(gone)})
    old.register("gap_unsupplied", {"k": np.sort(unsupplied)})
    kept = {"node": "k NOT IN (SELECT k FROM gap_gone)"}
    for name, cls in schema.classes.items():
        if not cls.abstract:
            kept["n_" + name] = kept["node"]
    for name in schema.relations:
        kept["r_" + name] = (
            "f NOT IN (SELECT k FROM gap_gone) AND t NOT IN (SELECT k FROM gap_gone)"
        )
    kept["r_PROVIDES"] += " AND t NOT IN (SELECT k FROM gap_unsupplied)"
    for table, condition in kept.items():
        rows = old.sql(f"SELECT * FROM {ident(table)} WHERE {condition}").to_arrow_table()
        new.register("gap_rows", rows)
        new.execute(f"CREATE TEMP TABLE {ident(table)} AS SELECT * FROM gap_rows")
        new.unregister("gap_rows")
    old.unregister("gap_gone")
    old.unregister("gap_unsupplied")
    said = json.dumps([source.digest, np.sort(gone).tolist(), np.sort(unsupplied).tolist()])
    return Reduced(new, schema, "sha256:" + hashlib.sha256(said.encode()).hexdigest())
