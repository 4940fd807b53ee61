"""Arithmetic as it is written down: formulas with numbers put in, rounded as a reader sees them."""

import re
from collections.abc import Sequence

from graph.finding import Calculation
from graph.rows import number

__all__ = ["SHOWN", "added", "calculate", "given", "number"]

SHOWN = 12
"""Terms of a sum, or lines of a list, that are written out; what the rest adds is said."""

_NAME = re.compile(r"\{(\w+)\}")


def _bracketed(value: float) -> str:
    """A number inside a formula: in brackets where it would read wrong without."""
    text = number(value)
    return f"({text})" if text.startswith("-") or "×" in text else text


def calculate(name: str, formula: str, result: float, **numbers: float) -> Calculation:
    """A formula whose numbers are named in braces.

    >>> calculate("c", "1 - (1 - {P}) × (1 - {F})", 0.625, P=0.5, F=0.25).numbers
    '1 - (1 - 0.5) × (1 - 0.25)'
    """
    plain = _NAME.sub(r"\1", formula)
    put_in = _NAME.sub(lambda found: _bracketed(numbers[found[1]]), formula)
    return Calculation(name, "" if plain == put_in else plain, put_in, float(result))


def given(name: str, value: float) -> Calculation:
    """A number that is not worked out but stands somewhere.

    >>> given("severity", 0.5)
    Calculation(name='severity', formula='', numbers='0.5', result=0.5)
    """
    return Calculation(name, "", number(value), float(value))


def added(
    name: str, formula: str, terms: Sequence[float], result: float, *, power: int = 1
) -> Calculation:
    """A sum, of squares with `power` 2; a long one is cut, and its end is one number.

    >>> added("F", "Σ s^2", [0.7, 0.2, 0.1], 0.54, power=2).numbers
    '0.7^2 + 0.2^2 + 0.1^2'
    """
    raised = f"^{power}" if power > 1 else ""
    first = terms[:SHOWN]
    parts = [f"{_bracketed(term)}{raised}" for term in first]
    if len(first) < len(terms):
        parts.append(_bracketed(sum(term**power for term in terms[len(first) :])))
    return Calculation(name, formula, " + ".join(parts) or "0", float(result))
