"""Conditions on findings: `--where "type=Product"`, `--where "severity>=0.5"`.

Fields are id, type, name, severity, action, chain, measure, industry (of the subject or of its
providers, with the industries above), level, and all that stands under `values`. Operators are
= != < > <= >= and ~ (contains). Of a field with several values one has to fit, for != all.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.errors import UsageError

_FORM = re.compile(r"\s*([\w.]+)\s*(<=|>=|!=|=|<|>|~)\s*(.+?)\s*", re.DOTALL)


@dataclass(frozen=True)
class Condition:
    """One comparison of a field of a finding with a text or a number."""

    source: str
    field: str
    operator: str
    wanted: str

    def holds(self, fields: Mapping[str, Any]) -> bool:
        """Whether the finding with these fields passes; a field that it lacks never does."""
        value = fields.get(self.field)
        if isinstance(value, list):
            each = [self._compares(v) for v in value]
            return all(each) if self.operator == "!=" else any(each)
        return value is not None and self._compares(value)

    def _compares(self, value: Any) -> bool:
        if self.operator == "~":
            return self.wanted.casefold() in str(value).casefold()
        left, right = _comparable(value, self.wanted)
        return bool(
            {
                "=": left == right,
                "!=": left != right,
                "<": left < right,
                ">": left > right,
                "<=": left <= right,
                ">=": left >= right,
            }[self.operator]
        )


def _comparable(value: Any, wanted: str) -> tuple[Any, Any]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return float(value), float(wanted)
        except ValueError:
            pass
    return str(value).casefold(), wanted.casefold()


def conditions(where: Sequence[str] | str | None) -> list[Condition]:
    """Reads conditions; all must hold.

    >>> conditions("severity >= 0.5")[0].holds({"severity": 0.7})
    True

    Raises UsageError for one that is no comparison.
    """
    texts = [where] if isinstance(where, str) else list(where or ())
    read = []
    for text in texts:
        match = _FORM.fullmatch(text)
        if not match:
            raise UsageError("gaps.bad_where", text=text)
        read.append(Condition(text, *match.groups()))
    return read
