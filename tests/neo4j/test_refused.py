"""A server that cannot or may not write: a clear message in both languages, and exit code 4."""

import resource
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graph.errors import UnreachableError
from graph.neo4j.push import push_to
from graph.neo4j.server import Server, check_version, reach
from graph.record import Record
from tests.claims import Claims
from tests.neo4j.restart import Restarted, restarted

ROOM = 200_000
"""Bytes by which a file may still grow on a disk that is nearly full."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restarted]:
    with restarted(tmp_path_factory.mktemp("refused") / "neo4j") as made:
        made.start()
        yield made


def refused(db: Path, server: Restarted) -> UnreachableError:
    with Record.open(db) as record, pytest.raises(UnreachableError) as error:
        push_to(record.view(), server.address)
    assert error.value.exit_code == 4
    for lang in ("zh", "en"):
        text = error.value.text(lang)  # type: ignore[arg-type]
        assert server.address.uri in text and "\n" not in text
        assert server.address.password not in text
    return error.value


@pytest.mark.neo4j
@pytest.mark.slow
@pytest.mark.xdist_group("neo4j")
class TestServer:
    """A real server with other settings, and with a limit to the size of its files."""

    def test_a_read_only_database(self, tmp_path: Path, server: Restarted) -> None:
        db = Claims().entity("Firm", "A").write(tmp_path / "graph.duckdb")
        server.kill()
        server.start("server.databases.default_to_read_only=true\n")
        error = refused(db, server)
        assert error.key == "neo4j.read_only"
        assert "server.databases.read_only" in error.text("zh")

    def test_a_full_disk(self, tmp_path: Path, server: Restarted) -> None:
        """No file may grow beyond a limit, as on a disk that has no room left."""
        said = Claims()
        for i in range(5_000):
            said.entity("Firm", f"F{i}", description="满" * 400)
        db = said.write(tmp_path / "graph.duckdb")
        server.kill()
        largest = max(p.stat().st_size for p in (server.home / "data").rglob("*") if p.is_file())
        limit = (largest + ROOM, largest + ROOM)
        server.start(limit=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit))
        error = refused(db, server)
        assert error.key == "neo4j.server_failed"
        assert "disk" in error.text("en")
        server.kill()
        server.start()
        with Record.open(db) as record:
            again = push_to(record.view(), server.address).counts()["entities"]
        assert again["created"] + again["unchanged"] == 5_000


@pytest.fixture
def answering() -> Iterator[Callable[[bytes], int]]:
    """A port that answers the first words of a driver with what it is told, and hangs up."""
    listeners = []

    def listen(answer: bytes) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(1024)
                    connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        return int(listener.getsockname()[1])

    yield listen
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


@pytest.mark.parametrize("answer", [bytes(4), b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_a_server_that_speaks_no_version_that_we_know(
    answering: Callable[[bytes], int], answer: bytes
) -> None:
    """What a server without a protocol in common answers, and a web server."""
    uri = f"bolt://127.0.0.1:{answering(answer)}"
    with pytest.raises(UnreachableError) as error, reach(Server(uri, "neo4j", "x"), timeout=5):
        pass
    assert error.value.key == "neo4j.no_bolt"
    assert "Neo4j 5" in error.value.text("zh") and uri in error.value.text("en")


@pytest.mark.parametrize("agent", ["Neo4j/4.4.42", "Neo4j/3.5.35"])
def test_a_server_that_is_too_old(agent: str) -> None:
    with pytest.raises(UnreachableError) as error:
        check_version(agent)
    assert agent.partition("/")[2] in error.value.text("zh")


@pytest.mark.parametrize("agent", ["Neo4j/5.0.0", "Neo4j/2026.03.1", "Memgraph/3.1", ""])
def test_a_server_that_may_do(agent: str) -> None:
    check_version(agent)
