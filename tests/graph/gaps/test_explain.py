"""Derivations: every finding of every measure on the example is worked out again by hand."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

import pytest

from graph.errors import UsageError
from graph.finding import Calculation, Derived, Finding
from graph.gaps import methods, run
from graph.gaps.settings import Settings
from graph.record import Record
from graph.resources import copy_demo
from graph.rows import number
from graph.schema import load
from ingest import load as loader
from ingest.discover import discover
from tests.arithmetic import evaluate, numbers, rounding

pytestmark = pytest.mark.slow

DAY = "2024-12-31"
SCHEMA = load()
HALF = {"confidence": 5e-5}
"""Half a unit of the last digit that is given: confidence has four digits, all else six."""

WAYS = re.compile(r"C\([^)]*\)")
"""Ways to choose: their numbers are those of the formula, counted down."""

PLAIN = {"0", "1", "2", "3", "0.5"}
"""Numbers of formulas themselves."""


@pytest.fixture(scope="module")
def view(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explained")
    with Record.open(folder / "graph.duckdb", write=True) as record:
        loader.ingest(record, discover([copy_demo(folder / "data")], "demo"), command="demo")
        yield record.view()


REGIONS = (None, "沟渠区", "示例·北原市")
FEW = {"stability.draws": 2, "stability.draws_min": 1}


@pytest.fixture(scope="module")
def derived(view):
    """All findings of a measure on the example, in all and in a region, derived."""

    @cache
    def ask_for(measure: str, region: str | None) -> tuple[Finding, ...]:
        asked = {"home": "CN", "region": region, "as_of": DAY, "measures": [measure]}
        return run(view, **asked, top=0, settings=FEW, explain="").findings

    def every_one(measure: str) -> list[Finding]:
        regions = REGIONS if methods()[measure].regional else REGIONS[:1]
        return [f for region in regions for f in ask_for(measure, region)]

    return every_one


def every(steps: tuple[Derived, ...]) -> Iterator[Derived]:
    """Steps in the order in which they are read, parts before the arithmetic of their step."""
    for step in steps:
        yield from every(step.parts)
        yield step


@pytest.mark.parametrize("measure", methods())
def test_the_arithmetic_comes_out(measure, derived):
    findings = derived(measure)
    assert findings, "nothing of this measure in the example"
    for finding in findings:
        for step in every(finding.derivation):
            for one in step.calculations:
                half = HALF.get(step.about, 5e-7)
                off = half * max(1.0, abs(one.result)) + rounding(one.numbers, half) + 1e-9
                assert evaluate(one.numbers) == pytest.approx(one.result, abs=off), (
                    finding.id,
                    one,
                )


@pytest.mark.parametrize("measure", methods())
def test_a_derivation_comes_to_the_severity(measure, derived):
    for finding in derived(measure):
        own = [s for s in finding.derivation if s.about == "severity"]
        last = [c for s in every(tuple(own)) for c in s.calculations][-1:]
        assert last, f"{finding.id}: no calculation"
        assert last[0].result == pytest.approx(finding.severity, abs=1e-6), finding.id


@pytest.mark.parametrize("measure", methods())
def test_a_derivation_starts_from_rows(measure, derived):
    for finding in derived(measure):
        own = tuple(s for s in finding.derivation if s.about == "severity")
        assert any(step.evidence for step in every(own)), finding.id


@pytest.mark.parametrize("measure", methods())
def test_each_number_stands_somewhere_before_it_is_used(measure, derived):
    settings = {number(value) for value in Settings().values()}
    for finding in derived(measure):
        known = PLAIN | settings
        for text, calculations in _read(finding.derivation):
            known |= numbers(text)
            for one in calculations:
                if one.numbers != number(one.result):  # else it is said here for the first time
                    lacking = numbers(WAYS.sub("", one.numbers)) - known
                    assert not lacking, (finding.id, text, one, lacking)
                known |= numbers(number(one.result))


def _read(steps: Iterable[Derived]) -> Iterator[tuple[str, tuple[Calculation, ...]]]:
    """Texts with what the lines say, then calculations, as they follow each other on the page."""
    for step in steps:
        lines = " ".join(str(line.row) for line in step.evidence)
        yield f"{step.text['en']} {lines}", ()
        yield from _read(step.parts)
        yield step.text["en"], step.calculations


@pytest.mark.parametrize("measure", methods())
def test_it_is_said_in_both_languages(measure, derived):
    for finding in derived(measure):
        for step in every(finding.derivation):
            assert set(step.text) == {"zh", "en"}
            assert step.text["zh"].strip() and step.text["en"].strip(), finding.id
            assert step.text["zh"] != step.text["en"] or not step.text["en"].isascii(), step


def test_the_rank_is_that_of_the_whole_run(view):
    asked = {"home": "CN", "as_of": DAY, "settings": FEW}
    for one in run(view, **asked, top=2).findings:
        (again,) = run(view, **asked, top=0, measures=[one.measure], explain=one.id).findings
        assert replace(again, derivation=()) == one
        assert again.derivation


def test_what_is_not_there_is_answered_with_the_nearest(view):
    with pytest.raises(UsageError) as said:
        run(view, as_of=DAY, measures=["stated"], explain="stated:problem%3Anothing")
    assert "stated:" in said.value.values["nearest"]
