"""JSON-LD: the terms of the ontology's context, a node object for each subject."""

import json
from typing import Any

from graph.rdf.syntax import by_case, compact, elements
from graph.rdf.terms import Block
from graph.record.sql import literal


class JsonLd:
    """JSON-LD with its context inside; `@id` and `@type` come first, as the streaming form asks."""

    end = b"\n]}\n"
    separated = True

    def __init__(self, context: dict[str, Any], prefixes: dict[str, str]) -> None:
        self.prefixes = prefixes
        self.terms = _terms(context, prefixes)
        text = json.dumps(context, ensure_ascii=False, indent=1)
        self.begin = f'{{"@context": {text},\n"@graph": [\n'.encode()

    def graph(self, iri: str) -> tuple[bytes, bytes]:
        return f',\n{{"@id": {json.dumps(iri)}, "@graph": [\n'.encode(), b"\n]}"

    def block(self, block: Block, graph: str | None) -> str:
        first, *rest = block.values
        parts = [f"',\n{{{{\"@id\": ' || to_json({block.subject})".replace("{{", "{")]
        seen: dict[str, list[str]] = {}
        for value in (first, *rest):
            term, kind = self.terms.get(value.predicate, (None, ""))
            key = term or compact(value.predicate, self.prefixes) or value.predicate
            is_type = key == "rdf:type"
            write = self._write(kind, is_type)
            if value.many:
                written = elements(value, by_case(value, write, "e"))
            else:
                written = f"[{by_case(value, write, value.sql)}]"
            seen.setdefault("@type" if is_type else key, []).append(written)
        for key, lists in seen.items():
            joined = lists[0] if len(lists) == 1 else f"list_concat({', '.join(lists)})"
            several = f"array_to_string({joined}, ', ')"
            one = f"nullif({several}, '')"
            if len(lists) == 1 and joined.startswith("["):
                parts.append(f"{literal(f', {json.dumps(key)}: ')} || {joined[1:-1]}")
            else:
                parts.append(f"{literal(f', {json.dumps(key)}: [')} || {one} || ']'")
        return f"concat({', '.join(parts)}, '}}')"

    def _write(self, kind: str, is_type: bool) -> dict[str, str]:
        text = "to_json({x})::VARCHAR"
        iri = text if is_type or kind == "@id" else f"'{{{{\"@id\": ' || {text} || '}}}}'"
        return {
            "iri": iri,
            "plain": text if kind == "" else f"'{{{{\"@value\": ' || {text} || '}}}}'",
            "lang": f'\'{{{{"@value": \' || {text} || \', "@language": "{{note}}"}}}}\'',
            "type": f'\'{{{{"@value": \' || {text} || \', "@type": "{{note}}"}}}}\'',
            "bare": '\'{{"@value": "\' || {x} || \'", "@type": "{note}"}}\'',
        }


def _terms(context: dict[str, Any], prefixes: dict[str, str]) -> dict[str, tuple[str, str]]:
    """IRI → its term and the type that the context gives to its values."""
    found = {}
    for term, said in context.items():
        if isinstance(said, dict) and "@id" in said:
            space, _, name = said["@id"].partition(":")
            found[prefixes.get(space, "") + name] = (term, said.get("@type", ""))
    return found
