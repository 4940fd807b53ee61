"""What the newlines and quotes of a delimited file say of its records, a few megabytes at a time.

No reader of CSV gives physical lines. Here they are counted, and it is found out whether the file
keeps to RFC 4180: every quote that opens follows a delimiter or a line's start, every one that
closes is followed by a delimiter or a line's end, all records end in the same way. Only then does
the parity of quotes tell which newlines end a record.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CHUNK = 4 << 20
MAX_RECORD = 1 << 20
"""A longer record (in bytes) is left to the careful reader."""

_MARK = b"\xef\xbb\xbf"
_NEWLINE, _RETURN = 10, 13
_BLANKS = b" \t\x0b\x0c\x1c\x1d\x1e\x1f"
_WIDE_BLANKS = (
    b"\xe3\x80\x80", b"\xc2\xa0", b"\xc2\x85", b"\xe1\x9a\x80", b"\xe2\x81\x9f", _MARK,
)  # fmt: skip
_THIN_BLANK = re.compile(rb"\xe2\x80[\x80-\x8d\xa8\xa9\xaf]")

Bytes = NDArray[np.uint8]
Places = NDArray[np.intp]
Flags = NDArray[np.bool_]


@dataclass
class Scan:
    """`regular`: DuckDB reads the file as the careful reader would; else only `binary` counts.

    `records` are the records, headings too; `lines` the line of each, None where the n-th record
    is on the n-th line. `crlf`: lines end so. `edges`: cells may have blanks around them, `wide`:
    other blanks than ASCII. `binary` is the line of a zero byte.
    """

    regular: bool = True
    records: int = 0
    lines: NDArray[np.int32] | None = None
    crlf: bool = False
    edges: bool = False
    wide: bool = False
    binary: int | None = None


def scan(path: Path, delimiter: str, quote: str) -> Scan:
    """Scans a UTF-8 file; `delimiter` is one ASCII character, `quote` one or "" for none."""
    state = _State(delimiter, quote)
    for data in _whole_lines(path):
        if not state.take(data):
            state.found.regular = False
            break
    found = state.found
    found.regular = found.regular and not state.inside
    if found.regular and state.lines:
        found.lines = np.concatenate(state.lines)
        # DuckDB looks for the headings on the first line.
        found.regular = bool(len(found.lines)) and found.lines[0] == 1
    return found


def _whole_lines(path: Path) -> Iterator[bytes]:
    """The file in pieces that end where a line does, but for the last one if it lacks an end."""
    with path.open("rb") as file:
        if file.read(len(_MARK)) != _MARK:
            file.seek(0)
        rest = b""
        while data := file.read(CHUNK):
            cut = data.rfind(b"\n") + 1
            if cut:
                yield rest + data[:cut]
                rest = data[cut:]
            else:
                rest += data
                if len(rest) > 2 * CHUNK:
                    break
        if rest:
            yield rest


class _State:
    """What is known between two pieces."""

    def __init__(self, delimiter: str, quote: str) -> None:
        self.found = Scan()
        self.inside = False  # of quotes
        self.line = 0  # lines so far
        self.going = 0  # bytes of the record that goes on
        self.lines: list[NDArray[np.int32]] = []  # empty while the n-th record is on the n-th line
        self.lf = False
        self.quote = ord(quote) if quote else None
        ends = [ord(delimiter), _NEWLINE]
        self.blanks = [bytes([b]) for b in _BLANKS if b != ord(delimiter)]
        self.is_blank = _table([b for b in _BLANKS if b != ord(delimiter)])
        self.borders = _table([*ends, _RETURN])
        quotes = [] if self.quote is None else [self.quote]
        self.opens_after = _table(ends + quotes)
        self.closes_before = _table([*ends, _RETURN, *quotes])

    def take(self, data: bytes) -> bool:
        """Takes the next piece; False when the file is not regular."""
        if b"\0" in data:
            self.found.binary = self.line + data[: data.index(b"\0")].count(b"\n") + 1
            return False
        if not data.endswith(b"\n"):
            data += b"\r\n" if self.found.crlf else b"\n"
        codes: Bytes = np.frombuffer(data, np.uint8)
        breaks = np.flatnonzero(codes == _NEWLINE)
        began_inside = self.inside
        quoted = began_inside or (self.quote is not None and self.quote in data)
        quotes = np.flatnonzero(codes == self.quote) if quoted else None
        if quotes is not None and not self._quotes_hold(codes, quotes):
            return False
        outside = self._outside(quotes, breaks)
        if not self._ends_agree(data, codes, breaks[outside], quotes):
            return False
        self._look_for_blanks(data, codes, not outside.all())
        if quotes is not None:
            self.inside = self.inside != bool(len(quotes) % 2)
        return self._count(codes, breaks, outside, began_inside)

    def _quotes_hold(self, codes: Bytes, quotes: Places) -> bool:
        opening = (np.arange(len(quotes)) % 2 == 0) != self.inside
        opened, closed = quotes[opening], quotes[~opening]
        before = codes[opened - 1]  # -1 is the newline at the end, as good as a start
        return bool(self.opens_after[before].all() and self.closes_before[codes[closed + 1]].all())

    def _outside(self, quotes: Places | None, places: Places) -> Flags:
        if quotes is None:
            return np.ones(len(places), np.bool_)
        outside: Flags = (np.searchsorted(quotes, places) % 2 == 0) != self.inside
        return outside

    def _ends_agree(self, data: bytes, codes: Bytes, ends: Places, quotes: Places | None) -> bool:
        """Whether all records end in \\n, or all in \\r\\n, and no other \\r is outside of quotes."""
        returned = 0
        if b"\r" in data:
            returns = np.flatnonzero(codes == _RETURN)
            returned = int((codes[ends - 1] == _RETURN).sum())
            if int(self._outside(quotes, returns).sum()) != returned:
                return False
            self.found.edges = self.found.edges or len(returns) > returned
        self.found.crlf = self.found.crlf or returned > 0
        self.lf = self.lf or returned < len(ends)
        return not (self.found.crlf and self.lf)

    def _look_for_blanks(self, data: bytes, codes: Bytes, newlines: bool) -> None:
        found = self.found
        found.edges = found.edges or newlines
        if not found.wide and not data.isascii():
            wide = any(blank in data for blank in _WIDE_BLANKS)
            found.wide = wide or _THIN_BLANK.search(data) is not None
        if not found.edges and any(blank in data for blank in self.blanks):
            found.edges = self._has_edges(codes, np.flatnonzero(self.is_blank[codes]))

    def _has_edges(self, codes: Bytes, blanks: Places) -> bool:
        """Whether one of the blanks is the first or the last character of a cell."""
        before, after, edge = codes[blanks - 1], codes[blanks + 1], self.borders
        if edge[before].any() or edge[after].any():
            return True
        # Beside a quote it is at an edge only if that quote opens or closes the cell.
        opened, closing = blanks[before == self.quote] - 2, blanks[after == self.quote] + 2
        return bool(edge[codes[opened]].any() or edge[codes[closing]].any())

    def _count(self, codes: Bytes, breaks: Places, outside: Flags, began_inside: bool) -> bool:
        """Counts the records that begin in this piece; False where one is too long."""
        starts = np.concatenate(([0], breaks[:-1] + 1))
        sizes = breaks - starts
        empty = (sizes == 0) | ((sizes == 1) & (codes[starts] == _RETURN))
        begins = np.concatenate(([not began_inside], outside[:-1])) & ~empty
        if not self.lines and not begins.all():
            self.lines = [np.arange(1, self.line + 1, dtype=np.int32)]
        if self.lines:
            self.lines.append((np.flatnonzero(begins) + (self.line + 1)).astype(np.int32))
        self.found.records += int(np.count_nonzero(begins))
        self.line += len(breaks)
        stops = np.concatenate(([-self.going], breaks[outside], [len(codes)]))
        self.going = int(stops[-1] - stops[-2])
        return int(np.diff(stops).max()) <= MAX_RECORD


def _table(codes: list[int]) -> Flags:
    table = np.zeros(256, np.bool_)
    table[codes] = True
    return table
