"""The stores that hold the graph, each read back: record, RDF, embedded engine, Neo4j."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from graph.errors import InputError, UnreachableError, UsageError
from graph.record.agreement import Verified, sum_up, unequal
from graph.record.disagreement import differences
from graph.record.held import CLAIMS, PLACE, Held
from graph.record.sums import view_rows

if TYPE_CHECKING:
    from graph.neo4j.server import Server
    from graph.record import Record, View

STORES = ("record", "rdf", "cypher", "neo4j")
CLAIM_FORMS = (".trig", ".nq", ".jsonld")
"""RDF that holds what each source says: it is read into a record first, and its view compared."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Places:
    """Where the stores are: the record's file, an RDF file (None: made now), a server."""

    db: Path
    memory: str
    base: str | None = None
    rdf: Path | None = None
    server: "Server | None" = None


def chosen(names: Sequence[str], reachable: bool) -> list[str]:
    """The stores to compare, in a fixed order; without names all that there are, Neo4j where it is
    `reachable`. Raises UsageError for an unknown one, and for fewer than two.
    """
    unknown = [name for name in names if name not in STORES]
    if unknown:
        raise UsageError("verify.unknown_store", name=unknown[0], known=", ".join(STORES))
    if "neo4j" in names and not reachable:
        raise UsageError("cli.no_uri")
    found = [s for s in STORES if s in names or (not names and (s != "neo4j" or reachable))]
    if len(found) < 2:
        raise UsageError("verify.one_store", name=found[0])
    return found


def verify(
    record: "Record", places: Places, names: Sequence[str], first: int | None, progress: Progress
) -> Verified:
    """Reads every store and compares it with the first; `first` bounds the differences of each.

    Raises what reading a store raises: UnreachableError, InputError.
    """
    done = Verified()
    one, *others = names
    base = _read(record, places, one, progress)
    done.stores[one] = sum_up(base)
    for name in others:
        other = _read(record, places, name, progress)
        progress(name)
        done.stores[name] = sum_up(other)
        kinds = unequal(base, other, (done.stores[one], done.stores[name]))
        number, found = differences(base, other, kinds, first)
        done.unlike[name], done.totals[name] = kinds, number
        done.foreign[name] = {k: n for k, n in other.foreign.items() if n}
        done.differences += [(one, name, d) for d in found]
        other.drop()
    return done


def _read(record: "Record", places: Places, name: str, progress: Progress) -> Held:
    view = record.view()
    if name == "record":
        return Held.of_view(view)
    held = Held(name, view.con, view.schema)
    if name == "rdf" and places.rdf and places.rdf.suffix.lower() in CLAIM_FORMS:
        _claims(held, places.rdf, places.memory, progress)
    elif name == "rdf":
        held.holds = frozenset(PLACE)
        _rdf(held, view, places, progress)
    elif name == "cypher":
        _embedded(held, view, places, progress)
    else:
        from graph.neo4j.held import read_back
        from graph.neo4j.server import reach

        assert places.server is not None
        with reach(places.server) as driver:
            read_back(held, driver, places.server.database, progress=progress)
    return held


def _embedded(held: Held, view: "View", places: Places, progress: Progress) -> None:
    from neo4j.exceptions import DriverError, Neo4jError

    from graph.cypher.cache import Cache
    from graph.neo4j.held import read_back
    from graph.neo4j.push import push
    from graph.neo4j.server import tidy

    cache = Cache(places.db, view.digest, memory=places.memory)
    while True:
        cache.ensure(lambda driver, base: push(view, driver, base, progress=progress), progress)
        with cache.reading() as engine:
            if engine is not None:
                try:
                    read_back(held, engine.driver, engine.database, progress=progress)
                except (Neo4jError, DriverError) as error:
                    raise UnreachableError("cypher.ended", detail=tidy(error)) from error
                return


def _rdf(held: Held, view: "View", places: Places, progress: Progress) -> None:
    from graph.rdf import export, iris
    from graph.rdf.held import reading_back

    with reading_back(held) as lines:
        if places.rdf is None:
            for piece in export.lines(view, iris.checked_base(places.base)):
                lines.write(piece)
                progress(f"rdf {lines.taken}")
            return
        with _parsing(places.rdf):
            from pyoxigraph import RdfFormat, parse, serialize

            form = RdfFormat.from_extension(places.rdf.suffix.lower().removeprefix("."))
            if form is None:
                raise InputError("verify.not_rdf", path=places.rdf)
            serialize(
                parse(path=places.rdf, format=form), cast("IO[bytes]", lines), RdfFormat.N_TRIPLES
            )


@contextmanager
def _parsing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError("verify.unreadable", path=path, detail=error.strerror) from error
    except (SyntaxError, ValueError) as error:
        raise InputError("verify.syntax", path=path, detail=error) from error


def _claims(held: Held, path: Path, memory: str, progress: Progress) -> None:
    """Reads a file of claims into a record of its own, and takes the view of that."""
    from graph.record import Record
    from graph.record.sql import ident
    from ingest import load
    from ingest.discover import discover

    with tempfile.TemporaryDirectory(prefix="graph-verify-", ignore_cleanup_errors=True) as folder:
        db = Path(folder) / "graph.duckdb"
        with Record.open(db, write=True, schema=held.schema, memory=memory) as record:
            done = load.ingest(record, discover([path]), command="verify", progress=progress)
            for file in done.files:
                if file.error is not None:
                    raise file.error
            view = record.view()
            for name, rows, columns in view_rows(view, list(PLACE)):
                columns += [*CLAIMS] if name in held.schema.relations else []
                listed = ", ".join(ident(c) for c in columns)
                sql = f"SELECT {listed}, NULL::VARCHAR AS odd FROM ({rows})"
                held.fill(name, view.con.sql(sql).to_arrow_reader(50_000))
