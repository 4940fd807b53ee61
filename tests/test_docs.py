"""The documents: their commands run as written, in order; their links lead somewhere."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.program import program

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("demo/*.md")])
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)#:]+)(?:#[^)]*)?\)")


def steps(page: Path) -> Iterator[tuple[str, str]]:
    """What a page has its reader do: files to write (name, text), commands (line, output)."""
    for kind, name, body in BLOCK.findall(page.read_text("utf-8")):
        if kind == "console":
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                line, _, output = part.partition("\n")
                yield line, output
        elif name:
            yield name, body


def pattern(expected: str) -> re.Pattern[str]:
    """Lines as shown: white space counts once, `...` stands for anything."""
    parts = (re.escape(" ".join(part.split())) for part in expected.split("..."))
    return re.compile(r"\s?.*\s?".join(parts), re.DOTALL)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["tutorial.md", "tutorial.zh.md"])
def test_the_tutorial_runs_as_written(name, tmp_path):
    folder, ran = tmp_path, 0
    for what, text in steps(ROOT / "docs" / name):
        words = shlex.split(what)
        if words[0] == "cd":
            folder = folder / words[1]
        elif words[0] == "graph":
            done = program(folder)(*words[1:])
            said = " ".join((done.stdout + done.stderr).split())
            assert done.returncode == 0, (what, said)
            assert pattern(text).search(said), f"{what}\n{said}"
            ran += 1
        else:
            file = folder / what
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
    assert ran >= 12


def test_an_output_that_differs_would_be_seen():
    assert pattern("a 1\n...\nb 2").search("x a 1 more b 2")
    assert not pattern("a 1\n...\nb 2").search("a 1 b 3")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    for target in LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).exists(), target
