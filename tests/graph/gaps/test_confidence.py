"""How sure a finding is: what two sources say of the same, and what pulls a score down."""

import pytest

from graph.gaps import run
from graph.gaps.confidence import confidence
from graph.gaps.method import Action, Found
from graph.record import Record
from tests.claims import Claims


def record(path, *said, **other):
    """A product that A provides with a share of 96%, and what a second source says of that."""
    path.mkdir(exist_ok=True)
    first, second = Claims(source="a"), Claims(source="b")
    first.entity("Firm", "A").entity("Firm", "B").entity("Product", "P")
    first.relation("PROVIDES", "A", "P", share=0.96, **other)
    first.relation("PROVIDES", "B", "P", share=0.04)
    for values in said:
        second.relation("PROVIDES", "A", "P", "other.csv", **values)
    first.write(path / "graph.duckdb")
    if said:
        second.write(path / "graph.duckdb")
    return path / "graph.duckdb"


def single(db, **settings):
    with Record.open(db) as opened:
        answer = run(
            opened.view(), measures=["single-source"], as_of="2024-12-31", settings=settings
        )
    (found,) = answer.findings
    return found.confidence


def test_one_source_alone_says_nothing_of_agreement(tmp_path):
    assert single(record(tmp_path)).agreement is None


def test_a_second_source_that_says_the_same_confirms(tmp_path):
    # one of the two relations is said by both
    assert single(record(tmp_path, {"share": 0.96})).agreement == 0.5
    assert single(record(tmp_path / "near", {"share": 0.93})).agreement == 0.5
    assert single(record(tmp_path / "none", {})).agreement == 0.5


@pytest.mark.parametrize(
    ("values", "attribute", "other"),
    [
        ({"share": 0.4}, "share", "40.0%"),
        ({"share": 0.96, "planned": True}, "planned", "true"),
        ({"share": 0.96, "until": "2020"}, "until", "2020"),
        ({"share": 0.96, "capacity": 50.0}, "capacity", "50.0"),
    ],
)
def test_sources_that_contradict_each_other_are_worse_than_one(tmp_path, values, attribute, other):
    known = {"capacity": 100.0} if attribute == "capacity" else {}
    db = record(tmp_path, values, **known)
    with Record.open(db) as opened:
        (found,) = run(opened.view(), measures=["chokepoint"], as_of="2024-12-31").findings
    sure = found.confidence
    assert sure.agreement == -0.25
    told = next(r for r in sure.reasons if r["key"] == "confidence.contradiction")
    assert attribute in told["en"] and other in told["en"] and "1 of 2 relations" in told["en"]
    assert "a/relations.csv:2" in told["en"] and "b/other.csv:2" in told["en"]
    assert "互相矛盾" in told["zh"] and other in told["zh"]


def test_a_contradiction_lowers_the_score_below_that_of_one_source(tmp_path):
    confirmed = single(record(tmp_path / "same", {"share": 0.96}))
    against = single(record(tmp_path / "other", {"share": 0.4}))
    assert against.score < confirmed.score - 0.1 and against.coverage == confirmed.coverage


def test_how_far_apart_is_a_setting(tmp_path):
    db = record(tmp_path, {"share": 0.91})
    assert single(db, dispute={"share": 0.06}).agreement == 0.5
    assert single(db, dispute={"share": 0.04}).agreement == -0.25


def keys(sure):
    return [r["key"] for r in sure.reasons]


def finding(**values):
    return Found(1, 0.5, Action.ADD, **values)


def test_the_score_is_the_geometric_mean_of_what_is_known():
    assert confidence(finding()).score == 0.5
    assert confidence(finding(coverage=0.4)).score == 0.4
    assert confidence(finding(coverage=0.4, agreement=0.0), 0.9).score == round(
        (0.4 * 0.5 * 0.9) ** (1 / 3), 4
    )
    assert confidence(finding(coverage=1.0, agreement=-0.5)).score == 0.5


def test_what_pulls_it_down_is_said_and_by_how_much():
    sure = confidence(finding(coverage=0.25), 1.0, bound=0.8)
    assert keys(sure) == ["confidence.coverage"]
    (reason,) = sure.reasons
    assert "only 25%" in reason["en"] and "from 1.00 down to 0.50" in reason["en"]
    assert "只有 25%" in reason["zh"] and "由 1.00 降到 0.50" in reason["zh"]
    both = confidence(finding(coverage=0.5), 0.3, bound=0.8)
    assert keys(both) == ["confidence.stability", "confidence.coverage"]
    assert keys(confidence(finding(coverage=0.5), bound=0.8)) == ["confidence.coverage-alone"]
    assert keys(confidence(finding(), bound=0.8)) == ["confidence.nothing"]
    agreed = confidence(finding(coverage=1.0, agreement=0.0), 1.0, bound=0.8)
    assert keys(agreed) == ["confidence.agreement"]


def test_a_high_score_needs_no_reason():
    assert keys(confidence(finding(coverage=0.7), 1.0, bound=0.8)) == []
    assert keys(confidence(finding(coverage=0.7), 1.0)) == []


def test_reasons_of_the_method_come_first():
    sure = confidence(finding(coverage=0.2, reasons=(("absence.reason-one", {}),)), bound=0.8)
    assert keys(sure) == ["absence.reason-one", "confidence.coverage-alone"]
