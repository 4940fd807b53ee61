"""The embedded Cypher engine (ArcadeDB), as a child process that speaks Bolt on this machine only.

In-process it crashed at exit, so it is never loaded into ours. The wheel `arcadedb-embedded` brings
a Java runtime; a random password goes to it through the environment; a keeper process ends it when
we end, also when we are killed.
"""

import base64
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.cypher import keeper, rights
from graph.errors import UnreachableError
from graph.record.locks import held

if TYPE_CHECKING:
    from neo4j import Driver

DATABASE = "neo4j"
USER = "root"
PACKAGE = "arcadedb-embedded"
START_SECONDS = 60.0
TRIES = 3
UNNEEDED = ("console", "graphql", "integration", "mcp", "postgresw", "redisw")
"""Parts of the engine that only cost start time, or open more doors."""

UNICODE = {"LC_ALL": "C.UTF-8"} if sys.platform == "linux" else {}
"""Without it Java cannot open a path with Chinese characters where the locale is plain C."""


@dataclass(frozen=True)
class Engine:
    """A running engine: its driver, ports, and the password of `USER`.

    `explain` asks it, by HTTP, why it refuses a query.
    """

    driver: "Driver"
    bolt: int
    http: int
    password: str = field(repr=False)
    process: "subprocess.Popen[bytes]" = field(repr=False)
    database: str = DATABASE

    def wait(self) -> None:
        """Waits until the engine has ended."""
        self.process.wait()

    def explain(self, cypher: str, parameters: Mapping[str, Any]) -> str | None:
        """The engine's own words on a query that it refuses; None where it does not refuse.

        By Bolt a read-only database answers every query that it cannot read, also one with a
        typing error, with "read only".
        """
        body = {"language": "opencypher", "command": cypher, "params": dict(parameters)}
        return self.command(f"query/{self.database}", body)

    def command(self, path: str, body: Mapping[str, Any]) -> str | None:
        """Sends a command by HTTP; the engine's own words where it refuses, else None."""
        token = base64.b64encode(f"{USER}:{self.password}".encode()).decode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.http}/api/v1/{path}",
            data=json.dumps(body, default=str).encode(),
            headers={"Authorization": f"Basic {token}", "Content-Type": "application/json"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=30):
                return None
        except urllib.error.HTTPError as error:
            said = json.loads(error.read() or b"{}")
            return str(said.get("detail") or said.get("error") or error.reason)
        except OSError:
            return None


@dataclass(frozen=True)
class Serving:
    """How others are let in: on a copy made in `folder`, at Bolt's `port` (0: any), with a password
    of the user `graph.cypher.rights.READER`.
    """

    folder: Path
    port: int
    password: str = field(repr=False)


def heap_of(memory: str) -> str:
    """A bound of memory as the Java runtime writes it, from one as DuckDB does.

    >>> heap_of("1500MB"), heap_of("2 GiB"), heap_of("10KB")
    ('1500m', '2048m', '256m')
    """
    match = re.fullmatch(r"\s*([\d.]+)\s*([KMGT]?)i?B?\s*", memory, re.IGNORECASE)
    if match is None:
        return "1500m"
    unit = {"K": 1 / 1024, "": 1 / 1024**2, "M": 1, "G": 1024, "T": 1024**2}
    return f"{max(256, int(float(match[1]) * unit[match[2].upper()]))}m"


def engine_version() -> str:
    """The version of the engine; UnreachableError where it is not installed."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError as error:
        raise UnreachableError("cypher.no_engine", package=PACKAGE) from error


@contextmanager
def running(
    databases: Path,
    *,
    write: bool = False,
    heap: str = "1500m",
    served: Serving | None = None,
) -> Iterator[Engine]:
    """The engine on the folder `databases`, until the end of the block.

    For reading, several processes may use a folder at once, nothing is locked, and the engine is
    ended without ceremony; with `write` it makes the database and closes it properly. When it is
    `served` to others it works on a copy, and lets a user in who may only read: a database that is
    opened for reading refuses the transactions in which the drivers read.
    Raises UnreachableError when it does not start.
    """
    words = b""
    for _ in range(TRIES):
        with (
            tempfile.TemporaryDirectory(
                prefix="graph-cypher-",
                dir=served.folder.absolute() if served else None,
                ignore_cleanup_errors=True,
            ) as scratch,
            _copied(databases, Path(scratch)) if served else nullcontext(databases) as used,
        ):
            process, order = _launch(used, Path(scratch), write, heap, served)
            try:
                engine = _wait(process, order)
            except _NotStartedError:
                words = _end(process)
                continue
            except BaseException:
                _end(process)
                raise
            try:
                with engine.driver:
                    yield engine
                if write:
                    _tell(process, "stop")
                    process.wait()
            finally:
                _end(process)
            return
    raise UnreachableError("cypher.not_started", detail=_telling(words))


@contextmanager
def _copied(databases: Path, scratch: Path) -> Iterator[Path]:
    """A copy of the databases, locked so that nobody takes its folder for a leftover."""
    with held(scratch / "in-use", shared=True):
        shutil.copytree(databases, scratch / "databases")
        yield scratch / "databases"


class _NotStartedError(Exception):
    """The engine ended, or did not answer in time."""


@dataclass(frozen=True)
class _Order:
    command: list[str]
    password: str
    bolt: int
    http: int


def _launch(
    databases: Path, scratch: Path, write: bool, heap: str, served: Serving | None
) -> tuple["subprocess.Popen[bytes]", _Order]:
    bolt, http = _free_ports()
    password = secrets.token_urlsafe(24)
    options = f"-Darcadedb.server.rootPassword={password}"
    if served:  # it finds its users in a file: Java notes its options in the log
        bolt, write = served.port or bolt, True
        rights.write(scratch, DATABASE, {USER: password, rights.READER: served.password})
    order = _Order(_command(databases, scratch, bolt, http, write, heap), password, bolt, http)
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", "-S", keeper.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C in the terminal is for us; we end the engine
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
    said = {
        "command": order.command,
        "env": UNICODE if served else {**UNICODE, "JDK_JAVA_OPTIONS": options},
        "log": str(scratch / "engine.log"),
        "scratch": str(scratch),
    }
    _tell(process, json.dumps(said))
    return process, order


def _command(
    databases: Path, scratch: Path, bolt: int, http: int, write: bool, heap: str
) -> list[str]:
    home = _home()
    jars = [
        str(jar)
        for jar in sorted((home / "jars").glob("*.jar"))
        if not any(jar.name.startswith(f"arcadedb-{part}-") for part in UNNEEDED)
    ]
    settings = {
        "server.rootPath": scratch,
        "server.databaseDirectory": databases.absolute(),
        "server.defaultDatabases": f"{DATABASE}[{USER}]",
        "server.defaultDatabaseMode": "READ_WRITE" if write else "READ_ONLY",
        "server.plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
        "server.httpIncomingHost": "127.0.0.1",
        "server.httpIncomingPort": http,
        "server.saltIterations": 1,  # the password is random and lives as long as the process
        "serverMetrics": "false",
        "bolt.host": "127.0.0.1",
        "bolt.port": bolt,
        "bolt.maxMessageSize": 2**30,
        "bolt.packstream.maxValueLength": 2**30,
        "opencypher.loadCsv.allowFileUrls": "false",
        "opencypher.loadCsv.allowRemoteUrls": "false",
    }
    return [
        str(home / "jre" / "bin" / ("java.exe" if os.name == "nt" else "java")),
        f"-Xmx{heap}",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",  # lives for seconds: half the work of compiling fully
        "-XX:-UsePerfData",
        f"-XX:ErrorFile={scratch / 'jvm.log'}",
        "-Dfile.encoding=UTF-8",
        "-Djava.awt.headless=true",
        "-Dpolyglot.engine.WarnInterpreterOnly=false",
        "--add-modules=jdk.incubator.vector",
        "--enable-native-access=ALL-UNNAMED",
        "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
        "--add-opens=java.base/java.nio.channels.spi=ALL-UNNAMED",
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
        *(f"-Darcadedb.{name}={value}" for name, value in settings.items()),
        "-cp",
        os.pathsep.join(jars),
        "com.arcadedb.server.ArcadeDBServer",
    ]


def _home() -> Path:
    spec = find_spec(PACKAGE.replace("-", "_"))
    if spec is None or not spec.submodule_search_locations:
        raise UnreachableError("cypher.no_engine", package=PACKAGE)
    return Path(spec.submodule_search_locations[0])


def _free_ports() -> tuple[int, int]:
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]


def _wait(process: "subprocess.Popen[bytes]", order: _Order) -> Engine:
    """Waits until the database answers; the port opens a little before it does."""
    from neo4j import GraphDatabase
    from neo4j.exceptions import DriverError, Neo4jError

    deadline = time.monotonic() + START_SECONDS
    while not _listens(order.bolt):
        if process.poll() is not None or time.monotonic() > deadline:
            raise _NotStartedError
        time.sleep(0.01)
    driver = GraphDatabase.driver(
        f"bolt://127.0.0.1:{order.bolt}",
        auth=(USER, order.password),
        notifications_min_severity="OFF",
    )
    while True:
        try:
            with driver.session(database=DATABASE) as session:
                session.run("RETURN 1").consume()
            return Engine(driver, order.bolt, order.http, order.password, process)
        except (Neo4jError, DriverError) as error:
            if process.poll() is not None or time.monotonic() > deadline:
                driver.close()
                raise _NotStartedError from error
            time.sleep(0.02)
        except BaseException:
            driver.close()
            raise


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def _telling(output: bytes) -> str:
    """The lines of the engine's log that say most: the last that speaks of an error, and on."""
    lines = [line.strip() for line in output.decode("utf-8", "replace").split("\n")]
    lines = [line for line in lines if line] or ["?"]
    errors = [i for i, line in enumerate(lines) if "rror" in line or "xception" in line]
    first = errors[-1] if errors else len(lines) - 1
    return " ".join(lines[first : first + 2])


def _tell(process: "subprocess.Popen[bytes]", line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line.encode() + b"\n")
    process.stdin.flush()


def _end(process: "subprocess.Popen[bytes]") -> bytes:
    """Ends the keeper, and with it the engine, at once; gives the last of the engine's log."""
    assert process.stdin is not None and process.stdout is not None
    with suppress(BrokenPipeError):
        process.stdin.close()
    with process.stdout:
        words = process.stdout.read()
    process.wait()
    return words
