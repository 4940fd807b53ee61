"""Dates as people write them → ISO 8601 with the precision that is stated, never more."""

import calendar
import re

from ingest.values.numerals import ValueRefused, fold, is_unknown
from ingest.values.words import OPEN

# Not from `calendar`: its names follow the locale.
_LONG = "january february march april may june july august september october november december"
_MONTHS = {n: i for i, name in enumerate(_LONG.split(), 1) for n in (name, name[:3])}
_MONTHS["sept"] = 9
_NAME = "|".join(sorted(_MONTHS, key=len, reverse=True))
_CLOCK = r"(?:[t ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?z| ?[+-]\d{2}:?\d{2})?)?"

_YEAR_FIRST = (
    re.compile(r"(?P<y>\d{4})(?: ?年)?"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?:(?P<d>\d{2}))?"),
    re.compile(r"(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?:(?P=s)(?P<d>\d{1,2})" + _CLOCK + r")?"),
    re.compile(r"(?P<y>\d{4}) ?年 ?(?P<m>\d{1,2}) ?月(?: ?(?P<d>\d{1,2}) ?[日号])?" + _CLOCK),
    re.compile(r"(?P<y>\d{4}) ?年 ?(?P<m>\d{1,2}) ?月(?:份|初|中|底|末|上旬|中旬|下旬)"),
    # A quarter or a half has no place in year-month-day: the year alone is true.
    re.compile(
        r"(?P<y>\d{4}) ?(?:年 ?)?(?:年?度|初|中|底|末|年底|年初|[上下]半年|[前后]半年"
        r"|-?q[1-4]|第?[一二三四1-4] ?季度|h[12])"
    ),
    re.compile(rf"(?P<b>{_NAME})\.? (?:(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? )?(?P<y>\d{{4}})"),
    re.compile(rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?P<b>{_NAME})\.?,? (?P<y>\d{{4}})"),
)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})" + _CLOCK)
_SERIAL = re.compile(r"[2-7]\d{4}(?:\.\d+)?")


def parse_date(text: str) -> str | None:
    """`text` as ISO text with its precision; None where it says that it is open or not known.

    A quarter or half of a year gives the year; a time of day is dropped.

    >>> [parse_date(t) for t in ("2024年5月", "2024/5/1", "20240501", "2024.5", "2024年上半年")]
    ['2024-05', '2024-05-01', '2024-05-01', '2024-05', '2024']
    """
    folded = fold(text)
    if is_unknown(folded) or folded in OPEN:
        return None
    for pattern in _YEAR_FIRST:
        match = pattern.fullmatch(folded)
        if match is not None:
            parts = match.groupdict()
            month = _MONTHS[parts["b"]] if parts.get("b") else int(parts.get("m") or 0)
            return _iso(text, int(parts["y"]), month, int(parts.get("d") or 0), parts)
    match = _YEAR_LAST.fullmatch(folded)
    if match is not None:
        first, second = int(match[1]), int(match[3])
        if first > 12 >= second:
            return _iso(text, int(match[4]), second, first, {"m": match[3], "d": match[1]})
        if second > 12 >= first:
            return _iso(text, int(match[4]), first, second, {"m": match[1], "d": match[3]})
        raise ValueRefused("values.date_order", text=text)
    if _SERIAL.fullmatch(folded):
        raise ValueRefused("values.date_serial", text=text)
    raise ValueRefused("values.date", text=text)


def _iso(text: str, year: int, month: int, day: int, parts: dict[str, str | None]) -> str:
    named = parts.get("m") is not None or parts.get("b") is not None
    if not 1000 <= year <= 2199 or (named and not 1 <= month <= 12):
        raise ValueRefused("values.date_impossible", text=text)
    if not named:
        return f"{year}"
    if parts.get("d") is None:
        return f"{year}-{month:02d}"
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise ValueRefused("values.date_impossible", text=text)
    return f"{year}-{month:02d}-{day:02d}"
