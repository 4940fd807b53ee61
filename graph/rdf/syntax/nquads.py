"""N-Triples and N-Quads: a line for each triple, its graph at the end."""

from graph.rdf.syntax import by_case, elements
from graph.rdf.terms import Block
from graph.record.sql import literal

WRITE = {
    "iri": "'<' || {x} || '>'",
    "plain": "rdf_quoted({x})",
    "lang": "rdf_quoted({x}) || '@{note}'",
    "type": "rdf_quoted({x}) || '^^<{note}>'",
    "bare": "'\"' || {x} || '\"^^<{note}>'",
}


class NQuads:
    """N-Quads; what is in no named graph is N-Triples."""

    begin = end = b""
    separated = False

    def graph(self, iri: str) -> tuple[bytes, bytes]:
        return b"", b""

    def block(self, block: Block, graph: str | None) -> str:
        end = literal(f" <{graph}> .\n" if graph else " .\n")
        parts = []
        for value in block.values:
            start = f"'<' || {block.subject} || {literal(f'> <{value.predicate}> ')}"
            if value.many:
                line = f"{start} || {by_case(value, WRITE, 'e')} || {end}"
                parts.append(f"array_to_string({elements(value, line)}, '')")
            else:
                parts.append(f"{start} || {by_case(value, WRITE, value.sql)} || {end}")
        return f"concat({', '.join(parts)})"
