"""All measures on a whole ecosystem, against the same work by NetworkX's own functions.

100k entities and 500k relations: the process `graph gaps` (reading the record, all measures,
stability, texts) against the functions of NetworkX that the measures of brokerage, impact and
relatedness correspond to, each on a graph that stands in memory already and stopped at ten
minutes. Both are seconds of CPU, which other work on the machine changes least: ours counts all
threads. Wanted: at least ten times faster in total. 1M and 5M: under 60 s on the clock and 3 GB.
"""

import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.made import make_ecosystem
from bench.measure import Measured, best, process
from bench.scale import GAPS, INGEST

LIMIT = 600

PLAIN = """
import resource, sys, time
from pathlib import Path
import networkx as nx
from tests.plain_networkx import Plain
made = Plain(Path(sys.argv[1]))
start = time.process_time()
resource.setrlimit(resource.RLIMIT_CPU, [int(start) + {limit}] * 2)
{work}
print(time.process_time() - start)
"""

WORK = {
    "articulation points": "list(nx.articulation_points(made.ties))",
    "pairs lost with each": "made.broker()",
    "immediate dominators, two kinds": "made.dependence('U'); made.dependence('I')",
    "connected components, islands": "made.islands()",
    "constraint of all": "nx.constraint(made.ties)",
    "ancestors of every link": "[len(nx.ancestors(made.inputs, n)) for n in made.inputs]",
    "relatedness density of one city": "made.density('C3')",
}
"""What corresponds to broker (three), dependence, isolated-island, the impacts, and mismatch."""


def rows(small: int = 100_000, large: int = 1_000_000) -> Iterator[tuple[str, ...]]:
    """What was measured, one line each: what, seconds, MB, and the ratio to the rival."""
    with tempfile.TemporaryDirectory() as name:
        data, ours = _ours(Path(name), small)
        total, stopped = 0.0, False
        for what, work in WORK.items():
            seconds = _plain(work, data)
            total += seconds or LIMIT
            stopped |= seconds is None
            yield (f"networkx: {what}", f"{seconds:.1f}" if seconds else f"> {LIMIT}", "", "")
        more = "more than " if stopped else ""
        yield (
            f"graph gaps, {small:,} and {5 * small:,}",
            f"{ours.cpu:.1f}",
            f"{ours.megabytes:.0f}",
            f"networkx takes {more}{total / ours.cpu:.0f} × as long (at least 10)",
        )
    with tempfile.TemporaryDirectory() as name:
        _, ours = _ours(Path(name), large)
        what = f"graph gaps, {large:,} and {5 * large:,}"
        limits = "(under 60 s and 3000 MB)"
        yield (what, f"{ours.seconds:.1f}", f"{ours.megabytes:.0f}", limits)


def _ours(folder: Path, entities: int) -> tuple[Path, Measured]:
    data, db = folder / "data", str(folder / "graph.duckdb")
    make_ecosystem(data, entities, 5 * entities)
    process(INGEST, db, str(data))
    return data, best(GAPS, db, times=2)


def _plain(work: str, data: Path) -> float | None:
    """Seconds of CPU that the work takes; None where it was stopped."""
    code = PLAIN.format(work=work, limit=LIMIT)
    done = subprocess.run(
        [sys.executable, "-c", code, str(data)], capture_output=True, text=True, check=False
    )
    if done.returncode == -signal.SIGKILL:  # what the limit ends it with
        return None
    done.check_returncode()
    return float(done.stdout)
