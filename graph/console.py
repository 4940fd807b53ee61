"""Where results and messages go: results to standard output, everything else to standard error.

One `Console` per command. A table is drawn in a terminal and given as plain rows in a pipe;
`NO_COLOR` and `--quiet` are honoured.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from graph.errors import GraphError, UsageError
from graph.messages import Lang, say
from graph.rows import plain, to_plain, visible


@dataclass
class Console:
    """How to speak: language, quiet or not, tracebacks or not."""

    lang: Lang = "en"
    quiet: bool = False
    debug: bool = False

    def say(self, key: str, **values: object) -> None:
        """A message to standard error, unless quiet."""
        if not self.quiet:
            self._error_line(say(key, self.lang, **values))

    def fail(self, error: GraphError) -> None:
        """An error to standard error, always."""
        mark = "错误：" if self.lang == "zh" else "Error: "
        self._error_line(mark + error.text(self.lang))

    def _error_line(self, text: str) -> None:
        print(visible(text), file=sys.stderr)

    def table(
        self,
        headings: Sequence[str],
        rows: Sequence[Sequence[Any]],
        *,
        to_error: bool = False,
        title: str | None = None,
    ) -> None:
        """Rows drawn as a table in a terminal, tab-separated without headings in a pipe."""
        stream = sys.stderr if to_error else sys.stdout
        if to_error and self.quiet:
            return
        if not stream.isatty() and not to_error:
            write(to_plain(rows))
            return
        draw(stream, headings, rows, title)

    @contextmanager
    def progress(self) -> Iterator[Callable[[str], None]]:
        """A line that shows what is being worked on, in a terminal only."""
        if self.quiet or not sys.stderr.isatty():
            yield lambda text: None
            return
        from rich.console import Console as Rich
        from rich.status import Status

        with Status("", console=Rich(stderr=True)) as status:
            from rich.text import Text

            yield lambda text: status.update(Text(visible(text)))


def draw(
    stream: IO[str], headings: Sequence[str], rows: Sequence[Sequence[Any]], title: str | None
) -> None:
    """A table by rich, which knows the width of Chinese characters; empty columns are left out."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console as Rich
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False)
    used = [i for i in range(len(headings)) if not rows or any(plain(row[i]) for row in rows)]
    for i, heading in ((i, headings[i]) for i in used):
        numeric = all(isinstance(row[i], int | float) for row in rows) and bool(rows)
        table.add_column(heading, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(visible(plain(row[i]))) for i in used))
    width = None if stream.isatty() else 120
    Rich(file=stream, width=width, highlight=False).print(table)


def write(text: str | bytes) -> None:
    """To standard output, as UTF-8 where the stream allows; a closed pipe ends quietly."""
    if isinstance(text, bytes):
        sys.stdout.buffer.write(text)
    else:
        sys.stdout.write(text)
    sys.stdout.flush()


def write_file(path: Path, content: str | bytes) -> None:
    """Writes a file whole or not at all; see `into`."""
    with into(path) as file:
        file.write(content.encode("utf-8") if isinstance(content, str) else content)


@contextmanager
def into(path: Path | None) -> Iterator[IO[bytes]]:
    """A file to be written whole or not at all; without a path standard output.

    Raises UsageError where the folder does not exist or cannot be written, or there is no room.
    """
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if path.is_dir():
        raise UsageError("console.is_folder", path=path)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent or ".", prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
            mask = os.umask(0)
            os.umask(mask)
            Path(name).chmod(0o666 & ~mask)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError("console.unwritable", path=path, detail=error.strerror) from error


def give(content: str | bytes, output: Path | None) -> None:
    """A result to the file asked for, else to standard output."""
    if output is None:
        write(content)
    else:
        write_file(output, content)


def listed(items: Iterable[str]) -> str:
    return ", ".join(items) or "—"
