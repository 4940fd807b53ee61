"""`graph verify`: which stores, what it prints in both languages, and its exit codes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contract.planted import graph as small
from tests.program import Done

Run = Callable[..., Done]


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return small().write(tmp_path / "graph.duckdb")


def test_all_that_there_is_here_is_equal(run: Run, db: Path) -> None:
    done = run("verify", "--format", "json")
    assert done.code == 0, done.err
    said = json.loads(done.out)
    assert (said["equal"], said["differences"]) == (True, [])
    assert list(said["stores"]) == ["record", "rdf", "cypher"]
    digests = {store["digest"] for store in said["stores"].values()}
    assert len(digests) == 1
    firm = said["stores"]["rdf"]["entities"]["Firm"]
    assert firm["count"] == 3
    assert firm["properties"]["employees"]["count"] == 1
    assert firm == said["stores"]["record"]["entities"]["Firm"]
    assert "claims" in said["stores"]["cypher"]["relations"]["PROVIDES"]["properties"]
    assert "claims" not in said["stores"]["rdf"]["relations"]["PROVIDES"]["properties"]


@pytest.mark.parametrize("form", ["ttl", "rdfxml", "trig", "nq", "jsonld"])
def test_an_exported_file_is_equal(run: Run, db: Path, form: str) -> None:
    name = {"rdfxml": "out.rdf"}.get(form, f"out.{form}")
    assert run("export", form, "-o", name).code == 0
    done = run("verify", "--store", "record", "--store", "rdf", "--rdf", name)
    assert done.code == 0, done.out + done.err


def test_a_changed_file_is_told_in_both_languages(run: Run, db: Path) -> None:
    assert run("export", "ttl", "-o", "out.ttl").code == 0
    text = Path("out.ttl").read_text("utf-8")
    assert text.count("Alpha Ltd") > 1
    Path("out.ttl").write_text(text.replace("120", "121"), "utf-8")
    words = ("verify", "--store", "record", "--store", "rdf", "--rdf", "out.ttl")
    done = run(*words)
    assert done.code == 1
    assert "RDF\tchanged\tFirm\tF1\temployees\t120\t121" in done.out
    assert "RDF and record are not equal; differences: 1." in done.err
    done = run(*words, "--lang", "zh")
    assert "RDF\t不同\t企业 Firm\tF1\temployees\t120\t121" in done.out
    assert "不一致：共 1 处差异" in done.err

    said = json.loads(run(*words, "--format", "json").out)
    assert said["differences"] == [
        {
            "stores": ["record", "rdf"],
            "what": "changed",
            "class": "Firm",
            "id": "F1",
            "property": "employees",
            "values": {"record": 120, "rdf": 121},
        }
    ]
    assert said["stores"]["rdf"]["differences"] == 1


def test_a_damaged_index_of_the_embedded_engine_is_found(run: Run, db: Path) -> None:
    from graph.cypher import engine

    assert run("query", "MATCH (n:Firm) RETURN count(n)").code == 0
    [databases] = Path("graph.duckdb.cypher").glob("*/databases")
    with engine.running(databases, write=True) as running:
        running.driver.execute_query("MATCH ({id: 'F3'})-[r:PROVIDES]->() DELETE r")
    done = run("verify", "--store", "record", "--store", "cypher")
    assert done.code == 1
    assert "embedded\tmissing\tPROVIDES\tF3 → P2" in done.out


def test_only_the_first_are_named(run: Run, db: Path) -> None:
    assert run("export", "ttl", "-o", "out.ttl").code == 0
    lines = Path("out.ttl").read_text("utf-8")
    Path("out.ttl").write_text(lines.replace("entities.csv", "firms.csv"), "utf-8")
    words = ("verify", "--store", "record", "--store", "rdf", "--rdf", "out.ttl")
    done = run(*words, "--top", "2")
    assert len([line for line in done.out.splitlines() if "changed" in line]) == 2
    assert "differences: 5." in done.err and "the first 2" in done.err
    assert run(*words, "--top", "0").out.count("changed") == 5


def test_what_makes_no_sense_is_said(run: Run, db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("verify", "--store", "record").code == 2
    assert "neo4j" in run("verify", "--store", "mysql").err
    assert run("verify", "--store", "record", "--store", "neo4j").code == 2
    Path("bad.ttl").write_text("<a> <b> .", "utf-8")
    done = run("verify", "--store", "record", "--store", "rdf", "--rdf", "bad.ttl")
    assert done.code == 3 and "bad.ttl" in done.err
    assert run("verify", "--rdf", "none.ttl").code == 3
    assert run("verify", "--rdf", "graph.txt").code == 3
    monkeypatch.setenv("NEO4J_PASSWORD", "secret")
    done = run("verify", "--store", "record", "--store", "neo4j", "--uri", "bolt://127.0.0.1:1")
    assert done.code == 4 and "secret" not in done.err + done.out


@pytest.mark.neo4j
@pytest.mark.xdist_group("neo4j")
def test_a_server_with_things_of_others(
    run: Run, db: Path, neo4j_server: object, neo4j_empty: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", neo4j_server.password)  # type: ignore[attr-defined]
    uri: str = neo4j_server.uri  # type: ignore[attr-defined]
    assert run("push", "--uri", uri).code == 0
    neo4j_empty.execute_query("CREATE (:Person)-[:LIKES]->(:Person)")  # type: ignore[attr-defined]
    done = run("verify", "--uri", uri, "--store", "record", "--store", "neo4j")
    assert done.code == 0, done.out + done.err
    assert "nodes: 2, relations: 1" in done.err
