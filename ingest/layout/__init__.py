"""The own layout: what the columns of a sheet mean, and so what each of its rows says.

A sheet is a list of judgements (`left`, `right`, `judgement`), of relations (`from`, `to`) or of
entities. Headings are read by name, label or alias, in Chinese and English. A list of entities may
be wide: a column headed by a relation (所属环节, 投资方) names the other ends. Whatever was assumed
is noted; a column that means nothing is reported and kept out.
"""

import dataclasses
from typing import Protocol

import duckdb

from graph.schema import Schema
from ingest.layout import entities, mended, relations, same_as
from ingest.layout.derive import Draft
from ingest.layout.headings import ORDINALS, columns
from ingest.layout.notes import bare_amounts
from ingest.plan import Plan, RowReject
from ingest.sheet import Sheet

__all__ = ["VERSION", "Plan", "RowReject", "plan"]

VERSION = "1"
"""Raised when the same sheet may come to say something else: its files are then read again."""


class Workspace(Protocol):
    """What of a workspace's settings matters here."""

    @property
    def currency(self) -> str: ...


def plan(
    sheet: Sheet, table: str, schema: Schema, con: duckdb.DuckDBPyConnection, settings: Workspace
) -> Plan:
    """What the rows of `sheet`, staged as `table`, say.

    Derived temporary tables are named after `table`. Raises InputError where the sheet cannot be
    placed: no class or relation, several that fit as well, or a required column missing.
    """
    draft = Draft(con, table)
    levels = any(note.key == "readers.levels" for note in sheet.notes)
    every = columns(sheet.headings, sheet.units, levels=levels)
    name, every = mended.without_reasons(schema, draft, sheet.name, every)
    some = [c for c in every if c.name and not c.among(ORDINALS)]
    if same_as.is_one(some):
        same_as.plan(draft, some)
    elif ends := relations.ends(schema, draft, name, some):
        relations.plan(draft, schema, name, some, ends)
    else:
        entities.plan(draft, schema, dataclasses.replace(sheet, name=name), some)
    bare_amounts(draft, schema, settings.currency, every)
    return draft.plan
