"""A workspace to write tables in and ingest them, as a user would."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graph.record import Record
from ingest import load
from ingest.discover import discover


class Workspace:
    """A folder of tables and a record beside it."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.data.mkdir(parents=True, exist_ok=True)
        self.db = folder / "graph.duckdb"

    def write(self, name: str, *lines: str) -> Path:
        path = self.data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return path

    def ingest(self, *paths: Path, **settings: Any) -> load.Report:
        with Record.open(self.db, write=True) as record:
            found = discover(paths or (self.data,))
            return load.ingest(record, found, settings=load.Settings(**settings))

    def ask(self, question: Callable[[Record], Any]) -> Any:
        with Record.open(self.db) as record:
            return question(record)

    @property
    def digest(self) -> str:
        return str(self.ask(lambda record: record.view().digest))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return list(self.ask(lambda record: record.view().con.execute(sql).fetchall()))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


@pytest.fixture
def toy(workspace: Workspace) -> Workspace:
    """Two firms, two products, three relations: enough to change one thing at a time."""
    workspace.write("firm.csv", "id,name", "F1,甲公司", "F2,乙公司")
    workspace.write("product.csv", "id,name", "P1,光刻机", "P2,光刻胶")
    workspace.write("provides.csv", "from,to,share", "F1,P1,60%", "F2,P1,40%", "F2,P2,0.5")
    return workspace
