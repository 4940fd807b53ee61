"""Whether the record, RDF, the embedded engine and Neo4j hold the same graph."""

from pathlib import Path
from typing import Annotated

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
    leave,
    open_record,
    server,
    settings,
)
from graph.options import text as _


@command("verify")
def verify(
    uri: Uri = None,
    user: User = None,
    database: Database = None,
    rdf: Annotated[Path | None, typer.Option("--rdf", help=_("opt_rdf"))] = None,
    store: Annotated[
        list[str] | None,
        typer.Option("--store", help=_("opt_store"), metavar="record|rdf|cypher|neo4j"),
    ] = None,
    top: Annotated[int, typer.Option("--top", help=_("opt_top_verify"), min=0)] = 20,
    format: Annotated[str, format_option("table", "json")] = "table",
    db: Db = None,
) -> None:
    from graph.commands import reading_back as stores
    from graph.export import agreement

    said = settings(db)
    reachable = bool(uri or said.neo4j.get("uri"))
    chosen = stores.chosen(store or [], reachable)
    if rdf is not None and "rdf" not in chosen:
        raise UsageError("verify.rdf_not_chosen")
    address = server(said, uri, user, database) if "neo4j" in chosen else None
    places = stores.Places(said.db, said.memory, said.base, rdf, address)
    with open_record(db) as record, console.progress() as step:
        done = stores.verify(record, places, chosen, top or None, step)
        schema = record.schema
    agreement.render(console, done, schema, format)
    if not done.equal:
        leave(1)
