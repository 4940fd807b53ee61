"""RDF in: our own exports back into claims, that of others through the ontology's alignments.

Every syntax becomes lines of N-Quads, which DuckDB takes apart a column at a time; nothing is held
in Python. docs/rdf.md says what is understood and what becomes of the rest.
"""

from pathlib import Path

from ingest.readers.opening import suffix_of

SUFFIXES = {
    ".ttl": "TURTLE", ".nt": "N_TRIPLES", ".nq": "N_QUADS", ".trig": "TRIG", ".n3": "N3",
    ".rdf": "RDF_XML", ".rdfxml": "RDF_XML", ".owl": "RDF_XML", ".jsonld": "JSON_LD",
}  # fmt: skip
"""Suffix → the name of pyoxigraph's format."""


def can_read(path: Path) -> bool:
    """Whether a file is named as RDF is.

    >>> can_read(Path("a/graph.trig.gz")), can_read(Path("firm.csv"))
    (True, False)
    """
    return suffix_of(path) in SUFFIXES
