"""`graph push` and `graph query --uri` as a user types them, on a real server."""

import json
from pathlib import Path
from typing import Any

import pytest
from neo4j import Driver

from graph.neo4j.server import Server
from tests.program import Graph

pytestmark = [pytest.mark.neo4j, pytest.mark.xdist_group("neo4j")]

NODE = "MATCH (n:Firm {id: $id}) RETURN n, n.name AS name"


def test_push_and_ask(
    graph: Graph, ecosystem_db: Path, neo4j_server: Server, neo4j_empty: Driver
) -> None:
    where = ["--uri", neo4j_server.uri]
    secret = {"NEO4J_PASSWORD": neo4j_server.password}
    db = ["--db", str(ecosystem_db)]
    for created in (17, 0):
        done = graph("push", *where, *db, "--format", "json", **secret)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["entities"]["created"] == created
    table = graph("push", *where, *db, "--lang", "zh", **secret)
    assert "实体合计\t0\t0\t0\t17" in table.stdout, table.stderr

    def asked(*words: str, **env: str) -> Any:
        done = graph("query", NODE, "--param", "id=F1", "--format", "json", *words, **env)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    by_server = asked(*where, **secret)
    assert by_server[0]["name"] == "甲公司"
    assert by_server == asked(*db), "the embedded engine says the same"
    assert "_digest" not in by_server[0]["n"]


def test_refusals_have_their_exit_codes(graph: Graph, neo4j_server: Server) -> None:
    where = ["--uri", neo4j_server.uri]
    wrong = graph("query", "RETURN 1", *where, NEO4J_PASSWORD="not the one")
    assert wrong.returncode == 4
    assert "NEO4J_PASSWORD" in wrong.stderr and "Traceback" not in wrong.stderr
    base = graph(
        "query", "RETURN 1", *where, "--database", "nosuch", NEO4J_PASSWORD=neo4j_server.password
    )
    assert base.returncode == 4
    assert "nosuch" in base.stderr
    writing = graph("query", "CREATE (n)", *where, NEO4J_PASSWORD=neo4j_server.password)
    assert writing.returncode == 2
    assert "CREATE" in writing.stderr
