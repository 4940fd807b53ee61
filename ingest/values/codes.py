"""Identifiers with a built-in check: 统一社会信用代码."""

import re

from ingest.values.numerals import ValueRefused, fold

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC = rf"[1-9ANY][{_ALPHABET}][0-9]{{6}}[{_ALPHABET}]{{10}}"
"""The pattern: department, kind, region, body and check digit."""
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?e\+?\d+")


def uscc(text: str) -> str:
    """A 统一社会信用代码 as it is stored: half-width, upper case, no spaces or quotes."""
    return fold(text).replace(" ", "").strip("'`").upper()


def check_uscc(text: str) -> str | None:
    """Check a 统一社会信用代码 (GB 32100-2015): None when it is right, else a warning's key.

    The department codes N (农业) and Y (其他) are valid. A wrong check digit is only a warning:
    such codes are in official registers.

    Raises `ValueRefused` where the pattern is wrong.

    >>> check_uscc("91350100M000100Y43")
    >>> check_uscc("91350100M000100Y44")
    'values.uscc_check_digit'
    """
    code = uscc(text)
    if _SCIENTIFIC.fullmatch(code.lower()):
        raise ValueRefused("values.uscc_scientific", text=text)
    if re.fullmatch(USCC, code) is None:
        raise ValueRefused("values.uscc_pattern", text=text)
    total = sum(_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    return None if _ALPHABET[-total % 31] == code[17] else "values.uscc_check_digit"
