"""The built distribution in a clean environment: only what it declares, run from any folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def run(*words: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(w) for w in words],
        cwd=cwd,
        env={k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts folder of an environment that holds the wheel, itself built from the sdist."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--outdir", folder / "dist", ROOT, cwd=folder)
    run(sys.executable, "-m", "venv", folder / "clean", cwd=folder)
    binaries = folder / "clean" / "bin"
    (wheel,) = (folder / "dist").glob("*.whl")
    run(binaries / "python", "-m", "pip", "install", "-q", wheel, cwd=folder)
    return binaries


def test_the_installed_program_does_its_whole_job(installed: Path, tmp_path: Path) -> None:
    graph = installed / "graph"
    run(graph, "demo", "made", cwd=tmp_path)
    assert (tmp_path / "made" / "page.html").stat().st_size > 100_000
    assert json.loads((tmp_path / "made" / "findings.json").read_text("utf-8"))["findings"]
    database = ("--db", "made/graph.duckdb")
    question = "MATCH (n:PilotTestPlatform) RETURN count(n) AS plants"
    rows = run(graph, "query", question, *database, "--format", "json", cwd=tmp_path)
    assert json.loads(rows)[0]["plants"] > 0
    listed = json.loads(run(graph, "query", "--list", "--format", "json", cwd=tmp_path))
    assert len(listed) == 36
    answer = run(graph, "query", "--name", "single-source", "--sparql", *database, cwd=tmp_path)
    assert answer.startswith("product:")
    assert run(graph, "export", "ttl", *database, cwd=tmp_path).startswith("@prefix")
    run(graph, "init", "work", cwd=tmp_path)
    assert "eto" in run(
        installed / "python", "-c", "import ingest.mapping as m; print(*m.shipped())", cwd=tmp_path
    )


def test_nothing_else_is_installed_at_top_level(installed: Path, tmp_path: Path) -> None:
    listed = run(installed / "python", "-m", "pip", "show", "-f", "innograph", cwd=tmp_path)
    files = listed.partition("Files:")[2].split()
    tops = {f.split("/")[0] for f in files if not f.startswith((".", "__pycache__"))}
    assert {t for t in tops if not t.startswith("innograph-")} == {"graph", "ingest", "cli.py"}


def test_an_extra_is_optional(installed: Path, tmp_path: Path) -> None:
    listed = run(installed / "python", "-m", "pip", "list", cwd=tmp_path).lower()
    assert "pyshacl" not in listed and "pytest" not in listed
