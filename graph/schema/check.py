"""What a schema must hold so that a name means one thing."""

from collections.abc import Iterable
from pathlib import Path

from graph.errors import SchemaError
from graph.schema.model import EntityClass, Property, Relation, Schema
from graph.schema.words import key

RESERVED = frozenset(
    [
        "id",
        "k",
        "f",
        "t",
        "eid",
        "mention",
        "extra",
        "claims",
        "source",
        "file",
        "line",
        "sv",
        "r_from",
        "r_to",
    ]
)
"""Columns that the record adds itself."""

Named = tuple[str, str]
"""Who is named, and the text that names it."""


def check(schema: Schema, path: Path) -> None:
    """Raises `SchemaError` where two terms share a name, or a heading could mean two things."""
    _unique(path, ((c.name, t) for c in schema.classes.values() for t in _names(c)))
    _unique(path, ((r.name, t) for r in schema.relations.values() for t in _names(r)))
    for relation in schema.relations.values():
        _columns(path, relation.name, relation.attributes)
        _unique(path, _terms(relation.attributes), relation.name)
    wide = [
        (set(r.range if h.inverse else r.domain), set(h.rows), (f"{r.name} ({h.target})", h.text))
        for r in schema.relations.values()
        for h in r.headings
    ]
    for cls in schema.classes.values():
        _columns(path, cls.name, cls.properties)
        if not cls.abstract:
            within = {cls.name, *cls.ancestors}
            made = (
                said
                for ends, rows, said in wide
                if not ends.isdisjoint(within) and (not rows or not rows.isdisjoint(within))
            )
            _unique(path, [*_terms(cls.properties), *made], cls.name)


def _names(kind: EntityClass | Relation) -> Iterable[str]:
    return (kind.name, *kind.label.values(), *kind.aliases)


def _terms(held: tuple[Property, ...]) -> Iterable[Named]:
    return ((p.name, t) for p in held for t in (p.name, *p.label.values(), *p.aliases))


def _unique(path: Path, named: Iterable[Named], within: str | None = None) -> None:
    owner: dict[str, str] = {}
    for name, text in named:
        other = owner.setdefault(key(text), name)
        if other != name:
            found = {"text": text, "first": other, "second": name, "path": path}
            if within is None:
                raise SchemaError("schema.same_name", **found)
            raise SchemaError("schema.same_heading", within=within, **found)


def _columns(path: Path, within: str, held: tuple[Property, ...]) -> None:
    seen = set(RESERVED)
    for column in (c for p in held for c, _ in p.columns):
        if column in seen:
            raise SchemaError("schema.same_column", path=path, within=within, name=column)
        seen.add(column)
