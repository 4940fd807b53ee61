"""A Neo4j server that a test kills, starts again, or starts with other settings, on one folder."""

import os
import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from neo4j import GraphDatabase
from neo4j.exceptions import DriverError, Neo4jError

from graph.neo4j.server import Server
from tests.neo4j_server import START_SECONDS, free_port, launch, set_password


class Restarted:
    """The server; `address` is where it answers while it runs."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.address = Server(f"bolt://127.0.0.1:{self.port}", "neo4j", secrets.token_urlsafe(16))

    def start(self, settings: str = "", limit: Callable[[], None] = lambda: None) -> None:
        """Starts it, and waits until it answers. `limit` runs in the new process."""
        quick = ("-Xmx400m", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")
        self.process = launch(self.home, self.port, *quick, settings=settings, limit=limit)
        if (self.home / "known").exists():
            self._wait()
        else:
            set_password(self.address, self.process, self.home / "out.log")
            (self.home / "known").touch()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        auth = (self.address.user, self.address.password)
        while True:
            with suppress(DriverError, Neo4jError, OSError):
                with (
                    GraphDatabase.driver(self.address.uri, auth=auth) as driver,
                    driver.session() as session,
                ):
                    session.run("MATCH (n) RETURN count(n)").consume()
                return
            assert time.monotonic() < deadline, (self.home / "out.log").read_text()[-2000:]
            time.sleep(0.1)

    def kill(self) -> None:
        """Ends it at once, as a power cut would end the process."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        """Ends it in order."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait()
        self.process = None


@contextmanager
def restarted(home: Path) -> Iterator[Restarted]:
    server = Restarted(home)
    try:
        yield server
    finally:
        server.kill()
