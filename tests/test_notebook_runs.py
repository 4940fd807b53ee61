"""The tutorial notebook runs from top to bottom, in a kernel of its own, and shows what it says."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = Path(__file__).parent.parent / "docs" / "notebook.ipynb"


def read() -> Any:
    import nbformat

    return nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]


def test_the_notebook_is_kept_without_outputs() -> None:
    for cell in read().cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each cell of the executed notebook shows, by its source: text and HTML together."""
    from nbclient import NotebookClient

    folder = tmp_path_factory.mktemp("notebook")
    book = read()
    before = dict(os.environ)
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before["PATH"]])
    os.environ["JUPYTER_PLATFORM_DIRS"] = "1"
    os.environ["LC_ALL"] = "C.UTF-8"
    try:
        NotebookClient(
            book, timeout=240, kernel_name="python3", resources={"metadata": {"path": folder}}
        ).execute()
    finally:
        os.environ.clear()
        os.environ.update(before)
    return {
        cell.source: "".join(_texts(output) for output in cell.outputs)
        for cell in book.cells
        if cell.cell_type == "code"
    }


def _texts(output: Any) -> str:
    assert output.output_type != "error", output
    if output.output_type == "stream":
        assert output.name == "stdout", output.text
        return str(output.text)
    return "".join(str(output.data.get(kind, "")) for kind in ("text/plain", "text/html"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("g.stats()", "'Firm':"),
        ("gaps = ", "Immersion scanner"),
        ("gaps = ", "<table>"),
        ("worst = ", "provides.csv"),
        ("not_assessed", "single-source"),
        ("groupby", "chokepoint"),
        ("chain=", "'type': 'Product'"),
        ("nx.ancestors", "product:oled-panel"),
        ("lost = ", "Rollable display"),
        ("lost", "stand_in"),
        ("g.repair", "single-source"),
        ("g.repair", "PROVIDES"),
        ("g.diff", "share 0.96 → 0.7"),
        ("g.diff", "closed"),
        ("g.query", "Example Mask A"),
    ],
)
def test_a_cell_shows_what_it_should(shown: dict[str, str], cell: str, expected: str) -> None:
    found = [text for source, text in shown.items() if cell in source and text]
    assert any(expected in text for text in found), found
