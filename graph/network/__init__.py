"""The network that the methods look at: links, who supplies them, and where those sit.

Everything comes column by column out of the temporary tables of a view (`node`, `n_<Class>`,
`r_<RELATION>`): DuckDB joins and aggregates, numpy holds the result. Only the chain graph, whose
nodes are links, is walked. Indices follow the order of ids, never the order in which things were
ingested, so that the same record gives the same numbers to the last bit.
"""

from graph.network.network import Network
from graph.network.source import Source

__all__ = ["Network", "Source"]
