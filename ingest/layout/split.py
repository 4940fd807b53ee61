"""A cell that names several, `A资本(领投)、B等5家`: its names, and what is said of each."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from graph.messages import Lang
from graph.names import has_han, is_placeholder
from graph.schema import Relation
from ingest.values import parse_closed
from ingest.values.money import amount_unit, parse_amount
from ingest.values.numerals import ValueRefused, fold

OPENING = "（(《“‘[【「『<〈{"
CLOSING = "）)》”’]】」』>〉}"
_STRONG = "、；;|\n\r"
_WEAK = "，,/"
_NUMBERED = re.compile(
    r"(?:^|(?<=[\n;；、，]))\s*(?:\d{1,2}[、.．)）](?!\d)|[（(]\d{1,2}[)）]|[①-⑳])\s*"
)
_CIRCLED = re.compile(r"\s*[①-⑳]\s*")
_AND_OTHERS = re.compile(
    r"(?<![高平均对同中初上下优])\s*等(?:共|合计|总计)?"
    r"(?:(?:上|数|近|约|超)?[\d一二三四五六七八九十百千]*(?:余|多)?\s*(?:家|个|所|名|位|项|人|种|类))?"
    r"(?:知名|多家)?(?:企业|机构|单位|公司|投资方|投资机构|高校|院校|产品|园区)?$"
)
_ET_AL = re.compile(r"[,\s]+(?:et al\.?|etc\.?|and others|among others)$", re.IGNORECASE)
_LEGAL = re.compile(
    r"\s*(?:co|ltd|limited|inc|incorporated|llc|l\.l\.c|lp|llp|corp|corporation|plc|gmbh|ag|s\.?a"
    r"|s\.?p\.?a|s\.?r\.?l|n\.?v|b\.?v|pte|pty|kk|k\.k|pbc|jr|sr|ph\.?d)\b\.?",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"(领投|跟投|参投|牵头|合作|参与)(?:方|机构|单位)?\s*[:：]\s*")
_TRAILING_WORD = re.compile(r"(?<=\S)\s*(?<!不)(领投|跟投|参投)$")
_TRAILING_SHARE = re.compile(r"(.*\S)(?:\s+|[:：]\s*|(?<=[^\x00-\xff]))(\d+(?:\.\d+)?\s*[%％])$")
_BRACKET = re.compile(r"(.*\S)\s*[（(\[【]([^（）()\[\]【】]*)[)）\]】]$", re.DOTALL)
_SHARE = re.compile(r"(?:占股|持股|占比|股比|份额|占|出资比例|持股比例|市占率)?\s*[:：]?\s*(\d.*%)")
_MONEY = re.compile(r"(?:投资|出资|认缴|实缴|金额|投)?\s*[:：]?\s*(.*\d.*)")
_LEADS = {"领投": "true", "领投方": "true", "lead": "true", "lead investor": "true", "牵头": "true",
          "牵头单位": "true", "主承担": "true", "跟投": "false", "跟投方": "false", "参投": "false",
          "follow": "false", "参与": "false", "参与单位": "false", "合作": "false",
          "合作单位": "false"}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One name of a cell, and the texts of the attributes that the cell gives to it."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Split:
    """The names of a cell; `fillers` only stand for names, `others` is a 等 at its end."""

    parts: tuple[Part, ...]
    fillers: tuple[str, ...] = ()
    others: bool = False


def split(
    text: str,
    relation: Relation | None = None,
    filler: Callable[[str], bool] = is_placeholder,
) -> Split:
    """The names in a cell, each with the attributes of `relation` that its bracket or label gives.

    Split at 、 ； ; | and line ends, at commas and slashes where they part names, never inside
    brackets or quotes. A bracket that says nothing known belongs to the name. A name that is a
    `filler` is none.

    >>> [part.name for part in split("甲公司、乙（北京）公司；丙所等5家单位").parts]
    ['甲公司', '乙（北京）公司', '丙所']
    >>> [part.name for part in split("Alpha Co., Ltd, Beta Inc.").parts]
    ['Alpha Co., Ltd', 'Beta Inc.']
    """
    body = _CIRCLED.sub("\n", _NUMBERED.sub("", text))
    body, others = _without_others(body.strip())
    found: dict[str, Part] = {}
    fillers: list[str] = []
    label: str | None = None
    for piece in pieces(body):
        labelled = _LABELLED.match(piece)
        if labelled is not None:
            label, piece = labelled[1], piece[labelled.end() :]
        part = _part(piece.strip(), relation, label)
        if not part.name or filler(part.name):
            fillers += [part.name] if part.name else []
        else:
            found.setdefault(part.name, part)
    return Split(tuple(found.values()), tuple(fillers), others)


def _without_others(body: str) -> tuple[str, bool]:
    for pattern in (_AND_OTHERS, _ET_AL):
        short = pattern.sub("", body)
        if short and short != body:
            return short.rstrip("，,、； "), True
    return body, False


def pieces(text: str) -> list[str]:
    """`text` cut at its separators, none of them inside brackets or quotes."""
    at = _outside(text)
    strong = any(text[i] in _STRONG for i in at)
    cuts = [i for i in at if text[i] in _STRONG or _parts_names(text, i, strong)]
    bounds = zip([-1, *cuts], [*cuts, len(text)], strict=True)
    return [piece for a, b in bounds if (piece := text[a + 1 : b].strip())]


def _outside(text: str) -> list[int]:
    """Where separators stand outside of brackets; all of them where the brackets do not match."""
    separators = [i for i, c in enumerate(text) if c in _STRONG or c in _WEAK]
    if not separators:
        return []
    depth, outside = 0, []
    for i, c in enumerate(text):
        if c in OPENING:
            depth += 1
        elif c in CLOSING:
            depth -= 1
            if depth < 0:
                return separators
        elif depth == 0 and (c in _STRONG or c in _WEAK):
            outside.append(i)
    return outside if depth == 0 else separators


def _parts_names(text: str, i: int, strong: bool) -> bool:
    """Whether the comma or slash at `i` parts two names."""
    before, after, c = text[:i].rstrip()[-1:], text[i + 1 :].lstrip()[:1], text[i]
    if not before or not after:
        return True
    if before.isdigit() and after.isdigit() and not text[i + 1].isspace():
        return c == "，" and not re.match(r"\d{3}(?!\d)", text[i + 1 :])
    if c == "/":
        spaced = text[i - 1].isspace() and text[i + 1].isspace()
        return spaced or (has_han(before) and has_han(after))
    if c == "，":
        return True
    if _LEGAL.match(text[i + 1 :]):
        return False
    # Beside a stronger separator a comma belongs to a name: University of A, B; Institute C.
    return has_han(before + after) or not strong


def _part(piece: str, relation: Relation | None, label: str | None) -> Part:
    said: dict[str, str] = {}
    if label is not None:
        _lead(said, relation, label)
    word = _TRAILING_WORD.search(piece)
    if word is not None:
        piece = piece[: word.start()]
        _lead(said, relation, word[1])
    share = _TRAILING_SHARE.fullmatch(piece)
    if share is not None and _has(relation, "share"):
        piece = share[1]
        said["share"] = share[2]
    bracket = _BRACKET.fullmatch(piece)
    if bracket is not None:
        notes = [_note(note.strip(), relation) for note in re.split(r"[,，、;；]", bracket[2])]
        if all(note is not None for note in notes):
            piece = bracket[1]
            for note in notes:
                said.update(note or {})
    return Part(piece.strip(" 　。.，,、") if has_han(piece) else piece.strip(" ，,、"), said)


def _has(relation: Relation | None, attribute: str) -> bool:
    return relation is not None and any(a.name == attribute for a in relation.attributes)


def _lead(said: dict[str, str], relation: Relation | None, word: str) -> None:
    if _has(relation, "lead"):
        said["lead"] = _LEADS[word]


def _note(note: str, relation: Relation | None) -> dict[str, str] | None:
    """What one word in a bracket says of the relation, None where it is part of the name."""
    folded = fold(note)
    if folded in _LEADS:
        return {"lead": _LEADS[folded]} if _has(relation, "lead") else {}
    if relation is None:
        return None
    share = _SHARE.fullmatch(folded)
    if share is not None:
        return {"share": share[1]}
    for attribute in relation.attributes:
        if attribute.closed and _reads(partial(parse_closed, note, attribute.closed)):
            return {attribute.name: note}
        if attribute.datatype == "boolean" and folded in _names(attribute.label, attribute.aliases):
            return {attribute.name: "true"}
    money = _MONEY.fullmatch(folded)
    if money is not None and _is_money(money[1]):
        return {"amount": money[1]}
    return None


def _names(label: Mapping[Lang, str], aliases: tuple[str, ...]) -> set[str]:
    return {fold(name) for name in (*label.values(), *aliases)}


def _reads(read: Callable[[], object]) -> bool:
    try:
        return read() is not None
    except ValueRefused:
        return False


def _is_money(text: str) -> bool:
    """Whether a text is an amount by its magnitude or currency; a bare number may be anything."""
    if amount_unit(text) is not None or text.replace(",", "").replace(".", "").isdigit():
        return False
    return _reads(partial(parse_amount, text))
