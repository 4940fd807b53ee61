"""Every error the program raises on purpose, in one tree.

An error names a message in the catalogue (`graph.messages`) and the values that it speaks of, so
that it can be said in Chinese and in English; `str(error)` is the English text. `exit_code` is
what the command line ends with.
"""

from graph.messages import Lang, say


class GraphError(Exception):
    """Base of all. `key` names a message of the catalogue, `values` fill it."""

    exit_code = 3

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values

    def text(self, lang: Lang) -> str:
        return say(self.key, lang, **self.values)

    def __str__(self) -> str:
        return self.text("en")


class UsageError(GraphError):
    """The command was asked for something that makes no sense."""

    exit_code = 2


class InputError(GraphError):
    """A file that cannot be read. Its message names the place."""


class SchemaError(GraphError):
    """The ontology cannot be used as it is."""


class MappingError(GraphError):
    """A mapping that says something the ontology or the language does not know."""

    exit_code = 2


class RecordMissingError(GraphError):
    """There is no record where one is asked for."""


class RecordBusyError(GraphError):
    """Another process has the record open."""

    exit_code = 4


class RecordUnwritableError(GraphError):
    """The record cannot be written: no room, a quota, a limit, a device that fails."""

    exit_code = 4


class UnreachableError(GraphError):
    """A database that cannot be reached or refuses us."""

    exit_code = 4


class QueryError(GraphError):
    """A query that the engine refuses, or that we refuse because it would write."""

    exit_code = 2
