"""Exporters: a view and its findings as the bytes of one file.

An exporter is a function `(view, findings, lang, settings) -> bytes`. Outside packages add theirs
by the entry point group `innograph.exporters`.
"""

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points
from typing import IO, TYPE_CHECKING

from graph.errors import UsageError

if TYPE_CHECKING:
    from graph.finding import Findings
    from graph.messages import Lang
    from graph.record import Record, View
    from graph.settings import Settings

Writer = Callable[["Record", IO[bytes], "Settings"], None]
Exporter = Callable[["View", "Findings | None", "Lang", "Settings"], bytes]

GROUP = "innograph.exporters"

BUILT_IN = {
    "html": "graph.export.page:export",
    "json": "graph.export.findings:export",
}
WRITERS = {form: f"graph.rdf.export:{form}" for form in ("ttl", "trig", "nq", "jsonld", "rdfxml")}
WRITERS |= {
    form: f"graph.export.graphs.{form}:write"
    for form in ("graphml", "gexf", "csv", "parquet", "xlsx")
}
WRITERS["neo4j-csv"] = "graph.export.graphs.csv:write_neo4j"
"""What is too large to be held: `(record, output, settings) -> None` writes it piece by piece."""

NEEDS_FINDINGS = {"html", "json"}


def exporters() -> list[str]:
    """The names of all exporters, built-in ones first."""
    return [*BUILT_IN, *WRITERS, *sorted(p.name for p in entry_points(group=GROUP))]


def exporter(name: str) -> Exporter:
    """The exporter of that name; UsageError where there is none."""
    if name in BUILT_IN:
        module, _, function = BUILT_IN[name].partition(":")
        found: Exporter = getattr(import_module(module), function)
        return found
    for point in entry_points(group=GROUP, name=name):
        loaded: Exporter = point.load()
        return loaded
    raise UsageError("export.unknown", kind=name, known=", ".join(exporters()))


def writer(name: str) -> Writer | None:
    """What writes a large export piece by piece; None where there is none of that name."""
    if name not in WRITERS:
        return None
    module, _, function = WRITERS[name].partition(":")
    found: Writer = getattr(import_module(module), function)
    return found
