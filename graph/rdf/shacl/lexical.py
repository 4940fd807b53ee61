"""Literals as they were written, inside a store that rewrites them.

Oxigraph keeps numbers, dates and booleans as values: `"01"^^xsd:integer` comes back as `"1"`, and
`"300"^^xsd:byte` as an integer. SHACL speaks of terms: of datatypes, of lexical forms that are ill,
of lengths. So a literal that the store would change is put in under a datatype of our own that says
what it was, and comes out again as it went in. The same datatype is another one for what is
ill-formed (XML Schema 1.1 part 2), so that asking for a datatype asks for the form as well.
"""

import re
from collections.abc import Callable

from pyoxigraph import Literal, NamedNode

from graph.rdf.shacl.vocabulary import XSD, Term

WRITTEN = "urn:x-written:"
"""Well-formed, but the store would write it in another way."""

ILL = "urn:x-ill-formed:"

_ZONE = r"(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)?"
_YEAR = r"-?(?:[1-9]\d{3,}|0\d{3})"
_MONTH, _DAY = r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
_TIME = r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)"
_DURATION = r"-?P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?"
_FLOAT = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?INF|NaN"

_FORMS: dict[str, str] = {
    "boolean": "true|false|1|0",
    "integer": r"[+-]?\d+",
    "decimal": r"[+-]?(\d+(\.\d*)?|\.\d+)",
    "double": _FLOAT,
    "float": _FLOAT,
    "date": rf"(?P<day>{_YEAR}-{_MONTH}-{_DAY}){_ZONE}",
    "dateTime": rf"(?P<day>{_YEAR}-{_MONTH}-{_DAY})T{_TIME}{_ZONE}",
    "dateTimeStamp": rf"(?P<day>{_YEAR}-{_MONTH}-{_DAY})T{_TIME}{_ZONE[:-1]}",
    "time": rf"{_TIME}{_ZONE}",
    "gYear": rf"{_YEAR}{_ZONE}",
    "gYearMonth": rf"{_YEAR}-{_MONTH}{_ZONE}",
    "gMonth": rf"--{_MONTH}{_ZONE}",
    "gMonthDay": rf"(?P<day>--{_MONTH}-{_DAY}){_ZONE}",
    "gDay": rf"---{_DAY}{_ZONE}",
    "duration": _DURATION,
    "yearMonthDuration": r"-?P(?=.)(\d+Y)?(\d+M)?",
    "dayTimeDuration": r"-?P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?",
    "hexBinary": "([0-9a-fA-F]{2})*",
    "language": "[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",
}

_BOUNDS: dict[str, tuple[int | None, int | None]] = {
    "byte": (-(2**7), 2**7 - 1),
    "short": (-(2**15), 2**15 - 1),
    "int": (-(2**31), 2**31 - 1),
    "long": (-(2**63), 2**63 - 1),
    "unsignedByte": (0, 2**8 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedLong": (0, 2**64 - 1),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
}
"""The integers that XML Schema derives: least and greatest value."""

_STABLE: dict[str, str] = {
    "boolean": "true|false",
    "integer": r"0|-?[1-9]\d{0,17}",
    "decimal": r"0|-?[1-9]\d{0,14}|-?(0|[1-9]\d{0,8})\.\d{0,8}[1-9]",
    "date": r"[1-9]\d{3}-\d\d-\d\d",
    "dateTime": r"[1-9]\d{3}-\d\d-\d\dT(?!24)\d\d:\d\d:\d\dZ?",
    "gYear": r"[1-9]\d{3}",
    "gYearMonth": r"[1-9]\d{3}-\d\d",
}
"""The forms that come out of the store as they went in."""


def _matcher(form: str) -> Callable[[str], re.Match[str] | None]:
    return re.compile(form, re.ASCII).fullmatch


_WELL = {XSD + name: _matcher(form) for name, form in _FORMS.items()}
_WELL |= dict.fromkeys((XSD + name for name in _BOUNDS), _WELL[XSD + "integer"])
_KEPT = {XSD + name: _matcher(form) for name, form in _STABLE.items()}


def well_formed(text: str, datatype: str) -> bool:
    """Whether `text` is in the lexical space of `datatype`; True for one that is not known.

    >>> well_formed("300", XSD + "byte"), well_formed("2023-02-29", XSD + "date")
    (False, False)
    >>> well_formed("+07", XSD + "byte"), well_formed("2024-02-29Z", XSD + "date")
    (True, True)
    """
    matcher = _WELL.get(datatype)
    if matcher is None:
        return True
    # XML Schema drops white space around all of these before it looks at them.
    found = matcher(text.strip(" \t\r\n"))
    if found is None:
        return False
    low, high = _BOUNDS.get(datatype.removeprefix(XSD), (None, None))
    if low is not None and int(text) < low:
        return False
    if high is not None and int(text) > high:
        return False
    day = found.groupdict().get("day")
    return day is None or _in_calendar(day)


def _in_calendar(day: str) -> bool:
    """Whether a month has that day, in the proleptic Gregorian calendar; `--02-29` has no year.

    >>> _in_calendar("1900-02-29"), _in_calendar("2000-02-29"), _in_calendar("--02-29")
    (False, True, True)
    """
    year, month, number = day.rsplit("-", 2)
    y = int(year) if year.strip("-") else 4
    leap = y % 4 == 0 and (y % 100 != 0 or y % 400 == 0)
    last = {2: 29 if leap else 28, 4: 30, 6: 30, 9: 30, 11: 30}.get(int(month), 31)
    return int(number) <= last


def stored(term: Term) -> Term:
    """The term that stands for `term` in the store, and comes out of it unchanged.

    >>> str(stored(Literal("7", datatype=NamedNode(XSD + "byte"))))
    '"7"^^<urn:x-written:http://www.w3.org/2001/XMLSchema#byte>'
    """
    if not isinstance(term, Literal):
        return term
    datatype = term.datatype.value
    if datatype not in _WELL:
        return term
    well = well_formed(term.value, datatype)
    kept = _KEPT.get(datatype)
    if well and kept is not None and kept(term.value):
        return term
    mark = WRITTEN if well else ILL
    return Literal(term.value, datatype=NamedNode(mark + datatype))


def written(term: Term) -> Term:
    """The term that `stored` was given.

    >>> str(written(stored(Literal("x", datatype=NamedNode(XSD + "date")))))
    '"x"^^<http://www.w3.org/2001/XMLSchema#date>'
    """
    if isinstance(term, Literal):
        datatype = term.datatype.value
        for mark in (WRITTEN, ILL):
            if datatype.startswith(mark):
                return Literal(term.value, datatype=NamedNode(datatype.removeprefix(mark)))
    return term


def value(variable: str) -> str:
    """SPARQL for what a literal means, whichever way it is stored, to compare by."""
    kind = f"STR(DATATYPE({variable}))"
    meant = f'STRDT(STR({variable}), IRI(STRAFTER({kind}, "{WRITTEN}")))'
    return f'IF(STRSTARTS({kind}, "{WRITTEN}"), {meant}, {variable})'


def of_datatype(variable: str, datatype: NamedNode) -> str:
    """SPARQL for: a literal of this datatype, and well-formed."""
    return f"COALESCE(DATATYPE({variable}) IN ({datatype}, <{WRITTEN}{datatype.value}>), false)"
