"""The command line: parse, call, render. What a command does is elsewhere; heavy imports wait."""

import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from graph.console import write_file
from graph.errors import GraphError, UsageError
from graph.options import (
    Database,
    Db,
    Home,
    MappingOption,
    Output,
    RegionOption,
    Uri,
    User,
    command,
    console,
    end_on_signals,
    format_option,
    open_record,
    server,
    settings,
)
from graph.options import text as _

app = typer.Typer(
    help=_("program"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _exit(code: int) -> NoReturn:
    raise typer.Exit(code)


def _version(value: bool) -> None:
    if value:
        from importlib.metadata import version

        print(f"graph {version('innograph')}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", help=_("opt_version"), callback=_version, is_eager=True)
    ] = False,
) -> None:
    pass


@command(app, "init")
def init(
    folder: Annotated[Path, typer.Argument(help=_("arg_folder"), metavar="DIR")],
) -> None:
    from graph.export.forms import write_workspace
    from graph.schema import load

    written = write_workspace(load(), folder, console.lang)
    for path in written:
        print(path)
    console.say("cli.init_done", count=len(written), folder=folder)


@command(app, "ingest")
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
    options = load.Settings(said.currency, replace, strict, dry_run, sync)
    with Record.open(said.db, write=True, memory=said.memory) as record, console.progress() as show:
        done = load.ingest(record, found, mapping=chosen, settings=options, progress=show)
        problems = report.problems(record, done)
    report.render(console, done, problems, format)
    _exit(report.exit_code(done, strict=strict))


@command(app, "validate")
def validate(
    paths: Annotated[
        list[Path] | None, typer.Argument(help=_("arg_paths"), metavar="[FILE_OR_DIR...]")
    ] = None,
    mapping: MappingOption = None,
    format: Annotated[str, format_option("table", "json")] = "table",
    db: Db = None,
) -> None:
    from ingest import report
    from ingest.mapping import load_mapping

    said = settings(db)
    chosen = load_mapping(mapping) if mapping else None
    wrong = report.validate(said, paths or [], chosen, console)
    report.render_wrong(console, wrong, format)
    _exit(1 if wrong else 0)


@command(app, "map")
def map_(
    path: Annotated[Path, typer.Argument(help=_("arg_file"), metavar="FILE")],
    output: Output = None,
) -> None:
    from graph.console import give
    from graph.schema import load
    from ingest import draft, readers

    give(draft.draft_mapping(readers.read(path), load(), console.lang, path.name), output)


@command(app, "withdraw")
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


@command(app, "rejects")
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


@command(app, "stats")
def stats(
    format: Annotated[str, format_option("table", "json")] = "table",
    db: Db = None,
) -> None:
    from graph.export import summary
    from graph.record import describe

    with open_record(db) as record:
        summary.render_stats(console, describe.stats(record), record.schema, format)


@command(app, "show")
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


@command(app, "query")
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


@command(app, "push")
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


SEVERITY = Annotated[
    float | None, typer.Option("--fail-on", help=_("opt_fail_on"), min=0, max=1, metavar="SEVERITY")
]


@command(app, "gaps")
def gaps(
    chain: Annotated[str | None, typer.Option("--chain", help=_("opt_chain"))] = None,
    measure: Annotated[list[str] | None, typer.Option("--measure", help=_("opt_measure"))] = None,
    region: RegionOption = None,
    home: Home = None,
    where: Annotated[list[str] | None, typer.Option("--where", help=_("opt_where"))] = None,
    top: Annotated[int | None, typer.Option("--top", help=_("opt_top"), min=0)] = None,
    explain: Annotated[
        str | None, typer.Option("--explain", help=_("opt_explain"), metavar="ID")
    ] = None,
    fail_on: SEVERITY = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help=_("opt_as_of"), metavar="DATE")
    ] = None,
    format: Annotated[str, format_option("table", "json", "jsonl", "csv", "md")] = "table",
    output: Output = None,
    db: Db = None,
) -> None:
    from graph.export import findings
    from graph.gaps import run

    said = settings(db)
    with open_record(db) as record, console.progress() as step:
        step(_("working"))
        found = run(
            record.view(),
            home=home or said.home,
            region=region or said.region,
            chain=chain,
            measures=measure,
            where=where,
            settings=said.gaps,
            top=0 if explain else top,
            as_of=as_of,
        )
    findings.show(console, found, format, output, explain)
    if fail_on is not None and any(f.severity >= fail_on for f in found.findings):
        _exit(1)


@command(app, "export")
def export(
    kind: Annotated[str, typer.Argument(help=_("arg_export"), metavar="html|ttl|json")],
    output: Output = None,
    home: Home = None,
    region: RegionOption = None,
    db: Db = None,
) -> None:
    from graph import gaps
    from graph.console import give
    from graph.export import NEEDS_FINDINGS, exporter

    said = settings(db)
    write = exporter(kind)
    with open_record(db) as record, console.progress() as step:
        step(_("working"))
        view, found = record.view(), None
        if kind in NEEDS_FINDINGS:
            viewpoint = {"home": home or said.home, "region": region or said.region}
            found = gaps.run(view, **viewpoint, settings=said.gaps, top=0)
        content = write(view, found, console.lang, said)
    give(content, output)


@command(app, "demo")
def demo(
    folder: Annotated[Path, typer.Argument(help=_("arg_folder"), metavar="[DIR]")] = Path(
        "demo-out"
    ),
) -> None:
    from graph import gaps
    from graph.export import exporter
    from graph.resources import copy_demo
    from graph.settings import Settings
    from ingest import load, report
    from ingest.discover import discover

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("cli.demo_exists", folder=folder)
    data, db = copy_demo(folder / "data"), folder / "graph.duckdb"
    said = Settings(db=db, lang=console.lang, home="CN")
    with open_record(db, write=True) as record, console.progress() as step:
        done = load.ingest(record, discover([data], "demo"), command="demo", progress=step)
        step(_("working"))
        found = gaps.run(record.view(), home=said.home, top=0)
        for kind, name in (("json", "findings.json"), ("html", "page.html")):
            write_file(folder / name, exporter(kind)(record.view(), found, console.lang, said))
    report.render(console, done, [], "table")
    places = {
        name: folder / f for name, f in (("page", "page.html"), ("findings", "findings.json"))
    }
    console.say("cli.demo_done", **places, data=data, db=db)


@command(app, "schema")
def schema(
    methods: Annotated[bool, typer.Option("--methods", help=_("opt_methods"))] = False,
    format: Annotated[str, format_option("table", "json", "mermaid", "cypher")] = "table",
) -> None:
    from graph.export import schema_doc
    from graph.schema import load

    if methods:
        from graph import gaps

        schema_doc.show_methods(console, gaps.methods(), format)
    else:
        schema_doc.show(console, load(), format)


def main() -> None:
    """Runs the program; errors of ours end with a message and their exit code."""
    came = end_on_signals()
    try:
        app(prog_name="graph")
    except GraphError as error:
        if console.debug:
            raise
        console.fail(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except RuntimeError as error:
        if not came or "interrupted" not in str(error).lower():
            raise
        sys.exit(128 + came[0])


if __name__ == "__main__":
    main()
