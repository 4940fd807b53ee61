"""The own layout: lists of entities, of relations, of judgements."""

from collections.abc import Callable
from typing import Any

import pytest

from graph.errors import InputError
from ingest.emit import End, RelationEmit
from ingest.sheet import Note

Lay = Callable[..., Any]


def refused(lay: Lay, *cells: Any) -> InputError:
    with pytest.raises(InputError) as error:
        lay(*cells)
    assert error.value.text("zh") != error.value.text("en")
    return error.value


@pytest.mark.parametrize(
    "name", ["firm", "Firms", "企业", "公司", "01_firms", "firm_2024", "企业名录"]
)
def test_a_list_is_of_the_class_that_it_is_named_after(lay: Lay, name: str) -> None:
    laid = lay(name, ["id", "name", "成立日期", "employees"], [["F1", "甲公司", "2024年", "12"]])
    assert laid.own.cls == "Firm"
    assert laid.own.id_column == "c0"
    assert laid.own.columns == {"name": "c1", "founded_on": "c2", "employees": "c3"}
    assert laid.plan.notes == []


def test_a_type_column_gives_the_class_of_each_row(lay: Lay) -> None:
    rows = [["1", "Firm", "甲"], ["2", "高校", "乙大学"], ["3", "Frim", "丙"]]
    laid = lay("entities", ["id", "type", "name"], rows)
    assert (laid.own.cls, laid.own.type_column) == (None, "c1")


def test_a_type_that_no_row_has_right_is_left_to_be_refused_row_by_row(lay: Lay) -> None:
    laid = lay("data", ["type", "name"], [["Frim", "甲"]])
    assert laid.own.type_column == "c0"


def test_a_type_column_does_not_overrule_the_name_of_the_list(lay: Lay) -> None:
    laid = lay("项目", ["名称", "类型"], [["甲项目", "工业"], ["乙项目", "服务业"]])
    assert laid.own.cls == "Project"
    assert laid.own.columns["kind"] == "c1"


def test_wide_columns_of_a_typed_list_hold_for_the_rows_of_their_class(lay: Lay) -> None:
    rows = [["Firm", "甲公司", "甲资本"], ["Region", "乙区", "丙资本"]]
    laid = lay("entities", ["type", "name", "投资方"], rows)
    assert laid.pairs("INVESTS_IN") == [("甲资本", "甲公司")]


def test_missing_name(lay: Lay) -> None:
    error = refused(lay, "firm", ["nmae", "员工数"], [["甲", "1"]])
    assert error.key == "layout.missing_name"
    assert "nmae → name" in error.text("en")


def test_no_class(lay: Lay) -> None:
    assert refused(lay, "Sheet1", ["foo", "bar"], [["1", "2"]]).key == "layout.no_class"
    error = refused(lay, "frim", ["foo"], [["1"]])
    assert "firm" in error.text("en").lower()


def test_a_list_that_may_be_of_several_classes(lay: Lay) -> None:
    error = refused(lay, "Sheet1", ["名称", "统一社会信用代码", "地址"], [["甲", "", ""]])
    assert error.key in ("layout.ambiguous", "layout.no_class")


def test_unknown_headings_are_told_and_kept_out(lay: Lay) -> None:
    laid = lay("firm", ["name", "emploees", "心情"], [["甲", "1", "好"]])
    assert laid.note_keys() == ["unknown_heading", "unknown_heading"]
    assert "'emploees'" in laid.said()
    assert "employees" in laid.said()
    assert laid.own.columns == {"name": "c0"}
    assert laid.own.extra == {}


def test_a_heading_that_comes_twice(lay: Lay) -> None:
    laid = lay("firm", ["name", "企业名称"], [["甲", "乙"]])
    assert laid.note_keys() == ["heading_twice"]
    assert laid.own.columns == {"name": "c0"}


@pytest.mark.parametrize("name", ["provides", "PROVIDES", "提供", "Provides_2024"])
def test_a_list_of_relations_is_of_the_one_that_it_is_named_after(lay: Lay, name: str) -> None:
    laid = lay(name, ["from", "to", "share", "始"], [["P1", "N1", "61%", ""]])
    (emit,) = laid.plan.emits
    assert isinstance(emit, RelationEmit)
    assert (emit.relation, emit.source, emit.target) == ("PROVIDES", End("c0"), End("c1"))
    assert emit.columns == {"share": "c2"}
    assert laid.note_keys() == ["unknown_heading"]


@pytest.mark.parametrize(
    "headings",
    [["起点", "终点", "关系"], ["来源", "目标", "关系类型"], ["source", "target", "type"]],
)
def test_a_list_of_relations_with_a_type_column(lay: Lay, headings: list[str]) -> None:
    laid = lay("links", headings, [["P1", "N1", "provides"], ["P1", "N2", "需求"]])
    (emit,) = laid.plan.emits
    assert (emit.relation, emit.type_column) == (None, "c2")


def test_a_period_of_a_relation(lay: Lay) -> None:
    laid = lay("合作", ["起点", "终点", "合作期限"], [["甲", "乙", "2021年3月至2024年3月"]])
    assert laid.relations("COLLABORATES_WITH") == [
        ("甲", "乙", {"start": "2021-03", "end": "2024-03"})
    ]


def test_ends_headed_by_classes_are_names(lay: Lay) -> None:
    laid = lay("合作", ["高校", "企业"], [["甲大学", "乙公司"]])
    assert laid.pairs("COLLABORATES_WITH") == [("甲大学", "乙公司")]
    assert laid.mentions("University") == ["甲大学"]
    assert laid.mentions("Firm") == ["乙公司"]


def test_one_end_only(lay: Lay) -> None:
    error = refused(lay, "provides", ["from", "share"], [["P1", "61%"]])
    assert error.key == "layout.missing_end"
    assert "lacks a column to" in error.text("en")


def test_no_relation(lay: Lay) -> None:
    error = refused(lay, "provids", ["from", "to"], [["P1", "N1"]])
    assert error.key == "layout.no_relation"
    assert "provides" in error.text("en")


def test_source_of_an_entity_is_no_end(lay: Lay) -> None:
    laid = lay("firm", ["name", "source"], [["甲", "某年鉴"]])
    assert laid.own.columns == {"name": "c0", "source_ref": "c1"}


def test_judgements(lay: Lay) -> None:
    rows = [
        ["A", "B", "same", "li"],
        ["A", "C", "不同", ""],
        ["A", "", "same", ""],
        ["A", "D", "?", ""],
    ]
    laid = lay("judgements", ["left", "right", "judgement", "by"], rows)
    (table,) = laid.plan.same_as
    found = laid.con.execute(f'SELECT a, b, verdict, judge, why FROM "{table}" ORDER BY row')
    assert found.fetchall() == [("A", "B", "same", "li", None), ("A", "C", "different", None, None)]
    assert [(r.row, r.line, r.key) for r in laid.plan.rejects] == [
        (3, 4, "layout.missing_side"),
        (4, 5, "layout.judgement"),
    ]


def test_units_of_headings_and_notes(lay: Lay) -> None:
    headings = ["name", "注册资本（万元）", "营业收入", "员工数（万元）"]
    laid = lay("firm", headings, [["甲", "3000", "12", "5"]], units={2: "亿元"})
    assert laid.own.units == {"c1": "万元", "c2": "亿元"}
    assert laid.note_keys() == ["unit_ignored"]


def test_bare_amounts_are_told_once(lay: Lay) -> None:
    laid = lay("firm", ["name", "注册资本"], [["甲", "3000"], ["乙", "500万元"]])
    assert laid.note_keys() == ["bare_amounts"]
    assert "CNY" in laid.said()
    assert lay("firm", ["name", "注册资本"], [["甲", "3000万元"]]).plan.notes == []


def test_codes_serve_as_ids_where_they_do_more_than_count(lay: Lay) -> None:
    rows = [["ZX-17", "甲"], ["ZX-18", "乙"]]
    assert lay("firm", ["编号", "name"], rows).own.id_column == "c0"
    counted = lay("firm", ["编号", "name"], [["1", "甲"], ["2", "乙"]])
    assert counted.own.id_column is None


def test_ordinals_are_left_out_without_a_word(lay: Lay) -> None:
    assert lay("firm", ["序号", "name"], [["1", "甲"]]).plan.notes == []


def test_a_region_tells_apart_only_those_that_share_a_name(lay: Lay) -> None:
    rows = [["甲", "东区"], ["乙", "东区"], ["甲 ", "西区"]]
    laid = lay("企业", ["名称", "所在区县"], rows)
    region = laid.own.region_column
    found = laid.con.execute(f'SELECT "{region}" FROM "{laid.own.table}" ORDER BY row').fetchall()
    assert found == [("东区",), (None,), ("西区",)]
    assert "same_names" in laid.note_keys()
    assert lay("企业", ["名称", "所在区县"], rows[:2]).own.region_column is None


def test_headings_with_marks(lay: Lay) -> None:
    laid = lay("企业", ["*企业名称（必填）", "成立时间："], [["甲", "2024"]])
    assert laid.own.columns == {"name": "c0", "founded_on": "c1"}


def test_odd_headings_do_no_harm(lay: Lay) -> None:
    headings = ["name", "投资方", 'x"; DROP TABLE stage_0; --', "row", "c0", "line"]
    laid = lay("firm", headings, [["甲", "乙'、丙\"", "1", "2", "3", "4"]])
    assert set(laid.pairs("INVESTS_IN")) == {('丙"', "甲"), ("乙'", "甲")}


def test_areas_in_another_unit(lay: Lay) -> None:
    headings = ["项目名称", "用地面积（平方米）"]
    laid = lay("项目", headings, [["甲项目", "20,000"], ["乙项目", "约三亩"]])
    assert laid.entities("Project") == [
        {"name": "甲项目", "land_area": "30"},
        {"name": "乙项目", "land_area": "约三亩"},
    ]
    assert laid.plan.notes == []
    hectares = lay("项目", ["项目名称", "用地面积（公顷）"], [["甲项目", "2"]])
    assert hectares.entities("Project")[0]["land_area"] == "30"
    assert (
        lay("项目", ["项目名称", "用地面积（亩）"], [["甲项目", "2"]]).own.columns["land_area"]
        == "c1"
    )


def test_headings_with_another_above_them(lay: Lay) -> None:
    headings = ["基本情况/企业名称", "基本情况/注册资本（万元）", "融资/投资方"]
    rows = [["甲公司", "300", "A资本"]]
    laid = lay("企业", headings, rows, notes=[Note("readers.levels", {"count": 2})])
    assert laid.own.columns == {"name": "c0", "registered_capital": "c1"}
    assert laid.own.units == {"c1": "万元"}
    assert laid.pairs("INVESTS_IN") == [("A资本", "甲公司")]
