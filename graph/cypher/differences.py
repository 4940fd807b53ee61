"""Where the embedded engine is not Neo4j: what it refuses, and what it would answer otherwise.

Each has a message `differs.<name>`, which names the construct and the way round. What would be
answered differently in silence is refused before it is asked; where only a detail differs, or where
Neo4j would refuse, a word of warning is said. Found by asking both engines some 600 queries.
"""

import re
from collections.abc import Iterator

from graph.cypher.readonly import tokens
from graph.errors import QueryError

CLAUSES = frozenset("match optional with return call unwind union finish order skip limit".split())
SEARCHES = ("shortestpath", "allshortestpaths")

_SILENT = {
    "property_keys": r"\bcall db\.propertykeys\b",
    "show": r"\bshow ((all|built|user) (\w+ )*)?(procedures?|functions?)\b",
    "visualization": r"\bcall db\.schema\.visualization\b",
    "distance": r"(?<![.\w])distance \(",
}
_NOTED = {
    "point_distance": r"\bpoint\.distance \(",
    "element_id": r"(?<![.\w])(elementid|id) \(",
    "apoc": r"\bapoc\.",
    "algo": r"\balgo\.",
    "let": r"\blet \w+ =|\) filter (where )?\w",
}
_REFUSED = {
    "path_search": r"(= |match )(any|all|shortest) (shortest )?\(?|\bshortest \d",
    "in_transactions": r"\bin (\d+ )?(concurrent )?transactions\b",
    "explain": r"^(explain|profile)\b",
    "options": r"^cypher\b",
    "underscore": r"\b\d+_\d",
    "schema_procedures": r"\bcall db\.(schema\.\w*typeproperties|info|constraints|indexes)\b",
    "fulltext": r"\bcall db\.index\.",
    "gds": r"\bgds\.",
    "next": r"(?<!\.)\bnext (match|return|with)\b",
    "match_mode": r"\brepeatable elements?\b",
}
_SAID = {
    "grouping": "AmbiguousAggregationExpression",
    "union": "DifferentColumnsInUnion",
    "duration_sum": "received a value of type CypherDuration",
}

NAMES = ("path_condition", *_SILENT, *_NOTED, *_REFUSED, *_SAID)
"""All differences that have a message."""


def refuse_silent(cypher: str) -> None:
    """Raises QueryError for a query that the embedded engine would answer, but not as Neo4j does.

    >>> refuse_silent("MATCH p = shortestPath((a)-[*..5]-(b)) WHERE length(p) > 1 RETURN p")
    Traceback (most recent call last):
        ...
    graph.errors.QueryError: ...
    """
    found = [(kind, text.casefold()) for kind, text in tokens(cypher)]
    if _path_condition(found):
        raise QueryError("differs.path_condition")
    for name in _matching(found, _SILENT):
        raise QueryError(f"differs.{name}")


def noted(cypher: str) -> list[str]:
    """Names of the messages that the user of the embedded engine should hear about a query."""
    return list(_matching([(kind, text.casefold()) for kind, text in tokens(cypher)], _NOTED))


def explained(cypher: str, detail: str) -> QueryError | None:
    """The error that names construct and way round, for a query that the engine refused."""
    for name, words in _SAID.items():
        if words in detail:
            return QueryError(f"differs.{name}")
    found = [(kind, text.casefold()) for kind, text in tokens(cypher)]
    return next((QueryError(f"differs.{name}") for name in _matching(found, _REFUSED)), None)


def _matching(found: list[tuple[str, str]], patterns: dict[str, str]) -> Iterator[str]:
    """Names of the patterns that occur in the words of a query, strings and quoted names aside."""
    words = ("''" if kind in ("string", "quoted") else text for kind, text in found)
    text = re.sub(r" ?\. ?", ".", " ".join(words))
    for name, pattern in patterns.items():
        if re.search(pattern, text):
            yield name


def _path_condition(found: list[tuple[str, str]]) -> bool:
    """Whether a condition speaks of a path that `shortestPath` of the same MATCH finds.

    Neo4j looks for the shortest path that fulfils it; the embedded engine finds the shortest one
    and then drops it.
    """
    for i, (kind, text) in enumerate(found):
        if kind == "word" and text in SEARCHES:
            end = _closing(found, i + 1)
            names = {found[i - 2][1]} if i > 1 and found[i - 1][1] == "=" else set()
            names |= {
                found[j + 1][1]
                for j in range(i, end)
                if found[j][1] == "[" and found[j + 1][0] in ("word", "quoted")
            }
            if names & set(_condition(found, end)):
                return True
    return False


def _closing(found: list[tuple[str, str]], start: int) -> int:
    """The place of the bracket that closes the one at `start`, or the end."""
    depth = 0
    for i in range(start, len(found)):
        depth += {"(": 1, ")": -1}.get(found[i][1], 0)
        if depth == 0:
            return i
    return len(found)


def _condition(found: list[tuple[str, str]], start: int) -> Iterator[str]:
    """The words of the WHERE that follows in the same clause."""
    depth, within = 0, False
    for i in range(start + 1, len(found)):
        kind, text = found[i]
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(text, 0)
        if depth < 0 or (depth == 0 and kind == "word" and text in CLAUSES):
            return
        if depth == 0 and text == "where":
            within = True
        elif within and kind in ("word", "quoted") and found[i - 1][1] not in (".", ":"):
            yield text
