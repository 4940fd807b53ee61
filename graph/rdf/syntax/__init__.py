"""How triples are written: each syntax turns a block into SQL that gives its text."""

from typing import Protocol

from graph.rdf.terms import XSD, Block, Value

BARE = {"integer", "decimal", "double", "boolean", "gYear", "gYearMonth", "date", "dateTime"}


class Syntax(Protocol):
    """One form of RDF. `begin` and `end` stand around the file; a comma is cut off where
    `separated` and nothing came before.
    """

    begin: bytes
    end: bytes
    separated: bool

    def graph(self, iri: str) -> tuple[bytes, bytes]:
        """What stands before and after what one named graph says."""
        ...

    def block(self, block: Block, graph: str | None) -> str:
        """SQL of the text of a block, whose subject is there."""
        ...


def by_case(value: Value, write: dict[str, str], element: str) -> str:
    """SQL that writes an element, as its cases say.

    `write` has a text for `iri`, `lang`, `type`, `plain` and `bare` (a type whose written forms
    need no escaping) with the places `{x}` for the written form, `{note}` for tag or datatype.
    """
    text = value.text.format(x=element)
    cases = []
    for when, kind, note in value.cases:
        key = kind
        if kind == "type":
            key = "plain" if not note else "bare" if _is_bare(note) else kind
        cases.append((when and when.format(x=element), write[key].format(x=text, note=note)))
    if len(cases) == 1:
        return cases[0][1]
    return "CASE " + " ".join(f"WHEN {w} THEN {t}" if w else f"ELSE {t}" for w, t in cases) + " END"


def _is_bare(datatype: str) -> bool:
    return datatype.removeprefix(XSD).removeprefix("xsd:") in BARE


def elements(value: Value, written: str) -> str:
    """SQL of the written forms of a value that is a list, as a list; `written` is over `e`."""
    return f"list_transform(list_filter({value.sql}, lambda e: e IS NOT NULL), lambda e: {written})"


def compact(iri: str, prefixes: dict[str, str]) -> str | None:
    """An IRI with its prefix, None where there is none for it."""
    for prefix, space in prefixes.items():
        if iri.startswith(space):
            return f"{prefix}:{iri.removeprefix(space)}"
    return None
