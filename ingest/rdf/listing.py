"""What of a file was not understood: classes and predicates, how often, where first."""

from pathlib import Path

import duckdb

from graph.record import Record
from graph.record.write import Run
from graph.rows import to_csv
from graph.schema import Schema
from ingest.rdf.claims import Said
from ingest.rdf.kinds import RDF, Vocabulary, short
from ingest.sheet import Note

SHOWN = 6


def notes(con: duckdb.DuckDBPyConnection, said: Said) -> None:
    """Adds to what a file says for itself notes on the terms that mean nothing here."""
    classes = con.execute(
        "SELECT q.o, count(*), min(p.line) FROM rdf_refused r JOIN rdf_quad q USING (s)"
        f" LEFT JOIN rdf_place p USING (s) WHERE q.p = '{RDF}type' AND r.key IS NULL"
        " GROUP BY 1 ORDER BY 2 DESC, 1"
    ).fetchall()
    predicates = con.execute(
        "SELECT u.p, count(*), min(p.line) FROM rdf_unread u JOIN rdf_subject j USING (sid)"
        " LEFT JOIN rdf_place p USING (s) WHERE NOT u.known GROUP BY 1 ORDER BY 2 DESC, 1"
    ).fetchall()
    for key, rows in (("rdf.classes_unread", classes), ("rdf.predicates_unread", predicates)):
        if rows:
            some = ", ".join(f"{short(iri)} ×{n}" for iri, n, _ in rows[:SHOWN])
            more = " …" if len(rows) > SHOWN else ""
            said.notes.append(Note(key, {"count": len(rows), "some": some + more}, rows[0][2]))


def listing(path: Path, schema: Schema, base: str | None = None) -> str:
    """Every class and predicate of a file as CSV: `kind, term, count, line, meaning`.

    `line` is the first on which a subject of the class, or one that has the predicate, begins;
    `meaning` is empty where the ontology has nothing for it.
    """
    import tempfile

    from ingest.rdf.load import BASE
    from ingest.rdf.read import read

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "graph.duckdb"
        with Record.open(place, schema=schema, write=True) as record, Run(record, "map") as run:
            read(run, path, base or BASE)
            rows = _rows(run.con, Vocabulary(schema))
            run.keep = False
    return to_csv(["kind", "term", "count", "line", "meaning"], rows)


def _rows(con: duckdb.DuckDBPyConnection, vocabulary: Vocabulary) -> list[list[object]]:
    classes = {iri: kind.what.name for iri, (kind, _) in vocabulary.kinds.items()}
    predicates: dict[str, set[str]] = {}
    for kind, _ in vocabulary.kinds.values():
        for iri, column in vocabulary.columns(kind).items():
            predicates.setdefault(iri, set()).add(column)
    for iri, relation, inverse, _ in vocabulary.relations:
        predicates.setdefault(iri, set()).add(f"^{relation}" if inverse else relation)
    found: list[list[object]] = []
    for kind_, sql in (
        ("class", f"SELECT o AS term, s FROM rdf_quad WHERE p = '{RDF}type'"),
        ("predicate", f"SELECT p AS term, s FROM rdf_quad WHERE p <> '{RDF}type'"),
    ):
        rows = con.execute(
            f"SELECT term, count(*), min(line) FROM ({sql}) LEFT JOIN rdf_place USING (s)"
            " GROUP BY term ORDER BY 2 DESC, 1"
        ).fetchall()
        for term, count, line in rows:
            means = [classes[term]] if term in classes else []
            if kind_ == "predicate":
                means = sorted(predicates.get(term, ()))
            found.append([kind_, term, count, line, " ".join(means)])
    return found
