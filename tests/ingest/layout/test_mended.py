"""Refused rows: the headings that they are written with, and what they are read as."""

from collections.abc import Callable
from typing import Any

from ingest.layout.mended import ADDED, headings
from ingest.sheet import Note
from tests.ingest.layout.conftest import sheet_of

Lay = Callable[..., Any]


def test_units_and_levels_go_into_the_headings() -> None:
    heads = ["名称", "资本/注册资本", "营收（亿元）", "员工数"]
    units = {1: "万元", 2: "亿元", 3: "不明"}
    sheet = sheet_of("企业", heads, [], units, [Note("readers.levels")])
    assert headings(sheet) == ["名称", "注册资本（万元）", "营收（亿元）", "员工数"]


def test_headings_that_would_be_alike_keep_their_levels() -> None:
    sheet = sheet_of("企业", ["2023/金额", "2024/金额"], [], {}, [Note("readers.levels")])
    assert headings(sheet) == ["2023/金额", "2024/金额"]


def mended(*files: str) -> tuple[list[str], list[list[str]]]:
    rows = [["甲公司", "光刻机", "40%", file, "3", "share", "over 100%"] for file in files]
    return ["from", "to", "share", *ADDED], rows


def test_mended_rows_are_of_the_file_that_they_came_from(lay: Lay) -> None:
    laid = lay("mended", *mended("data/提供.csv"))
    assert laid.relations("PROVIDES") == [("甲公司", "光刻机", {"share": "40%"})]
    assert laid.plan.notes == []


def test_a_name_that_says_what_it_holds_is_kept(lay: Lay) -> None:
    laid = lay("requires", *mended("data/a.csv", "data/b.csv"))
    assert len(laid.relations("REQUIRES")) == 2
