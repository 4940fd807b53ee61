"""The W3C's own tests: every file of `core/`, by its expected report."""

from pathlib import Path

import pytest
from pyoxigraph import Literal

from graph.errors import InputError
from tests.rdf.shacl import w3c

NOT_CLAIMED: dict[str, str] = {}
"""Tests of `core/` that we do not claim to pass, each with the reason. docs/shacl.md says the same."""

CORE = 98


@pytest.fixture(scope="module")
def suite(shared_data: Path) -> Path:
    return shared_data / "w3c-shacl-tests"


def test_every_core_test_gives_its_report(suite: Path) -> None:
    cases = {case.name: case for case in w3c.cases(suite / "core")}
    assert len(cases) == CORE and set(NOT_CLAIMED) <= set(cases)
    wrong = {}
    for name, case in cases.items():
        if name not in NOT_CLAIMED and case.expected() != w3c.found(case.report()):
            wrong[name] = case.expected(), w3c.found(case.report())
    assert not wrong


def test_what_is_not_claimed_does_differ(suite: Path) -> None:
    for case in w3c.cases(suite / "core"):
        if case.name in NOT_CLAIMED:
            assert case.expected() != w3c.found(case.report()), f"{case.name} can be claimed"


def test_messages_of_shapes_are_the_results(suite: Path) -> None:
    (case,) = w3c.cases(suite / "core/misc/message-001.ttl")
    (result,) = case.report().results
    assert result.messages == (Literal("Test message", language="en"),)


def test_a_report_read_back_is_the_same(suite: Path) -> None:
    for case in w3c.cases(suite / "core"):
        report = case.report()
        assert w3c.read_turtle(report.turtle()) == w3c.found(report), case.name


def test_sparql_constraints_are_refused_by_name(suite: Path) -> None:
    cases = w3c.cases(suite / "sparql")
    refused = 0
    for case in cases:
        with pytest.raises(InputError) as raised:
            case.report()
        assert raised.value.key in ("shacl.unsupported", "shacl.own_component"), case.name
        assert "http" in str(raised.value) or "_:" in str(raised.value)
        refused += 1
    assert refused == len(cases) > 15
