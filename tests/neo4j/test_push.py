"""Pushing to a real Neo4j: once, twice, after changes, beside what others keep there."""

from pathlib import Path
from typing import Any

import pytest
from neo4j import Driver

from graph.neo4j.push import BATCH, LARGEST, batches, push, push_to
from graph.neo4j.server import Server
from graph.record import Record
from tests.claims import Claims

pytestmark = [pytest.mark.neo4j, pytest.mark.xdist_group("neo4j")]

ALL = (
    "MATCH (n) OPTIONAL MATCH (n)-[r]->(m) RETURN n.id, properties(n), labels(n), type(r),"
    " properties(r), m.id ORDER BY n.id, m.id, type(r), r.eid"
)


def rows(driver: Driver, cypher: str, **parameters: Any) -> list[list[Any]]:
    with driver.session() as session:
        return [list(record.values()) for record in session.run(cypher, parameters)]


def pushed(db: Path, driver: Driver) -> dict[str, int]:
    with Record.open(db) as record:
        return push(record.view(), driver).counts()


def test_a_second_push_adds_nothing(
    ecosystem_db: Path, neo4j_server: Server, neo4j_empty: Driver
) -> None:
    told: list[str] = []
    with Record.open(ecosystem_db) as record:
        first = push_to(record.view(), neo4j_server, progress=told.append).counts()
        before = rows(neo4j_empty, ALL)
        second = push_to(record.view(), neo4j_server).counts()
    assert first == {
        "nodes_created": 17,
        "nodes": 17,
        "nodes_beyond": 0,
        "relations_created": 16,
        "relations": 16,
        "relations_beyond": 0,
    }
    assert second == first | {"nodes_created": 0, "relations_created": 0}
    assert rows(neo4j_empty, ALL) == before
    assert "Firm 13/13" in told and "PROVIDES 14/14" in told


def test_ids_are_constrained_first(ecosystem_db: Path, neo4j_empty: Driver) -> None:
    pushed(ecosystem_db, neo4j_empty)
    found = rows(
        neo4j_empty,
        "SHOW CONSTRAINTS YIELD labelsOrTypes, properties, type WHERE type = 'UNIQUENESS'"
        " RETURN labelsOrTypes, properties",
    )
    assert found == [[["Entity"], ["id"]]]


def test_labels_and_provenance(ecosystem_db: Path, neo4j_empty: Driver) -> None:
    pushed(ecosystem_db, neo4j_empty)
    [[labels]] = rows(neo4j_empty, "MATCH (n:Entity {id: 'K1'}) RETURN labels(n)")
    assert set(labels) == {"Entity", "Actor", "Platform", "IndustrialPark", "SciencePark"}
    unsaid = "MATCH (n:Entity) WHERE n.source IS NULL OR n.file IS NULL OR n.line IS NULL"
    assert rows(neo4j_empty, f"{unsaid} RETURN count(n)") == [[0]]
    unsaid = "MATCH ()-[r]->() WHERE r.source IS NULL OR r.file IS NULL OR r.line IS NULL"
    assert rows(neo4j_empty, f"{unsaid} RETURN count(r)") == [[0]]


def test_what_others_keep_is_left_alone(ecosystem_db: Path, neo4j_empty: Driver) -> None:
    with neo4j_empty.session() as session:
        session.run(
            "CREATE (a:Firm {id: 'F1', name: 'theirs'})-[:PROVIDES {x: 1}]->(b:Note {id: 'P1'})"
        ).consume()
    first = pushed(ecosystem_db, neo4j_empty)
    assert first["nodes_created"] == 17
    pushed(ecosystem_db, neo4j_empty)
    theirs = "MATCH (a:Firm)-[r:PROVIDES]->(b:Note) RETURN properties(a), labels(a), properties(r)"
    assert rows(neo4j_empty, theirs) == [[{"id": "F1", "name": "theirs"}, ["Firm"], {"x": 1}]]


def test_changes_arrive(tmp_path: Path, neo4j_empty: Driver) -> None:
    """A new value, a value that went, a class that changed, a relation and a parallel more."""
    db = tmp_path / "graph.duckdb"
    first = Claims().entity("Firm", "A", size="大", employees=5).entity("Product", "P")
    first.entity("IndustrialPark", "K", name="园")
    first.relation("PROVIDES", "A", "P", share=0.5).write(db)
    pushed(db, neo4j_empty)
    with neo4j_empty.session() as session:
        session.run("MATCH (n:Entity {id: 'A'}) SET n.mine = 1, n:Mine").consume()
    second = Claims().entity("University", "A", name="甲大学").entity("Product", "P")
    second.entity("SciencePark", "K", name="园").entity("Firm", "B")
    second.relation("PROVIDES", "A", "P", share=0.7)
    second.relation("PROVIDES", "A", "P", eid="e2", share=0.1)
    second.relation("PROVIDES", "B", "P").write(db)
    assert pushed(db, neo4j_empty) == {
        "nodes_created": 1,
        "nodes": 4,
        "nodes_beyond": 0,
        "relations_created": 2,
        "relations": 3,
        "relations_beyond": 0,
    }
    [[labels, values]] = rows(
        neo4j_empty, "MATCH (n:Entity {id: 'A'}) RETURN labels(n), properties(n)"
    )
    assert set(labels) == {"Entity", "Actor", "Organisation", "University", "Mine"}
    assert (values["type"], values["name"], values["mine"]) == ("University", "甲大学", 1)
    assert not {"size", "employees"} & set(values), "what only the old class has is gone"
    [[labels]] = rows(neo4j_empty, "MATCH (n:Entity {id: 'K'}) RETURN labels(n)")
    assert set(labels) == {"Entity", "Actor", "Platform", "IndustrialPark", "SciencePark"}
    shares = "MATCH (a)-[r:PROVIDES]->() RETURN a.id, r.eid, r.share ORDER BY a.id, r.eid"
    assert rows(neo4j_empty, shares) == [["A", "e2", 0.1], ["A", None, 0.7], ["B", None, None]]


def test_what_the_record_no_longer_has_is_counted(tmp_path: Path, neo4j_empty: Driver) -> None:
    first = Claims().entity("Firm", "A").entity("Firm", "B").entity("Product", "P")
    first.relation("PROVIDES", "A", "P").relation("PROVIDES", "B", "P")
    pushed(first.write(tmp_path / "first.duckdb"), neo4j_empty)
    second = Claims().entity("Firm", "A").entity("Product", "P").relation("PROVIDES", "A", "P")
    counts = pushed(second.write(tmp_path / "second.duckdb"), neo4j_empty)
    assert (counts["nodes_beyond"], counts["relations_beyond"]) == (1, 1)
    assert rows(neo4j_empty, "MATCH (n:Entity) RETURN count(n)") == [[3]]


def test_a_push_that_was_cut_off_is_completed(ecosystem_db: Path, neo4j_empty: Driver) -> None:
    """A push is no single transaction: the next one adds what is missing."""
    pushed(ecosystem_db, neo4j_empty)
    whole = rows(neo4j_empty, ALL)
    with neo4j_empty.session() as session:
        session.run("MATCH (n:Entity) WHERE n.id STARTS WITH 'bad' DETACH DELETE n").consume()
        session.run("MATCH (:Entity {id: 'F2'})-[r {eid: 'e1'}]->() DELETE r").consume()
    again = pushed(ecosystem_db, neo4j_empty)
    assert again["nodes_created"] == 9
    assert again["relations_created"] == 10
    assert rows(neo4j_empty, ALL) == whole


def test_batches_are_bounded_in_rows_and_size(tmp_path: Path) -> None:
    said = Claims()
    for i in range(BATCH + 10):
        said.entity("Product", f"P{i:05}")
    for i in range(6):
        said.entity("Firm", f"F{i}", description="长" * (LARGEST // 2 - 10))
    with Record.open(said.write(tmp_path / "graph.duckdb")) as record:
        view = record.view()
        sizes = [len(rows) for rows in batches(view, 'SELECT id FROM "n_Product" ORDER BY id')]
        assert sizes == [BATCH, 10]
        texts = list(batches(view, 'SELECT id, description FROM "n_Firm" ORDER BY id'))
    assert [len(rows) for rows in texts] == [1, 2, 1, 2]
    assert [row[0] for rows in texts for row in rows] == [f"F{i}" for i in range(6)]
