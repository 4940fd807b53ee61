"""ontology.ttl as RDF and OWL: parses everywhere, says every term twice, stays within OWL 2 DL."""

from collections import Counter, defaultdict
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, SKOS, BNode, Literal, URIRef
from rdflib.collection import Collection

FILE = Path(__file__).parents[2] / "ontology.ttl"
IG, PG = "https://w3id.org/innograph/ontology#", "https://w3id.org/innograph/pg#"
SH = "http://www.w3.org/ns/shacl#"
BUILT_IN = (*(str(n) for n in (RDF, RDFS, OWL, rdflib.XSD)), SH)
REUSED = (
    IG,
    "http://www.w3.org/ns/org#",
    "http://www.w3.org/ns/prov#",
    str(SKOS),
    "http://purl.org/dc/terms/",
    "http://purl.org/net/p-plan#",
)
KINDS = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)


@pytest.fixture(scope="module")
def graph() -> rdflib.Graph:
    return rdflib.Graph().parse(FILE)


def own_terms(graph: rdflib.Graph) -> list[URIRef]:
    kinds = {OWL.Class, RDFS.Datatype, *KINDS}
    subjects = {s for s, _, o in graph.triples((None, RDF.type, None)) if o in kinds}
    return sorted(s for s in subjects if isinstance(s, URIRef) and s.startswith((IG, PG)))


def test_both_parsers_read_the_same(graph):
    assert len(graph) == len(set(ox.parse(FILE.read_bytes(), format=ox.RdfFormat.TURTLE)))


def test_survives_every_syntax():
    def canonical(data: bytes, format: ox.RdfFormat) -> ox.Dataset:
        found = ox.Dataset(ox.parse(data, format=format, base_iri="https://w3id.org/"))
        found.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
        return found

    data = FILE.read_bytes()
    before = canonical(data, ox.RdfFormat.TURTLE)
    format = ox.RdfFormat.TURTLE
    for after in (ox.RdfFormat.JSON_LD, ox.RdfFormat.N_QUADS, ox.RdfFormat.TURTLE):
        data = ox.serialize(ox.parse(data, format=format), format=after)
        format = after
    assert canonical(data, ox.RdfFormat.TURTLE) == before


def test_every_term_is_said_in_chinese_and_english(graph):
    for term in own_terms(graph):
        for predicate in (RDFS.label, SKOS.definition):
            said = Counter(o.language for o in graph.objects(term, predicate))
            assert said == {"zh": 1, "en": 1}, f"{term} {predicate}: {dict(said)}"
            for text in graph.objects(term, predicate):
                assert text.strip() == str(text) and text, term
    for value in graph.subjects(RDF.type, SKOS.Concept):
        said = sorted(o.language for o in graph.objects(value, SKOS.prefLabel))
        assert said == ["en", "zh"], value


def test_chinese_texts_are_chinese(graph):
    for term in own_terms(graph):
        for text in graph.objects(term, SKOS.definition):
            if text.language == "zh":
                assert any("\u4e00" <= c <= "\u9fff" for c in text), term
                assert text.endswith("。") and "," not in text and ";" not in text, term
            else:
                assert not any("\u4e00" <= c <= "\u9fff" for c in text if c not in EXAMPLES), term


EXAMPLES = "投产攻克拟将力争大学"
"""Chinese words that an English definition quotes."""


def test_most_terms_have_an_example(graph):
    described = [
        t
        for t in own_terms(graph)
        if t.startswith(IG)
        and not list(graph.objects(t, PG_ABSTRACT))
        and not list(graph.objects(t, URIRef(PG + "part")))
        and (t, RDFS.subClassOf, URIRef(IG + "Statement")) not in graph
        and (t, RDF.type, SKOS.ConceptScheme) not in graph
    ]
    missing = [t for t in described if not list(graph.objects(t, SKOS.example))]
    assert len(missing) <= len(described) // 10, missing


PG_ABSTRACT = URIRef(PG + "abstract")


def test_nothing_is_used_undeclared(graph):
    declared = {s for s, _, _ in graph.triples((None, RDF.type, None))}
    for s, p, o in graph:
        terms = [p] + ([o] if p in (RDF.type, RDFS.subClassOf, RDFS.subPropertyOf) else [])
        terms += [o] if str(p).startswith(PG) and isinstance(o, URIRef) else []
        terms += [s] if isinstance(s, URIRef) and not str(s).startswith(IG + "shape-") else []
        for term in terms:
            if isinstance(term, URIRef) and not str(term).startswith(BUILT_IN):
                assert term in declared, f"{term} in {s} {p} {o}"
    for shape, path in graph.subject_objects(URIRef(SH + "path")):
        assert path in declared or str(path).startswith(str(RDF)), shape


def test_each_property_is_of_one_kind(graph):
    kinds = defaultdict(set)
    for kind in KINDS:
        for s in graph.subjects(RDF.type, kind):
            kinds[s].add(kind)
    for term, found in kinds.items():
        assert len(found) == 1, term
        assert (term, RDF.type, OWL.Class) not in graph, term
        assert (term, RDF.type, RDFS.Datatype) not in graph, term
        for above in graph.objects(term, RDFS.subPropertyOf):
            assert kinds[above] == found, f"{term} below {above}"
    for term in graph.subjects(RDF.type, RDFS.Datatype):
        assert (term, RDF.type, OWL.Class) not in graph, term
    for s, p, o in graph:
        if p in kinds and kinds[p] == {OWL.ObjectProperty}:
            assert not isinstance(o, Literal), (s, p, o)
        if p in kinds and kinds[p] == {OWL.DatatypeProperty}:
            assert isinstance(o, Literal), (s, p, o)


def test_terms_are_placed_only_below_vocabularies_whose_meaning_is_shared(graph):
    for predicate in (RDFS.subClassOf, RDFS.subPropertyOf):
        for s, o in graph.subject_objects(predicate):
            assert str(o).startswith(REUSED) or o == RDF.Statement, f"{s} below {o}"


def test_ranges_fit_the_kind_of_property(graph):
    classes = set(graph.subjects(RDF.type, OWL.Class))
    datatypes = set(graph.subjects(RDF.type, RDFS.Datatype))
    for prop in graph.subjects(RDF.type, OWL.ObjectProperty):
        for range_ in graph.objects(prop, RDFS.range):
            assert range_ in classes, prop
    for prop in graph.subjects(RDF.type, OWL.DatatypeProperty):
        for range_ in graph.objects(prop, RDFS.range):
            assert range_ in datatypes or str(range_).startswith(str(rdflib.XSD)), prop


def above(graph: rdflib.Graph, term: URIRef) -> set[URIRef]:
    return set(graph.transitive_objects(term, RDFS.subClassOf))


def test_no_class_is_below_two_that_exclude_each_other(graph):
    groups = [
        set(Collection(graph, graph.value(axiom, OWL.members)))
        for axiom in graph.subjects(RDF.type, OWL.AllDisjointClasses)
    ]
    needed = {URIRef(IG + c) for c in ("Actor", "Place", "Document", "ChainLink")}
    assert any(needed <= group for group in groups)
    for cls in graph.subjects(RDF.type, OWL.Class):
        for group in groups:
            both = above(graph, cls) & group
            assert len(both) <= 1, f"{cls} is below {both}"


def test_classes_form_no_cycle(graph):
    for cls in graph.subjects(RDF.type, OWL.Class):
        for parent in graph.objects(cls, RDFS.subClassOf):
            assert cls not in above(graph, parent), cls


def test_blank_nodes_are_used_once(graph):
    """OWL 2 DL: a class expression has one place."""
    used = Counter(o for _, _, o in graph if isinstance(o, BNode))
    assert max(used.values()) == 1


def test_a_statement_class_belongs_to_one_relation(graph):
    said = Counter(graph.objects(None, URIRef(PG + "statement")))
    assert set(said.values()) == {1}
    below = set(graph.subjects(RDFS.subClassOf, URIRef(IG + "Statement")))
    assert below == set(said)
