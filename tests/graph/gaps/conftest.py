"""Small ecosystems for the methods, written as lines and seen as a view."""

from collections.abc import Callable
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

    def __post_init__(self) -> None:
        self.con.execute(
            "CREATE TEMP TABLE node(k INTEGER, id VARCHAR, class VARCHAR,"
            " name VARCHAR, name_en VARCHAR)"
        )
        for name, cls in self.schema.classes.items():
            if not cls.abstract:
                self._table("n_" + name, "k INTEGER, id VARCHAR", cls.properties, "")
        for name, relation in self.schema.relations.items():
            ends = "f INTEGER, t INTEGER, eid VARCHAR"
            self._table("r_" + name, ends, relation.attributes, ", claims INTEGER DEFAULT 1")

    def _table(self, name: str, first: str, terms: tuple[Property, ...], more: str) -> None:
        columns = [f"{ident(c)} {kind}" for term in terms for c, kind in term.columns]
        self.con.execute(
            f"CREATE TEMP TABLE {ident(name)} ({', '.join([first, *columns])}, extra JSON{more},"
            f" source VARCHAR DEFAULT 'toy', file VARCHAR DEFAULT 'toy.csv', line INTEGER)"
        )
        self.con.execute(f"CREATE SEQUENCE {ident('line_' + name)}")
        self.con.execute(
            f"ALTER TABLE {ident(name)} ALTER line SET DEFAULT nextval('{'line_' + name}')"
        )

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

    def supply(self, link: str, **shares: float | None) -> "Toy":
        """Firms that provide a link, made where they are new; None: no share is stated."""
        for firm, share in shares.items():
            if firm not in self._keys:
                self.add("Firm", firm)
            self.link("PROVIDES", firm, link, share=share)
        return self

    def _insert(self, table: str, row: dict[str, Any]) -> None:
        names = ", ".join(ident(name) for name in row)
        marks = ", ".join("?" for _ in row)
        self.con.execute(
            f"INSERT INTO {ident(table)} ({names}) VALUES ({marks})", list(row.values())
        )


@pytest.fixture(scope="session")
def schema() -> Schema:
    return load()


@pytest.fixture
def toy(schema: Schema) -> Callable[[], Toy]:
    return lambda: Toy(schema)
