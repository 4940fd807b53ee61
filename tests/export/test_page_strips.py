"""The overview's strips, and which findings the page marks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graph.export.page import weak
from graph.export.page.board import build
from graph.export.page.strips import strips
from graph.finding import Finding, NotAssessed, Subject
from graph.record import Record
from tests.claims import Claims

Make = Callable[..., Finding]


def made(said: Claims, folder: Path, found: list[Finding]) -> list[dict[str, Any]]:
    """The strips, with ids for numbers and measures for findings."""
    with Record.open(said.write(folder / "graph.duckdb")) as record:
        view = record.view()
        kept = sorted(found, key=lambda f: f.id)
        marked = weak.marked(kept)
        result = strips(view, build(view, {}), kept, marked, weak.strong(kept, marked))
        ids = dict(view.con.execute("SELECT n, id FROM page_node").fetchall())
    for strip in result:
        strip["chain"] = ids.get(strip["chain"])
        strip["chips"] = [kept[i].id for i in strip["chips"]]
        for tile in strip["tiles"]:
            tile["n"] = ids.get(tile["n"])
            tile["weak"] = [kept[i].id for i in tile["weak"]]
            tile["inner"] = [[ids[n], [kept[i].id for i in some]] for n, some in tile["inner"]]
            if "break" in tile:
                tile["break"] = kept[tile["break"]].id
    return result


@pytest.fixture
def said() -> Claims:
    said = Claims().entity("InnovationChain", "IN")
    for i in range(4):
        said.entity("Stage", f"S{i}").relation("PART_OF_CHAIN", f"S{i}", "IN")
        if i:
            said.relation("PRECEDES", f"S{i - 1}", f"S{i}")
    return said


def of(result: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    return next(strip for strip in result if strip["kind"] == kind)


def test_there_is_a_strip_for_each_chain_also_without_data(said: Claims, tmp_path: Path) -> None:
    result = made(said, tmp_path, [])
    assert [s["kind"] for s in result] == ["industry", "innovation", "capital", "policy", "talent"]
    assert [s["links"] for s in result] == [0, 4, 0, 0, 0]


def test_a_hand_off_breaks_the_way_between_its_steps(
    said: Claims, tmp_path: Path, make_finding: Make
) -> None:
    later = Subject("S2", "Stage", {})
    broken = make_finding("hand-off", "S1", chain="innovation", object=later)
    tiles = of(made(said, tmp_path, [broken]), "innovation")["tiles"]
    assert [tile["n"] for tile in tiles] == ["S0", "S1", "S2", "S3"]
    assert [tile.get("break") for tile in tiles] == [None, None, "hand-off:S1", None]
    assert not any(tile["weak"] for tile in tiles)


def test_each_provider_counts_once_and_placeholders_and_plans_do_not(
    said: Claims, tmp_path: Path
) -> None:
    for i in range(3):
        said.entity("Firm", f"F{i}").relation("PROVIDES", f"F{i}", "S0", share=0.2)
    said.relation("PROVIDES", "F0", "S0", eid="again", share=0.5)
    said.entity("Firm", "V", name="Various").relation("PROVIDES", "V", "S0")
    said.entity("Firm", "PLAN").relation("PROVIDES", "PLAN", "S0", planned=True)
    said.entity("Region", "CN", name="中国").relation("PROVIDES", "CN", "S0", share=0.9)
    said.entity("Team", "T").relation("REACHED", "T", "S0")
    tile = of(made(said, tmp_path, []), "innovation")["tiles"][0]
    assert (tile["actors"], tile["reached"]) == (3, 1)
    assert (tile["shares"], tile["regions"]) == ([0.5, 0.2, 0.2], False)


def test_a_funding_round_has_reached_the_step_of_its_name(tmp_path: Path) -> None:
    said = Claims().entity("CapitalChain", "CA")
    for key, name in (("A", "天使"), ("B", "A轮")):
        said.entity("Stage", key, name=name).relation("PART_OF_CHAIN", key, "CA")
    for i, kind in enumerate(["天使", "天使", "A", "IPO"]):
        said.entity("FundingRound", f"R{i}", **{"round": kind})
    tiles = of(made(said, tmp_path, []), "capital")["tiles"]
    assert {tile["n"]: tile["reached"] for tile in tiles} == {"A": 2, "B": 1}


def test_a_parent_is_supplied_by_who_supplies_its_kinds(said: Claims, tmp_path: Path) -> None:
    said.entity("Product", "K1").relation("VARIANT_OF", "K1", "S0")
    said.entity("Product", "K2").relation("VARIANT_OF", "K2", "K1")
    said.entity("Firm", "F1").relation("PROVIDES", "F1", "K1").relation("PROVIDES", "F1", "K2")
    tiles = of(made(said, tmp_path, []), "innovation")["tiles"]
    assert next(t for t in tiles if t["n"] == "S0")["within"] == 1


def test_the_parts_of_a_stage_follow_it(said: Claims, tmp_path: Path, make_finding: Make) -> None:
    for i in range(8):
        said.entity("Product", f"P{i}").relation("REQUIRES", f"S{i % 4}", f"P{i}")
        said.entity("Firm", f"F{i}").relation("PROVIDES", f"F{i}", f"P{i}")
    strip = of(made(said, tmp_path, [make_finding("single-source", "P6")]), "innovation")
    assert strip["short"]
    assert [tile["n"] for tile in strip["tiles"]] == [
        *("S0", "P0", "P4", "S1", "P1", "P5", "S2", "P2", "P6", "S3", "P3", "P7")
    ]
    assert [tile["within"] for tile in strip["tiles"] if tile["stage"]] == [2, 2, 2, 2]
    assert [tile["n"] for tile in strip["tiles"] if tile["weak"]] == ["P6"]


def test_of_too_many_links_the_weak_ones_are_shown_and_the_others_folded(
    tmp_path: Path, make_finding: Make
) -> None:
    said = Claims().entity("Product", "P00")
    for i in range(1, 60):
        said.entity("Product", f"P{i:02}").relation("REQUIRES", f"P{i:02}", f"P{i - 1:02}")
    weakest = make_finding("single-source", "P55")
    many = [make_finding("concentrated", f"P{i:02}", i + 1) for i in range(45)]
    strip = of(made(said, tmp_path, [weakest, *many]), "industry")
    shown = [tile["n"] for tile in strip["tiles"]]
    assert shown == [*(f"P{i:02}" for i in range(39)), "P55", None]
    assert (strip["links"], strip["tiles"][-1]["count"]) == (60, 20)
    assert [n for n, _ in strip["tiles"][-1]["inner"]] == [f"P{i}" for i in range(39, 45)]


def test_findings_that_no_tile_shows_stand_beside_their_chain(
    said: Claims, tmp_path: Path, make_finding: Make
) -> None:
    said.entity("Investor", "V1")
    found = [
        make_finding("funding-hole", "S1", chain="capital"),
        make_finding("broker", "V1", chain="innovation"),
        make_finding("coupling", "IN", chain="coupling"),
    ]
    result = made(said, tmp_path, found)
    assert of(result, "capital")["chips"] == ["funding-hole:S1"]
    assert of(result, "innovation")["chips"] == ["broker:V1"]
    assert of(result, "coupling")["chips"] == ["coupling:IN"]
    assert of(result, "innovation")["tiles"][1]["weak"] == ["funding-hole:S1"]


def test_of_a_ranking_only_the_head_is_marked(make_finding: Make) -> None:
    ranked = [make_finding("chokepoint", f"P{i}", i + 1) for i in range(60)]
    found = [make_finding("single-source", f"P{i}", i + 1) for i in range(60)]
    ours = make_finding("chokepoint", "HOME", 61, values={"view": "advantage"})
    marked = weak.marked([*ranked, *found, ours])
    assert sum(id_.startswith("chokepoint") for id_ in marked) == 6
    assert sum(id_.startswith("single-source") for id_ in marked) == 60
    assert ours.id not in marked


def test_the_first_of_each_measure_are_strong(make_finding: Make) -> None:
    found = [make_finding("concentrated", f"P{i}", i + 1) for i in range(150)]
    found += [make_finding("missing-stage", f"P{i}", i + 1) for i in range(4)]
    strong = weak.strong(found, weak.marked(found))
    assert sum(id_.startswith("concentrated") for id_ in strong) == 15
    assert sum(id_.startswith("missing-stage") for id_ in strong) == 4


def test_what_was_not_assessed_is_gathered_by_what_it_lacks() -> None:
    def lacking(subject: str, *missing: str) -> NotAssessed:
        return NotAssessed("external", Subject(subject, "Stage", {}), "insufficient_data", missing)

    rows = weak.unjudged([lacking("a", "X"), lacking("b", "X"), lacking("c", "Y")])
    assert [(row["missing"], row["count"]) for row in rows] == [(["X"], 2), (["Y"], 1)]
    assert [s["id"] for s in rows[0]["subjects"]] == ["a", "b"]
