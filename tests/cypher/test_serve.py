"""`graph serve`: drivers of others read, the engine refuses what writes, and nothing is left."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from neo4j import Driver, GraphDatabase
from neo4j.exceptions import AuthError, Neo4jError

from tests.claims import ecosystem
from tests.program import Done

ROOT = Path(__file__).parent.parent.parent
NODE = ROOT / ".cache" / "node"


@dataclass
class Served:
    process: "subprocess.Popen[str]"
    folder: Path
    text: str
    uri: str
    password: str

    @property
    def scratch(self) -> list[Path]:
        return list((self.folder / "graph.duckdb.cypher").glob("graph-cypher-*"))


def start(folder: Path, *words: str) -> Served:
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "cli.py"), "serve", "--port", "0", *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "GRAPH_LANG": "en"},
    )
    assert process.stdout is not None and process.stderr is not None
    text = ""
    for line in process.stdout:
        text += line
        if "print(driver" in line:
            break
    else:
        pytest.fail(f"graph serve did not start: {process.stderr.read()}")
    uri, password = re.search(r"bolt://\S+?:\d+", text), re.search(r'auth=\("\w+", "(.+?)"\)', text)
    assert uri and password
    return Served(process, folder, text, uri[0], password[1])


def end(served: Served, number: int = signal.SIGTERM) -> int:
    served.process.send_signal(number)
    try:
        return served.process.wait(20)
    finally:
        for stream in (served.process.stdout, served.process.stderr):
            assert stream is not None
            stream.close()


def engines(served: Served) -> list[str]:
    """The command lines of the processes that work in the folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                said = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if str(served.folder) in said and "ArcadeDBServer" in said:
                found.append(said)
    return found


def soon(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 15
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("serve")
    ecosystem().write(folder / "graph.duckdb")
    served = start(folder)
    yield served
    end(served)


@pytest.fixture(scope="module")
def driver(served: Served) -> Iterator[Driver]:
    with GraphDatabase.driver(served.uri, auth=("reader", served.password)) as driver:
        yield driver


def count(driver: Driver) -> Any:
    with driver.session(database="neo4j") as session:
        query = "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN count(DISTINCT n), count(r)"
        return session.execute_read(lambda tx: tx.run(query).single(strict=True).values())


def test_a_driver_reads_in_each_of_its_ways(driver: Driver) -> None:
    query = "MATCH (n:Firm {id: $id})-[:PROVIDES]->(p) RETURN DISTINCT n.name, p.name_en"
    [record] = driver.execute_query(query, id="F1", database_="neo4j").records
    assert record.values() == ["甲公司", "lithography machine"]
    with driver.session(database="neo4j") as session:
        assert session.run("MATCH (n:Organisation) RETURN count(n)").single(strict=True)[0] > 3
    assert count(driver)[1] > 10


@pytest.mark.parametrize(
    "query",
    [
        "CREATE (:Firm {id: 'X'})",
        "MERGE (:Firm {id: 'Y'})",
        "MATCH (n:Firm) SET n.name = 'x'",
        "MATCH (n:Firm {id: 'F1'}) SET n:Product",
        "MATCH (n:Firm) REMOVE n.name",
        "MATCH (n:Firm) DETACH DELETE n",
        "MATCH ()-[r:PROVIDES]->() DELETE r",
        "MATCH (a:Firm {id: 'F1'}), (b:Product) CREATE (a)-[:PROVIDES]->(b)",
        "FOREACH (i IN range(1, 3) | CREATE (:Firm {id: 'f' + i}))",
        "CREATE (:Novel {id: 'n'})",
        "CREATE INDEX novel FOR (n:Firm) ON (n.size)",
        "CREATE CONSTRAINT novel FOR (n:Firm) REQUIRE n.size IS UNIQUE",
        "DROP CONSTRAINT entity_id",
        "CREATE USER eve SET PASSWORD 'abcdefgh'",
        "LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row",
        "CALL { CREATE (:Firm {id: 'Z'}) } RETURN 1",
        "CALL apoc.create.node(['Firm'], {id: 'W'})",
        "CALL db.createLabel('Novel')",
    ],
)
def test_the_engine_refuses_what_writes(driver: Driver, query: str) -> None:
    before = count(driver)
    with pytest.raises(Neo4jError):
        driver.execute_query(query, database_="neo4j")
    with driver.session(database="neo4j") as session, pytest.raises(Neo4jError):
        session.run(query).consume()
    assert count(driver) == before
    [name] = driver.execute_query(
        "MATCH (n:Firm {id: 'F1'}) RETURN n.name", database_="neo4j"
    ).records[0]
    assert name == "甲公司"


def test_only_the_password_opens_it(served: Served) -> None:
    with (
        GraphDatabase.driver(served.uri, auth=("reader", served.password + "x")) as driver,
        pytest.raises(AuthError),
    ):
        driver.execute_query("RETURN 1")
    assert served.uri.startswith("bolt://127.0.0.1:")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_password_stands_nowhere_else(served: Served) -> None:
    [command] = engines(served)
    assert served.password not in command
    held = [p for p in served.folder.rglob("*") if p.is_file()]
    assert any(p.name == "engine.log" for p in held)
    assert not [p for p in held if served.password.encode() in p.read_bytes()]
    assert served.text.count(served.password) == 2, "once to read, once in the example"


def test_a_query_is_answered_meanwhile(served: Served, run: Callable[..., Done]) -> None:
    done = run(
        "query", "--db", str(served.folder / "graph.duckdb"), "MATCH (n:Firm) RETURN 1 LIMIT 1"
    )
    assert done.code == 0, done.err


def test_the_javascript_driver_reads_and_may_not_write(served: Served) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no Node.js here: the JavaScript driver is not tried")
    if not (NODE / "node_modules" / "neo4j-driver").is_dir():
        pytest.fail("the JavaScript driver is not in .cache/node: run tests/install.sh")
    done = subprocess.run(
        [node, str(Path(__file__).parent / "read.cjs"), served.uri, "reader"],
        env={
            **os.environ,
            "NODE_PATH": str(NODE / "node_modules"),
            "NEO4J_PASSWORD": served.password,
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    rows, refused = done.stdout.splitlines()
    assert json.loads(rows)[0]["name"] == "甲公司"
    assert refused == "Neo.ClientError.Security.Forbidden"


@pytest.mark.skipif(sys.platform != "linux", reason="signals and /proc")
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGKILL, -9)]
)
def test_nothing_is_left(tmp_path: Path, number: int, code: int) -> None:
    ecosystem().write(tmp_path / "graph.duckdb")
    served = start(tmp_path)
    assert len(engines(served)) == 1 and len(served.scratch) == 1
    assert end(served, number) == code
    assert soon(lambda: not engines(served) and not served.scratch)


def test_a_port_that_is_taken_is_said(run: Callable[..., Done], tmp_path: Path) -> None:
    import socket

    ecosystem().write(tmp_path / "graph.duckdb")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run("serve", "--port", port)
    assert done.code == 2 and port in done.err and "--port 0" in done.err
    assert run("serve", "--db", "none.duckdb").code == 3
