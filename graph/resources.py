"""Files that travel with the program: the ontology and the demo, in a wheel or in a checkout."""

import shutil
from pathlib import Path

from graph.errors import UsageError

HERE = Path(__file__).parent


def resource(name: str) -> Path:
    """Where `name` is: beside this module when installed, at the top of a checkout otherwise."""
    installed = HERE / name
    return installed if installed.exists() else HERE.parent / name


def copy_demo(target: Path) -> Path:
    """Copies the demo's inputs to `target`, which it makes.

    Raises UsageError where that is not possible.
    """
    ignored = shutil.ignore_patterns("EXPECTED*", "expected*", "README*", "__pycache__")
    try:
        shutil.copytree(resource("demo"), target, ignore=ignored)
    except OSError as error:
        detail = error.strerror or str(error)
        raise UsageError("console.unwritable", path=target, detail=detail) from error
    return target
