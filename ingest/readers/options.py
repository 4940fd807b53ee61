"""What a caller may say of a file instead of having it found out."""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, fields

from graph.errors import UsageError

_WORDS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}


@dataclass(frozen=True)
class ReadOptions:
    """How to read a file; what is left out is found out.

    `header` says whether there is a row of headings; `names` gives headings where there is none,
    or in the place of those in the file. `skip` physical lines (worksheet rows) before the table
    are passed over. `delimiter` is one character, `quote` too, or "" where quotes mean nothing.
    `sheet` picks one worksheet, or one array of a JSON object by its path (`hits.hits`). Without
    `lists` the first row is the headings and every other one is data: no title rows, totals or
    notes are looked for. `max_unpacked` is the size in bytes to which a compressed file may grow.
    """

    header: bool = True
    names: tuple[str, ...] = ()
    skip: int = 0
    delimiter: str | None = None
    quote: str = '"'
    encoding: str | None = None
    sheet: str | None = None
    lists: bool = True
    max_unpacked: int = 4 << 30

    def __post_init__(self) -> None:
        if self.delimiter is not None and (len(self.delimiter) != 1 or self.delimiter in "\r\n"):
            raise UsageError("readers.bad_delimiter", delimiter=self.delimiter)
        if len(self.quote) > 1 or (self.quote and self.quote in "\r\n"):
            raise UsageError("readers.bad_quote", quote=self.quote)
        if self.skip < 0:
            raise UsageError("readers.bad_skip", skip=self.skip)
        if self.encoding is not None:
            try:
                known = codecs.lookup(self.encoding)
            except LookupError as error:
                raise UsageError("readers.bad_encoding", encoding=self.encoding) from error
            if not known._is_text_encoding:
                raise UsageError("readers.bad_encoding", encoding=self.encoding)


def options_of(given: ReadOptions | Mapping[str, object] | None) -> ReadOptions:
    """The options that a mapping's words say.

    >>> options_of({"delimiter": "tab", "names": ["a", "b"], "header": False}).names
    ('a', 'b')
    """
    if isinstance(given, ReadOptions):
        return given
    values: dict[str, object] = dict(given or {})
    delimiter = values.get("delimiter")
    if isinstance(delimiter, str):
        values["delimiter"] = _WORDS.get(delimiter.lower(), delimiter)
    names = values.get("names")
    if isinstance(names, list):
        values["names"] = tuple(str(name) for name in names)
    kinds = {f.name: type(getattr(_PLAIN, f.name)) for f in fields(ReadOptions)}
    for word, value in values.items():
        if word not in kinds:
            raise UsageError("readers.unknown_option", word=word, known=", ".join(sorted(kinds)))
        wanted = str if kinds[word] is type(None) else kinds[word]
        if type(value) is not wanted and (value is not None or kinds[word] is not type(None)):
            raise UsageError("readers.bad_option", word=word, value=value, wanted=wanted.__name__)
    return ReadOptions(**values)  # type: ignore[arg-type]


_PLAIN = ReadOptions()
