"""stated: problems that sources state, what they are about, and what works on them."""

import pytest

from graph.gaps import run
from graph.record import Record
from ingest import load as loader
from ingest.discover import discover


def ask(view, **how):
    return run(view, measures=["stated"], as_of="2024-12-31", **how)


def found(view, **how):
    return {f.subject.id: f for f in ask(view, **how).findings}


def said(toy, quote="中试环节成本高", cls="Region", **values):
    """A problem that one thing is said to have."""
    view = toy().add(cls, "x").add("Problem", "p", quote=quote, **values)
    return view.link("HAS_PROBLEM", "x", "p")


def test_the_words_of_the_source_and_whose_problem_it_is(toy):
    view = toy().add("Region", "某区").add("Problem", "p", name="成本高", name_en="high cost")
    view.link("HAS_PROBLEM", "某区", "p", quote="面临成本高、风险高等痛点", line=7)
    p = found(view)["p"]
    assert p.values["quote"] == "面临成本高、风险高等痛点" and p.values["about"] == ["某区"]
    assert p.values["statements"] == 1 and p.values["addressed_by"] == []
    assert p.subject.type == "Problem" and p.object is None and p.family == "stated"
    assert p.id == "stated:p" and p.severity == 0.5 and p.action == "强链"
    assert p.confidence.coverage == 1.0
    told = [(e.file, e.line, e.quote) for e in p.evidence]
    assert told[0] == ("toy.csv", 7, "面临成本高、风险高等痛点") and len(told) == 2
    assert "某区" in p.text["zh"] and "面临成本高、风险高等痛点" in p.text["zh"]
    assert "high cost" in p.text["en"] and "某区" in p.text["en"]


def test_the_more_things_have_it_the_worse(toy):
    view = toy().add("Firm", "a", "b", "c").add("Problem", "wide", "narrow", quote="成本高")
    for firm in "abc":
        view.link("HAS_PROBLEM", firm, "wide")
    view.link("HAS_PROBLEM", "a", "wide", "narrow", source="another")
    seen = found(view)
    assert seen["wide"].severity == 0.875  # 1 − 0.5³: the same thing said twice is one thing
    assert seen["wide"].values["statements"] == 4 and seen["wide"].values["about"] == list("abc")
    assert seen["narrow"].severity == 0.5
    assert (seen["wide"].rank, seen["narrow"].rank) == (1, 2)


@pytest.mark.parametrize(
    ("values", "severity"),
    [
        ({"quote": "融合发展不足问题突出"}, 0.75),
        ({"quote": "成本高", "stated_severity": "严重"}, 0.75),
        ({"quote": "略有不足"}, 0.25),
        ({"quote": "融合度仍需提升"}, 0.5),
        ({"quote": "a serious shortage of funds"}, 0.75),
    ],
)
def test_the_words_say_how_bad(toy, values, severity):
    assert found(said(toy, **values))["p"].severity == severity


@pytest.mark.parametrize(
    ("quote", "action"),
    [
        ("缺乏中试平台", "补链"),
        ("There is no pilot plant", "补链"),
        ("关键材料依赖进口", "固链"),
        ("融合发展不足", "强链"),
        ("the knowledge is old", "强链"),  # "no" within a word is not "no"
    ],
)
def test_the_words_say_what_work_it_is(toy, quote, action):
    assert found(said(toy, quote=quote))["p"].action == action


@pytest.mark.parametrize(
    ("cls", "quote", "chain"),
    [
        ("Product", "人才不足", "industry"),
        ("CapitalChain", "衔接不畅", "capital"),
        ("IncubationChain", "衔接不畅", "innovation"),
        ("PilotTestPlatform", "设备老旧", "innovation"),
        ("Fund", "规模小", "capital"),
        ("Policy", "落实慢", "policy"),
        ("Person", "待遇低", "talent"),
        ("Industry", "研发投入低", "industry"),
        ("Region", "融资难、融资贵", "capital"),
        ("Firm", "高端人才引进难", "talent"),
        ("Firm", "成果转化难", "innovation"),
        ("Region", "规模偏小", "industry"),
    ],
)
def test_its_chain_is_that_of_what_it_is_about(toy, cls, quote, chain):
    assert found(said(toy, quote=quote, cls=cls))["p"].chain == chain


def test_its_chain_is_that_of_most_of_them(toy):
    view = toy().add("Policy", "a").add("Investor", "i", "j").add("Problem", "p", quote="融资难")
    for holder in "aij":
        view.link("HAS_PROBLEM", holder, "p")
    assert found(view)["p"].chain == "capital"


def test_a_link_tells_its_own_chain_before_all_else(toy):
    view = toy().add("InnovationChain", "chain").add("Stage", "pilot").add("Investor", "i", "j")
    view.link("PART_OF_CHAIN", "pilot", "chain").add("Problem", "p", quote="融资难")
    view.link("HAS_PROBLEM", "i", "p").link("HAS_PROBLEM", "j", "p")
    assert found(view)["p"].chain == "capital"
    assert found(view.link("HAS_PROBLEM", "pilot", "p"))["p"].chain == "innovation"
    assert found(view, chain="innovation").keys() == {"p"} and not found(view, chain="capital")


@pytest.mark.parametrize("values", [{"end": "2023"}, {"planned": True}, {"start": "2025"}], ids=str)
def test_what_is_over_or_only_feared_is_not_found(toy, values):
    view = toy().add("Region", "x", "y").add("Problem", "p", quote="成本高")
    assert not found(view.link("HAS_PROBLEM", "x", "p", **values))
    p = found(view.link("HAS_PROBLEM", "y", "p", end="2024"))["p"]
    assert p.values["about"] == ["y"] and p.values["statements"] == 1


@pytest.mark.parametrize(
    ("outcome", "works", "there"),
    [("攻关中", ["c"], True), (None, ["c"], True), ("未攻克", [], True), ("攻克", [], False)],
)
def test_who_works_on_it(toy, outcome, works, there):
    view = said(toy).add("Challenge", "c").link("ADDRESSES", "c", "p", outcome=outcome)
    seen = found(view)
    assert (seen.keys() == {"p"}) == there
    if there:
        assert seen["p"].values["addressed_by"] == works
        assert [c["id"] for c in seen["p"].candidates] == works


@pytest.mark.parametrize(
    ("status", "works"), [("施行", ["q"]), (None, ["q"]), ("拟定", []), ("废止", [])]
)
def test_a_policy_works_on_it_while_it_is_in_force(toy, status, works):
    view = said(toy).add("Policy", "q", status=status).link("TARGETS", "q", "p")
    p = found(view)["p"]
    assert p.values["addressed_by"] == works
    assert ("没有应对" in p.text["zh"]) == (not works)


def test_many_are_counted_and_three_named(toy):
    view = toy().add("Firm", *"abcde").add("Problem", "p", quote="成本高")
    for firm in "edcba":
        view.link("HAS_PROBLEM", firm, "p")
    p = found(view)["p"]
    assert p.values["about"] == list("abcde") and "a、b、c等 5 项" in p.text["zh"]
    assert "a, b, c and others (5 in all)" in p.text["en"]


def test_a_placeholder_is_nobody(toy):
    view = said(toy).add("Firm", "f", name="若干企业").link("HAS_PROBLEM", "f", "p")
    p = found(view)["p"]
    assert p.values["about"] == ["x"] and p.values["statements"] == 2 and p.severity == 0.5


def test_what_a_source_leaves_open_is_said(toy):
    p = found(toy().add("Problem", "p", name="成本高"))["p"]
    assert p.confidence.coverage == 0 and p.values["about"] == [] and p.values["quote"] is None
    assert [r["key"] for r in p.confidence.reasons] == [
        "stated.reason-no-quote",
        "stated.reason-no-subject",
        "confidence.coverage-alone",
    ]
    assert found(toy().add("Problem", "p", quote="成本高"))["p"].confidence.coverage == 0.5


def test_a_record_without_problems_says_so(toy):
    answer = ask(toy().add("Firm", "a"))
    assert not answer.findings
    assert [n.missing for n in answer.not_assessed] == [("Problem", "HAS_PROBLEM")]
    assert answer.not_assessed[0].text["en"].startswith("stated:")


def test_from_a_list_as_an_office_keeps_it(tmp_path):
    (tmp_path / "data").mkdir()
    table = "问题名称,原文,问题主体\n融合不足,产学研用融合发展不足,某区\n成本高,,某区\n"
    (tmp_path / "data" / "存在问题.csv").write_text(table, "utf-8")
    with Record.open(tmp_path / "r.duckdb", write=True) as record:
        loader.ingest(record, discover([tmp_path / "data"], "list"), command="ingest")
        seen = {f.subject.name["zh"]: f for f in ask(record.view()).findings}
    assert seen.keys() == {"融合不足", "成本高"}
    full = seen["融合不足"]
    assert full.chain == "innovation" and full.confidence.coverage == 1.0
    assert ("存在问题.csv", 2, "产学研用融合发展不足") in [
        (e.file, e.line, e.quote) for e in full.evidence
    ]
    assert seen["成本高"].confidence.coverage == 0.5 and len(full.values["about"]) == 1
