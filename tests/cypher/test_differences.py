"""The table of differences is true: each is tried on both engines, and so is the way round."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from graph.cypher.columns import columns_of
from graph.cypher.differences import NAMES, explained, noted, refuse_silent
from graph.errors import QueryError
from graph.messages import say
from tests.demo_stores import Ask
from tests.program import Done

ROOT = Path(__file__).parents[2]
TIE = "(a {id: 'university:example-technology'})-[:COLLABORATES_WITH*..5]-(b {id: 'firm:example-panel-b'})"
PATHS = TIE.replace("*..5", "*1..5")

SILENT = [
    (
        "path_condition",
        f"MATCH p = shortestPath({TIE}) WHERE length(p) > 1 RETURN length(p) AS n",
        f"MATCH p = {PATHS} WHERE length(p) > 1 RETURN length(p) AS n ORDER BY n LIMIT 1",
    ),
    (
        "path_condition",
        f"MATCH p = shortestPath({TIE.replace('[:', '[rs:')}) WHERE size(rs) > 1 RETURN size(rs) AS n",
        f"MATCH {PATHS.replace('[:', '[rs:')} WHERE size(rs) > 1 RETURN size(rs) AS n ORDER BY n LIMIT 1",
    ),
    (
        "path_condition",
        f"OPTIONAL MATCH p = allShortestPaths({TIE}) WHERE none(r IN relationships(p) WHERE false)"
        " AND length(p) = 3 RETURN count(p) AS n",
        None,
    ),
    (
        "property_keys",
        "CALL db.propertyKeys() YIELD propertyKey AS key RETURN count(key) > 0 AS some",
        "MATCH (n) UNWIND keys(n) AS key WITH key WHERE key <> '_digest' RETURN DISTINCT key ORDER BY key",
    ),
    ("show", "SHOW FUNCTIONS YIELD name", None),
    (
        "visualization",
        "CALL db.schema.visualization()",
        "MATCH (a)-[r]->(b) RETURN DISTINCT a.type AS a, type(r) AS r, b.type AS b ORDER BY a, r, b",
    ),
]
"""Name, a query that both engines answer, but not alike, and what to write instead."""

REFUSED = [
    (
        "path_search",
        f"MATCH p = SHORTEST 1 {TIE.replace('*..5', '').replace(']-', ']-+')} RETURN length(p) AS n",
        f"MATCH p = shortestPath({TIE}) RETURN length(p) AS n",
    ),
    (
        "path_search",
        f"MATCH p = ALL SHORTEST {TIE.replace('*..5', '').replace(']-', ']-+')} RETURN length(p) AS n",
        f"MATCH p = allShortestPaths({TIE}) RETURN length(p) AS n",
    ),
    (
        "path_search",
        f"MATCH p = ANY {TIE.replace('*..5', '').replace(']-', ']-+')} RETURN length(p) > 0 AS n",
        f"MATCH p = shortestPath({TIE}) RETURN length(p) > 0 AS n",
    ),
    (
        "in_transactions",
        "MATCH (f:Fund) CALL (f) { RETURN f.id AS i } IN TRANSACTIONS OF 10 ROWS RETURN i ORDER BY i",
        "MATCH (f:Fund) CALL (f) { RETURN f.id AS i } RETURN i ORDER BY i",
    ),
    ("explain", "EXPLAIN MATCH (n:Fund) RETURN n.id", None),
    ("explain", "PROFILE MATCH (n:Fund) RETURN n.id", None),
    (
        "options",
        "CYPHER 5 MATCH (n:Fund) RETURN count(n) AS n",
        "MATCH (n:Fund) RETURN count(n) AS n",
    ),
    ("options", "CYPHER runtime=slotted RETURN 1 AS n", "RETURN 1 AS n"),
    ("underscore", "RETURN 1_000 AS n", "RETURN 1000 AS n"),
    (
        "schema_procedures",
        "CALL db.schema.nodeTypeProperties() YIELD nodeType RETURN count(*) > 0 AS n",
        "MATCH (n) UNWIND keys(n) AS key WITH n, key WHERE key <> '_digest' RETURN n.type AS type, key, count(*) AS n ORDER BY type, key",
    ),
    ("schema_procedures", "CALL db.info() YIELD name RETURN name", None),
    (
        "grouping",
        "MATCH (n:Firm) RETURN n.size AS s, count(*) + size(n.size) AS c ORDER BY s",
        "MATCH (n:Firm) WITH n.size AS s, count(*) AS c RETURN s, c + size(s) AS c ORDER BY s",
    ),
    ("union", "RETURN 1 AS a, 2 AS b UNION RETURN 2 AS b, 1 AS a", "RETURN 1 AS a, 2 AS b"),
    ("duration_sum", "UNWIND [duration('P1D')] AS d RETURN sum(d) AS n", None),
]
"""Name, a query that Neo4j answers and the embedded engine refuses, and what to write instead."""

IN_NEITHER = [
    ("fulltext", "CALL db.index.fulltext.queryNodes('names', 'a') YIELD node RETURN node"),
    ("gds", "CALL gds.pageRank.stream('x') YIELD nodeId RETURN nodeId"),
    ("next", "MATCH (n:Fund) RETURN n NEXT RETURN count(n) AS n"),
    ("match_mode", "MATCH REPEATABLE ELEMENTS (a)-[:REQUIRES]->(b) RETURN count(*) AS n"),
]
"""Refused by both: Neo4j needs a plugin, an index or a later version."""

NOTED = [
    (
        "point_distance",
        "RETURN point.distance(point({latitude: 30, longitude: 104}), point({latitude: 31, longitude: 104})) AS n",
    ),
    ("element_id", "MATCH (n:Fund) RETURN elementId(n) AS n ORDER BY n LIMIT 1"),
    ("apoc", "RETURN apoc.text.join(['a', 'b'], '-') AS n"),
    ("algo", "CALL algo.pagerank() YIELD score RETURN count(score) AS n"),
    ("let", "MATCH (n:Fund) LET i = n.id RETURN i ORDER BY i"),
    ("let", "MATCH (n:Firm) FILTER n.size = '大' RETURN count(n) AS n"),
]
"""Answered by the embedded engine, otherwise or not at all by Neo4j: said, not refused."""


def outcome(ask_: Ask, cypher: str) -> object:
    try:
        result = ask_(cypher)
        return result.columns, result.rows
    except Exception as error:  # noqa: BLE001 (whatever the engine says no with)
        return type(error)


@pytest.mark.neo4j
@pytest.mark.xdist_group("neo4j")
@pytest.mark.parametrize(("name", "cypher", "instead"), SILENT)
def test_what_differs_in_silence_is_refused(
    name: str, cypher: str, instead: str | None, embedded_demo: Ask, neo4j_demo: Ask
) -> None:
    assert outcome(embedded_demo, cypher) != outcome(neo4j_demo, cypher), (
        "no longer different: allow it"
    )
    with pytest.raises(QueryError) as refused:
        refuse_silent(cypher)
    assert refused.value.key == f"differs.{name}"
    if instead:
        refuse_silent(instead)
        assert embedded_demo(instead).rows == neo4j_demo(instead).rows != []


@pytest.mark.neo4j
@pytest.mark.xdist_group("neo4j")
@pytest.mark.parametrize(("name", "cypher", "instead"), REFUSED)
def test_what_the_engine_refuses_is_explained(
    name: str, cypher: str, instead: str | None, embedded_demo: Ask, neo4j_demo: Ask
) -> None:
    neo4j_demo(cypher)
    with pytest.raises(QueryError) as refused:
        embedded_demo(cypher)
    assert refused.value.key == f"differs.{name}"
    if instead:
        assert embedded_demo(instead).rows == neo4j_demo(instead).rows != []


@pytest.mark.neo4j
@pytest.mark.xdist_group("neo4j")
@pytest.mark.parametrize(("name", "cypher"), IN_NEITHER)
def test_what_neither_has_is_explained(
    name: str, cypher: str, embedded_demo: Ask, neo4j_demo: Ask
) -> None:
    assert isinstance(outcome(neo4j_demo, cypher), type)
    with pytest.raises(QueryError) as refused:
        embedded_demo(cypher)
    assert refused.value.key == f"differs.{name}"


@pytest.mark.neo4j
@pytest.mark.xdist_group("neo4j")
@pytest.mark.parametrize(("name", "cypher"), NOTED)
def test_what_may_not_run_elsewhere_is_noted(
    name: str, cypher: str, embedded_demo: Ask, neo4j_demo: Ask
) -> None:
    assert noted(cypher) == [name]
    assert embedded_demo(cypher).rows
    assert outcome(embedded_demo, cypher) != outcome(neo4j_demo, cypher)


def test_distance_is_refused(embedded_demo: Ask) -> None:
    cypher = "RETURN distance(point({x: 0, y: 0}), point({x: 3, y: 4})) AS n"
    assert embedded_demo(cypher).rows[0][0] > 1000
    with pytest.raises(QueryError):
        refuse_silent(cypher)


@pytest.mark.parametrize(
    "cypher",
    [
        f"MATCH p = shortestPath({TIE}) RETURN length(p) AS n",
        f"MATCH p = shortestPath({TIE}) WITH p WHERE length(p) > 1 RETURN p",
        f"MATCH p = shortestPath({TIE}) WHERE a.id < b.id RETURN p",
        f"MATCH p = shortestPath({TIE}) MATCH (p2) WHERE p2.p = 1 RETURN p",
        "MATCH p = (a)-[:REQUIRES*..3]->(b) WHERE length(p) > 1 RETURN p",
        "RETURN 'CALL db.propertyKeys()' AS text, point.distance($a, $b) AS distance // distance (",
        "MATCH (n:Firm {id: 'SHOW FUNCTIONS'}) RETURN n.distance, n.`distance`",
    ],
)
def test_what_does_not_differ_is_let_through(cypher: str) -> None:
    refuse_silent(cypher)


def test_ordinary_queries_are_not_noted() -> None:
    assert noted("MATCH (n:Firm) WHERE n.id = 'x' RETURN n.id AS id, n.filter AS let") == []
    assert noted("MATCH (n {id: 'elementId(n) apoc.'}) RETURN any(x IN [1] WHERE x = 1) AS n") == []
    assert explained("MATCH (n) WHERE any(x IN [1] WHERE x = 1) RETURN m", "no m") is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_difference_stands_in_the_cookbook(lang: str) -> None:
    page = (ROOT / "docs" / ("cookbook.md" if lang == "en" else "cookbook.zh.md")).read_text(
        "utf-8"
    )
    for name in NAMES:
        assert say(f"differs.{name}", "zh" if lang == "zh" else "en") in page, name


def test_every_difference_is_tried() -> None:
    tried = {one[0] for table in (SILENT, REFUSED, IN_NEITHER, NOTED) for one in table}
    assert tried | {"distance"} == set(NAMES)


@pytest.mark.parametrize(
    "cypher",
    [
        "MATCH (n:Firm {id: 'none'}) RETURN n.id AS `the id`, count( * ) AS c, n . name, 'a,b' AS x",
        "MATCH (n:Firm {id: 'none'}) RETURN DISTINCT n.id, {a: 1, b: [2, 3]} AS m ORDER BY n.id LIMIT 3",
        "MATCH (n:Firm {id: 'none'}) WITH n RETURN n.id /* c */ + 'RETURN x' , n.name;",
        "MATCH (n:Nope) RETURN n.id AS i UNION MATCH (n:Nope) RETURN n.name AS i",
        "CALL { MATCH (n:Nope) RETURN n } RETURN n.id, n",
    ],
)
def test_an_empty_answer_has_its_columns(cypher: str, embedded_demo: Ask) -> None:
    empty = embedded_demo(cypher)
    assert empty.rows == []
    assert empty.columns == columns_of(cypher) != []


@pytest.mark.neo4j
@pytest.mark.xdist_group("neo4j")
def test_the_columns_are_those_of_neo4j(neo4j_demo: Ask) -> None:
    cypher = "MATCH (n:Firm) RETURN DISTINCT n . id, size( [1,2] ) AS `the size`,n.name LIMIT 1"
    assert neo4j_demo(cypher).columns == columns_of(cypher)


def test_the_command_says_it(run: Callable[..., Done], demo_db: Path) -> None:
    db = ("--db", str(demo_db))
    refused = run("query", f"MATCH p = shortestPath({TIE}) WHERE length(p) > 1 RETURN p", *db)
    assert (refused.code, refused.out) == (2, "")
    assert "ORDER BY length(p) LIMIT 1" in refused.err
    note = run("query", "MATCH (n:Fund) RETURN elementId(n) AS e LIMIT 1", "--lang", "zh", *db)
    assert note.code == 0 and "属性 `id`" in note.err
    assert re.search(
        r"^\ufeffid\r?\n",
        run("query", "MATCH (n:Firm {id: 'x'}) RETURN n.id AS id", "-f", "csv", *db).out,
    )
