"""Values of the view as RDF literals, typed as the ontology says."""

import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from pyoxigraph import Literal, NamedNode

from graph.names import has_han
from graph.schema import Property

XSD = "http://www.w3.org/2001/XMLSchema#"
BOOLEAN = NamedNode(XSD + "boolean")
INTEGER = NamedNode(XSD + "integer")
DECIMAL = NamedNode(XSD + "decimal")
DOUBLE = NamedNode(XSD + "double")
URI = NamedNode(XSD + "anyURI")
DATES = {4: NamedNode(XSD + "gYear"), 7: NamedNode(XSD + "gYearMonth"), 10: NamedNode(XSD + "date")}
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)

Writer = Callable[[Any], Literal]


def tagged(text: str) -> Literal:
    """A text with the language that its script tells.

    >>> str(tagged("中试")), str(tagged("pilot"))
    ('"中试"@zh', '"pilot"@en')
    """
    return Literal(text, language="zh" if has_han(text) else "en")


def number(value: float) -> Literal:
    """A number as xsd:decimal, which knows no exponent; what is not finite as xsd:double.

    >>> number(1e-7).value, number(3e8).value
    ('0.0000001', '300000000')
    """
    if not math.isfinite(value):
        return Literal("NaN" if math.isnan(value) else f"{value}".upper(), datatype=DOUBLE)
    text = f"{Decimal(repr(value)):f}"
    return Literal(text.removesuffix(".0"), datatype=DECIMAL)


def integer(value: int) -> Literal:
    return Literal(str(value), datatype=INTEGER)


def date(value: str) -> Literal:
    """A date with its precision: a year, a month or a day.

    >>> date("2024-05").datatype.value.rpartition("#")[2]
    'gYearMonth'
    """
    if _DATE.fullmatch(value):
        return Literal(value, datatype=DATES[len(value)])
    return Literal(value)


def _boolean(value: bool) -> Literal:
    return Literal("true" if value else "false", datatype=BOOLEAN)


def _uri(value: str) -> Literal:
    return Literal(value, datatype=URI)


_BY_KIND: dict[str, Writer] = {
    "text": Literal,
    "uri": _uri,
    "integer": integer,
    "decimal": number,
    "share": number,
    "boolean": _boolean,
    "date": date,
}

_PARTS: tuple[tuple[str, Writer], ...] = (
    ("", number),
    ("Min", number),
    ("Max", number),
    ("Currency", Literal),
)
"""An amount is four properties: value, bounds, currency."""


def columns(terms: tuple[Property, ...]) -> list[tuple[str, NamedNode, Writer]]:
    """Column, predicate and way of writing, for each column of the properties."""
    found: list[tuple[str, NamedNode, Writer]] = []
    for term in terms:
        if term.datatype == "amount":
            for (column, _), (suffix, write) in zip(term.columns, _PARTS, strict=True):
                found.append((column, NamedNode(term.iri + suffix), write))
        else:
            write = tagged if term.language_tagged else _BY_KIND[term.datatype]
            found.append((term.name, NamedNode(term.iri), write))
    return found
