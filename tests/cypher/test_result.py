"""Values of the engine as plain data, the same from the embedded engine and from a server."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graph.cypher import ask
from graph.cypher.cache import Cache
from graph.cypher.result import Result
from graph.errors import QueryError
from graph.neo4j.push import push, push_to
from graph.neo4j.server import Server
from graph.record import Record

Ask = Callable[..., Result]


@pytest.fixture(
    scope="module",
    params=[
        "embedded",
        pytest.param("neo4j", marks=[pytest.mark.neo4j, pytest.mark.xdist_group("neo4j")]),
    ],
)
def query(request: pytest.FixtureRequest, ecosystem_db: Path) -> Iterator[Ask]:
    """Asks the small ecosystem, by either way that the command line has."""
    if request.param == "embedded":
        with Record.open(ecosystem_db) as record:
            view = record.view()
            cache = Cache(ecosystem_db, view.digest)
            cache.ensure(lambda driver, base: push(view, driver, base), lambda text: None)
        with cache.reading() as engine:
            assert engine is not None
            yield lambda cypher, **given: ask.by_engine(engine, cypher, given)
    else:
        server: Server = request.getfixturevalue("neo4j_server")
        with Record.open(ecosystem_db) as record:
            push_to(record.view(), server)
        yield lambda cypher, **given: ask.server(server, cypher, given)


def test_nodes_relations_and_paths(query: Ask) -> None:
    found = query(
        "MATCH p = (n:Firm {id: $id})-[r:PROVIDES {eid: 'e1'}]->(m:Product) RETURN n, r, p", id="F2"
    )
    assert found.columns == ["n", "r", "p"]
    [[node, relation, path]] = found.rows
    assert list(node)[:3] == ["id", "type", "name"]
    assert node == {
        "id": "F2",
        "type": "Firm",
        "name": "乙公司",
        "employees": 120,
        "file": "entities.csv",
        "founded_on": "2012-05",
        "line": 3,
        "size": "大",
        "source": "toy",
    }
    assert list(relation)[:3] == ["from", "type", "to"]
    assert (relation["from"], relation["type"], relation["to"]) == ("F2", "PROVIDES", "P1")
    assert (relation["eid"], relation["share"], relation["claims"]) == ("e1", 0.25, 1)
    assert path == [node, relation, path[2]]
    assert path[2]["id"] == "P1"


def test_a_relation_alone_knows_its_ends(query: Ask) -> None:
    found = query("MATCH ()-[r:REQUIRES]->() RETURN r, collect(r) AS rs, {k: r} AS m")
    [[relation, several, mapped]] = found.rows
    assert (relation["from"], relation["to"]) == ("P1", "P2")
    assert several == [relation]
    assert mapped == {"k": relation}


def test_plain_values(query: Ask) -> None:
    found = query(
        "RETURN 1 AS i, 0.5 AS f, 0.0 / 0.0 AS nan, true AS t, null AS n, '𠮷🚀' AS s,"
        " [1, [2, null]] AS l, {a: {b: 1}} AS m, date('2024-05-01') AS d,"
        " duration('P1Y2M') AS u, point({x: 1, y: 2}) AS p"
    )
    row = dict(zip(found.columns, found.rows[0], strict=True))
    assert math.isnan(row.pop("nan"))
    assert row == {
        "i": 1,
        "f": 0.5,
        "t": True,
        "n": None,
        "s": "𠮷🚀",
        "l": [1, [2, None]],
        "m": {"a": {"b": 1}},
        "d": "2024-05-01",
        "u": "P1Y2M",
        "p": {"srid": 7203, "x": 1.0, "y": 2.0},
    }


def test_no_row_and_no_such_label(query: Ask) -> None:
    assert query("MATCH (n:Patent) RETURN n.name, n").rows == []
    assert query("MATCH (n:Firm)-[:NO_SUCH]->(m) RETURN n, m").rows == []


def test_superclasses_and_paths(query: Ask) -> None:
    assert query("MATCH (n:Organisation {id: 'F1'}) RETURN n.type").rows == [["Firm"]]
    assert query(
        "MATCH p = shortestPath((a:Entity {id: 'F1'})-[*..4]-(b:Entity {id: 'F3'}))"
        " RETURN [n IN nodes(p) | n.id]"
    ).rows == [[["F1", "P1", "P2", "F3"]]]


@pytest.mark.parametrize(
    ("cypher", "said"),
    [
        ("MATCH (n RETURN n", "RETURN"),
        ("MATCH (n) RETURN m", "m"),
        ("RETURN foo(1)", "foo"),
        ("RETURN $missing", "missing"),
        ("RETURN date('2024-13-01')", "13"),
    ],
)
def test_the_engine_says_what_is_wrong(query: Ask, cypher: str, said: str) -> None:
    with pytest.raises(QueryError) as error:
        query(cypher)
    text = error.value.text("en")
    assert said in text
    assert "read only" not in text
    assert "Exception" not in text
    assert "\n" not in text


def test_a_write_that_we_miss_is_refused_by_the_engine(
    query: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tokens are only the first line: the database is opened for reading as well."""
    monkeypatch.setattr(ask, "refuse_writes", lambda cypher: None)
    with pytest.raises(QueryError):
        query("MATCH (n:Firm) SET n.name = 'x'")
    with pytest.raises(QueryError):
        query("CREATE (n:Entity {id: 'new'})")
    monkeypatch.undo()
    assert query("MATCH (n:Firm {name: 'x'}) RETURN n").rows == []
    assert query("MATCH (n {id: 'new'}) RETURN n").rows == []
