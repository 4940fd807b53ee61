"""Brokers and islands among the named organisations of Horizon 2020 (LEIT, 2016), to be checked.

The file names each organisation, its city and the part of the programme. Its city and that part
(LEIT stands for the industry) are read beside it as tables of the own layout, since a cell of
`isolated-island` is an industry in a city. Printed are the first five of each, with their names
and numbers: who knows the field can say whether they are right.
"""

import csv
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from graph import gaps
from graph.finding import Finding
from graph.record import Record
from ingest import load
from ingest.discover import discover
from ingest.mapping import load_mapping

SAMPLE = Path("data") / "cordis-h2020" / "sample_leit_2016_named.csv"
SETTINGS = {"isolated-island.actors": 2, "broker.pairs": 3}
"""The sample is small: two organisations of a city that work together are a group there."""


def rows() -> Iterator[tuple[str, ...]]:
    """One line for each of the first five brokers and islands, and one with their number."""
    path = Path(os.environ.get("GRAPH_SHARED", "../shared")) / SAMPLE
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _beside(path, folder / "beside")
        mapping = load_mapping("cordis-h2020")
        with Record.open(folder / "graph.duckdb", write=True) as record:
            load.ingest(record, discover([path], mapping.source), mapping=mapping)
            load.ingest(record, discover([folder / "beside"], "beside"))
        with Record.open(folder / "graph.duckdb") as record:
            view = record.view()
            measures = ["broker", "isolated-island"]
            answer = gaps.run(view, measures=measures, top=0, as_of="2016-12-31", settings=SETTINGS)
    seconds = f"{time.perf_counter() - start:.1f}"
    for measure in measures:
        found = [f for f in answer.findings if f.measure == measure]
        yield (f"{measure}, named organisations", seconds, "", f"{len(found)} found")
        for finding in found[:5]:
            yield (f"… {finding.rank}", "", "", _said(finding))


def _said(finding: Finding) -> str:
    values = finding.values
    name = finding.subject.name.get("en", finding.subject.id)
    if finding.object is None:
        return (
            f"{name}: {values['cut_off']} cut off, {values['pairs_lost']} pairs lose their path,"
            f" {values['clients']} partners"
        )
    other = finding.object.name.get("en", finding.object.id)
    return (
        f"{name} | {other} ({values['region'].removeprefix('city:')}): {values['island']} of"
        f" {values['tied']} apart from {values['main']}"
    )


def _beside(path: Path, folder: Path) -> None:
    """Cities, and the part of the programme as an industry, as tables of the own layout."""
    folder.mkdir()
    with path.open(encoding="utf-8-sig", newline="") as file:
        listed = list(csv.DictReader(file))
    where = {
        f"pic:{r['organisation_pic']}": f"{r['city'].strip().title()}, {r['country']}"
        for r in listed
        if r["city"].strip()
    }
    tables: dict[str, list[tuple[str, ...]]] = {
        "region": [
            ("id", "name", "level"),
            *((f"city:{c}", c, "市") for c in sorted({*where.values()})),
        ],
        "located_in": [("from", "to"), *((who, f"city:{city}") for who, city in where.items())],
        "industry": [("id", "name"), ("industry:leit", "LEIT")],
        "in_industry": [("from", "to"), *((who, "industry:leit") for who in where)],
    }
    for name, table in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(table)
