"""What the view says: an entity with its class, names, values and place; a relation as the plain
triple and a statement with its attributes; two entities that are not the same one.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from graph.rdf import terms
from graph.rdf.terms import IRI, OWL, PROV, RDF, Block, Part, Value, a
from graph.record.sql import ident, literal
from graph.schema import Relation

if TYPE_CHECKING:
    from graph.record.view import View

NAMED = ("name", "name_en")


def parts(view: "View") -> Iterator[Part]:
    """All of the view but its description, in the order of ids; `prepare` comes before."""
    ours = terms.namespace(view.schema)
    entities, relations = view.entity_counts(), view.relation_counts()
    for name in view.schema.classes:
        if name in entities:
            yield _entities(view, name, ours)
    for name, kind in view.schema.relations.items():
        if name in relations:
            yield _relations(view, kind, ours)
    yield from _apart(view)


def prepare(view: "View", base: str) -> None:
    """Makes `rdf_node(k, pos, iri, segment)` of the view's entities, and `rdf_file`, the IRI of
    each file that is a place of something.
    """
    view.con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_node AS SELECT k, row_number() OVER (ORDER BY id)"
        "::INTEGER AS pos, rdf_entity(id) AS iri, rdf_segment(id) AS segment FROM node"
    )
    tables = [f"n_{c}" for c in view.entity_counts()] + [f"r_{r}" for r in view.relation_counts()]
    places = " UNION ".join(f"SELECT DISTINCT source, file FROM {ident(t)}" for t in tables)
    none = "SELECT NULL::VARCHAR AS source, NULL::VARCHAR AS file WHERE false"
    view.con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_file AS SELECT source, file,"
        f" {literal(base + 'source/')} || rdf_segment(source) AS source_iri,"
        f" {literal(base + 'source/')} || rdf_segment(source) || '/' || rdf_path(file) AS iri"
        f" FROM ({places or none})"
    )


def _place(ours: str) -> list[Value]:
    return [
        Value(ours + "extra", "extra"),
        Value(PROV + "wasDerivedFrom", "rdf_place", IRI),
        Value(ours + "line", "line", terms.typed("integer"), text="{x}::VARCHAR"),
    ]


def _entities(view: "View", name: str, ours: str) -> Part:
    kind = view.schema.classes[name]
    own = terms.values(tuple(p for p in kind.properties if p.name not in NAMED))
    rows = (
        f"SELECT n.iri AS rdf_iri, p.iri AS rdf_place, e.* FROM {ident('n_' + name)} e"
        " JOIN rdf_node n USING (k) JOIN rdf_file p ON p.source = e.source"
        " AND p.file = e.file ORDER BY n.pos"
    )
    said = (a(kind.iri), Value(ours + "id", "id"), *terms.names(ours), *own, *_place(ours))
    return Part(rows, (Block("rdf_iri", said),))


def _relations(view: "View", kind: Relation, ours: str) -> Part:
    table = ident("r_" + kind.name)
    ((rows, pairs),) = view.con.execute(
        f"SELECT count(*), count(DISTINCT (f, t)) FROM {table}"
    ).fetchall()
    first = "true"
    if rows != pairs:
        first = "row_number() OVER (PARTITION BY r.f, r.t ORDER BY r.eid NULLS FIRST) = 1"
    statement = literal(f"statement/{kind.name}/")
    select = (
        f"SELECT x.iri AS rdf_of, y.iri AS rdf_target, rdf_base() || {statement} || x.segment"
        " || '/' || y.segment || coalesce('/' || rdf_segment(r.eid), '') AS rdf_iri,"
        f" {first} AS rdf_opens, p.iri AS rdf_place, r.* FROM {table} r"
        " JOIN rdf_node x ON x.k = r.f JOIN rdf_node y ON y.k = r.t"
        " JOIN rdf_file p ON p.source = r.source AND p.file = r.file"
        " ORDER BY x.pos, y.pos, r.eid NULLS FIRST"
    )
    plain = Block("CASE WHEN rdf_opens THEN rdf_of END", (Value(kind.iri, "rdf_target", IRI),))
    said = (Value(ours + "id", "eid"), *terms.values(kind.attributes), *_place(ours))
    return Part(select, (plain, Block("rdf_iri", (*reified(kind.statement_iri, kind.iri), *said))))


def reified(statement: str, predicate: str) -> tuple[Value, ...]:
    """The class of a statement, and the triple it is about: `rdf_of`, predicate, `rdf_target`."""
    return (
        a(statement),
        Value(RDF + "subject", "rdf_of", IRI),
        Value(RDF + "predicate", literal(predicate), IRI),
        Value(RDF + "object", "rdf_target", IRI),
    )


def _apart(view: "View") -> Iterator[Part]:
    """Entities that a judgement holds apart: without it an identifier would make them one."""
    rows = (
        "SELECT DISTINCT x.pos, y.pos, x.iri AS rdf_of, y.iri AS rdf_target FROM same_as s"
        " LEFT JOIN canon i ON i.k = s.a LEFT JOIN canon j ON j.k = s.b"
        " JOIN rdf_node x ON x.k = coalesce(i.c, s.a) JOIN rdf_node y ON y.k = coalesce(j.c, s.b)"
        f" WHERE {view.open('s')} AND s.verdict = 'different' AND x.k <> y.k ORDER BY 1, 2"
    )
    yield Part(rows, (Block("rdf_of", (Value(OWL + "differentFrom", "rdf_target", IRI),)),))
