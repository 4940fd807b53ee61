"""Terms of our namespace in a SPARQL query that the ontology does not know: they match nothing."""

from collections.abc import Mapping

from graph.names import nearest
from graph.rdf.sparql_text import tokens
from graph.schema import Schema

GENERAL = ("id", "name", "altNames", "line", "extra", "Entity")
AMOUNT = ("Min", "Max", "Currency")


def unknown_terms(
    query: str, schema: Schema, prefixes: Mapping[str, str]
) -> list[tuple[str, list[str]]]:
    """Classes and properties that the ontology has not, each with the nearest that it has.

    >>> from graph.schema import load
    >>> ig = {"ig": "https://w3id.org/innograph/ontology#"}
    >>> unknown_terms("SELECT ?n { ?x a ig:Frim ; ig:name ?n }", load(), ig)
    [('ig:Frim', ['ig:Firm', 'ig:form'])]
    """
    ours = prefixes["ig"]
    known = _known(schema, ours)
    declared = dict(prefixes)
    found: dict[str, list[str]] = {}
    before: list[str] = []
    for kind, text, _ in tokens(query):
        if kind == "iri" and len(before) == 2 and before[0].casefold() == "prefix":
            declared[before[1].removesuffix(":")] = text[1:-1]
        elif kind in ("iri", "name"):
            declaring = bool(before) and before[-1].casefold() == "prefix"
            whole = text[1:-1] if kind == "iri" else _whole(text, declared)
            term = whole.removeprefix(ours)
            if not declaring and term and term != whole and term not in known:
                shown = text if kind == "name" else f"ig:{term}"
                near = nearest(term, known)
                near.sort(key=lambda name: name[0].isupper() != term[0].isupper())
                found[shown] = [f"ig:{name}" for name in near]
        before = [*before, text][-2:]
    return list(found.items())


def _whole(name: str, declared: Mapping[str, str]) -> str:
    prefix, _, local = name.partition(":")
    return declared.get(prefix, "") + local


def _known(schema: Schema, ours: str) -> set[str]:
    iris = {cls.iri for cls in schema.classes.values()}
    iris |= {iri for r in schema.relations.values() for iri in (r.iri, r.statement_iri)}
    terms = [term for cls in schema.classes.values() for term in cls.properties]
    terms += [term for relation in schema.relations.values() for term in relation.attributes]
    for term in terms:
        iris.add(term.iri)
        if term.datatype == "amount":
            iris |= {term.iri + part for part in AMOUNT}
    return {iri.removeprefix(ours) for iri in iris} | set(GENERAL)
