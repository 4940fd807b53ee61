"""What a file says of itself: the data set and its parts (VoID), the sources, files and runs that
it rests on (PROV), the labels of the terms; and the JSON-LD context of the ontology.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from graph.rdf import claim_parts, terms
from graph.rdf.terms import (
    DCTERMS,
    ENGLISH,
    IRI,
    OWL,
    PROV,
    RDFS,
    TEXT,
    VOID,
    Block,
    Case,
    Part,
    Value,
    a,
    typed,
)
from graph.record.sql import literal
from graph.schema import EntityClass, Property, Relation, Schema

if TYPE_CHECKING:
    from graph.record.view import View

CHINESE: tuple[Case, ...] = ((None, "lang", "zh"),)


def of_view(view: "View", base: str, *, graphs: bool = False) -> Iterator[Part]:
    """The description of a file that holds the view; with `graphs` each file is a data set."""
    entities, relations = view.entity_counts(), view.relation_counts()
    yield from _dataset(view, base, entities, relations)
    yield from _terms(view.schema, entities, relations)
    yield from _sources(view, base, graphs)


def of_claims(view: "View", base: str) -> Iterator[Part]:
    """The description of a file that holds the claims: every named graph is a file of a source."""
    yield from of_view(view, base, graphs=True)
    yield claim_parts.keyless(view, terms.namespace(view.schema))


def _dataset(
    view: "View", base: str, entities: Mapping[str, int], relations: Mapping[str, int]
) -> Iterator[Part]:
    ontology = terms.namespace(view.schema).rstrip("#/")
    classes = [(f"{base}void/{c}", view.schema.classes[c].iri, n) for c, n in entities.items()]
    links = [(f"{base}void/{r}", view.schema.relations[r].iri, n) for r, n in relations.items()]
    count = Value(VOID + "entities", "n", typed("integer"), text="{x}::VARCHAR")
    whole: dict[str, str | int] = {
        "iri": base, "ontology": ontology, "digest": view.digest, "space": base,
        "n": sum(entities.values()),
    }  # fmt: skip
    said = (
        a(VOID + "Dataset"),
        a(PROV + "Entity"),
        Value(DCTERMS + "conformsTo", "ontology", IRI),
        Value(DCTERMS + "hasVersion", "digest"),
        Value(VOID + "uriSpace", "space"),
        count,
        Value(VOID + "classPartition", _list(iri for iri, *_ in classes), IRI, True),
        Value(VOID + "propertyPartition", _list(iri for iri, *_ in links), IRI, True),
    )
    yield Part(_rows(tuple(whole), [tuple(whole.values())]), (Block("iri", said),))
    of_class = (Value(VOID + "class", "term", IRI), count)
    yield Part(_rows(("iri", "term", "n"), classes), (Block("iri", of_class),))
    pairs = Value(VOID + "triples", "n", typed("integer"), text="{x}::VARCHAR")
    of_link = (Value(VOID + "property", "term", IRI), pairs)
    counted = [(iri, term, _pairs(view, name)) for (iri, term, _), name in
               zip(links, relations, strict=True)]  # fmt: skip
    yield Part(_rows(("iri", "term", "n"), counted), (Block("iri", of_link),))


def _pairs(view: "View", relation: str) -> int:
    """How many triples a relation is: parallel ones are one."""
    from graph.record.sql import ident

    table = ident("r_" + relation)
    ((n,),) = view.con.execute(f"SELECT count(DISTINCT (f, t)) FROM {table}").fetchall()
    return int(n)


def _terms(
    schema: Schema, entities: Mapping[str, int], relations: Mapping[str, int]
) -> Iterator[Part]:
    """Labels and superclasses of the classes and relations that occur."""
    used = {n for c in entities for n in (c, *schema.classes[c].ancestors)}
    for kind in (c for n, c in schema.classes.items() if n in used):
        above = [schema.classes[n] for n in kind.ancestors if n in schema.classes]
        further = {n for c in above for n in c.ancestors}
        direct = [c.iri for c in above if c.name not in further]
        sub = Value(RDFS + "subClassOf", _list(direct), IRI, True)
        yield _labelled(kind, OWL + "Class", sub)
    for relation in (r for n, r in schema.relations.items() if n in relations):
        yield _labelled(relation, OWL + "ObjectProperty")


def _labelled(kind: EntityClass | Relation, type_: str, *more: Value) -> Part:
    labels = [
        Value(RDFS + "label", literal(kind.label[lang]), cases)
        for lang, cases in (("zh", CHINESE), ("en", ENGLISH))
        if lang in kind.label
    ]
    return Part("SELECT 1", (Block(literal(kind.iri), (a(type_), *labels, *more)),))


def _sources(view: "View", base: str, graphs: bool) -> Iterator[Part]:
    """The sources, their files, and the runs that read these."""
    yield Part(
        "SELECT DISTINCT source_iri, source FROM rdf_file ORDER BY source",
        (Block("source_iri", (a(PROV + "Entity"), Value(DCTERMS + "title", "source"))),),
    )
    run = f"{literal(base + 'run/')} || v.r_from"
    yield Part(
        f"SELECT f.*, v.kind, 'sha256:' || v.sha256 AS version, {run} AS run FROM rdf_file f"
        f" LEFT JOIN source_version v ON v.source = f.source AND v.file = f.file"
        f" AND {view.open('v')} ORDER BY f.source, f.file",
        (
            Block(
                "iri",
                (
                    a(PROV + "Entity"),
                    *((a(VOID + "Dataset"),) if graphs else ()),
                    Value(DCTERMS + "title", "file"),
                    Value(DCTERMS + "isPartOf", "source_iri", IRI),
                    Value(DCTERMS + "format", "kind"),
                    Value(DCTERMS + "hasVersion", "version"),
                    Value(PROV + "wasGeneratedBy", "run", IRI),
                ),
            ),
        ),
    )
    time = "strftime(started, '%Y-%m-%dT%H:%M:%S.%fZ')"
    yield Part(
        f"SELECT {literal(base + 'run/')} || r AS iri, command, {time} AS time FROM run WHERE r IN"
        f" (SELECT r_from FROM source_version WHERE {view.open()}) ORDER BY r",
        (
            Block(
                "iri",
                (
                    a(PROV + "Activity"),
                    Value(RDFS + "label", "command", TEXT),
                    Value(PROV + "startedAtTime", "time", typed("dateTime")),
                ),
            ),
        ),
    )


def _list(iris: Any) -> str:
    return f"[{', '.join(literal(i) for i in iris)}]::VARCHAR[]"


def _rows(columns: Sequence[str], rows: Sequence[Sequence[str | int]]) -> str:
    """A few rows as SQL, in their order."""
    listed = ", ".join(columns)
    if not rows:
        return f"SELECT {', '.join(f'NULL AS {c}' for c in columns)} WHERE false"
    said = [
        "(" + ", ".join(literal(v) if isinstance(v, str) else str(v) for v in row) + ")"
        for row in rows
    ]
    return f"SELECT * FROM (VALUES {', '.join(said)}) t({listed})"


_TYPES = {"uri": "anyURI", "integer": "integer", "boolean": "boolean"}


def context(schema: Schema) -> dict[str, Any]:
    """The JSON-LD context of the ontology: its classes, relations and properties by their names.

    >>> from graph.schema import load
    >>> context(load())["provides"]
    {'@id': 'ig:provides', '@type': '@id'}
    """
    prefixes = terms.prefixes(schema)
    space = prefixes["ig"]
    found: dict[str, Any] = dict(sorted(prefixes.items()))
    said: dict[str, dict[str, str]] = {}
    for kind in schema.classes.values():
        said[_local(kind.iri, space)] = {"@id": "ig:" + _local(kind.iri, space)}
    for relation in schema.relations.values():
        for iri, type_ in ((relation.iri, "@id"), (relation.statement_iri, "")):
            link = {"@id": "ig:" + _local(iri, space)}
            said[_local(iri, space)] = link | ({"@type": type_} if type_ else {})
    both: tuple[EntityClass | Relation, ...] = (
        *schema.classes.values(),
        *schema.relations.values(),
    )
    held = [p for c in both for p in _held(c)]
    for term, iri in ((p, i) for p in held for i in p.column_iris.values()):
        name = _local(iri, space)
        type_ = "" if term.language_tagged else _TYPES.get(term.datatype, "")
        said[name] = {"@id": "ig:" + name} | ({"@type": "xsd:" + type_} if type_ else {})
    return found | dict(sorted(said.items()))


def _held(kind: EntityClass | Relation) -> tuple[Property, ...]:
    return kind.properties if isinstance(kind, EntityClass) else kind.attributes


def _local(iri: str, space: str) -> str:
    return iri.removeprefix(space)
