"""IRIs of entities, statements and sources: percent-encoded from ids, under one base.

`base` + id for an entity, `base` + `statement/RELATION/from/to/eid` for a relation's statement,
`base` + `source/name/file` for a file. A slash inside an id is encoded, so the three never meet.
"""

import re
from urllib.parse import quote

from graph.errors import UsageError

BASE = "https://w3id.org/innograph/id/"

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+")


def checked_base(base: str | None) -> str:
    """The base that a workspace sets, else the common one; it ends in `/`, `#` or `:`.

    Raises UsageError for one that is no absolute IRI.

    >>> checked_base("https://example.org/kg")
    'https://example.org/kg/'
    """
    if base is None:
        return BASE
    if not _ABSOLUTE.fullmatch(base):
        raise UsageError("rdf.bad_base", base=base)
    return base if base.endswith(("/", "#", ":")) else base + "/"


def encoded(key: str) -> str:
    """An id as one segment of a path.

    >>> encoded("firm:91/甲"), encoded("..")
    ('firm:91%2F%E7%94%B2', '%2E%2E')
    """
    text = quote(key, safe=":")
    return text.replace(".", "%2E") if not text.strip(".") else text


def entity(base: str, key: str) -> str:
    return base + encoded(key)


def statement(base: str, relation: str, of: str, to: str, eid: str | None) -> str:
    """The IRI of the statement of a relation; `eid` tells parallel ones apart."""
    last = "" if eid is None else "/" + encoded(eid)
    return f"{base}statement/{relation}/{encoded(of)}/{encoded(to)}{last}"


def source(base: str, name: str, file: str | None = None) -> str:
    """The IRI of a source, or of one of its files."""
    last = "" if file is None else "/" + "/".join(encoded(part) for part in file.split("/"))
    return f"{base}source/{encoded(name)}{last}"
