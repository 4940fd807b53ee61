"""Conditions on a cell, for `where`, `check`, `is` and `null_if`.

A condition is a text (equal to it), a list (one of them) or a mapping of the words below, all of
which must hold. An empty cell holds for `present: false` and `not`, and for nothing else.

| word | holds where the cell |
|---|---|
| `equals`, `one_of` | is that text, one of those texts |
| `present: true` | is not empty (`false`: is empty) |
| `matches` | contains the regular expression (RE2) |
| `above`, `below` | is a number greater, smaller than that one |
| `same_as` | has the same text as another column |
| `placeholder: true` | only fills the cell: Various, 其他, 无 … (`false`: does not) |
| `not` | does not meet the condition given |
| `any_of` | meets at least one of the conditions in the list |
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from graph.names import PLACEHOLDERS
from ingest.mapping.document import Node
from ingest.mapping.sql import literal, text_list

Column = Callable[[str], str]
"""From the name of a column to the SQL that reads it."""

_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True)
class Condition:
    """One word of a condition with its argument; `parts` are what `not`, `any_of`, `all` join."""

    word: str
    texts: tuple[str, ...] = ()
    parts: "tuple[Condition, ...]" = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The other columns that it looks at."""
        own = self.texts if self.word == "same_as" else ()
        return own + tuple(c for part in self.parts for c in part.columns)

    def sql(self, cell: str, column: Column) -> str:
        """A boolean expression, never NULL, about the text expression `cell`."""
        return f"coalesce({self._bare(cell, column)}, false)"

    def _bare(self, cell: str, column: Column) -> str:
        match self.word:
            case "equals" | "one_of":
                return f"{cell} IN ({text_list(self.texts)})"
            case "present":
                return f"{cell} IS NOT NULL"
            case "matches":
                return f"regexp_matches({cell}, {literal(self.texts[0])})"
            case "above":
                return f"TRY_CAST({cell} AS DOUBLE) > {self.texts[0]}"
            case "below":
                return f"TRY_CAST({cell} AS DOUBLE) < {self.texts[0]}"
            case "same_as":
                return f"{cell} = {column(self.texts[0])}"
            case "placeholder":
                return f"lower(nfc_normalize({cell})) IN ({text_list(sorted(PLACEHOLDERS))})"
            case "not":
                return f"NOT {self.parts[0].sql(cell, column)}"
            case "any_of":
                return " OR ".join(part.sql(cell, column) for part in self.parts)
        return " AND ".join(part.sql(cell, column) for part in self.parts)


_WORDS = (
    "equals",
    "one_of",
    "present",
    "matches",
    "above",
    "below",
    "same_as",
    "placeholder",
    "not",
    "any_of",
)


def condition(node: Node) -> Condition:
    """The condition that `node` states."""
    if isinstance(node.value, str):
        return Condition("equals", (node.text(),))
    if isinstance(node.value, list):
        return Condition("one_of", tuple(n.text() for n in node.items()))
    pairs = node.keys(_WORDS)
    if not pairs:
        node.fail("empty_value")
    parts = tuple(_word(word, argument) for word, argument in pairs.items())
    return parts[0] if len(parts) == 1 else Condition("all", parts=parts)


def _word(word: str, node: Node) -> Condition:
    match word:
        case "one_of":
            return Condition(word, tuple(n.text() for n in node.items()))
        case "present" | "placeholder":
            found = Condition(word)
            return found if node.flag() else Condition("not", parts=(found,))
        case "matches":
            return Condition(word, (pattern(node),))
        case "above" | "below":
            if not _NUMBER.fullmatch(node.text()):
                node.fail("not_number", word=node.text())
            return Condition(word, (node.text(),))
        case "not":
            return Condition(word, parts=(condition(node),))
        case "any_of":
            return Condition(word, parts=tuple(condition(n) for n in node.items()))
    return Condition(word, (node.text(),))


def pattern(node: Node) -> str:
    """The regular expression in `node`, tried on the engine that will run it (linear time)."""
    import duckdb

    text = node.text()
    try:
        duckdb.execute("SELECT regexp_matches('', ?)", [text])
    except duckdb.Error as error:
        reason = str(error).partition("Error:")[2].strip() or str(error)
        node.fail("bad_pattern", word=text, reason=reason.splitlines()[0])
    return text
