"""Conversion between rounds on real data: Crunchbase to 2013, which names no kinds of rounds.

`funding-hole` says of that record what it lacks: it names no links that firms supply. What it would
ask is asked here by the order of a firm's rounds: of those with a first (second …) dated round, how
many raised another one, and after how many months half of them had (Kaplan and Meier, cut off at
the last day of the data, with the function that the measure uses). Each row of the file repeats the
total of its round: summed over investors the money is counted several times, by round once.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from graph import gaps
from graph.gaps.waiting import curve
from graph.record import Record, View
from ingest import load
from ingest.discover import discover
from ingest.mapping import load_mapping

ROUNDS = 4


def rows() -> Iterator[tuple[str, ...]]:
    """What the measure says, one line per step from a round to the next, and the money."""
    folder = Path(os.environ.get("GRAPH_SHARED", "../shared")) / "data" / "crunchbase"
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        path, mapping = Path(name) / "graph.duckdb", load_mapping("crunchbase")
        with Record.open(path, write=True) as record:
            load.ingest(record, discover([folder], mapping.source), mapping=mapping)
        with Record.open(path) as record:
            view = record.view()
            said = gaps.run(view, measures=["funding-hole"], top=0, as_of="2013-12-31")
            lacking = sorted({m for n in said.not_assessed for m in n.missing})
            seconds = f"{time.perf_counter() - start:.1f}"
            what = f"{len(said.findings)} found, not assessed for want of {', '.join(lacking)}"
            yield ("funding-hole, Crunchbase to 2013", seconds, "", what)
            yield from _steps(view)
            yield ("… money", "", "", _money(view))


def _steps(view: View) -> Iterator[tuple[str, ...]]:
    found = view.con.execute(
        "SELECT f, row_number() OVER (PARTITION BY f ORDER BY month) AS nth, month,"
        " lead(month) OVER (PARTITION BY f ORDER BY month) AS next, max(month) OVER () AS until"
        " FROM (SELECT DISTINCT r.f, left(d.date, 4)::INT * 12 + substr(d.date, 6, 2)::INT AS month"
        ' FROM "r_RAISED" r JOIN "n_FundingRound" d ON d.k = r.t WHERE length(d.date) >= 7)'
    ).fetchnumpy()
    nth = np.asarray(found["nth"])
    month, until = np.asarray(found["month"], float), float(np.asarray(found["until"])[0])
    later = np.ma.filled(np.ma.asarray(found["next"]).astype(float), np.nan)
    for at in range(1, ROUNDS + 1):
        rows_ = nth == at
        raised = ~np.isnan(later[rows_])
        waits = np.where(raised, later[rows_], until) - month[rows_]
        one = curve(waits, raised)
        share, error = one.at(24)
        yield (
            f"… round {at} to {at + 1}",
            "",
            "",
            f"{int(rows_.sum())} firms, {raised.mean():.0%} went on; still waiting after 24 months"
            f" {share:.0%} (±{1.96 * error:.0%}), after 60 {one.at(60)[0]:.0%},"
            f" half had raised after {one.half:.0f} months",
        )


def _money(view: View) -> str:
    ((by_round, by_row),) = view.con.execute(
        'SELECT (SELECT sum(amount) FROM "n_FundingRound"), (SELECT sum(d.amount)'
        ' FROM "r_PARTICIPATES_IN_ROUND" p JOIN "n_FundingRound" d ON d.k = p.t)'
    ).fetchall()
    return (
        f"{by_round / 1e9:.0f}bn USD by round; {by_row / 1e9:.0f}bn were it summed over investors,"
        f" {by_row / by_round:.2f} times as much"
    )
