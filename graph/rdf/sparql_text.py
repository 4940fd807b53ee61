"""What can be known of a SPARQL query from its text; the parser itself is Oxigraph's."""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from graph.errors import QueryError, UsageError

UPDATES = frozenset("insert delete load clear create drop copy move add with".split())
"""Words that begin an update (SPARQL 1.1 Update)."""

_TOKEN = re.compile(
    r"""
    (?P<comment> \#[^\n\r]* )
  | (?P<string> (?:'{3}|"{3}) | '(?:[^'\\\n\r]|\\.)*' | "(?:[^"\\\n\r]|\\.)*" )
  | (?P<iri> <[^\x00-\x20<>"{}|^`\\]*> )
  | (?P<variable> [?$]\w+ )
  | (?P<name> (?:[^\W\d_][\w.\-]*)?:(?:[\w:.\-]|%[0-9A-Fa-f]{2}|\\[^\w\s])* )
  | (?P<word> @?[^\W\d]\w* )
  | (?P<sign> \S )
    """,
    re.VERBOSE,
)
_LONG = {mark: re.compile(rf"(?:[^\\]|\\.)*?{mark}", re.DOTALL) for mark in ("'''", '"""')}


def tokens(query: str) -> Iterator[tuple[str, str, int]]:
    """What a query consists of: kind, text and place; comments are left out.

    >>> [text for _, text, _ in tokens("SELECT ?s { ?s a ig:Firm } # SERVICE")]
    ['SELECT', '?s', '{', '?s', 'a', 'ig:Firm', '}']
    """
    at = 0
    while match := _TOKEN.search(query, at):
        kind, text, at = str(match.lastgroup), match.group(), match.end()
        if text in _LONG:
            end = _LONG[text].match(query, at)
            at = end.end() if end else len(query)
            text = query[match.start() : at]
        elif kind == "name":
            bare = text.rstrip(".")  # the point ends the triple
            at -= len(text) - len(bare)
            text = bare
        if kind != "comment":
            yield kind, text, match.start()


def _letter(letter: str) -> str:
    codes = f"{ord(letter.upper()):02x}|{ord(letter):02x}"
    return rf"(?:{letter}|\\(?:u|U0000)00(?:{codes}))"


_WORD = "".join(map(_letter, "service"))
_SERVICE = re.compile(_WORD, re.IGNORECASE | re.ASCII)
_BLANK = r"(?:\s|#[^\n]*)*"
_SERVER = r"(?:<[^>\s]*>?|[?$]\w+|[\w.-]*:[\w.:%-]*)?"
_SERVICE_AND_BEHIND = re.compile(
    rf"{_WORD}[\w:.-]*{_BLANK}{_SERVER}{_BLANK}", re.IGNORECASE | re.ASCII
)
"""With what the parser may read on before it gives up: the rest of a name, the server's IRI."""


def without_service(query: str) -> str | None:
    """The query with other letters wherever it says `service`; None where it says it nowhere.

    It still parses exactly if the word stood only in names, strings, IRIs and comments, so that the
    parser itself, whatever it takes for a word, tells the keyword from the rest.

    >>> without_service("ASK { ?s ig:service 'self-service' }")
    "ASK { ?s ig:xxxxxxx 'self-xxxxxxx' }"
    """
    found = _SERVICE.sub(lambda match: "x" * len(match[0]), query)
    return None if found == query else found


def is_service(query: str, line: int, column: int) -> bool:
    """Whether the word at this place, or right before it, is `service`."""
    at = _offset(query, line, column)
    return any(m.start() <= at <= m.end() for m in _SERVICE_AND_BEHIND.finditer(query))


def _offset(query: str, line: int, column: int) -> int:
    lines = query.split("\n")
    return sum(len(text) + 1 for text in lines[: line - 1]) + column - 1


def update_word(query: str) -> str | None:
    """The word that makes an update of the text; None for a query."""
    for kind, text, _ in tokens(query):
        if kind == "word" and text.casefold() not in ("prefix", "base"):
            return text.upper() if text.casefold() in UPDATES else None
        if kind not in ("word", "name", "iri"):
            return None
    return None


_ERROR = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


def syntax_error(query: str, detail: str, prefixes: Mapping[str, str]) -> QueryError:
    """The parser's words on a query that is none, with the place and what stands there."""
    match = _ERROR.match(detail)
    if match is None:
        return QueryError("sparql.invalid", detail=" ".join(detail.split()))
    line, column = int(match[1]), int(match[2])
    if word := update_word(query):
        return QueryError("sparql.update", construct=word)
    at = _offset(query, line, column)
    around = [(kind, text, start) for kind, text, start in tokens(query) if start <= at]
    place: dict[str, object] = {"line": line, "column": column}
    if "Prefix not found" in match[3] and around and around[-1][0] == "name":
        prefix = around[-1][1].partition(":")[0]
        return QueryError(
            "sparql.prefix", prefix=prefix, known=", ".join(sorted(prefixes)), **place
        )
    signs = [text for kind, text, _ in around if kind == "sign"]
    if not query[at:].strip() and sum(map(signs.count, "([{")) > sum(map(signs.count, ")]}")):
        return QueryError("sparql.ends", **place)
    begin = query.rfind("\n", 0, at) + 1
    starts = [start for _, _, start in around if start >= begin][-4:]
    near = " ".join(query[starts[0] if starts else begin : at + 20].split("\n")[0].split())
    return QueryError("sparql.syntax", near=near, **place)


def place_of(detail: str) -> tuple[int, int] | None:
    """Line and column, from 1, in the parser's words."""
    match = _ERROR.match(detail)
    return (int(match[1]), int(match[2])) if match else None


def with_parameters(query: str, given: Mapping[str, Any]) -> str:
    """The query with each `$name` for which there is a value replaced by the value.

    `?name` stays a variable. A list stands where its members, parted by commas, may: `IN ($ids)`.
    Raises UsageError for a value that is no text, number, truth or list of these.

    >>> with_parameters("ASK { ?s ig:id $id ; ig:name '$id' }", {"id": 'a"b'})
    'ASK { ?s ig:id "a\\\\"b" ; ig:name \\'$id\\' }'
    """
    parts, done = [], 0
    for kind, text, start in tokens(query):
        if kind == "variable" and text[0] == "$" and text[1:] in given:
            parts += [query[done:start], _written(text[1:], given[text[1:]])]
            done = start + len(text)
    return "".join([*parts, query[done:]])


def _written(name: str, value: Any) -> str:
    from pyoxigraph import Literal

    if isinstance(value, list) and value:
        return ", ".join(_written(name, item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return repr(value)
    if isinstance(value, str):
        return str(Literal(value))
    raise UsageError("sparql.parameter", name=name)
