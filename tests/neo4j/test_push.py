"""Pushing to a real Neo4j: once, twice, after changes, beside what others keep there."""

from pathlib import Path
from typing import Any

import pytest
from neo4j import Driver

from graph.neo4j.push import LARGEST, Nodes, batches, push, push_to
from graph.neo4j.server import Server
from graph.record import Record
from graph.schema import Schema
from tests.claims import AWKWARD, Claims

pytestmark = [pytest.mark.neo4j, pytest.mark.xdist_group("neo4j")]


def rows(driver: Driver, cypher: str, **parameters: Any) -> list[list[Any]]:
    with driver.session() as session:
        return [list(record.values()) for record in session.run(cypher, **parameters)]


def pushed(db: Path, driver: Driver) -> dict[str, int]:
    with Record.open(db) as record:
        return push(record.view(), driver).counts()


def test_a_second_push_adds_nothing(ecosystem_db: Path, neo4j_empty: Driver) -> None:
    first = pushed(ecosystem_db, neo4j_empty)
    before = rows(
        neo4j_empty,
        "MATCH (n) OPTIONAL MATCH (n)-[r]->(m) RETURN n.id, properties(n),"
        " labels(n), type(r), properties(r), m.id ORDER BY n.id, m.id, r.eid",
    )
    second = pushed(ecosystem_db, neo4j_empty)
    after = rows(
        neo4j_empty,
        "MATCH (n) OPTIONAL MATCH (n)-[r]->(m) RETURN n.id, properties(n),"
        " labels(n), type(r), properties(r), m.id ORDER BY n.id, m.id, r.eid",
    )
    assert first == {"nodes_created": 17, "nodes": 17, "relations_created": 16, "relations": 16}
    assert second == first | {"nodes_created": 0, "relations_created": 0}
    assert after == before
