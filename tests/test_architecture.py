"""The house rules that can be checked: who imports whom, how long a file is, what it is called."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CORE = {
    "graph.errors",
    "graph.messages",
    "graph.names",
    "graph.finding",
    "graph.schema",
    "graph.record",
    "graph.rows",
    "graph.resources",
}
SHELL = {"graph.console", "graph.settings", "graph.checks"}
"""What commands share; it imports the core and is imported by renderers."""

PROJECTIONS = (
    "graph.network",
    "graph.gaps",
    "graph.cypher",
    "graph.neo4j",
    "graph.rdf",
    "graph.export",
)
ALLOWED = {
    "graph.gaps": {"graph.network"},
    "graph.cypher": {"graph.neo4j"},
}
"""`gaps` takes a network view; the embedded engine is filled and asked by the same driver code."""

FILES = sorted([*ROOT.glob("graph/**/*.py"), *ROOT.glob("ingest/**/*.py"), ROOT / "cli.py"])


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(p for p in parts if p != "__init__")


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{a.name}" for a in node.names)}
    return {name for name in found if name.split(".")[0] in ("graph", "ingest", "cli")}


def within(name: str, packages: set[str]) -> bool:
    return any(name == p or name.startswith(p + ".") for p in packages)


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_imports_go_one_way(path: Path) -> None:
    module = module_of(path)
    own = {p for p in PROJECTIONS if within(module, {p})}
    for name in imports_of(path):
        if module in ("cli", "graph") or within(module, {"graph.commands"}):
            continue
        assert name.split(".")[0] != "cli", f"{module} imports the command line"
        if within(module, CORE):
            assert within(name, CORE) or name == "graph", f"{module} (core) imports {name}"
        elif within(module, {"ingest"}):
            foreign = within(name, set(PROJECTIONS))
            assert not foreign, f"{module} imports the projection {name}"
        elif own:
            others = set(PROJECTIONS) - own - set().union(*(ALLOWED.get(o, set()) for o in own))
            assert not within(name, others), f"{module} imports another projection, {name}"
            assert not within(name, {"ingest"}), f"{module} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_files_have_one_subject(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400
    assert path.stem not in {"utils", "util", "helpers", "helper", "common", "misc", "manager"}


def test_messages_are_said_in_both_languages() -> None:
    import tomllib

    for path in sorted((ROOT / "graph/messages").glob("*.toml")):
        for name, texts in tomllib.loads(path.read_text("utf-8")).items():
            place = f"{path.name}: {name}"
            assert set(texts) == {"zh", "en"}, place
            fields = {lang: _fields(text) for lang, text in texts.items()}
            assert fields["zh"] == fields["en"], place


def _fields(text: str) -> set[str]:
    """The values that a text names; one in each language counts as the same."""
    import re
    import string

    named = (field for _, field, _, _ in string.Formatter().parse(text) if field)
    return {re.sub(r"(^|_)(zh|en)$", "", re.split(r"[.\[]", field)[0]) for field in named}
