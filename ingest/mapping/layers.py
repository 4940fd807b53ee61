"""A tower of SELECTs over a staged table, each adding the columns that a mapping makes."""

import itertools
from collections.abc import Mapping

from ingest.mapping.language import Value
from ingest.mapping.sql import literal, quoted
from ingest.mapping.steps import FileLookup, Step, Unfold


class Layers:
    """SQL that starts from `base` and gains columns, one SELECT over the other.

    `columns` maps a name of the mapping to the column that holds it. A value that unfolds makes
    several records of one, each with the row and line that it came from.
    """

    def __init__(
        self, base: str, columns: Mapping[str, str], lookups: Mapping[FileLookup, str]
    ) -> None:
        self.parts = [f"l0 AS ({base})"]
        self.columns = dict(columns)
        self.lookups = lookups
        self.unfolded = False
        self._fresh = itertools.count()

    def column(self, name: str) -> str:
        """The SQL that reads the column of that name."""
        return quoted(self.columns[name])

    def make(self, name: str, value: Value) -> None:
        """Adds the column `name`, and those that its steps make beside it."""
        self.columns[name] = self.add(value)

    def add(self, value: Value) -> str:
        """Adds a column with `value`; returns what it is called in the SQL."""
        cell = self._start(value)
        for step in value.steps:
            match step:
                case Step():
                    cell = step.sql(cell, self.column)
                case FileLookup():
                    cell = step.sql(cell, self.lookups[step])
                case Unfold():
                    cell = self._unfold(step, cell)
        name = self._name()
        self._layer(f"*, {cell} AS {quoted(name)}")
        return name

    def select(self, what: str, where: str) -> str:
        """The whole query: `what` of the last layer."""
        distinct = "DISTINCT " if self.unfolded else ""
        tower = ", ".join(self.parts)
        return f"WITH {tower} SELECT {distinct}{what} FROM l{len(self.parts) - 1} WHERE {where}"

    def _start(self, value: Value) -> str:
        match value.kind:
            case "column":
                return self.column(value.parts[0])
            case "constant":
                return literal(value.parts[0])
            case "template":
                pieces = [
                    self.column(piece) if i % 2 else literal(piece)
                    for i, piece in enumerate(value.parts)
                    if piece
                ]
                return f"({' || '.join(pieces)})"
        names = ", ".join(quoted(self.add(choice)) for choice in value.choices)
        return f"coalesce({names})"

    def _unfold(self, step: Unfold, cell: str) -> str:
        self.unfolded = True
        name = self._name()
        structs = self._name()
        self._layer(f"*, {step.sql(cell)} AS {quoted(structs)}")
        # a record without any value stays, with an empty one
        several = f"CASE WHEN len({quoted(structs)}) > 0 THEN {quoted(structs)} ELSE [NULL] END"
        self._layer(f"*, unnest({several}) AS {quoted(name)}")
        for part, made in step.also:
            self.columns[made] = self._name()
            self._layer(f"*, {quoted(name)}.{part}::VARCHAR AS {quoted(self.columns[made])}")
        return f"{quoted(name)}.{step.main}::VARCHAR"

    def _name(self) -> str:
        return f"made {next(self._fresh)}"

    def _layer(self, what: str) -> None:
        self.parts.append(f"l{len(self.parts)} AS (SELECT {what} FROM l{len(self.parts) - 1})")
