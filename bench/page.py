"""How fast a page of 2,000 drawn nodes opens in Chromium, and how long it takes to write.

    python -m bench.page [NODES] [RUNS]

Prints the seconds from asking for the file until the network is drawn, the median of the runs,
the time for a language switch and for a pick, and the size of the file. Chromium is Playwright's,
or the one that CHROMIUM names (/usr/bin/chromium where there is one).
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb

from graph.export.page import write_page
from graph.record.sql import ident
from graph.schema import Schema, load

CHAINS = ("IndustryChain", "InnovationChain", "CapitalChain")


def ecosystem(schema: Schema, nodes: int) -> Any:
    """A view of made-up chains: an eighth of the nodes are links, the others firms near them."""
    con = duckdb.connect()
    con.execute(
        "CREATE TEMP TABLE node"
        "(k INTEGER, id VARCHAR, class VARCHAR, name VARCHAR, name_en VARCHAR);"
        "CREATE TEMP TABLE canon(k INTEGER, c INTEGER)"
    )
    for kind in schema.classes.values():
        own = "".join(f", {ident(n)} {t}" for p in kind.properties for n, t in p.columns)
        con.execute(
            f"CREATE TEMP TABLE {ident('n_' + kind.name)} (k INTEGER, id VARCHAR{own},"
            " extra VARCHAR, source VARCHAR, file VARCHAR, line INTEGER)"
        )
    for relation in schema.relations.values():
        own = "".join(f", {ident(n)} {t}" for p in relation.attributes for n, t in p.columns)
        con.execute(
            f"CREATE TEMP TABLE {ident('r_' + relation.name)} (f INTEGER, t INTEGER, eid VARCHAR"
            f"{own}, extra VARCHAR, claims INTEGER, source VARCHAR, file VARCHAR, line INTEGER)"
        )
    links = nodes // 8

    def entities(cls: str, first: int, count: int, name: str) -> None:
        con.execute(
            f"INSERT INTO {ident('n_' + cls)} BY NAME SELECT ({first} + i)::INTEGER AS k,"
            f" '{cls}' || i AS id, '{name}' || i AS name, 'bench' AS source,"
            f" '{cls.lower()}.csv' AS file, (i + 2)::INTEGER AS line FROM range({count}) r(i)"
        )
        con.execute(
            f"INSERT INTO node SELECT k, id, '{cls}', name, name_en FROM {ident('n_' + cls)}"
        )

    def relations(name: str, pairs: str) -> None:
        con.execute(
            f"INSERT INTO {ident('r_' + name)} BY NAME SELECT f::INTEGER AS f, t::INTEGER AS t,"
            f" 1 AS claims, 'bench' AS source, '{name.lower()}.csv' AS file,"
            f" row_number() OVER ()::INTEGER AS line FROM ({pairs}) WHERE f <> t"
        )

    entities("Product", 0, links, "产品环节")
    entities("Firm", links, nodes - links, "示例企业")
    for i, chain in enumerate(CHAINS):
        entities(chain, nodes + i, 1, "示例链")
    relations("PART_OF_CHAIN", f"SELECT i AS f, {nodes} + i % 3 AS t FROM range({links}) r(i)")
    relations(
        "REQUIRES", f"SELECT i + 3 + hash(i) % 9 * 3 AS f, i AS t FROM range({links - 40}) r(i)"
    )
    relations(
        "PROVIDES",
        f"SELECT {links} + i AS f, hash(i) % {links} AS t FROM range({nodes - links}) r(i)",
    )
    relations(
        "COLLABORATES_WITH",
        f"SELECT {links} + i AS f, {links} + hash(i * 7) % {nodes - links} AS t"
        f" FROM range({nodes - links}) r(i)",
    )

    def counts(prefix: str, names: Any) -> dict[str, int]:
        found = {}
        for name in names:
            row = con.execute(f"SELECT count(*) FROM {ident(prefix + name)}").fetchone()
            if row and row[0]:
                found[name] = row[0]
        return found

    return SimpleNamespace(
        con=con,
        schema=schema,
        digest="sha256:bench",
        entity_counts=lambda: counts("n_", schema.classes),
        relation_counts=lambda: counts("r_", schema.relations),
    )


def opened(path: Path, runs: int) -> tuple[list[float], float, float, int]:
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=chromium if Path(chromium).is_file() else None, args=["--no-sandbox"]
        )
        times = []
        drawn = 0
        for _ in range(runs):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            start = time.perf_counter()
            page.goto(path.as_uri())
            page.wait_for_function("window.page && window.page.drawn")
            times.append(time.perf_counter() - start)
            drawn = page.evaluate("nodes.length")
            if len(times) == runs:
                start = time.perf_counter()
                page.click("#lang")
                switch = time.perf_counter() - start
                picked = page.evaluate(
                    "() => { const t = performance.now(); window.page.pick(0);"
                    " return (performance.now() - t) / 1000; }"
                )
            page.close()
        browser.close()
    return times, switch, picked, drawn


def main() -> None:
    nodes = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    view = ecosystem(load(), nodes)
    start = time.perf_counter()
    text = write_page(view, None, "zh")
    written = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        path.write_bytes(text)
        times, switch, picked, drawn = opened(path, runs)
    print(f"written in {written:.2f} s, {len(text) / 1e6:.1f} MB, {drawn} nodes drawn")
    print(f"opens in {statistics.median(times):.2f} s (median of {runs}; worst {max(times):.2f})")
    print(f"language switch {switch:.2f} s, pick {picked:.3f} s")


if __name__ == "__main__":
    main()
