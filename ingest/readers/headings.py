"""Headings: folded to one line, told apart, and the unit that stands in one."""

import re
from collections.abc import Sequence

from ingest.values.money import amount_unit
from ingest.values.numerals import counter_exponent

_HAN = r"[\u3400-\u9fff\uf900-\ufaff（）()／/]"
_BETWEEN_HAN = re.compile(rf"(?<={_HAN})\s+(?={_HAN})")
_SPACES = re.compile(r"\s+")
_BRACKETS = re.compile(
    r"^(?P<bare>.*?\S)\s*[(（\[【〔](?P<unit>[^()（）\[\]【】〔〕]+)[)）\]】〕]$"
)
_TAIL = re.compile(r"^(?P<bare>.*?[^\s/／,，])\s*[/／,，]\s*(?P<unit>[^/／,，]+)$")
_LABEL = re.compile(r"^(?:单位|计量单位|金额单位|unit)\s*[:：]?\s*", re.IGNORECASE)
_MEASURES = frozenset(
    (
        "%|％|‰|percent|pct|吨|万吨|千克|公斤|克|平方米|万平方米|平方公里|平米|㎡|m2|亩"
        "|公顷|公里|千米|米|立方米|千瓦时|万千瓦时|千瓦|万千瓦|兆瓦|吉瓦|kw|mw|gw|年|月"
        "|天|日|小时|岁|t|kg|km"
    ).split("|")
)


def fold(heading: str) -> str:
    """A heading on one line; blanks between Chinese characters only spread it out.

    >>> fold(" 企业\\n名 称 "), fold("name  of\\nfirm")
    ('企业名称', 'name of firm')
    """
    return _SPACES.sub(" ", _BETWEEN_HAN.sub("", heading.strip()))


def strip_unit(heading: str) -> tuple[str, str | None]:
    """A heading without the unit in it, and the unit.

    >>> strip_unit("注册资本（万元）"), strip_unit("投资额/亿元"), strip_unit("占比(%)")
    (('注册资本', '万元'), ('投资额', '亿元'), ('占比', '%'))
    >>> strip_unit("name (en)"), strip_unit("省/市")
    (('name (en)', None), ('省/市', None))
    """
    for pattern in (_BRACKETS, _TAIL):
        match = pattern.match(heading)
        if match:
            unit = _LABEL.sub("", match["unit"].strip())
            if is_unit(unit):
                return match["bare"], unit
    return heading, None


def is_unit(text: str) -> bool:
    """Whether `text` is a unit of money, a counter, or a measure that lists use."""
    if text.casefold() in _MEASURES:
        return True
    if not text or (len(text) == 1 and text.isascii() and text.isalpha()):
        return False  # m may be metres, millions or men
    return amount_unit(text) is not None or counter_exponent(text) is not None


def told_apart(headings: Sequence[str]) -> list[str]:
    """Headings of which each is there once: a repeated one gets a number.

    >>> told_apart(["a", "b", "a", "a (2)"])
    ['a', 'b', 'a (2)', 'a (2) (2)']
    """
    seen: set[str] = set()
    result = []
    for heading in headings:
        name, count = heading, 1
        while name in seen:
            count += 1
            name = f"{heading} ({count})"
        seen.add(name)
        result.append(name)
    return result
