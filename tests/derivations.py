"""What must hold of every derivation: it can be followed from the rows to the severity by hand."""

import re
from collections.abc import Iterable, Iterator

import pytest

from graph.finding import Calculation, Derived, Finding
from graph.gaps.settings import Settings
from graph.rows import number
from tests.arithmetic import evaluate, numbers, rounding

HALF = {"confidence": 5e-5}
"""Half a unit of the last digit that is given: confidence has four digits, all else six."""

WAYS = re.compile(r"C\([^)]*\)|\^\d+(?![\d.])")
"""Ways to choose, and whole exponents: their numbers are those of the formula, counted down."""

PLAIN = {"0", "1", "2", "3", "0.5"}
"""Numbers of formulas themselves."""


def every(steps: Iterable[Derived]) -> Iterator[Derived]:
    """Steps in the order in which they are read, parts before the arithmetic of their step."""
    for step in steps:
        yield from every(step.parts)
        yield step


def own(finding: Finding) -> list[Derived]:
    """What the measure itself says, down to the parts."""
    return list(every(s for s in finding.derivation if s.about == "severity"))


def comes_out(finding: Finding) -> None:
    """Each calculation, done again with the numbers as printed, gives its result."""
    for step in every(finding.derivation):
        half = HALF.get(step.about, 5e-7)
        for one in step.calculations:
            off = half * max(1.0, abs(one.result)) + rounding(one.numbers, half) + 1e-9
            assert evaluate(one.numbers) == pytest.approx(one.result, abs=off), (finding.id, one)


def comes_to_the_severity(finding: Finding) -> None:
    last = [c for step in own(finding) for c in step.calculations][-1:]
    assert last, f"{finding.id}: no calculation"
    assert last[0].result == pytest.approx(finding.severity, abs=1e-6), finding.id


def starts_from_rows(finding: Finding) -> None:
    assert any(step.evidence for step in own(finding)), finding.id


def is_grounded(finding: Finding) -> None:
    """Each number that is used stands in a text, a line or a result before, or is a threshold."""
    known = PLAIN | {number(value) for value in Settings().values()}
    for text, calculations in _read(finding.derivation):
        known |= numbers(text)
        for one in calculations:
            if one.numbers != number(one.result) or one.name == "severity":
                lacking = numbers(WAYS.sub("", one.numbers)) - known
                assert not lacking, (finding.id, text, one, lacking)
            known |= numbers(number(one.result))  # else it is said here for the first time


def _read(steps: Iterable[Derived]) -> Iterator[tuple[str, tuple[Calculation, ...]]]:
    """Texts with what the lines say, then calculations, as they follow each other on the page."""
    for step in steps:
        lines = " ".join(str(line.row) for line in step.evidence)
        yield f"{step.text['en']} {lines}", ()
        yield from _read(step.parts)
        yield step.text["en"], step.calculations


def is_said_in_both_languages(finding: Finding) -> None:
    for step in every(finding.derivation):
        assert set(step.text) == {"zh", "en"}
        assert step.text["zh"].strip() and step.text["en"].strip(), finding.id


def holds(finding: Finding) -> None:
    """All of this."""
    comes_out(finding)
    comes_to_the_severity(finding)
    starts_from_rows(finding)
    is_grounded(finding)
    is_said_in_both_languages(finding)
