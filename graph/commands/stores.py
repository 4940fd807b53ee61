"""Questions in Cypher, and the graph in Neo4j."""

import sys
from typing import Annotated

import typer

from graph.errors import UsageError
from graph.options import (
    Database,
    Db,
    Output,
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


@command("query")
def query(
    cypher: Annotated[str, typer.Argument(help=_("arg_cypher"), metavar="CYPHER")],
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", help=_("opt_param"), metavar="KEY=VALUE")
    ] = None,
    uri: Uri = None,
    user: User = None,
    database: Database = None,
    format: Annotated[str, format_option("table", "json", "csv")] = "table",
    output: Output = None,
    db: Db = None,
) -> None:
    from graph.cypher import ask, parameters
    from graph.export import answers

    said = settings(db)
    text = sys.stdin.read() if cypher == "-" else cypher
    given = parameters.parse(param or [])
    if uri or said.neo4j.get("uri"):
        address = server(said, uri, user, database)
        result = ask.server(address, text, given)
    else:
        with console.progress() as step:
            result = ask.embedded(said.db, text, given, memory=said.memory, progress=step)
    answers.render(console, result.columns, result.rows, format, output)
    if not result.rows and not (uri or said.neo4j.get("uri")):
        from graph.console import listed
        from graph.cypher.unknown_names import unknown_names
        from graph.schema import load

        for name, near in unknown_names(text, load()):
            key = "unknown_name_near" if near else "unknown_name"
            console.say(f"cypher.{key}", name=name, near=listed(near))


@command("push")
def push(
    uri: Uri = None,
    user: User = None,
    database: Database = None,
    format: Annotated[str, format_option("table", "json")] = "table",
    db: Db = None,
) -> None:
    from graph.export import summary
    from graph.neo4j.push import push_to

    said = settings(db)
    if not (uri or said.neo4j.get("uri")):
        raise UsageError("cli.no_uri")
    address = server(said, uri, user, database)
    with open_record(db) as record, console.progress() as step:
        result = push_to(record.view(), address, progress=step)
    summary.render_counts(console, result.counts(), format)
