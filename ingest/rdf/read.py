"""A file of RDF into claims: of the sources that it speaks for, and its own."""

from pathlib import Path

from graph.record.write import Run
from ingest.rdf import claims, foreign, listing, places, quads, rows, subjects
from ingest.rdf.claims import Said
from ingest.rdf.kinds import Vocabulary
from ingest.readers.opening import open_source

VERSION = 1
"""Of the way RDF is read: a file is read again where it is another."""

MAX_UNPACKED = 1 << 36


def read(run: Run, path: Path, base: str) -> list[Said]:
    """What the file at `path` says: first for itself, then for each source and file whose claims it
    carries. Raises InputError where it cannot be read.
    """
    con = run.con
    source = open_source(path, MAX_UNPACKED)
    quads.define(con)
    rows.define(con)
    quads.stage(con, source)
    vocabulary = Vocabulary(run.record.schema)
    subjects.stage(con, vocabulary, base)
    places.stage(con, source)
    foreign.stage(con, vocabulary)
    found = claims.collect(con, vocabulary)
    foreign.rejects(con, vocabulary, found[0])
    listing.notes(con, found[0])
    return found
