"""SPARQL on a store: what it answers, in which forms, what it refuses, and that it ends."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdflib.query import Result

from graph.errors import QueryError, UsageError
from graph.rdf import iris, sparql
from graph.rdf.sparql_text import tokens, with_parameters, without_service
from graph.rdf.unknown_terms import unknown_terms
from graph.schema import load
from tests.claims import AWKWARD

ROOT = Path(__file__).parents[2]
SCHEMA = load()
KNOWN = sparql.prefixes(SCHEMA, iris.BASE)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of some triples of our terms, without a record."""
    folder = tmp_path_factory.mktemp("store")
    made = ox.Store(str(folder))
    text = "".join(f"PREFIX {p}: <{whole}>\n" for p, whole in KNOWN.items()) + (
        'INSERT DATA { id:F1 a ig:Firm ; ig:id "F1" ; ig:name "甲"@zh , "Alpha"@en ; ig:employees 5 .'
        ' id:F2 a ig:Firm ; ig:id "F2" ; ig:name "=1+1"@en ; ig:revenue 1.50 ; ig:masked true .'
        ' id:P1 a ig:Product ; ig:name "self-service; SERVICE <x> {"@en .'
        " id:F1 ig:provides id:P1 . id:F2 ig:provides id:P1 }"
    )
    made.update(text)
    made.flush()
    return folder


@pytest.fixture
def ask(store: Path) -> Callable[..., sparql.Answer]:
    def asked(query: str, form: str | None = None, **more: Any) -> sparql.Answer:
        return sparql.on_store(store, query, KNOWN, form=form, **more)

    return asked


class Listener:
    """A server that only counts who comes."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.settimeout(0.2)
        self.port = self.socket.getsockname()[1]

    def called(self) -> bool:
        try:
            self.socket.accept()[0].close()
        except TimeoutError:
            return False
        return True


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.socket.close()


FEDERATED = [
    "SELECT ?x { SERVICE <URL> { ?x ?y ?z } }",
    "SELECT ?x { service silent <URL> { ?x ?y ?z } }",
    "ASK { SERVICE<URL>{ ?x ?y ?z } }",
    "PREFIX : <URL> ASK { SERVICE:x { ?x ?y ?z } }",
    "PREFIX SERVICE: <URL> PREFIX : <URL> ASK { SERVICE :x { ?x ?y ?z } }",
    "PREFIX xxxxxxx: <URL> PREFIX : <URL> ASK { SERVICE:x { ?x ?y ?z } }",
    "ASK { ?a ?b 1.SERVICE<URL>{ ?x ?y ?z } }",
    "ASK { BIND(<URL> AS ?s) SERVICE ?s { ?x ?y ?z } }",
    "SELECT ?x { { SELECT ?x { ?x a ig:Firm FILTER EXISTS { SERVICE <URL> { ?x ?y ?z } } } } }",
    "CONSTRUCT { ?x ?y ?z } { OPTIONAL { SERVICE # a comment\n <URL> { ?x ?y ?z } } }",
    "DESCRIBE ?x { # SERVICE\n SERVICE\t<URL> { ?x ?y ?z } }",
    "ASK { ?x ig:name 'SERVICE' . \\u0053ERVICE <URL> { ?x ?y ?z } }",
    "ASK { MINUS { ?x ?y '''a ' \" SERVICE''' . SERVICE <URL> { ?x ?y ?z } } }",
]


@pytest.mark.parametrize("query", FEDERATED)
def test_no_other_server_is_asked(
    query: str, ask: Callable[..., sparql.Answer], listener: Listener
) -> None:
    with pytest.raises(QueryError):
        ask(query.replace("<URL>", f"<http://127.0.0.1:{listener.port}/>"))
    assert not listener.called()


def test_the_parser_would_have_asked(listener: Listener) -> None:
    """The refusal is needed: Oxigraph itself goes out."""
    query = f"SELECT ?x {{ SERVICE <http://127.0.0.1:{listener.port}/> {{ ?x ?y ?z }} }}"
    code = f"import pyoxigraph\nlist(pyoxigraph.Store().query({query!r}))"
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while not (called := listener.called()) and time.monotonic() < deadline:
        pass
    process.kill()
    process.wait()
    assert called


@pytest.mark.parametrize("query", [q for q in FEDERATED if "\\u" not in q])
def test_service_is_named_as_the_reason(query: str, ask: Callable[..., sparql.Answer]) -> None:
    with pytest.raises(QueryError) as refused:
        ask(query.replace("<URL>", "<http://127.0.0.1:9/>"))
    assert refused.value.key == "sparql.service"


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ('SELECT ?x { ?x ig:name ?n FILTER(CONTAINS(?n, "SERVICE <x> {")) }', [["id:P1"]]),
        (
            "SELECT ?x { ?x ig:name ?n # SERVICE <http://a> { }\n FILTER(CONTAINS(?n, 'self')) }",
            [["id:P1"]],
        ),
        ("SELECT ?service { ?service ig:name '''Alpha'''@en }", [["id:F1"]]),
        (
            "PREFIX service: <https://w3id.org/innograph/ontology#> SELECT ?x { ?x service:id 'F1' }",
            [["id:F1"]],
        ),
        (
            "SELECT ?x { ?x ig:id 'F1' MINUS { ?x <http://example.org/SERVICE> <urn:LOAD:INSERT> } }",
            [["id:F1"]],
        ),
        ("SELECT ?x { ?x ig:id 'F1' MINUS { ?x ig:SERVICE _:service } }", [["id:F1"]]),
        ("SELECT ?x { ?x ig:name 'x'@service }", []),
        (
            "SELECT ('LOAD <http://a>; INSERT DATA {}' AS ?load) { }",
            [["LOAD <http://a>; INSERT DATA {}"]],
        ),
    ],
)
def test_the_words_may_stand_where_they_mean_nothing(
    query: str, rows: list[list[Any]], ask: Callable[..., sparql.Answer]
) -> None:
    assert ask(query).table()[1] == rows


@given(
    st.text(st.characters(exclude_characters="'\\\n\r", exclude_categories=["Cs"]), max_size=20),
    st.text(st.characters(exclude_characters="'\\\n\r", exclude_categories=["Cs"]), max_size=20),
)
def test_a_string_or_comment_may_say_service(before: str, after: str) -> None:
    query = f"ASK {{ BIND('{before}SERVICE{after}' AS ?x) }} # {before}service{after}"
    checked = without_service(query)
    assert checked is not None and "service" not in checked.casefold().replace("ſ", "s?")
    ox.Store().query(checked)


@given(st.sampled_from(FEDERATED), st.integers(0, 2**7 - 1))
def test_a_federated_query_without_the_word_is_none(query: str, upper: int) -> None:
    """However it is written, the check finds the keyword: what is left does not parse."""
    word = "".join(c.upper() if upper >> i & 1 else c for i, c in enumerate("service"))
    checked = without_service(query.replace("SERVICE", word).replace("<URL>", "<http://a/>"))
    assert checked is not None
    with pytest.raises(SyntaxError):
        ox.Store().query(checked, prefixes=KNOWN)


@pytest.mark.parametrize(
    "query",
    [
        "INSERT DATA { id:x a ig:Firm }",
        "PREFIX a: <urn:a> DELETE WHERE { ?s ?p ?o }",
        "BASE <urn:a> LOAD <http://127.0.0.1:9/>",
        "# a comment\nclear all",
        "WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "DROP ALL",
    ],
)
def test_updates_are_refused(query: str, ask: Callable[..., sparql.Answer]) -> None:
    with pytest.raises(QueryError) as refused:
        ask(query)
    assert refused.value.key == "sparql.update"
    assert len(ask("SELECT * { ?s ?p ?o }").table()[1]) == 14


@pytest.mark.parametrize(
    ("query", "key", "line", "said"),
    [
        ("SELECT ?s WHERE { ?s a ig:Firm", "ends", 1, "too soon"),
        ("SELECT ?s\nWHERE { ?s a ig:Firm . FILTRE(1) }", "syntax", 2, "FILTRE"),
        ("SELECT ?s {\n\n ?s foo:a 1 }", "prefix", 3, "foo:"),
        ("SELEC ?s { ?s ?p ?o }", "syntax", 1, "SELEC"),
        ("SELECT ?s { ?s ?p ?o } 甲乙", "syntax", 1, "甲乙"),
        ("SELECT (COUNT(?s) AS ?s) { ?s ?p ?o } GROUP", "syntax", 1, "GROUP"),
    ],
)
def test_errors_say_where(
    query: str, key: str, line: int, said: str, ask: Callable[..., sparql.Answer]
) -> None:
    with pytest.raises(QueryError) as error:
        ask(query)
    assert error.value.key == f"sparql.{key}"
    assert error.value.values["line"] == line
    assert said in error.value.text("en") and f"line {line}" in error.value.text("en")
    assert f"第 {line} 行" in error.value.text("zh")
    assert "\n" not in error.value.text("en")


def test_w3c_forms_say_the_same(ask: Callable[..., sparql.Answer]) -> None:
    query = "SELECT ?x ?n ?e ?r { ?x a ig:Firm ; ig:name ?n OPTIONAL { ?x ig:employees ?e } OPTIONAL { ?x ig:revenue ?r } } ORDER BY ?x ?n"
    parsed = [
        Result.parse(io.BytesIO(ask(query, form).body), format=form) for form in ("json", "xml")
    ]
    first, second = ([tuple(row) for row in result] for result in parsed)
    assert first == second and len(first) == 3
    assert first[0][1] == rdflib.Literal("Alpha", lang="en")
    lines = ask(query, "csv").body.decode().split("\r\n")
    assert lines[0] == "x,n,e,r" and lines[1].endswith("F1,Alpha,5,")
    forms = {"json": ox.QueryResultsFormat.JSON, "xml": ox.QueryResultsFormat.XML}
    for name, form in forms.items():
        assert len(list(ox.parse_query_results(ask(query, name).body, format=form))) == 3
    assert ask(query).table() == (
        ["x", "n", "e", "r"],
        [["id:F1", "Alpha", 5, None], ["id:F1", "甲", 5, None], ["id:F2", "=1+1", None, 1.5]],
    )


def test_ask_and_construct(ask: Callable[..., sparql.Answer]) -> None:
    assert json.loads(ask("ASK { ?s a ig:Firm }").body)["boolean"] is True
    assert ask("ASK { ?s a ig:Firm }").table() == (["ask"], [[True]])
    assert ask("ASK { ?s a ig:Region }", "csv").body == b"false"
    assert b"<boolean>true</boolean>" in ask("ASK { ?s a ig:Firm }", "xml").body
    query = "CONSTRUCT { ?s ?p ?o } { ?s a ig:Firm ; ?p ?o }"
    graphs = []
    for form, syntax in (
        ("ttl", ox.RdfFormat.TURTLE),
        ("nt", ox.RdfFormat.N_TRIPLES),
        ("xml", ox.RdfFormat.RDF_XML),
        ("json", ox.RdfFormat.JSON_LD),
    ):
        graphs.append({quad.triple for quad in ox.parse(ask(query, form).body, syntax)})
    assert len(graphs[0]) == 12
    assert all(graph == graphs[0] for graph in graphs)
    assert ask(query).body == ask(query, "ttl").body
    assert b"id:F1" in ask("DESCRIBE id:F1").body


@pytest.mark.parametrize(
    ("query", "form"), [("ASK {}", "ttl"), ("SELECT * {}", "nt"), ("DESCRIBE id:F1", "csv")]
)
def test_a_form_that_does_not_fit(query: str, form: str, ask: Callable[..., sparql.Answer]) -> None:
    with pytest.raises(UsageError, match=form):
        ask(query, form)


HEAVY = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(9)) + " }"
LARGE = (
    "SELECT ?a ?b ?c ?x { VALUES ?a { X } VALUES ?b { X } VALUES ?c { X } VALUES ?d { X }"
    " BIND(CONCAT(?a, ?b, ?c, ?d) AS ?x) } ORDER BY ?x"
).replace("X", " ".join(f"'{i:060}'" for i in range(60)))


def test_a_long_query_is_ended(ask: Callable[..., sparql.Answer]) -> None:
    begun = time.monotonic()
    with pytest.raises(QueryError) as ended:
        ask(HEAVY, seconds=1.0)
    assert ended.value.key == "sparql.too_long"
    assert time.monotonic() - begun < 10


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of memory there")
def test_a_large_query_is_ended(ask: Callable[..., sparql.Answer]) -> None:
    with pytest.raises(QueryError) as ended:
        ask(LARGE, memory="1MB", seconds=120)
    assert ended.value.key == "sparql.too_large"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_query_ends_with_us(store: Path) -> None:
    code = f"from pathlib import Path\nfrom graph.rdf import sparql\nprint('up', flush=True)\nsparql.on_store(Path({str(store)!r}), {HEAVY!r}, {KNOWN!r}, seconds=100)"
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT, text=True
    )
    assert process.stdout is not None and process.stdout.readline() == "up\n"

    def workers() -> list[str]:
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                status = (entry / "status").read_text()
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if b"answerer.py" in words and (
                f"PPid:\t{process.pid}\n" in status or entry.name in found_before
            ):
                found.append(entry.name)
        return found

    found_before: list[str] = []
    deadline = time.monotonic() + 30
    while not (found_before := workers()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    deadline = time.monotonic() + 20
    while workers():
        assert time.monotonic() < deadline, "the query goes on without us"
        time.sleep(0.05)


def test_values_go_in_as_values(ask: Callable[..., sparql.Answer]) -> None:
    query = "SELECT ?x { ?x ig:name ?n FILTER(STR(?n) IN ($names)) } # $names"
    found = ask(with_parameters(query, {"names": ["Alpha", "=1+1"]})).table()[1]
    assert sorted(found) == [["id:F1"], ["id:F2"]]
    for text in (*AWKWARD, '" } SERVICE <http://127.0.0.1:9/> { ?x ?y ?z } #', "$names"):
        filled = with_parameters('SELECT ($t AS ?x) ("$t" AS ?y) ?t { }', {"t": text})
        assert ask(filled).table()[1] == [[text, "$t", None]]
    assert ask(with_parameters("SELECT ($a + $b AS ?x) { }", {"a": 1, "b": 0.5})).table()[1] == [
        [1.5]
    ]
    with pytest.raises(UsageError):
        with_parameters("ASK { ?x ?y $z }", {"z": {"a": 1}})


@pytest.mark.parametrize(
    ("query", "unknown"),
    [
        ("SELECT ?x { ?x a ig:Frim }", [("ig:Frim", ["ig:form", "ig:Firm"])]),
        (
            "SELECT ?x { ?x a <https://w3id.org/innograph/ontology#Frm> }",
            [("ig:Frm", ["ig:form", "ig:Firm"])],
        ),
        (
            "PREFIX o: <https://w3id.org/innograph/ontology#> ASK { ?x o:provide ?y }",
            [("o:provide", ["ig:provides", "ig:provenCount"])],
        ),
        ("ASK { ?x a ig:ProvidesStatement ; ig:share ?s ; ig:amountMin ?m ; ig:id ?i }", []),
        ("ASK { ?x ig:name 'ig:Frim' } # ig:Frim", []),
        ("PREFIX ex: <http://example.org/> ASK { ?x ex:Frim ?y }", []),
    ],
)
def test_terms_that_the_ontology_does_not_know(
    query: str, unknown: list[tuple[str, list[str]]]
) -> None:
    found = unknown_terms(query, SCHEMA, KNOWN)
    assert [name for name, _ in found] == [name for name, _ in unknown]
    for (_, near), (_, wanted) in zip(found, unknown, strict=True):
        assert wanted[0] in near or wanted[-1] in near


def test_tokens_leave_comments_out() -> None:
    said = [text for _, text, _ in tokens('SELECT ?a { ?a <urn:x#y> \'a#b\' , """c"d#""" } #e')]
    assert said == ["SELECT", "?a", "{", "?a", "<urn:x#y>", "'a#b'", ",", '"""c"d#"""', "}"]
