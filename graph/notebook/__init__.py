"""The record from Python, for notebooks and scripts: `graph.open("graph.duckdb")`.

    import graph

    with graph.open("graph.duckdb", home="CN") as g:
        g.gaps(measures=["chokepoint"])   # typed findings; a table in a notebook
        g.network(chain="industry")       # a NetworkX MultiDiGraph
        g.whatif(["firm:a"])
        g.diff(-2, -1)

`graph` itself imports nothing of this before it is asked for.
"""

from graph.notebook.answers import Answer, Changed, Gaps, Rows
from graph.notebook.opened import Graph, open_graph

__all__ = ["Answer", "Changed", "Gaps", "Graph", "Rows", "open_graph"]
