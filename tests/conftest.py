"""What all tests share: where the real data sets are."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.program import Done, Graph, program

pytest_plugins = ["tests.claims", "tests.demo_stores", "tests.neo4j_server"]

settings.register_profile("graph", deadline=None)
settings.load_profile("graph")
"""How long an example takes says more of the machine than of the code."""

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets; a test that needs it fails by name where it is missing."""
    folder = Path(os.environ.get("GRAPH_SHARED", ROOT.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.fail(f"the real data sets are not at {folder}: set GRAPH_SHARED")
    return folder


@pytest.fixture
def graph(tmp_path: Path) -> Graph:
    """Runs the installed program in the test's own folder."""
    return program(tmp_path)


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Done]]:
    """Runs `graph` in this process, in the test's own folder: much sooner than `graph` does.

    What the program lets through as a traceback fails the test as an exception.
    """
    import cli

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.chdir(tmp_path)
    for name in [n for n in os.environ if n.startswith(("GRAPH_", "NEO4J_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def called(*words: str) -> Done:
        for name, value in (("lang", "en"), ("quiet", False), ("debug", False)):
            monkeypatch.setattr(cli.console, name, value)
        monkeypatch.setattr(sys, "argv", ["graph", *words])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        code = ended.value.code
        said = capfd.readouterr()
        return Done(code if isinstance(code, int) else 0, said.out, said.err)

    yield called
    signal.signal(signal.SIGTERM, before)
