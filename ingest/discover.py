"""Which files an ingest is about, and the name each is known by: source, and path in its folder."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from graph.errors import InputError

IGNORED = {"graph.toml", "graph.duckdb"}


@dataclass(frozen=True)
class Found:
    """One file: known by `source` and `file`, its POSIX path relative to `root`."""

    source: str
    file: str
    root: Path
    path: Path


def discover(paths: Iterable[Path], source: str | None = None) -> list[Found]:
    """The files that `paths` name, folders whole, in a fixed order.

    A file's source is `source`, else its folder's name. Raises InputError for a path that does not
    exist, a folder with no file in it, and a link that leads out of the folder.
    """
    found: dict[tuple[str, str], Found] = {}
    for path in paths:
        if not path.exists():
            raise InputError("ingest.no_such_path", path=path)
        root = path if path.is_dir() else path.parent
        name = source or root.resolve().name or "root"
        files = sorted(_files(path)) if path.is_dir() else [path]
        if not files:
            raise InputError("ingest.empty_folder", path=path)
        for file in files:
            item = Found(name, file.relative_to(root).as_posix(), root.resolve(), file)
            found.setdefault((item.source, item.file), item)
    return sorted(found.values(), key=lambda f: (f.source, f.file))


def _files(folder: Path) -> Iterator[Path]:
    top = folder.resolve()
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        if any(p.startswith((".", "~$")) for p in parts) or path.name in IGNORED:
            continue
        if any(p.endswith((".duckdb.tmp", ".cypher")) for p in parts):
            continue
        if path.is_symlink() and not path.resolve().is_relative_to(top):
            raise InputError("ingest.escapes", path=path, target=path.resolve())
        if path.is_file():
            yield path
