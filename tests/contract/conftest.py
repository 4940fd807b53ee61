"""The projections as stores: each writes a view and says what it holds, in its own language."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest

from graph.record.view import View
from graph.schema import Schema, load

SCHEMA = load()


class Store(Protocol):
    """What the contract asks of a store."""

    def write(self, view: View) -> None: ...
    def entity_counts(self) -> dict[str, int]: ...
    def relation_counts(self) -> dict[str, int]: ...
    def entity(self, key: str) -> dict[str, Any]: ...
    def relations(self, name: str, of: str, to: str) -> list[dict[str, Any]]: ...
    def instances(self, cls: str) -> set[str]: ...


class Cypher:
    """A property graph asked by Cypher; how a query is run is the subclass's."""

    def ask(self, cypher: str, **parameters: Any) -> list[list[Any]]:
        raise NotImplementedError

    def entity_counts(self) -> dict[str, int]:
        return dict(self.ask("MATCH (n:Entity) RETURN n.type, count(*) ORDER BY n.type"))  # type: ignore[arg-type]

    def relation_counts(self) -> dict[str, int]:
        rows = self.ask("MATCH (:Entity)-[r]->(:Entity) RETURN type(r), count(*) ORDER BY type(r)")
        return dict(rows)  # type: ignore[arg-type]

    def entity(self, key: str) -> dict[str, Any]:
        [[node]] = self.ask("MATCH (n:Entity {id: $key}) RETURN n", key=key)
        return dict(node)

    def relations(self, name: str, of: str, to: str) -> list[dict[str, Any]]:
        rows = self.ask(
            f"MATCH (:Entity {{id: $of}})-[r:{name}]->(:Entity {{id: $to}}) RETURN r"
            " ORDER BY r.eid",
            of=of,
            to=to,
        )
        return [row[0] for row in rows]

    def instances(self, cls: str) -> set[str]:
        return {row[0] for row in self.ask(f"MATCH (n:{cls}) RETURN n.id")}


class Embedded(Cypher):
    """The engine in a child process, on a database of its own beside a record."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, view: View) -> None:
        from graph.cypher.cache import Cache
        from graph.neo4j.push import push

        self.cache = Cache(self.folder / "graph.duckdb", view.digest)
        self.cache.ensure(lambda driver, base: push(view, driver, base), lambda text: None)
        self._reading = self.cache.reading()
        engine = self._reading.__enter__()
        assert engine is not None
        self.engine = engine

    def ask(self, cypher: str, **parameters: Any) -> list[list[Any]]:
        from graph.cypher.ask import run

        return run(self.engine.driver, self.engine.database, cypher, parameters).rows

    def close(self) -> None:
        self._reading.__exit__(None, None, None)


@dataclass
class Neo4j(Cypher):
    """A real server."""

    driver: Any

    def write(self, view: View) -> None:
        from graph.neo4j.push import push

        push(view, self.driver)

    def ask(self, cypher: str, **parameters: Any) -> list[list[Any]]:
        from graph.cypher.ask import run

        return run(self.driver, None, cypher, parameters).rows

    def close(self) -> None:
        pass


@dataclass
class Turtle:
    """A Turtle file, read back by rdflib."""

    graph: Any = None
    schema: Schema = field(default_factory=lambda: SCHEMA)
    base: str = "https://example.org/kg/"

    def write(self, view: View) -> None:
        import io

        import rdflib

        from graph.rdf.export import write

        out = io.BytesIO()
        write(view, out, base=self.base)
        self.graph = rdflib.Graph().parse(data=out.getvalue(), format="turtle")

    def ask(self, sparql: str, **bound: Any) -> list[Any]:
        import rdflib

        names = {"ig": "https://w3id.org/innograph/ontology#"}
        terms = {k: rdflib.URIRef(v) for k, v in bound.items()}
        return list(self.graph.query(sparql, initNs=names, initBindings=terms))

    def entity_counts(self) -> dict[str, int]:
        rows = self.ask("SELECT ?c (count(?x) AS ?n) {?x a ?c; ig:id ?i} GROUP BY ?c")
        by_iri = {c.iri: c.name for c in self.schema.classes.values()}
        return {by_iri[str(c)]: int(n) for c, n in sorted(rows) if str(c) in by_iri}

    def relation_counts(self) -> dict[str, int]:
        rows = self.ask("SELECT ?c (count(?x) AS ?n) {?x a ?c; rdf:subject ?s} GROUP BY ?c")
        by_iri = {r.statement_iri: r.name for r in self.schema.relations.values()}
        return {by_iri[str(c)]: int(n) for c, n in rows}

    def _values(self, subject: Any, terms: Any) -> dict[str, Any]:
        import rdflib

        found = {}
        for term in terms:
            values = [
                str(o) if not isinstance(o.value, bool | int) else o.value
                for o in self.graph.objects(subject, rdflib.URIRef(term.iri))
            ]
            if term.datatype in ("share", "decimal", "amount"):
                values = [float(v) for v in values]
            if values:
                found[term.name] = sorted(values) if term.multiple else values[0]
        return found

    def _place(self, subject: Any) -> dict[str, Any]:
        rows = self.ask(
            "PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX dcterms: <http://purl.org/dc/terms/>"
            " SELECT ?source ?file ?line { ?s prov:wasDerivedFrom ?f ; ig:line ?line ."
            " ?f dcterms:title ?file ; dcterms:isPartOf/dcterms:title ?source }",
            s=subject,
        )
        [(source, file, line)] = rows
        return {"source": str(source), "file": str(file), "line": int(line)}

    def entity(self, key: str) -> dict[str, Any]:
        import rdflib

        from graph.rdf import iris

        node = rdflib.URIRef(iris.entity(self.base, key))
        kinds = {c.iri: c for c in self.schema.classes.values()}
        [kind] = [kinds[str(o)] for o in self.graph.objects(node, rdflib.RDF.type)]
        own = [p for p in kind.properties if p.name not in ("name", "name_en")]
        names = {
            o.language: str(o)
            for o in self.graph.objects(node, rdflib.URIRef(kind.properties[0].iri))
        }
        named = {"name": names.get("zh", names.get("en"))}
        if "zh" in names and "en" in names:
            named["name_en"] = names["en"]
        [key] = map(
            str, self.graph.objects(node, rdflib.URIRef("https://w3id.org/innograph/ontology#id"))
        )
        return {
            "id": key,
            "type": kind.name,
            **named,
            **self._values(node, own),
            **self._place(node),
        }

    def relations(self, name: str, of: str, to: str) -> list[dict[str, Any]]:
        import rdflib

        from graph.rdf import iris

        relation = self.schema.relations[name]
        ends = {
            "s": iris.entity(self.base, of),
            "o": iris.entity(self.base, to),
            "c": relation.statement_iri,
        }
        found = []
        for (node,) in self.ask("SELECT ?x { ?x a ?c ; rdf:subject ?s ; rdf:object ?o }", **ends):
            eid = self.graph.value(node, rdflib.URIRef("https://w3id.org/innograph/ontology#id"))
            own = {} if eid is None else {"eid": str(eid)}
            found.append(
                {
                    "from": of,
                    "type": name,
                    "to": to,
                    **own,
                    **self._values(node, relation.attributes),
                    **self._place(node),
                }
            )
        plain = (rdflib.URIRef(ends["s"]), rdflib.URIRef(relation.iri), rdflib.URIRef(ends["o"]))
        assert (plain in self.graph) == bool(found)
        return sorted(found, key=lambda r: r.get("eid", ""))

    def instances(self, cls: str) -> set[str]:
        rows = self.ask(
            "SELECT ?i { ?x a/rdfs:subClassOf* ?c ; ig:id ?i }", c=self.schema.classes[cls].iri
        )
        return {str(row[0]) for row in rows}

    def close(self) -> None:
        pass


ALL = [
    "embedded",
    pytest.param("neo4j", marks=[pytest.mark.neo4j, pytest.mark.xdist_group("neo4j")]),
    "turtle",
]


@pytest.fixture(params=ALL)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    made: Any
    if request.param == "embedded":
        made = Embedded(tmp_path)
    elif request.param == "neo4j":
        made = Neo4j(request.getfixturevalue("neo4j_empty"))
    else:
        made = Turtle()
    yield made
    made.close()
