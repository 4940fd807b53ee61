"""The example of a measure from outside, installed as a package: found wherever measures are."""

import json
import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.program import Graph, program

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "docs" / "example-method"
pytestmark = pytest.mark.slow


def run(*words: str | Path, **env: str) -> str:
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the built package with its metadata, as an environment would."""
    folder = tmp_path_factory.mktemp("installed")
    run("-m", "pip", "install", "-q", "--no-deps", "--target", folder, EXAMPLE)
    assert list(folder.glob("innograph_small_supply-*.dist-info/entry_points.txt"))
    return folder


@pytest.fixture(scope="module")
def demo(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """Runs `graph` beside the example, with the package in sight or not."""
    folder = tmp_path_factory.mktemp("demo")
    graph = program(folder)
    assert graph("demo", "demo-out").returncode == 0

    def asked(*words: str, seen: bool = True) -> Any:
        path = {"PYTHONPATH": str(installed)} if seen else {}
        return graph(*words, GRAPH_DB="demo-out/graph.duckdb", **path)

    return asked


def test_its_own_examples_hold(installed: Path) -> None:
    run("-m", "doctest", EXAMPLE / "small_supply.py")
    where = run(
        "-c", "import small_supply; print(small_supply.__file__)", PYTHONPATH=str(installed)
    )
    assert Path(where.strip()).parent == installed


def test_without_the_package_there_is_no_such_measure(demo: Graph) -> None:
    done = demo("gaps", "--measure", "small-supply", seen=False)
    assert done.returncode == 2
    assert "small-supply" in done.stderr


def test_graph_gaps_lists_it_in_both_languages(demo: Graph) -> None:
    english = demo("gaps", "--measure", "small-supply", "--top", "3")
    assert english.returncode == 0, english.stderr
    rows = [line.split("\t") for line in english.stdout.splitlines()]
    assert {row[0] for row in rows} == {"small-supply"}
    assert re.search(r": of \d+ suppliers whose size is known, \d+ are small or micro", rows[0][-1])
    chinese = demo("gaps", "--measure", "small-supply", "--lang", "zh")
    assert "是小微企业" in chinese.stdout
    assert "small-supply" in demo("gaps").stdout


def test_the_json_has_it(demo: Graph) -> None:
    said = json.loads(demo("gaps", "--format", "json", "--top", "0").stdout)
    assert "small-supply/1" in said["configuration"]["methods"]
    mine = [f for f in said["findings"] if f["measure"] == "small-supply"]
    assert mine[0]["rank"] == 1
    for finding in mine:
        values = finding["values"]
        assert finding["severity"] == pytest.approx(values["small"] / values["known"], abs=1e-6)
        assert set(finding["text"]) == {"zh", "en"}
        assert finding["evidence"]
        assert finding["id"] == f"small-supply:{finding['subject']['id'].replace(':', '%3A')}"
    missing = [n for n in said["not_assessed"] if n["measure"] == "small-supply"]
    assert missing[0]["missing"] == ["Firm.size"]
    assert "would be enough" in missing[0]["text"]["en"]
    explained = demo("gaps", "--explain", mine[0]["id"])
    assert "share of small ones =" in explained.stdout


def test_the_page_shows_it_by_its_label(demo: Graph, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert demo("export", "html", "-o", str(page)).returncode == 0
    html = page.read_text("utf-8")
    block = re.search(r'<script[^>]*id="graph-data"[^>]*>(.*?)</script>', html, re.DOTALL)
    assert block
    data = json.loads(unescape(block[1]))
    assert data["ui"]["measure_small_supply"] == {"zh": "小微供给", "en": "Small suppliers only"}
    assert any(f["measure"] == "small-supply" for f in data["findings"])
    assert "small-supply/1" in data["meta"]["methods"]


def test_the_list_of_methods_has_it(demo: Graph) -> None:
    rows = demo("schema", "--methods").stdout.splitlines()
    (row,) = [row for row in rows if row.startswith("small-supply\t")]
    assert "links that mostly small and micro firms supply" in row
    listed = json.loads(demo("schema", "--methods", "--format", "json").stdout)
    assert listed[-1]["measure"] == "small-supply"


def test_what_changed_counts_it_too(demo: Graph) -> None:
    said = json.loads(
        demo("diff", "0", "1", "--measure", "small-supply", "--format", "json").stdout
    )
    assert said["findings"]["counts"]["small-supply"]["opened"] > 0
