"""The ontology as Python sees it: the one source of truth for classes, relations and properties.

Everything that a class or relation needs to be known for is read from `ontology.ttl` here; no
other module parses it.
"""

import os
from functools import lru_cache
from pathlib import Path

from graph.errors import SchemaError
from graph.resources import resource
from graph.schema.model import (
    ChainStage,
    ChainTemplate,
    ClosedValue,
    Datatype,
    EntityClass,
    Heading,
    Property,
    Relation,
    Schema,
)

__all__ = [
    "ChainStage",
    "ChainTemplate",
    "ClosedValue",
    "Datatype",
    "EntityClass",
    "Heading",
    "Property",
    "Relation",
    "Schema",
    "load",
    "ontology_path",
]


def ontology_path() -> Path:
    """The ontology in use: what `GRAPH_ONTOLOGY` names, else the one shipped with the program."""
    named = os.environ.get("GRAPH_ONTOLOGY")
    return Path(named) if named else resource("ontology.ttl")


def load(path: Path | None = None) -> Schema:
    """The schema of `path`, by default of `ontology_path()`; a file is read once.

    Raises `SchemaError` where the file cannot be read, a term lacks its label or a class that it
    speaks of, or one name would mean two things.

    >>> schema = load()
    >>> schema.class_named("企业").name
    'Firm'
    >>> relation, heading = schema.heading_of("Firm", "投资方")
    >>> relation.name, heading.target, heading.inverse
    ('INVESTS_IN', 'Investor', True)
    """
    found = (path or ontology_path()).absolute()
    try:
        stat = found.stat()
        stamp = (stat.st_mtime_ns, stat.st_size)
    except OSError:
        stamp = (0, 0)
    return _load(found, stamp)


@lru_cache(maxsize=8)
def _load(path: Path, stamp: tuple[int, int]) -> Schema:
    from graph.schema.check import check
    from graph.schema.read import read

    schema = read(path)
    if not schema.concrete:
        raise SchemaError("schema.no_classes", path=path)
    check(schema, path)
    return schema
