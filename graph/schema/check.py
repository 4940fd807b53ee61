"""What a schema must hold so that a name means one thing."""

from collections.abc import Iterable
from pathlib import Path

from graph.errors import SchemaError
from graph.schema.model import EntityClass, Property, Relation, Schema
from graph.schema.words import key


def check(schema: Schema, path: Path) -> None:
    """Raises `SchemaError` where two terms share a name, or a heading could mean two things."""
    _unique(path, ((c.name, t) for c in schema.classes.values() for t in _names(c)))
    _unique(path, ((r.name, t) for r in schema.relations.values() for t in _names(r)))
    for relation in schema.relations.values():
        _columns(path, relation.name, relation.attributes)
    for cls in schema.classes.values():
        _columns(path, cls.name, cls.properties)
        if not cls.abstract:
            _headings(schema, path, cls)


def _names(kind: EntityClass | Relation) -> Iterable[str]:
    return (kind.name, *kind.label.values(), *kind.aliases)


def _unique(path: Path, named: Iterable[tuple[str, str]], within: str | None = None) -> None:
    owner: dict[str, str] = {}
    for name, text in named:
        other = owner.setdefault(key(text), name)
        if other != name:
            found = {"text": text, "first": other, "second": name, "path": path}
            if within is None:
                raise SchemaError("schema.same_name", **found)
            raise SchemaError("schema.same_heading", within=within, **found)


def _columns(path: Path, within: str, held: tuple[Property, ...]) -> None:
    said = ((p.name, t) for p in held for t in (p.name, *p.label.values(), *p.aliases))
    _unique(path, said, within)
    columns = [c for p in held for c, _ in p.columns]
    for column in columns:
        if columns.count(column) > 1 or column in ("id", "k", "extra", "line", "file", "source"):
            raise SchemaError("schema.same_column", path=path, within=within, name=column)


def _headings(schema: Schema, path: Path, cls: EntityClass) -> None:
    within = {cls.name, *cls.ancestors}
    said = [(p.name, t) for p in cls.properties for t in (p.name, *p.label.values(), *p.aliases)]
    for relation in schema.relations.values():
        for h in relation.headings:
            if within.intersection(relation.range if h.inverse else relation.domain):
                direction = "←" if h.inverse else "→"
                said.append((f"{relation.name} {direction} {h.target}", h.text))
    _unique(path, said, cls.name)
