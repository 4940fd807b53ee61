"""Parameters of a query as they are given on the command line: `--param name=value`."""

import json
from collections.abc import Iterable
from typing import Any

from graph.errors import UsageError


def parse(given: Iterable[str]) -> dict[str, Any]:
    """Names and values; a value that is JSON is read as JSON, any other is text.

    Raises UsageError for a parameter without `=` or without a name.

    >>> parse(["id=N20", "n=3", 'ids=["a", "b"]', 'zip="010"', "empty="])
    {'id': 'N20', 'n': 3, 'ids': ['a', 'b'], 'zip': '010', 'empty': ''}
    """
    found = {}
    for text in given:
        name, sign, value = text.partition("=")
        name = name.strip().removeprefix("$")
        if not sign or not name:
            raise UsageError("cypher.bad_parameter", text=text)
        found[name] = _value(value)
    return found


def _value(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    too_large = isinstance(value, int) and not -(2**63) <= value < 2**63
    return text if too_large else value
