"""Derivations: every finding of every measure on the example is worked out again by hand."""

from dataclasses import replace
from functools import cache

import pytest

from graph.errors import UsageError
from graph.finding import Finding
from graph.gaps import methods, run
from graph.record import Record
from graph.resources import copy_demo
from graph.schema import load
from ingest import load as loader
from ingest.discover import discover
from tests.derivations import (
    comes_out,
    comes_to_the_severity,
    is_grounded,
    is_said_in_both_languages,
    starts_from_rows,
)

pytestmark = pytest.mark.slow

DAY = "2024-12-31"
SCHEMA = load()


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


CHECKS = (
    comes_out,
    comes_to_the_severity,
    starts_from_rows,
    is_grounded,
    is_said_in_both_languages,
)


@pytest.mark.parametrize("measure", methods())
@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.__name__)
def test_every_finding_can_be_followed(check, measure, derived):
    findings = derived(measure)
    assert findings, "nothing of this measure in the example"
    for finding in findings:
        check(finding)


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
