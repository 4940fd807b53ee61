"""Small ecosystems for the methods, written as lines and seen as a view."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pytest

from graph.record.sql import ident
from graph.schema import Property, Schema, load


@dataclass
class Toy:
    """A view on entities and relations that a test writes down."""

    schema: Schema
    con: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)
    digest: str = "sha256:toy"
    _keys: dict[str, int] = field(default_factory=dict)
    _lines: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.con.execute(tables_of(self.schema))

    def add(self, cls: str, *ids: str, **values: Any) -> "Toy":
        """Entities of one class, named as their ids are."""
        for key in ids:
            k = self._keys[key] = len(self._keys)
            row = {"k": k, "id": key, "name": key, **values}
            self._insert("n_" + cls, row)
            self.con.execute(
                "INSERT INTO node VALUES (?, ?, ?, ?, ?)",
                [k, key, cls, row["name"], row.get("name_en")],
            )
        return self

    def link(self, relation: str, of: str, *to: str, **values: Any) -> "Toy":
        """Relations from one entity to others."""
        for end in to:
            self._insert("r_" + relation, {"f": self._keys[of], "t": self._keys[end], **values})
        return self

    def located(self, **places: str) -> "Toy":
        """Where actors sit: a country by its code, made where it is new, or a region."""
        for actor, place in places.items():
            if place not in self._keys:
                self.add("Region", place, level="国家")
            self.link("LOCATED_IN", actor, place)
        return self

    def state(self, link: str, **shares: float | None) -> "Toy":
        """Shares stated of whole countries."""
        for place, share in shares.items():
            if place not in self._keys:
                self.add("Region", place, level="国家")
            self.link("PROVIDES", place, link, share=share)
        return self

    def supply(self, link: str, **shares: float | None) -> "Toy":
        """Firms that provide a link, made where they are new; None: no share is stated."""
        for firm, share in shares.items():
            if firm not in self._keys:
                self.add("Firm", firm)
            self.link("PROVIDES", firm, link, share=share)
        return self

    def _insert(self, table: str, row: dict[str, Any]) -> None:
        self._lines[table] = self._lines.get(table, 0) + 1
        row.setdefault("line", self._lines[table])
        names = ", ".join(ident(name) for name in row)
        marks = ", ".join("?" for _ in row)
        self.con.execute(
            f"INSERT INTO {ident(table)} ({names}) VALUES ({marks})", list(row.values())
        )


_MADE: dict[str, str] = {}


def tables_of(schema: Schema) -> str:
    if schema.digest not in _MADE:
        _MADE[schema.digest] = _tables(schema)
    return _MADE[schema.digest]


def _tables(schema: Schema) -> str:
    """The temporary tables of a view on nothing."""
    made = ["CREATE TEMP TABLE node(k INT, id TEXT, class TEXT, name TEXT, name_en TEXT)"]
    for name, cls in schema.classes.items():
        if not cls.abstract:
            made.append(_table("n_" + name, "k INT, id TEXT", cls.properties, ""))
    for name, relation in schema.relations.items():
        ends = "f INT, t INT, eid TEXT"
        made.append(_table("r_" + name, ends, relation.attributes, ", claims INT DEFAULT 1"))
    return ";".join(made)


def _table(name: str, first: str, terms: tuple[Property, ...], more: str) -> str:
    columns = [f"{ident(c)} {kind}" for term in terms for c, kind in term.columns]
    return (
        f"CREATE TEMP TABLE {ident(name)} ({', '.join([first, *columns])}, extra JSON{more},"
        f" source TEXT DEFAULT 'toy', file TEXT DEFAULT 'toy.csv', line INT)"
    )


@pytest.fixture(scope="session")
def schema() -> Schema:
    return load()


@pytest.fixture
def toy(schema: Schema) -> Iterator[Callable[[], Toy]]:
    """Makes empty views."""
    made: list[Toy] = []

    def make() -> Toy:
        made.append(Toy(schema))
        return made[-1]

    yield make
    for view in made:
        view.con.close()


@pytest.fixture(scope="session")
def toy_session(schema: Schema) -> Callable[[], Toy]:
    """As `toy`, for a view that many examples share; who makes it closes it."""
    return lambda: Toy(schema)
