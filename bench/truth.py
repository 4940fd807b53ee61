"""How what is found fares against what is so: on a real chain, and where gaps were planted.

One table: chokepoints of the chip chain against what experts say, planted gaps of every measure
(`bench.planted`), brokers and islands among named organisations (`bench.named`), conversion between
rounds of funding (`bench.rounds`). Hidden relations stand in `bench.links`.

The chip chain of 2022 (Emerging Technology Observatory): 13 links that its authors call
chokepoints (tier A), 7 that are concentrated but of little value (traps), 15 clear negatives.
Wanted: at least 10 of tier A and at most 2 traps in the top 20, at most 1 negative in the top 30,
average precision of tier A (tier B left out of the list) at least .75; the first also as the mean
of 50 draws without a tenth of the provision.
"""

import csv
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench import named, rounds
from bench.planted.table import rows as planted
from graph.gaps.chokepoint import scored
from graph.gaps.method import Ask
from graph.gaps.runner import LIVE_STATUS
from graph.gaps.settings import Settings
from graph.network import Network
from graph.record import Record
from ingest import load
from ingest.discover import discover
from ingest.mapping import load_mapping

AS_OF = "2026-11-24"
DRAWS = 50


def rows() -> Iterator[tuple[str, ...]]:
    """What was measured, one line each: what, seconds, nothing, and the figures."""
    yield from chips()
    yield from named.rows()
    yield from rounds.rows()
    yield from planted()


def chips() -> Iterator[tuple[str, ...]]:
    """The chip chain, whole and without a tenth of its provision."""
    folder = Path(os.environ.get("GRAPH_SHARED", "../shared")) / "data" / "eto-supply-chain"
    key = _key(folder / "known_chokepoints.csv")
    with tempfile.TemporaryDirectory() as name:
        mapping = load_mapping("eto")
        with Record.open(Path(name) / "graph.duckdb", write=True) as record:
            load.ingest(record, discover([folder / "v2022"], mapping.source), mapping=mapping)
        with Record.open(Path(name) / "graph.duckdb") as record:
            view = record.view()
            ids = dict(view.con.execute("SELECT k, id FROM node").fetchall())
            net = Network.of(view, as_of=AS_OF, live_status=LIVE_STATUS, rates=Settings().rates())
            start = time.perf_counter()
            whole = _figures(_ranking(net, ids), key)
            yield ("chokepoints of the chip chain", _since(start), "", _said(whole))
            start = time.perf_counter()
            rng = np.random.default_rng(2022)
            draws = [_figures(_ranking(_thinned(net, rng), ids), key) for _ in range(DRAWS)]
            mean = {k: float(np.mean([d[k] for d in draws])) for k in whole}
            yield (f"… mean of {DRAWS} draws without 10%", _since(start), "", _said(mean))


def _key(path: Path) -> dict[str, str]:
    """A, B, C for the tiers, N for the clear negatives, by link."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {
            r["input_id"]: "N" if r["label"] == "not_chokepoint" else r["tier"][:1]
            for r in csv.DictReader(file)
        }


def _thinned(net: Network, rng: np.random.Generator) -> Network:
    return replace(
        net,
        supply=net.supply.keep(rng.random(len(net.supply)) >= 0.1),
        stated=net.stated.keep(rng.random(len(net.stated)) >= 0.1),
    )


def _ranking(net: Network, ids: dict[int, str]) -> list[str]:
    score = scored(net, Ask(Settings())).score
    order = np.argsort(-np.nan_to_num(score), kind="stable")
    return [ids[int(net.links[i])] for i in order if not np.isnan(score[i])]


def _figures(ranking: list[str], key: dict[str, str]) -> dict[str, float]:
    hits, total = 0, 0.0
    for place, link in enumerate((i for i in ranking if key.get(i) != "B"), 1):
        if key.get(link) == "A":
            hits += 1
            total += hits / place
    return {
        "tier A in 20": sum(key.get(i) == "A" for i in ranking[:20]),
        "traps in 20": sum(key.get(i) == "C" for i in ranking[:20]),
        "negatives in 30": sum(key.get(i) == "N" for i in ranking[:30]),
        "AP": total / sum(tier == "A" for tier in key.values()),
    }


def _said(figures: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.3g}" for name, value in figures.items())


def _since(start: float) -> str:
    return f"{time.perf_counter() - start:.2f}"
