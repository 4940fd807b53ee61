"""The questions that come with the program: one answer from both engines and from SPARQL."""

from collections.abc import Callable
from typing import Any

import pytest

from graph.cypher.unknown_names import unknown_names
from graph.questions import Question, named, questions
from graph.rdf.sparql import Answer, prefixes
from graph.rdf.sparql_text import tokens
from graph.rdf.unknown_terms import unknown_terms
from graph.schema import load
from tests.demo_stores import Ask
from tests.program import Done

ALL = questions()
SCHEMA = load()
each = pytest.mark.parametrize("question", ALL, ids=lambda q: q.name)


def shown(rows: list[list[Any]]) -> list[list[Any]]:
    """Rows as a question file has them."""
    assert not any(value == "" for row in rows for value in row), "'' stands for null"
    return [["" if value is None else value for value in row] for row in rows]


@each
def test_the_embedded_engine_gives_the_answer(question: Question, embedded_demo: Ask) -> None:
    result = embedded_demo(question.cypher, **question.parameters)
    assert result.columns == question.columns
    assert shown(result.rows) == question.rows


@pytest.mark.neo4j
@pytest.mark.xdist_group("neo4j")
@each
def test_neo4j_gives_the_answer(question: Question, neo4j_demo: Ask) -> None:
    result = neo4j_demo(question.cypher, **question.parameters)
    assert result.columns == question.columns
    assert shown(result.rows) == question.rows


@each
def test_sparql_gives_the_answer(question: Question, sparql_demo: Callable[..., Answer]) -> None:
    columns, rows = sparql_demo(question.sparql, **question.parameters).table()
    assert columns == question.columns
    assert shown(rows) == question.rows


@each
def test_a_question_is_well_formed(question: Question) -> None:
    assert question.rows, "an empty answer says nothing"
    assert all(len(row) == len(question.columns) for row in question.rows)
    assert set(question.title) == set(question.question) == {"zh", "en"}
    assert "ORDER BY" in question.cypher or len(question.rows) == 1
    for name in question.parameters:
        assert f"${name}" in question.cypher and f"${name}" in question.sparql
    asked = {text[1:] for kind, text, _ in tokens(question.sparql) if text.startswith("$")}
    assert asked == set(question.parameters)
    for text in question.question.values():
        assert "$" not in question.asked("zh", question.parameters), text
    assert unknown_names(question.cypher, SCHEMA) == []
    known = prefixes(SCHEMA, "https://example.org/")
    assert unknown_terms(question.sparql, SCHEMA, known) == []


def test_parameters_matter(embedded_demo: Ask, sparql_demo: Callable[..., Answer]) -> None:
    """Another value gives another answer, the same in both languages."""
    question = named("upstream")
    given = question.given({"product": "product:oled-panel"})
    rows = embedded_demo(question.cypher, **given).rows
    assert rows != question.rows
    assert sparql_demo(question.sparql, **given).table()[1] == rows


def test_there_are_enough() -> None:
    assert len(ALL) >= 25
    assert [q.number for q in ALL] == list(range(1, len(ALL) + 1))
    assert len({q.name for q in ALL}) == len(ALL)


Run = Callable[..., Done]


def test_the_list_honours_language_and_format(run: Run) -> None:
    english = run("query", "--list").out.splitlines()
    assert english[0].split("\t")[:2] == ["1", "single-source"]
    assert len(english) == len(ALL)
    chinese = run("query", "--list", "--lang", "zh").out
    assert ALL[0].question["zh"] in chinese
    said = run("query", "--list", "--format", "json").json()
    assert [one["name"] for one in said] == [q.name for q in ALL]
    assert said[0]["question"]["zh"] == ALL[0].question["zh"]
    assert said[4]["parameters"] == {"product": "product:rollable-display"}


def test_by_number_by_name_and_in_sparql(run: Run, demo_db: Any) -> None:
    db = ("--db", str(demo_db))
    question = named("shortest-path")
    one = run("query", "--name", str(question.number), "--format", "json", *db)
    assert one.code == 0
    assert [list(row.values()) for row in one.json()] == question.rows
    assert "tech:vision-algorithm" in one.err
    other = run("query", "--name", question.name, "--sparql", "--lang", "zh", *db)
    assert [line.split("\t") for line in other.out.splitlines()] == [
        [str(value) for value in row] for row in question.rows
    ]
    narrower = run("query", "--name", "upstream", "-p", "product=product:mocvd", "--sparql", *db)
    assert (narrower.code, narrower.out) == (0, "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--name", "shortst-path"], "shortest-path"),
        (["--name", "99"], "--list"),
        (["--name", "upstream", "-p", "prodct=x"], "product"),
        ([], "--list"),
        (["--list", "--name", "1"], "--list"),
        (["RETURN 1", "--format", "ttl"], "ttl"),
        (["ASK {}", "--sparql", "--uri", "bolt://127.0.0.1:1"], "Cypher"),
        (["--file", "missing.rq"], "missing.rq"),
    ],
)
def test_what_makes_no_sense_is_told(run: Run, words: list[str], said: str) -> None:
    done = run("query", *words)
    assert done.code == 2
    assert said in done.err
