"""Names in a query that the graph does not know: a pattern with one of them finds nothing."""

import re
from collections.abc import Iterator

from graph.cypher.readonly import tokens
from graph.names import nearest
from graph.schema import Schema


def unknown_names(cypher: str, schema: Schema) -> list[tuple[str, list[str]]]:
    """Labels, types and properties that no class or relation has, each with the nearest that do.

    >>> from graph.schema import load
    >>> unknown_names("MATCH (n:Frim)-[:PROVIDES]->(p) WHERE n.nmae = 'A' RETURN p.name", load())
    [('Frim', ['Firm']), ('nmae', ['name', 'masked'])]
    """
    kinds = {*schema.classes, *schema.relations}
    columns = {"id", "type", "name", "source", "file", "line", "claims", "extra", "eid"}
    terms = [p for cls in schema.classes.values() for p in cls.properties]
    terms += [a for relation in schema.relations.values() for a in relation.attributes]
    columns |= {column for term in terms for column, _ in term.columns}
    found: dict[str, list[str]] = {}
    for sign, name in _named(cypher):
        known = kinds if sign == ":" else columns
        if name not in known and name not in found:
            found[name] = nearest(name, known)
    return list(found.items())


def _named(cypher: str) -> Iterator[tuple[str, str]]:
    """Words after a colon in a pattern (`:A|B`, too), and after a point; no keys of maps."""
    opened: list[str] = []
    before, listing = "", False
    for kind, text in tokens(cypher):
        if kind == "sign" and text in "([{":
            opened.append(text)
        elif kind == "sign" and text in ")]}" and opened:
            opened.pop()
        name = text.strip("`")
        if kind in ("word", "quoted"):
            pattern = bool(opened) and opened[-1] in "(["
            if pattern and (before == ":" or (before == "|" and listing)):
                yield ":", name
                listing = True
            elif before == "." and not re.search(rf"\b{re.escape(name)}\s*[(.]", cypher):
                yield ".", name
        elif text not in ":|&!":
            listing = False
        before = text
