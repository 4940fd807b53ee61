"""What changed between two runs, in findings, and which claims it is put down to."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graph.errors import UsageError
from graph.finding import Confidence, Finding, Findings, NotAssessed, Subject
from graph.gaps import run
from graph.gaps.causes import NEARNESS
from graph.gaps.changed import Compared, compare
from graph.gaps.diff import Diff, FindingChange, diff
from graph.record import Record
from tests.claims import Claims

DAY = "2026-11-24"
SCARCITY = ["missing-stage", "single-source", "concentrated", "thin-stage"]


def base() -> Claims:
    """A chain of two links, each supplied by two; a third firm supplies nothing yet."""
    said = Claims()
    for firm in ("F1", "F2", "F3", "F4"):
        said.entity("Firm", firm)
    for product in ("panel", "mask"):
        said.entity("Product", product)
    said.entity("IndustryChain", "chain")
    said.relation("PART_OF_CHAIN", "panel", "chain", file="chain.csv")
    said.relation("PART_OF_CHAIN", "mask", "chain", file="chain.csv")
    said.relation("REQUIRES", "panel", "mask", file="chain.csv")
    return said


def supplied(**shares: float) -> Claims:
    said = base()
    for firm, share in shares.items():
        said.relation("PROVIDES", firm, "mask", file="provides.csv", share=share)
        said.relation("PROVIDES", firm, "panel", file="panel.csv", share=1 / len(shares))
    return said


Asked = Callable[..., Diff]


@pytest.fixture
def between(tmp_path: Path) -> Asked:
    """Writes each of some claims as a run, and compares the last two."""

    def ask(*states: Claims, **asked: Any) -> Diff:
        db = tmp_path / "graph.duckdb"
        for state in states:
            state.write(db)
        with Record.open(db) as record:
            return diff(record, **{"as_of": DAY, "measures": SCARCITY, **asked})

    return ask


def changes(found: Diff, measure: str) -> list[FindingChange]:
    return [c for c in found.findings if c.finding.measure == measure]


def causes(one: FindingChange) -> list[tuple[str, str, str | None, Any]]:
    return [
        (NEARNESS[near], c.of, c.to, c.values.get("share"))
        for c, near in zip(one.causes.first, one.causes.near, strict=True)
    ]


def test_a_link_that_comes_to_hang_on_one_is_opened_with_its_reason(between: Asked) -> None:
    found = between(supplied(F1=0.5, F2=0.5), supplied(F1=0.97, F2=0.03))
    (one,) = changes(found, "single-source")
    assert (one.change, one.before, one.otherwise) == ("opened", None, "not_found")
    assert one.after is not None and one.after.severity == 0.97
    assert causes(one)[:2] == [
        ("evidence", "F1", "mask", (0.5, 0.97)),
        ("evidence", "F2", "mask", (0.5, 0.03)),
    ]
    assert found.counts["single-source"]["opened"] == 1
    assert found.claims == 2


def test_backwards_it_is_closed(between: Asked) -> None:
    even = supplied(F1=0.5, F2=0.3, F3=0.2)
    found = between(even, supplied(F1=0.97, F2=0.02, F3=0.01), before=2, after=1)
    (one,) = changes(found, "single-source")
    assert (one.change, one.after, one.otherwise) == ("closed", None, "not_found")
    assert one.instead == ("concentrated:mask@level=actor",)
    assert causes(one)[0] == ("evidence", "F1", "mask", (0.97, 0.5))


def test_worse_and_better_by_severity(between: Asked) -> None:
    states = supplied(F1=0.6, F2=0.3, F3=0.1), supplied(F1=0.8, F2=0.15, F3=0.05)
    worse = between(*states, measures=["concentrated"])
    (one,) = worse.findings
    assert (one.change, one.otherwise, one.instead) == ("worse", "", ())
    better = between(supplied(F1=0.7, F2=0.2, F3=0.1), measures=["concentrated"])
    assert [c.change for c in better.findings] == ["better"]


def test_less_than_the_tolerance_is_the_same(between: Asked) -> None:
    states = supplied(F1=0.6, F2=0.3, F3=0.1), supplied(F1=0.604, F2=0.296, F3=0.1)
    assert between(*states).findings == ()
    assert between(settings={"diff.tolerance": 0.0001}).findings != ()
    assert between().claims == 2


def test_what_cannot_be_judged_any_more_is_not_mended(between: Asked) -> None:
    bare = base()
    for firm in ("F1", "F2", "F3", "F4"):
        bare.relation("PROVIDES", firm, "mask", file="provides.csv")
    found = between(supplied(F1=0.8, F2=0.1, F3=0.1), bare, measures=["concentrated"])
    (one,) = [c for c in found.findings if c.change == "closed" and c.finding.subject.id == "mask"]
    assert one.otherwise == "not_assessed"


def test_what_is_gone_from_the_record_is_not_mended_either(between: Asked) -> None:
    without = Claims().entity("Firm", "F1").entity("Product", "panel")
    without.relation("PROVIDES", "F1", "panel", file="panel.csv")
    without.relation("PROVIDES", "F1", "panel", file="provides.csv")
    found = between(supplied(F1=1.0), without)
    (one,) = [c for c in changes(found, "single-source") if c.finding.subject.id == "mask"]
    assert (one.change, one.otherwise) == ("closed", "no_subject")


def test_a_provider_that_moves_counts_as_near(between: Asked) -> None:
    """Where suppliers sit makes a link concentrated by country; the link's own rows stay."""

    def placed(**countries: str) -> Claims:
        said = supplied(F1=0.34, F2=0.33, F3=0.33)
        for place in ("CN", "JP", "US"):
            said.entity("Region", place, level="国家", file="regions.csv")
        for firm, place in countries.items():
            said.relation("LOCATED_IN", firm, place, file="places.csv")
        return said

    found = between(
        placed(F1="JP", F2="US", F3="CN"),
        placed(F1="JP", F2="JP", F3="CN"),
        measures=["concentrated"],
    )
    touched = [c for c in found.findings if c.finding.subject.id == "mask"]
    assert touched, found.counts
    for one in touched:
        near = {place for place, *_ in causes(one)}
        assert near == {"provider"}
        assert {(of, to) for _, of, to, _ in causes(one)} == {("F2", "US"), ("F2", "JP")}


def test_a_cause_further_along_the_chain_is_found(between: Asked) -> None:
    found = between(
        supplied(F1=0.5, F2=0.5), supplied(F1=0.97, F2=0.03), measures=["single-source"]
    )
    assert found.findings
    # The panel's own rows did not change; what it requires did.
    chain = between(measures=["chokepoint"])
    panel = [c for c in chain.findings if c.finding.subject.id == "panel"]
    for one in panel:
        assert {near for near, *_ in causes(one)} <= {"provider", "near"}
        assert one.causes.count


def test_nothing_changed_says_so(between: Asked) -> None:
    twice = supplied(F1=0.5, F2=0.5).entity("Firm", "F9", file="more.csv")
    found = between(twice, twice, before=1, after=1)
    assert (found.findings, found.claims) == ((), 0)
    assert set(found.entities.counts["added"].values()) == set()


def test_time_alone_changes_nothing_unless_two_days_are_asked(between: Asked) -> None:
    def dated(note: str) -> Claims:
        said = supplied(F1=0.5, F2=0.5).entity("Firm", "F8", name=note, file="more.csv")
        return said.relation("PROVIDES", "F3", "mask", file="late.csv", share=0.6, end="2025-12")

    assert between(dated("a"), dated("b"), as_of="2030-01-01").findings == ()
    later = between(as_of=["2025-01-01", "2027-01-01"])
    assert "mask" in {c.finding.subject.id for c in later.findings}
    assert later.as_of == ("2025-01-01", "2027-01-01")
    with pytest.raises(UsageError, match="3 days"):
        between(as_of=["2025", "2026", "2027"])


def test_a_region_only_one_run_knows(between: Asked) -> None:
    def placed() -> Claims:
        said = supplied(F1=1.0).entity("Region", "苏州", level="市", file="regions.csv")
        return said.relation("LOCATED_IN", "F1", "苏州", file="places.csv")

    found = between(supplied(F1=1.0), placed(), region="苏州")
    assert found.unknown_place == "before"
    assert {c.change for c in found.findings} == {"opened"}
    with pytest.raises(UsageError, match="杭州"):
        between(region="杭州")


def test_top_cuts_each_list_and_counts_go_on(between: Asked) -> None:
    def many(share: float) -> Claims:
        said = base()
        for i in range(5):
            said.entity("Product", f"part{i}")
            said.relation("PROVIDES", "F1", f"part{i}", file="provides.csv", share=share)
            said.relation("PROVIDES", "F2", f"part{i}", file="provides.csv", share=1 - share)
        return said

    found = between(many(0.5), many(0.99), measures=["single-source"], top=2)
    assert [c.finding.subject.id for c in found.findings] == ["part0", "part1"]
    assert found.counts["single-source"]["opened"] == 5
    assert len(between(measures=["single-source"], top=0).findings) == 5


def test_as_json_it_is_whole_and_the_same_twice(between: Asked) -> None:
    found = between(supplied(F1=0.5, F2=0.5), supplied(F1=0.97, F2=0.03)).to_dict()
    assert found == between().to_dict()
    assert list(found) == [
        "before", "after", "configuration", "unknown_place", "claims", "entities", "relations",
        "findings",
    ]  # fmt: skip
    assert (found["before"]["run"], found["after"]["run"]) == (1, 2)
    one = next(f for f in found["findings"]["listed"] if f["measure"] == "single-source")
    assert one["severity"] == {"old": None, "new": 0.97}
    assert one["causes"]["listed"][0] == {
        "nearness": "evidence",
        "type": "PROVIDES",
        "from": "F1",
        "to": "mask",
        "source": "toy",
        "old": {"file": "provides.csv", "line": 2},
        "new": {"file": "provides.csv", "line": 2},
        "values": {"share": {"old": 0.5, "new": 0.97}},
    }
    relation = found["relations"]["listed"][0]
    assert {k: relation[k] for k in ("change", "from", "type", "to")} == {
        "change": "changed", "from": "F1", "type": "PROVIDES", "to": "mask",
    }  # fmt: skip


def finding(
    subject: str, severity: float, *, method: str = "m/1", apart: str = "", **values: Any
) -> Finding:
    named = Subject(subject, "Product", {"en": subject})
    return Finding(
        id=f"m:{subject}",
        chain="industry",
        family="scarcity",
        measure="m",
        method=method,
        rank=1,
        severity=severity,
        subject=named,
        object=None,
        values=values,
        impact={},
        action="补链",
        confidence=Confidence(1.0),
        evidence=(),
        text={},
        apart=apart,
    )


def answer(*found: Finding, missing: tuple[NotAssessed, ...] = ()) -> Findings:
    return Findings("run", "record", "1", found, missing)


def brief(compared: Compared) -> list[tuple[str, str, str]]:
    return [(c.change, c.finding.subject.id, c.otherwise) for c in compared.changes]


def test_another_version_of_a_method_is_said_and_not_counted() -> None:
    compared = compare(answer(finding("a", 0.2)), answer(finding("a", 0.9, method="m/2")), 0.01)
    assert (compared.changes, compared.counts) == ((), {})
    assert compared.versions == {"m": ("m/1", "m/2")}


def test_what_is_listed_apart_is_no_weak_link() -> None:
    was = answer(
        finding("a", 0.9), finding("b", 0.9, apart="advantage"), finding("c", 0.1, apart="x")
    )
    now = answer(
        finding("a", 0.9, apart="advantage"), finding("b", 0.9), finding("c", 0.9, apart="x")
    )
    assert brief(compare(was, now, 0.01)) == [("opened", "b", "apart"), ("closed", "a", "apart")]


def test_a_measure_that_says_nothing_at_all_is_not_assessed() -> None:
    missing = (NotAssessed("m", None, "insufficient_data", ("PROVIDES",)),)
    assert brief(compare(answer(finding("a", 0.9)), answer(missing=missing), 0.01)) == [
        ("closed", "a", "not_assessed")
    ]
    with_others = answer(finding("b", 0.5), missing=missing)
    assert brief(compare(answer(finding("a", 0.9)), with_others, 0.01)) == [
        ("opened", "b", "not_found"),
        ("closed", "a", "not_found"),
    ]


def test_the_largest_step_comes_first() -> None:
    was = answer(finding("a", 0.5), finding("b", 0.5), finding("c", 0.9))
    now = answer(finding("a", 0.6), finding("b", 0.8), finding("c", 0.2))
    assert brief(compare(was, now, 0.01)) == [
        ("worse", "b", ""),
        ("worse", "a", ""),
        ("better", "c", ""),
    ]


def test_what_falls_is_left_out_where_nobody_asks(tmp_path: Path) -> None:
    with Record.open(supplied(F1=0.97, F2=0.03).write(tmp_path / "graph.duckdb")) as record:
        whole, bare = (
            run(record.view(), measures=SCARCITY, as_of=DAY, impact=impact)
            for impact in (True, False)
        )
    assert any(f.impact for f in whole.findings)
    assert not any(f.impact for f in bare.findings)
    assert [replace(f, impact={}) for f in whole.findings] == list(bare.findings)
