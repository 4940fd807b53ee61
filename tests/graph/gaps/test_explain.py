"""Derivations: every finding of every measure on the example is worked out again by hand."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from graph.finding import Derived, Finding
from graph.gaps import methods
from graph.gaps.assemble import Assembler
from graph.gaps.knock import with_impact
from graph.gaps.method import Ask, Found
from graph.gaps.runner import LIVE_STATUS, _ask
from graph.gaps.settings import Settings
from graph.network import Network
from graph.record import Record
from graph.resources import copy_demo
from graph.schema import load
from ingest import load as loader
from ingest.discover import discover
from tests.arithmetic import evaluate, numbers

DAY = "2024-12-31"
SCHEMA = load()
ROUNDING = {"confidence": 1e-4}
"""How far a result may be off its printed arithmetic: confidence has four digits, all else six."""

PLAIN = {"0", "1", "2", "3", "0.5"}
"""Numbers of formulas themselves."""


@pytest.fixture(scope="module")
def view(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explained")
    with Record.open(folder / "graph.duckdb", write=True) as record:
        loader.ingest(record, discover([copy_demo(folder / "data")], "demo"), command="demo")
        yield record.view()


REGIONS = (None, "沟渠区")


@pytest.fixture(scope="module")
def derived(view):
    """All findings of a measure on the example, in all or in a region, derived."""
    limits = Settings()

    @cache
    def network(region: str | None) -> tuple[Network, Ask]:
        net = Network.of(view, as_of=DAY, live_status=LIVE_STATUS, rates=limits.rates())
        return net, _ask(net, limits, "CN", region)

    @cache
    def ask_for(measure: str, region: str | None = None) -> list[Finding]:
        net, ask = network(region)
        method = methods()[measure]
        assembler = Assembler(net, ask, method)
        found = [item.filled() for item in method.find(net, ask) if isinstance(item, Found)]
        shown = with_impact(net, found)
        names = assembler.names({k for f in shown for k in (f.subject, f.object) if k is not None})
        done = assembler.findings(shown, names, [None] * len(shown))
        return [
            replace(finding, derivation=assembler.derived(one, finding, names))
            for one, finding in zip(shown, done, strict=True)
        ]

    return lambda measure: [f for region in REGIONS for f in ask_for(measure, region)]


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
                off = ROUNDING.get(step.about, 2e-6) * max(1.0, abs(one.result))
                value = evaluate(one.numbers)
                assert value == pytest.approx(one.result, abs=off), (finding.id, one)


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
    settings = {f"{value:g}" for value in Settings().values()}
    for finding in derived(measure):
        known = PLAIN | settings
        for step in every(finding.derivation):
            known |= numbers(step.text["en"])
            for line in step.evidence:
                known |= numbers(str(line.row or ""))
            for one in step.calculations:
                lacking = numbers(one.numbers) - known if one.formula or one.numbers else set()
                if one.numbers != _written(one.result):
                    assert not lacking, (finding.id, step.text["en"], one, lacking)
                known |= {_written(one.result)}


def _written(value: float) -> str:
    from graph.rows import number

    return number(value)


@pytest.mark.parametrize("measure", methods())
def test_it_is_said_in_both_languages(measure, derived):
    for finding in derived(measure):
        for step in every(finding.derivation):
            assert set(step.text) == {"zh", "en"}
            assert step.text["zh"].strip() and step.text["en"].strip(), finding.id
            assert step.text["zh"] != step.text["en"] or not step.text["en"].isascii(), step
