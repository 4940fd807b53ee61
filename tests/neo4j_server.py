"""A real Neo4j server for the tests: started from its jars, on a free port, with a new password.

`tests/neo4j/fetch.sh` brings the jars. A test that asks for the server fails where it cannot start.
"""

import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
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
    home = tmp_path_factory.mktemp("neo4j")
    port = free_port()
    process = launch(home, port, "-Xmx640m")
    try:
        server = Server(f"bolt://127.0.0.1:{port}", "neo4j", secrets.token_urlsafe(16))
        set_password(server, process, home / "out.log")
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


def launch(
    home: Path,
    port: int,
    *java_options: str,
    settings: str = "",
    limit: Callable[[], None] = lambda: None,
) -> "subprocess.Popen[bytes]":
    """Starts a server on a folder, with `settings` beside the common ones; `limit` runs in the new
    process. What it says is added to `out.log`.
    """
    java = shutil.which("java")
    if java is None or not any(JARS.glob("neo4j-server-*.jar")):
        pytest.fail("no Java, or no Neo4j jars in .cache/neo4j/lib: run tests/neo4j/fetch.sh")
    conf = home / "conf"
    conf.mkdir(parents=True, exist_ok=True)
    (conf / "neo4j.conf").write_text(CONFIG.format(home=home, port=port) + settings, "utf-8")
    command = [java, *java_options, "-XX:+UseSerialGC", "-cp", f"{JARS}/*"]
    command += ["org.neo4j.server.CommunityEntryPoint", f"--home-dir={home}"]
    command += [f"--config-dir={conf}"]

    def prepare() -> None:
        die_with_parent()
        limit()

    with (home / "out.log").open("ab") as log:
        return subprocess.Popen(
            command, stdout=log, stderr=log, start_new_session=True, preexec_fn=prepare
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def set_password(server: Server, process: "subprocess.Popen[bytes]", log: Path) -> None:
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
