"""What a funding round says of the capital chain: that it reached the step of its name."""

from typing import TYPE_CHECKING

from graph.export.page.board import Board
from graph.names import normalise

if TYPE_CHECKING:
    from graph.record.view import View


def imply(view: "View", board: Board) -> None:
    """Makes `page_implied(f, t)`: funding round and step, by number.

    A step of a capital chain is of a round if it bears its name, in any spelling that the
    ontology knows; rounds of no step are left out.
    """
    con, schema = view.con, view.schema
    con.execute("CREATE OR REPLACE TEMP TABLE page_implied(f INTEGER, t INTEGER)")
    kind = schema.classes.get("FundingRound")
    rounds = next((p for p in kind.properties if p.name == "round"), None) if kind else None
    capital = {i for i, lane in enumerate(board.lanes) if lane.kind == "capital"}
    steps = {n for n, lane in board.link_lane.items() if lane in capital}
    if rounds is None or not steps:
        return
    step_of: dict[str, int] = {}
    for n, name, name_en in con.execute(
        "SELECT n, name, name_en FROM page_node JOIN page_link USING (n) ORDER BY n"
    ).fetchall():
        if n in steps:
            for text in filter(None, (name, name_en)):
                step_of.setdefault(normalise(text), n)
    for value in rounds.closed:
        spellings = (value.value, *value.label.values(), *value.aliases)
        step = next((s for t in spellings if (s := step_of.get(normalise(t))) is not None), None)
        if step is not None:
            con.execute(
                "INSERT INTO page_implied SELECT n, ? FROM n_FundingRound JOIN page_node USING (k)"
                " WHERE round = ?",
                [step, value.value],
            )
