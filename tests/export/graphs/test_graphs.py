"""GraphML and GEXF: opened again by NetworkX, and GEXF held against the rules of its schema."""

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from graph.export.graphs import gexf, graphml
from graph.export.graphs.tables import tables
from graph.record import Record
from graph.settings import Settings
from tests.claims import AWKWARD, ecosystem

READ = {graphml: nx.read_graphml, gexf: nx.read_gexf}
NS = {"g": "http://www.gexf.net/1.2draft"}


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    said = ecosystem()
    said.entity("Firm", "ctl\x01\x0b", name="a\x00b\x1f\ufffe")
    said.entity("Firm", "formula", name='=HYPERLINK("http://x")', masked=True, employees=7)
    said.relation("PROVIDES", "formula", "P1", start="2019-05", end="2020", planned=False)
    with Record.open(said.write(tmp_path_factory.mktemp("graphs") / "graph.duckdb")) as record:
        yield record


def written(module: Any, record: Record) -> bytes:
    out = io.BytesIO()
    module.write(record, out, Settings())
    return out.getvalue()


def held(text: str) -> str:
    """A text as XML can hold it."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", lambda m: f"\\u{ord(m[0]):04X}", text)


def flat(value: Any) -> Any:
    if isinstance(value, list):
        value = "; ".join(value)
    return held(value) if isinstance(value, str) else value


def expected(record: Record) -> tuple[dict[str, Any], list[Any]]:
    """Nodes by id and edges as `(from, to, attributes)`, from the view itself."""
    view, nodes, edges = record.view(), {}, []
    for table in tables(view):
        for row in view.con.execute(table.sql).fetchall():
            said = {
                c: flat(v) for c, v in zip(table.columns, row, strict=True) if v is not None
            } | {"type": table.name}
            if table.relation:
                edges.append((said.pop("from"), said.pop("to"), said))
            else:
                nodes[said.pop("id")] = said
    return nodes, edges


@pytest.mark.parametrize("module", READ, ids=lambda m: m.__name__.rpartition(".")[2])
def test_networkx_reads_the_same_graph(record: Record, module: Any) -> None:
    graph = READ[module](io.BytesIO(written(module, record)))
    assert isinstance(graph, nx.MultiDiGraph)
    nodes, edges = expected(record)
    beside = {"label", "id"} | ({"start", "end"} if module is gexf else set())

    def kept(values: Any, own: dict[str, Any]) -> dict[str, Any]:
        return {k: v for k, v in values.items() if k not in beside}

    found = {key: kept(values, {}) for key, values in graph.nodes(data=True)}
    assert found == {key: kept(values, {}) for key, values in nodes.items()}
    sort: Callable[[Any], str] = repr
    got = [(a, b, sorted(kept(d, {}).items())) for a, b, d in graph.edges(data=True)]
    want = [(a, b, sorted(kept(d, {}).items())) for a, b, d in edges]
    assert sorted(got, key=sort) == sorted(want, key=sort)
    assert graph.number_of_edges("F2", "P1") == 2, "parallel relations stay apart"
    assert graph.nodes["F1"]["name"] == "甲公司"
    assert all(f"bad{i}:{text}" in graph for i, text in enumerate(AWKWARD))


@pytest.mark.parametrize("module", READ, ids=lambda m: m.__name__.rpartition(".")[2])
def test_the_same_record_gives_the_same_bytes(record: Record, module: Any) -> None:
    assert written(module, record) == written(module, record)


def test_dates_of_gexf_are_whole_days(record: Record) -> None:
    root = ET.fromstring(written(gexf, record))
    graph = root.find("g:graph", NS)
    assert graph is not None and graph.get("mode") == "dynamic"
    assert graph.get("timeformat") == "date"
    spans = {
        (e.get("source"), e.get("start"), e.get("end")) for e in root.iterfind(".//g:edge", NS)
    }
    assert ("F1", "2020-01-01", None) in spans
    assert ("formula", "2019-05-01", "2020-12-31") in spans


def test_gexf_keeps_the_rules_of_its_schema(record: Record) -> None:
    """The rules of gexf.xsd 1.2 that Gephi's importer holds to: order and presence of elements, ids,
    references, types of values.
    """
    root = ET.fromstring(written(gexf, record))
    assert root.tag == "{http://www.gexf.net/1.2draft}gexf" and root.get("version") == "1.2"
    [graph] = root
    assert [e.tag.partition("}")[2] for e in graph] == [
        "attributes",
        "attributes",
        "nodes",
        "edges",
    ]
    parse = {
        "string": str,
        "long": int,
        "integer": int,
        "double": float,
        "boolean": {"true": True, "false": False}.__getitem__,
    }
    types: dict[str, dict[str, str]] = {}
    for group in graph.findall("g:attributes", NS):
        kind = group.get("class") or ""
        assert kind in ("node", "edge") and group.get("mode") == "static"
        types[kind] = {a.get("id") or "": a.get("type") or "" for a in group}
        assert len(types[kind]) == len(group), "ids of attributes are unique"
        assert set(types[kind].values()) <= set(parse)
        assert len({a.get("title") for a in group}) == len(group)
    ids = {}
    for kind in ("node", "edge"):
        items = graph.findall(f"g:{kind}s/g:{kind}", NS)
        holder = graph.find(f"g:{kind}s", NS)
        assert holder is not None and holder.get("count") == str(len(items))
        ids[kind] = [item.get("id") for item in items]
        assert len(set(ids[kind])) == len(items), "ids are unique"
        for item in items:
            assert item.get("label") is not None
            assert [e.tag.partition("}")[2] for e in item] == ["attvalues"]
            for value in item[0]:
                assert set(value.attrib) == {"for", "value"}
                parse[types[kind][value.get("for") or ""]](value.get("value"))
    for edge in graph.iterfind("g:edges/g:edge", NS):
        assert edge.get("source") in ids["node"] and edge.get("target") in ids["node"]
        for end in ("start", "end"):
            assert re.fullmatch(r"\d{4}-\d\d-\d\d", edge.get(end, "2000-01-01"))


@pytest.mark.parametrize("module", READ, ids=lambda m: m.__name__.rpartition(".")[2])
def test_an_empty_record_is_an_empty_graph(module: Any, tmp_path: Path) -> None:
    from tests.claims import Claims

    with Record.open(Claims().write(tmp_path / "empty.duckdb")) as record:
        graph = READ[module](io.BytesIO(written(module, record)))
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (0, 0)
