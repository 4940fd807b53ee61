"""The triples of an ontology file, and how its terms are asked for."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from graph.errors import SchemaError
from graph.messages import Lang

IG = "https://w3id.org/innograph/ontology#"
PG = "https://w3id.org/innograph/pg#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SH = "http://www.w3.org/ns/shacl#"
XSD = "http://www.w3.org/2001/XMLSchema#"

_LANGS: tuple[Lang, Lang] = ("zh", "en")
_READ = {SH + term for term in ("path", "pattern", "minInclusive", "maxInclusive")}
"""What of the shapes is read here; the rest is for validation."""


class Ontology:
    """The triples of one file, by subject and predicate, in the file's order."""

    def __init__(self, path: Path) -> None:
        try:
            content = path.read_bytes()
            triples = ox.parse(content, format=ox.RdfFormat.TURTLE)
            self.said: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
            for t in triples:
                predicate = t.predicate.value
                if predicate in _READ or not predicate.startswith(SH):
                    self.said[t.subject.value][predicate].append(t.object)
        except OSError as error:
            raise SchemaError("schema.unreadable", path=path, reason=error.strerror) from error
        except (SyntaxError, UnicodeDecodeError) as error:
            raise SchemaError("schema.syntax", path=path, reason=error) from error
        self.digest = hashlib.sha256(content).hexdigest()
        self.path = path

    def all(self, subject: str, predicate: str) -> list[Any]:
        about = self.said.get(subject)
        return about.get(predicate, []) if about else []

    def one(self, subject: str, predicate: str) -> Any | None:
        found = self.all(subject, predicate)
        return found[0] if found else None

    def text(self, subject: str, predicate: str) -> str | None:
        found = self.one(subject, predicate)
        return None if found is None else str(found.value)

    def texts(self, subject: str, predicate: str) -> tuple[str, ...]:
        return tuple(o.value for o in self.all(subject, predicate))

    def flag(self, subject: str, predicate: str) -> bool:
        return self.text(subject, predicate) == "true"

    def number(self, subject: str, predicate: str) -> float | None:
        found = self.text(subject, predicate)
        return None if found is None else float(found)

    def by_language(self, subject: str, predicate: str) -> dict[Lang, str]:
        """Texts by language; one that is missing is the other's."""
        said = {o.language: o.value for o in self.all(subject, predicate)}
        some = next(iter(said.values()), None)
        return {} if some is None else {lang: said.get(lang, some) for lang in _LANGS}

    def label(self, subject: str, predicate: str = RDFS + "label") -> dict[Lang, str]:
        found = self.by_language(subject, predicate)
        if not found:
            raise SchemaError("schema.no_label", path=self.path, term=local(subject))
        return found

    def items(self, node: Any | None) -> Iterator[Any]:
        """The members of an RDF list."""
        while node is not None and node.value != RDF + "nil":
            yield self.one(node.value, RDF + "first")
            node = self.one(node.value, RDF + "rest")

    def union(self, subject: str, predicate: str) -> list[str]:
        """The classes of a domain or range: one, several, or an owl:unionOf."""
        found: list[str] = []
        for node in self.all(subject, predicate):
            members = self.one(node.value, OWL + "unionOf")
            found += [m.value for m in self.items(members)] if members else [node.value]
        return found

    @cached_property
    def by_type(self) -> dict[str, list[str]]:
        """Subjects by the IRI of their type, in the file's order."""
        found: dict[str, list[str]] = defaultdict(list)
        for subject, about in self.said.items():
            for kind in about.get(RDF + "type", ()):
                found[kind.value].append(subject)
        return found


def local(iri: str) -> str:
    """The part of an IRI that names the term: after `#`, else after the last `/`."""
    return re.split(r"[#/]", iri)[-1]
