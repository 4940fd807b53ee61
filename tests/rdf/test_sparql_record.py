"""SPARQL on a record: the store that is kept beside it, and the command."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graph.errors import InputError
from graph.rdf import iris, sparql
from graph.record.store import Record
from tests.claims import Claims
from tests.program import Done
from tests.rdf.test_sparql import HEAVY

Run = Callable[..., Done]


def toy(folder: Path, **values: Any) -> Path:
    said = Claims().entity("Firm", "F1", name="甲公司", name_en="Alpha", **values)
    said.entity("Product", "P1", name="=HYPERLINK(1)")
    said.relation("PROVIDES", "F1", "P1", share=0.6, start="2020")
    said.relation("PROVIDES", "F1", "P1", share=0.4, start="2021")
    return said.write(folder / "graph.duckdb")


def states(db: Path) -> dict[str, float]:
    folder = db.with_name(db.name + ".sparql")
    return {p.name: p.stat().st_mtime for p in folder.iterdir() if p.is_dir()}


def test_the_store_is_kept_until_the_record_changes(tmp_path: Path) -> None:
    db = toy(tmp_path)
    query = "SELECT ?s ?b { ?r a ig:ProvidesStatement ; rdf:subject id:F1 ; rdf:object id:P1 ; ig:share ?s ; ig:start ?b . id:F1 ig:provides id:P1 } ORDER BY ?b"
    first = sparql.ask(db, query, {})
    assert first.table()[1] == [[0.6, "2020"], [0.4, "2021"]], "parallel relations stay apart"
    [(name, made)] = states(db).items()
    assert sparql.ask(db, query, {}).body == first.body
    assert states(db) == {name: made}
    assert sparql.ask(db, "ASK { <urn:kg:F1> a ig:Firm }", {}, base="urn:kg:").table()[1] == [
        [True]
    ]
    toy(tmp_path, employees=7)
    assert sparql.ask(db, "SELECT ?e { id:F1 ig:employees ?e }", {}).table()[1] == [[7]]
    [(other, _)] = states(db).items()
    assert other != name, "the state before is removed"


def test_what_a_killed_build_left_is_no_store(tmp_path: Path) -> None:
    db = toy(tmp_path)
    sparql.ask(db, "ASK {}", {})
    [name] = states(db)
    folder = db.with_name(db.name + ".sparql")
    (folder / name / "digest").unlink()
    (folder / "build-0123").mkdir()
    assert sparql.ask(db, "ASK { id:F1 a ig:Firm }", {}).table()[1] == [[True]]
    assert list(states(db)) == [name]


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    db = toy(tmp_path)
    db.with_name(db.name + ".sparql").write_text("in the way")
    with pytest.raises(InputError) as error:
        sparql.ask(db, "ASK {}", {})
    assert ".sparql" in error.value.text("zh")


def test_the_record_may_be_read_meanwhile(tmp_path: Path) -> None:
    db = toy(tmp_path)
    with Record.open(db):
        assert sparql.ask(db, "ASK { id:F1 a ig:Firm }", {}).table()[1] == [[True]]


def test_the_command(run: Run, tmp_path: Path) -> None:
    db = ("--db", str(toy(tmp_path)))
    query = "SELECT ?x ?n { ?x a ig:Product ; ig:name ?n }"
    assert run("query", "--sparql", query, *db).out == "id:P1\t=HYPERLINK(1)\n"
    said = run("query", "--sparql", query, "--format", "json", *db).json()
    assert said["head"]["vars"] == ["x", "n"]
    assert said["results"]["bindings"][0]["n"]["value"] == "=HYPERLINK(1)"
    csv = run("query", "--sparql", query, "--format", "csv", *db).out
    assert csv.replace("\r", "") == f"x,n\n{iris.BASE}P1,'=HYPERLINK(1)\n"
    (tmp_path / "q.rq").write_text(query, "utf-8")
    assert "id:P1" in run("query", "--sparql", "--file", str(tmp_path / "q.rq"), *db).out
    assert run("query", "--sparql", "ASK { ?x a ig:Firm }", *db).out == "true\n"
    empty = run("query", "--sparql", "SELECT ?x { ?x a ig:Frim }", *db)
    assert (empty.code, empty.out) == (0, "") and "ig:Firm" in empty.err
    assert "No rows" in empty.err
    for query, form in (
        ("SELECT ?x { ?x a ig:Frim }", "csv"),
        ("SELECT ?x { ?x a ig:Frim }", "xml"),
        ("DESCRIBE ?x { ?x a ig:Frim }", "ttl"),
    ):
        nothing = run("query", "--sparql", query, "--format", form, *db)
        assert nothing.code == 0 and nothing.err.count("No rows") == 1 and "ig:Firm" in nothing.err
    assert "No rows" not in run("query", "--sparql", "DESCRIBE id:F1", *db).err
    given = run("query", "--sparql", "ASK { ?x ig:id $key }", "--param", "key=P1", *db)
    assert given.out == "true\n"
    refused = run("query", "--sparql", "ASK { SERVICE <urn:x> {} }", "--lang", "zh", *db)
    assert refused.code == 2 and "不联网" in refused.err
    late = run("query", "--sparql", HEAVY, "--timeout", "0.5", *db)
    assert late.code in (0, 2)
    assert run("query", "--sparql", "DESCRIBE id:F1", "-o", str(tmp_path / "f1.ttl"), *db).code == 0
    assert "Alpha" in (tmp_path / "f1.ttl").read_text("utf-8")
