"""A server killed in the midst of a push and started again: the next push ends equal."""

import random
import threading
from pathlib import Path

import pytest
from neo4j import GraphDatabase

from graph.errors import UnreachableError
from graph.neo4j import write
from graph.neo4j.push import PushResult, push_to
from graph.record import Record
from tests.claims import Claims
from tests.neo4j.restart import Restarted, restarted

pytestmark = [pytest.mark.neo4j, pytest.mark.xdist_group("neo4j"), pytest.mark.slow]

KILLS = 20
FIRMS = 1_500
TWICE = (
    "MATCH (a)-[r]->(b) WITH a, b, type(r) AS t, r.eid AS e, count(*) AS copies"
    " WHERE copies > 1 RETURN count(*)"
)


def version(folder: Path, number: int) -> Path:
    """A record that differs from the one before in every tenth firm, and in which firms it has."""
    said = Claims().entity("Product", "P")
    for i in range(FIRMS):
        if (i + number) % 10:
            cls = "University" if (i + number) % 7 == 0 else "Firm"
            said.entity(cls, f"F{i}", employees=number if i % 10 == 0 and cls == "Firm" else None)
            said.relation("PROVIDES", f"F{i}", "P", eid="a", share=number / 100)
            said.relation("PROVIDES", f"F{i}", "P", eid="b")
    return said.write(folder / f"{number}.duckdb")


def pushed(db: Path, server: Restarted, full: bool = False) -> PushResult:
    with Record.open(db) as record:
        return push_to(record.view(), server.address, full=full)


def killed(db: Path, server: Restarted, chance: random.Random) -> bool:
    """Pushes while the server is killed at some point; whether the push noticed."""
    after = chance.randrange(1, 35)
    told = 0

    def count(text: str) -> None:
        nonlocal told
        told += 1
        if told == after:
            threading.Timer(chance.random() * 0.03, server.kill).start()

    with Record.open(db) as record:
        try:
            push_to(record.view(), server.address, progress=count)
        except UnreachableError as error:
            assert error.key in ("neo4j.went_away", "neo4j.no_answer"), error
            return True
    return False


def test_twenty_kills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "BATCH", 100)
    chance = random.Random(20)
    noticed = 0
    with restarted(tmp_path / "neo4j") as server:
        server.start()
        for number in range(KILLS):
            db = version(tmp_path, number)
            noticed += killed(db, server, chance)
            server.kill()
            server.start()
            pushed(db, server)
            with Record.open(db) as record:
                view = record.view()
                nodes, relations = view.entity_counts(), view.relation_counts()
            last = pushed(db, server, full=True).counts()
            for kind, total in (("entities", nodes), ("relations", relations)):
                assert last[kind] == {
                    "created": 0,
                    "updated": 0,
                    "removed": 0,
                    "unchanged": sum(total.values()),
                }
            auth = (server.address.user, server.address.password)
            with GraphDatabase.driver(server.address.uri, auth=auth) as driver:
                [[twice]] = driver.execute_query(TWICE).records
                [[count]] = driver.execute_query("MATCH (n) RETURN count(n)").records
            assert (twice, count) == (0, sum(nodes.values()))
    assert noticed >= KILLS * 0.7, "most kills must hit a push at work"
