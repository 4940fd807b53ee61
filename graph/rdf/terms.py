"""The vocabularies that are written, and how a value becomes the object of a triple.

A `Value` is one predicate of a `Block`, as SQL: nothing is made here, so that millions of rows are
turned into text by DuckDB, a column at a time.
"""

from dataclasses import dataclass

from graph.record.sql import ident, literal
from graph.schema import Property, Schema

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
DCTERMS = "http://purl.org/dc/terms/"
PROV = "http://www.w3.org/ns/prov#"
VOID = "http://rdfs.org/ns/void#"

HAN = r"[\x{3400}-\x{9fff}\x{f900}-\x{faff}]"
"""Chinese characters, as RE2 knows them (`graph.names.has_han`)."""
_HAN = HAN.replace("{", "{{").replace("}", "}}")

Case = tuple[str | None, str, str]
"""When (SQL over the element `{x}`; None: else), `lang` or `type`, and the tag or datatype."""

TEXT: tuple[Case, ...] = ((None, "type", ""),)
IRI: tuple[Case, ...] = ((None, "iri", ""),)
ENGLISH: tuple[Case, ...] = ((None, "lang", "en"),)
TAGGED: tuple[Case, ...] = ((f"regexp_matches({{x}}, '{_HAN}')", "lang", "zh"), *ENGLISH)
NUMBER: tuple[Case, ...] = (
    ("isfinite({x})", "type", XSD + "decimal"),
    (None, "type", XSD + "double"),
)
DATE: tuple[Case, ...] = (
    (r"regexp_full_match({x}, '\d{{4}}')", "type", XSD + "gYear"),
    (r"regexp_full_match({x}, '\d{{4}}-\d\d')", "type", XSD + "gYearMonth"),
    (r"regexp_full_match({x}, '\d{{4}}-\d\d-\d\d')", "type", XSD + "date"),
    *TEXT,
)


def typed(name: str) -> tuple[Case, ...]:
    """A datatype of XML Schema."""
    return ((None, "type", XSD + name),)


@dataclass(frozen=True)
class Value:
    """The objects of one predicate: SQL of one value (NULL: none), or of a list of them.

    `text` makes the written form of an element `{x}`; `cases` say which kind of term it is.
    """

    predicate: str
    sql: str
    cases: tuple[Case, ...] = TEXT
    many: bool = False
    text: str = "{x}"


@dataclass(frozen=True)
class Block:
    """What is said of one subject: SQL of its IRI (NULL: nothing is said), and its values.

    The first value is always there.
    """

    subject: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Part:
    """Rows, in order, of which each says the same blocks."""

    rows: str
    blocks: tuple[Block, ...]


def a(kind: str) -> Value:
    """`rdf:type` of a fixed class."""
    return Value(RDF + "type", literal(kind), IRI)


_BY_KIND: dict[str, tuple[tuple[Case, ...], str]] = {
    "text": (TEXT, "{x}"),
    "uri": (typed("anyURI"), "{x}"),
    "integer": (typed("integer"), "{x}::VARCHAR"),
    "decimal": (NUMBER, "rdf_number({x})"),
    "share": (NUMBER, "rdf_number({x})"),
    "boolean": (typed("boolean"), "{x}::VARCHAR"),
    "date": (DATE, "{x}"),
}


def values(terms: tuple[Property, ...], have: set[str] | None = None) -> list[Value]:
    """The values of properties, each from its column; an amount is four, value, bounds, currency.

    `have` are the columns that there are.
    """
    found = []
    for term in terms:
        for (column, kind), iri in zip(term.columns, term.column_iris.values(), strict=True):
            if have is not None and column not in have:
                continue
            if term.datatype == "amount":
                cases, text = _BY_KIND["decimal" if kind == "DOUBLE" else "text"]
            else:
                cases, text = _BY_KIND[term.datatype]
            cases = TAGGED if term.language_tagged else cases
            found.append(Value(iri, ident(column), cases, kind.endswith("[]"), text))
    return found


def names(ours: str) -> list[Value]:
    """The two names: each with its language, as `ig:name` and `rdfs:label`.

    `ig:nameEn` says again which is the column of the English name, so that a name that comes back
    is in the column it was in. A name that is not Chinese, beside another one in English, is in no
    language that is known (`und`): there is one name for each tag.
    """
    unknown = f"name_en IS NOT NULL AND name_en <> name AND NOT regexp_matches(name, '{_HAN}')"
    own: tuple[Case, ...] = ((unknown, "lang", "und"), *TAGGED)
    apart = f"name_en IS DISTINCT FROM name OR regexp_matches(name, '{HAN}')"
    other = f"CASE WHEN {apart} THEN name_en END"
    said = f"CASE WHEN name IS NOT NULL THEN {other} END"
    return [
        Value(ours + "name", "name", own),
        Value(ours + "name", said, ENGLISH),
        Value(ours + "nameEn", "name_en"),
        Value(RDFS + "label", "name", own),
        Value(RDFS + "label", f"CASE WHEN name IS NULL THEN name_en ELSE {other} END", ENGLISH),
    ]


def namespace(schema: Schema) -> str:
    """The namespace of the ontology's terms."""
    return schema.classes["Entity"].iri.removesuffix("Entity")


def prefixes(schema: Schema) -> dict[str, str]:
    """The prefixes that a file declares."""
    return {
        "ig": namespace(schema), "rdf": RDF, "rdfs": RDFS, "owl": OWL, "xsd": XSD,
        "dcterms": DCTERMS, "prov": PROV, "void": VOID,
    }  # fmt: skip
