"""What is drawn, and where: with its link, in its chain, or among what all share; or in a group."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.export.page import board as boards
from graph.export.page.board import Board, build, clear
from graph.record import Record, View
from tests.claims import Claims


@pytest.fixture
def view(chains_db: Path) -> Iterator[View]:
    with Record.open(chains_db) as record:
        yield record.view()
        clear(record.view())


def numbers(view: View) -> dict[str, int]:
    return dict(view.con.execute("SELECT id, n FROM page_node").fetchall())


def test_lanes_are_the_chains_in_their_order(view: View) -> None:
    board = build(view, {})
    assert [lane.kind for lane in board.lanes] == [*boards.CHAIN_KINDS, "shared"]


def test_stages_stand_left_to_right(view: View) -> None:
    board, n = build(view, {}), numbers(view)
    for prefix, count in (("INN", 6), ("CAP", 5), ("S", 4)):
        cells = [board.marks[board.mark_of[n[f"{prefix}{i}"]]].cell for i in range(count)]
        left = [board.placement.cells[cell].x for cell in cells]
        assert left == sorted(set(left))


def test_a_provider_stands_with_its_link(view: View) -> None:
    board, n = build(view, {}), numbers(view)
    only, link = board.marks[board.mark_of[n["ONLY"]]], board.marks[board.mark_of[n["P10"]]]
    assert link.head
    assert only.cell == link.cell
    assert board.mark_of[n["ONLY"]] in board.cells[link.cell].members


def test_the_largest_providers_come_first_in_a_cell(tmp_path: Path) -> None:
    said = Claims().entity("Product", "P1")
    for i, share in enumerate([0.1, None, 0.6, 0.3]):
        said.entity("Firm", f"F{i}").relation("PROVIDES", f"F{i}", "P1", share=share)
    board = made(said, tmp_path)
    shares = [board.marks[i].share for i in board.cells[0].members]
    assert shares == [0.6, 0.3, 0.1, 0]


def test_what_moves_along_a_chain_stands_where_it_got_to(view: View) -> None:
    board, n = build(view, {}), numbers(view)
    rows = view.con.execute(
        "SELECT a.id, max(b.id) FROM r_REACHED r JOIN page_node a ON a.k = r.f"
        " JOIN page_node b ON b.k = r.t WHERE a.class = 'Achievement' GROUP BY a.id"
    ).fetchall()
    assert len({last for _, last in rows}) > 2
    for entity, last in rows:
        cells = {board.marks[board.mark_of[n[id_]]].cell for id_ in (entity, last)}
        assert len(cells) == 1


def test_regions_belong_to_no_link(view: View) -> None:
    board, n = build(view, {}), numbers(view)
    cell = board.cells[board.marks[board.mark_of[n["R0"]]].cell]
    assert cell.head is None
    assert board.lanes[cell.lane].kind == "shared"


def test_every_entity_has_a_mark_and_chains_have_none(view: View) -> None:
    board, n = build(view, {}), numbers(view)
    without = {id_ for id_, number in n.items() if number not in board.mark_of}
    assert without == {"IC", "INN", "INC", "CAP", "POL", "TAL"}


@pytest.mark.parametrize("budget", [150, 100, 70])
def test_past_the_budget_entities_are_drawn_as_groups(view: View, budget: int) -> None:
    board = build(view, {"F007": 1.0}, budget)
    n = numbers(view)
    assert len(board.marks) <= budget
    assert board.grouped != "none"
    assert sum(mark.count for mark in board.marks) == len(board.mark_of)
    shown = Counter(board.mark_of.values())
    assert all(mark.count == shown[i] for i, mark in enumerate(board.marks))
    assert board.marks[board.mark_of[n["F007"]]].n == n["F007"]


def test_groups_are_of_one_class_and_region_near_one_link(view: View) -> None:
    board = build(view, {}, 200)
    assert board.grouped == "region"
    rows = view.con.execute("SELECT n, class FROM page_node").fetchall()
    for number, cls in rows:
        if number in board.mark_of:
            assert board.marks[board.mark_of[number]].cls == cls
    assert any(mark.region is not None and mark.count > 1 for mark in board.marks)


def test_many_links_are_drawn_as_groups_but_for_those_that_matter(tmp_path: Path) -> None:
    said = Claims()
    for i in range(700):
        said.entity("Product", f"P{i:03}")
        if i:
            said.relation("REQUIRES", "P000", f"P{i:03}")
    with Record.open(said.write(tmp_path / "graph.duckdb")) as record:
        board = build(record.view(), {"P699": 1.0})
        n = numbers(record.view())
    assert board.marks[board.mark_of[n["P699"]]].n == n["P699"]
    assert board.marks[board.mark_of[n["P000"]]].n == n["P000"]
    groups = [mark for mark in board.marks if mark.n is None]
    assert [mark.count for mark in groups] == [700 - 160]


def test_a_member_of_a_chain_without_a_link_stands_in_its_lane(tmp_path: Path) -> None:
    said = Claims().entity("IndustryChain", "IC").entity("Firm", "F1").entity("Firm", "F2")
    said.entity("Stage", "S1").relation("PART_OF_CHAIN", "S1", "IC")
    said.relation("PART_OF_CHAIN", "F1", "IC").relation("PROVIDES", "F2", "S1")
    board = made(said, tmp_path)
    cells = {cell.title: cell for cell in board.cells}
    assert cells["Firm"].lane == 0
    assert len(cells["Firm"].members) == 1
    assert cells["Firm"].layer > cells[None].layer


def test_a_hub_has_no_place(tmp_path: Path) -> None:
    said = Claims().entity("Investor", "HUB")
    for i in range(16):
        said.entity("Product", f"P{i}").entity("Firm", f"F{i}")
        said.relation("PROVIDES", f"F{i}", f"P{i}").relation("INVESTS_IN", "HUB", f"F{i}")
    said.entity("Investor", "NEAR").relation("INVESTS_IN", "NEAR", "F3")
    board = made(said, tmp_path)
    investors = {
        board.marks[i].cell: cell.head is None
        for cell in board.cells
        for i in cell.members
        if board.marks[i].cls == "Investor"
    }
    assert sorted(investors.values()) == [False, True]


def made(said: Claims, folder: Path) -> Board:
    with Record.open(said.write(folder / "graph.duckdb")) as record:
        return build(record.view(), {})
