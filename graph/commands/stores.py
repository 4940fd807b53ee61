"""The graph in Neo4j: out of the record, and into it."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from graph.errors import UsageError
from graph.options import (
    Database,
    Db,
    MappingOption,
    Output,
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

if TYPE_CHECKING:
    from graph.neo4j.tables import Table


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


@command("pull")
def pull(
    uri: Uri = None,
    user: User = None,
    database: Database = None,
    mapping: MappingOption = None,
    draft: Annotated[bool, typer.Option("--draft", help=_("opt_draft"))] = False,
    source: Annotated[str | None, typer.Option("--source", help=_("opt_source"))] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("opt_dry_run"))] = False,
    strict: Annotated[bool, typer.Option("--strict", help=_("opt_strict"))] = False,
    sync: Annotated[bool, typer.Option("--sync", help=_("opt_sync"))] = False,
    replace: Annotated[bool, typer.Option("--replace", help=_("opt_replace"))] = False,
    format: Annotated[str, format_option("table", "json")] = "table",
    output: Output = None,
    db: Db = None,
) -> None:
    from graph.neo4j.server import place, reach
    from graph.neo4j.tables import tables
    from graph.record import Record
    from graph.schema import load as load_schema
    from ingest import load, pulled, report
    from ingest.mapping import load_mapping

    said, schema = settings(db), load_schema()
    address = _address(uri, user, database, db)
    chosen = load_mapping(mapping) if mapping else None
    with reach(address) as driver, console.progress() as show:
        name, where = place(address, driver)
        found = tables(driver, address.database, schema, pulled.asked(chosen))
        if draft:
            _draft([t for t in found if pulled.kind_of(t, schema) is None], source or name, output)
            return
        options = load.Settings(said.currency, replace, strict, dry_run, sync)
        known = source or (chosen.source if chosen else name)
        with Record.open(said.db, write=True, memory=said.memory) as record:
            done = pulled.pull(
                record,
                found,
                source=known,
                place=where,
                mapping=chosen,
                settings=options,
                progress=show,
            )
            problems = report.problems(record, done)
    report.render(console, done, problems, format)
    left = {f.file for f in done.files if not f.placed}
    if left:
        names = ", ".join(f"{t.name} ({t.count:,})" for t in found if t.name in left)
        console.say("neo4j.not_read", tables=names)
    leave(report.exit_code(done, strict=strict))


def _draft(found: "list[Table]", source: str, output: Any) -> None:
    from graph.console import give
    from graph.schema import load as load_schema
    from ingest.draft import draft_graph
    from ingest.sheet import Sheet

    if not found:
        console.say("neo4j.nothing_to_map")
    sheets = [Sheet(t.name, t.headings(), lambda con, name: None) for t in found]
    give(draft_graph(sheets, load_schema(), source, console.lang), output)


def _address(uri: str | None, user: str | None, database: str | None, db: Any) -> Any:
    said = settings(db)
    if not (uri or said.neo4j.get("uri")):
        raise UsageError("cli.no_uri")
    return server(said, uri, user, database)
