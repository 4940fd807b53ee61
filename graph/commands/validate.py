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

    from graph.record import Record
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
    with console.progress() as show, _data(paths, mapping, db, said) as data:
        report = check(data, asked, classes=asked, progress=show)
        rows = render.rows(report, data, ours)
    if not report.targeted:
        console.say("shacl.nothing_targeted")
    render.render(console, report, rows, {ours: "", checked_base(said.base): ""}, format, output)
    leave(0 if report.conforms else 1)


@contextmanager
def _data(
    paths: list[Path], mapping: str | None, db: Path | None, said: "Settings"
) -> Iterator["Store"]:
    """The store to check: RDF files as they are, else the RDF view of a record."""
    from graph.rdf.shacl import files, load

    if paths and all(files.is_rdf(path) for path in paths):
        yield load(files.triples(paths, "b"))
    elif paths:
        with _aside(paths, mapping, said) as record:
            yield _view(record, said)
    else:
        with open_record(db) as record:
            yield _view(record, said)


def _view(record: "Record", said: "Settings") -> "Store":
    from graph.rdf import export, iris
    from graph.rdf.shacl import load

    return load(export.triples(record.view(), iris.checked_base(said.base)))


@contextmanager
def _aside(paths: list[Path], mapping: str | None, said: "Settings") -> Iterator["Record"]:
    """A record of these files that is thrown away. Raises what the first unreadable file raised."""
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
            options = load.Settings(said.currency)
            done = load.ingest(record, found, mapping=chosen, settings=options)
            for file in done.failed:
                assert file.error is not None
                raise file.error
            if done.rejected:
                console.say("shacl.rows_refused", count=done.rejected)
            yield record
