"""Opening a file: it is there, it is no disguise, and what is packed is unpacked within a limit."""

import errno
import gzip
import os
import tempfile
import weakref
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from graph.errors import InputError
from ingest.sheet import Note

CHUNK = 1 << 20
_LOOKS = (
    (b"\x1f\x8b", "gzip", ".gz"),
    (b"PK\x03\x04", "ZIP / XLSX", ".xlsx"),
    (b"\xd0\xcf\x11\xe0", "Excel 97 / Office", ".xls"),
    (b"%PDF", "PDF", ".pdf"),
    (b"PAR1", "Parquet", ".parquet"),
    (b"SQLite format 3", "SQLite", ".sqlite"),
    (b"\x89PNG", "PNG", ".png"),
    (b"\xff\xd8\xff", "JPEG", ".jpg"),
)


class TemporaryFile:
    """A file that goes away with the last reference to this."""

    def __init__(self, suffix: str) -> None:
        handle, name = tempfile.mkstemp(prefix="innograph-", suffix=suffix)
        os.close(handle)
        self.path = Path(name)
        self._end = weakref.finalize(self, self.path.unlink, True)


@dataclass
class Source:
    """A file that can be read now: `file` holds the bytes, `path` is what the user calls it.

    `stem` and `suffix` are those without `.gz`; `kept` keeps temporary files alive.
    """

    path: Path
    file: Path
    stem: str
    suffix: str
    notes: list[Note] = field(default_factory=list)
    kept: list[TemporaryFile] = field(default_factory=list)

    def temporary(self, suffix: str | None = None) -> Path:
        """The path of a new temporary file that lives as long as this."""
        made = TemporaryFile(self.suffix if suffix is None else suffix)
        self.kept.append(made)
        return made.path

    def error(self, key: str, **values: object) -> InputError:
        """An InputError of the readers' catalogue that names this file."""
        return InputError(f"readers.{key}", file=str(self.path), **values)

    def looks_like(self) -> tuple[str, str] | None:
        """What a binary file seems to be, and its usual suffix."""
        with self.file.open("rb") as file:
            head = file.read(16)
        return next(((what, s) for magic, what, s in _LOOKS if head.startswith(magic)), None)

    def binary(self, line: int) -> InputError:
        """The error for a text file that is none."""
        found = self.looks_like()
        if found:
            return self.error("disguised", what=found[0], suffix=found[1])
        return self.error("binary", line=line)


def suffix_of(path: Path) -> str:
    """A file's suffix in lower case, without `.gz`.

    >>> suffix_of(Path("a/h2020.CSV.gz"))
    '.csv'
    """
    return _bare(path).suffix.lower()


def _bare(path: Path) -> Path:
    return Path(path.name[:-3]) if path.suffix.lower() == ".gz" else Path(path.name)


def open_source(path: Path, max_unpacked: int) -> Source:
    """`path`, unpacked where it is a `.gz`.

    Raises InputError where it is missing, no plain file, not permitted, empty, damaged, or larger
    than `max_unpacked` bytes when unpacked.
    """
    bare = _bare(path)
    source = Source(path, path, bare.stem, bare.suffix.lower())
    try:
        if not path.exists():
            raise source.error("missing")
        if not path.is_file():
            raise source.error("not_a_file")
        with path.open("rb") as file:
            if not file.read(1):
                raise source.error("empty")
            if path.suffix.lower() == ".gz":
                file.seek(0)
                source.file = source.temporary()
                _unpack(source, file, max_unpacked)
    except OSError as error:
        raise source.error("unreadable", detail=error.strerror or str(error)) from error
    return source


def _unpack(source: Source, packed: BinaryIO, limit: int) -> None:
    size = 0
    try:
        with gzip.GzipFile(fileobj=packed) as unpacked, source.file.open("wb") as out:
            while chunk := unpacked.read(CHUNK):
                size += len(chunk)
                if size > limit:
                    raise source.error("too_large", limit=limit >> 20)
                out.write(chunk)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise source.error("damaged_gz", size=size) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise source.error("no_room", folder=source.file.parent) from error
        raise
    if not size:
        raise source.error("empty")
