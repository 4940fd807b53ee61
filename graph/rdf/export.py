"""The view as Turtle: what is true now, in the order of ids, the same bytes each time.

An entity has its class, its names with their languages, every property typed, and the file and
line that say it. A relation is the plain triple, and a statement with an IRI (`rdf:subject`,
`rdf:predicate`, `rdf:object`) that carries its attributes and its source, so that parallel and
dated relations stay apart. Triples are made and written one after the other; nothing is kept.
"""

import io
from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING, Any

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from graph.names import by_language
from graph.rdf import iris
from graph.rdf.literals import XSD, Writer, columns, integer, tagged
from graph.record.sql import ident
from graph.schema import EntityClass, Relation, Schema

if TYPE_CHECKING:
    from graph.finding import Findings
    from graph.messages import Lang
    from graph.record.view import View
    from graph.settings import Settings

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
DCTERMS = "http://purl.org/dc/terms/"
PROV = "http://www.w3.org/ns/prov#"

TYPE = NamedNode(RDF + "type")
SUBJECT, PREDICATE, OBJECT = (NamedNode(RDF + n) for n in ("subject", "predicate", "object"))
LABEL = NamedNode(RDFS + "label")
DERIVED = NamedNode(PROV + "wasDerivedFrom")
PROV_ENTITY = NamedNode(PROV + "Entity")
TITLE = NamedNode(DCTERMS + "title")
IS_PART_OF = NamedNode(DCTERMS + "isPartOf")
CONFORMS_TO = NamedNode(DCTERMS + "conformsTo")
HAS_VERSION = NamedNode(DCTERMS + "hasVersion")

NAMED = ("name", "name_en", "alt_names")
FETCH = 10_000


def export(view: "View", findings: "Findings | None", lang: "Lang", settings: "Settings") -> bytes:
    """The exporter `ttl`."""
    out = io.BytesIO()
    write(view, out, base=settings.base)
    return out.getvalue()


def write(view: "View", output: IO[bytes], *, base: str | None = None) -> None:
    """Writes the view as Turtle, entities under `base`. UsageError for a base that is no IRI."""
    root = iris.checked_base(base)
    ours = namespace(view.schema)
    prefixes = {"ig": ours, "rdf": RDF, "rdfs": RDFS, "owl": OWL, "xsd": XSD}
    prefixes |= {"dcterms": DCTERMS, "prov": PROV}
    serialize(triples(view, root), output, RdfFormat.TURTLE, prefixes=prefixes)


def namespace(schema: Schema) -> str:
    """The namespace of the ontology's terms."""
    return schema.classes["Entity"].iri.removesuffix("Entity")


def triples(view: "View", base: str) -> Iterator[Triple]:
    """All triples of the view: its terms, the files, the entities, the relations."""
    entities, relations = view.entity_counts(), view.relation_counts()
    yield from _heading(view, base)
    yield from _terms(view.schema, entities, relations)
    yield from _sources(view, base, entities, relations)
    terms = _Terms(namespace(view.schema), base)
    for name in view.schema.classes:
        if name in entities:
            yield from _entities(view, view.schema.classes[name], terms)
    for name in view.schema.relations:
        if name in relations:
            yield from _relations(view, view.schema.relations[name], terms)


class _Terms:
    """The terms of ours that every entity or statement uses, and the base."""

    def __init__(self, ours: str, base: str) -> None:
        self.base = base
        self.id, self.name, self.alternative, self.line, self.extra = (
            NamedNode(ours + term) for term in ("id", "name", "altNames", "line", "extra")
        )
        self._files: dict[tuple[str, str], NamedNode] = {}

    def file(self, source: str, file: str) -> NamedNode:
        node = self._files.get((source, file))
        if node is None:
            node = NamedNode(iris.source(self.base, source, file))
            self._files[source, file] = node
        return node


def _heading(view: "View", base: str) -> Iterator[Triple]:
    graph = NamedNode(base)
    ontology = NamedNode(namespace(view.schema).rstrip("#/"))
    yield Triple(graph, TYPE, PROV_ENTITY)
    yield Triple(graph, CONFORMS_TO, ontology)
    yield Triple(graph, HAS_VERSION, Literal(view.digest))


def _terms(schema: Schema, entities: Iterable[str], relations: Iterable[str]) -> Iterator[Triple]:
    """Labels and superclasses of the classes and relations that occur."""
    used = {name for c in entities for name in (c, *schema.classes[c].ancestors)}
    for name, kind in schema.classes.items():
        if name in used:
            node = NamedNode(kind.iri)
            yield Triple(node, TYPE, NamedNode(OWL + "Class"))
            yield from _labels(node, kind)
            for above in _parents(kind, schema):
                yield Triple(node, NamedNode(RDFS + "subClassOf"), NamedNode(above.iri))
    for name in schema.relations:
        if name in set(relations):
            relation = schema.relations[name]
            node = NamedNode(relation.iri)
            yield Triple(node, TYPE, NamedNode(OWL + "ObjectProperty"))
            yield from _labels(node, relation)


def _labels(node: NamedNode, kind: EntityClass | Relation) -> Iterator[Triple]:
    for lang in ("zh", "en"):
        if lang in kind.label:
            yield Triple(node, LABEL, Literal(kind.label[lang], language=lang))


def _parents(kind: EntityClass, schema: Schema) -> list[EntityClass]:
    above = [schema.classes[name] for name in kind.ancestors if name in schema.classes]
    further = {name for c in above for name in c.ancestors}
    return [c for c in above if c.name not in further]


def _sources(
    view: "View", base: str, entities: Iterable[str], relations: Iterable[str]
) -> Iterator[Triple]:
    tables = [f"n_{name}" for name in entities] + [f"r_{name}" for name in relations]
    parts = [f"SELECT DISTINCT source, file FROM {ident(table)}" for table in tables]
    if not parts:
        return
    files = view.con.execute(f"{' UNION '.join(parts)} ORDER BY source, file").fetchall()
    for source in dict.fromkeys(source for source, _ in files):
        node = NamedNode(iris.source(base, source))
        yield Triple(node, TYPE, PROV_ENTITY)
        yield Triple(node, TITLE, Literal(source))
    for source, file in files:
        node = NamedNode(iris.source(base, source, file))
        yield Triple(node, TYPE, PROV_ENTITY)
        yield Triple(node, TITLE, Literal(file))
        yield Triple(node, IS_PART_OF, NamedNode(iris.source(base, source)))


def _rows(view: "View", sql: str) -> Iterator[tuple[Any, ...]]:
    cursor = view.con.execute(sql)
    while rows := cursor.fetchmany(FETCH):
        yield from rows


def _entities(view: "View", kind: EntityClass, terms: _Terms) -> Iterator[Triple]:
    own = tuple(term for term in kind.properties if term.name not in NAMED)
    values = columns(own)
    listed = ", ".join(ident(c) for c in ("id", *NAMED, *(c for c, _, _ in values)))
    sql = f"SELECT {listed}, extra, source, file, line FROM {ident('n_' + kind.name)} ORDER BY id"
    node = NamedNode(kind.iri)
    for key, name, name_en, others, *rest in _rows(view, sql):
        subject = NamedNode(iris.entity(terms.base, key))
        yield Triple(subject, TYPE, node)
        yield Triple(subject, terms.id, Literal(key))
        yield from _names(subject, name, name_en, others, terms)
        yield from _values(subject, values, rest)
        yield from _provenance(subject, rest[len(values) :], terms)


def _names(
    subject: NamedNode,
    name: str | None,
    name_en: str | None,
    others: list[str] | None,
    terms: _Terms,
) -> Iterator[Triple]:
    """One name per language; a second one of the same language becomes an alternative."""
    names = by_language(name, name_en)
    for predicate in (terms.name, LABEL):
        for lang, text in names.items():
            yield Triple(subject, predicate, Literal(text, language=lang))
    if name and name not in names.values():
        others = [name, *(text for text in others or () if text != name)]
    for text in others or ():
        if text is not None:
            yield Triple(subject, terms.alternative, tagged(text))


def _relations(view: "View", kind: Relation, terms: _Terms) -> Iterator[Triple]:
    values = columns(kind.attributes)
    listed = ", ".join(f"r.{ident(c)}" for c in ("eid", *(c for c, _, _ in values)))
    sql = (
        f"SELECT x.id, y.id, {listed}, r.extra, r.source, r.file, r.line"
        f" FROM {ident('r_' + kind.name)} r JOIN node x ON x.k = r.f JOIN node y ON y.k = r.t"
        " ORDER BY x.id, y.id, r.eid NULLS FIRST"
    )
    node, predicate, before = NamedNode(kind.statement_iri), NamedNode(kind.iri), None
    for of, to, eid, *rest in _rows(view, sql):
        subject = NamedNode(iris.entity(terms.base, of))
        target = NamedNode(iris.entity(terms.base, to))
        if (of, to) != before:
            before = (of, to)
            yield Triple(subject, predicate, target)
        statement = NamedNode(iris.statement(terms.base, kind.name, of, to, eid))
        yield Triple(statement, TYPE, node)
        yield Triple(statement, SUBJECT, subject)
        yield Triple(statement, PREDICATE, predicate)
        yield Triple(statement, OBJECT, target)
        if eid is not None:
            yield Triple(statement, terms.id, Literal(eid))
        yield from _values(statement, values, rest)
        yield from _provenance(statement, rest[len(values) :], terms)


def _values(
    subject: NamedNode, values: list[tuple[str, NamedNode, Writer]], row: list[Any]
) -> Iterator[Triple]:
    for (_, predicate, write), value in zip(values, row, strict=False):
        if value is None:
            continue
        if isinstance(value, list):
            for item in value:
                if item is not None:
                    yield Triple(subject, predicate, write(item))
        else:
            yield Triple(subject, predicate, write(value))


def _provenance(subject: NamedNode, row: list[Any], terms: _Terms) -> Iterator[Triple]:
    extra, source, file, line = row
    if extra:
        yield Triple(subject, terms.extra, Literal(extra))
    yield Triple(subject, DERIVED, terms.file(source, file))
    yield Triple(subject, terms.line, integer(line))
