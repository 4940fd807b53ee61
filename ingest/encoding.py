"""The encoding of a text file, found from its bytes, and its text as UTF-8."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHUNK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MOSTLY = 0.5  # of the lines with other characters than ASCII must be UTF-8 to call it that
_FEW = 0.05  # of all lines may be in no encoding that is known
_COMMON = 0.6  # of the characters of a GB18030 file are expected in GB 2312


@dataclass(frozen=True)
class Encoding:
    """What a file is in: a codec's name, or None; `line` is the first line that does not fit.

    `name` is "binary" for a file with zero bytes.
    """

    name: str | None
    line: int | None = None


class NotInEncoding(Exception):  # noqa: N818 - it is no error of the program, callers say it
    """Bytes that the encoding has no meaning for, on `line`."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def detect(path: Path, limit: int | None = None) -> Encoding:
    """The encoding of `path`, judged by its first `limit` bytes (all, when None).

    UTF-8, UTF-16 and UTF-32 by their marks; UTF-8 where it is; GB18030 (so GBK and GB 2312 too)
    where it decodes to common characters. A file that is one of these but for a few lines is that,
    and `line` says where the first of these is.
    """
    with path.open("rb") as file:
        head = file.read(4)
    mark = next((name for bom, name in _MARKS if head.startswith(bom)), None)
    if mark in ("utf-16", "utf-32"):
        return Encoding(mark)
    name = mark or "utf-8"
    line = _first_foreign(path, limit)
    if line is None:
        return Encoding(name)
    if line <= 0:
        return Encoding("binary", -line)
    good, bad, lines = _utf8_lines(path)
    if mark or good >= _MOSTLY * (good + bad):
        return Encoding(name, line)
    other = _gb18030(path)
    if other is not None:
        return other
    if bad <= max(1, _FEW * lines) and lines > 2:
        return Encoding(name, line)
    return Encoding(None, line)


def _first_foreign(path: Path, limit: int | None) -> int | None:
    """The first line that is not UTF-8; negative where a zero byte stands; None for neither."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, foreign = 1, None
    for chunk in _chunks(path, limit):
        if b"\0" in chunk:
            return -(line + chunk[: chunk.index(b"\0")].count(b"\n"))
        if foreign is None and not (chunk.isascii() and not decoder.getstate()[0]):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                waiting = len(error.object) - len(chunk)
                foreign = line + chunk[: max(error.start - waiting, 0)].count(b"\n")
        line += chunk.count(b"\n")
    if foreign is None and limit is None and decoder.getstate()[0]:
        return line
    return foreign


def _chunks(path: Path, limit: int | None = None) -> Iterator[bytes]:
    left = limit
    with path.open("rb") as file:
        while chunk := file.read(CHUNK if left is None else min(CHUNK, left)):
            yield chunk
            if left is not None:
                left -= len(chunk)


def _utf8_lines(path: Path) -> tuple[int, int, int]:
    """Of the lines with other characters than ASCII how many are UTF-8, how many not; all lines."""
    good = bad = lines = 0
    with path.open("rb") as file:
        while (line := file.readline(CHUNK)) and good + bad < 100_000:
            lines += 1
            if line.isascii():
                continue
            try:
                line.decode("utf-8")
                good += 1
            except UnicodeDecodeError:
                bad += 1
    return good, bad, lines


def _gb18030(path: Path) -> Encoding | None:
    """GB18030, and the first line that is not, if few are not and the others have common words."""
    good = bad = lines = seen = common = 0
    first: int | None = None
    with path.open("rb") as file:
        while line := file.readline(CHUNK):
            lines += 1
            if line.isascii():
                continue
            try:
                text = line.decode("gb18030")
            except UnicodeDecodeError:
                bad += 1
                first = first or lines
                continue
            good += 1
            if seen < CHUNK:
                others = "".join(c for c in text if ord(c) > 0x7F)
                seen += len(others)
                common += len(others.encode("gb2312", "ignore")) // 2
    few = bad == 0 or (bad <= max(1, _FEW * (good + bad)) and lines > 2)
    return Encoding("gb18030", first) if good and few and common >= _COMMON * seen else None


def transcode(path: Path, encoding: str, out: Path, *, strict: bool = True) -> None:
    """Writes the text of `path` to `out` as UTF-8, a chunk at a time, line ends as they are.

    Bytes that mean nothing in `encoding` raise NotInEncoding; unless `strict`, they are left as
    they are, so that their lines are no UTF-8.
    """
    escape = "strict" if strict else "surrogateescape"
    decoder = codecs.getincrementaldecoder(encoding)(escape)
    line = 1
    with out.open("w", encoding="utf-8", errors=escape, newline="") as file:
        try:
            for chunk in _chunks(path):
                text = decoder.decode(chunk)
                file.write(text)
                line += text.count("\n")
            file.write(decoder.decode(b"", final=True))
        except UnicodeError as error:
            raise NotInEncoding(line) from error
