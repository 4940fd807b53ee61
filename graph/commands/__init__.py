"""The commands, by what they are about: each parses, calls and renders. Heavy imports wait."""

# isort: off
# in the order in which `graph --help` lists them
from graph.commands import record
from graph.commands import validate
from graph.commands import query
from graph.commands import stores
from graph.commands import verify
from graph.commands import serve
from graph.commands import weak
from graph.commands import impact
from graph.commands import diff
from graph.commands import files

__all__ = [
    "diff",
    "files",
    "impact",
    "query",
    "record",
    "serve",
    "stores",
    "validate",
    "verify",
    "weak",
]
