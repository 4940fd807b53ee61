"""Parameters as they are given on the command line."""

from typing import Any

import pytest

from graph.cypher.parameters import parse
from graph.errors import UsageError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x=1", 1),
        ("x=1.5", 1.5),
        ("x=true", True),
        ("x=null", None),
        ('x={"a": [1]}', {"a": [1]}),
        ("x=中文", "中文"),
        ("x=a=b", "a=b"),
        ("$x=1", 1),
        ("x=", ""),
        ("x=NaN", "NaN"),
        ("x=9223372036854775807", 2**63 - 1),
        ("x=9223372036854775808", "9223372036854775808"),
        ("x=[9223372036854775808]", "[9223372036854775808]"),
        ("x=91510100MA61RJTX7M", "91510100MA61RJTX7M"),
    ],
)
def test_json_or_text(text: str, value: Any) -> None:
    assert parse([text]) == {"x": value}


@pytest.mark.parametrize("text", ["x", "=1", "", 'x="\\ud800"', "x=\udce4"])
def test_what_is_no_parameter(text: str) -> None:
    with pytest.raises(UsageError):
        parse([text])
