"""The ontology shown: as tables, as a Mermaid class diagram, as constraints for Neo4j, as JSON."""

import sys
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from graph.console import Console, write
from graph.messages import Lang, say
from graph.rows import to_json
from graph.schema import EntityClass, Property, Relation, Schema
from graph.schema.constraints import constraints, own

Row = tuple[str, ...]


class Measure(Protocol):
    """What is shown of a method: the package of methods itself is not known here."""

    @property
    def measure(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def chain(self) -> str | None: ...
    @property
    def find(self) -> Any: ...


def show(console: Console, schema: Schema, format: str) -> None:
    """The whole ontology to standard output, as `table`, `json`, `mermaid` or `cypher`."""
    lang = console.lang
    if format == "json":
        write(to_json(as_data(schema)))
    elif format == "mermaid":
        write(mermaid(schema, lang))
    elif format == "cypher":
        write("".join(f"{statement};\n" for statement in constraints(schema)))
    else:
        for kind, rows in (
            ("class", class_rows(schema, lang)),
            ("property", property_rows(schema, lang)),
            ("relation", relation_rows(schema, lang)),
            ("attribute", attribute_rows(schema, lang)),
        ):
            console.table(headings(kind, lang), rows, title=say(f"schema.title_{kind}", lang))


def show_methods(console: Console, methods: Mapping[str, Measure], format: str) -> None:
    """The measures to standard output, as `table` or `json`."""
    found = [method_data(m) for m in methods.values()]
    if format == "json":
        write(to_json(found))
        return
    rows = [tuple(str(v or "") for v in m.values()) for m in found]
    console.table(headings("method", console.lang), rows)


_COLUMNS = {
    "class": ("name", "label", "above", "definition"),
    "property": ("of", "name", "label", "values", "definition"),
    "relation": ("name", "label", "from", "to", "chain", "hand_off", "definition"),
    "attribute": ("of", "name", "label", "values", "definition"),
    "method": ("measure", "version", "family", "chain", "definition"),
}


def headings(kind: str, lang: Lang) -> list[str]:
    """The headings of a table of `kind`: class, property, relation, attribute or method."""
    return [say(f"schema.{column}", lang) for column in _COLUMNS[kind]]


def class_rows(schema: Schema, lang: Lang) -> list[Row]:
    """One row per class: name, label, the class above it (in brackets: abstract), definition."""
    return [
        (
            f"({c.name})" if c.abstract else c.name,
            c.label[lang],
            c.ancestors[0] if c.ancestors else "",
            c.definition[lang],
        )
        for c in schema.classes.values()
    ]


def property_rows(schema: Schema, lang: Lang) -> list[Row]:
    """One row per property, beside the class that brings it in."""
    return [_term(c.name, p, lang) for c in schema.classes.values() for p in own(schema, c)]


def relation_rows(schema: Schema, lang: Lang) -> list[Row]:
    """One row per relation: name, label, ends, chain, hand-off, definition."""
    return [
        (
            r.name,
            r.label[lang],
            ", ".join(r.domain),
            ", ".join(r.range),
            r.chain or "",
            say("schema.yes", lang) if r.hand_off else "",
            r.definition[lang],
        )
        for r in schema.relations.values()
    ]


def attribute_rows(schema: Schema, lang: Lang) -> list[Row]:
    """One row per attribute: those of every relation (`*`) first, then those of one."""
    shared = shared_attributes(schema)
    rows = [_term("*", p, lang) for p in shared]
    for relation in schema.relations.values():
        rows += [_term(relation.name, p, lang) for p in relation.attributes if p not in shared]
    return rows


def shared_attributes(schema: Schema) -> list[Property]:
    """The attributes that every relation has."""
    relations = list(schema.relations.values())
    first = relations[0].attributes if relations else ()
    return [p for p in first if all(p in r.attributes for r in relations)]


def _term(of: str, term: Property, lang: Lang) -> Row:
    values = " | ".join(v.value for v in term.closed) or say(f"schema.{term.datatype}", lang)
    return (of, term.name, term.label[lang], values, term.definition[lang])


def method_data(method: Measure) -> dict[str, Any]:
    """A measure as data; what it says of itself is the first line of its module."""
    doc = sys.modules[method.find.__module__].__doc__ or ""
    return {
        "measure": method.measure,
        "version": method.version,
        "family": method.family,
        "chain": method.chain,
        "definition": doc.strip().partition("\n\n")[0].replace("\n", " "),
    }


def mermaid(schema: Schema, lang: Lang) -> str:
    """A class diagram: who is below whom, what each class brings, and how relations join them.

    So that it can be read, a relation is drawn between the groups that its ends belong to (the
    classes right below Entity), and those between the same two groups share one line.
    """
    lines = ["classDiagram", "  direction LR"]
    for cls in schema.classes.values():
        lines.append(f'  class {cls.name}["{_quoted(cls.label[lang])}"] {{')
        if cls.abstract:
            lines.append("    <<abstract>>")
        lines += [f"    {p.datatype} {p.name}" for p in own(schema, cls)]
        lines.append("  }")
    for cls in schema.classes.values():
        if cls.ancestors:
            lines.append(f"  {cls.ancestors[0]} <|-- {cls.name}")
    joined: dict[tuple[str, str], dict[str, None]] = {}
    for relation in schema.relations.values():
        for start in relation.domain:
            for end in relation.range:
                pair = (_group(schema, start), _group(schema, end))
                joined.setdefault(pair, {}).setdefault(relation.name)
    lines += [f"  {a} --> {b} : {', '.join(names)}" for (a, b), names in joined.items()]
    return "\n".join(lines) + "\n"


def _group(schema: Schema, name: str) -> str:
    line = (name, *schema.classes[name].ancestors)
    return line[-2] if len(line) > 1 else name


def _quoted(text: str) -> str:
    return text.replace('"', "#quot;")


def as_data(schema: Schema) -> dict[str, Any]:
    """The schema as plain data for JSON, in the ontology's order.

    A class lists the properties that it brings in, a relation the attributes that only it has;
    `attributes` are those of every relation.
    """
    return {
        "version": schema.version,
        "digest": schema.digest,
        "classes": [_class_data(schema, c) for c in schema.classes.values()],
        "relations": [_relation_data(schema, r) for r in schema.relations.values()],
        "attributes": _terms_data(shared_attributes(schema)),
    }


def _class_data(schema: Schema, cls: EntityClass) -> dict[str, Any]:
    return {
        "name": cls.name,
        "iri": cls.iri,
        "label": cls.label,
        "definition": cls.definition,
        "aliases": cls.aliases,
        "ancestors": cls.ancestors,
        "abstract": cls.abstract,
        "properties": _terms_data(own(schema, cls)),
    }


def _relation_data(schema: Schema, relation: Relation) -> dict[str, Any]:
    shared = shared_attributes(schema)
    return {
        "name": relation.name,
        "iri": relation.iri,
        "label": relation.label,
        "definition": relation.definition,
        "aliases": relation.aliases,
        "from": relation.domain,
        "to": relation.range,
        "chain": relation.chain,
        "hand_off": relation.hand_off,
        "symmetric": relation.symmetric,
        "headings": [
            {"text": h.text, "target": h.target, "inverse": h.inverse} for h in relation.headings
        ],
        "attributes": _terms_data(p for p in relation.attributes if p not in shared),
    }


def _terms_data(terms: Iterable[Property]) -> list[dict[str, Any]]:
    return [
        {
            "name": p.name,
            "iri": p.iri,
            "datatype": p.datatype,
            "label": p.label,
            "definition": p.definition,
            "aliases": p.aliases,
            "values": [{"value": v.value, "label": v.label} for v in p.closed],
            "multiple": p.multiple,
            "identifier": p.identifier,
            "example": p.example,
        }
        for p in terms
    ]
