"""Funding rounds: an event that lists seldom name. Its name is made of the firm, round and date."""

from collections.abc import Callable

from graph.record.sql import ident
from graph.schema import Property
from ingest.layout.columns import Assignment
from ingest.layout.derive import Draft
from ingest.layout.headings import Column
from ingest.sheet import Note
from ingest.values import ValueRefused, parse


def with_names(draft: Draft, found: Assignment) -> None:
    """Gives a list of rounds a column of names, 某公司 A轮（2024-05）, where it has none.

    A name that the list gives stands. Round and date are written in one way, so that two lists of
    one event give it one name. Without a firm there is nothing to make a name of.
    """
    firm = next((r for r in found.relations if r.relation.name == "RAISED"), None)
    if firm is None:
        return
    parts = [ident(firm.column.staged)]
    headings = [firm.column.heading]
    for name in ("round", "date"):
        column, term = found.properties.get(name), found.term(name)
        if column is not None and term is not None:
            parts.append(ident(_written(draft, column, term)))
            headings.append(column.heading)
        else:
            parts.append("NULL")
    firm_cell, round_cell, date_cell = parts
    made = f"concat_ws(' ', {firm_cell}, {round_cell}) || coalesce('（' || {date_cell} || '）', '')"
    made = f"CASE WHEN {firm_cell} IS NOT NULL THEN {made} END"
    given = found.properties.get("name")
    if given is not None:
        made = f"coalesce({ident(given.staged)}, {made})"
    name = draft.free(draft.table, "融资事件名称")
    draft.table = draft.create(f"SELECT *, {made} AS {ident(name)} FROM {ident(draft.table)}")
    found.properties["name"] = Column(name, name, name)
    if given is None:
        draft.plan.notes.append(Note("layout.round_named", {"headings": "、".join(headings)}))


def _written(draft: Draft, column: Column, term: Property) -> str:
    """A column of the texts of `column` written in one way; its name."""
    made = draft.free(draft.table, f"{column.heading}.")
    draft.table = draft.with_texts(draft.table, column.staged, [made], _as_one(term))
    return made


def _as_one(term: Property) -> Callable[[str], list[str | None]]:
    labels = {member.value: member.label.get("zh", member.value) for member in term.closed}

    def read(text: str) -> list[str | None]:
        try:
            value = parse(term.datatype, text, closed=term.closed)
        except ValueRefused:
            return [text]
        return [None if value is None else labels.get(str(value), str(value))]

    return read
