"""Names that a query has and the ontology has not: said where nothing is found."""

import pytest

from graph.cypher.unknown_names import unknown_names
from graph.schema import load

SCHEMA = load()


@pytest.mark.parametrize(
    ("cypher", "unknown"),
    [
        ("MATCH (n:Frim) RETURN n", ["Frim"]),
        ("MATCH (n:`Frim`) RETURN n", ["Frim"]),
        ("MATCH ()-[:PROVIDES|SUPLIES]->() RETURN 1", ["SUPLIES"]),
        ("MATCH ()-[r:PROVIDE*1..3]->(m:Product|Thing) RETURN m", ["PROVIDE", "Thing"]),
        ("MATCH (n:Firm) WHERE n.nmae = 'A' RETURN n.nmae", ["nmae"]),
        ("MATCH (n:Firm {id: 'Frim:1'}) RETURN n.name // :Frim", []),
        ("MATCH (n:Firm)-[r:PROVIDES]->(p) RETURN {what: p.name, part: r.share, at: r.line}", []),
        ("RETURN [x IN [1, 2] WHERE x > 1 | x] AS xs", []),
        ("CALL algo.dijkstra(1, 2, 'share') YIELD path RETURN path", []),
        ("RETURN date('2024-01-01').year", ["year"]),
    ],
)
def test_unknown_names_are_named(cypher: str, unknown: list[str]) -> None:
    assert [name for name, _ in unknown_names(cypher, SCHEMA)] == unknown


def test_the_nearest_are_suggested() -> None:
    assert dict(unknown_names("MATCH (n:firm) RETURN n.Name", SCHEMA)) == {
        "firm": ["Firm"],
        "Name": ["name", "name_en"],
    }
