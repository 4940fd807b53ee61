"""Literals go into the store and come out as they were written; what is ill-formed is known."""

import re

import pyoxigraph
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store

from graph.rdf.shacl import load, mark
from graph.rdf.shacl.lexical import (
    _FORMS,
    _STABLE,
    of_datatype,
    stored,
    value,
    well_formed,
    written,
)
from graph.rdf.shacl.vocabulary import XSD

S, P = NamedNode("urn:s"), NamedNode("urn:p")


def typed(text: str, kind: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + kind))


forms = st.sampled_from(sorted(_FORMS)).flatmap(
    lambda kind: st.tuples(
        st.from_regex(re.compile(_FORMS[kind], re.ASCII), fullmatch=True), st.just(kind)
    )
)
stable = st.sampled_from(sorted(_STABLE)).flatmap(
    lambda kind: st.tuples(
        st.from_regex(re.compile(_STABLE[kind], re.ASCII), fullmatch=True), st.just(kind)
    )
)
anything = st.tuples(
    st.text(max_size=12), st.sampled_from([*sorted(_FORMS), "byte", "string", "long"])
)


@given(st.one_of(forms, stable, anything))
@example(("300", "byte"))
@example(("01", "integer"))
@example(("-0", "integer"))
@example(("24:00:00", "time"))
@example((" 7 ", "int"))
def test_what_goes_in_comes_out(case: tuple[str, str]) -> None:
    literal = typed(*case)
    store = Store()
    store.add(Quad(S, P, stored(literal)))
    (quad,) = store
    assert written(quad.object) == literal


@pytest.mark.parametrize("term", [S, BlankNode("b"), Literal("x"), Literal("x", language="en")])
def test_other_terms_are_left_alone(term: pyoxigraph.Literal) -> None:
    assert stored(term) == term == written(term)


GOOD = """integer 0 | integer -07 | integer +7 | byte 127 | byte -128 | unsignedByte 255
    double 5. | float +1.e-3 | positiveInteger 1 | nonNegativeInteger 0 | negativeInteger -1 | decimal .5 | decimal 5. | decimal -0.50
    double 1e3 | double INF | float NaN | boolean 1 | boolean false | date 2024-02-29 | date 2000-02-29Z
    date -0001-01-01 | date 12024-01-01+14:00 | dateTime 2024-01-01T24:00:00 | gYear 2024 | gYearMonth 2024-12
    dateTime 2024-01-01T23:59:59.5-13:59 | gMonthDay --02-29 | gMonth --12 | gDay ---31 | time 00:00:00
    duration P1Y | duration -P1DT0.5S | dayTimeDuration PT5M | hexBinary 0aFF | language zh-Hans
    dateTimeStamp 2024-01-01T00:00:00Z | unsignedLong 18446744073709551615 | unsignedShort 65535
    unsignedInt 4294967295 | short 32767 | short -32768 | int 2147483647 | int -2147483648
    long 9223372036854775807 | long -9223372036854775808 | nonPositiveInteger 0 | unsignedByte 0
    date 2024-01-31 | date 2024-04-30 | date 2024-12-31 | date -0004-02-29 | date 2024-01-01-14:00"""

BAD = """integer 1.0 | integer | byte 128 | byte -129 | unsignedByte 256 | unsignedByte -1 | positiveInteger 0
    negativeInteger 0 | nonPositiveInteger 1 | decimal 1e3 | decimal . | double e3 | double +inf | boolean yes
    boolean True | date 2023-02-29 | date 1900-02-29 | date 2024-04-31 | date 2024-13-01 | date 24-01-01
    date 2024-1-1 | date 02024-01-01 | date 2024-01-01+15:00 | date 2024-01-00 | dateTime 2024-01-01
    dateTime 2024-01-01T24:00:01 | dateTime 2024-01-01T25:00:00 | gYear 24 | gYearMonth 2024-00
    gMonthDay --02-30 | gMonthDay 02-03 | gDay ---32 | time 12:60:00 | duration P | duration PT
    duration P1S | dayTimeDuration P1Y | hexBinary abc | language - | dateTimeStamp 2024-01-01T00:00:00
    integer １ | int 2147483648 | long 9223372036854775808 | short 32768 | unsignedShort 65536
    unsignedInt 4294967296 | unsignedLong 18446744073709551616 | int -2147483649 | short -32769
    long -9223372036854775809 | nonNegativeInteger -1 | date 2024-06-31 | date 2024-09-31
    date 2024-11-31 | date 2024-01-32 | date 2024-02-30 | date 2100-02-29 | date 2024-01-01+14:30"""


def cases(text: str) -> list[tuple[str, str]]:
    parts = (case.split() for line in text.splitlines() for case in line.split("|"))
    return [(part[1] if len(part) > 1 else "", part[0]) for part in parts]


@pytest.mark.parametrize("text,kind", cases(GOOD))
def test_well_formed(text: str, kind: str) -> None:
    assert well_formed(text, XSD + kind)
    assert holds(of_datatype("?v", NamedNode(XSD + kind)), typed(text, kind))


@pytest.mark.parametrize("text,kind", cases(BAD))
def test_ill_formed(text: str, kind: str) -> None:
    assert not well_formed(text, XSD + kind)
    assert not holds(of_datatype("?v", NamedNode(XSD + kind)), typed(text, kind))


def holds(condition: str, literal: Literal) -> bool:
    data = load([pyoxigraph.Triple(S, P, literal)])
    return bool(data.query(f"ASK {{ ?s ?p ?v FILTER({condition}) }}"))


def test_a_datatype_is_not_its_neighbour() -> None:
    assert not holds(of_datatype("?v", NamedNode(XSD + "integer")), typed("55", "byte"))
    assert not holds(of_datatype("?v", NamedNode(XSD + "byte")), typed("55", "integer"))
    assert not holds(of_datatype("?v", NamedNode(XSD + "string")), Literal("a", language="en"))


@pytest.mark.parametrize(
    "text,kind", [("007", "integer"), ("7", "byte"), ("7.0", "decimal"), ("7e0", "double")]
)
def test_values_are_compared_by_what_they_mean(text: str, kind: str) -> None:
    assert holds(f"{value('?v')} = 7 && {value('?v')} < 8", typed(text, kind))
    assert not holds(f"COALESCE({value('?v')} > 6, false)", typed("x", kind))


def test_a_store_filled_in_another_way_is_marked() -> None:
    ill, good = typed("2024-02-30", "date"), typed("2024-02-28", "date")
    store = Store()
    store.extend([Quad(S, P, ill), Quad(S, P, good), Quad(S, P, Literal("x"))])
    mark(store)
    assert {q.object for q in store} == {stored(ill), good, Literal("x")} and stored(ill) != ill
