"""Delimited text into records, line by line, with nothing lost where the quoting is wrong.

What keeps to RFC 4180 is read so. A quote that is not closed as it should be costs only the line
it stands on: the lines after it are read again as records of their own.
"""

from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

MAX_RECORD = 4 << 20
"""The bytes of the longest record; a longer one is refused."""

_MARK = b"\xef\xbb\xbf"


class Record(NamedTuple):
    """A record and the line it starts on; `problem` is a catalogue key when it cannot be read."""

    line: int
    cells: list[str]
    raw: str
    problem: str | None = None


class _Open(NamedTuple):
    """The fields up to one whose quote is not closed on this line, and the pieces of that one."""

    cells: list[str]
    pieces: list[str]


class Tokens:
    """The records of a UTF-8 file, blank lines left out.

    `expected` is the number of fields when it is known: it decides between two readings of a line
    whose quotes are wrong. Set it as soon as the headings are read.
    """

    def __init__(self, file: BinaryIO, delimiter: str, quote: str, skip: int = 0) -> None:
        self._file = file
        self._delimiter = delimiter
        self._quote = quote
        self._line = 0
        self._waiting: deque[bytes] = deque()
        self.expected: int | None = None
        for _ in range(skip):
            self._next()

    def __iter__(self) -> Iterator[Record]:
        delimiter, quote = self._delimiter, self._quote
        while (data := self._next()) is not None:
            line = self._line
            if len(data) > MAX_RECORD:
                yield Record(line, [], data[:200].decode("utf-8", "replace"), "long_record")
                continue
            try:
                text = data.decode("utf-8")
            except UnicodeDecodeError:
                raw = data.decode("utf-8", "replace").rstrip("\r\n")
                yield Record(line, [], raw, "not_utf8")
                continue
            body, _ = _split_end(text)
            if not body:
                continue
            if not quote or quote not in body:
                yield Record(line, body.split(delimiter), body)
            else:
                yield self._quoted(line, text)

    def _next(self) -> bytes | None:
        """The next line, cut short when it is too long; None at the end."""
        if self._waiting:
            self._line += 1
            return self._waiting.popleft()
        data = self._file.readline(MAX_RECORD + 1)
        if not data:
            return None
        if len(data) > MAX_RECORD:
            more = data
            while more and not more.endswith(b"\n"):
                more = self._file.readline(MAX_RECORD)
        self._line += 1
        if self._line == 1 and data.startswith(_MARK):
            return data[len(_MARK) :]
        return data

    def _quoted(self, line: int, text: str) -> Record:
        first, end = _split_end(text)
        found = self._fields(first, [])
        raw: list[str] = [first]
        taken: list[bytes] = []
        size = len(text)
        problem = "unterminated_quote"
        while isinstance(found, _Open) and size <= MAX_RECORD:
            data = self._next()
            if data is None:
                break
            taken.append(data)
            size += len(data)
            try:
                body, next_end = _split_end(data.decode("utf-8"))
            except UnicodeDecodeError:
                problem = "not_utf8"
                break
            raw += [end, body]
            found.pieces.append(end)
            found = self._continue(found, body)
            end = next_end
        if isinstance(found, list):
            return Record(line, found, "".join(raw))
        # The quote was never meant to open a field of several lines: those are read again.
        self._line -= len(taken)
        self._waiting.extendleft(reversed(taken))
        mended = self._mended(first)
        return Record(line, mended or [], first, None if mended else problem)

    def _fields(self, text: str, cells: list[str]) -> list[str] | _Open | None:
        """The fields of `text`; None where a closing quote is followed by more of the field."""
        quote, delimiter = self._quote, self._delimiter
        at = 0
        while True:
            if not text.startswith(quote, at):
                blanks = _blanks(text, at, delimiter)
                if not text.startswith(quote, blanks):
                    stop = text.find(delimiter, at)
                    if stop < 0:
                        cells.append(text[at:])
                        return cells
                    cells.append(text[at:stop])
                    at = stop + 1
                    continue
                at = blanks
            stop = self._closing(text, at + 1)
            if stop < 0:
                return _Open(cells, [text[at + 1 :]])
            cells.append(text[at + 1 : stop].replace(quote * 2, quote))
            at = _blanks(text, stop + 1, delimiter)
            if at == len(text):
                return cells
            if text[at] != delimiter:
                return None
            at += 1

    def _continue(self, begun: _Open, text: str) -> list[str] | _Open | None:
        quote = self._quote
        stop = self._closing(text, 0)
        if stop < 0:
            begun.pieces.append(text)
            return begun
        whole = "".join([*begun.pieces, text[:stop]])
        cells = [*begun.cells, whole.replace(quote * 2, quote)]
        at = _blanks(text, stop + 1, self._delimiter)
        if at == len(text):
            return cells
        return self._fields(text[at + 1 :], cells) if text[at] == self._delimiter else None

    def _closing(self, text: str, at: int) -> int:
        """Where the quoted field that goes on at `at` is closed; -1 when not on this line."""
        quote = self._quote
        while (at := text.find(quote, at)) >= 0 and text.startswith(quote, at + 1):
            at += 2
        return at

    def _mended(self, text: str) -> list[str] | None:
        """A reading of one line whose quotes are not as they should be, if there is a sane one."""
        readings = [r for r in (self._inner_quotes(text), self._literal(text)) if r is not None]
        fitting = [r for r in readings if self.expected in (None, len(r))]
        return next(iter(fitting or readings), None)

    def _inner_quotes(self, text: str) -> list[str] | None:
        """The fields if inner quotes were not doubled: a field ends at a quote before a delimiter."""
        quote, delimiter = self._quote, self._delimiter
        cells: list[str] = []
        at = 0
        while at <= len(text):
            if not text.startswith(quote, at):
                stop = text.find(delimiter, at)
                stop = len(text) if stop < 0 else stop
                cells.append(text[at:stop])
            else:
                stop = text.find(quote + delimiter, at + 1)
                if stop < 0 and len(text) > at + 1 and text.endswith(quote):
                    stop = len(text) - 1
                if stop < 0:
                    return None
                cells.append(text[at + 1 : stop].replace(quote * 2, quote))
                stop += 1
            at = stop + 1
        return cells

    def _literal(self, text: str) -> list[str] | None:
        """The fields if quotes are part of the text ("A" Inc), where none of them is left open."""
        quote = self._quote
        cells = text.split(self._delimiter)
        if any(cell.count(quote) % 2 for cell in cells if cell.startswith(quote)):
            return None
        return [
            cell[1:-1] if cell[:1] == cell[-1:] == quote and cell.count(quote) == 2 else cell
            for cell in cells
        ]


def _split_end(text: str) -> tuple[str, str]:
    """A line and its end.

    >>> _split_end("a,b\\r\\n")
    ('a,b', '\\r\\n')
    """
    if text.endswith("\r\n"):
        return text[:-2], "\r\n"
    if text.endswith("\n"):
        return text[:-1], "\n"
    return text, ""


def _blanks(text: str, at: int, delimiter: str) -> int:
    """The place of the next character that is no space or tab."""
    while at < len(text) and text[at] in " \t" and text[at] != delimiter:
        at += 1
    return at
