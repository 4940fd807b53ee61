"""A knowledge graph of an innovation ecosystem that finds its weak links.

From Python, `graph.open("graph.duckdb")` opens a record; see `graph.notebook`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graph.notebook import Answer, Changed, Gaps, Graph, Rows
    from graph.notebook import open_graph as open

__all__ = ["Answer", "Changed", "Gaps", "Graph", "Rows", "open"]


def __getattr__(name: str) -> Any:
    """The public names, on first use: the command line must start fast."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from graph import notebook

    return getattr(notebook, "open_graph" if name == "open" else name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
