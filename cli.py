"""The command line: parse, call, render. What a command does is elsewhere; heavy imports wait."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from graph.console import Console, write_file
from graph.errors import GraphError, UsageError
from graph.messages import Lang, locale_lang, say


def _start_language() -> Lang:
    """The language of help texts, needed before options are parsed."""
    words = sys.argv[1:]
    for i, word in enumerate(words):
        value = word.removeprefix("--lang=")
        if word == "--lang" and i + 1 < len(words):
            value = words[i + 1]
        if value in ("zh", "en") and (value != word or words[i - 1] == "--lang"):
            return "zh" if value == "zh" else "en"
    chosen = os.environ.get("GRAPH_LANG", "")
    if chosen in ("zh", "en"):
        return "zh" if chosen == "zh" else "en"
    return locale_lang()


console = Console(lang=_start_language())


def _(key: str) -> str:
    return say(f"cli.{key}", console.lang)


app = typer.Typer(
    help=_("program"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _take_lang(value: str | None) -> str | None:
    if value is not None:
        if value not in ("zh", "en"):
            raise typer.BadParameter("zh | en")
        console.lang = "zh" if value == "zh" else "en"
    return value


def _take_quiet(value: bool) -> bool:
    console.quiet = console.quiet or value
    return value


def _take_debug(value: bool) -> bool:
    console.debug = console.debug or value
    return value


Db = Annotated[Path | None, typer.Option("--db", help=_("opt_db"), metavar="PATH")]
LangOption = Annotated[
    str | None,
    typer.Option("--lang", help=_("opt_lang"), metavar="zh|en", callback=_take_lang, is_eager=True),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help=_("opt_quiet"), callback=_take_quiet, is_eager=True)
]
Debug = Annotated[
    bool, typer.Option("--debug", help=_("opt_debug"), callback=_take_debug, is_eager=True)
]
Output = Annotated[Path | None, typer.Option("--output", "-o", help=_("opt_output"))]
MappingOption = Annotated[
    str | None, typer.Option("--mapping", "-m", help=_("opt_mapping"), metavar="NAME|FILE")
]
Uri = Annotated[str | None, typer.Option("--uri", help=_("opt_uri"), metavar="bolt://HOST:PORT")]
User = Annotated[str | None, typer.Option("--user", help=_("opt_user"))]
Database = Annotated[str | None, typer.Option("--database", help=_("opt_database"))]
Home = Annotated[str | None, typer.Option("--home", help=_("opt_home"))]
RegionOption = Annotated[str | None, typer.Option("--region", help=_("opt_region"))]


def _format(*allowed: str) -> Any:
    def check(value: str) -> str:
        if value not in allowed:
            raise typer.BadParameter(" | ".join(allowed))
        return value

    return typer.Option("--format", "-f", help=_("opt_format"), metavar="|".join(allowed), callback=check)


def _settings(db: Path | None) -> "Any":
    from dataclasses import replace

    from graph import settings

    said = settings.read()
    if console.lang != said.lang and _language_not_asked():
        console.lang = said.lang
    return replace(said, db=db) if db else said


def _language_not_asked() -> bool:
    return not any(w == "--lang" or w.startswith("--lang=") for w in sys.argv[1:])


def _open(db: Path | None, *, write: bool = False) -> "Any":
    from graph.record import Record

    said = _settings(db)
    return Record.open(said.db, write=write, memory=said.memory)


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


@app.command(help=_("init"))
def init(
    folder: Annotated[Path, typer.Argument(help=_("arg_folder"), metavar="DIR")],
    lang: LangOption = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    from graph.export.templates import write_workspace
    from graph.schema import load

    written = write_workspace(load(), folder, console.lang)
    for path in written:
        print(path)
    console.say("cli.init_done", count=len(written), folder=folder)


@app.command(help=_("ingest"))
def ingest(
    paths: Annotated[list[Path], typer.Argument(help=_("arg_paths"), metavar="FILE_OR_DIR...")],
    mapping: MappingOption = None,
    source: Annotated[str | None, typer.Option("--source", help=_("opt_source"))] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("opt_dry_run"))] = False,
    strict: Annotated[bool, typer.Option("--strict", help=_("opt_strict"))] = False,
    sync: Annotated[bool, typer.Option("--sync", help=_("opt_sync"))] = False,
    replace: Annotated[bool, typer.Option("--replace", help=_("opt_replace"))] = False,
    format: Annotated[str, _format("table", "json")] = "table",
    db: Db = None,
    lang: LangOption = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    from graph.record import Record
    from ingest import load, report
    from ingest.discover import discover
    from ingest.mapping import load_mapping

    said = _settings(db)
    chosen = load_mapping(mapping) if mapping else None
    found = discover(paths, source or (chosen.source if chosen else None))
    options = load.Settings(said.currency, replace, strict, dry_run, sync)
    with Record.open(said.db, write=True, memory=said.memory) as record, console.progress() as show:
        done = load.ingest(record, found, mapping=chosen, settings=options, progress=show)
        problems = report.problems(record, done)
    report.render(console, done, problems, format)
    _exit(report.exit_code(done, strict=strict))


@app.command(help=_("validate"))
def validate(
    paths: Annotated[
        list[Path] | None, typer.Argument(help=_("arg_paths"), metavar="[FILE_OR_DIR...]")
    ] = None,
    mapping: MappingOption = None,
    format: Annotated[str, _format("table", "json")] = "table",
    db: Db = None,
    lang: LangOption = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    from ingest import report
    from ingest.mapping import load_mapping

    said = _settings(db)
    chosen = load_mapping(mapping) if mapping else None
    wrong = report.validate(said, paths or [], chosen, console)
    report.render_wrong(console, wrong, format)
    _exit(1 if wrong else 0)


@app.command("map", help=_("map"))
def map_(
    path: Annotated[Path, typer.Argument(help=_("arg_file"), metavar="FILE")],
    output: Output = None,
    lang: LangOption = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    from graph.console import give
    from graph.schema import load
    from ingest import draft, readers

    give("".join(draft.draft_mapping(s, load()) for s in readers.read(path)), output)


@app.command(help=_("withdraw"))
def withdraw(
    names: Annotated[list[str], typer.Argument(help=_("arg_withdraw"), metavar="FILE_OR_SOURCE...")],
    db: Db = None,
    lang: LangOption = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    from graph.errors import RecordMissingError
    from graph.record import Record
    from graph.record.write import Run

    said = _settings(db)
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


@app.command(help=_("rejects"))
def rejects(
    format: Annotated[str, _format("table", "json", "csv")] = "table",
    output: Output = None,
    db: Db = None,
    lang: LangOption = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    from graph.export import refused
    from graph.record import describe

    with _open(db) as record:
        rows = describe.rejects(record, console.lang)
    refused.render(console, rows, format, output)


@app.command(help=_("stats"))
def stats(
    format: Annotated[str, _format("table", "json")] = "table",
    db: Db = None,
    lang: LangOption = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    from graph.export import summary
    from graph.record import describe

    with _open(db) as record:
        summary.render_stats(console, describe.stats(record), record.schema, format)


@app.command(help=_("show"))
def show(
    name: Annotated[str, typer.Argument(help=_("arg_name"), metavar="ID_OR_NAME")],
    format: Annotated[str, _format("table", "json")] = "table",
    db: Db = None,
    lang: LangOption = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    from graph import gaps
    from graph.export import summary
    from graph.record import describe

    said = _settings(db)
    with _open(db) as record:
        view = record.view()
        entity = describe.entity(view, describe.find(view, name))
        found = gaps.run(view, home=said.home, region=said.region, settings=said.gaps, top=0)
        naming = [
            f
            for f in found.findings
            if entity["id"] in (f.subject.id, f.object.id if f.object else None)
        ]
        summary.render_entity(console, entity, naming, record.schema, format)


@app.command(help=_("query"))
def query(
    cypher: Annotated[str, typer.Argument(help=_("arg_cypher"), metavar="CYPHER")],
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", help=_("opt_param"), metavar="KEY=VALUE")
    ] = None,
    uri: Uri = None,
    user: User = None,
    database: Database = None,
    format: Annotated[str, _format("table", "json", "csv")] = "table",
    output: Output = None,
    db: Db = None,
    lang: LangOption = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    from graph.cypher import ask, parameters
    from graph.export import answers

    said = _settings(db)
    text = sys.stdin.read() if cypher == "-" else cypher
    given = parameters.parse(param or [])
    if uri or said.neo4j.get("uri"):
        server = _server(said, uri, user, database)
        result = ask.server(server, text, given)
    else:
        with console.progress() as step:
            result = ask.embedded(said.db, text, given, memory=said.memory, progress=step)
    answers.render(console, result.columns, result.rows, format, output)


def _server(said: Any, uri: str | None, user: str | None, database: str | None) -> Any:
    from graph.neo4j.server import Server

    password = os.environ.get("NEO4J_PASSWORD")
    name = user or os.environ.get("NEO4J_USERNAME") or said.neo4j.get("user") or "neo4j"
    if password is None:
        if not sys.stdin.isatty():
            raise UsageError("cli.no_password")
        password = typer.prompt(_("password"), hide_input=True, err=True)
    base = database or os.environ.get("NEO4J_DATABASE") or said.neo4j.get("database")
    return Server(uri or said.neo4j["uri"], name, password, base)


@app.command(help=_("push"))
def push(
    uri: Uri = None,
    user: User = None,
    database: Database = None,
    format: Annotated[str, _format("table", "json")] = "table",
    db: Db = None,
    lang: LangOption = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    from graph.export import summary
    from graph.neo4j.push import push_to

    said = _settings(db)
    if not (uri or said.neo4j.get("uri")):
        raise UsageError("cli.no_uri")
    server = _server(said, uri, user, database)
    with _open(db) as record, console.progress() as step:
        result = push_to(record.view(), server, progress=step)
    summary.render_counts(console, result.counts(), format)


SEVERITY = Annotated[
    float | None, typer.Option("--fail-on", help=_("opt_fail_on"), min=0, max=1, metavar="SEVERITY")
]


@app.command(help=_("gaps"))
def gaps(
    chain: Annotated[str | None, typer.Option("--chain", help=_("opt_chain"))] = None,
    measure: Annotated[list[str] | None, typer.Option("--measure", help=_("opt_measure"))] = None,
    region: RegionOption = None,
    home: Home = None,
    where: Annotated[list[str] | None, typer.Option("--where", help=_("opt_where"))] = None,
    top: Annotated[int | None, typer.Option("--top", help=_("opt_top"), min=0)] = None,
    explain: Annotated[str | None, typer.Option("--explain", help=_("opt_explain"), metavar="ID")] = None,
    fail_on: SEVERITY = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help=_("opt_as_of"), metavar="DATE")] = None,
    format: Annotated[str, _format("table", "json", "jsonl", "csv", "md")] = "table",
    output: Output = None,
    db: Db = None,
    lang: LangOption = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    from graph.export import findings
    from graph.gaps import run

    said = _settings(db)
    with _open(db) as record, console.progress() as step:
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


@app.command(help=_("export"))
def export(
    kind: Annotated[str, typer.Argument(help=_("arg_export"), metavar="html|ttl|csv|json")],
    output: Output = None,
    home: Home = None,
    region: RegionOption = None,
    db: Db = None,
    lang: LangOption = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    from graph.console import give
    from graph import gaps
    from graph.export import NEEDS_FINDINGS, exporter

    said = _settings(db)
    write = exporter(kind)
    with _open(db) as record, console.progress() as step:
        step(_("working"))
        view, found = record.view(), None
        if kind in NEEDS_FINDINGS:
            viewpoint = {"home": home or said.home, "region": region or said.region}
            found = gaps.run(view, **viewpoint, settings=said.gaps, top=0)
        content = write(view, found, console.lang, said)
    give(content, output)


@app.command(help=_("demo"))
def demo(
    folder: Annotated[Path, typer.Argument(help=_("arg_folder"), metavar="[DIR]")] = Path("demo-out"),
    lang: LangOption = None,
    quiet: Quiet = False,
    debug: Debug = False,
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
    with _open(db, write=True) as record, console.progress() as step:
        done = load.ingest(record, discover([data], "demo"), command="demo", progress=step)
        step(_("working"))
        found = gaps.run(record.view(), home=said.home, top=0)
        for kind, name in (("json", "findings.json"), ("html", "page.html")):
            write_file(folder / name, exporter(kind)(record.view(), found, console.lang, said))
    report.render(console, done, [], "table")
    places = {name: folder / f for name, f in (("page", "page.html"), ("findings", "findings.json"))}
    console.say("cli.demo_done", **places, data=data, db=db)


@app.command(help=_("schema"))
def schema(
    methods: Annotated[bool, typer.Option("--methods", help=_("opt_methods"))] = False,
    format: Annotated[str, _format("table", "json", "mermaid", "cypher")] = "table",
    lang: LangOption = None,
    quiet: Quiet = False,
    debug: Debug = False,
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
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
