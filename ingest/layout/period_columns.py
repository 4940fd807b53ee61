"""Columns of periods (有效期, 建设周期) taken apart into the two dates that the ontology has."""

from graph.record.sql import ident
from ingest.layout.columns import Assignment, Period
from ingest.layout.derive import Draft
from ingest.layout.headings import Column
from ingest.layout.periods import later, period, years
from ingest.values.numerals import ValueRefused


def with_periods(draft: Draft, found: Assignment) -> str:
    """The table with two more columns for each period, and these in `found`; the table's name.

    A date that a column of its own gives stands. A length (三年) counts from the start that such a
    column gives. A text that is no period is left for the reader of dates to refuse.
    """
    for said in found.periods:
        _take_apart(draft, found, said)
    return draft.table


def _take_apart(draft: Draft, found: Assignment, said: Period) -> None:
    first, second = said.names
    owner = found.properties if said.owner is None else found.attributes.setdefault(said.owner, {})
    heading = said.column.heading
    columns = {n: draft.free(draft.table, f"{heading}.{n}") for n in said.names}
    length = draft.free(draft.table, f"{heading}.年")
    draft.table = draft.with_texts(
        draft.table, said.column.staged, [*columns.values(), length], _read
    )
    given = owner.get(first)
    if given is not None and draft.texts(draft.table, length):
        _add_lengths(draft, given, columns[second], length)
    for name in said.names:
        if name not in owner:
            owner[name] = Column(heading, heading, columns[name])


def _read(text: str) -> tuple[str | None, str | None, str | None]:
    count = years(text)
    if count is not None:
        return None, None, str(count)
    try:
        return (*period(text), None)
    except ValueRefused:
        return None, text, None


def _add_lengths(draft: Draft, given: Column, until: str, length: str) -> None:
    from ingest.values.dates import parse_date

    pair = draft.free(draft.table, "起始与年限")
    table = draft.create(
        f"SELECT *, {ident(given.staged)} || chr(31) || {ident(length)} AS {ident(pair)}"
        f" FROM {ident(draft.table)}"
    )

    def end(text: str) -> tuple[str | None]:
        start, _, count = text.partition("\x1f")
        try:
            date = parse_date(start)
        except ValueRefused:
            return (None,)
        return (later(date, int(count)) if date else None,)

    counted = draft.free(table, f"{until}'")
    table = draft.with_texts(table, pair, [counted], end)
    draft.table = draft.create(
        f"SELECT * REPLACE (coalesce({ident(until)}, {ident(counted)}) AS {ident(until)})"
        f" FROM {ident(table)}"
    )
