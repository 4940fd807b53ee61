"""The graph in Neo4j: out of the record, and into it."""

from typing import Annotated, Any

import typer

from graph.errors import UsageError
from graph.options import (
    Database,
    Db,
    Uri,
    User,
    command,
    console,
    format_option,
    open_record,
    server,
    settings,
)
from graph.options import text as _


@command("push")
def push(
    uri: Uri = None,
    user: User = None,
    database: Database = None,
    full: Annotated[bool, typer.Option("--full", help=_("opt_full"))] = False,
    detach: Annotated[bool, typer.Option("--detach", help=_("opt_detach"))] = False,
    format: Annotated[str, format_option("table", "json")] = "table",
    db: Db = None,
) -> None:
    from graph.neo4j import report
    from graph.neo4j.push import push_to

    address = _address(uri, user, database, db)
    with open_record(db) as record, console.progress() as step:
        result = push_to(record.view(), address, full=full, detach=detach, progress=step)
    report.render(console, result, format)


def _address(uri: str | None, user: str | None, database: str | None, db: Any) -> Any:
    said = settings(db)
    if not (uri or said.neo4j.get("uri")):
        raise UsageError("cli.no_uri")
    return server(said, uri, user, database)
