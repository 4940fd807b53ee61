"""Cells that name several."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.schema import Schema
from ingest.layout.split import CLOSING, OPENING, pieces, split


def names(text: str) -> list[str]:
    return [part.name for part in split(text).parts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "甲公司、乙公司；丙公司;丁公司，戊公司",
            ["甲公司", "乙公司", "丙公司", "丁公司", "戊公司"],
        ),
        ("甲公司\n乙公司", ["甲公司", "乙公司"]),
        ("1、甲公司\n2、乙公司", ["甲公司", "乙公司"]),
        ("①甲公司②乙公司", ["甲公司", "乙公司"]),
        ("甲公司/乙公司", ["甲公司", "乙公司"]),
        ("5G/6G 芯片", ["5G/6G 芯片"]),
        ("甲（北京、上海）公司、乙公司", ["甲（北京、上海）公司", "乙公司"]),
        ("“星、火”计划、乙计划", ["“星、火”计划", "乙计划"]),
        ("甲(乙、丙", ["甲(乙", "丙"]),
        ("Alpha Co., Ltd., Beta Inc.", ["Alpha Co., Ltd.", "Beta Inc."]),
        ("Alpha, Inc.; University of Beta, Gamma", ["Alpha, Inc.", "University of Beta, Gamma"]),
        ("Alpha,Beta", ["Alpha", "Beta"]),
        ("1,000 吨级装置、2，000 吨级装置", ["1,000 吨级装置", "2，000 吨级装置"]),
        ("甲公司、乙公司等5家企业", ["甲公司", "乙公司"]),
        ("甲公司、乙公司等", ["甲公司", "乙公司"]),
        ("甲、乙等上百家单位", ["甲", "乙"]),
        ("高等", ["高等"]),
        ("Alpha, Beta et al.", ["Alpha", "Beta"]),
        ("甲、甲、乙", ["甲", "乙"]),
        ("其他、甲", ["甲"]),
        ("暂无", []),
        ("甲、", ["甲"]),
    ],
)
def test_names(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_what_is_left_out_is_counted() -> None:
    assert split("其他、甲").fillers == ("其他",)
    assert split("甲、乙等5家企业").others
    assert not split("甲、乙").others


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲资本(领投)、乙资本", [("甲资本", {"lead": "true"}), ("乙资本", {})]),
        ("甲资本（跟投）", [("甲资本", {"lead": "false"})]),
        ("甲资本领投、乙资本跟投", [("甲资本", {"lead": "true"}), ("乙资本", {"lead": "false"})]),
        (
            "领投：甲资本；跟投：乙资本、丙资本",
            [
                ("甲资本", {"lead": "true"}),
                ("乙资本", {"lead": "false"}),
                ("丙资本", {"lead": "false"}),
            ],
        ),
        ("甲资本(领投，500万元)", [("甲资本", {"lead": "true", "amount": "500万元"})]),
        ("甲资本(占股20%)", [("甲资本", {"share": "20%"})]),
        ("甲资本 20%", [("甲资本", {"share": "20%"})]),
        ("甲资本（深圳）", [("甲资本（深圳）", {})]),
        ("甲基金(有限合伙)", [("甲基金(有限合伙)", {})]),
        ("甲资本(2024)", [("甲资本(2024)", {})]),
    ],
)
def test_what_a_bracket_says(
    schema: Schema, text: str, expected: list[tuple[str, dict[str, str]]]
) -> None:
    relation = schema.relations["INVESTS_IN"]
    assert [(p.name, p.attributes) for p in split(text, relation).parts] == expected


def test_a_closed_list_is_read_from_a_bracket(schema: Schema) -> None:
    found = split("甲公司(链主)、乙公司（未知）", schema.relations["LEADS"]).parts
    assert [(p.name, p.attributes) for p in found] == [
        ("甲公司", {"role": "链主"}),
        ("乙公司（未知）", {}),
    ]


def test_a_relation_without_the_attribute_drops_the_word(schema: Schema) -> None:
    found = split("甲公司(领投)", schema.relations["SUPPLIES"]).parts
    assert [(p.name, p.attributes) for p in found] == [("甲公司", {})]


@given(st.text(max_size=40))
def test_no_text_is_lost_or_made(text: str) -> None:
    kept = "".join(pieces(text))
    left = [c for c in text if c not in "、；;|\n\r，,/" and not c.isspace()]
    assert [c for c in kept if c not in "、；;|\n\r，,/" and not c.isspace()] == left
    split(text)


@given(st.lists(st.text("甲乙丙ab1", min_size=2, max_size=6), min_size=1, max_size=6, unique=True))
def test_names_joined_come_apart(words: list[str]) -> None:
    words = ["公" + word for word in words]
    assert names("、".join(words)) == words
    for a, b in zip(OPENING, CLOSING, strict=True):
        assert names(f"公{a}{'、'.join(words)}{b}司") == [f"公{a}{'、'.join(words)}{b}司"]
