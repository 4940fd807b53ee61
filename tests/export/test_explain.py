"""A derivation as it is printed: numbered, in both languages, in a hundred columns."""

import json
import re
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import UsageError
from graph.export.explain import WIDTH, single, to_markdown, to_text, width
from graph.export.findings import finding_json
from graph.finding import Calculation, Confidence, Derived, Evidence, Finding, Subject, meant
from graph.rows import to_json

LINE = Evidence(
    "eto",
    "provision.csv",
    57,
    row={"from": "P57", "relation": "PROVIDES", "to": "N20", "share": 0.95, "since": "2020-01"},
)
QUOTED = Evidence("report", "chapter 3.docx", 12, "关键材料依赖进口，国产化率不足两成。")
SQUARES = Calculation("F", "Σ s^2", "0.95^2 + 0.05^2", 0.905)


def step(zh: str, en: str, **more: Any) -> Derived:
    return Derived({"zh": zh, "en": en}, **more)


def finding(**more: Any) -> Finding:
    derivation = (
        step(
            "供给者 2 家：",
            "Who supplies it, 2:",
            calculations=(SQUARES,),
            parts=(
                step("阿斯麦：原文份额 0.95", "ASML: 0.95 as stated", evidence=(LINE,), lines=9),
            ),
        ),
        step("结论。", "The end.", evidence=(QUOTED,)),
        step("置信度。", "How sure.", about="confidence"),
    )
    said: dict[str, Any] = {
        "id": "chokepoint:N20@home=CN",
        "chain": "industry",
        "family": "scarcity",
        "measure": "chokepoint",
        "method": "chokepoint/2",
        "rank": 1,
        "severity": 0.905,
        "subject": Subject("N20", "Product", {"zh": "极紫外光刻机", "en": "EUV scanners"}),
        "object": None,
        "values": {"hhi": 0.905, "bands": {"abroad": 1.0}, "names": ["a", "b"], "none": None},
        "impact": {},
        "action": "固链",
        "confidence": Confidence(1.0),
        "evidence": (LINE,),
        "text": {"zh": "极紫外光刻机：卡脖子。", "en": "EUV scanners: a chokepoint."},
        "candidates": ({"id": "P58", "near": 0.25},),
        "derivation": derivation,
    }
    return Finding(**{**said, **more})


def columns(line: str) -> int:
    """Counted apart from the program: a wide character takes two columns of a terminal."""
    return len(line) + sum(unicodedata.east_asian_width(c) in ("W", "F") for c in line)


def test_steps_are_numbered_with_their_arithmetic_and_their_lines() -> None:
    lines = to_text(finding(), "en").splitlines()
    assert " 1. Who supplies it, 2:" in lines
    assert "    - ASML: 0.95 as stated" in lines
    assert "      | eto/provision.csv:57 P57 PROVIDES N20, share 0.95, since 2020-01" in lines
    assert "      | ... and 8 more lines" in lines
    assert "      F = Σ s^2 = 0.95^2 + 0.05^2 = 0.905" in lines
    at = [i for i, line in enumerate(lines) if re.match(r" ?\d+\. ", line)]
    assert [lines[i].split(".")[0].strip() for i in at] == ["1", "2", "3"]
    assert lines.index("Severity") < at[0] and at[1] < lines.index("Confidence") < at[2]


def test_parts_stand_between_a_step_and_its_arithmetic() -> None:
    text = to_text(finding(), "en")
    assert text.index("Who supplies") < text.index("ASML") < text.index("F = ")


def test_chinese_is_said_in_chinese_with_the_quote() -> None:
    text = to_text(finding(), "zh")
    assert "极紫外光刻机：卡脖子。" in text and "严重度" in text and "阿斯麦：原文份额 0.95" in text
    assert "report/chapter 3.docx:12 “关键材料依赖进口，国产化率不足两成。”" in text
    assert "Severity" not in text and "as stated" not in text


def test_no_json_is_printed() -> None:
    for lang in ("zh", "en"):
        text = to_text(finding(), lang)
        assert not re.search(r'[{}"\[\]]', text), text
        assert re.search(r"bands\.abroad +1\n", text)
        assert re.search(r"names +a, b\n", text)
        assert "none" not in text


WORDS = st.text(st.sampled_from("光刻胶，。（）ab -.0123456789/_:"), min_size=1, max_size=400)


@given(WORDS, WORDS, WORDS)
def test_nothing_is_wider_than_a_hundred_columns(words: str, file: str, numbers: str) -> None:
    told = step(
        words,
        words,
        calculations=(Calculation("c", "", numbers, 0.1),),
        evidence=(Evidence("s", file, 1, words),),
        parts=(step(words, words),),
    )
    text = to_text(finding(derivation=(told,)), "zh")
    assert max(columns(line) for line in text.splitlines()) <= WIDTH
    joined = "".join("".join(line.split()) for line in text.splitlines())
    assert "".join(words.split()) in joined


def test_a_line_does_not_begin_with_what_closes() -> None:
    words = "光" * 46 + "，" + "刻" * 20 + "。"
    told = finding(derivation=(step(words, words),))
    assert all(
        not line.strip().startswith(("，", "。")) for line in to_text(told, "zh").splitlines()
    )


def test_wide_characters_count_twice() -> None:
    assert width("光刻 x") == 6


def test_control_characters_do_not_reach_the_terminal() -> None:
    told = finding(derivation=(step("\x1b[31m红", "\x1b[31mred"),))
    assert "\x1b" not in to_text(told, "en") and "\x1b" not in to_markdown(told, "zh")


def test_markdown_is_a_numbered_list_with_lists_inside() -> None:
    lines = to_markdown(finding(), "en").splitlines()
    assert lines[0] == "# EUV scanners: a chokepoint."
    assert "## Severity" in lines and "## Confidence" in lines
    assert "1. Who supplies it, 2:" in lines
    assert "   - ASML: 0.95 as stated" in lines
    assert "   - `F = Σ s^2 = 0.95^2 + 0.05^2 = 0.905`" in lines


def test_markdown_does_not_read_what_comes_from_outside() -> None:
    told = finding(derivation=(step("<b>[x](y)</b>", "<b>[x](y)</b>"),))
    assert "<b>" not in to_markdown(told, "en").replace("\\<b\\>", "")


def test_json_has_the_derivation_without_what_is_empty() -> None:
    said = json.loads(to_json(finding_json(finding())))
    first, last = said["derivation"][0], said["derivation"][-1]
    assert first["about"] == "severity" and set(first["text"]) == {"zh", "en"}
    assert first["calculations"] == [
        {"name": "F", "formula": "Σ s^2", "numbers": "0.95^2 + 0.05^2", "result": 0.905}
    ]
    assert first["parts"][0]["evidence"][0]["row"]["share"] == 0.95
    assert set(last) == {"about", "text"}
    assert "derivation" not in finding_json(finding(derivation=()))
    assert "row" not in finding_json(finding(evidence=(QUOTED,)))["evidence"][0]


def test_an_id_its_beginning_or_a_name_means_a_finding() -> None:
    one, other = finding(), finding(id="external:N20@home=CN", measure="external")
    subject = Subject("N21", "Product", {"zh": "双工件台"})
    third = finding(id="external:N21", measure="external", subject=subject)
    longer = replace(third, id="external:N21@home=CN")
    every = [one, other, third, longer]
    assert meant(every, "external:N21") == [third]
    assert meant(every, "chokepoint:") == [one]
    assert meant(every, "external:N2") == [other, third, longer]
    assert meant(every, "euv SCANNERS") == [one, other] == meant(every, "N20")
    assert meant(every, "nothing") == []


def test_several_are_named() -> None:
    one, other = finding(), finding(id="external:N20@home=CN")
    assert single([one], "x") is one
    with pytest.raises(UsageError) as said:
        single([one, other], "EUV scanners")
    assert one.id in said.value.text("en") and other.id in said.value.text("zh")
