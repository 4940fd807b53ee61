"""What every projection owes the view: the same entities and relations, each with what it says."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.record import Record
from graph.record.view import View
from tests.claims import AWKWARD, Claims


@pytest.fixture
def view(ecosystem_db: Path) -> Iterator[View]:
    with Record.open(ecosystem_db) as record:
        yield record.view()


def test_what_is_written_is_what_the_view_has(store: Any, view: View) -> None:
    store.write(view)
    assert store.entity_counts() == view.entity_counts()
    assert store.relation_counts() == view.relation_counts()

    alpha = store.entity("F1")
    place = {"source": "toy", "file": "entities.csv", "line": 2}
    names = {"name": "甲公司", "name_en": "Alpha Ltd", "alt_names": ["A 公司", "甲"]}
    assert alpha | {"alt_names": sorted(alpha["alt_names"])} == {
        "id": "F1",
        "type": "Firm",
        **names,
        **place,
    }
    beta = store.entity("F2")
    assert (beta["founded_on"], beta["employees"], beta["size"]) == ("2012-05", 120, "大")
    assert "name_en" not in beta
    assert len(store.entity("long")["description"]) == 1_200_000

    assert store.instances("Firm") >= {"F1", "F2", "F3"}
    assert store.instances("IndustrialPark") == {"K1"}, "a class holds what its subclasses do"
    assert store.entity("K1")["type"] == "SciencePark"

    dated = store.relations("PROVIDES", "F1", "P1")
    assert [(r["eid"], r["share"], r["start"]) for r in dated] == [
        ("2020", 0.6, "2020"),
        ("2021-03", 0.4, "2021-03"),
    ]
    assert (dated[0]["from"], dated[0]["type"], dated[0]["to"]) == ("F1", "PROVIDES", "P1")
    assert (dated[0]["source"], dated[0]["file"], dated[0]["line"]) == ("toy", "relations.csv", 2)
    parallel = store.relations("PROVIDES", "F2", "P1")
    assert [(r["eid"], r["share"]) for r in parallel] == [("e1", 0.25), ("e2", 0.75)]
    [plain] = store.relations("PROVIDES", "F3", "P2")
    assert "eid" not in plain and "share" not in plain
    [needed] = store.relations("REQUIRES", "P1", "P2")
    assert needed["group"] == "光刻"

    for i, text in enumerate(AWKWARD):
        key = f"bad{i}:{text}"
        node = store.entity(key)
        assert node["id"] == key
        assert node["name"] == text
        assert set(node["alt_names"]) >= {"x"}
        [edge] = store.relations("PROVIDES", key, "P2")
        assert (edge["from"], edge["eid"], edge["quote"]) == (key, text, text)


def test_an_empty_record_is_an_empty_store(store: Any, tmp_path: Path) -> None:
    with Record.open(Claims().write(tmp_path / "empty.duckdb")) as record:
        store.write(record.view())
    assert store.entity_counts() == {}
    assert store.relation_counts() == {}
