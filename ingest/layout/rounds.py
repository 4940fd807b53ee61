"""Funding rounds: an event that lists seldom name. Its name is made of the firm, round and date."""

from graph.record.sql import ident
from ingest.layout.columns import Assignment
from ingest.layout.derive import Draft
from ingest.layout.headings import Column
from ingest.sheet import Note


def with_names(draft: Draft, found: Assignment) -> None:
    """Gives a list of rounds a column of names, 某公司 A轮（2024-05）, where it has none.

    A name that the list gives stands. Without a firm there is nothing to make a name of.
    """
    firm = next((r for r in found.relations if r.relation.name == "RAISED"), None)
    if firm is None:
        return
    round_, date = found.properties.get("round"), _date(found)
    cells = [firm.column, *([round_] if round_ else [])]
    made = "concat_ws(' ', " + ", ".join(ident(c.staged) for c in cells) + ")"
    if date is not None:
        made += f" || coalesce('（' || {ident(date.staged)} || '）', '')"
    made = f"CASE WHEN {ident(firm.column.staged)} IS NOT NULL THEN {made} END"
    given = found.properties.get("name")
    if given is not None:
        made = f"coalesce({ident(given.staged)}, {made})"
    name = draft.free(draft.table, "融资事件名称")
    draft.table = draft.create(f"SELECT *, {made} AS {ident(name)} FROM {ident(draft.table)}")
    found.properties["name"] = Column(name, name, name)
    if given is None:
        headings = [c.heading for c in (*cells, *([date] if date else []))]
        draft.plan.notes.append(Note("layout.round_named", {"headings": "、".join(headings)}))


def _date(found: Assignment) -> Column | None:
    dated = (
        c for n, c in found.properties.items() if (t := found.term(n)) and t.datatype == "date"
    )
    return next(dated, None)
