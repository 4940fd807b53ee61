"""A hundred faults, planted in good data: each on nodes of its own, and of a known kind."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

IG = "https://w3id.org/innograph/ontology#"
XSD = "http://www.w3.org/2001/XMLSchema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TYPE = NamedNode(RDF + "type")

MORE_SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ig: <https://w3id.org/innograph/ontology#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <urn:more:> .

ex:dates a sh:NodeShape ; sh:targetClass ig:Policy ;
    sh:property [ sh:path ig:start ; sh:lessThanOrEquals ig:end ] ,
        [ sh:path ig:issuedOn ; sh:lessThan ig:end ; sh:severity sh:Warning ] .
ex:firm a sh:NodeShape ; sh:targetClass ig:Firm ;
    sh:property [ sh:path ig:address ; sh:disjoint ig:businessScope ; sh:maxLength 200 ;
        sh:languageIn ( "zh" "en" ) ; sh:deactivated false ] ,
        [ sh:path ig:altNames ; sh:languageIn ( "zh" "en" ) ; sh:maxLength 40 ] ,
        [ sh:path ( ig:locatedIn ig:name ) ; sh:minLength 1 ; sh:uniqueLang false ] ;
    sh:not [ sh:path ig:employees ; sh:hasValue 13 ] .
ex:region a sh:NodeShape ; sh:targetObjectsOf ig:locatedIn ;
    sh:property [ sh:path [ sh:inversePath ig:locatedIn ] ;
        sh:qualifiedValueShape [ sh:class ig:Person ] ; sh:qualifiedMaxCount 0 ] ;
    sh:xone ( [ sh:class ig:Region ] [ sh:class ig:Person ] ) .
ex:person a sh:NodeShape ; sh:targetClass ig:Person ;
    sh:closed true ;
    sh:ignoredProperties ( rdf:type ig:id ig:name ig:nameEn ig:altNames ig:line ig:extra ig:degree
        ig:jobTitle ig:discipline ig:talentLevel ig:description ig:sourceRef ig:masked
        <http://www.w3.org/2000/01/rdf-schema#label>
        <http://www.w3.org/ns/prov#wasDerivedFrom> ) ;
    sh:and ( [ sh:nodeKind sh:IRI ] [ sh:path ig:degree ; sh:maxCount 1 ] ) ;
    sh:property [ sh:path ig:degree ; sh:equals ig:jobTitle ; sh:severity sh:Info ;
        sh:deactivated true ] .
"""
"""Shapes for the constraints that the ontology does without."""


@dataclass
class World:
    """Triples that faults are planted in; every node is used by one fault at most."""

    triples: dict[Triple, None]

    def __post_init__(self) -> None:
        self._free: dict[str, Iterator[NamedNode]] = {}

    def next(self, kind: str) -> NamedNode:
        """A node of this class that no fault has yet."""
        if kind not in self._free:
            nodes = [
                t.subject for t in self.triples if t.predicate == TYPE and t.object == ig(kind)
            ]
            self._free[kind] = iter([n for n in nodes if isinstance(n, NamedNode)])
        return next(self._free[kind])

    def add(self, node: NamedNode, word: str, *values: Literal | NamedNode) -> None:
        self.triples |= dict.fromkeys(Triple(node, ig(word), v) for v in values)

    def drop(self, node: NamedNode, word: str) -> None:
        for t in [t for t in self.triples if t.subject == node and t.predicate == ig(word)]:
            del self.triples[t]

    def put(self, node: NamedNode, word: str, *values: Literal | NamedNode) -> None:
        """Just these values."""
        self.drop(node, word)
        self.add(node, word, *values)


def ig(word: str) -> NamedNode:
    return NamedNode(RDF + word[4:]) if word.startswith("rdf:") else NamedNode(IG + word)


def typed(text: str, kind: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + kind))


def zh(text: str) -> Literal:
    return Literal(text, language="zh")


def put(kind: str, word: str, *values: Literal | NamedNode) -> Callable[[World], None]:
    return lambda world: world.put(world.next(kind), word, *values)


def nameless(kind: str) -> Callable[[World], None]:
    return lambda world: world.drop(world.next(kind), "name")


def linked(kind: str, word: str, other: str) -> Callable[[World], None]:
    """A relation to what it must not end at."""
    return lambda world: world.add(world.next(kind), word, world.next(other))


def two_zh_names(world: World) -> None:
    world.put(world.next("Firm"), "name", zh("甲"), zh("乙"))


def reversed_dates(world: World) -> None:
    policy = world.next("Policy")
    world.put(policy, "start", typed("2024-05-02", "date"))
    world.put(policy, "end", typed("2024-05-01", "date"))
    world.put(policy, "issuedOn", typed("2024-05-01", "date"))


def person_in_a_region(world: World) -> None:
    world.add(world.next("Person"), "locatedIn", world.next("Region"))


FAULTS: tuple[tuple[int, Callable[[World], None]], ...] = (
    (4, nameless("Firm")),
    (2, nameless("University")),
    (3, nameless("Product")),
    (2, nameless("Project")),
    (2, put("Firm", "name", typed("7", "integer"))),
    (3, two_zh_names),
    (2, put("Firm", "id", Literal(""))),
    (2, put("Firm", "id", Literal("a"), Literal("b"))),
    (4, put("Firm", "size", Literal("巨"))),
    (2, put("Firm", "size", Literal("大"), Literal("小"))),
    (2, put("Firm", "ownership", zh("民营"))),
    (4, put("Firm", "uscc", Literal("91510100MA61UHJ06"))),
    (2, put("Firm", "uscc", Literal("91510100ma61uhj06k"))),
    (2, put("Firm", "employees", Literal("many"))),
    (3, put("Firm", "employees", typed("-1", "integer"))),
    (2, put("Firm", "employees", typed("12.5", "decimal"))),
    (2, put("Firm", "employees", typed("x", "integer"))),
    (1, put("Firm", "employees", typed("13", "integer"))),
    (3, put("Firm", "rdShare", typed("1.5", "decimal"))),
    (2, put("Firm", "rdShare", Literal("0.5"))),
    (2, put("Firm", "foundedOn", Literal("soon"))),
    (2, put("Firm", "foundedOn", typed("2024-02-30", "date"))),
    (2, put("Firm", "foundedOn", typed("2024", "gYear"), typed("2025", "gYear"))),
    (2, put("Firm", "website", typed("no address", "anyURI"))),
    (2, put("Firm", "website", Literal("https://example.org/"))),
    (2, put("Firm", "masked", typed("maybe", "boolean"))),
    (2, put("Firm", "altNames", Literal("nom", language="fr"))),
    (1, put("Firm", "altNames", zh("长" * 41))),
    (1, put("Firm", "registeredCapitalCurrency", Literal("yuan"))),
    (3, put("ProvidesStatement", "share", typed("1.01", "decimal"))),
    (2, put("ProvidesStatement", "share", typed("-0.01", "decimal"))),
    (2, put("ProvidesStatement", "share", Literal("half"))),
    (2, put("ProvidesStatement", "share", typed("0.1", "decimal"), typed("0.2", "decimal"))),
    (2, put("ProvidesStatement", "role", Literal("chief"))),
    (2, put("ProvidesStatement", "rdf:predicate", NamedNode(IG + "needs"))),
    (3, linked("Firm", "provides", "Region")),
    (2, linked("Firm", "locatedIn", "Firm")),
    (2, linked("Region", "investsIn", "Firm")),
    (2, put("Firm", "provides", Literal("a product"))),
    (2, put("Firm", "supplies", NamedNode("urn:nobody"))),
    (4, reversed_dates),
    (3, put("Person", "employees", typed("1", "integer"))),
    (2, person_in_a_region),
    (2, put("Person", "degree", Literal("博士"), Literal("硕士"))),
)


def plant(triples: list[Triple]) -> tuple[list[Triple], int]:
    """The data with all faults, and how many were planted."""
    world = World(dict.fromkeys(triples))
    planted = 0
    for times, fault in FAULTS:
        for _ in range(times):
            fault(world)
            planted += 1
    return list(world.triples), planted
