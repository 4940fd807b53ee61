"""What the classes and predicates of a file mean here: our own terms, and those held against them.

A kind is what a subject is read as: an entity of a class or the statement of a relation, `own`
where our own term says so. Of several classes the most specific one is taken, then the first by
name.
"""

from dataclasses import dataclass
from functools import cached_property

from graph.schema import EntityClass, Property, Relation, Schema

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
DCTERMS = "http://purl.org/dc/terms/"
PROV = "http://www.w3.org/ns/prov#"
VOID = "http://rdfs.org/ns/void#"

OTHER = "Other"
"""What the classes begin with that take in what no other class fits: less specific than these."""

PREFIXES = {
    "rdf": RDF, "rdfs": RDFS, "owl": OWL, "dcterms": DCTERMS, "prov": PROV, "void": VOID,
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#", "foaf": "http://xmlns.com/foaf/0.1/",
    "org": "http://www.w3.org/ns/org#", "schema": "https://schema.org/",
    "vivo": "http://vivoweb.org/ontology/core#", "vcard": "http://www.w3.org/2006/vcard/ns#",
    "bibo": "http://purl.org/ontology/bibo/", "obo": "http://purl.obolibrary.org/obo/",
    "legal": "http://www.w3.org/ns/legal#", "rov": "http://www.w3.org/ns/regorg#",
    "locn": "http://www.w3.org/ns/locn#", "cv": "http://data.europa.eu/m8g/",
    "adms": "http://www.w3.org/ns/adms#", "sh": "http://www.w3.org/ns/shacl#",
}  # fmt: skip
"""Prefixes by which terms are called in what is shown and kept."""


@dataclass(frozen=True)
class Kind:
    """What a subject is read as; `name` is unique."""

    what: EntityClass | Relation
    own: bool

    @property
    def name(self) -> str:
        return f"{self.what.name} {'own' if self.own else 'other'}"

    @property
    def terms(self) -> tuple[Property, ...]:
        return self.what.properties if isinstance(self.what, EntityClass) else self.what.attributes


class Vocabulary:
    """The terms of the ontology and of others, as IRIs."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.ours = schema.classes["Entity"].iri.removesuffix("Entity")

    @cached_property
    def kinds(self) -> dict[str, tuple[Kind, int]]:
        """Class IRI → what its members are read as, and how specific that is."""
        found: dict[str, tuple[Kind, int]] = {}
        for cls in self.schema.concrete:
            rank = 2 * len(cls.ancestors) + (not cls.name.startswith(OTHER))
            for iri in _both(cls.matches):
                if iri not in found or found[iri][1] < rank:
                    found[iri] = (Kind(cls, False), rank)
        for relation in self.schema.relations.values():
            for iri in _both(relation.statement_matches):
                found.setdefault(iri, (Kind(relation, False), 0))
        for cls in self.schema.concrete:
            found[cls.iri] = (Kind(cls, True), 1000 + len(cls.ancestors))
        for relation in self.schema.relations.values():
            found[relation.statement_iri] = (Kind(relation, True), 1000)
        return found

    def columns(self, kind: Kind) -> dict[str, str]:
        """Predicate → column: of an own kind our terms only, else those of others too."""
        found: dict[str, str] = {}
        for term in kind.terms:
            if not kind.own:
                for iri in _both(term.matches):
                    found.setdefault(iri, term.name)
        for term in kind.terms:
            found |= {iri: column for column, iri in term.column_iris.items()}
        return found

    @cached_property
    def relations(self) -> list[tuple[str, str, bool, bool]]:
        """Predicate, relation, whether it runs the other way, whether it is our own term."""
        found = []
        for relation in self.schema.relations.values():
            found.append((relation.iri, relation.name, False, True))
            found += [(iri, relation.name, False, False) for iri in _both(relation.matches)]
            found += [(iri, relation.name, True, False) for iri in _both(relation.inverse_matches)]
        return found

    @cached_property
    def kept_apart(self) -> list[str]:
        """Predicates of our own exports that are neither values nor relations."""
        own = ("id", "line", "repeats", "mention", "keyless", "about", "ofClass")
        rdf = ("type", "subject", "predicate", "object")
        return [
            *(self.ours + n for n in own), *(RDF + n for n in rdf),
            PROV + "wasDerivedFrom", OWL + "sameAs", OWL + "differentFrom", RDFS + "label",
        ]  # fmt: skip


def _both(iris: tuple[str, ...]) -> list[str]:
    """IRIs, those of schema.org in both of its spellings."""
    old = ("http" + i.removeprefix("https") for i in iris if i.startswith("https://schema.org/"))
    return [*iris, *old]


def short(iri: str) -> str:
    """An IRI by its prefix, where it has a usual one.

    >>> short("http://xmlns.com/foaf/0.1/Person"), short("http://e.org/x")
    ('foaf:Person', 'http://e.org/x')
    """
    for prefix, space in PREFIXES.items():
        if iri.startswith(space) and len(iri) > len(space):
            return f"{prefix}:{iri.removeprefix(space)}"
    return iri
