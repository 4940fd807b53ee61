"""Reaching a database by Bolt, and saying in our words why it cannot be reached."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graph.errors import GraphError, QueryError, UnreachableError, UsageError

if TYPE_CHECKING:
    from neo4j import Driver
    from neo4j.exceptions import DriverError, Neo4jError

READ_ONLY = ("WriteOnReadOnlyAccessDatabase", "ForbiddenOnReadOnlyDatabase", "NotALeader")
DETAIL = 160
"""Characters of what a failing server says: it goes into its transactions at length."""

SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")
CONNECT_SECONDS = 10.0
RETRY_SECONDS = 15.0
OLDEST = 5
"""The first major version of Neo4j whose Cypher is that of the statements here."""


@dataclass(frozen=True)
class Server:
    """Where a database is and who asks. `database` None is the server's own default."""

    uri: str
    user: str
    password: str = field(repr=False)
    database: str | None = None


@contextmanager
def reach(server: Server, *, timeout: float = CONNECT_SECONDS) -> Iterator["Driver"]:
    """A driver that has been let in to `server.database`, closed at the end.

    What the driver raises inside the block comes out as an error of ours: UnreachableError for an
    address that does not answer (within `timeout` seconds), a wrong password, a database that is
    not there; QueryError for what the server refuses. UsageError for an address that is none.
    """
    from neo4j import GraphDatabase
    from neo4j.exceptions import ConfigurationError, DriverError, Neo4jError

    if server.uri.partition("://")[0] not in SCHEMES or not server.uri.partition("://")[2]:
        raise UsageError("neo4j.bad_uri", uri=server.uri)
    try:
        driver = GraphDatabase.driver(
            server.uri,
            auth=(server.user, server.password),
            connection_timeout=timeout,
            connection_acquisition_timeout=timeout * 2,
            max_transaction_retry_time=RETRY_SECONDS,
            notifications_min_severity="OFF",
        )
    except (ConfigurationError, ValueError) as error:
        raise UsageError("neo4j.bad_uri", uri=server.uri) from error
    with driver:
        try:
            _knock(driver, server)
        except (Neo4jError, DriverError, OSError) as error:
            raise spoken(error, server) from error
        try:
            yield driver
        except (Neo4jError, DriverError, OSError) as error:
            raise spoken(error, server, let_in=True) from error


def _knock(driver: "Driver", server: Server) -> None:
    try:
        with driver.session(database=server.database) as session:
            session.run("RETURN 1").consume()
    except ValueError as error:  # the driver's word for a host or port that cannot be one
        raise UsageError("neo4j.bad_uri", uri=server.uri) from error


def place(server: Server, driver: "Driver") -> tuple[str, str]:
    """What a database is called: its name and host, as a source; and its address, without user.

    Raises UnreachableError for a server that is too old.

    >>> _place("neo4j+s://me@db.example.org", "kg")
    ('kg@db.example.org:7687', 'neo4j+s://db.example.org:7687/kg')
    """
    with driver.session(database=server.database) as session:
        answer = session.run("RETURN 1").consume()
    check_version(answer.server.agent or "")
    name = answer.database
    return _place(server.uri, name or server.database or "neo4j")


def _place(uri: str, name: str) -> tuple[str, str]:
    from urllib.parse import urlsplit

    parts = urlsplit(uri)
    host = parts.hostname or "localhost"
    host = f"[{host}]" if ":" in host else host
    where = f"{host}:{parts.port or 7687}"
    return f"{name}@{where}", f"{parts.scheme}://{where}/{name}"


def check_version(agent: str) -> None:
    """Refuses a server of which we know that it is too old; `agent` is what it calls itself.

    >>> check_version("Neo4j/5.26.20"), check_version("Neo4j/2025.10.1")
    (None, None)
    """
    found = re.match(r"Neo4j/v?(\d+)", agent)
    if found and int(found[1]) < OLDEST:
        raise UnreachableError("neo4j.too_old", found=agent.partition("/")[2], oldest=OLDEST)


def spoken(
    error: "Neo4jError | DriverError | OSError", server: Server, *, let_in: bool = False
) -> GraphError:
    """The error of ours that says what `error` of the driver means; `let_in`: it came later."""
    from neo4j.exceptions import (
        AuthError,
        Neo4jError,
        ServiceUnavailable,
        SessionExpired,
        UnsupportedServerProduct,
    )

    code = getattr(error, "code", None) or ""
    where = {"uri": server.uri, "user": server.user, "database": server.database or "neo4j"}
    detail = tidy(error)
    if isinstance(error, UnsupportedServerProduct) or "looks like HTTP" in str(error):
        return UnreachableError("neo4j.no_bolt", oldest=OLDEST, **where)
    if code.endswith("AuthenticationRateLimit"):
        return UnreachableError("neo4j.too_many_tries", **where)
    if code.endswith("CredentialsExpired"):
        return UnreachableError("neo4j.password_expired", **where)
    if isinstance(error, AuthError):
        return UnreachableError("neo4j.wrong_password", **where)
    broken = isinstance(error, ServiceUnavailable | SessionExpired | OSError)
    if let_in and (broken or code.endswith("DatabaseUnavailable")):
        return UnreachableError("neo4j.went_away", detail=detail, **where)
    if code.endswith(("DatabaseNotFound", "DatabaseUnavailable")):
        return UnreachableError("neo4j.no_database", **where)
    if code.endswith(("Security.Forbidden", "Security.AuthorizationFailed")):
        return UnreachableError("neo4j.forbidden", detail=detail, **where)
    if code.endswith(READ_ONLY):
        return UnreachableError("neo4j.read_only", **where)
    if code.startswith("Neo.DatabaseError."):
        return UnreachableError("neo4j.server_failed", detail=detail[:DETAIL], **where)
    if code.endswith("Statement.AccessMode"):
        return QueryError("neo4j.would_write", **where)
    if broken:
        return UnreachableError("neo4j.no_answer", detail=detail, **where)
    if isinstance(error, Neo4jError):
        return QueryError("neo4j.refused", detail=detail, **where)
    return UnreachableError("neo4j.no_answer", detail=detail, **where)


def tidy(error: BaseException) -> str:
    """What an error of the driver says, as one line without its codes."""
    text = getattr(error, "message", None) or str(error) or type(error).__name__
    first: str = text.strip().splitlines()[0].strip()
    return first.rstrip(":. ") or type(error).__name__
