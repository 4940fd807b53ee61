"""The ontology as Python sees it: the one source of truth for classes, relations and properties.

Everything that a class or relation needs to be known for is read from `ontology.ttl` here; no
other module parses it.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from graph.messages import Lang

Datatype = Literal["text", "integer", "decimal", "boolean", "date", "share", "amount", "uri"]


@dataclass(frozen=True)
class ClosedValue:
    """One member of a closed list: what is stored, its labels, and other ways to write it."""

    value: str
    label: dict[Lang, str]
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Property:
    """A property of a class or an attribute of a relation. `name` is the column's name."""

    name: str
    iri: str
    datatype: Datatype
    label: dict[Lang, str]
    definition: dict[Lang, str]
    aliases: tuple[str, ...] = ()
    closed: tuple[ClosedValue, ...] = ()
    multiple: bool = False
    identifier: bool = False
    indexed: bool = False
    example: str | None = None
    language_tagged: bool = False

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """Column names and DuckDB types: an amount takes four (value, bounds, currency)."""
        if self.datatype == "amount":
            n = self.name
            return (
                (n, "DOUBLE"),
                (f"{n}_min", "DOUBLE"),
                (f"{n}_max", "DOUBLE"),
                (f"{n}_currency", "VARCHAR"),
            )
        base = {
            "text": "VARCHAR",
            "uri": "VARCHAR",
            "date": "VARCHAR",  # ISO 8601 with its precision: 2024, 2024-05, 2024-05-01
            "integer": "BIGINT",
            "decimal": "DOUBLE",
            "share": "DOUBLE",
            "boolean": "BOOLEAN",
        }[self.datatype]
        return ((self.name, base + ("[]" if self.multiple else "")),)


@dataclass(frozen=True)
class EntityClass:
    """A class of entities. `ancestors` are ours only, nearest first, without the class itself."""

    name: str
    iri: str
    label: dict[Lang, str]
    definition: dict[Lang, str]
    aliases: tuple[str, ...]
    ancestors: tuple[str, ...]
    abstract: bool
    properties: tuple[Property, ...]
    example: str | None = None


@dataclass(frozen=True)
class Heading:
    """A column of a wide table that makes a relation: 投资方 beside a firm is INVESTS_IN, inverse."""

    text: str
    target: str
    inverse: bool = False


@dataclass(frozen=True)
class Relation:
    """A relation. `name` is the type in files, Neo4j and JSON; domain and range are class names."""

    name: str
    iri: str
    statement_iri: str
    label: dict[Lang, str]
    definition: dict[Lang, str]
    aliases: tuple[str, ...]
    domain: tuple[str, ...]
    range: tuple[str, ...]
    attributes: tuple[Property, ...]
    chain: str | None = None
    hand_off: bool = False
    symmetric: bool = False
    headings: tuple[Heading, ...] = ()


@dataclass(frozen=True)
class Schema:
    """All classes and relations, in the ontology's order, and the digest of the file."""

    classes: dict[str, EntityClass]
    relations: dict[str, Relation]
    digest: str
    version: str

    def subclasses(self, name: str) -> tuple[str, ...]:
        """`name` and every class below it, sorted."""
        below = (c.name for c in self.classes.values() if name in c.ancestors)
        return tuple(sorted({name, *below}))

    @cached_property
    def links(self) -> tuple[str, ...]:
        """The classes that are links of a chain."""
        return tuple(c for c in self.subclasses("ChainLink") if c != "ChainLink")


def load(path: Path | None = None) -> Schema:
    """The schema of `path`, by default of the ontology that is shipped with the program."""
    raise NotImplementedError(path)
