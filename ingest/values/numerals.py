"""Numbers as people write them in cells, and the words that say that a value is not known."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from graph.errors import GraphError
from ingest.values.words import UNKNOWN


class ValueRefused(GraphError):  # noqa: N818 - a verdict on a cell, not a failure
    """A text that is no value of its type; the message says what would be.

    `key` names a message of the catalogue, `values` fill it.
    """


NUMBER = r"(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)"
"""An unsigned number, thousands separated by commas or not."""

_PLAIN = re.compile(rf"([+-]?)({NUMBER})(?:e([+-]?\d{{1,3}}))?", re.IGNORECASE)
_COUNTED = re.compile(
    r"(?P<number>.*?\d)\s*(?P<magnitude>万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百)?\s*"
    r"(?:人次|人|家|个|件|项|名|台|套|户|亩|公顷|平方公里|吨|次|批|平方米|平米|m2|m²|㎡)?"
)
MAGNITUDES = {
    "": 0, "百": 2, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "十亿": 9,
    "百亿": 10, "千亿": 11, "万亿": 12,
}  # fmt: skip
"""Powers of ten by their Chinese names."""

_UNIT = re.compile(
    r"(万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百)?"
    r"(?:人次|人|家|个|件|项|名|台|套|户|亩|公顷|平方公里|吨|次|批|平方米|平米|m2|m²|㎡)?"
)


def fold(text: str) -> str:
    """NFKC (full-width digits, ％, ￥, （）), lower case, single spaces, dashes and tildes as one.

    >>> fold(" １，２３４．５％ ")
    '1,234.5%'
    """
    folded = " ".join(unicodedata.normalize("NFKC", text).split()).lower()
    return folded.replace("−", "-").replace("～", "~").replace("∼", "~").replace("〜", "~")


def is_unknown(folded: str) -> bool:
    """Whether a folded text says that the value is not known."""
    return not folded or folded in UNKNOWN or folded.strip("()") in UNKNOWN


@dataclass(frozen=True)
class Numeral:
    """A number by its digits and a power of ten: 0.07亿 is 7000000, not 7000000.000000001."""

    digits: str
    exponent: int = 0

    def shifted(self, by: int) -> "Numeral":
        return Numeral(self.digits, self.exponent + by)

    def whole(self) -> int | None:
        """The integer that it is, None where it has a fraction."""
        exact = Decimal(self.digits).scaleb(self.exponent) if abs(self.exponent) < 40 else None
        return int(exact) if exact is not None and exact == exact.to_integral_value() else None

    def __float__(self) -> float:
        return float(f"{self.digits}e{self.exponent}")


def numeral(folded: str) -> Numeral | None:
    """The number that a folded text is, or None: `1,234.5`, `1.2e3`, `+5`.

    >>> float(numeral("1,234.5"))
    1234.5
    >>> numeral("12,34") is None
    True
    """
    match = _PLAIN.fullmatch(folded)
    if match is None:
        return None
    sign, digits, exponent = match.groups()
    found = Numeral(sign + digits.replace(",", ""), int(exponent or 0))
    return found if abs(float(found)) < float("inf") else None


def counted(folded: str, unit: str | None) -> Numeral | None:
    """A number with a magnitude and a counter of its own, or with those of its column: 1.2万人."""
    match = _COUNTED.fullmatch(folded)
    if match is None:
        return None
    found = numeral(match["number"])
    if found is None:
        return None
    if match["magnitude"]:
        return found.shifted(MAGNITUDES[match["magnitude"]])
    return found.shifted(counter_exponent(unit) or 0)


def counter_exponent(unit: str | None) -> int | None:
    """The power of ten in the unit of a plain number, None where it is no counter: 万人 is 4."""
    match = _UNIT.fullmatch(fold(unit or ""))
    return None if match is None else MAGNITUDES[match[1] or ""]
