"""Tables as files of one ZIP archive, without the time at which it was made."""

import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_WHEN = (1980, 1, 1, 0, 0, 0)

Add = Callable[..., None]


@contextmanager
def archive(output: IO[bytes], *, packed: bool = True) -> Iterator[tuple[Path, Add]]:
    """A folder for files on their way, and `add(name, path, before=b"")`, which puts one in.

    Only one file is on the disk at a time. `packed` False: they are small already.
    """
    kind = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with (
        tempfile.TemporaryDirectory(prefix="graph-export-") as folder,
        zipfile.ZipFile(output, "w") as made,
    ):

        def add(name: str, path: Path, before: bytes = b"") -> None:
            info = zipfile.ZipInfo(name, _WHEN)
            info.compress_type = kind
            info.external_attr = 0o644 << 16
            with made.open(info, "w", force_zip64=True) as into, path.open("rb") as file:
                into.write(before)
                shutil.copyfileobj(file, into, 1 << 20)
            path.unlink()

        yield Path(folder), add
