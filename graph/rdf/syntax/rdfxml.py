"""RDF/XML: a description for each subject. XML 1.0 has no place for most control characters."""

from xml.sax.saxutils import quoteattr

from graph.rdf.syntax import by_case, compact, elements
from graph.rdf.terms import Block
from graph.record.sql import literal

FORBIDDEN = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]"
REFUSED = "innograph-not-in-xml:"
"""What DuckDB's error begins with, before the IRI of the subject."""

_ESCAPED = r"""
CREATE OR REPLACE TEMP MACRO rdf_xml(x, s) AS CASE
  WHEN NOT regexp_matches(x, '[&<>\r"\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]') THEN x
  WHEN regexp_matches(x, '[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]') THEN error('%s' || s)
  ELSE replace(replace(replace(replace(replace(x, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'),
    '"', '&quot;'), chr(13), '&#13;') END
"""
DEFINE = _ESCAPED % REFUSED


class RdfXml:
    """RDF/XML, of one graph."""

    end = b"</rdf:RDF>\n"
    separated = False

    def __init__(self, prefixes: dict[str, str]) -> None:
        self.prefixes = prefixes
        spaces = "".join(f"\n  xmlns:{name}={quoteattr(iri)}" for name, iri in prefixes.items())
        self.begin = f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{spaces}>\n'.encode()

    def graph(self, iri: str) -> tuple[bytes, bytes]:
        raise ValueError("RDF/XML has no named graphs")

    def block(self, block: Block, graph: str | None) -> str:
        s = block.subject
        parts = []
        for value in block.values:
            name = compact(value.predicate, self.prefixes)
            start, end = f"  <{name}", f"</{name}>\n"
            write = {
                "iri": f"{literal(f'{start} rdf:resource=')} || '\"' || rdf_xml({{x}}, {s})"
                " || '\"/>' || chr(10)",
                "plain": f"{literal(start + '>')} || rdf_xml({{x}}, {s}) || {literal(end)}",
                "lang": f"{literal(start)} || ' xml:lang=\"{{note}}\">' || rdf_xml({{x}}, {s})"
                f" || {literal(end)}",
                "type": f"{literal(start)} || ' rdf:datatype=\"{{note}}\">' || rdf_xml({{x}}, {s})"
                f" || {literal(end)}",
                "bare": f"{literal(start)} || ' rdf:datatype=\"{{note}}\">' || {{x}}"
                f" || {literal(end)}",
            }
            if value.many:
                parts.append(f"array_to_string({elements(value, by_case(value, write, 'e'))}, '')")
            else:
                parts.append(by_case(value, write, value.sql))
        head = f"'<rdf:Description rdf:about=\"' || rdf_xml({s}, {s}) || '\">' || chr(10)"
        tail = "'</rdf:Description>' || chr(10)"
        return f"concat({', '.join([head, *parts, tail])})"
