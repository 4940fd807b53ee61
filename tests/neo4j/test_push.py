"""Pushing to a real Neo4j: once, twice, after changes, beside what others keep there."""

import json
from pathlib import Path
from typing import Any

import pytest
from neo4j import Driver

from graph.neo4j.push import push, push_to
from graph.neo4j.server import Server
from graph.neo4j.write import BATCH, LARGEST, batches
from graph.record import Record
from graph.schema.constraints import constraints
from tests.claims import Claims

pytestmark = [pytest.mark.neo4j, pytest.mark.xdist_group("neo4j")]

ALL = (
    "MATCH (n) OPTIONAL MATCH (n)-[r]->(m) RETURN n.id, properties(n), labels(n), type(r),"
    " properties(r), m.id ORDER BY n.id, m.id, type(r), r.eid"
)
NOTHING = {"created": 0, "updated": 0, "removed": 0}


def rows(driver: Driver, cypher: str, **parameters: Any) -> list[list[Any]]:
    with driver.session() as session:
        return [list(record.values()) for record in session.run(cypher, parameters)]


def pushed(db: Path, driver: Driver, **options: bool) -> dict[str, Any]:
    with Record.open(db) as record:
        return push(record.view(), driver, **options).counts()


def counted(counts: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    """(created, updated, removed, unchanged) by class and relation; what is 0 throughout is not."""
    found = {
        t["type"]: (t["created"], t["updated"], t["removed"], t["unchanged"])
        for t in counts["types"]
    }
    return {name: four for name, four in found.items() if any(four)}


def test_a_second_push_writes_nothing(
    ecosystem_db: Path, neo4j_server: Server, neo4j_empty: Driver
) -> None:
    told: list[str] = []
    with Record.open(ecosystem_db) as record:
        first = push_to(record.view(), neo4j_server, progress=told.append).counts()
        before = rows(neo4j_empty, ALL)
        second = push_to(record.view(), neo4j_server).counts()
    assert first["entities"] == {**NOTHING, "created": 17, "unchanged": 0}
    assert first["relations"] == {**NOTHING, "created": 16, "unchanged": 0}
    assert second["entities"] == {**NOTHING, "unchanged": 17}
    assert second["relations"] == {**NOTHING, "unchanged": 16}
    assert first["foreign"] == second["foreign"] == {"nodes": 0, "relations": 0, "attached": 0}
    assert counted(second)["PROVIDES"] == (0, 0, 0, 14)
    assert rows(neo4j_empty, ALL) == before
    assert "Firm 13/13" in told and "PROVIDES 14/14" in told


def test_constraints_and_indexes_are_those_of_the_ontology(
    tmp_path: Path, neo4j_empty: Driver
) -> None:
    with Record.open(Claims().write(tmp_path / "graph.duckdb")) as record:
        push(record.view(), neo4j_empty)
        wanted = constraints(record.schema)
    found = rows(neo4j_empty, "SHOW CONSTRAINTS YIELD name, type WHERE type = 'UNIQUENESS'")
    assert [name for name, _ in found] == ["entity_id"]
    found = rows(neo4j_empty, "SHOW INDEXES YIELD name, type, state WHERE type = 'RANGE'")
    assert {state for _, _, state in found} == {"ONLINE"}
    assert {name for name, _, _ in found} == {statement.split()[2] for statement in wanted}
    assert len(wanted) > 20


def test_labels_and_provenance(ecosystem_db: Path, neo4j_empty: Driver) -> None:
    pushed(ecosystem_db, neo4j_empty)
    [[labels]] = rows(neo4j_empty, "MATCH (n:Entity {id: 'K1'}) RETURN labels(n)")
    assert set(labels) == {"Entity", "Actor", "Platform", "IndustrialPark", "SciencePark"}
    unsaid = "MATCH (n:Entity) WHERE n.source IS NULL OR n.file IS NULL OR n.line IS NULL"
    assert rows(neo4j_empty, f"{unsaid} RETURN count(n)") == [[0]]
    unsaid = "MATCH ()-[r]->() WHERE r.source IS NULL OR r.file IS NULL OR r.line IS NULL"
    assert rows(neo4j_empty, f"{unsaid} RETURN count(r)") == [[0]]


def test_changes_arrive(tmp_path: Path, neo4j_empty: Driver) -> None:
    """A new value, a value that went, a class that changed, a relation and a parallel more."""
    db = tmp_path / "graph.duckdb"
    first = Claims().entity("Firm", "A", size="大", employees=5).entity("Product", "P")
    first.entity("IndustrialPark", "K", name="园")
    first.relation("PROVIDES", "A", "P", share=0.5).write(db)
    pushed(db, neo4j_empty)
    with neo4j_empty.session() as session:
        session.run("MATCH (n:Entity {id: 'A'}) SET n.mine = 1, n:Mine").consume()
        session.run("MATCH ()-[r:PROVIDES]->() SET r.mine = 2").consume()
    second = Claims().entity("University", "A", name="甲大学").entity("Product", "P")
    second.entity("SciencePark", "K", name="园").entity("Firm", "B")
    second.relation("PROVIDES", "A", "P", share=0.7)
    second.relation("PROVIDES", "A", "P", eid="e2", share=0.1)
    second.relation("PROVIDES", "B", "P").write(db)
    assert counted(pushed(db, neo4j_empty)) == {
        "Firm": (1, 0, 0, 0),
        "University": (0, 1, 0, 0),
        "SciencePark": (0, 1, 0, 0),
        "Product": (0, 0, 0, 1),
        "PROVIDES": (2, 1, 0, 0),
    }
    [[labels, values]] = rows(
        neo4j_empty, "MATCH (n:Entity {id: 'A'}) RETURN labels(n), properties(n)"
    )
    assert set(labels) == {"Entity", "Actor", "Organisation", "University", "Mine"}
    assert (values["type"], values["name"], values["mine"]) == ("University", "甲大学", 1)
    assert not {"size", "employees"} & set(values), "what only the old class has is gone"
    [[labels]] = rows(neo4j_empty, "MATCH (n:Entity {id: 'K'}) RETURN labels(n)")
    assert set(labels) == {"Entity", "Actor", "Platform", "IndustrialPark", "SciencePark"}
    shares = "MATCH (a)-[r:PROVIDES]->() RETURN a.id, r.eid, r.share, r.mine ORDER BY a.id, r.eid"
    assert rows(neo4j_empty, shares) == [
        ["A", "e2", 0.1, None],
        ["A", None, 0.7, 2],
        ["B", None, None, None],
    ]


def test_what_the_record_has_lost_is_removed(tmp_path: Path, neo4j_empty: Driver) -> None:
    first = Claims().entity("Firm", "A").entity("Firm", "B").entity("Product", "P")
    first.relation("PROVIDES", "A", "P").relation("PROVIDES", "B", "P")
    first.relation("SUPPLIES", "A", "B", eid="s1").relation("SUPPLIES", "A", "B", eid="s2")
    pushed(first.write(tmp_path / "first.duckdb"), neo4j_empty)
    second = Claims().entity("Firm", "A").entity("Product", "P").relation("PROVIDES", "A", "P")
    counts = pushed(second.write(tmp_path / "second.duckdb"), neo4j_empty)
    assert counted(counts)["SUPPLIES"] == (0, 0, 2, 0)
    assert counts["entities"]["removed"] == 1
    assert counts["relations"]["removed"] == 3
    assert rows(neo4j_empty, "MATCH (n) RETURN count(n)") == [[2]]
    assert rows(neo4j_empty, "MATCH ()-[r]->() RETURN type(r)") == [["PROVIDES"]]
    empty = pushed(Claims().write(tmp_path / "empty.duckdb"), neo4j_empty)
    assert (empty["entities"]["removed"], empty["relations"]["removed"]) == (2, 1)
    assert rows(neo4j_empty, "MATCH (n) RETURN count(n)") == [[0]]


def test_a_push_that_was_cut_off_is_completed(ecosystem_db: Path, neo4j_empty: Driver) -> None:
    pushed(ecosystem_db, neo4j_empty)
    whole = rows(neo4j_empty, ALL)
    with neo4j_empty.session() as session:
        session.run("MATCH (n:Entity) WHERE n.id STARTS WITH 'bad' DETACH DELETE n").consume()
        session.run("MATCH (:Entity {id: 'F2'})-[r {eid: 'e1'}]->() DELETE r").consume()
    again = pushed(ecosystem_db, neo4j_empty)
    assert again["entities"]["created"] == 9
    assert again["relations"]["created"] == 10
    assert rows(neo4j_empty, ALL) == whole


def test_a_relation_that_is_there_twice_is_there_once(
    ecosystem_db: Path, neo4j_empty: Driver
) -> None:
    pushed(ecosystem_db, neo4j_empty)
    whole = rows(neo4j_empty, ALL)
    with neo4j_empty.session() as session:
        twice = (
            "MATCH (a)-[r:PROVIDES]->(b) WHERE r.eid STARTS WITH 'e' CREATE (a)-[s:PROVIDES]->(b)"
        )
        session.run(f"{twice} SET s = properties(r)").consume()
    assert len(rows(neo4j_empty, ALL)) == len(whole) + 2
    pushed(ecosystem_db, neo4j_empty)
    assert rows(neo4j_empty, ALL) == whole


def test_only_what_changed_in_a_file_is_written(
    tmp_path: Path, neo4j_empty: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More rows than buckets, so that some buckets are equal and some are not."""
    from graph.neo4j import marks

    monkeypatch.setattr(marks, "BUCKETS", 8)
    monkeypatch.setattr(marks, "ASKED_ROWS", 3)
    monkeypatch.setattr(marks, "ASKED_KEYS", 2)
    db = tmp_path / "graph.duckdb"

    def said(changed: str) -> Claims:
        claims = Claims().entity("Product", "P")
        for i in range(60):
            claims.entity("Firm", f"F{i}", name=changed if i in (7, 31, 59) else None)
            claims.relation("PROVIDES", f"F{i}", "P", quote=changed if i in (3, 9) else "")
        return claims

    pushed(said("before").write(db), neo4j_empty)
    assert counted(pushed(said("after").write(db), neo4j_empty)) == {
        "Firm": (0, 3, 0, 57),
        "Product": (0, 0, 0, 1),
        "PROVIDES": (0, 2, 0, 58),
    }
    after = "MATCH (n:Firm {name: 'after'}) RETURN n.id ORDER BY n.id"
    assert rows(neo4j_empty, after) == [["F31"], ["F59"], ["F7"]]


def test_what_was_changed_by_hand(ecosystem_db: Path, neo4j_empty: Driver) -> None:
    """It keeps its digest, so that only a full comparison sees and mends it."""
    pushed(ecosystem_db, neo4j_empty)
    whole = rows(neo4j_empty, ALL)
    edits = (
        "MATCH (n:Entity {id: 'F1'}) SET n.name = 'other'",
        "MATCH (n:Entity {id: 'F2'}) SET n.employees = 'many', n:University",
        "MATCH (n:Entity {id: 'F3'}) SET n.type = 'Product'",
        "MATCH (n:Entity {id: 'K1'}) REMOVE n:Platform",
        "MATCH (n:Entity {id: 'P2'}) REMOVE n.name",
        "MATCH ({id: 'F1'})-[r:PROVIDES {eid: '2020'}]->() SET r.share = 0.61",
        "MATCH ({id: 'F2'})-[r:PROVIDES {eid: 'e1'}]->() SET r.eid = 'e9'",
        "MATCH (a {id: 'P1'})-[r:REQUIRES]->(b) CREATE (b)-[s:REQUIRES]->(a)"
        " SET s = properties(r) DELETE r",
    )
    with neo4j_empty.session() as session:
        for edit in edits:
            assert session.run(edit).consume().counters.contains_updates, edit
    plain = pushed(ecosystem_db, neo4j_empty)
    assert plain["entities"] == {**NOTHING, "unchanged": 17}
    full = pushed(ecosystem_db, neo4j_empty, full=True)
    assert full["entities"] == {**NOTHING, "updated": 5, "unchanged": 12}
    assert full["relations"] == {"created": 2, "updated": 1, "removed": 2, "unchanged": 13}
    assert rows(neo4j_empty, ALL) == whole
    again = pushed(ecosystem_db, neo4j_empty, full=True)
    assert again["entities"] == {**NOTHING, "unchanged": 17}
    assert again["relations"] == {**NOTHING, "unchanged": 16}


class TestWhatOthersKeep:
    """Nodes, relations, labels and properties that no push has written."""

    def test_is_left_alone_and_counted(self, ecosystem_db: Path, neo4j_empty: Driver) -> None:
        with neo4j_empty.session() as session:
            session.run(
                "CREATE (a:Firm {id: 'F1', name: 'theirs'})-[:PROVIDES {x: 1}]->(b:Note {id: 'P1'})"
            ).consume()
        pushed(ecosystem_db, neo4j_empty)
        with neo4j_empty.session() as session:
            session.run(
                "MATCH (a:Entity {id: 'F1'}), (b:Entity {id: 'P2'}), (c:Note)"
                " CREATE (a)-[:PROVIDES {by: 'hand'}]->(b), (c)-[:ABOUT]->(a)"
            ).consume()
        counts = pushed(ecosystem_db, neo4j_empty)
        assert counts["foreign"] == {"nodes": 2, "relations": 3, "attached": 2}
        assert counts["relations"] == {**NOTHING, "unchanged": 16}
        theirs = "MATCH (a:Firm)-[r:PROVIDES]->(b:Note) RETURN properties(a), labels(a), r.x"
        assert rows(neo4j_empty, theirs) == [[{"id": "F1", "name": "theirs"}, ["Firm"], 1]]
        full = pushed(ecosystem_db, neo4j_empty, full=True)
        assert full["foreign"] == counts["foreign"]
        assert rows(neo4j_empty, "MATCH ({id: 'F1'})-[r {by: 'hand'}]->() RETURN count(r)") == [[1]]

    def test_a_lost_node_that_others_have_tied_something_to_is_kept(
        self, tmp_path: Path, neo4j_empty: Driver
    ) -> None:
        db = tmp_path / "graph.duckdb"
        first = Claims().entity("Firm", "A").entity("Firm", "B").entity("Product", "P")
        first.relation("PROVIDES", "A", "P").relation("PROVIDES", "B", "P").write(db)
        pushed(db, neo4j_empty)
        with neo4j_empty.session() as session:
            session.run("MATCH (a:Entity {id: 'A'}) CREATE (:Note)-[:ABOUT]->(a)").consume()
        Claims().entity("Product", "P").write(tmp_path / "less.duckdb")
        less = pushed(tmp_path / "less.duckdb", neo4j_empty)
        assert less["kept"] == {"nodes": 1, "ids": ["A"]}
        assert (less["entities"]["removed"], less["relations"]["removed"]) == (1, 2)
        left = "MATCH (n) RETURN n.id, COUNT { (n)--() } ORDER BY n.id"
        assert rows(neo4j_empty, left) == [["A", 1], ["P", 0], [None, 1]]
        assert pushed(tmp_path / "less.duckdb", neo4j_empty)["kept"] == less["kept"]
        back = pushed(db, neo4j_empty)
        assert counted(back)["Firm"] == (1, 0, 0, 1), "what is in the record again was never away"
        gone = pushed(tmp_path / "less.duckdb", neo4j_empty, detach=True)
        assert gone["kept"] == {"nodes": 0, "ids": []}
        assert rows(neo4j_empty, left) == [["P", 0], [None, 0]]

    def test_their_entities_stay_and_ours_are_taken_over(
        self, tmp_path: Path, neo4j_empty: Driver
    ) -> None:
        with neo4j_empty.session() as session:
            session.run(
                "CREATE (:Entity {id: 'A', name: 'old', x: 1}), (:Entity {id: 'Z'}), (:Entity {y: 1})"
            ).consume()
        db = (
            Claims()
            .entity("Firm", "A", name="new")
            .entity("Firm", "B")
            .write(tmp_path / "g.duckdb")
        )
        counts = pushed(db, neo4j_empty)
        assert counted(counts)["Firm"] == (1, 1, 0, 0)
        assert counts["foreign"]["nodes"] == 2
        found = "MATCH (n:Entity) RETURN n.id, n.name, n.x, n.y ORDER BY n.id"
        assert rows(neo4j_empty, found) == [
            ["A", "new", 1, None],
            ["B", "B", None, None],
            ["Z", None, None, None],
            [None, None, None, 1],
        ]


def test_batches_are_bounded_in_rows_and_size(tmp_path: Path) -> None:
    said = Claims()
    for i in range(BATCH + 10):
        said.entity("Product", f"P{i:05}")
    for i in range(6):
        said.entity("Firm", f"F{i}", description="长" * (LARGEST // 2 - 10))
    with Record.open(said.write(tmp_path / "graph.duckdb")) as record:
        con = record.view().con
        sizes = [len(rows) for rows in batches(con, 'SELECT id FROM "n_Product" ORDER BY id')]
        assert sizes == [BATCH, 10]
        texts = list(batches(con, 'SELECT id, description FROM "n_Firm" ORDER BY id'))
    assert [len(rows) for rows in texts] == [1, 2, 1, 2]
    assert [row[0] for rows in texts for row in rows] == [f"F{i}" for i in range(6)]


def test_values_of_every_type_come_back_as_they_are(
    ecosystem_db: Path, neo4j_empty: Driver
) -> None:
    from graph.neo4j.read import rows as read_back

    pushed(ecosystem_db, neo4j_empty)
    with Record.open(ecosystem_db) as record:
        view = record.view()
        found: dict[str, list[Any]] = {}
        for name, batch in read_back(neo4j_empty, None, record.schema):
            found.setdefault(name, []).extend(batch.to_pylist())
        for cls in view.entity_counts():
            ours = {r["id"]: r for r in view.entities(cls).to_pylist()}
            assert [r["id"] for r in found[cls]] == sorted(ours)
            for row in found[cls]:
                assert row["odd"] is None and row["others"] is None
                assert {k: v for k, v in ours[row["id"]].items() if k != "k"} == {
                    k: v for k, v in row.items() if k in ours[row["id"]]
                }
        for name in view.relation_counts():
            said = [json.dumps(r, sort_keys=True) for r in view.relations(name).to_pylist()]
            keys = set(json.loads(said[0])) - {"f", "t"}
            again = [{k: v for k, v in row.items() if k in keys} for row in found[name]]
            mine = [{k: v for k, v in json.loads(s).items() if k in keys} for s in said]
            key = lambda r: (r["from"], r["to"], r["eid"] or "")  # noqa: E731
            assert sorted(again, key=key) == sorted(mine, key=key)
