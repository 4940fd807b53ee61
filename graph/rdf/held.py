"""What an RDF file of ours holds, to be laid beside the view.

Read on its own terms, not by the code that writes: triples come as lines of N-Triples in any order,
and DuckDB takes them apart and gathers them by subject. Every value is checked against the datatype
and the language tag that the ontology asks for; what does not fit stays as it is written. Subjects
are known by a hash of 64 bits: among ten million the chance that two fall together is 1 to 400,000.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from graph.rdf import terms_sql
from graph.rdf.held_rows import FROM, OBJECT, PART, PREDICATE, RDF, SUBJECT, TITLE, TYPE, rows_of
from graph.record.held import Held
from graph.record.sql import fill, literal, literals

RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
DCTERMS = "http://purl.org/dc/terms/"
PROV = "http://www.w3.org/ns/prov#"
VOID = "http://rdfs.org/ns/void#"

BLOCK = 32 << 20
"""Bytes of lines that are taken apart at once."""

_TABLES = """
CREATE TABLE code(iri VARCHAR, n SMALLINT);
CREATE TABLE kind(iri VARCHAR, name VARCHAR);
CREATE TABLE said(h UBIGINT, n SMALLINT, o VARCHAR);
CREATE TABLE typed(h UBIGINT, iri VARCHAR, name VARCHAR);
"""
"""What is said (subject's hash, predicate's number, object), and of which class a subject is."""

PLACES = frozenset(("source", "file", "line"))
"""The provenance that this form has: it does not say how many sources agree."""


class Lines:
    """Takes lines of N-Triples as they are written to it, as to a file."""

    def __init__(self, held: Held, con: duckdb.DuckDBPyConnection) -> None:
        self.held, self.con = held, con
        self.ours = held.schema.classes["Entity"].iri.removesuffix("Entity")
        self.taken = 0
        self._waiting = bytearray()
        self.codes = {iri: i for i, iri in enumerate(self._predicates())}
        kinds = [(f"<{k.iri}>", k.name) for k in held.schema.classes.values()]
        kinds += [(f"<{r.statement_iri}>", r.name) for r in held.schema.relations.values()]
        terms_sql.register(con)
        con.execute(_TABLES)
        fill(con, "code", [(f"<{iri}>", n) for iri, n in self.codes.items()])
        fill(con, "kind", kinds)
        held.foreign.setdefault("statements", 0)

    def _predicates(self) -> list[str]:
        schema = self.held.schema
        found = [SUBJECT, PREDICATE, OBJECT, TITLE, PART, FROM]
        found += [self.ours + n for n in ("id", "line", "extra", "nameEn")]
        for kind in schema.classes.values():
            found += [iri for p in kind.properties for iri in p.column_iris.values()]
        for relation in schema.relations.values():
            found += [relation.iri]
            found += [iri for p in relation.attributes for iri in p.column_iris.values()]
        return list(dict.fromkeys(found))

    def write(self, data: bytes | memoryview) -> int:
        self._waiting += data
        if len(self._waiting) >= BLOCK:
            end = self._waiting.rfind(b"\n") + 1
            if end:
                block, self._waiting = bytes(self._waiting[:end]), self._waiting[end:]
                self._take(block)
        return len(data)

    def flush(self) -> None:
        """Takes what is left; the last line ends with a line break."""
        if self._waiting:
            block, self._waiting = bytes(self._waiting), bytearray()
            self._take(block)

    def _take(self, block: bytes) -> None:
        import numpy as np
        import pyarrow as pa

        ends = np.flatnonzero(np.frombuffer(block, np.uint8) == 10)
        starts = np.concatenate([[0], ends + 1]).astype(np.int64)
        lines = pa.LargeStringArray.from_buffers(
            len(ends), pa.py_buffer(starts), pa.py_buffer(block)
        )
        self.taken += len(lines)
        self.con.register("block", pa.table({"line": lines}))
        try:
            self.con.execute(
                "CREATE OR REPLACE TEMP TABLE taken AS SELECT mark(s) AS h, s, p,"
                " substring(line, length(s) + length(p) + 3,"
                " length(line) - length(s) - length(p) - 5) AS o FROM (SELECT line,"
                " split_part(line, ' ', 1) AS s, split_part(line, ' ', 2) AS p FROM block)"
            )
        finally:
            self.con.unregister("block")
        self.con.execute(
            "INSERT INTO said SELECT h, n, o FROM taken JOIN code ON p = iri;"
            "INSERT INTO typed SELECT h, s, name FROM taken JOIN kind ON o = iri"
            f" WHERE p = '<{TYPE}>'"
        )
        around = " OR ".join(
            f"starts_with(p, {literal('<' + space)})"
            for space in (RDF, RDFS, OWL, DCTERMS, PROV, VOID)
        )
        self.held.foreign["statements"] += self.con.execute(
            f"SELECT count(*) FROM taken ANTI JOIN code ON p = iri WHERE NOT ({around})"
        ).fetchall()[0][0]


@contextmanager
def reading_back(held: Held, *, memory: str = "800MB") -> Iterator[Lines]:
    """A sink for N-Triples; at the end of the block what they say is in `held`."""
    with (
        tempfile.TemporaryDirectory(prefix="graph-verify-", ignore_cleanup_errors=True) as folder,
        duckdb.connect(config={"memory_limit": memory, "temp_directory": folder}) as con,
    ):
        con.execute("SET preserve_insertion_order = false")
        lines = Lines(held, con)
        yield lines
        lines.flush()
        con.execute("DROP TABLE IF EXISTS taken")
        _index(lines)
        plain = {relation.iri for relation in held.schema.relations.values()}
        for name in _present(lines):
            held.fill(name, rows_of(con, lines.codes, held.kind(name), plain))


def _present(lines: Lines) -> list[str]:
    """The classes and relations that something is said of."""
    typed = {name for (name,) in lines.con.execute("SELECT DISTINCT name FROM typed").fetchall()}
    codes = {n for (n,) in lines.con.execute("SELECT DISTINCT n FROM said").fetchall()}
    return [
        name
        for name, kind in lines.held.kinds.items()
        if name in typed or lines.codes.get(kind.iri) in codes
    ]


def _index(lines: Lines) -> None:
    """The ids of entities, and what each file is called."""
    code = lines.codes
    lines.con.execute(
        f"""
        CREATE TABLE key AS SELECT h, first(text_of(o)) AS id FROM said
          WHERE n = {code[lines.ours + "id"]} AND fits_text(o) AND h IN (SELECT h FROM typed
          WHERE name IN {literals(list(lines.held.schema.classes))}) GROUP BY h;
        CREATE TABLE place AS SELECT f.h, text_of(f.o) AS file, text_of(s.o) AS source
          FROM said f JOIN said p ON p.h = f.h AND p.n = {code[PART]}
          JOIN said s ON s.h = mark(p.o) AND s.n = {code[TITLE]}
          WHERE f.n = {code[TITLE]};
        """
    )
