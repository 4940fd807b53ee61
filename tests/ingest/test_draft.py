"""Drafted mappings are mappings: the language reads them as they are."""

from pathlib import Path

import duckdb
import pytest

from graph.schema import Schema, load
from ingest.draft import draft_mapping
from ingest.mapping import load_mapping
from ingest.sheet import Sheet


def nothing(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """A draft looks at headings alone."""


@pytest.fixture(scope="module")
def schema() -> Schema:
    return load()


@pytest.mark.parametrize(
    ("name", "headings", "said"),
    [
        (
            "某区企业名录",
            ["序号", "企业名称", "注册资本（万元）", "投资方", "股东", "持股比例（%）", "心情"],
            [
                "class: Firm",
                '{column: "注册资本（万元）", amount: "万元"}',
                "relation: INVESTS_IN",
                "share: {column",
                '"心情": ignored  #',
            ],
        ),
        ("provides", ["from", "to", "share", "foo"], ["relation: PROVIDES", "set: {share: share}"]),
        (
            "融资",
            ["企业名称", "轮次", "投资方"],
            ["class: FundingRound", "# name:", "relation: RAISED"],
        ),
        ("Sheet1", ["名称", "网址"], ["  # not sure"]),
    ],
)
def test_a_draft_is_a_mapping(
    schema: Schema, tmp_path: Path, name: str, headings: list[str], said: list[str]
) -> None:
    text = draft_mapping(Sheet(name, headings, nothing), schema)
    for piece in said:
        assert piece in text
    path = tmp_path / "draft.yaml"
    path.write_text(text, "utf-8")
    if "# name:" not in text:
        mapping = load_mapping(path, schema)
        assert mapping.section_for(f"{name}.xlsx") is not None


def test_the_comments_are_in_the_language_asked_for(schema: Schema) -> None:
    sheet = Sheet("firm", ["name", "心情"], nothing)
    assert "不认识" in draft_mapping(sheet, schema, "zh")
    assert "not known" in draft_mapping(sheet, schema, "en")


def test_of_a_workbook_the_first_sheet_is_drafted_and_the_others_are_named(
    schema: Schema, tmp_path: Path
) -> None:
    sheets = [Sheet("企业", ["企业名称"], nothing), Sheet("provides", ["from", "to"], nothing)]
    text = draft_mapping(sheets, schema, file="园区 2024.xlsx")
    assert '# a mapping reads one sheet; the others: "provides"' in text
    path = tmp_path / "draft.yaml"
    path.write_text(text, "utf-8")
    mapping = load_mapping(path, schema)
    assert mapping.options_for("园区 2024.xlsx") == {"sheet": "企业"}
