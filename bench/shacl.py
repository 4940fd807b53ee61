"""SHACL on 10k entities and 10k relations, by compiled queries and by pyshacl, in the same run.

Both read the same Turtle and the ontology's shapes, and have faults to find. Seconds are the
processor's, which other work on the machine does not add to. Wanted: the same results in at most a
tenth of pyshacl's time, with reading and for the checking alone.
"""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.made import make_ecosystem
from bench.measure import process
from bench.scale import INGEST

EXPORT = """
import sys
from pathlib import Path
from graph.rdf.export import write
from graph.record import Record
with Record.open(Path(sys.argv[1])) as record, open(sys.argv[2], "wb") as out:
    write(record.view(), out)
    for n in range(6):
        out.write(f"<urn:f{n}> a <https://w3id.org/innograph/ontology#Firm> .\\n".encode())
        out.write(f"<urn:f{n}> <https://w3id.org/innograph/ontology#size> \\"{n}\\" .\\n".encode())
"""

OURS = """
import json, sys, time
from pathlib import Path
start = time.process_time()
from graph.rdf.shacl import check, files, load
data = load(files.triples([Path(sys.argv[1])], "b"))
shapes = files.shapes(Path("ontology.ttl"))
read = time.process_time()
report = check(data, shapes)
found = sorted([str(r.focus), str(r.path), r.component.value] for r in report.results)
Path(sys.argv[2]).write_text(json.dumps([read - start, time.process_time() - read, found]))
"""

PYSHACL = """
import json, sys, time
from pathlib import Path
start = time.process_time()
import pyshacl, rdflib
from rdflib import SH
data = rdflib.Graph().parse(sys.argv[1])
shapes = rdflib.Graph().parse("ontology.ttl")
read = time.process_time()
_, report, _ = pyshacl.validate(data, shacl_graph=shapes)
found = sorted(
    [*(report.value(r, SH[n]).n3() for n in ("focusNode", "resultPath")),
     str(report.value(r, SH.sourceConstraintComponent))]
    for r in report.subjects(rdflib.RDF.type, SH.ValidationResult)
)
Path(sys.argv[2]).write_text(json.dumps([read - start, time.process_time() - read, found]))
"""


def rows(entities: int = 10_000) -> Iterator[tuple[str, ...]]:
    """What was measured, one line each: what, seconds, MB, and the ratio to the rival."""
    with tempfile.TemporaryDirectory() as name:
        db, data, turtle = str(Path(name, "g.duckdb")), Path(name, "data"), str(Path(name, "g.ttl"))
        make_ecosystem(data, entities, entities)
        process(INGEST, db, str(data))
        process(EXPORT, db, turtle)
        said = Path(name, "said.json")
        theirs = process(PYSHACL, turtle, str(said))
        read, checked, wanted = json.loads(said.read_text())
        ours = process(OURS, turtle, str(said))
        our_read, our_checked, found = json.loads(said.read_text())
    if found != wanted:
        raise RuntimeError(f"not the same results: {len(found)}, {len(wanted)}")
    yield ("pyshacl: read", f"{read:.1f}", "", f"{len(wanted)} results")
    yield ("pyshacl: check", f"{checked:.1f}", f"{theirs.megabytes:.0f}", "")
    ratio = f"1/{read / our_read:.0f} of pyshacl's"
    yield ("graph.rdf.shacl: read", f"{our_read:.2f}", "", ratio)
    ratio = f"1/{checked / our_checked:.0f} of pyshacl's (at most 1/10)"
    yield ("graph.rdf.shacl: check", f"{our_checked:.2f}", f"{ours.megabytes:.0f}", ratio)
    ratio = f"1/{(read + checked) / (our_read + our_checked):.0f} (at most 1/10)"
    yield ("graph.rdf.shacl: both", f"{our_read + our_checked:.2f}", "", ratio)
