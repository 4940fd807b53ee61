"""Pushing to a real Neo4j: against one statement per row, and the best plain UNWIND loader.

100k entities and 500k relations by all three on one server, emptied in between, with the same
constraint and indexes; one statement per row is measured on a part and reckoned up. Wanted: at
least five times faster than one statement per row, at most twice the plain loader, which writes
the same properties but keeps no digests and has read its rows before the clock starts. Then a
second push, a push after one row in a hundred has changed, and the peak memory of our process.
`python -m bench.push 1000000` measures another size (relations five times as many).
"""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.made import make
from bench.measure import Measured, process
from bench.scale import INGEST
from graph.cypher.keeper import die_with_parent

JARS = Path(__file__).parent.parent / ".cache" / "neo4j" / "lib"
PART = 4_000
"""Rows that are written one by one."""

PLAIN_BATCH = 10_000

CONFIG = """\
server.directories.data={home}/data
server.directories.logs={home}/logs
server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.http.enabled=false
server.memory.pagecache.size=512m
dbms.usage_report.enabled=false
dbms.security.auth_enabled=false
"""

PUSH = """
import sys
import cli
sys.argv = ["graph", "push", "--db", sys.argv[1], "--uri", sys.argv[2]]
try:
    cli.main()
except SystemExit as end:
    sys.exit(end.code)
"""


def rows(entities: int = 100_000) -> Iterator[tuple[str, ...]]:
    """What was measured, one line each: what, seconds, MB, and the ratio to the rivals."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        db = folder / "graph.duckdb"
        make(folder / "data", entities, 5 * entities)
        process(INGEST, str(db), str(folder / "data"))
        os.environ["NEO4J_PASSWORD"] = secrets.token_hex(4)  # authentication is off
        with _server(folder / "neo4j") as uri:
            _empty(uri, db)
            single = _rival(uri, db, _one_by_one)
            _empty(uri, db)
            plain = _rival(uri, db, _unwind)
            _empty(uri, db)
            first = process(PUSH, str(db), uri)
            second = process(PUSH, str(db), uri)
            _change(folder / "data")
            process(
                INGEST.replace("unlink(missing_ok=True)", "exists()"), str(db), str(folder / "data")
            )
            third = process(PUSH, str(db), uri)
        size = f"{entities:,} and {5 * entities:,}"
        yield (f"one statement per row, {size} (reckoned)", f"{single:.0f}", "", "")
        yield ("plain UNWIND loader", f"{plain:.1f}", "", "")
        ratio = f"{single / first.seconds:.0f} × faster than single rows (at least 5), "
        ratio += f"{first.seconds / plain:.2f} × the plain loader (at most 2)"
        yield _row("graph push, first", first, ratio)
        yield _row(
            "graph push, nothing new", second, f"{first.seconds / second.seconds:.0f} × sooner"
        )
        yield _row("graph push, 1% changed", third, f"{first.seconds / third.seconds:.0f} × sooner")


def _row(what: str, done: Measured, against: str) -> tuple[str, ...]:
    return (what, f"{done.seconds:.1f}", f"{done.megabytes:.0f}", against)


def _change(data: Path) -> None:
    """Gives every hundredth firm and every hundredth provision another value, in its own line."""
    for name, column, value in (("firm", 3, "1979"), ("provides", 4, "1999")):
        path = data / f"{name}.csv"
        lines = path.read_text("utf-8").split("\n")
        for i in range(100, len(lines) - 1, 100):
            cells = lines[i].split(",")
            cells[column] = value
            lines[i] = ",".join(cells)
        path.write_text("\n".join(lines), "utf-8")


Rows = dict[str, tuple[str, list[list[Any]], list[str]]]
"""By class or relation: what to write, its rows, and the names of their columns."""


def _rival(uri: str, db: Path, load: Callable[[Any, Rows], float]) -> float:
    from neo4j import GraphDatabase

    with GraphDatabase.driver(uri) as driver, driver.session() as session:
        return load(session, _all_rows(db))


def _all_rows(db: Path) -> Rows:
    """The rows of the view with the columns that are used, as `graph push` writes them."""
    from graph.neo4j import changes, statements
    from graph.record import Record
    from graph.record.sql import ident

    found: Rows = {}
    with Record.open(db) as record:
        view = record.view()
        for name in [*view.entity_counts(), *view.relation_counts()]:
            kind = view.schema.classes.get(name) or view.schema.relations[name]
            used = changes.used(view, kind)
            node = name in view.schema.classes
            keys = ["id"] if node else ["from", "to", "eid"]
            listed = ", ".join(ident(c) for c in [*keys, *used])
            rows = view.con.execute(f"SELECT {listed} FROM ({changes.rows_sql(kind)})").fetchall()
            make = statements.create_nodes if node else statements.create_relations
            found[name] = (make(kind, used, marked=False), [list(r) for r in rows], used)  # type: ignore[operator]
    return found


def _unwind(session: Any, found: Rows) -> float:
    start = time.perf_counter()
    for statement, rows, _ in found.values():
        for i in range(0, len(rows), PLAIN_BATCH):
            session.run(statement, rows=rows[i : i + PLAIN_BATCH]).consume()
    return time.perf_counter() - start


def _one_by_one(session: Any, found: Rows) -> float:
    """Seconds that all rows would take, from the first of each kind."""
    total = 0.0
    for statement, rows, _ in found.values():
        single = statement.replace("UNWIND $rows AS row", "WITH $row AS row")
        some = rows[:PART]
        start = time.perf_counter()
        for row in some:
            session.run(single, row=row).consume()
        total += (time.perf_counter() - start) * len(rows) / max(len(some), 1)
    return total


def _empty(uri: str, db: Path) -> None:
    """Removes all data; makes the constraint and indexes that a push would make."""
    from neo4j import GraphDatabase

    from graph.schema import load
    from graph.schema.constraints import constraints

    with GraphDatabase.driver(uri) as driver, driver.session() as session:
        session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS").consume()
        for statement in constraints(load()):
            session.run(statement).consume()
        session.run("CALL db.awaitIndexes(300)").consume()


@contextmanager
def _server(home: Path) -> Iterator[str]:
    """The address of a server of its own, without authentication, on this machine only."""
    from neo4j import GraphDatabase
    from neo4j.exceptions import DriverError, Neo4jError

    java = shutil.which("java")
    if java is None or not any(JARS.glob("neo4j-server-*.jar")):
        sys.exit("no Java, or no Neo4j jars in .cache/neo4j/lib: run tests/neo4j/fetch.sh")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (home / "conf").mkdir(parents=True)
    (home / "conf" / "neo4j.conf").write_text(CONFIG.format(home=home, port=port), "utf-8")
    command = [java, "-Xmx2g", "-XX:+UseSerialGC", "-cp", f"{JARS}/*"]
    command += ["org.neo4j.server.CommunityEntryPoint"]
    command += [f"--home-dir={home}", f"--config-dir={home / 'conf'}"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, preexec_fn=die_with_parent)
    uri = f"bolt://127.0.0.1:{port}"
    try:
        while True:
            try:
                with GraphDatabase.driver(uri) as driver:
                    driver.verify_connectivity()
                break
            except (DriverError, Neo4jError):
                if server.poll() is not None:
                    sys.exit("the server ended before it answered")
                time.sleep(0.5)
        yield uri
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    for line in rows(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000):
        print(f"{line[0]:60} {line[1]:>9} {line[2]:>7}  {line[3]}", flush=True)
