"""A cell that holds two dates: 2023-11-06至2026-11-05, or a length from another date: 三年."""

import re

from ingest.values.dates import parse_date
from ingest.values.numerals import ValueRefused, fold

_PARTED = re.compile(
    r"\s*(?:至|到|~|～|—+|–|-{2,}|\bto\b|(?<=[日月年])-|(?<=\d) - (?=\d)|/(?=\d{4}))\s*"
)
_YEARS = re.compile(r"(?:有效期)?\s*([一二三四五六七八九十两]|\d{1,2})\s*(?:年|years?)(?:期|有效)?")
_PLAIN = re.compile(r"(\d{4}(?:\.\d{1,2}){0,2}|\d{4}/\d{1,2}/\d{1,2})-(\d{4}.*)")
_HAN = dict(zip("一二三四五六七八九十", range(1, 11), strict=True)) | {"两": 2}


def period(text: str) -> tuple[str | None, str | None]:
    """The two ends of a period as ISO texts, None for one that is open or not said.

    A single date is the end. Raises `ValueRefused`.

    >>> period("2023年11月6日至2026年11月5日"), period("2021-2025"), period("2026-11-05")
    (('2023-11-06', '2026-11-05'), ('2021', '2025'), (None, '2026-11-05'))
    """
    folded = fold(text).removeprefix("自").removesuffix("止").strip()
    plain = _PLAIN.fullmatch(folded)
    parts = list(plain.groups()) if plain else [p for p in _PARTED.split(folded) if p]
    if len(parts) == 1:
        date = parse_date(parts[0].removesuffix("起"))
        return (date, None) if parts[0].endswith("起") else (None, date)
    if len(parts) != 2:
        raise ValueRefused("values.date", text=text)
    if re.fullmatch(r"\d{1,2}月(\d{1,2}日)?", parts[1]):  # 2024年5月1日至6月30日
        parts[1] = parts[0][:4] + "年" + parts[1]
    start, end = parse_date(parts[0].removeprefix("从")), parse_date(parts[1])
    if start and end and start[: len(end)] > end[: len(start)]:
        raise ValueRefused("values.period_order", text=text)
    return start, end


def years(text: str) -> int | None:
    """The years of a length: 三年 is 3; None where the text is no length.

    >>> years("三年"), years("5年"), years("2024年")
    (3, 5, None)
    """
    match = _YEARS.fullmatch(fold(text))
    if match is None:
        return None
    return _HAN.get(match[1]) or int(match[1])


def later(start: str, count: int) -> str:
    """`start` with `count` years added, in its precision.

    >>> later("2023-11", 3)
    '2026-11'
    """
    moved = f"{int(start[:4]) + count:04d}{start[4:]}"
    return moved.replace("-02-29", "-02-28") if count % 4 else moved
