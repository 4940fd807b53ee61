"""Reads `ontology.ttl` into a `Schema`."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from graph.errors import SchemaError
from graph.schema.model import (
    ChainStage,
    ChainTemplate,
    ClosedValue,
    Datatype,
    EntityClass,
    Heading,
    Property,
    Relation,
    Schema,
)
from graph.schema.triples import IG, OWL, PG, RDF, RDFS, SH, SKOS, XSD, Ontology, local

ALIKE = (
    SKOS + "closeMatch", SKOS + "exactMatch", OWL + "equivalentClass", OWL + "equivalentProperty",
)  # fmt: skip
ENTITY, STATEMENT = IG + "Entity", IG + "Statement"
_DATATYPES: dict[str, Datatype] = {
    XSD + "string": "text",
    RDF + "langString": "text",
    XSD + "integer": "integer",
    XSD + "decimal": "decimal",
    XSD + "boolean": "boolean",
    XSD + "anyURI": "uri",
    IG + "PartialDate": "date",
    IG + "Share": "share",
    IG + "Amount": "amount",
}


def read(path: Path) -> Schema:
    """The schema that the file at `path` describes."""
    return _Reader(Ontology(path)).schema()


class _Reader:
    def __init__(self, ontology: Ontology) -> None:
        self.ontology = ontology
        self.lines = {
            iri: line
            for iri in ontology.by_type[OWL + "Class"]
            if (line := self._ancestors(iri)) and line[-1] in (ENTITY, STATEMENT)
        }
        self.shapes = {
            path.value: shape
            for shape in ontology.by_type[SH + "PropertyShape"]
            for path in ontology.all(shape, SH + "path")
        }
        self.concepts: dict[str, list[str]] = defaultdict(list)
        for concept in ontology.by_type[SKOS + "Concept"]:
            for scheme in ontology.all(concept, SKOS + "inScheme"):
                self.concepts[scheme.value].append(concept)

    def _ancestors(self, iri: str) -> list[str]:
        """`iri` and what it is below, nearest first, as far as ig:Entity or ig:Statement."""
        found = [iri]
        for name in found:
            for parent in self.ontology.all(name, RDFS + "subClassOf"):
                if parent.value not in found and self._ours(parent.value):
                    found.append(parent.value)
        tops = [n for n in found if n in (ENTITY, STATEMENT)]
        return [n for n in found if n not in tops] + tops[:1]

    def _ours(self, iri: str) -> bool:
        return iri in (ENTITY, STATEMENT) or bool(self.ontology.all(iri, RDFS + "subClassOf"))

    def schema(self) -> Schema:
        held = self._held()
        classes = {
            c.name: c
            for iri, line in self.lines.items()
            if line[-1] == ENTITY
            for c in [self._class(iri, line, held)]
        }
        relations = {r.name: r for iri in self._relations() for r in [self._relation(iri, held)]}
        versions = (
            self.ontology.text(o, OWL + "versionInfo")
            for o in self.ontology.by_type[OWL + "Ontology"]
        )
        version = next(versions, None) or ""
        return Schema(classes, relations, self.ontology.digest, version, self._chains())

    def _held(self) -> dict[str, list[Property]]:
        """Properties by the class or statement that carries them, in the file's order."""
        held: dict[str, list[Property]] = defaultdict(list)
        kinds = (OWL + "DatatypeProperty", OWL + "AnnotationProperty")
        named = {iri for kind in kinds for iri in self.ontology.by_type[kind]}
        for iri in (subject for subject in self.ontology.said if subject in named):
            domain = self.ontology.union(iri, RDFS + "domain")
            if not domain or self.ontology.flag(iri, PG + "key"):
                continue
            term = self._property(iri)
            for carrier in domain:
                if carrier not in self.lines:
                    raise SchemaError(
                        "schema.unknown_class",
                        path=self.ontology.path,
                        term=local(iri),
                        name=local(carrier),
                    )
                held[carrier].append(term)
        return held

    def _carried(self, line: list[str], held: dict[str, list[Property]]) -> tuple[Property, ...]:
        """What the classes of `line` carry, the most general first."""
        found: dict[str, Property] = {}
        for carrier in reversed(line):
            for term in held.get(carrier, ()):
                found.setdefault(term.iri, term)
        return tuple(found.values())

    def _property(self, iri: str) -> Property:
        o = self.ontology
        range_ = o.text(iri, RDFS + "range") or XSD + "string"
        closed = self._closed(range_)
        datatype = "text" if closed else _DATATYPES.get(range_)
        if datatype is None:
            raise SchemaError(
                "schema.unknown_range", path=o.path, term=local(iri), name=local(range_)
            )
        shape = self.shapes.get(iri, "")
        label = o.label(iri)
        return Property(
            name=o.text(iri, PG + "column") or snake(local(iri)),
            iri=iri,
            datatype=datatype,
            label=label,
            definition=o.by_language(iri, SKOS + "definition") or label,
            aliases=o.texts(iri, PG + "alias"),
            closed=closed,
            multiple=o.flag(iri, PG + "multiple"),
            identifier=o.flag(iri, PG + "identifier"),
            indexed=o.flag(iri, PG + "indexed"),
            example=o.text(iri, SKOS + "example"),
            language_tagged=range_ == RDF + "langString",
            pattern=o.text(shape, SH + "pattern"),
            minimum=o.number(shape, SH + "minInclusive"),
            maximum=o.number(shape, SH + "maxInclusive"),
            matches=self._matches(iri, *ALIKE, RDFS + "subPropertyOf"),
        )

    def _closed(self, list_iri: str) -> tuple[ClosedValue, ...]:
        o = self.ontology
        equal = o.one(list_iri, OWL + "equivalentClass")
        members = o.one(equal.value, OWL + "oneOf") if equal is not None else None
        if members is None:
            return ()
        named = {o.text(c, SKOS + "notation"): c for c in self.concepts[list_iri]}
        found = []
        for stored in (m.value for m in o.items(members)):
            if stored not in named:
                raise SchemaError(
                    "schema.no_label", path=o.path, term=f"{local(list_iri)} {stored}"
                )
            concept = named[stored]
            found.append(
                ClosedValue(
                    stored,
                    o.label(concept, SKOS + "prefLabel"),
                    o.texts(concept, PG + "alias"),
                    self._stage(concept),
                )
            )
        return tuple(found)

    def _stage(self, subject: str) -> str | None:
        stage = self.ontology.text(subject, PG + "atStage")
        return None if stage is None else self.ontology.text(stage, IG + "id")

    def _class(self, iri: str, line: list[str], held: dict[str, list[Property]]) -> EntityClass:
        o = self.ontology
        label = o.label(iri)
        own = {
            IG + p: tuple(text for above in line for text in o.texts(above, PG + heading))
            for p, heading in (("name", "nameHeading"), ("altNames", "shortHeading"))
        }
        properties = tuple(
            replace(p, aliases=(*p.aliases, *own[p.iri])) if own.get(p.iri) else p
            for p in self._carried(line, held)
        )
        return EntityClass(
            name=self._name(iri),
            iri=iri,
            label=label,
            definition=o.by_language(iri, SKOS + "definition") or label,
            aliases=o.texts(iri, PG + "alias"),
            ancestors=tuple(self._name(above) for above in line[1:]),
            abstract=o.flag(iri, PG + "abstract"),
            properties=properties,
            example=o.text(iri, SKOS + "example"),
            stage=self._stage(iri),
            template=o.flag(iri, PG + "template") if o.all(iri, PG + "template") else None,
            chain=next((c for above in line if (c := o.text(above, PG + "chain"))), None),
            matches=self._matches(iri, *ALIKE),
        )

    def _name(self, iri: str) -> str:
        return self.ontology.text(iri, PG + "label") or local(iri)

    def _relations(self) -> Iterator[str]:
        for iri in self.ontology.by_type[OWL + "ObjectProperty"]:
            if self.ontology.all(iri, PG + "relType") or self.ontology.all(iri, RDFS + "domain"):
                yield iri

    def _relation(self, iri: str, held: dict[str, list[Property]]) -> Relation:
        o = self.ontology
        label = o.label(iri)
        term = local(iri)
        own = f"{iri.removesuffix(term)}{term[:1].upper()}{term[1:]}Statement"
        statement = o.text(iri, PG + "statement") or own
        line = self.lines.get(statement, [statement, STATEMENT])
        return Relation(
            name=o.text(iri, PG + "relType") or snake(term).upper(),
            iri=iri,
            statement_iri=statement,
            label=label,
            definition=o.by_language(iri, SKOS + "definition") or label,
            aliases=o.texts(iri, PG + "alias"),
            domain=self._ends(iri, "domain"),
            range=self._ends(iri, "range"),
            attributes=self._carried(line, held),
            chain=o.text(iri, PG + "chain"),
            hand_off=o.flag(iri, PG + "handOff"),
            symmetric=any(t.value == OWL + "SymmetricProperty" for t in o.all(iri, RDF + "type")),
            headings=tuple(self._headings(iri)),
            example=o.text(iri, SKOS + "example"),
            template=o.text(iri, PG + "template") != "false",
            matches=self._matches(iri, *ALIKE, RDFS + "subPropertyOf"),
            inverse_matches=self._matches(iri, PG + "inverseMatch", OWL + "inverseOf"),
            statement_matches=self._matches(statement, *ALIKE),
        )

    def _matches(self, iri: str, *predicates: str) -> tuple[str, ...]:
        """Terms of other vocabularies that the ontology holds against this one."""
        said = (o for p in predicates for o in self.ontology.all(iri, p))
        return tuple(o.value for o in said if isinstance(o, ox.NamedNode))

    def _ends(self, iri: str, end: str) -> tuple[str, ...]:
        found = self.ontology.union(iri, RDFS + end)
        for name in found or [""]:
            if self.lines.get(name, [STATEMENT])[-1] != ENTITY:
                raise SchemaError(
                    f"schema.unknown_{end}",
                    path=self.ontology.path,
                    term=local(iri),
                    name=local(name) or "—",
                )
        return tuple(self._name(name) for name in found)

    def _headings(self, iri: str) -> Iterator[Heading]:
        o = self.ontology
        for node in o.all(iri, PG + "heading"):
            target = o.text(node.value, PG + "target") or ""
            if target not in self.lines:
                raise SchemaError(
                    "schema.unknown_class", path=o.path, term=local(iri), name=local(target) or "—"
                )
            name, _, value = (o.text(node.value, PG + "with") or "").partition("=")
            for text in o.texts(node.value, PG + "text"):
                yield Heading(
                    text,
                    self._name(target),
                    o.flag(node.value, PG + "inverse"),
                    (name, value) if name else None,
                    tuple(self._name(c) for c in o.texts(node.value, PG + "for")),
                    tuple(self._name(c) for c in o.texts(node.value, PG + "template")),
                )

    def _chains(self) -> tuple[ChainTemplate, ...]:
        o = self.ontology
        stages: dict[str, list[ChainStage]] = defaultdict(list)
        for iri in o.by_type[IG + "Stage"]:
            for chain in o.all(iri, IG + "partOfChain"):
                stages[chain.value].append(
                    ChainStage(
                        o.text(iri, IG + "id") or local(iri),
                        o.by_language(iri, IG + "name"),
                        o.texts(iri, IG + "altNames"),
                        int(o.number(iri, IG + "position") or 0),
                    )
                )
        return tuple(
            ChainTemplate(
                o.text(iri, IG + "id") or local(iri),
                self._name(o.text(iri, RDF + "type") or ""),
                o.by_language(iri, IG + "name"),
                tuple(sorted(members, key=lambda s: s.position)),
            )
            for iri, members in stages.items()
        )


def snake(name: str) -> str:
    """A column's name from a property's: `foundedOn` is `founded_on`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
