"""What goes into the record, and what is in it."""

from pathlib import Path
from typing import Annotated

import typer

from graph.options import (
    Db,
    MappingOption,
    Output,
    command,
    console,
    format_option,
    leave,
    open_record,
    settings,
)
from graph.options import text as _


@command("init")
def init(
    folder: Annotated[Path, typer.Argument(help=_("arg_folder"), metavar="DIR")],
) -> None:
    from graph.export.forms import write_workspace
    from graph.schema import load

    written = write_workspace(load(), folder, console.lang)
    for path in written:
        print(path)
    console.say("cli.init_done", count=len(written), folder=folder)


@command("ingest")
def ingest(
    paths: Annotated[list[Path], typer.Argument(help=_("arg_paths"), metavar="FILE_OR_DIR...")],
    mapping: MappingOption = None,
    source: Annotated[str | None, typer.Option("--source", help=_("opt_source"))] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("opt_dry_run"))] = False,
    strict: Annotated[bool, typer.Option("--strict", help=_("opt_strict"))] = False,
    sync: Annotated[bool, typer.Option("--sync", help=_("opt_sync"))] = False,
    replace: Annotated[bool, typer.Option("--replace", help=_("opt_replace"))] = False,
    format: Annotated[str, format_option("table", "json")] = "table",
    db: Db = None,
) -> None:
    from graph.record import Record
    from ingest import load, report
    from ingest.discover import discover
    from ingest.mapping import load_mapping

    said = settings(db)
    chosen = load_mapping(mapping) if mapping else None
    found = discover(paths, source or (chosen.source if chosen else None))
    options = load.Settings(said.currency, replace, strict, dry_run, sync, said.base)
    with Record.open(said.db, write=True, memory=said.memory) as record, console.progress() as show:
        done = load.ingest(record, found, mapping=chosen, settings=options, progress=show)
        problems = report.problems(record, done)
    report.render(console, done, problems, format)
    leave(report.exit_code(done, strict=strict))


@command("map")
def map_(
    path: Annotated[Path, typer.Argument(help=_("arg_file"), metavar="FILE")],
    output: Output = None,
) -> None:
    from graph.console import give
    from graph.schema import load
    from ingest import draft, rdf, readers

    if rdf.can_read(path):
        from ingest.rdf.listing import listing

        give(listing(path, load(), settings(None).base), output)
        return
    give(draft.draft_mapping(readers.read(path), load(), console.lang, path.name), output)


@command("withdraw")
def withdraw(
    names: Annotated[
        list[str], typer.Argument(help=_("arg_withdraw"), metavar="FILE_OR_SOURCE...")
    ],
    db: Db = None,
) -> None:
    from graph.errors import RecordMissingError
    from graph.record import Record
    from graph.record.write import Run

    said = settings(db)
    if not said.db.is_file():
        raise RecordMissingError("record.missing", path=said.db)
    with (
        Record.open(said.db, write=True, memory=said.memory) as record,
        Run(record, "withdraw") as run,
    ):
        gone = [file for name in names for file in run.withdraw(name)]
    for file in gone:
        print(file)
    console.say("cli.withdrawn", count=len(gone))


@command("rejects")
def rejects(
    format: Annotated[str, format_option("table", "json", "csv")] = "table",
    output: Output = None,
    db: Db = None,
) -> None:
    from graph.export import refused
    from graph.record import describe

    with open_record(db) as record:
        rows = describe.rejects(record, console.lang)
    refused.render(console, rows, format, output)


@command("stats")
def stats(
    format: Annotated[str, format_option("table", "json")] = "table",
    db: Db = None,
) -> None:
    from graph.export import summary
    from graph.record import describe

    with open_record(db) as record:
        summary.render_stats(console, describe.stats(record), record.schema, format)


@command("show")
def show(
    name: Annotated[str, typer.Argument(help=_("arg_name"), metavar="ID_OR_NAME")],
    format: Annotated[str, format_option("table", "json")] = "table",
    db: Db = None,
) -> None:
    from graph import gaps
    from graph.export import summary
    from graph.record import describe

    said = settings(db)
    with open_record(db) as record:
        view = record.view()
        entity = describe.entity(view, describe.find(view, name))
        found = gaps.run(view, home=said.home, region=said.region, settings=said.gaps, top=0)
        naming = [
            f
            for f in found.findings
            if entity["id"] in (f.subject.id, f.object.id if f.object else None)
        ]
        summary.render_entity(console, entity, naming, record.schema, format)
