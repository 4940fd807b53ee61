"""Records made of claims that a test writes down: any id, any value, no file to read."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pytest

from graph.record import Record
from graph.record.sql import ident
from graph.record.tables import value_columns
from graph.record.write import FileClaims, FileVersion, Run
from graph.schema import EntityClass, Relation, Schema, load

FIRST = {
    EntityClass: ["id", "keyless", "mention"],
    Relation: ["source_id", "source_keyless", "target_id", "target_keyless", "eid"],
}


@dataclass
class Claims:
    """What some files of one source say. A file's lines are counted as they are written."""

    schema: Schema = field(default_factory=load)
    source: str = "toy"
    rows: dict[str, dict[str, list[dict[str, Any]]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )

    def entity(self, cls: str, key: str, file: str = "entities.csv", **values: Any) -> Self:
        row = {"id": key, "keyless": False, "mention": False, **values}
        return self._say(file, cls, {"name": key, **row})

    def relation(
        self, name: str, of: str, to: str, file: str = "relations.csv", **values: Any
    ) -> Self:
        ends = {"source_id": of, "target_id": to}
        return self._say(
            file, name, {**ends, "source_keyless": False, "target_keyless": False} | values
        )

    def _say(self, file: str, kind: str, row: dict[str, Any]) -> Self:
        kinds = self.rows[file]
        line = 2 + sum(len(rows) for rows in kinds.values())
        kinds[kind].append({"row": line - 1, "line": line, **row})
        return self

    def write(self, db: Path) -> Path:
        """Makes a record of it, or brings the one at `db` to it."""
        with Record.open(db, schema=self.schema, write=True) as record, Run(record, "test") as run:
            for file, kinds in self.rows.items():
                claims = FileClaims(read=sum(len(rows) for rows in kinds.values()))
                for name, rows in kinds.items():
                    self._stage(record, claims, name, rows)
                version = FileVersion(self.source, file, str(db.parent), repr(kinds), "table")
                run.write(version, claims, run.known(version))
        return db

    def _stage(
        self, record: Record, claims: FileClaims, name: str, rows: list[dict[str, Any]]
    ) -> None:
        kind = self.schema.classes.get(name) or self.schema.relations[name]
        fixed = dict.fromkeys(("keyless", "mention", "source_keyless", "target_keyless"), "BOOLEAN")
        types = {"row": "BIGINT", "line": "INTEGER", "extra": "VARCHAR"}
        types |= {c: fixed.get(c, "VARCHAR") for c in FIRST[type(kind)]}
        types |= dict(value_columns(kind))
        table = f"test_{name}_{len(claims.tables)}"
        listed = ", ".join(f"{ident(c)} {t}" for c, t in types.items())
        record.con.execute(f"CREATE OR REPLACE TEMP TABLE {ident(table)} ({listed})")
        staged = pa.table({c: pa.array([row.get(c) for row in rows]) for c in types})
        record.con.register("staged", staged)
        record.con.execute(f"INSERT INTO {ident(table)} SELECT * FROM staged")
        record.con.unregister("staged")
        if isinstance(kind, EntityClass):
            claims.entities.append((kind, table))
        else:
            claims.relations.append((kind, table))


AWKWARD = (
    "双引号\"单引号'反引号`反斜杠\\",
    "第一行\n第二行\r\n\t制表",
    "🚀 emoji 👩‍🔬 和 𠮷 (U+20BB7)",
    "`); DROP (n) //",
    "'}) DETACH DELETE n //",
    "<script>alert(1)</script>&amp;",
    "\\u0041 \\n ${x} {0} %s",
    "a b#c?d=e/f:ü%20",
    "\u202ertl\u200b zero\u00a0width",
)


def ecosystem() -> Claims:
    """A small chain: Chinese and English names, parallel relations, awkward values, one merge."""
    said = Claims()
    said.entity("Firm", "F1", name="甲公司", name_en="Alpha Ltd", alt_names=["甲", "A 公司"])
    said.entity("Firm", "F2", name="乙公司", founded_on="2012-05", employees=120, size="大")
    said.entity("Firm", "F3", name="Gamma", extra='{"备注": "≥ 3"}')
    said.entity("SciencePark", "K1", name="大学科技园")
    said.entity("Product", "P1", name="光刻机", name_en="lithography machine")
    said.entity("Product", "P2", name="光刻胶")
    said.entity("Region", "CN", name="中国", name_en="China")
    said.relation("PROVIDES", "F1", "P1", share=0.6, start="2020")
    said.relation("PROVIDES", "F1", "P1", share=0.4, start="2021-03")
    said.relation("PROVIDES", "F2", "P1", eid="e1", share=0.25)
    said.relation("PROVIDES", "F2", "P1", eid="e2", share=0.75)
    said.relation("PROVIDES", "F3", "P2")
    said.relation("REQUIRES", "P1", "P2", group="光刻")
    said.relation("LOCATED_IN", "F1", "CN")
    for i, text in enumerate(AWKWARD):
        said.entity("Firm", f"bad{i}:{text}", name=text, name_en=text, alt_names=[text, "x"])
        said.relation("PROVIDES", f"bad{i}:{text}", "P2", eid=text, quote=text)
    said.entity("Firm", "long", name="长", description="很长的文字 " * 200_000)
    return said


@pytest.fixture
def claims() -> Claims:
    return Claims()


@pytest.fixture(scope="session")
def ecosystem_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record of `ecosystem()`. Not to be written to."""
    return ecosystem().write(tmp_path_factory.mktemp("ecosystem") / "graph.duckdb")
