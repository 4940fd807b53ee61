"""A mapping's YAML as a tree of nodes that know their line and their place.

Every scalar is text: `002129` stays six characters and `no` is a word. Anchors, aliases, tags and
repeated keys are refused, so that what stands in the file is all there is.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, NoReturn

import yaml

from graph.errors import InputError, MappingError

MAX_BYTES = 1_000_000  # a mapping is written by hand; more is not one
_DEPTH = 20


@dataclass(frozen=True)
class Node:
    """One value of the document: text, a list or a mapping.

    `path` is where it stands, as `files[2].relations[0].to`; `line` counts from 1.
    """

    file: str
    line: int
    path: str
    value: "str | list[Node] | dict[str, Node]"

    def fail(self, key: str, **values: object) -> NoReturn:
        """Raise a MappingError that names the file, the line and the key."""
        place = self.path or "-"
        raise MappingError(f"mapping.{key}", file=self.file, line=self.line, place=place, **values)

    def unknown(self, key: str, word: str, choices: Iterable[str]) -> NoReturn:
        """Raise a MappingError for a word that nobody knows, with the nearest right ones."""
        self.fail(key, word=word, near=nearest(word, choices))

    def text(self) -> str:
        if not isinstance(self.value, str):
            self.fail("not_text")
        if not self.value:
            self.fail("empty_value")
        return self.value

    def items(self) -> "list[Node]":
        """The members of a list; a single text or mapping counts as a list of one."""
        return self.value if isinstance(self.value, list) else [self]

    def pairs(self) -> "dict[str, Node]":
        if not isinstance(self.value, dict):
            self.fail("not_mapping")
        return self.value

    def keys(self, known: Iterable[str], needed: Iterable[str] = ()) -> "dict[str, Node]":
        """The pairs of a mapping of which all keys must be `known` and all `needed` be there."""
        pairs = self.pairs()
        known = list(known)
        for word, node in pairs.items():
            if word not in known:
                node.unknown("unknown_key", word, known)
        for word in needed:
            if word not in pairs:
                self.fail("missing_key", word=word)
        return pairs

    def number(self) -> int:
        text = self.text()
        if not (text.isascii() and text.isdigit() and int(text) > 0):
            self.fail("not_number", word=text)
        return int(text)

    def flag(self) -> bool:
        text = self.text()
        if text not in ("true", "false"):
            self.fail("not_flag", word=text)
        return text == "true"


def nearest(word: str, choices: Iterable[str]) -> str:
    """The words of `choices` that look most like `word`, else the first ones.

    >>> nearest("Frim", ["Firm", "Stage"])
    'Firm'
    """
    pool = list(dict.fromkeys(choices))
    folded = {c.casefold(): c for c in pool}
    close = difflib.get_close_matches(word.casefold(), folded, n=3, cutoff=0.55)
    if close:
        return ", ".join(folded[c] for c in close)
    return ", ".join(pool[:12]) + (", …" if len(pool) > 12 else "")


def read(path: Path | Traversable, file: str) -> tuple[Node, bytes]:
    """The document of `path` and its bytes; `file` is the name that messages use."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError("mapping.unreadable", file=file, reason=error.strerror or "") from error
    if len(raw) > MAX_BYTES:
        raise InputError("mapping.too_large", file=file, limit=MAX_BYTES)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputError("mapping.not_utf8", file=file, line=line) from error
    try:
        _refuse_tricks(text, file)
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark: Any = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        reason = error.problem or error.context or ""
        raise MappingError("mapping.not_yaml", file=file, line=line, reason=reason) from error
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise MappingError("mapping.not_yaml", file=file, line=line, reason=error.reason) from error
    if tree is None:
        raise MappingError("mapping.empty", file=file)
    return _node(tree, file, ""), raw


def _refuse_tricks(text: str, file: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent))
        depth -= isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent))
        mark: Any = event.start_mark
        line = mark.line + 1
        if depth > _DEPTH:  # before composing, which would recurse as deep as the file asks
            raise MappingError("mapping.too_deep", file=file, line=line, limit=_DEPTH)
        anchor = getattr(event, "anchor", None)
        tag = getattr(event, "tag", None)
        if anchor is not None or tag is not None:
            word = f"&{anchor}" if anchor is not None else str(tag)
            raise MappingError("mapping.no_tricks", file=file, line=line, word=word)


def _node(tree: yaml.Node, file: str, path: str) -> Node:
    line = tree.start_mark.line + 1
    if isinstance(tree, yaml.ScalarNode):
        return Node(file, line, path, tree.value)
    if isinstance(tree, yaml.SequenceNode):
        members = [_node(n, file, f"{path}[{i}]") for i, n in enumerate(tree.value)]
        return Node(file, line, path, members)
    pairs: dict[str, Node] = {}
    for key, value in tree.value:
        at = Node(file, key.start_mark.line + 1, path, "")
        if not isinstance(key, yaml.ScalarNode):
            at.fail("not_text")
        below = f"{path}.{key.value}" if path else key.value
        if key.value in pairs:
            at.fail("repeated_key", word=key.value)
        node = _node(value, file, below)
        # a block value starts a line below its key: the key is what an author looks for
        pairs[key.value] = Node(file, key.start_mark.line + 1, below, node.value)
    return Node(file, line, path, pairs)
