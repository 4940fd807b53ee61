"""Findings in lists: ties, ranges of ranks, and what is listed apart under its own heading."""

import csv
import io
import json

import pytest

from graph.export.findings import as_dict, finding_json, lists, rank_text, render
from graph.finding import Findings
from tests.export.conftest import finding


@pytest.fixture
def answer() -> Findings:
    found = [
        finding("chokepoint", "P1", 1, rank_range=(1, 1)),
        finding("chokepoint", "P2", 2, tied=2, rank_range=(2, 7)),
        finding("chokepoint", "P3", 2, tied=2, rank_range=(2, 2)),
        finding("chokepoint", "P4", 9, apart="advantage", tied=2, severity=0.0),
        finding("chokepoint", "P5", 9, apart="advantage", tied=2, severity=0.0),
        finding("chokepoint", "P6", 11, apart="advantage", severity=0.0),
        finding("stated", "P7", 1),
    ]
    return Findings("run:1", "sha256:1", "1", tuple(found), ())


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({}, "3"),
        ({"rank_range": (3, 3)}, "3"),
        ({"rank_range": (2, 7)}, "3 (2–7)"),
        ({"tied": 4}, "3="),
        ({"tied": 4, "rank_range": (3, 9)}, "3= (3–9)"),
    ],
)
def test_a_rank_as_it_is_shown(said: dict[str, object], text: str) -> None:
    assert rank_text(finding("chokepoint", "P", 3, **said)) == text


def test_advantages_stand_apart_under_a_heading_and_are_counted_from_one(answer: Findings) -> None:
    (no_heading, weak), (heading, apart) = lists(answer, "zh")
    assert no_heading == "" and "优势环节" in heading
    assert [(row[0], row[1]) for row in weak] == [
        ("chokepoint", "1"),
        ("chokepoint", "2= (2–7)"),
        ("chokepoint", "2="),
        ("stated", "1"),
    ]
    assert [row[1] for row in apart] == ["1=", "1=", "3"]
    (_, _), (other, _) = lists(answer, "en")
    assert other.startswith("Advantages (held at home")


def test_markdown_has_a_table_for_each_list(answer: Findings) -> None:
    weak, apart = render(answer, "md", "en").split("\n## Advantages")
    assert weak.count("\n| --- |") == 1 and "P4" not in weak and "| 2= (2–7) |" in weak
    assert apart.count("\n| --- |") == 1 and "P4" in apart and "P7" not in apart


def test_plain_rows_have_the_heading_before_them(answer: Findings) -> None:
    lines = render(answer, "table", "en").splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("Advantages"))
    assert lines[at - 1] == "" and lines[at + 1].split("\t")[:2] == ["measure", "rank"]
    assert len(lines) == at + 5


def test_csv_keeps_ranks_as_numbers_and_the_rest_in_columns(answer: Findings) -> None:
    rows = list(csv.DictReader(io.StringIO(render(answer, "csv", "en").removeprefix("\ufeff"))))
    assert [row["rank"] for row in rows] == ["1", "2", "2", "9", "9", "11", "1"]
    assert [row["tied"] for row in rows] == ["1", "2", "2", "2", "2", "1", "1"]
    assert [row["rank range"] for row in rows] == ["", "2–7", "", "", "", "", ""]
    assert [row["listed apart"] for row in rows] == ["", "", "", *["advantage"] * 3, ""]


def test_json_says_it_all(answer: Findings) -> None:
    said = [finding_json(f) for f in answer.findings]
    assert [one.get("apart") for one in said] == [None, None, None, *["advantage"] * 3, None]
    assert said[1]["tied"] == 2 and json.loads(json.dumps(said[1]["rank_range"])) == [2, 7]
    assert said[-1]["rank_range"] is None and said[-1]["tied"] == 1
    assert len(as_dict(answer)["findings"]) == 7


def test_nothing_found_is_a_table_without_rows() -> None:
    empty = Findings("run:1", "sha256:1", "1", (), ())
    assert render(empty, "md", "en").count("\n") == 2
    assert render(empty, "csv", "en").count("\n") == 1
