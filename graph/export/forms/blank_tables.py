"""The tables of the own layout as empty forms: which there are, with what columns and help."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from graph.messages import Lang, say
from graph.names import has_han
from graph.schema import EntityClass, Heading, Property, Relation, Schema

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")
TRUE_FALSE: dict[Lang, tuple[str, str]] = {"zh": ("是", "否"), "en": ("yes", "no")}


@dataclass(frozen=True)
class Column:
    """A column of a form: heading, what to write in it, and the choices where these are closed."""

    heading: str
    help: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table to fill in; `rows` are given where it is filled already."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[str]] = field(default=())

    @property
    def headings(self) -> list[str]:
        return [c.heading for c in self.columns]

    @property
    def help(self) -> list[str]:
        """The row of help: it begins with `#`, so that reading passes over it."""
        first, *rest = [c.help for c in self.columns]
        return [f"# {first}", *rest]


def blank_tables(schema: Schema, lang: Lang) -> tuple[list[Table], list[Table]]:
    """The forms for entities and those for relations, in the ontology's order."""
    entities = [_entities(schema, cls, lang) for cls in _forms(schema)]
    relations = [_relations(schema, r, lang) for r in schema.relations.values() if r.template]
    return entities, relations


def _forms(schema: Schema) -> Iterator[EntityClass]:
    """Classes with a form: concrete ones, and abstract ones whose form serves all below."""
    for cls in schema.classes.values():
        if cls.template if cls.abstract else cls.template is not False:
            yield cls


def _named(kind: EntityClass | Relation, lang: Lang) -> str:
    """The file's name, by which reading knows what its rows are."""
    name = kind.label["zh"] if lang == "zh" else _WORD.sub("_", kind.name).lower()
    return name.replace("/", "-").replace("\\", "-")


def _entities(schema: Schema, cls: EntityClass, lang: Lang) -> Table:
    below = [c for c in schema.concrete if cls.name in (c.name, *c.ancestors)]
    columns = [_fixed("id", lang)]
    if len(below) > 1:
        labels = tuple(c.label["zh"] if lang == "zh" else c.name for c in below)
        columns.append(Column(_heading("type", lang), say("templates.type_help", lang), labels))
    terms: dict[str, Property] = {p.name: p for c in (cls, *below) for p in c.properties}
    columns += [_property(p, lang) for p in _in_order(terms)]
    columns += _wide(schema, cls, lang)
    return Table(_named(cls, lang), tuple(columns))


LAST = ("description", "source_ref", "masked")
"""Columns that few fill in: behind the others."""


def _in_order(terms: dict[str, Property]) -> list[Property]:
    first = [p for name, p in terms.items() if name not in LAST]
    return first + [terms[name] for name in LAST if name in terms]


def _wide(schema: Schema, cls: EntityClass, lang: Lang) -> Iterator[Column]:
    """Columns that make relations: one for each kind of heading, in the language asked for."""
    line = {cls.name, *cls.ancestors}
    for relation in schema.relations.values():
        seen: set[tuple[str, bool]] = set()
        for heading in relation.headings:
            kind = (heading.target, heading.inverse)
            said = has_han(heading.text) == (lang == "zh")
            if said and kind not in seen and line.intersection(heading.template):
                seen.add(kind)
                yield Column(heading.text, _wide_help(schema, relation, heading, lang))


def _wide_help(schema: Schema, relation: Relation, heading: Heading, lang: Lang) -> str:
    target = schema.classes[heading.target].label[lang]
    return say("templates.wide_help", lang, target=target, relation=relation.label[lang])


def _relations(schema: Schema, relation: Relation, lang: Lang) -> Table:
    ends = []
    for end, classes in (("from", relation.domain), ("to", relation.range)):
        named = say("templates.or", lang).join(schema.classes[c].label[lang] for c in classes)
        ends.append(Column(_heading(end, lang), say(f"templates.{end}_help", lang, classes=named)))
    terms = {p.name: p for p in relation.attributes}
    own = [p for name, p in terms.items() if name not in SHARED]
    shared = [terms[name] for name in SHARED if name in terms]
    columns = [*ends, *(_property(p, lang) for p in (*own, *shared))]
    return Table(_named(relation, lang), tuple(columns))


SHARED = ("share", "amount", "start", "end", "planned", "confidence", "source_ref", "quote")
"""Attributes of every relation: behind those of the one."""


def _heading(name: str, lang: Lang) -> str:
    return say(f"templates.{name}", lang)


def _fixed(name: str, lang: Lang) -> Column:
    return Column(_heading(name, lang), say(f"templates.{name}_help", lang))


def _property(term: Property, lang: Lang) -> Column:
    heading = term.label["zh"] if lang == "zh" else term.name
    choices = tuple(v.label[lang] for v in term.closed)
    if term.datatype == "boolean":
        choices = TRUE_FALSE[lang]
    parts = [say("templates.required", lang)] if term.name == "name" else []
    parts.append(term.definition[lang])
    if choices:
        listed = say("templates.comma", lang).join(choices)
        parts.append(say("templates.choices", lang, choices=listed))
    elif term.multiple:
        parts.append(say("templates.several", lang))
    elif term.datatype in ("amount", "date", "share"):
        parts.append(say(f"templates.{term.datatype}_help", lang))
    if term.example and not choices:
        parts.append(say("templates.example", lang, example=term.example))
    return Column(heading, say("templates.space", lang).join(parts).strip(), choices)


def chain_tables(schema: Schema, lang: Lang) -> list[Table]:
    """The chains that hold everywhere: chains, stages, and which follows which."""
    part, before = schema.relations["PART_OF_CHAIN"], schema.relations["PRECEDES"]
    stage = schema.classes["Stage"]
    tables = [
        _filled(
            schema.classes[chain.cls],
            ("name", "name_en"),
            [(chain.id, chain.name["zh"], chain.name["en"])],
            lang,
        )
        for chain in schema.chains
    ]
    stages = [
        (s.id, s.name["zh"], s.name["en"], ";".join(s.alt_names), str(s.position))
        for chain in schema.chains
        for s in chain.stages
    ]
    tables.append(_filled(stage, ("name", "name_en", "alt_names", "position"), stages, lang))
    places = [(s.id, chain.id, str(s.position)) for chain in schema.chains for s in chain.stages]
    tables.append(_filled(part, ("position",), places, lang))
    order = [
        (a.id, b.id)
        for chain in schema.chains
        for a, b in zip(chain.stages, chain.stages[1:], strict=False)
    ]
    tables.append(_filled(before, (), order, lang))
    return tables


def _filled(
    kind: EntityClass | Relation, names: Sequence[str], rows: Sequence[Sequence[str]], lang: Lang
) -> Table:
    ends = ("id",) if isinstance(kind, EntityClass) else ("from", "to")
    terms = {
        p.name: p for p in (kind.properties if isinstance(kind, EntityClass) else kind.attributes)
    }
    headings = [_heading(end, lang) for end in ends]
    headings += [terms[n].label["zh"] if lang == "zh" else n for n in names]
    return Table(_named(kind, lang), tuple(Column(h, "") for h in headings), rows)
