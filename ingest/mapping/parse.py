"""From the nodes of a mapping's YAML to its dataclasses; what is wrong is named with its line."""

import re

from graph.errors import UsageError
from ingest.mapping.conditions import Condition, condition
from ingest.mapping.document import Node
from ingest.mapping.language import (
    Check,
    Column,
    EntityRule,
    RelationEnd,
    RelationRule,
    Section,
    Value,
)
from ingest.mapping.steps import STARTS, WORDS, step

NEEDS = ("required", "filled", "optional", "ignored")
LANGUAGE = "1"

_TOP = ("mapping", "language", "source", "about", "licence", "home", "ignore", "reader", "files")
_SECTION = (
    "file",
    "reader",
    "columns",
    "where",
    "check",
    "make",
    "entities",
    "relations",
)
_READER = ("header", "names", "skip", "delimiter", "quote", "encoding", "sheet", "lists")
_ENTITY = ("class", "id", "set", "keep", "where", "region", "mention")
_RELATION = ("relation", "from", "to", "id", "set", "keep", "where")
_BRACES = re.compile(r"\{([^{}]*)\}")


def top(node: Node) -> dict[str, Node]:
    """The pairs at the top of the document, with the words that it must have."""
    pairs = node.keys(_TOP, ("mapping", "language", "source", "files"))
    if pairs["language"].text() != LANGUAGE:
        pairs["language"].fail("other_language", word=pairs["language"].text(), known=LANGUAGE)
    return pairs


def texts(node: Node) -> tuple[str, ...]:
    return tuple(n.text() for n in node.items())


def section(node: Node, reader: dict[str, object]) -> Section:
    """What one member of `files` says; `reader` are the options for all files."""
    pairs = node.keys(_SECTION, ("file", "columns"))
    columns, others = _columns(pairs["columns"])
    rules = {k: pairs[k].items() if k in pairs else [] for k in ("entities", "relations")}
    if not (rules["entities"] or rules["relations"]):
        node.fail("missing_key", word="entities")
    return Section(
        node,
        patterns=texts(pairs["file"]),
        reader=reader | (read_options(pairs["reader"]) if "reader" in pairs else {}),
        columns=columns,
        others=others,
        where=_tests(pairs["where"]) if "where" in pairs else (),
        checks=tuple(_check(n) for n in pairs["check"].items()) if "check" in pairs else (),
        make={n: value(v) for n, v in pairs["make"].pairs().items()} if "make" in pairs else {},
        entities=tuple(_entity(n) for n in rules["entities"]),
        relations=tuple(_relation(n) for n in rules["relations"]),
    )


def read_options(node: Node) -> dict[str, object]:
    """How the readers are to read a file, in the words of `ingest.readers.options`."""
    from ingest.readers.options import options_of

    options: dict[str, object] = {}
    for word, argument in node.keys(_READER).items():
        match word:
            case "header" | "lists":
                options[word] = argument.flag()
            case "skip":
                options[word] = argument.number()
            case "names":
                options[word] = list(texts(argument))
            case "quote":
                options[word] = argument.value
            case _:
                options[word] = argument.text()
    try:
        options_of(options)
    except UsageError as error:
        node.fail("bad_reader", zh=error.text("zh"), en=error.text("en"))
    return options


def _columns(node: Node) -> tuple[dict[str, Column], str]:
    """The columns by name, and what is to become of those that are not named."""
    if isinstance(node.value, list):
        return {n.text(): Column(n, n.text(), "required", (n.text(),)) for n in node.items()}, ""
    columns: dict[str, Column] = {}
    others = ""
    for name, word in node.pairs().items():
        if name == "*":
            others = word.text()
            if others != "ignored":
                word.unknown("unknown_need", others, ("ignored",))
            continue
        headings: tuple[str, ...] = (name,)
        need = word
        if isinstance(word.value, dict):
            pairs = word.keys(("need", "also"), ("need",))
            need = pairs["need"]
            headings += texts(pairs["also"]) if "also" in pairs else ()
        if need.text() not in NEEDS:
            need.unknown("unknown_need", need.text(), NEEDS)
        columns[name] = Column(word, name, need.text(), headings)
    return columns, others


def _tests(node: Node) -> tuple[tuple[str, Condition], ...]:
    return tuple((name, condition(test)) for name, test in node.pairs().items())


def _check(node: Node) -> Check:
    pairs = node.pairs()
    for word in ("column", "because"):
        if word not in pairs:
            node.fail("missing_key", word=word)
    because = pairs["because"].keys(("zh", "en"), ("zh", "en"))
    tests = {k: v for k, v in pairs.items() if k not in ("column", "because")}
    if not tests:
        node.fail("missing_key", word="matches")
    test = condition(Node(node.file, node.line, node.path, tests))
    reason = {lang: text.text() for lang, text in because.items()}
    return Check(node, pairs["column"].text(), test, reason)


def value(node: Node) -> Value:
    """A value: the name of a column, or a mapping of a start and the steps behind it."""
    if isinstance(node.value, str):
        return Value(node, "column", (node.text(),))
    pairs = node.pairs()
    starts = [word for word in pairs if word in STARTS]
    for word, argument in pairs.items():
        if word not in STARTS and word not in WORDS:
            argument.unknown("unknown_step", word, (*STARTS, *WORDS))
    if len(starts) != 1:
        node.fail("one_start", words=", ".join(STARTS))
    kind, start = starts[0], pairs[starts[0]]
    if next(iter(pairs)) != kind:
        start.fail("start_first", word=kind)
    steps = tuple(step(word, argument) for word, argument in pairs.items() if word != kind)
    if kind == "first_of":
        choices = tuple(value(n) for n in start.items())
        for choice in choices:
            if choice.unfolds:
                choice.node.fail("no_unfolding")
        return Value(node, kind, choices=choices, steps=steps)
    if kind == "template":
        return Value(node, kind, _template(start), steps=steps)
    return Value(node, kind, (start.text(),), steps=steps)


def _template(node: Node) -> tuple[str, ...]:
    """The pieces of a template, text and column by turns."""
    pieces = _BRACES.split(node.text())
    if any("{" in text or "}" in text for text in pieces[::2]):
        node.fail("bad_template", word=node.text())
    return tuple(piece.strip() if i % 2 else piece for i, piece in enumerate(pieces))


def _values(node: Node) -> dict[str, Value]:
    return {name: value(v) for name, v in node.pairs().items()}


def _keep(node: Node) -> dict[str, Value]:
    if isinstance(node.value, dict):
        return _values(node)
    return {n.text(): value(n) for n in node.items()}


def _entity(node: Node) -> EntityRule:
    pairs = node.keys(_ENTITY, ("class",))
    kind = pairs["class"]
    return EntityRule(
        node,
        kind.text() if isinstance(kind.value, str) else value(kind),
        id=value(pairs["id"]) if "id" in pairs else None,
        set=_values(pairs["set"]) if "set" in pairs else {},
        keep=_keep(pairs["keep"]) if "keep" in pairs else {},
        where=_tests(pairs["where"]) if "where" in pairs else (),
        region=value(pairs["region"]) if "region" in pairs else None,
        mention="mention" in pairs and pairs["mention"].flag(),
    )


def _relation(node: Node) -> RelationRule:
    pairs = node.keys(_RELATION, ("relation", "from", "to"))
    kind = pairs["relation"]
    return RelationRule(
        node,
        kind.text() if isinstance(kind.value, str) else value(kind),
        id=value(pairs["id"]) if "id" in pairs else None,
        set=_values(pairs["set"]) if "set" in pairs else {},
        keep=_keep(pairs["keep"]) if "keep" in pairs else {},
        where=_tests(pairs["where"]) if "where" in pairs else (),
        source=_end(pairs["from"]),
        target=_end(pairs["to"]),
    )


def _end(node: Node) -> RelationEnd:
    if isinstance(node.value, dict) and "name" in node.value:
        pairs = node.keys(("name", "class", "region"), ("name", "class"))
        region = value(pairs["region"]) if "region" in pairs else None
        return RelationEnd(node, value(pairs["name"]), pairs["class"].text(), region)
    return RelationEnd(node, value(node))
