"""Amounts of money as people write them → a value with bounds, in units of a currency.

`3000万元`, `$5M`, `1-2亿元`, `数千万人民币`, `Over $70 billion (2019)`. The value is the number
that is stated; bounds say how it is meant: `超5000万` has a lower one, `近亿元` both; `数千万` and
a range have only bounds and no value, since none is stated.
"""

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from ingest.values.numerals import MAGNITUDES, NUMBER, ValueRefused, fold, is_unknown


class Amount(NamedTuple):
    """An amount in units of `currency` (ISO 4217): what is stated, and its bounds where it says."""

    value: float | None
    low: float | None
    high: float | None
    currency: str


_CURRENCIES = {
    "CNY": "人民币元|人民币|rmb|cny|yuan|renminbi|¥|块",
    "USD": "us dollars?|u\\.s\\. dollars?|dollars?|美元|美金|美刀|us\\$|usd|\\$",
    "EUR": "euros?|eur|欧元|€",
    "HKD": "hk\\$|hkd|港元|港币",
    "GBP": "pounds?(?: sterling)?|gbp|英镑|£",
    "JPY": "japanese yen|yen|jpy|jp¥|日元|日圆|円",
    "TWD": "nt\\$|twd|ntd|新台币|台币",
    "KRW": "krw|韩元|韩币|₩",
    "SGD": "s\\$|sgd|新加坡元|新元|新币",
    "AUD": "a\\$|au\\$|aud|澳元|澳币",
    "CAD": "c\\$|ca\\$|cad|加元|加币",
    "CHF": "chf|瑞士法郎|瑞郎",
    "INR": "inr|₹|卢比|rupees?",
    "RUB": "rub|₽|卢布",
}
_CURRENCY = re.compile(
    "|".join(
        rf"(?P<{code}>(?:(?<![a-z])|(?<=[kmbt]))(?:{words})(?![a-z]))"
        if code != "CNY"
        else rf"(?P<CNY>(?<![a-z])(?:{words})(?![a-z]))"
        for code, words in sorted(_CURRENCIES.items(), key=lambda item: item[0] == "CNY")
    )
    + "|(?P<YUAN>元)"
)

_ENGLISH = {
    "k": 3, "thousand": 3, "thousands": 3, "m": 6, "mn": 6, "mm": 6, "mil": 6, "mio": 6,
    "mln": 6, "million": 6, "millions": 6, "b": 9, "bn": 9, "bln": 9, "billion": 9,
    "billions": 9, "t": 12, "tn": 12, "trillion": 12, "trillions": 12,
}  # fmt: skip
_POWERS = {**MAGNITUDES, **_ENGLISH}
_CHINESE = "|".join(sorted(filter(None, MAGNITUDES), key=len, reverse=True))
_LATIN = "|".join(sorted(_ENGLISH, key=len, reverse=True))
_MAGNITUDE = rf"(?:个?(?:{_CHINESE})|(?:{_LATIN})(?![a-z])\.?)"
_NUMBER = rf"(?P<number>{NUMBER}(?:e\+?\d{{1,3}})?)"

_PREFIX = {
    "near": "近|接近|将近|nearly|almost|close to",
    "low": "超过|超|逾|过|高达|不少于|不低于|至少|大于|多于|上|over|more than|above|at least|>=?|≥"
    "|exceeding|in excess of|greater than",
    "high": "不超过|不多于|不高于|低于|小于|少于|至多|最多|不足|不到|under|less than|below|up to"
    "|at most|<=?|≤",
    "about": "约为|约合|约|大约|大概|合计|总计|共计|累计|共|about|approximately|approx\\.?|around"
    "|circa|ca\\.?|c\\.|roughly|estimated|est\\.|~|≈",
}
_SUFFIX = {
    "low": "及以上|或以上|以上|余|多|\\+|or more|and above|plus",
    "high": "及以下|或以下|以下|以内|之内|or less",
    "about": "左右|上下|不等",
}
_LEADING = re.compile("|".join(f"(?P<{kind}>{words})" for kind, words in _PREFIX.items()))
_TRAILING = re.compile(
    "(?:" + "|".join(f"(?P<{kind}>{words})" for kind, words in _SUFFIX.items()) + ")$"
)

_ONE = re.compile(rf"{_NUMBER} ?(?P<odd>余|多)? ?(?P<magnitude>{_MAGNITUDE})?(?P<after>余|多)?")
_TWO = re.compile(rf"({NUMBER}) ?个?亿 ?({NUMBER}) ?万")
_BARE = re.compile(rf"(?P<magnitude>{_CHINESE})")
_SEVERAL = re.compile(rf"(?:好几|数|几|several|a few) ?(?P<magnitude>{_MAGNITUDE}) ?级?别?")
_TENS = re.compile(r"(?P<ten>tens|hundreds) of (?P<magnitude>thousands|millions|billions)(?: of)?")
_TEENS = re.compile(r"十(?:几|余|多)(?P<magnitude>万|亿)")
_CLASS = re.compile(rf"(?P<magnitude>{_CHINESE}) ?级别?")
_RANGE = re.compile(r" ?(?:-|~|—|–|至|到| to ) ?")
_NOTE = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")
_PER_YEAR = re.compile(r" ?(?:/ ?|每|per )(?:年|year|yr|a)$")


def amount_unit(unit: str) -> tuple[int, str | None] | None:
    """A column's unit as a power of ten and a currency where it names one; None: no unit of money.

    >>> amount_unit("万美元"), amount_unit("€ million"), amount_unit("亿"), amount_unit("kg")
    ((4, 'USD'), (6, 'EUR'), (8, None), None)
    """
    return _unit(unit)


@lru_cache(1024)
def _unit(unit: str) -> tuple[int, str | None] | None:
    folded = re.sub(r"^(?:单位|金额单位|unit)[:： ]*", "", fold(unit).strip("()[] "))
    folded = _PER_YEAR.sub("", folded)
    try:
        rest, currency, _ = _take_currency(folded, unit)
    except ValueRefused:
        return None
    rest = rest.strip(" .,/")
    if rest not in _POWERS:
        return None
    return _POWERS[rest], currency


def _take_currency(folded: str, text: str) -> tuple[str, str | None, bool]:
    """The text without its currency, the currency, and whether a number stands right before it."""
    codes: set[str] = set()
    weak = own = False

    def drop(match: re.Match[str]) -> str:
        nonlocal weak, own
        if match.lastgroup == "YUAN":
            weak = True
        else:
            codes.add(str(match.lastgroup))
        own = own or folded[: match.start()].rstrip()[-1:].isdigit()
        return " "

    rest = " ".join(_CURRENCY.sub(drop, folded).split())
    if len(codes) > 1:
        raise ValueRefused("values.amount_currencies", text=text)
    # 元 names no money of its own beside another: 500万元（美元）.
    return rest, codes.pop() if codes else ("CNY" if weak else None), own


def _unit_or_nothing(note: re.Match[str]) -> str:
    """What a note in brackets adds to an amount: a unit counts, 500（万美元）, a year does not."""
    inside = note[0][1:-1]
    return f" {inside} " if amount_unit(inside) else " "


def parse_amount(text: str, unit: str | None = None, currency: str = "CNY") -> Amount | None:
    """`text` as an `Amount`; None where it says that the amount is not known.

    `unit` is what the column's heading says (万元); a magnitude or unit in the cell goes before it.
    `currency` is that of a number which names none.

    >>> parse_amount("1.2亿元")
    Amount(value=120000000.0, low=None, high=None, currency='CNY')
    >>> parse_amount("数千万人民币")
    Amount(value=None, low=20000000.0, high=100000000.0, currency='CNY')
    """
    folded = fold(text)
    if is_unknown(folded):
        return None
    exponent, unit_currency = 0, None
    if unit:
        known = amount_unit(unit)
        if known is None:
            raise ValueRefused("values.unit", unit=unit)
        exponent, unit_currency = known
    body, stated, own = _take_currency(_NOTE.sub(_unit_or_nothing, folded), text)
    if is_unknown(body):
        return None
    if currency == "JPY" and "¥" in folded:
        stated = "JPY"
    code = stated or unit_currency or currency
    if re.match(r"-\s*(?:\d|\.\d)", body):
        raise ValueRefused("values.amount_negative", text=text)
    bounds = _read(body, 0 if own else exponent)
    if bounds is None or any(b is not None and b.adjusted() > 30 for b in bounds):
        raise ValueRefused("values.amount", text=text)
    value, low, high = (None if b is None else float(b) for b in bounds)
    return Amount(value, low, high, code)


_Bounds = tuple[Decimal | None, Decimal | None, Decimal | None]


def _read(body: str, exponent: int) -> _Bounds | None:
    kind = ""
    lead = _LEADING.match(body)
    if lead is not None and lead.end() < len(body):
        kind, body = str(lead.lastgroup), body[lead.end() :].strip()
    tail = _TRAILING.search(body)
    if tail is not None and tail.start() > 0:
        kind, body = kind or str(tail.lastgroup), body[: tail.start()].strip()
    for pattern, least, most in ((_SEVERAL, 2, 10), (_TEENS, 10, 20), (_CLASS, 1, 10)):
        match = pattern.fullmatch(body)
        if match is not None:
            one = Decimal(10) ** _power(match["magnitude"])
            return None, one * least, one * most
    match = _TENS.fullmatch(body)
    if match is not None:
        one = Decimal(10) ** (_power(match["magnitude"]) + (1 if match["ten"] == "tens" else 2))
        return None, one * 2, one * 10
    single = _single(body, exponent, bare=bool(kind))
    if single is not None:
        number, odd = single
        return _bounded(number, "low" if odd and not kind else kind)
    return _range(body, exponent) if kind in ("", "about") else None


def _bounded(number: Decimal, kind: str) -> _Bounds:
    if kind == "low":
        return number, number, None
    if kind == "high":
        return number, None, number
    if kind == "near":  # 近: by custom a little less, never more
        return number, number * Decimal("0.9"), number
    return number, None, None


def _power(magnitude: str) -> int:
    return _POWERS[magnitude.strip("个.")]


def _single(body: str, exponent: int, bare: bool) -> tuple[Decimal, bool] | None:
    """One number and whether 余 or 多 stands in it."""
    match = _ONE.fullmatch(body)
    if match is not None:
        power = _power(match["magnitude"]) if match["magnitude"] else exponent
        number = Decimal(match["number"].replace(",", "")).scaleb(power)
        return number, bool(match["odd"] or match["after"])
    match = _TWO.fullmatch(body)
    if match is not None:
        parts = [Decimal(part.replace(",", "")) for part in match.groups()]
        return parts[0].scaleb(8) + parts[1].scaleb(4), False
    match = _BARE.fullmatch(body)
    if match is not None and (bare or _power(match["magnitude"]) >= 6):
        return Decimal(10) ** _power(match["magnitude"]), False
    return None


def _range(body: str, exponent: int) -> _Bounds | None:
    parts = _RANGE.split(body)
    if len(parts) != 2:
        return None
    last = _ONE.fullmatch(parts[1])
    # 1-2亿: the first number shares the magnitude of the second.
    shared = _power(last["magnitude"]) if last and last["magnitude"] else exponent
    first = _single(parts[0], shared, bare=False)
    second = _single(parts[1], exponent, bare=False)
    if first is None or second is None or first[0] > second[0]:
        return None
    return None, first[0], second[0]
