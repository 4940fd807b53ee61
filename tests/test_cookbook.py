"""The cookbook: every query runs on both engines and in SPARQL, and gives the answer shown."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graph.neo4j.server import Server
from graph.rdf.sparql import Answer
from tests.demo_stores import Ask
from tests.test_docs import ADDRESS, BLOCK, ROOT, run, steps

PAGES = ("cookbook.md", "cookbook.zh.md")
TEXT = {name: (ROOT / "docs" / name).read_text("utf-8") for name in PAGES}
RECIPE = re.compile(
    r"^### (?P<title>[^\n]+)\n(?:(?!#|```)[^\n]*\n)*"
    r"```cypher\n(?P<cypher>.*?)^```\n\n^```sparql\n(?P<sparql>.*?)^```\n\n(?P<table>(?:^\|[^\n]*\n)+)",
    re.MULTILINE | re.DOTALL,
)
RECIPES = [pytest.param(m, id=m["title"]) for m in RECIPE.finditer(TEXT["cookbook.md"])]
Recipe = re.Match[str]


def shown(recipe: Recipe) -> list[list[str]]:
    """The table of a recipe: columns, then rows, as text."""
    lines = [line.strip("| \n").split(" | ") for line in recipe["table"].splitlines()]
    width = len(lines[0])
    rows = [line for i, line in enumerate(recipe["table"].splitlines()) if i != 1]
    return [[cell.strip() for cell in row.split("|")[1 : width + 1]] for row in rows]


def text(columns: list[str], rows: list[list[Any]]) -> list[list[str]]:
    return [columns, *([("" if v is None else str(v)) for v in row] for row in rows)]


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_in_the_embedded_engine(recipe: Recipe, embedded_demo: Ask) -> None:
    result = embedded_demo(recipe["cypher"])
    assert text(result.columns, result.rows) == shown(recipe)


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_in_sparql(recipe: Recipe, sparql_demo: Callable[..., Answer]) -> None:
    assert text(*sparql_demo(recipe["sparql"]).table()) == shown(recipe)


@pytest.mark.neo4j
@pytest.mark.xdist_group("neo4j")
def test_the_recipes_in_neo4j(neo4j_demo: Ask) -> None:
    for recipe in RECIPE.finditer(TEXT["cookbook.md"]):
        result = neo4j_demo(recipe["cypher"])
        assert text(result.columns, result.rows) == shown(recipe), recipe["title"]


def test_both_languages_show_the_same() -> None:
    english, chinese = (BLOCK.findall(page) for page in TEXT.values())
    assert english == chinese
    pair = [
        [(m["cypher"], m["sparql"], m["table"]) for m in RECIPE.finditer(p)] for p in TEXT.values()
    ]
    assert pair[0] == pair[1] and len(pair[0]) >= 12


def test_no_query_is_left_out(embedded_demo: Ask) -> None:
    """A block outside the recipes runs, too."""
    blocks = BLOCK.findall(TEXT["cookbook.md"])
    alone = [
        b
        for kind, _, b in blocks
        if kind == "cypher" and b not in {p.values[0]["cypher"] for p in RECIPES}
    ]
    assert len(alone) == 1
    assert len(embedded_demo(alone[0]).rows) == 50
    assert sum(kind == "sparql" for kind, _, _ in blocks) == len(RECIPES)


def python(kind: str, page: str = "cookbook.md") -> list[str]:
    return [
        body for lang, name, body in BLOCK.findall(TEXT[page]) if (lang, name) == ("python", kind)
    ]


def script(code: str, folder: Path, **env: str) -> list[str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PATH": path, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_commands_and_python_run(demo_db: Path, tmp_path: Path) -> None:
    (tmp_path / "demo-out").symlink_to(demo_db.parent)
    for step in steps(ROOT / "docs" / "cookbook.md"):
        if step.words[1] != "demo" and not step.neo4j:
            run(step, tmp_path)
    command, store = (script(code, tmp_path) for code in python(""))
    assert command == ["['firm:example-mask-a', 'firm:example-mask-b']"]
    assert store[0] == "区 8"


@pytest.mark.neo4j
@pytest.mark.xdist_group("neo4j")
def test_neo4j_is_reached(
    demo_db: Path, tmp_path: Path, neo4j_demo: Ask, neo4j_server: Server
) -> None:
    (tmp_path / "demo-out").symlink_to(demo_db.parent)
    password = {"NEO4J_PASSWORD": neo4j_server.password}
    for step in steps(ROOT / "docs" / "cookbook.md"):
        if step.neo4j:
            words = [word.replace(ADDRESS, neo4j_server.uri) for word in step.words]
            run(type(step)(words, step.text), tmp_path, **password)
    [code] = python("neo4j")
    said = script(code.replace(ADDRESS, neo4j_server.uri), tmp_path, **password)
    assert said == ["firm:example-mask-a 0.96", "firm:example-mask-b 0.04"]
