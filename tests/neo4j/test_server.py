"""What is said when a database cannot be reached: what is wrong, where, and what to check."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from neo4j import Driver

from graph.cypher import ask
from graph.errors import QueryError, UnreachableError, UsageError
from graph.neo4j.server import Server, reach

SERVER = [pytest.mark.neo4j, pytest.mark.xdist_group("neo4j")]
COUNT = "MATCH (n:Entity) RETURN count(n)"


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        kept: list[socket.socket] = []

        def accept() -> None:
            while True:
                try:
                    kept.append(listener.accept()[0])
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        for connection in kept:
            connection.close()


def refusal(server: Server, timeout: float = 10.0) -> UnreachableError:
    with pytest.raises(UnreachableError) as error, reach(server, timeout=timeout):
        pass
    assert error.value.exit_code == 4
    for lang in ("zh", "en"):
        text = error.value.text(lang)  # type: ignore[arg-type]
        assert server.uri in text
        assert server.password not in text
        assert "\n" not in text and "Traceback" not in text
    return error.value


@pytest.mark.parametrize(
    "uri",
    [
        "localhost:7687",
        "http://localhost:7474",
        "bolt://",
        "",
        "file:///etc/passwd",
        "bolt//x",
        "bolt://host:port",
    ],
)
def test_an_address_that_is_none(uri: str) -> None:
    with pytest.raises(UsageError) as error, reach(Server(uri, "neo4j", "secret")):
        pass
    assert error.value.key == "neo4j.bad_uri"
    assert "bolt://" in error.value.text("zh")


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    error = refusal(Server(f"bolt://127.0.0.1:{port}", "neo4j", "secret"))
    assert error.key == "neo4j.no_answer"


def test_a_host_that_is_unknown() -> None:
    error = refusal(Server("bolt://no-such-host.invalid:7687", "neo4j", "secret"))
    assert error.key == "neo4j.no_answer"


def test_somebody_listens_and_is_silent(silent: int) -> None:
    begun = time.monotonic()
    error = refusal(Server(f"bolt://127.0.0.1:{silent}", "neo4j", "secret"), timeout=1)
    assert error.key == "neo4j.no_answer"
    assert time.monotonic() - begun < 20


def test_the_password_is_not_shown() -> None:
    assert "secret" not in repr(Server("bolt://x", "neo4j", "secret"))


@pytest.mark.neo4j
@pytest.mark.xdist_group("neo4j")
class TestRealServer:
    """The same with a server that answers."""

    def test_a_wrong_password(self, neo4j_server: Server) -> None:
        error = refusal(replace(neo4j_server, password="not the one"))
        assert error.key == "neo4j.wrong_password"
        assert "neo4j" in error.text("en")

    def test_a_wrong_user(self, neo4j_server: Server) -> None:
        error = refusal(replace(neo4j_server, user="nobody"))
        assert error.key == "neo4j.wrong_password"

    def test_a_wrong_database(self, neo4j_server: Server) -> None:
        error = refusal(replace(neo4j_server, database="nosuch"))
        assert error.key == "neo4j.no_database"
        assert "nosuch" in error.text("zh")

    def test_an_encrypted_address_of_a_plain_server(self, neo4j_server: Server) -> None:
        uri = neo4j_server.uri.replace("bolt://", "bolt+ssc://")
        assert refusal(replace(neo4j_server, uri=uri)).key == "neo4j.no_answer"

    def test_the_routing_scheme_works(self, neo4j_server: Server, neo4j_empty: Driver) -> None:
        uri = neo4j_server.uri.replace("bolt://", "neo4j://")
        assert ask.server(replace(neo4j_server, uri=uri), COUNT, {}).rows == [[0]]

    def test_a_query_that_writes_all_the_same(
        self, neo4j_server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(ask, "refuse_writes", lambda cypher: None)
        with pytest.raises(QueryError) as error:
            ask.server(neo4j_server, "CREATE (n:Entity {id: 'x'})", {})
        assert error.value.key == "neo4j.would_write"
        assert ask.server(neo4j_server, "MATCH (n {id: 'x'}) RETURN n", {}).rows == []

    def test_a_query_with_an_error(self, neo4j_server: Server) -> None:
        with pytest.raises(QueryError) as error:
            ask.server(neo4j_server, "MATCH (n RETURN n", {})
        assert error.value.key == "cypher.refused"
        assert error.value.exit_code == 2
