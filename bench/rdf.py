"""RDF out and in against rdflib, in the same run: the same record, the same triples.

Wanted: export and import each at least 7 times faster than rdflib serialises and parses as many
triples. rdflib gets its triples in memory, ours come out of the record; ours go into a record with
all that belongs to it, rdflib's into memory.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.made import make
from bench.measure import process

EXPORT = """
import sys
from pathlib import Path
from graph.rdf import export
from graph.record import Record
with Record.open(Path(sys.argv[1])) as record, open(sys.argv[2], "wb") as out:
    export.write(record.view(), out, sys.argv[3])
"""

INGEST = """
import sys
from pathlib import Path
from graph.record import Record
from ingest import load
from ingest.discover import discover
Path(sys.argv[1]).unlink(missing_ok=True)
with Record.open(Path(sys.argv[1]), write=True) as record:
    done = load.ingest(record, discover([Path(sys.argv[2])], "bench"))
    assert done.written and not done.failed
"""

PARSE = """
import sys
import rdflib
rdflib.Dataset().parse(sys.argv[1], format=sys.argv[2])
"""

SERIALISE = """
import sys
import rdflib
graph = rdflib.Graph()
graph.parse(sys.argv[1], format="turtle")
graph.serialize(sys.argv[2], format="turtle")
"""

WANTED = "(at least 7)"


def rows(entities: int = 10_000, relations: int = 50_000) -> Iterator[tuple[str, ...]]:
    """What was measured, one line each: what, seconds, MB, and the ratio to the rival."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data, db = folder / "data", str(folder / "graph.duckdb")
        make(data, entities, relations)
        process(INGEST, db, str(data))
        for form, rival in (("ttl", "turtle"), ("trig", "trig"), ("nq", "nquads")):
            path = folder / f"x.{form}"
            out = process(EXPORT, db, str(path), form)
            back = process(INGEST, str(folder / "back.duckdb"), str(path))
            parsed = process(PARSE, str(path), rival)
            yield (f"graph export {form}", f"{out.seconds:.1f}", f"{out.megabytes:.0f}", "")
            if form == "ttl":
                both = process(SERIALISE, str(path), str(folder / "theirs.ttl"))
                alone = both.seconds - parsed.seconds
                ratio = f"{alone / out.seconds:.1f} × graph export {WANTED}"
                yield ("rdflib serialises ttl", f"{alone:.1f}", f"{both.megabytes:.0f}", ratio)
            yield (f"graph ingest {form}", f"{back.seconds:.1f}", f"{back.megabytes:.0f}", "")
            ratio = f"{parsed.seconds / back.seconds:.1f} × graph ingest {WANTED}"
            megabytes = f"{parsed.megabytes:.0f}"
            yield (f"rdflib parses {form}", f"{parsed.seconds:.1f}", megabytes, ratio)
