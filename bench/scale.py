"""1M entities and 5M relations: ingest against bare DuckDB and networkx, then `graph gaps`.

Wanted: ingest in at most 4 times bare DuckDB's `CREATE TABLE AS` of the same files, at least 5
times faster than networkx reads them, under 2.5 GB; `graph gaps` in under 30 s and 2.5 GB.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.made import make
from bench.measure import best, process

INGEST = """
import sys
from pathlib import Path
import cli
Path(sys.argv[1]).unlink(missing_ok=True)
sys.argv = ["graph", "ingest", sys.argv[2], "--db", sys.argv[1]]
try:
    cli.main()
except SystemExit as end:
    sys.exit(end.code)
"""

GAPS = """
import sys
import cli
sys.argv = ["graph", "gaps", "--db", sys.argv[1], "--format", "json", "--home", "CN"]
try:
    cli.main()
except SystemExit as end:
    sys.exit(end.code)
"""

DUCKDB = """
import sys
from pathlib import Path
import duckdb
Path(sys.argv[1]).unlink(missing_ok=True)
con = duckdb.connect(sys.argv[1])
con.execute("SET memory_limit = '1500MB'")
for path in sorted(Path(sys.argv[2]).glob("*.csv")):
    con.execute(f'CREATE TABLE "{path.stem}" AS FROM read_csv(\\'{path}\\')')
con.close()
"""

NETWORKX = """
import csv, sys
from pathlib import Path
import networkx as nx
graph = nx.MultiDiGraph()
for path in sorted(Path(sys.argv[1]).glob("*.csv")):
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if "id" in (rows.fieldnames or []):
            graph.add_nodes_from((row.pop("id"), row) for row in rows)
        else:
            graph.add_edges_from((r.pop("from"), r.pop("to"), path.stem, r) for r in rows)
"""


def rows(entities: int = 1_000_000, relations: int = 5_000_000) -> Iterator[tuple[str, ...]]:
    """What was measured, one line each: what, seconds, MB, and the ratio to the rival."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data, db = folder / "data", str(folder / "graph.duckdb")
        make(data, entities, relations)
        bare = best(DUCKDB, str(folder / "bare.duckdb"), str(data))
        ours = best(INGEST, db, str(data))
        rival = process(NETWORKX, str(data))
        gaps = best(GAPS, db, times=2)
        yield ("bare DuckDB CREATE TABLE AS", f"{bare.seconds:.1f}", f"{bare.megabytes:.0f}", "")
        ratio = f"{ours.seconds / bare.seconds:.2f} × DuckDB (at most 4)"
        yield ("graph ingest", f"{ours.seconds:.1f}", f"{ours.megabytes:.0f}", ratio)
        ratio = f"{rival.seconds / ours.seconds:.1f} × graph ingest (at least 5)"
        yield ("networkx reads the files", f"{rival.seconds:.1f}", f"{rival.megabytes:.0f}", ratio)
        ratio = "(under 30 s and 2500 MB)"
        yield ("graph gaps", f"{gaps.seconds:.1f}", f"{gaps.megabytes:.0f}", ratio)
