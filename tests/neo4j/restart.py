"""A Neo4j server that a test kills, starts again, or starts with other settings, on one folder."""

import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from neo4j import GraphDatabase
from neo4j.exceptions import DriverError, Neo4jError

from graph.cypher.keeper import die_with_parent
from graph.neo4j.server import Server
from tests.neo4j_server import CONFIG, JARS, START_SECONDS, _free_port, _set_password


class Restarted:
    """The server; `address` is where it answers while it runs."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = _free_port()
        self.process: subprocess.Popen[bytes] | None = None
        (home / "conf").mkdir(parents=True)
        self.address = Server(f"bolt://127.0.0.1:{self.port}", "neo4j", secrets.token_urlsafe(16))

    def start(self, settings: str = "", limit: Callable[[], None] = lambda: None) -> None:
        """Starts it, and waits until it answers. `limit` runs in the new process."""
        config = CONFIG.format(home=self.home, port=self.port) + settings
        (self.home / "conf" / "neo4j.conf").write_text(config, "utf-8")
        java = shutil.which("java")
        assert java is not None
        command = [java, "-Xmx400m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        command += ["-XX:-UsePerfData", "-cp", f"{JARS}/*"]
        command += ["org.neo4j.server.CommunityEntryPoint"]
        command += [f"--home-dir={self.home}", f"--config-dir={self.home / 'conf'}"]

        def prepare() -> None:
            die_with_parent()
            limit()

        with (self.home / "out.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, start_new_session=True, preexec_fn=prepare
            )
        if (self.home / "known").exists():
            self._wait()
        else:
            _set_password(self.address, self.process, self.home / "out.log")
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
