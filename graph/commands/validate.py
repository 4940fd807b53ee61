"""Checking without writing: files and the record by our own rules, or RDF by SHACL shapes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graph.errors import UsageError
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

if TYPE_CHECKING:
    from pyoxigraph import Store

    from graph.record import Record, View
    from graph.settings import Settings


@command("validate")
def validate(
    paths: Annotated[
        list[Path] | None, typer.Argument(help=_("arg_paths"), metavar="[FILE_OR_DIR...]")
    ] = None,
    mapping: MappingOption = None,
    shacl: Annotated[bool, typer.Option("--shacl", help=_("opt_shacl"))] = False,
    shapes: Annotated[
        Path | None, typer.Option("--shapes", help=_("opt_shapes"), metavar="FILE")
    ] = None,
    format: Annotated[str, format_option("table", "json", "csv", "ttl")] = "table",
    output: Output = None,
    db: Db = None,
) -> None:
    if shacl or shapes:
        _by_shapes(paths or [], mapping, shapes, format, output, db)
    from ingest import report
    from ingest.mapping import load_mapping

    if format in ("csv", "ttl") or output:
        raise UsageError("shacl.only_with", option="--output" if output else f"--format {format}")
    said = settings(db)
    chosen = load_mapping(mapping) if mapping else None
    wrong = report.validate(said, paths or [], chosen, console)
    report.render_wrong(console, wrong, format)
    leave(1 if wrong else 0)


def _by_shapes(
    paths: list[Path],
    mapping: str | None,
    shapes: Path | None,
    format: str,
    output: Path | None,
    db: Path | None,
) -> None:
    from graph.rdf.iris import checked_base
    from graph.rdf.shacl import check, files, render
    from graph.resources import resource
    from graph.schema import load

    said = settings(db)
    ours = load().classes["Entity"].iri.removesuffix("Entity")
    asked = files.shapes(shapes or resource("ontology.ttl"))
    for iri in files.imports(asked) if shapes else ():
        console.say("shacl.not_fetched", iri=iri)
    with console.progress() as show, _data(paths, mapping, db, said) as (data, view, refused):
        report = check(data, asked, classes=asked, progress=show)
        rows = render.rows(report, data, ours, view)
    shorten = {ours: "ig", checked_base(said.base): ""}
    render.render(report, rows, shorten, console.lang, format, output)
    wrong = len(rows) + refused
    if refused:
        console.say("shacl.rows_refused", count=refused)
    if not report.targeted:
        console.say("shacl.nothing_targeted")
    console.say("report.wrong" if wrong else "report.valid", count=wrong)
    leave(1 if wrong else 0)


@contextmanager
def _data(
    paths: list[Path], mapping: str | None, db: Path | None, said: "Settings"
) -> Iterator[tuple["Store", "View | None", int]]:
    """The store to check, the view that it was made of (None for RDF files, which are taken as they
    are), and how many rows of the tables were refused.
    """
    from graph.rdf.iris import checked_base
    from graph.rdf.shacl import files, load, of_view

    base = checked_base(said.base)
    if not paths:
        with open_record(db) as record, of_view(record.view(), base) as store:
            yield store, record.view(), 0
    elif all(files.is_rdf(path) for path in paths):
        yield load(files.triples(paths, "b")), None, 0
    else:
        with (
            _aside(paths, mapping, said) as (record, refused),
            of_view(record.view(), base) as store,
        ):
            yield store, record.view(), refused


@contextmanager
def _aside(
    paths: list[Path], mapping: str | None, said: "Settings"
) -> Iterator[tuple["Record", int]]:
    """A record of these files that is thrown away, and how many rows it refused.

    Raises what the first unreadable file raised.
    """
    import tempfile

    from graph.record import Record
    from ingest import load
    from ingest.discover import discover
    from ingest.mapping import load_mapping

    chosen = load_mapping(mapping) if mapping else None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.duckdb"
        with Record.open(path, write=True, memory=said.memory) as record:
            found = discover(paths, chosen.source if chosen else None)
            done = load.ingest(record, found, mapping=chosen, settings=load.Settings(said.currency))
            for error in (file.error for file in done.failed):
                if error is not None:
                    raise error
            yield record, done.rejected
