"""Cells as text: what is trimmed, what counts as a number, how a number is written."""

import re
from decimal import Decimal

_SPACES = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B)))
_INVISIBLE = "\u200b\u200c\u200d\ufeff"
BLANK = _SPACES + "\u2028\u2029\u202f\u205f\u3000" + _INVISIBLE
"""What is trimmed from both ends of a cell: white space, full-width too, and invisible marks."""

_NUMBER = re.compile(
    r"[-+−]?[¥￥$€]?\d[\d,，]*(?:\.\d+)?(?:[eE][-+]?\d+)?[%％]?(?:[千万百亿]*元?|家|个|项)?"
)
_PRECISE = 15  # digits that a floating-point cell keeps


def clean(text: str) -> str | None:
    """A cell without the blanks around it; None when nothing is left.

    >>> clean("\u3000 华为\u00a0"), clean(" \u3000")
    ('华为', None)
    """
    text = text.strip()
    if not text.isascii() and (text[0] in _INVISIBLE or text[-1] in _INVISIBLE):
        text = text.strip(BLANK)
    return text or None


def is_number(text: str) -> bool:
    """Whether a cell holds a number as tables write them.

    >>> is_number("1,200.5"), is_number("61％"), is_number("12家"), is_number("A12")
    (True, True, True, False)
    """
    return _NUMBER.fullmatch(text) is not None


def plain(number: float) -> tuple[str, bool]:
    """A floating-point cell as text, and whether it may have lost digits (16 or more of them).

    >>> plain(3.0), plain(0.1 + 0.2), plain(1.5e-7)
    (('3', False), ('0.3', False), ('0.00000015', False))
    >>> plain(110105199001011234.0)
    ('110105199001011232', True)
    """
    if number.is_integer():
        text = str(int(number))
        return text, len(text.lstrip("-")) > _PRECISE
    return format(Decimal(f"{number:.{_PRECISE}g}"), "f"), False
