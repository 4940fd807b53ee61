"""The documents: their commands run as written, in order; their links lead somewhere.

In a page, a block named `csv FILE` or `ttl FILE` is a file its reader writes; `console` holds
commands, each with the lines it answers (`...` stands for any) and `# exit N` where it does not end
with 0; what needs a Neo4j server stands in `console neo4j`.
"""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from graph.gaps import methods
from graph.neo4j.server import Server
from tests.program import program

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("demo/*.md")])
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)#:]+)(?:#[^)]*)?\)")
EXIT = re.compile(r"# exit (\d+)\n")
ADDRESS = "bolt://localhost:7687"


@dataclass(frozen=True)
class Step:
    """What a page has its reader do: a file to write, or a command to run."""

    words: list[str]
    text: str
    code: int = 0
    writes: bool = False
    neo4j: bool = False


def steps(page: Path) -> Iterator[Step]:
    for kind, name, body in BLOCK.findall(page.read_text("utf-8")):
        if kind == "console":
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                line, _, output = part.partition("\n")
                code = EXIT.match(output)
                yield Step(
                    shlex.split(line),
                    output[code.end() :] if code else output,
                    int(code[1]) if code else 0,
                    neo4j=name == "neo4j",
                )
        elif kind in ("csv", "ttl") and name:
            yield Step([name], body, writes=True)


def pattern(expected: str) -> re.Pattern[str]:
    """Lines as shown: white space counts once, `...` stands for anything."""
    parts = (re.escape(" ".join(part.split())) for part in expected.split("..."))
    return re.compile(r"\s?.*\s?".join(parts), re.DOTALL)


def write(step: Step, folder: Path) -> None:
    file = folder / step.words[0]
    file.parent.mkdir(exist_ok=True, parents=True)
    file.write_text(step.text, encoding="utf-8")


def run(step: Step, folder: Path, **env: str) -> None:
    done = program(folder)(*step.words[1:], **env)
    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == step.code, (step.words, said)
    assert pattern(step.text).search(said), f"{step.words}\n{said}"


def follow(page: Path, folder: Path, server: Server | None = None) -> int:
    """Does what `page` says, and gives how many commands ran.

    With a server only what it needs and what leads to it is run.
    """
    ran = 0
    for step in steps(page):
        if step.writes:
            write(step, folder)
        elif step.words[0] == "cd":
            folder = folder / step.words[1]
        elif step.neo4j and server:
            words = [word.replace(ADDRESS, server.uri) for word in step.words]
            run(Step(words, step.text), folder, NEO4J_PASSWORD=server.password)
            ran += 1
        elif not step.neo4j and not (server and step.words[1] not in ("demo", "init", "ingest")):
            assert step.words[0] == "graph", step.words
            run(step, folder)
            ran += 1
    return ran


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("tutorial.md", 20),
        ("tutorial.zh.md", 20),
        ("layout.md", 4),
        ("findings.md", 4),
        ("whatif.md", 4),
        ("shacl.md", 2),
        ("rdf.md", 5),
        ("stores.md", 4),
    ],
)
def test_a_page_runs_as_written(name: str, least: int, tmp_path: Path) -> None:
    assert follow(ROOT / "docs" / name, tmp_path) >= least


@pytest.mark.slow
def test_the_first_session_of_the_readme_runs(tmp_path: Path) -> None:
    for step in steps(ROOT / "docs" / "layout.md"):
        if step.writes and step.words[0].startswith("tables/"):
            for folder in ("my-tables", "我的表"):
                write(Step([step.words[0].replace("tables", folder)], step.text), tmp_path)
    assert follow(ROOT / "README.md", tmp_path) >= 10


@pytest.mark.neo4j
@pytest.mark.xdist_group("neo4j")
@pytest.mark.usefixtures("neo4j_empty")
@pytest.mark.parametrize(("name", "least"), [("tutorial.md", 5), ("neo4j.md", 4)])
def test_a_page_reaches_neo4j(name: str, least: int, tmp_path: Path, neo4j_server: Server) -> None:
    assert follow(ROOT / "docs" / name, tmp_path, neo4j_server) >= least


def test_an_output_that_differs_would_be_seen() -> None:
    assert pattern("a 1\n...\nb 2").search("x a 1 more b 2")
    assert not pattern("a 1\n...\nb 2").search("a 1 b 3")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_the_methods_page_is_up_to_date() -> None:
    made = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "make_methods.py"), "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr + "run: python docs/make_methods.py"


def test_the_readme_names_the_measures_there_are() -> None:
    english, chinese = (ROOT / "README.md").read_text("utf-8").split("\n## 中文\n")
    for measure in methods():
        for part in (english, chinese):
            assert f"`{measure}`" in part, f"the README does not name {measure}"


@pytest.mark.slow
def test_the_findings_page_shows_the_keys_there_are(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "findings.md").read_text("utf-8")
    shown = next(json.loads(body) for kind, _, body in BLOCK.findall(page) if kind == "json")
    graph = program(tmp_path)
    graph("demo", "demo-out")
    words = ("--home", "CN", "--top", "0", "--db", "demo-out/graph.duckdb", "--format", "json")
    real = json.loads(graph("gaps", *words).stdout)
    assert list(shown) == list(real)
    assert keys(shown["configuration"]) == keys(real["configuration"])
    for part in ("findings", "not_assessed"):
        for one in shown[part]:
            same = [r for r in real[part] if identity(r) == identity(one)]
            assert len(same) == 1, identity(one)
            assert keys(one) == keys(same[0])


def identity(one: dict[str, object]) -> tuple[object, ...]:
    values, subject = one.get("values", {}), one["subject"]
    assert isinstance(values, dict)
    about = subject["id"] if isinstance(subject, dict) else None
    return (one["measure"], about, values.get("level"))


def keys(value: object) -> object:
    """The keys of a JSON value at every depth, a list by its first item."""
    if isinstance(value, dict):
        return {key: keys(item) for key, item in value.items()}
    return [keys(item) for item in value[:1]] if isinstance(value, list) else None
