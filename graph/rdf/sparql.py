"""Asking in SPARQL 1.1: read-only, on the record's RDF view, without any network.

The query is parsed and answered by Oxigraph in a process of its own, which has a limit of time and
of memory. An update is no query and is refused by the parser; `SERVICE`, which would ask another
server, is refused before anything is evaluated.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.errors import QueryError, UsageError
from graph.rdf import sparql_text
from graph.rdf.store import stored

if TYPE_CHECKING:
    from graph.record.kept import Progress
    from graph.schema import Schema

SECONDS = 60.0
"""How long a query may take."""

BEYOND = 2**30
"""Bytes that a process addresses without using them: libraries, stacks."""

FORMS: dict[str, tuple[str, ...]] = {
    "bindings": ("json", "csv", "xml"),
    "boolean": ("json", "csv", "xml"),
    "triples": ("ttl", "nt", "xml", "json"),
}

XSD = "http://www.w3.org/2001/XMLSchema#"
_NUMBERS = {XSD + name: float for name in ("decimal", "double", "float")}


@dataclass(frozen=True)
class Answer:
    """What a query gives: `kind` is bindings, boolean or triples, `body` the text in `form`."""

    kind: str
    form: str
    body: bytes
    prefixes: Mapping[str, str]

    @property
    def empty(self) -> bool:
        """Whether nothing was found."""
        if self.kind == "boolean":
            return False
        if self.kind == "bindings":
            if self.form == "json":
                return not _rows(json.loads(self.body))
            return (
                b"<result>" not in self.body if self.form == "xml" else self.body.count(b"\n") < 2
            )
        lines = self.body.splitlines()
        return self.form in ("ttl", "nt") and all(line.startswith(b"@prefix") for line in lines)

    def table(self) -> tuple[list[str], list[list[Any]]]:
        """Columns and rows of plain values, from the JSON form; an IRI of a known prefix is short.

        A truth is one row with one column, `ask`.
        """
        said = json.loads(self.body)
        if self.kind == "boolean":
            return ["ask"], [[said["boolean"]]]
        columns = said["head"]["vars"]
        rows = [[_plain(row.get(c), self.prefixes) for c in columns] for row in _rows(said)]
        return columns, rows


def _rows(said: Any) -> list[dict[str, Any]]:
    return said["results"]["bindings"]  # type: ignore[no-any-return]


def _plain(term: dict[str, Any] | None, prefixes: Mapping[str, str]) -> Any:
    if term is None:
        return None
    value = term["value"]
    if term["type"] == "uri":
        for prefix, whole in prefixes.items():
            if value.startswith(whole) and value != whole:
                return f"{prefix}:{value.removeprefix(whole)}"
        return value
    if term["type"] == "bnode":
        return f"_:{value}"
    if term["type"] == "triple":
        parts = (_plain(value[part], prefixes) for part in ("subject", "predicate", "object"))
        return f"<<( {' '.join(map(str, parts))} )>>"
    datatype = term.get("datatype", "")
    try:
        if datatype == XSD + "integer":
            return int(value)
        if datatype in _NUMBERS:
            return float(value)
    except ValueError:
        return value
    if datatype == XSD + "boolean":
        return value in ("true", "1")
    return value


def prefixes(schema: "Schema", base: str) -> dict[str, str]:
    """The prefixes that need no declaration; `id:` is the base of the entities."""
    from graph.rdf import terms

    return {"id": base, **terms.prefixes(schema)}


def ask(
    db: Path,
    query: str,
    parameters: Mapping[str, Any],
    *,
    form: str | None = None,
    base: str | None = None,
    seconds: float = SECONDS,
    memory: str = "1500MB",
    progress: "Progress | None" = None,
) -> Answer:
    """The answer to a SELECT, ASK, CONSTRUCT or DESCRIBE on the record at `db`.

    `form` is one of `FORMS`; without it JSON, which `Answer.table` reads, and Turtle for triples.
    Raises QueryError for what is no query, asks another server, or takes too long; UsageError
    for a form that the answer cannot have; and what making the store raises.
    """
    from graph.rdf.iris import checked_base
    from graph.schema import load

    known = prefixes(load(), checked_base(base))
    text = sparql_text.with_parameters(query, parameters)
    if not any(True for _ in sparql_text.tokens(text)):
        raise QueryError("sparql.empty")
    with stored(db, base=base, memory=memory, progress=progress) as folder:
        return on_store(folder, text, known, form=form, seconds=seconds, memory=memory)


def on_store(
    folder: Path,
    query: str,
    known: Mapping[str, str],
    *,
    form: str | None = None,
    seconds: float = SECONDS,
    memory: str = "1500MB",
) -> Answer:
    """The answer on the store in `folder`; raises as `ask`."""
    order = {
        "store": str(folder),
        "query": query,
        "checked": sparql_text.without_service(query),
        "prefixes": known,
        "form": form,
        "seconds": seconds,
        "bytes": _bytes(memory) + BEYOND,
    }
    first, body = _run(order, seconds)
    detail = str(first.get("detail", ""))
    match first.get("error"):
        case "syntax":
            place = sparql_text.place_of(detail)
            if first.get("checked") and place and sparql_text.is_service(query, *place):
                raise QueryError("sparql.service")
            raise sparql_text.syntax_error(query, detail, known)
        case "form":
            raise UsageError("sparql.form", form=form, allowed=", ".join(FORMS[detail]))
        case "evaluation":
            raise QueryError("sparql.failed", detail=detail)
    return Answer(first["kind"], first["form"], body, known)


def _run(order: dict[str, Any], seconds: float) -> tuple[dict[str, Any], bytes]:
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-P", str(Path(__file__).with_name("answerer.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with process:
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(json.dumps(order).encode() + b"\n")
            process.stdin.flush()
            said = _read(process, seconds)
        finally:
            process.kill()
    line, _, body = said.partition(b"\n")
    if not line:
        raise QueryError("sparql.too_large")
    return json.loads(line), body


def _read(process: "subprocess.Popen[bytes]", seconds: float) -> bytes:
    """All that the process says, or QueryError when it takes longer than it may."""
    import threading

    late = threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        assert process.stdout is not None
        said = process.stdout.read()
    finally:
        timer.cancel()
    if late.is_set():
        raise QueryError("sparql.too_long", seconds=f"{seconds:g}")
    return said


def _bytes(memory: str) -> int:
    """A bound of memory as DuckDB writes it, in bytes.

    >>> _bytes("1500MB"), _bytes("2 GiB")
    (1572864000, 2147483648)
    """
    import re

    match = re.fullmatch(r"\s*([\d.]+)\s*([KMGT]?)i?B?\s*", memory, re.IGNORECASE)
    if match is None:
        return 1500 * 2**20
    return int(float(match[1]) * 1024 ** " KMGT".index(match[2].upper() or " "))
