"""Asking in Cypher: the embedded engine, which is built from the record first, or a server."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.cypher.cache import Cache
from graph.cypher.columns import columns_of
from graph.cypher.differences import explained, refuse_silent
from graph.cypher.readonly import refuse_writes
from graph.errors import QueryError, UnreachableError
from graph.neo4j.push import push
from graph.neo4j.server import Server, reach, tidy

if TYPE_CHECKING:
    from neo4j import Driver, Session
    from neo4j.exceptions import ClientError

    from graph.cypher.engine import Engine
    from graph.cypher.result import Result

Progress = Callable[[str], None]

READ_ONLY = "read only"
"""What the embedded engine says of every query that it cannot read, whatever the cause."""

_PARSER = re.compile(r"\s*->\s*\w+Exception$")


def embedded(
    db: Path,
    cypher: str,
    parameters: Mapping[str, Any],
    *,
    memory: str = "1500MB",
    progress: Progress = lambda text: None,
) -> "Result":
    """The answer of the embedded engine to a reading query on the record at `db`.

    The engine's database is made from the record when the record has changed since. Raises
    QueryError for a query that would write, that the engine refuses, or that it would answer
    otherwise than Neo4j, UnreachableError when the engine does not start, and what opening the
    record raises.
    """
    from graph.record.store import Record
    from graph.record.view import record_digest

    refuse_writes(cypher)
    refuse_silent(cypher)
    while True:
        with Record.open(db, memory=memory) as record:
            cache = Cache(db, record_digest(record.con, record.schema), memory=memory)
            cache.ensure(
                lambda driver, base: push(record.view(), driver, base, progress=progress), progress
            )
        with cache.reading() as engine:
            if engine is not None:
                return by_engine(engine, cypher, parameters)


def server(address: Server, cypher: str, parameters: Mapping[str, Any]) -> "Result":
    """The answer of a server to a reading query.

    The server is told that the query reads, and refuses one that would write all the same.
    Raises QueryError for what we or the server refuse, and what `reach` raises.
    """
    refuse_writes(cypher)
    from neo4j.exceptions import ClientError

    with reach(address) as driver:
        try:
            return run(driver, address.database, cypher, parameters)
        except ClientError as error:
            if not (error.code or "").startswith("Neo.ClientError.Statement") or _writes(error):
                raise
            raise QueryError("cypher.refused", detail=tidy(error)) from error


def run(
    driver: "Driver", database: str | None, cypher: str, parameters: Mapping[str, Any]
) -> "Result":
    """Runs a query for reading and turns its values into plain ones."""
    from neo4j import READ_ACCESS

    from graph.cypher.result import Result, ends_without_id, plain

    with driver.session(database=database, default_access_mode=READ_ACCESS) as session:
        answer = session.run(cypher, dict(parameters))
        columns = list(answer.keys())
        rows = [list(record.values()) for record in answer]
        ids = _ids(session, ends_without_id(rows))
    return Result(columns, [[plain(value, ids) for value in row] for row in rows])


def by_engine(engine: "Engine", cypher: str, parameters: Mapping[str, Any]) -> "Result":
    """The answer of a running engine; QueryError says in its own words what it refuses."""
    from neo4j.exceptions import DriverError, Neo4jError

    from graph.cypher.result import Result

    try:
        result = run(engine.driver, engine.database, cypher, parameters)
    except Neo4jError as error:
        detail = tidy(error)
        if READ_ONLY in detail:
            detail = engine.explain(cypher, parameters) or detail
        if known := explained(cypher, detail):
            raise known from error
        if READ_ONLY in detail or "not idempotent" in detail:
            raise QueryError("cypher.not_reading") from error
        raise QueryError("cypher.refused", detail=_PARSER.sub("", detail)) from error
    except DriverError as error:
        raise UnreachableError("cypher.ended", detail=tidy(error)) from error
    return result if result.columns else Result(columns_of(cypher), result.rows)


def _writes(error: "ClientError") -> bool:
    return (error.code or "").endswith("AccessMode")


def _ids(session: "Session", bare: set[str]) -> dict[str, Any]:
    """Our ids of nodes known by the engine's element ids only."""
    if not bare:
        return {}
    found = session.run(
        "UNWIND $bare AS e MATCH (n) WHERE elementId(n) = e RETURN e, n.id", bare=sorted(bare)
    )
    return {record[0]: record[1] for record in found}
