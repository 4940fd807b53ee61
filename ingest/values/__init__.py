"""The text of a cell → a value of its property's type, or the reason why it is none.

The loader reads plainly written cells in SQL (`ingest.values.fast`); whatever that leaves, written
as people write, comes here once for each distinct text. Both must agree.
"""

import re
from collections.abc import Sequence

from graph.names import normalise
from graph.schema import ClosedValue, Datatype, Property
from ingest.values.codes import check_uscc, uscc
from ingest.values.dates import parse_date
from ingest.values.exact import exact_sql
from ingest.values.fast import fast_sql
from ingest.values.money import Amount, amount_unit, parse_amount
from ingest.values.numerals import (
    ValueRefused,
    counted,
    counter_exponent,
    fold,
    is_unknown,
    numeral,
)
from ingest.values.words import FALSE, TRUE

__all__ = [
    "Amount",
    "Value",
    "ValueRefused",
    "exact_sql",
    "fast_sql",
    "fits",
    "parse",
    "parse_closed",
    "parse_columns",
    "several",
    "warn",
]

Value = str | int | float | bool | Amount | None

_ABOUT = re.compile(r"^(?:约为|约|大约|大概|about|approx(?:\.|imately)?|around|circa|~|≈) ?|左右$")
_BOUND = re.compile(
    r"超|逾|近|过|以上|以下|以内|不足|至少|至多|不低于|不超过|over|under|above|below|[<>≥≤]"
)
_PERCENT = re.compile(r"(.+?) ?(?:%|percent|per cent)")
_DOMAIN = re.compile(r"(?:www\.)?(?:[a-z0-9-]+\.)+[a-z]{2,}(?:[/?#]\S*)?", re.IGNORECASE)
_IRI = re.compile(r"(https?|ftp|urn|doi|info|ark|hdl):[^\s<>\"{}|\\^`]+", re.IGNORECASE)
_SEPARATOR = re.compile(r"[;；\n\r|]+")
_SPACES = " \xa0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
"""What DuckDB's `trim` takes for spaces."""
_MOST = 2**63


def parse(
    datatype: Datatype,
    text: str,
    *,
    unit: str | None = None,
    currency: str = "CNY",
    closed: Sequence[ClosedValue] = (),
) -> Value:
    """`text` as a value of `datatype`.

    Parameters
    ----------
    unit : what the column's heading says (万元, 万人, %); what the cell itself says goes before it.
    currency : ISO 4217 code of an amount that names none.
    closed : the members of a closed list; their labels and aliases are read, `value` is given.

    Returns
    -------
    text, uri, date (ISO 8601 with its precision) : str; integer : int; decimal, share (0 to 1) :
    float; boolean : bool; amount : `Amount`. None where the text says that it is not known.

    Raises
    ------
    ValueRefused : with the reason and what would be read.

    >>> parse("share", "61％"), parse("boolean", "是"), parse("date", "2024年5月")
    (0.61, True, '2024-05')
    """
    if closed:
        return parse_closed(text, closed)
    if datatype == "text":
        return text.strip(_SPACES) or None
    if datatype == "date":
        return parse_date(text)
    if datatype == "amount":
        return parse_amount(text, unit, currency)
    folded = fold(text)
    if datatype == "boolean":
        return _boolean(folded, text)
    if is_unknown(folded):
        return None
    if datatype == "share":
        return _share(folded, text, unit)
    if datatype == "uri":
        return _uri(text.strip())
    return _number(datatype, folded, text, unit)


def parse_columns(
    term: Property, text: str, *, unit: str | None = None, currency: str = "CNY"
) -> tuple[object, ...]:
    """`text` as the physical columns of `term` (`Property.columns`): one, or four for an amount.

    Raises `ValueRefused`.
    """
    if term.datatype == "amount":
        return parse_amount(text, unit, currency) or (None, None, None, None)
    if not term.multiple:
        return (_one(term, text, unit),)
    every = (_one(term, part, unit) for part in several(text))
    return ([value for value in every if value is not None] or None,)


def _one(term: Property, text: str, unit: str | None) -> Value:
    """One value of a property that is no amount, within its pattern and bounds."""
    if term.identifier and is_unknown(fold(text)):
        return None  # two that have no number are not one
    if term.identifier and term.name == "uscc":
        check_uscc(text)
        return uscc(text)
    found = parse(term.datatype, text, unit=unit, closed=term.closed)
    if isinstance(found, str) and term.pattern:
        return _fitting(term, term.pattern, found)
    if isinstance(found, int | float) and not isinstance(found, bool):
        low, high = term.minimum, term.maximum
        if low is not None and found < low:
            raise ValueRefused("values.below", text=text, limit=f"{low:g}")
        if high is not None and found > high:
            raise ValueRefused("values.above", text=text, limit=f"{high:g}")
    return found


def _fitting(term: Property, pattern: str, text: str) -> str:
    """`text` as it fits the pattern: as it is, or half-width, without spaces, in one case."""
    plain = fold(text).replace(" ", "")
    for form in (text, plain, plain.upper()):
        if re.fullmatch(pattern, form):
            return form
    raise ValueRefused("values.pattern", text=text, example=term.example or pattern)


def several(text: str) -> list[str]:
    """The values of a cell of a property that may have several: split at ; ； | and line ends.

    >>> several("成电；UESTC; ")
    ['成电', 'UESTC']
    """
    parts = (part.strip(_SPACES) for part in _SEPARATOR.split(text))
    return list(dict.fromkeys(part for part in parts if part))


def fits(datatype: Datatype, unit: str) -> bool:
    """Whether a heading's unit can be meant of a column of `datatype`.

    >>> fits("amount", "万元"), fits("amount", "人"), fits("share", "%")
    (True, False, True)
    """
    if datatype == "amount":
        return amount_unit(unit) is not None
    if datatype == "share":
        return fold(unit) == "%"
    return datatype in ("integer", "decimal") and counter_exponent(unit) is not None


def warn(prop: Property, text: str) -> str | None:
    """The key of a warning about a value that is accepted all the same, else None.

    Raises `ValueRefused` where an identifier is not of its pattern.
    """
    if prop.identifier and prop.name == "uscc" and not is_unknown(fold(text)):
        return check_uscc(text)
    return None


def parse_closed(text: str, closed: Sequence[ClosedValue]) -> str | None:
    """The member of a closed list that `text` names, by value, label or alias, in any case."""
    wanted = normalise(text)
    for member in closed:
        names = (member.value, *member.label.values(), *member.aliases)
        if wanted in map(normalise, names):
            return member.value
    if is_unknown(fold(text)):
        return None
    raise ValueRefused(
        "values.closed",
        text=text,
        allowed_zh="、".join(member.label.get("zh", member.value) for member in closed),
        allowed_en=", ".join(member.label.get("en", member.value) for member in closed),
    )


def _boolean(folded: str, text: str) -> bool | None:
    if folded in TRUE:
        return True
    if folded in FALSE:
        return False
    if is_unknown(folded):
        return None
    raise ValueRefused("values.boolean", text=text)


def _share(folded: str, text: str, unit: str | None) -> float | None:
    body = _ABOUT.sub("", folded)
    percent = _PERCENT.fullmatch(body)
    found = numeral(percent[1] if percent else body)
    if found is None:
        raise ValueRefused(
            "values.share_bound" if _BOUND.search(body) else "values.share", text=text
        )
    if percent or (unit is not None and fold(unit) == "%"):
        found = found.shifted(-2)
        percent = percent or _PERCENT.fullmatch(body + "%")
    share = float(found)
    if share < 0:
        raise ValueRefused("values.share_negative", text=text)
    if share > 1:
        raise ValueRefused("values.share_over" if percent else "values.share_percent", text=text)
    return share + 0.0  # -0% is 0


def _uri(text: str) -> str:
    if _IRI.fullmatch(text):
        return text
    if _DOMAIN.fullmatch(text):
        return f"http://{text}"
    raise ValueRefused("values.uri", text=text)


def _number(datatype: Datatype, folded: str, text: str, unit: str | None) -> int | float:
    found = counted(folded, unit)
    if found is None:
        key = "values.decimal" if datatype == "decimal" else "values.integer"
        raise ValueRefused(key, text=text)
    if datatype == "decimal":
        return float(found) + 0.0
    whole = found.whole()
    if whole is None or not -_MOST <= whole < _MOST:
        raise ValueRefused("values.integer", text=text)
    return whole
