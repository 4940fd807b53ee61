"""Which files an ingest is about, and the name each is known by: source, and path in its folder."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from graph.errors import InputError

IGNORED = {"graph.toml", "graph.duckdb"}


@dataclass(frozen=True)
class Found:
    """One file: known by `source` and `file`, its POSIX path relative to `root`.

    With a `problem` there is nothing that may be read at `path`.
    """

    source: str
    file: str
    root: Path
    path: Path
    problem: InputError | None = None


def discover(paths: Iterable[Path], source: str | None = None) -> list[Found]:
    """The files that `paths` name, folders whole, in a fixed order.

    A file's source is `source`, else its folder's name. What cannot be read in a folder, such as a
    link that leads out of it, is among them with its problem. Raises InputError for a path that
    does not exist and for a folder with no file in it.
    """
    found: dict[tuple[str, str], Found] = {}
    for path in paths:
        if not (path.exists() or path.is_symlink()):
            raise InputError("ingest.no_such_path", path=path)
        root = path if path.is_dir() else path.parent
        name = source or root.resolve().name or "root"
        files = sorted(_files(path)) if path.is_dir() else [path]
        if not files:
            raise InputError("ingest.empty_folder", path=path)
        for file in files:
            place = file.relative_to(root).as_posix()
            item = Found(name, place, root.resolve(), file, _problem(file, path))
            found.setdefault((item.source, item.file), item)
    return sorted(found.values(), key=lambda f: (f.source, f.file))


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        if any(p.startswith((".", "~$")) for p in parts) or path.name in IGNORED:
            continue
        if any(p.endswith((".duckdb.tmp", ".cypher")) for p in parts):
            continue
        if path.is_symlink() or not path.is_dir():
            yield path


def _problem(path: Path, given: Path) -> InputError | None:
    """Why a path is not to be opened; a link that was `given` itself may lead anywhere."""
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):  # RuntimeError: a link to itself, before Python 3.13
        return InputError("ingest.broken_link", path=path)
    if path != given and path.is_symlink() and not target.is_relative_to(given.resolve()):
        return InputError("ingest.escapes", path=path, target=target)
    if target.is_dir():
        return InputError("ingest.linked_folder", path=path)
    return None if target.is_file() else InputError("readers.not_a_file", file=path)
