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
        try:
            json.dumps(found[name], ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise UsageError("cypher.not_unicode") from error
    return found


def _value(text: str) -> Any:
    try:
        return json.loads(text, parse_int=_integer, parse_constant=_no_constant)
    except ValueError:
        return text


def _integer(digits: str) -> int:
    value = int(digits)
    if not -(2**63) <= value < 2**63:
        raise ValueError(digits)  # beyond what the engines hold: it stays text
    return value


def _no_constant(word: str) -> None:
    raise ValueError(word)
