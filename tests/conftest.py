"""What all tests share: where the real data sets are."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.program import Graph, program

pytest_plugins = ["tests.claims", "tests.neo4j_server"]

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
