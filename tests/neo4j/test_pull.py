"""Pulling a real Neo4j: what a push wrote comes back equal, what others made through a mapping."""

import json
from pathlib import Path
from typing import Any

import pytest
from neo4j import Driver

from graph.neo4j.push import push
from graph.neo4j.server import Server
from graph.neo4j.tables import tables
from graph.record import Record, describe
from graph.record.sums import view_digest, view_sums
from graph.schema import load
from ingest import pulled
from ingest.load import Report, Settings
from ingest.mapping import load_mapping
from tests.claims import Claims
from tests.program import Graph

pytestmark = [pytest.mark.neo4j, pytest.mark.xdist_group("neo4j")]

CRM = """
CREATE (a:Outfit:Listed {code: 'A', title: '甲公司', staff: '1,200 人', since: date('2001-05-01'),
                          tags: ['x', 'y'], boss: '王'}),
       (b:Outfit {code: 'B', title: '乙公司', staff: 'many'}),
       (c:Outfit {code: 'C', title: '丙公司'}),
       (p:Good {title: '光刻机'}),
       (q:Clerk {title: '张三'}),
       (a)-[:MAKES {part: 0.6, from: 2020}]->(p), (b)-[:MAKES]->(p), (q)-[:WORKS_AT]->(a),
       (a)-[:MAKES]->(q)
"""
MAPPING = """
mapping: crm
language: 1
source: crm
ignore: [WORKS_AT]
files:
  - file: [Outfit, "*:Outfit"]
    columns: {code: filled, title: required, staff: optional, since: optional, tags: optional}
    entities:
      - class: Firm
        id: code
        set: {name: title, employees: staff, founded_on: since, alt_names: tags}
  - file: Good
    columns: {id: required, title: filled}
    entities:
      - {class: Product, id: title, set: {name: title}}
  - file: MAKES
    columns: {from.code: filled, to.title: filled, to@: required, part: optional, .from: optional}
    where: {to@: Good}
    relations:
      - relation: PROVIDES
        from: from.code
        to: to.title
        set: {share: part, start: .from}
"""


def pull(db: Path, driver: Driver, mapping: Path | None = None, **settings: Any) -> Report:
    chosen = load_mapping(mapping) if mapping else None
    with Record.open(db, write=True) as record:
        found = tables(driver, None, record.schema, pulled.asked(chosen))
        return pulled.pull(
            record,
            found,
            source=chosen.source if chosen else "neo4j@test",
            place="bolt://test:7687/neo4j",
            mapping=chosen,
            settings=Settings(**settings),
        )


def run(driver: Driver, cypher: str) -> None:
    with driver.session() as session:
        session.run(cypher).consume()


def counts(report: Report) -> dict[str, tuple[int, int, int, int]]:
    """(read, accepted, rejected, unchanged) by table."""
    return {
        f.file: (f.counts.read, f.counts.accepted, f.counts.rejected, f.counts.unchanged)
        for f in report.files
    }


class TestWhatAPushWrote:
    """Into an empty record, and again."""

    def test_comes_back_equal(
        self, ecosystem_db: Path, tmp_path: Path, neo4j_empty: Driver
    ) -> None:
        with Record.open(ecosystem_db) as record:
            push(record.view(), neo4j_empty)
            sums, digest = view_sums(record.view()), view_digest(record.view())
        back = tmp_path / "back.duckdb"
        report = pull(back, neo4j_empty)
        assert report.rejected == 0 and not report.failed
        assert all(f.placed and not f.notes for f in report.files)
        with Record.open(back) as record:
            assert view_sums(record.view()) == sums
            assert view_digest(record.view()) == digest
            claims = record.view().claims(describe.find(record.view(), "F2"))
        [claim] = claims
        assert (claim["source"], claim["file"]) == ("neo4j@test", "Firm")
        ids = sorted(["F1", "F2", "F3", "long"])
        assert claim["line"] > ids.index("F2")

    def test_every_datatype_comes_back_equal(self, tmp_path: Path, neo4j_empty: Driver) -> None:
        said = Claims()
        said.entity("Firm", "amounts", name="a; b | c", alt_names=["x;y", " z ", '["q"]'],
                    registered_capital=1.5e7, registered_capital_currency="USD",
                    website="https://例子.cn/a?b=1&c", masked=True, founded_on="0999-12-31")  # fmt: skip
        said.entity("Firm", "bounds", registered_capital_min=1e-9, registered_capital_max=2e22,
                    registered_capital_currency="CNY", employees=0)  # fmt: skip
        said.entity("Firm", "nameless", name=None, extra='{"a": [1, {"b": null}]}')
        said.entity("Firm", "5", name="5", description="0.10")
        said.relation("SUPPLIES", "amounts", "bounds", eid="1", share=0.1 + 0.2, planned=False)
        said.relation("SUPPLIES", "amounts", "bounds", eid="01", amount=-0.0, amount_currency="CNY")
        db = said.write(tmp_path / "graph.duckdb")
        with Record.open(db) as record:
            push(record.view(), neo4j_empty)
            digest = view_digest(record.view())
        report = pull(tmp_path / "back.duckdb", neo4j_empty)
        with Record.open(tmp_path / "back.duckdb") as record:
            assert [r["reason"] for r in describe.rejects(record, "en")] == []
            assert view_digest(record.view()) == digest
        assert report.accepted == 6

    def test_a_second_pull_changes_nothing_and_a_third_only_what_changed(
        self, ecosystem_db: Path, tmp_path: Path, neo4j_empty: Driver
    ) -> None:
        with Record.open(ecosystem_db) as record:
            push(record.view(), neo4j_empty)
        back = tmp_path / "back.duckdb"
        first = pull(back, neo4j_empty)
        again = pull(back, neo4j_empty)
        assert not again.written
        assert all(read == same for read, _, _, same in counts(again).values())
        run(neo4j_empty, "MATCH (n:Entity {id: 'F1'}) SET n.employees = 7, n.mood = 'good'")
        run(neo4j_empty, "MATCH ()-[r:REQUIRES]->() DELETE r")
        third = pull(back, neo4j_empty, sync=True)
        assert counts(third)["Firm"] == (13, 1, 0, 12)
        assert third.withdrawn == ["neo4j@test/REQUIRES"]
        assert set(counts(third)) == set(counts(first)) - {"REQUIRES"}
        with Record.open(back) as record:
            [claim] = record.view().claims(describe.find(record.view(), "F1"))
        assert claim["values"] | {"employees": 7, "mood": "good"} == claim["values"]

    def test_what_was_spoilt_by_hand_is_refused_or_read_as_a_table_would(
        self, ecosystem_db: Path, tmp_path: Path, neo4j_empty: Driver
    ) -> None:
        with Record.open(ecosystem_db) as record:
            push(record.view(), neo4j_empty)
        run(neo4j_empty, "MATCH (n:Entity {id: 'F2'}) SET n.size = 'huge', n.employees = 'some'")
        run(neo4j_empty, "MATCH (n:Entity {id: 'F3'}) SET n.founded_on = '2012年5月'")
        run(neo4j_empty, "MATCH ({id: 'F1'})-[r:PROVIDES {eid: '2020'}]->() SET r.share = 60")
        back = tmp_path / "back.duckdb"
        assert counts(pull(back, neo4j_empty))["Firm"] == (13, 12, 1, 0)
        with Record.open(back) as record:
            refused = [r for r in describe.rejects(record, "en") if r["kind"] == "rejected"]
            [claim] = record.view().claims(describe.find(record.view(), "F3"))
        assert [(r["file"], r["field"], r["value"]) for r in refused] == [
            ("Firm", "employees", "some"),
            ("Firm", "size", "huge"),
            ("PROVIDES", "share", "60"),
        ]
        assert claim["values"]["founded_on"] == "2012-05"


class TestWhatOthersMade:
    """Labels, types and properties of their own."""

    def test_through_a_mapping(self, tmp_path: Path, neo4j_empty: Driver) -> None:
        run(neo4j_empty, CRM)
        mapping = tmp_path / "crm.yaml"
        mapping.write_text(MAPPING, "utf-8")
        back = tmp_path / "back.duckdb"
        report = pull(back, neo4j_empty, mapping)
        assert counts(report) == {
            "Outfit": (2, 1, 1, 0),
            "Listed:Outfit": (1, 1, 0, 0),
            "Good": (1, 1, 0, 0),
            "MAKES": (3, 2, 1, 0),
            "Clerk": (0, 0, 0, 0),
        }
        assert [f.file for f in report.files if not f.placed] == ["Clerk"]
        listed = next(f for f in report.files if f.file == "Listed:Outfit")
        assert [n.values["columns"] for n in listed.notes] == ["boss, id"]
        with Record.open(back) as record:
            view = record.view()
            firms = {r["id"]: r for r in view.entities("Firm").to_pylist()}
            refused = [r for r in describe.rejects(record, "en") if r["kind"] == "rejected"]
            provided = view.relations("PROVIDES").to_pylist()
        assert (firms["A"]["employees"], firms["A"]["founded_on"]) == (1200, "2001-05-01")
        assert firms["A"]["alt_names"] == ["x", "y"]
        assert set(firms) == {"A", "C"}
        said = [(r["file"], r["line"], r["field"], r["value"]) for r in refused]
        assert ("Outfit", 1, "staff", "many") in said
        assert [(r["from"], r["to"], r["share"], r["start"]) for r in provided] == [
            ("A", "光刻机", 0.6, "2020")
        ]

    def test_by_the_names_of_the_ontology_in_any_language(
        self, tmp_path: Path, neo4j_empty: Driver
    ) -> None:
        """Ids are the element ids where there are none; unknown properties are kept."""
        run(
            neo4j_empty,
            "CREATE (:`企业` {`名称`: '甲', `员工人数`: 5, `座右铭`: '勤'})-[:`提供`]->"
            "(:Product {name: 'x', weight: 2.5}), (:Thing), ()",
        )
        back = tmp_path / "back.duckdb"
        report = pull(back, neo4j_empty)
        assert [f.file for f in report.files if not f.placed] == ["(no label)", "Thing"]
        assert report.accepted == 3
        with Record.open(back) as record:
            view = record.view()
            [firm] = view.entities("Firm").to_pylist()
            [product] = view.entities("Product").to_pylist()
            [provided] = view.relations("PROVIDES").to_pylist()
        assert (firm["name"], json.loads(firm["extra"])) == ("甲", {"座右铭": "勤"})
        assert json.loads(product["extra"]) == {"weight": 2.5}
        assert (provided["from"], provided["to"]) == (firm["id"], product["id"])

    def test_a_draft_can_be_used_once_its_gaps_are_filled(
        self, graph: Graph, tmp_path: Path, neo4j_server: Server, neo4j_empty: Driver
    ) -> None:
        run(neo4j_empty, CRM)
        words = ["--uri", neo4j_server.uri]
        secret = {"NEO4J_PASSWORD": neo4j_server.password}
        done = graph("pull", *words, "--draft", "-o", "draft.yaml", "--lang", "zh", **secret)
        assert done.returncode == 0, done.stderr
        draft = (tmp_path / "draft.yaml").read_text("utf-8")
        for name in ("Outfit", '"Listed:Outfit"', "Good", "Clerk", "MAKES", "WORKS_AT"):
            assert f"  - file: {name}\n" in draft
        filled = draft.replace('relation: ""', "relation: PROVIDES").replace(
            "class: \n", "class: Firm\n"
        )
        (tmp_path / "draft.yaml").write_text(filled, "utf-8")
        done = graph("pull", *words, "--mapping", "draft.yaml", "--format", "json", **secret)
        assert "Traceback" not in done.stderr
        assert done.returncode in (0, 1), done.stderr
        bare = graph("pull", *words, "--lang", "zh", **secret)
        assert bare.returncode == 1, "nothing is the ontology's"
        assert "Outfit (2)" in bare.stderr and "--draft" in bare.stderr
        assert neo4j_server.password not in bare.stderr + done.stderr + draft


def test_push_and_pull_as_commands(
    graph: Graph, ecosystem_db: Path, tmp_path: Path, neo4j_server: Server, neo4j_empty: Driver
) -> None:
    words = ["--uri", neo4j_server.uri]
    secret = {"NEO4J_PASSWORD": neo4j_server.password}
    assert graph("push", *words, "--db", str(ecosystem_db), **secret).returncode == 0
    done = graph("pull", *words, "--format", "json", **secret)
    assert done.returncode == 0, done.stderr
    assert {"file": "Firm", "kind": "node", "read": 13, "accepted": 13, "rejected": 0, "unchanged": 0} in json.loads(done.stdout)  # fmt: skip
    stats = json.loads(graph("stats", "--format", "json").stdout)
    assert {s["source"] for s in stats["sources"]} == {
        "neo4j@" + neo4j_server.uri.removeprefix("bolt://")
    }
    with Record.open(ecosystem_db) as a, Record.open(tmp_path / "graph.duckdb") as b:
        assert view_digest(a.view()) == view_digest(b.view())


def test_tables_are_named_after_what_they_hold(neo4j_empty: Driver) -> None:
    run(
        neo4j_empty,
        "CREATE (:Entity:Actor:Organisation:Firm {id: 'a'}), (:Firm {id: 'b'}), (:Firm:Big),"
        " (:Big:Firm), (:Firm:University), (:Entity {id: 'z'}), ()",
    )
    found = {t.name: t.count for t in tables(neo4j_empty, None, load(), lambda name: None)}
    assert found == {
        "Firm": 2,
        "Firm:Big": 2,
        "Firm:University": 1,
        "Entity": 1,
        "(no label)": 1,
    }
