"""A real Neo4j server for the tests: started from its jars, on a free port, with a new password.

`tests/neo4j/fetch.sh` brings the jars. A test that asks for the server fails where it cannot start.
"""

import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from neo4j import Driver, GraphDatabase
from neo4j.exceptions import DriverError, Neo4jError

from graph.cypher.keeper import die_with_parent
from graph.neo4j.server import Server

ROOT = Path(__file__).parent.parent
JARS = ROOT / ".cache" / "neo4j" / "lib"
START_SECONDS = 120.0

CONFIG = """\
server.directories.data={home}/data
server.directories.logs={home}/logs
server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
server.memory.pagecache.size=96m
dbms.usage_report.enabled=false
db.tx_log.preallocate=false
"""


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The address of a running Neo4j 5.26 with one empty database."""
    java = shutil.which("java")
    if java is None or not any(JARS.glob("neo4j-server-*.jar")):
        pytest.fail("no Java, or no Neo4j jars in .cache/neo4j/lib: run tests/neo4j/fetch.sh")
    home = tmp_path_factory.mktemp("neo4j")
    port = _free_port()
    (home / "conf").mkdir()
    (home / "conf" / "neo4j.conf").write_text(CONFIG.format(home=home, port=port), "utf-8")
    command = [java, "-Xmx640m", "-XX:+UseSerialGC", "-cp", f"{JARS}/*"]
    command += ["org.neo4j.server.CommunityEntryPoint"]
    command += [f"--home-dir={home}", f"--config-dir={home}/conf"]
    with (home / "out.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, start_new_session=True, preexec_fn=die_with_parent
        )
    try:
        server = Server(f"bolt://127.0.0.1:{port}", "neo4j", secrets.token_urlsafe(16))
        _set_password(server, process, home / "out.log")
        yield server
    finally:
        process.kill()  # nothing of it is kept, and closing properly takes it ten seconds
        process.wait()


@pytest.fixture
def neo4j_empty(neo4j_server: Server) -> Iterator[Driver]:
    """A driver of the server, emptied of data and constraints."""
    auth = (neo4j_server.user, neo4j_server.password)
    with GraphDatabase.driver(neo4j_server.uri, auth=auth) as driver:
        with driver.session() as session:
            session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS").consume()
            for name in [r["name"] for r in session.run("SHOW CONSTRAINTS YIELD name")]:
                session.run(f"DROP CONSTRAINT `{name}`").consume()
        yield driver


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _set_password(server: Server, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with (
                GraphDatabase.driver(server.uri, auth=(server.user, "neo4j")) as driver,
                driver.session(database="system") as session,
            ):
                session.run(
                    "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $new", new=server.password
                ).consume()
                return
        except (DriverError, Neo4jError) as error:
            if process.poll() is not None or time.monotonic() > deadline:
                words = log.read_text("utf-8", "replace")[-2000:]
                pytest.fail(f"Neo4j did not start: {error}\n{words}")
            time.sleep(0.2)
