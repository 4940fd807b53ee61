"""The text of a source as a UTF-8 file, whatever it was written in."""

import codecs
from pathlib import Path

from ingest import encoding
from ingest.readers.opening import Source
from ingest.sheet import Note

_UTF8 = {"utf-8", "utf-8-sig", "ascii"}
_SHOWN = {"gb18030": "GB18030 (GBK)", "utf-16": "UTF-16", "utf-32": "UTF-32"}


def utf8(source: Source, given: str | None, limit: int | None = None) -> Path:
    """A file with the text of `source` in UTF-8: itself, or one made from it, with a note.

    `given` is the encoding that the caller knows; without it the first `limit` bytes decide.
    Raises InputError for a binary file and an encoding that is not known or does not fit. Single
    lines that are not in the encoding are left as no UTF-8: who reads them refuses them.
    """
    if given is not None:
        name = codecs.lookup(given).name
        return source.file if name in _UTF8 else _transcoded(source, name)
    found = encoding.detect(source.file, limit)
    if found.name == "binary":
        raise source.binary(found.line or 1)
    if found.name is None:
        raise source.error("unknown_encoding", line=found.line)
    if found.name in _UTF8:
        return source.file
    shown = _SHOWN[found.name]
    source.notes.append(Note("readers.encoding", {"file": str(source.path), "encoding": shown}))
    return _transcoded(source, found.name, strict=found.line is None)


def _transcoded(source: Source, name: str, strict: bool = True) -> Path:
    out = source.temporary()
    try:
        encoding.transcode(source.file, name, out, strict=strict)
    except encoding.NotInEncoding as error:
        raise source.error("wrong_encoding", encoding=name, line=error.line) from error
    return out
