"""The RDF view in an Oxigraph store on disk, kept beside the record: what SPARQL is asked of."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from graph.errors import InputError
from graph.rdf import iris
from graph.record.kept import Kept, Progress

if TYPE_CHECKING:
    from graph.record.view import View

FORMAT = 1
"""Counts up when the same view is written differently."""


@contextmanager
def stored(
    db: Path, *, base: str | None = None, memory: str = "1500MB", progress: Progress | None = None
) -> Iterator[Path]:
    """The folder of the store of the record at `db`, made or made anew where it has to be.

    Raises what opening the record raises, UsageError for a base that is no IRI, and InputError
    where nothing can be written beside the record.
    """
    from graph.record.store import Record
    from graph.record.view import record_digest

    root = iris.checked_base(base)
    while True:
        with Record.open(db, memory=memory) as record:
            said = f"{record_digest(record.con, record.schema)} {root} {_version()} {FORMAT}"
            kept = Kept(db, "sparql", said)
            kept.ensure(
                lambda folder: fill(record.view(), root, folder), progress or (lambda text: None)
            )
        with kept.reading() as folder:
            if folder is not None:
                yield folder
                return


def fill(view: "View", base: str, folder: Path) -> None:
    """Writes the triples of the view into a new store in `folder`."""
    from pyoxigraph import Store

    from graph.rdf.export import load

    store = Store(str(folder))
    try:
        load(view, store, base)
        store.optimize()
        store.flush()
    except OSError as error:
        raise InputError("kept.unwritable", folder=folder, detail=str(error)) from error


def _version() -> str:
    from importlib.metadata import version

    return f"pyoxigraph {version('pyoxigraph')}"
