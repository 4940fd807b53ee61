"""The view as Turtle: read back by other libraries, checked by the ontology's own shapes."""

import io
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from urllib.parse import unquote

import duckdb
import pyoxigraph
import pyshacl
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdflib import RDF, RDFS, URIRef

from graph.errors import UsageError
from graph.rdf import iris, literals
from graph.rdf.export import ttl, write
from graph.record import Record
from graph.resources import resource
from graph.settings import Settings
from tests.claims import Claims

IG = "https://w3id.org/innograph/ontology#"
ROOT = Path(__file__).parents[2]


def turtle(db: Path, base: str | None = None) -> bytes:
    with Record.open(db) as record:
        out = io.BytesIO()
        write(record.view(), out, base=base)
        return out.getvalue()


def parsed(data: bytes) -> rdflib.Graph:
    return rdflib.Graph().parse(data=data, format="turtle")


def test_both_libraries_read_the_same_triples(ecosystem_db: Path) -> None:
    data = turtle(ecosystem_db)
    by_rdflib = parsed(data)
    by_oxigraph = {*pyoxigraph.parse(data, pyoxigraph.RdfFormat.TURTLE)}
    assert len(by_rdflib) == len(by_oxigraph) > 300


def test_the_bytes_are_the_same_in_another_process(ecosystem_db: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from graph.record import Record;"
        "from graph.rdf.export import write\n"
        "with Record.open(Path(sys.argv[1])) as r: write(r.view(), sys.stdout.buffer)"
    )
    here = turtle(ecosystem_db)
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed}
        there = subprocess.run(
            [sys.executable, "-c", code, str(ecosystem_db)],
            capture_output=True,
            env=env,
            check=True,
        )
        assert there.stdout == here


def test_names_have_their_language(ecosystem_db: Path) -> None:
    graph = parsed(turtle(ecosystem_db))
    node = URIRef(iris.BASE + "F1")
    names = {(str(o), o.language) for o in graph.objects(node, RDFS.label)}
    assert names == {("甲公司", "zh"), ("Alpha Ltd", "en")}
    assert {(str(o), o.language) for o in graph.objects(node, URIRef(IG + "name"))} == names
    others = {(str(o), o.language) for o in graph.objects(node, URIRef(IG + "altNames"))}
    assert others == {("甲", "zh"), ("A 公司", "zh")}
    assert (URIRef(IG + "Firm"), RDFS.subClassOf, URIRef(IG + "Organisation")) in graph
    assert {o.language for o in graph.objects(URIRef(IG + "provides"), RDFS.label)} == {"zh", "en"}


def test_two_names_of_one_language_are_both_kept(tmp_path: Path) -> None:
    db = Claims().entity("Firm", "A", name="Acme GmbH", name_en="Acme").write(tmp_path / "g.duckdb")
    graph = parsed(turtle(db))
    node = URIRef(iris.BASE + "A")
    names = {(str(o), getattr(o, "language", None)) for o in graph.objects(node, RDFS.label)}
    assert names == {("Acme", "en"), ("Acme GmbH", "und")}, "one name for each tag"
    assert [str(o) for o in graph.objects(node, URIRef(IG + "nameEn"))] == ["Acme"]


def test_every_value_is_typed(tmp_path: Path) -> None:
    said = Claims().entity(
        "Firm",
        "A",
        founded_on="2012-05",
        dissolved_on="2020",
        employees=120,
        registered_capital=3e7,
        registered_capital_min=1e7,
        registered_capital_currency="CNY",
        rd_share=0.07,
        masked=True,
        website="https://example.org/",
    )
    said.entity("Policy", "Z", issued_on="2024-05-01")
    graph = parsed(turtle(said.write(tmp_path / "g.duckdb")))
    found = {
        str(p).removeprefix(IG): (str(o), str(getattr(o, "datatype", None)).rpartition("#")[2])
        for key in ("A", "Z")
        for p, o in graph.predicate_objects(URIRef(iris.BASE + key))
        if str(p).startswith(IG)
    }
    assert found["foundedOn"] == ("2012-05", "gYearMonth")
    assert found["dissolvedOn"] == ("2020", "gYear")
    assert found["issuedOn"] == ("2024-05-01", "date")
    assert found["employees"] == ("120", "integer")
    assert found["registeredCapital"] == ("30000000", "decimal")
    assert found["registeredCapitalMin"] == ("10000000", "decimal")
    assert found["registeredCapitalCurrency"] == ("CNY", "None")
    assert found["rdShare"] == ("0.07", "decimal")
    assert found["masked"] == ("true", "boolean")
    assert found["website"] == ("https://example.org/", "anyURI")
    declared = {str(s) for s in rdflib.Graph().parse(resource("ontology.ttl")).subjects()}
    assert {IG + name for name in found} <= declared, "no term that the ontology does not know"


def test_a_relation_is_a_triple_and_a_statement(ecosystem_db: Path) -> None:
    graph = parsed(turtle(ecosystem_db))
    firm, product = URIRef(iris.BASE + "F2"), URIRef(iris.BASE + "P1")
    assert (firm, URIRef(IG + "provides"), product) in graph
    statements = {
        s
        for s in graph.subjects(RDF.subject, firm)
        if (s, RDF.object, product) in graph
        and (s, RDF.type, URIRef(IG + "ProvidesStatement")) in graph
    }
    assert statements == {
        URIRef(f"{iris.BASE}statement/PROVIDES/F2/P1/{eid}") for eid in ("e1", "e2")
    }
    shares = {str(graph.value(s, URIRef(IG + "share"))) for s in statements}
    assert shares == {"0.25", "0.75"}
    assert {graph.value(s, RDF.predicate) for s in statements} == {URIRef(IG + "provides")}


def test_the_base_is_the_workspaces(ecosystem_db: Path) -> None:
    with Record.open(ecosystem_db) as record:
        out = io.BytesIO()
        ttl(record, out, Settings(base="https://example.org/图谱"))
    graph = parsed(out.getvalue())
    assert (URIRef("https://example.org/图谱/F1"), RDF.type, URIRef(IG + "Firm")) in graph
    for bad in ("no iri", "example.org/x", "https://a b/", "javascript", "https://x/<y>", ""):
        with pytest.raises(UsageError):
            iris.checked_base(bad)


@pytest.mark.parametrize(("share", "fits"), [(0.5, True), (7.0, False)])
def test_the_shapes_of_the_ontology_apply_to_it(tmp_path: Path, share: float, fits: bool) -> None:
    said = Claims().entity(
        "Firm", "A", name="甲公司", name_en="Alpha", founded_on="2012", employees=3
    )
    said.entity("Product", "P", name="光刻机").entity("Stage", "S", name="制造")
    said.entity("IndustryChain", "C", name="芯片链")
    said.relation("PROVIDES", "A", "P", share=share, start="2020-01")
    said.relation("REQUIRES", "S", "P").relation("PART_OF_CHAIN", "S", "C")
    graph = parsed(turtle(said.write(tmp_path / "g.duckdb")))
    shapes = rdflib.Graph().parse(resource("ontology.ttl"))
    conforms, _, text = pyshacl.validate(graph, shacl_graph=shapes, ont_graph=shapes)
    assert conforms == fits, text


@given(st.text(min_size=1))
def test_ids_come_back_from_their_iris(key: str) -> None:
    try:
        key.encode()
    except UnicodeEncodeError:
        return
    iri = iris.entity(iris.BASE, key)
    assert iri == key or unquote(iri.removeprefix(iris.BASE)) == key
    assert iri == key or "/" not in iri.removeprefix(iris.BASE)
    assert pyoxigraph.NamedNode(iri).value == iri


def test_statements_and_files_never_meet_entities() -> None:
    assert iris.entity("b/", "statement/PROVIDES/a/b") != iris.statement(
        "b/", "PROVIDES", "a", "b", None
    )
    assert iris.statement("b/", "R", "a/b", "c", None) != iris.statement(
        "b/", "R", "a", "b/c", None
    )
    assert iris.statement("b/", "R", "a", "b", "c") != iris.statement("b/", "R", "a", "b/c", None)


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    literals.define(con)
    return con


@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_exact(con: duckdb.DuckDBPyConnection, value: float) -> None:
    ((text,),) = con.execute("SELECT rdf_number(?::DOUBLE)", [value]).fetchall()
    assert "e" not in text.lower()
    assert float(Decimal(text)) == value


@given(text=st.text(alphabet=st.characters(codec="utf-8"), max_size=20))
def test_text_survives_turtle(con: duckdb.DuckDBPyConnection, text: str) -> None:
    ((quoted,),) = con.execute("SELECT rdf_quoted(?::VARCHAR)", [text]).fetchall()
    data = f"<http://x/> <http://x/> {quoted} ."
    [back] = rdflib.Graph().parse(data=data, format="turtle").objects()
    assert str(back) == text
    [quad] = pyoxigraph.parse(data, pyoxigraph.RdfFormat.N_TRIPLES)
    assert quad.object == pyoxigraph.Literal(text)
