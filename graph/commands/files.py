"""What is given to others: files, the demo, the ontology."""

from pathlib import Path
from typing import Annotated

import typer

from graph.console import write_file
from graph.errors import UsageError
from graph.options import (
    Db,
    Home,
    Output,
    RegionOption,
    command,
    console,
    format_option,
    open_record,
    settings,
)
from graph.options import text as _


@command("export")
def export(
    kind: Annotated[str, typer.Argument(help=_("arg_export"), metavar="html|json|ttl|trig|…")],
    output: Output = None,
    home: Home = None,
    region: RegionOption = None,
    db: Db = None,
) -> None:
    from graph import gaps
    from graph.console import give, into
    from graph.export import NEEDS_FINDINGS, exporter, writer

    said = settings(db)
    if put := writer(kind):
        with (
            open_record(db) as record,
            console.progress() as step,
            into(output) as file,
        ):
            step(_("working"))
            put(record, file, said)
        return
    write = exporter(kind)
    with open_record(db) as record, console.progress() as step:
        step(_("working"))
        view, found = record.view(), None
        if kind in NEEDS_FINDINGS:
            found = gaps.run(
                view,
                **said.viewpoint(home, region),
                settings=said.gaps,
                top=0,
            )
        content = write(view, found, console.lang, said)
    give(content, output)


@command("demo")
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


@command("schema")
def schema(
    methods: Annotated[bool, typer.Option("--methods", help=_("opt_methods"))] = False,
    format: Annotated[
        str, format_option("table", "json", "mermaid", "cypher", "context")
    ] = "table",
) -> None:
    from graph.export import schema_doc
    from graph.schema import load

    if format == "context" and not methods:
        from graph.console import write
        from graph.rdf.description import context
        from graph.rows import to_json

        write(to_json({"@context": context(load())}))
    elif methods:
        from graph import gaps

        schema_doc.show_methods(console, gaps.methods(), format)
    else:
        schema_doc.show(console, load(), format)
