"""Queries that would write are refused before they are sent; words that only look so are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.cypher.readonly import refuse_writes
from graph.errors import QueryError

READING = [
    "MATCH (n) RETURN n",
    "MATCH (n:Firm {id: $id}) WHERE n.set = 'SET x' RETURN n.create, n.`DELETE`",
    'match (n) where n.name contains "MERGE (x)" return n // DELETE n',
    "MATCH (n) /* CREATE (x) */ RETURN n",
    "MATCH (n:`CREATE`)-[:DELETE|SET]->(m) RETURN n",
    "MATCH (n) RETURN {set: 1, create: n.remove} AS m",
    "MATCH (n) WITH n.start AS start, n.end AS stop RETURN start, stop ORDER BY start",
    "MATCH (n) RETURN n {.set, .delete}",
    "MATCH (n)-[r:LOAD]->() RETURN count(r)",
    "CALL db.labels() YIELD label RETURN label",
    "CALL db.index.fulltext.queryNodes('names', $q) YIELD node RETURN node",
    "CALL { MATCH (n) RETURN n LIMIT 1 } RETURN n",
    "MATCH (n) CALL (n) { MATCH (n)-->(m) RETURN count(m) AS c } RETURN n, c",
    "MATCH (n) WHERE EXISTS { (n)-->() } RETURN [x IN [1, 2] WHERE x > 1 | x]",
    "RETURN $create, $set",
    "RETURN 'it''s', 'a\\'b SET', \"\\\"\" AS q",
    "SHOW CONSTRAINTS",
    "EXPLAIN MATCH (n) RETURN n",
    "RETURN 'C:\\\\Users' AS path",
    "UNWIND [1,2] AS load RETURN load",
]

WRITING = [
    ("CREATE (n:Firm)", "CREATE"),
    ("create\n(n)", "CREATE"),
    ("MATCH (n) SET n.x = 1", "SET"),
    ("MATCH (n) WITH * SET n.x = 1", "SET"),
    ("MATCH (n)SET n.x=1", "SET"),
    ("MATCH (n) WHERE n.`a``b` = 1 DELETE n", "DELETE"),
    ("MATCH (n) DETACH DELETE n", "DETACH"),
    ("MATCH (n) NODETACH DELETE n", "DELETE"),
    ("MERGE (n:Firm {id: 'x'})", "MERGE"),
    ("MATCH (n) REMOVE n.name", "REMOVE"),
    ("MATCH (n) REMOVE n:Firm", "REMOVE"),
    ("DROP INDEX x", "DROP"),
    ("CREATE CONSTRAINT c FOR (n:Firm) REQUIRE n.id IS UNIQUE", "CREATE"),
    ("MATCH (n) FOREACH (x IN [1] | SET n.x = x)", "FOREACH"),
    ("LOAD CSV FROM 'file:///etc/passwd' AS l RETURN l", "LOAD CSV"),
    ("LOAD CSV WITH HEADERS FROM 'https://x.org/a.csv' AS l RETURN l", "LOAD CSV"),
    ("CALL { CREATE (n) RETURN n } RETURN n", "CREATE"),
    ("MATCH (n) CALL (n) { SET n.x = 1 }", "SET"),
    ("MATCH (n) CALL { WITH n DELETE n } IN TRANSACTIONS", "DELETE"),
    ("INSERT (n:Firm)", "INSERT"),
    ("RETURN 1; MATCH (n) DETACH DELETE n", "DETACH"),
    ("// harmless\nCREATE (n)", "CREATE"),
    ("/* a */CREATE (n)", "CREATE"),
    ("RETURN 'a' UNION CREATE (n) RETURN 'b'", "CREATE"),
    ("CR\\u0045ATE (n)", "CREATE"),
    ("RETURN '\\u0027 AS a CREATE (n) //'", "CREATE"),
    ("CALL apoc.create.node(['Firm'], {})", "CALL apoc.create.node"),
    ("CALL apoc.load.json('https://x.org')", "CALL apoc.load.json"),
    ("CALL `apoc`.`cypher`.`doIt`('CREATE (n)', {})", "CALL apoc.cypher.doIt"),
    ("MATCH (n) CALL gds.pageRank.write('g', {}) YIELD x RETURN x", "CALL gds.pageRank.write"),
    ("GRANT ROLE admin TO x", "GRANT"),
    ("STOP DATABASE neo4j", "STOP"),
    ("CYPHER 5 ALTER USER neo4j SET PASSWORD 'x'", "ALTER"),
    ("TERMINATE TRANSACTIONS 'x'", "TERMINATE"),
    ("PROFILE CREATE (n)", "CREATE"),
]


@pytest.mark.parametrize("cypher", READING)
def test_reading_queries_pass(cypher: str) -> None:
    refuse_writes(cypher)


@pytest.mark.parametrize(("cypher", "construct"), WRITING)
def test_writing_queries_are_named(cypher: str, construct: str) -> None:
    with pytest.raises(QueryError) as error:
        refuse_writes(cypher)
    assert construct in error.value.text("en")
    assert construct in error.value.text("zh")
    assert error.value.exit_code == 2


@pytest.mark.parametrize("cypher", ["", "  \n", "// only a comment", "/* open"])
def test_an_empty_query_says_so(cypher: str) -> None:
    with pytest.raises(QueryError) as error:
        refuse_writes(cypher)
    assert error.value.key == "cypher.empty"


def test_bytes_of_another_encoding_are_no_query() -> None:
    with pytest.raises(QueryError) as error:
        refuse_writes("RETURN '\udce4\udcb8'")
    assert error.value.key == "cypher.not_unicode"


@given(st.text(alphabet="'\"`\\/*{}()[]:;.$|\nab", max_size=40))
def test_nothing_hides_a_clause_that_stands_alone(noise: str) -> None:
    """Whatever closed text stands before it, a clause on its own is seen."""
    quoted = "'" + noise.replace("\\", "\\\\").replace("'", "\\'") + "'"
    ticked = "`" + noise.replace("`", "``").replace("\\", "") + "`"
    with pytest.raises(QueryError):
        refuse_writes(f"RETURN {quoted} AS {ticked} CREATE (n)")
    refuse_writes(f"RETURN {quoted} AS {ticked}")
