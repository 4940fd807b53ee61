"""IRIs of entities, statements and sources: percent-encoded from ids, under one base.

`base` + id for an entity, `base` + `statement/RELATION/from/to/eid` for a relation's statement,
`base` + `source/name/file` for a file. A slash inside an id is encoded, so the three never meet.
An id that is an address of the web itself is its own IRI: what came with an IRI keeps it.
"""

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from graph.errors import UsageError
from graph.record.sql import literal

if TYPE_CHECKING:
    import duckdb

BASE = "https://w3id.org/innograph/id/"

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+")

ADDRESS = r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/([A-Za-z0-9._~!$&()*+,;=:@/-]|%[0-9A-Fa-f]{2})*)?"
ADDRESS += r"([?]([A-Za-z0-9._~!$&()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?"
ADDRESS += r"(#([A-Za-z0-9._~!$&()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?"
"""An IRI of the web that nothing needs to be encoded in."""
_ADDRESS = re.compile(ADDRESS)


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
    """The IRI of an entity: its id under the base, or the id itself where that is one.

    >>> entity("https://e.org/", "F 1"), entity("https://e.org/", "https://ror.org/04qr3zq92")
    ('https://e.org/F%201', 'https://ror.org/04qr3zq92')
    """
    if _ADDRESS.fullmatch(key) and not key.startswith(base):
        return key
    return base + encoded(key)


def statement(base: str, relation: str, of: str, to: str, eid: str | None) -> str:
    """The IRI of the statement of a relation; `eid` tells parallel ones apart."""
    last = "" if eid is None else "/" + encoded(eid)
    return f"{base}statement/{relation}/{encoded(of)}/{encoded(to)}{last}"


def source(base: str, name: str, file: str | None = None) -> str:
    """The IRI of a source, or of one of its files."""
    last = "" if file is None else "/" + "/".join(encoded(part) for part in file.split("/"))
    return f"{base}source/{encoded(name)}{last}"


def define(con: "duckdb.DuckDBPyConnection", base: str) -> None:
    """Makes the same known to DuckDB: `rdf_segment(id)`, `rdf_entity(id)`, `rdf_path(file)`."""
    con.execute(
        r"CREATE OR REPLACE TEMP MACRO rdf_segment(x) AS CASE WHEN regexp_full_match(x, '\.*')"
        " THEN replace(x, '.', '%2E') ELSE replace(url_encode(x), '%3A', ':') END"
    )
    con.execute(
        "CREATE OR REPLACE TEMP MACRO rdf_entity(x) AS CASE WHEN starts_with(x, 'http')"
        f" AND regexp_full_match(x, {literal(ADDRESS)}) AND NOT starts_with(x, {literal(base)})"
        f" THEN x ELSE {literal(base)} || rdf_segment(x) END"
    )
    con.execute(
        "CREATE OR REPLACE TEMP MACRO rdf_path(x) AS array_to_string("
        "list_transform(string_split(x, '/'), lambda p: rdf_segment(p)), '/')"
    )
