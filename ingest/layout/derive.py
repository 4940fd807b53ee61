"""Temporary tables made from a staged one: columns added, cells with several names taken apart."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from graph.names import is_placeholder
from graph.record.sql import ident
from graph.schema import Relation
from ingest.layout.split import Split, split
from ingest.plan import Plan


@dataclass
class Draft:
    """A plan in the making over `table`, which grows columns; new tables are named after `base`."""

    con: duckdb.DuckDBPyConnection
    table: str
    plan: Plan = field(default_factory=Plan)
    made: int = 0

    def __post_init__(self) -> None:
        self.base = self.table

    def create(self, select: str) -> str:
        """A new temporary table of what `select` gives; its name."""
        self.made += 1
        name = f"{self.base}_{self.made}"
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE {ident(name)} AS {select}")
        return name

    def texts(self, table: str, column: str) -> list[str]:
        """The distinct texts of a column, sorted."""
        rows = self.con.execute(
            f"SELECT DISTINCT {ident(column)} FROM {ident(table)}"
            f" WHERE {ident(column)} IS NOT NULL ORDER BY 1"
        ).fetchall()
        return [row[0] for row in rows]

    def count(self, table: str, condition: str) -> int:
        counted = f"SELECT count(*) FROM {ident(table)} WHERE {condition}"
        ((rows,),) = self.con.execute(counted).fetchall()
        return int(rows)

    def free(self, table: str, wanted: str) -> str:
        """`wanted`, or a name like it that is no column of `table` yet."""
        rows = self.con.execute(f"SELECT column_name FROM (DESCRIBE {ident(table)})").fetchall()
        taken = {row[0].lower() for row in rows}
        while wanted.lower() in taken:
            wanted += "'"
        return wanted

    def with_texts(
        self,
        table: str,
        column: str,
        names: Sequence[str],
        read: Callable[[str], Iterable[str | None]],
    ) -> str:
        """`table` with columns `names`, which `read` makes from each text of `column`."""
        texts = self.texts(table, column)
        rows = [tuple(read(text)) for text in texts]
        made = {n: pa.array([r[i] for r in rows], pa.string()) for i, n in enumerate(names)}
        self.con.register(
            "read_texts", pa.table({"read text": pa.array(texts, pa.string()), **made})
        )
        listed = ", ".join(f"t.{ident(n)}" for n in names)
        try:
            return self.create(
                f"SELECT s.*, {listed} FROM {ident(table)} s"
                f' LEFT JOIN read_texts t ON t."read text" = s.{ident(column)}'
            )
        finally:
            self.con.unregister("read_texts")


@dataclass(frozen=True)
class Parts:
    """The derived table in which each name of a cell has a row of its own.

    `name` is its column of names, `attributes` its columns of what the cell says beside a name.
    `fillers` counts words that only stand for names, `others` rows whose list ends in 等.
    """

    table: str
    name: str
    attributes: dict[str, str]
    fillers: int
    others: int
    example: str | None


def take_apart(
    draft: Draft,
    table: str,
    column: str,
    heading: str,
    keep: Sequence[str],
    relation: Relation | None,
    where: str = "true",
    filler: Callable[[str], bool] = is_placeholder,
) -> Parts:
    """Each name of the cells of `column` as a row; `keep` are the columns that stay beside it."""
    texts = draft.texts(table, column)
    splits = [split(text, relation, filler) for text in texts]
    names = sorted({a for s in splits for p in s.parts for a in p.attributes})
    name = draft.free(table, heading)
    columns = {a: draft.free(table, f"{heading}.{a}") for a in names}
    draft.con.register("parts_of", _arrow(texts, splits, names))
    draft.con.register("fillers_of", _fillers(texts, splits))
    kept = "".join(f", s.{ident(c)}" for c in dict.fromkeys(keep))
    said = "".join(f", p.{ident('said ' + a)} AS {ident(columns[a])}" for a in names)
    try:
        derived = draft.create(
            f'SELECT s."row", s.line{kept}, p.part AS {ident(name)}{said}'
            f" FROM {ident(table)} s JOIN parts_of p ON p.text = s.{ident(column)}"
            f" WHERE {where}"
        )
        ((fillers, others),) = draft.con.execute(
            "SELECT coalesce(sum(f.fillers), 0), coalesce(sum(f.others), 0)"
            f" FROM {ident(table)} s JOIN fillers_of f ON f.text = s.{ident(column)} WHERE {where}"
        ).fetchall()
    finally:
        draft.con.unregister("parts_of")
        draft.con.unregister("fillers_of")
    example = next((word for s in splits for word in s.fillers), None)
    return Parts(derived, name, columns, int(fillers), int(others), example)


def _arrow(texts: Sequence[str], splits: Sequence[Split], names: Sequence[str]) -> pa.Table:
    rows = [(t, n, p) for t, s in zip(texts, splits, strict=True) for n, p in enumerate(s.parts)]
    table = {
        "text": pa.array([t for t, _, _ in rows], pa.string()),
        "n": pa.array([n for _, n, _ in rows], pa.int32()),
        "part": pa.array([p.name for _, _, p in rows], pa.string()),
    }
    for name in names:
        said = [p.attributes.get(name) for _, _, p in rows]
        table["said " + name] = pa.array(said, pa.string())
    return pa.table(table)


def _fillers(texts: Sequence[str], splits: Sequence[Split]) -> pa.Table:
    some = [(t, s) for t, s in zip(texts, splits, strict=True) if s.fillers or s.others]
    return pa.table(
        {
            "text": pa.array([t for t, _ in some], pa.string()),
            "fillers": pa.array([len(s.fillers) for _, s in some], pa.int32()),
            "others": pa.array([int(s.others) for _, s in some], pa.int32()),
        }
    )
