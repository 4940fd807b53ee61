"""The SHACL shapes: they say what the ontology says, take good data, and refuse bad data by name.

pyshacl is the reference engine. The examples are made from the shapes themselves: one good entity
of every class with every property, one statement of every relation, and one bad example per shape.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import pyshacl
import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, SH, XSD, Literal, URIRef
from rdflib.collection import Collection

from graph.schema import EntityClass, Property, Schema, load

FILE = Path(__file__).parents[2] / "ontology.ttl"
IG = rdflib.Namespace("https://w3id.org/innograph/ontology#")
EX = "urn:example:"


@pytest.fixture(scope="module")
def ontology() -> rdflib.Graph:
    return rdflib.Graph().parse(FILE)


@pytest.fixture(scope="module")
def schema() -> Schema:
    return load(FILE)


def check(data: rdflib.Graph, ontology: rdflib.Graph) -> rdflib.Graph:
    _, report, _ = pyshacl.validate(data, shacl_graph=ontology, ont_graph=ontology)
    return report


def messages(report: rdflib.Graph, focus: URIRef) -> set[str]:
    results = report.subjects(SH.focusNode, focus)
    return {str(m) for r in results for m in report.objects(r, SH.resultMessage)}


# ---- The shapes against the rest of the ontology


def classes_of(graph: rdflib.Graph, node: rdflib.term.Node) -> set[str]:
    """The classes that a shape allows: one sh:class, or several in sh:or."""
    members = graph.value(node, SH["or"])
    nodes = Collection(graph, members) if members is not None else [node]
    return {str(graph.value(n, SH["class"])).removeprefix(IG) for n in nodes}


def test_every_class_has_a_shape_with_what_it_brings_in(ontology, schema):
    for cls in schema.classes.values():
        shapes = list(ontology.subjects(SH.targetClass, URIRef(cls.iri)))
        assert len(shapes) == 1 or (cls.abstract and not shapes), cls.name
        paths = {str(path) for path in shape_paths(ontology, URIRef(cls.iri))}
        above = {p.iri for a in cls.ancestors for p in schema.classes[a].properties}
        own = [p for p in cls.properties if p.iri not in above]
        wanted = {iri for p in own for iri in p.column_iris.values()} - {IG.nameEn.toPython()}
        assert wanted <= paths, f"{cls.name}: {wanted - paths}"
        extra = paths - wanted - {str(IG.name), str(IG.id)}
        assert not extra, f"{cls.name}: {extra}"


def test_every_statement_shape_holds_the_attributes(ontology, schema):
    shared = {str(p) for p in shape_paths(ontology, IG.Statement)}
    for relation in schema.relations.values():
        paths = {str(p) for p in shape_paths(ontology, URIRef(relation.statement_iri))} | shared
        wanted = {iri for p in relation.attributes for iri in p.column_iris.values()}
        assert wanted <= paths, f"{relation.name}: {wanted - paths}"


def shape_paths(graph: rdflib.Graph, cls: URIRef) -> Iterator[rdflib.term.Node]:
    for shape in graph.subjects(SH.targetClass, cls):
        for p in graph.objects(shape, SH.property):
            yield from graph.objects(p, SH.path)


def test_closed_lists_of_shapes_are_those_of_the_ontology(ontology):
    for shape, members in ontology.subject_objects(SH["in"]):
        path = ontology.value(shape, SH.path)
        range_ = ontology.value(path, RDFS.range)
        equal = ontology.value(range_, OWL.equivalentClass)
        listed = list(Collection(ontology, ontology.value(equal, OWL.oneOf)))
        assert list(Collection(ontology, members)) == listed, path


def test_ends_of_relations_are_those_of_the_ontology(ontology, schema):
    for relation in schema.relations.values():
        shape = ontology.value(None, SH.targetSubjectsOf, URIRef(relation.iri))
        assert classes_of(ontology, shape) == set(relation.domain), relation.name
        end = ontology.value(shape, SH.property)
        assert str(ontology.value(end, SH.path)) == relation.iri
        assert classes_of(ontology, end) == set(relation.range), relation.name


def test_shapes_speak_both_languages(ontology):
    for message_holder in {s for s, _ in ontology.subject_objects(SH.message)}:
        said = sorted(m.language for m in ontology.objects(message_holder, SH.message))
        assert said == ["en", "zh"], message_holder
    for shape in ontology.subjects(RDF.type, SH.PropertyShape):
        assert ontology.value(shape, SH.message) is not None, shape


@pytest.mark.slow
def test_shapes_are_themselves_in_shape(ontology):
    conforms, _, text = pyshacl.validate(
        rdflib.Graph(), shacl_graph=ontology, ont_graph=None, meta_shacl=True
    )
    assert conforms, text


# ---- Good data


def good(term: Property) -> Literal:
    """A value of `term` as RDF holds it."""
    if term.closed:
        return Literal(term.closed[0].value)
    if term.language_tagged:
        return Literal(term.example or "示例", lang="zh")
    low = 0 if term.minimum is None else term.minimum
    return {
        "text": lambda: Literal(term.example or "文字"),
        "integer": lambda: Literal(int(low)),
        "decimal": lambda: Literal(str(low), datatype=XSD.decimal),
        "share": lambda: Literal("0.61", datatype=XSD.decimal),
        "amount": lambda: Literal("30000000", datatype=XSD.decimal),
        "boolean": lambda: Literal(True),
        "date": lambda: Literal("2024-05", datatype=XSD.gYearMonth),
        "uri": lambda: Literal("https://www.example.org/", datatype=XSD.anyURI),
    }[term.datatype]()


def describe(data: rdflib.Graph, node: URIRef, iri: str, terms: tuple[Property, ...]) -> URIRef:
    data.add((node, RDF.type, URIRef(iri)))
    for term in terms:
        if term.name == "name_en":
            data.add((node, IG.name, Literal("example", lang="en")))
            continue
        data.add((node, URIRef(term.iri), good(term)))
        if term.datatype == "amount":
            data.add((node, URIRef(term.iri + "Currency"), Literal("CNY")))
            data.add((node, URIRef(term.iri + "Min"), Literal("1.5", datatype=XSD.decimal)))
    return node


def entity(data: rdflib.Graph, cls: EntityClass, name: str) -> URIRef:
    node = describe(data, URIRef(EX + name), cls.iri, cls.properties)
    data.add((node, IG.id, Literal(name)))
    return node


@pytest.fixture(scope="module")
def good_data(schema) -> rdflib.Graph:
    data = rdflib.Graph()
    nodes = {c.name: entity(data, c, f"good-{c.name}") for c in schema.concrete}
    for relation in schema.relations.values():
        starts, stops = schema.ends(relation.domain), schema.ends(relation.range)
        ends = list(islice(zip(cycle(starts), cycle(stops)), max(len(starts), len(stops))))
        for start, end in ends:
            data.add((nodes[start], URIRef(relation.iri), nodes[end]))
        node = describe(
            data,
            URIRef(f"{EX}statement-{relation.name}"),
            relation.statement_iri,
            relation.attributes,
        )
        start, end = ends[0]
        data.add((node, RDF.subject, nodes[start]))
        data.add((node, RDF.predicate, URIRef(relation.iri)))
        data.add((node, RDF.object, nodes[end]))
    return data


def test_good_data_are_accepted(good_data, ontology):
    conforms, _, text = pyshacl.validate(good_data, shacl_graph=ontology, ont_graph=ontology)
    assert conforms, text[:2000]


def test_the_chains_that_always_hold_are_in_shape(ontology):
    chains = rdflib.Graph()
    for kind in (IG.Stage, IG.InnovationChain, IG.IncubationChain, IG.CapitalChain):
        for subject in ontology.subjects(RDF.type, kind):
            for triple in ontology.triples((subject, None, None)):
                chains.add(triple)
    conforms, _, text = pyshacl.validate(chains, shacl_graph=ontology, ont_graph=ontology)
    assert len(chains) > 50 and conforms, text


@pytest.mark.parametrize("code", ["91510100MA61UHJ06K", "N2510108MF1234567X", "Y2510108MF1234567X"])
@pytest.mark.parametrize("date", ["2024", "2024-05", "2024-05-01"])
def test_codes_and_dates_that_are_right(ontology, code, date):
    kinds = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}
    data = rdflib.Graph()
    firm = URIRef(EX + "firm")
    data.add((firm, RDF.type, IG.Firm))
    data.add((firm, IG.name, Literal("某某科技", lang="zh")))
    data.add((firm, IG.uscc, Literal(code)))
    data.add((firm, IG.foundedOn, Literal(date, datatype=kinds[len(date)])))
    assert messages(check(data, ontology), firm) == set()


# ---- One bad example per shape


@dataclass(frozen=True)
class Bad:
    """A node that one shape must refuse, with that shape's messages."""

    shape: rdflib.term.Node
    focus: URIRef


def wrong(ontology: rdflib.Graph, shape: URIRef) -> Literal:
    """A value that the property shape refuses."""
    if ontology.value(shape, SH["in"]) is not None or ontology.value(shape, SH.pattern) is not None:
        return Literal("?? no such value")
    if ontology.value(shape, SH.maxInclusive) is not None:
        return Literal(int(ontology.value(shape, SH.maxInclusive)) + 1)
    if ontology.value(shape, SH.minInclusive) is not None:
        return Literal(-1)
    texts = (ontology.value(shape, SH.datatype), ontology.value(shape, SH.node))
    is_text = XSD.string in texts or IG["kind-text"] in texts
    return Literal(7) if is_text else Literal("?? no such value")


def bad_examples(data: rdflib.Graph, ontology: rdflib.Graph, schema: Schema) -> Iterator[Bad]:
    """Adds to `data` a node per shape that breaks it alone, and yields what must be refused."""
    carrier = carriers(schema)
    for shape in sorted(ontology.subjects(RDF.type, SH.PropertyShape)):
        path = str(ontology.value(shape, SH.path))
        node = URIRef(f"{EX}bad-{len(data)}")
        data.add((node, RDF.type, URIRef(carrier[path])))
        if (URIRef(carrier[path]), RDFS.subClassOf, IG.Statement) not in ontology:
            data.add((node, IG.name, Literal("某某", lang="zh")))
        data.add((node, URIRef(path), wrong(ontology, shape)))
        yield Bad(shape, node)
    for cls in schema.classes.values():
        for shape in ontology.subjects(SH.targetClass, URIRef(cls.iri)):
            for inner in [shape, *ontology.objects(shape, SH.property)]:
                if ontology.value(inner, SH.minCount) is not None:
                    node = URIRef(f"{EX}nameless-{cls.name}")
                    data.add((node, RDF.type, URIRef(cls.iri)))
                    yield Bad(inner, node)
    source = entity(data, schema.classes["Source"], "elsewhere")
    for relation in schema.relations.values():
        shape = ontology.value(None, SH.targetSubjectsOf, URIRef(relation.iri))
        node = URIRef(f"{EX}ends-{relation.name}")
        data.add((node, RDF.type, URIRef(schema.classes["Source"].iri)))
        data.add((node, IG.name, Literal("某某", lang="zh")))
        data.add((node, URIRef(relation.iri), source))
        for bad, held in (
            (shape, relation.domain),
            (ontology.value(shape, SH.property), relation.range),
        ):
            if "Entity" not in held:
                yield Bad(bad, node)
        node = URIRef(f"{EX}statement-{relation.name}")
        data.add((node, RDF.type, URIRef(relation.statement_iri)))
        data.add((node, RDF.predicate, IG.other))
        for shape in ontology.subjects(SH.targetClass, URIRef(relation.statement_iri)):
            for inner in ontology.objects(shape, SH.property):
                if ontology.value(inner, SH.hasValue) is not None:
                    yield Bad(inner, node)


def carriers(schema: Schema) -> dict[str, str]:
    """For each property's IRI a class, or class of statements, that carries it."""
    found: dict[str, str] = {str(IG.id): schema.classes["Firm"].iri}
    for relation in schema.relations.values():
        for term in relation.attributes:
            found.update(dict.fromkeys(term.column_iris.values(), relation.statement_iri))
    for cls in schema.concrete:
        for term in cls.properties:
            found.update(dict.fromkeys(term.column_iris.values(), cls.iri))
    return found


def test_every_shape_refuses_a_bad_example_with_its_message(ontology, schema):
    data = rdflib.Graph()
    bad = list(bad_examples(data, ontology, schema))
    report = check(data, ontology)
    said = defaultdict(set)
    for result, focus in report.subject_objects(SH.focusNode):
        said[focus] |= {(str(m), m.language) for m in report.objects(result, SH.resultMessage)}
    for example in bad:
        wanted = {(str(m), m.language) for m in ontology.objects(example.shape, SH.message)}
        assert len(wanted) == 2, example.shape
        assert wanted <= said[example.focus], f"{example.shape}: {said[example.focus]}"
    shapes = {b.shape for b in bad}
    assert shapes >= set(ontology.subjects(RDF.type, SH.PropertyShape))
    assert len(bad) > 300


def test_only_the_shape_that_is_broken_speaks(ontology, schema):
    data = rdflib.Graph()
    firm = entity(data, schema.classes["Firm"], "firm")
    data.set((firm, IG.size, Literal("巨")))
    park = URIRef(EX + "park")
    data.add((park, RDF.type, IG.SciencePark))
    report = check(data, ontology)
    assert messages(report, firm) == {
        "“企业规模”应为大、中、小、微之一",
        "Firm size is one of 大, 中, 小, 微",
    }
    assert messages(report, park) == {"产业园缺少名称", "An industrial park has no name"}


def test_a_class_added_without_a_shape_is_checked_at_once(ontology, schema):
    extended = rdflib.Graph()
    for triple in ontology:
        extended.add(triple)
    extended.parse(
        format="turtle",
        data="""@prefix ig: <https://w3id.org/innograph/ontology#> .
        @prefix owl: <http://www.w3.org/2002/07/owl#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        ig:DesignHouse a owl:Class ; rdfs:subClassOf ig:Organisation ; rdfs:label "设计院"@zh .""",
    )
    data = rdflib.Graph()
    node = URIRef(EX + "house")
    data.add((node, RDF.type, IG.DesignHouse))
    data.add((node, IG.uscc, Literal("I")))
    said = messages(check(data, extended), node)
    assert "实体缺少名称" in said
    assert any("统一社会信用代码" in m for m in said)
