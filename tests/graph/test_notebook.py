"""The record from Python: what `graph.open` gives, and that `import graph` stays cheap."""

import subprocess
import sys
from collections.abc import Iterator
from copy import copy
from pathlib import Path

import duckdb
import networkx as nx
import pytest

import graph
from graph.errors import RecordMissingError, UsageError
from tests.claims import Claims


def chain() -> Claims:
    """Two chains: a link with a stage's part in one, a link in the other, and what is around."""
    said = Claims()
    for firm in ("A", "B", "C"):
        said.entity("Firm", firm, employees=3 if firm == "A" else None, alt_names=[f"{firm} Ltd"])
    said.entity("Region", "CN", level="国家").entity("Policy", "law")
    said.entity("IndustryChain", "chips", name="芯片产业链", name_en="Chips")
    said.entity("InnovationChain", "ideas").entity("IncubationChain", "nests")
    said.entity("Product", "wafer").entity("Product", "part").entity("Stage", "step")
    said.entity("Stage", "idea").entity("Product", "stray")
    said.relation("PART_OF_CHAIN", "wafer", "chips").relation("PART_OF_CHAIN", "step", "chips")
    said.relation("PART_OF", "part", "step").relation("PART_OF_CHAIN", "idea", "ideas")
    said.relation("REQUIRES", "wafer", "part")
    said.relation("PROVIDES", "A", "wafer", share=0.7, start="2020")
    said.relation("PROVIDES", "A", "wafer", share=0.3, start="2021")
    said.relation("PROVIDES", "B", "part", share=0.97, planned=False)
    said.relation("PROVIDES", "C", "stray").relation("LOCATED_IN", "A", "CN")
    said.relation("SUPPLIES", "B", "A").relation("SUPPLIES", "C", "A")
    return said


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("notebook") / "graph.duckdb"
    chain().write(path)
    said = chain().relation("PROVIDES", "C", "wafer", file="more.csv", share=0.01)
    return said.write(path)


@pytest.fixture
def opened(db: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[graph.Graph]:
    monkeypatch.chdir(tmp_path)
    with graph.open(db, lang="en") as g:
        yield g


def test_the_public_names_are_there() -> None:
    assert graph.__all__ == ["Answer", "Changed", "Gaps", "Graph", "Rows", "open"]
    assert all(getattr(graph, name) is not None for name in graph.__all__)
    assert set(graph.__all__) <= set(dir(graph))
    with pytest.raises(AttributeError, match="no attribute 'opne'"):
        graph.opne  # noqa: B018


def test_importing_graph_imports_nothing_heavy() -> None:
    heavy = "{'duckdb', 'numpy', 'networkx', 'pandas', 'graph.notebook', 'graph.record'}"
    code = f"import sys, graph; print(*({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("\n", "")


def test_a_network_has_typed_attributes(opened: graph.Graph) -> None:
    network = opened.network()
    assert isinstance(network, nx.MultiDiGraph)
    assert network.graph == {"record": opened.view.digest, "chain": None}
    assert network.nodes["A"] == {
        "type": "Firm",
        "name": "A",
        "alt_names": ["A Ltd"],
        "employees": 3,
        "source": "toy",
        "file": "entities.csv",
        "line": 2,
    }
    first, second = network.get_edge_data("A", "wafer").values()
    assert (first["type"], first["share"], first["start"]) == ("PROVIDES", 0.7, "2020")
    assert (second["share"], second["claims"], second["file"]) == (0.3, 1, "relations.csv")
    assert list(network["A"]["wafer"]) == ["PROVIDES 2020", "PROVIDES 2021"]
    assert network["B"]["part"]["PROVIDES"]["planned"] is False
    assert network.number_of_nodes() == sum(opened.view.entity_counts().values())
    assert network.number_of_edges() == sum(opened.view.relation_counts().values())


@pytest.mark.parametrize(
    ("chain", "nodes"),
    [
        ("industry", {"chips", "wafer", "step", "part", "A", "B", "C"}),
        ("chips", {"chips", "wafer", "step", "part", "A", "B", "C"}),
        ("芯片产业链", {"chips", "wafer", "step", "part", "A", "B", "C"}),
        ("innovation", {"ideas", "idea", "nests"}),
        ("ideas", {"ideas", "idea"}),
        ("capital", set()),
    ],
)
def test_one_chain_keeps_its_links_and_their_actors(
    opened: graph.Graph, chain: str, nodes: set[str]
) -> None:
    network = opened.network(chain=chain)
    assert set(network) == nodes
    whole = opened.network()
    among = [(u, v, k) for u, v, k in whole.edges(keys=True) if {u, v} <= nodes]
    assert sorted(network.edges(keys=True)) == sorted(among)


def test_a_chain_that_is_none(opened: graph.Graph) -> None:
    with pytest.raises(UsageError, match=r"Firm, not a chain.*industry, innovation"):
        opened.network(chain="A")
    with pytest.raises(UsageError, match="chips"):
        opened.network(chain="chip")


def test_what_the_ontology_does_not_know_is_an_attribute_too(tmp_path: Path) -> None:
    said = Claims().entity(
        "Firm", "A", extra='{"备注": "x", "type": "y", "employees": "z"}', employees=2
    )
    with graph.open(said.write(tmp_path / "graph.duckdb")) as g:
        node = g.network().nodes["A"]
    assert (node["备注"], node["type"], node["employees"]) == ("x", "Firm", 2)


def test_gaps_are_typed_and_say_what_was_asked(opened: graph.Graph) -> None:
    gaps = opened.gaps(measures=["single-source"], home="CN", top=5, settings={"thin-stage.z": -3})
    assert isinstance(gaps, graph.Gaps)
    assert len(gaps) == len(gaps.findings) > 0
    assert gaps[0].measure == "single-source"
    assert [f.id for f in gaps] == [f.id for f in gaps[:]]
    assert (gaps.configuration["home"], gaps.configuration["top"]) == ("CN", 5)
    assert gaps.configuration["settings"] == {"thin-stage.z": -3}
    assert gaps.record == opened.view.digest
    assert gaps.to_dict()["findings"][0]["id"] == gaps[0].id
    assert opened.gaps(measures="single-source")[0].id == gaps[0].id


def test_the_viewpoint_of_the_opening_holds_for_all(db: Path) -> None:
    with graph.open(db, home="JP", region="CN") as g:
        assert g.gaps(measures=["external"]).configuration["home"] == "JP"
        assert g.gaps(measures=["external"]).configuration["region"] == "CN"
        assert g.gaps(measures=["external"], home="US").configuration["home"] == "US"


def test_gaps_as_plain_text(opened: graph.Graph) -> None:
    text = repr(opened.gaps(measures=["single-source"]))
    first, head, row = text.splitlines()[:3]
    assert first.startswith("2 findings of 1 measures; ")
    assert opened.view.digest[:19] in first
    assert head.split("\t")[:3] == ["measure", "rank", "severity"]
    assert row.startswith("single-source\t1")


@pytest.mark.slow
def test_html_escapes_what_sources_say(ecosystem_db: Path) -> None:
    with graph.open(ecosystem_db) as g:
        shown = [
            g.gaps(measures=["thin-stage", "single-source", "concentrated"])._repr_html_(),
            g.query("MATCH (f:Firm) RETURN f.name AS name, f.name AS `<b>`")._repr_html_(),
            g.whatif("F1")._repr_html_(),
            g.diff(0, 1, top=0)._repr_html_(),
        ]
    for html in shown:
        assert html.startswith(("<table>", "<p>"))
        assert "<script" not in html
        assert "<b>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;" in shown[1]
    assert "&lt;script&gt;" in shown[3]


def test_a_data_frame_with_its_configuration(opened: graph.Graph) -> None:
    gaps = opened.gaps(measures=["single-source"])
    frame = gaps.to_pandas()
    assert list(frame["id"]) == [f.id for f in gaps]
    assert frame["severity"].dtype == "float64"
    assert frame.loc[0, "values"] == gaps[0].values
    assert frame.attrs["configuration"] == gaps.configuration
    empty = opened.gaps(measures=["single-source"], where="id=nobody").to_pandas()
    assert list(empty.columns) == list(frame.columns)
    assert len(empty) == 0


def test_without_pandas_it_says_how_to_get_it(
    opened: graph.Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UsageError, match=r"pip install 'innograph\[notebook\]'"):
        opened.gaps(measures=["single-source"]).to_pandas()


def test_what_changed(opened: graph.Graph) -> None:
    changed = opened.diff(measures=["single-source", "thin-stage"])
    assert isinstance(changed, graph.Changed)
    assert (changed.before.number, changed.after.number, changed.claims) == (1, 2, 1)
    assert "more.csv:2" in repr(changed)
    assert changed.to_dict()["claims"] == 1


def test_what_if(opened: graph.Graph) -> None:
    lost = opened.whatif("B")
    assert isinstance(lost, graph.Answer)
    assert lost.removed[0].subject.id == "B"
    assert "B (B)" in repr(lost)
    assert copy(lost).removed == lost.removed
    with pytest.raises(AttributeError):
        lost.no_such_thing  # noqa: B018


def test_repair(opened: graph.Graph) -> None:
    mending = opened.repair(measures="single-source", top=1)
    assert isinstance(mending, graph.Answer)
    assert [r.measure for r in mending.repairs] == ["single-source"]
    assert mending.configuration["measures"] == ["single-source"]
    assert "PROVIDES" in repr(mending)


@pytest.mark.slow
def test_rows_of_a_query(opened: graph.Graph) -> None:
    rows = opened.query(
        "MATCH (f:Firm) WHERE f.id <> $not RETURN f.id AS id ORDER BY id", **{"not": "B"}
    )
    assert rows.columns == ("id",)
    assert list(rows) == [{"id": "A"}, {"id": "C"}]
    assert repr(rows) == "id\nA\nC"
    assert list(rows[1:].to_pandas()["id"]) == ["C"]


def test_stats_and_repr(opened: graph.Graph, db: Path) -> None:
    assert opened.stats()["entities"]["Firm"] == 3
    assert [run["run"] for run in opened.stats()["runs"]] == [1, 2]
    assert repr(opened) == f"Graph({str(db)!r})"


def test_the_workspace_says_what_is_not_given(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "graph.toml").write_text(
        f'db = "{db}"\nlang = "zh"\nhome = "CN"\n[gaps]\n"thin-stage.providers" = 9\n', "utf-8"
    )
    monkeypatch.chdir(tmp_path)
    with graph.open() as g:
        gaps = g.gaps(measures=["thin-stage"])
    assert gaps.configuration["home"] == "CN"
    assert gaps.configuration["settings"] == {"thin-stage.providers": 9}
    assert "条薄弱环节" in repr(gaps)


def test_closed_it_answers_no_more_and_lets_go(db: Path) -> None:
    g = graph.open(db)
    assert g.diff(1, 2, measures=["single-source"]).claims == 1  # several views are open by now
    g.close()
    with pytest.raises(duckdb.ConnectionException):
        g.stats()
    done = subprocess.run(
        [sys.executable, "-c", f"import duckdb; duckdb.connect({str(db)!r}).close()"], check=False
    )
    assert done.returncode == 0


def test_what_is_not_there(tmp_path: Path, db: Path) -> None:
    with pytest.raises(RecordMissingError):
        graph.open(tmp_path / "none.duckdb")
    with pytest.raises(UsageError, match="language 'fr'"):
        graph.open(db, lang="fr")
