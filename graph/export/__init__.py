"""Exporters: a view and its findings as the bytes of one file.

An exporter is a function `(view, findings, lang, settings) -> bytes`. Outside packages add theirs
by the entry point group `innograph.exporters`.
"""

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from graph.errors import UsageError

if TYPE_CHECKING:
    from graph.finding import Findings
    from graph.messages import Lang
    from graph.record import View
    from graph.settings import Settings

Exporter = Callable[["View", "Findings | None", "Lang", "Settings"], bytes]

GROUP = "innograph.exporters"

BUILT_IN = {
    "html": "graph.export.page:export",
    "ttl": "graph.rdf.export:export",
    "json": "graph.export.findings:export",
}
NEEDS_FINDINGS = {"html", "json"}


def exporters() -> list[str]:
    """The names of all exporters, built-in ones first."""
    return [*BUILT_IN, *sorted(p.name for p in entry_points(group=GROUP))]


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
