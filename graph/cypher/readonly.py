"""Refusing what would write, before a query is sent: a query asks, it does not change.

The record is the only place where things are said; what a query wrote into a projection would be
lost or, worse, believed. Words are found as the language reads them: not in strings, comments,
backticks, nor as names of labels, properties, parameters or map keys.
"""

import re
from collections.abc import Iterator

from graph.errors import QueryError

WRITES = {"create", "merge", "set", "delete", "detach", "remove", "drop", "foreach", "insert"}
"""Words that begin a clause that writes."""

COMMANDS = {"alter", "grant", "deny", "revoke", "rename", "enable", "terminate", "start", "stop"}
"""Words that begin, at the head of a statement, a command that changes the server."""

READING_PROCEDURES = (
    "db.labels",
    "db.relationshiptypes",
    "db.propertykeys",
    "db.schema.",
    "db.index.fulltext.query",
    "db.index.fulltext.listavailableanalyzers",
    "db.index.vector.query",
    "db.info",
    "db.ping",
    "db.indexes",
    "db.constraints",
    "dbms.components",
    "dbms.info",
    "algo.",
    "apoc.algo.",
    "apoc.coll.",
    "apoc.map.",
    "apoc.meta.",
    "apoc.neighbors.",
    "apoc.path.",
    "apoc.text.",
)
"""Beginnings of the names of procedures that only read."""

_READING = re.compile(r"gds\.[\w.]+\.(stream|stats|estimate)")

_TOKEN = re.compile(
    r"""
    (?P<comment> //[^\n]* | /\*.*?(?:\*/|\Z) )
  | (?P<string> '(?:[^'\\]|\\.)*(?:'|\Z) | "(?:[^"\\]|\\.)*(?:"|\Z) )
  | (?P<quoted> `(?:[^`]|``)*(?:`|\Z) )
  | (?P<word> [^\W\d]\w* )
  | (?P<number> \d[\w.]* )
  | (?P<sign> \S )
    """,
    re.VERBOSE | re.DOTALL,
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNICODE = re.compile(r"\\u+([0-9a-fA-F]{4})")


def refuse_writes(cypher: str) -> None:
    """Raises QueryError, naming the construct and the reason, where `cypher` would write.

    >>> refuse_writes("MATCH (n:Firm) WHERE n.set = 'CREATE' RETURN n // DELETE")
    >>> refuse_writes("MATCH (n) DETACH DELETE n")
    Traceback (most recent call last):
        ...
    graph.errors.QueryError: The query would write (DETACH): ...
    """
    if not cypher.isprintable() and _SURROGATE.search(cypher):
        raise QueryError("cypher.not_unicode")
    if not cypher.strip():
        raise QueryError("cypher.empty")
    decoded = _UNICODE.sub(lambda m: chr(int(m[1], 16)), cypher)
    for text in {cypher, decoded}:
        found = list(tokens(text))
        if not found:
            raise QueryError("cypher.empty")
        _check(found)


def tokens(text: str) -> Iterator[tuple[str, str]]:
    """What a query consists of, kind and text: string, quoted, word, number or sign."""
    for kind, found, _, _ in spans(text):
        yield kind, found


def spans(text: str) -> Iterator[tuple[str, str, int, int]]:
    """The same with where each begins and ends."""
    for match in _TOKEN.finditer(text):
        if match.lastgroup and match.lastgroup != "comment":
            yield match.lastgroup, match.group(), match.start(), match.end()


def _check(tokens: list[tuple[str, str]]) -> None:
    opened: list[str] = []
    for i, (kind, text) in enumerate(tokens):
        if kind == "sign" and text in "([{":
            opened.append(text)
        elif kind == "sign" and text in ")]}":
            if opened:
                opened.pop()
        elif kind == "word" and _begins_clause(tokens, i, opened):
            word = text.casefold()
            following = tokens[i + 1][1].casefold() if i + 1 < len(tokens) else ""
            if word == "load" and following == "csv":
                raise QueryError("cypher.reads_files", construct="LOAD CSV")
            if word in WRITES or (word in COMMANDS and _heads(tokens, i)):
                raise QueryError("cypher.writes", construct=text.upper())
            if word == "call":
                _check_call(tokens, i)


def _begins_clause(tokens: list[tuple[str, str]], i: int, opened: list[str]) -> bool:
    """Whether the word at `i` may begin a clause; where in doubt, it may."""
    if opened and opened[-1] != "{":
        return False  # in (…) and […] there are patterns and expressions only
    before = tokens[i - 1][1] if i else ""
    after = tokens[i + 1][1] if i + 1 < len(tokens) else ""
    return before not in (".", ":", "$", "&") and after not in (":", ".")


def _heads(tokens: list[tuple[str, str]], i: int) -> bool:
    """Whether nothing but options stands before the word at `i` in its statement."""
    while i and tokens[i - 1][1] != ";":
        i -= 1
        if (
            tokens[i][1].casefold() not in ("cypher", "explain", "profile")
            and tokens[i][0] != "number"
        ):
            return False
    return True


def _check_call(tokens: list[tuple[str, str]], i: int) -> None:
    name = ""
    for kind, text in tokens[i + 1 :]:
        if kind in ("word", "quoted") or text == ".":
            name += text.strip("`")
        else:
            break
    folded = name.casefold()
    if folded and not folded.startswith(READING_PROCEDURES) and not _READING.fullmatch(folded):
        raise QueryError("cypher.procedure", construct=f"CALL {name}")
