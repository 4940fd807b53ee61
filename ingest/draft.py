"""A mapping drafted from a sheet's headings, to be edited: what each column seems to be.

The draft is YAML in the mapping language (`ingest.mapping`). A column that nothing is known of is
`ignored`, with the nearest headings beside it.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from graph.errors import InputError
from graph.messages import Lang, say
from graph.schema import EntityClass, Property, Schema
from ingest.layout.classify import guess, named, named_relation, spoken_for
from ingest.layout.columns import Assignment, RelationColumn, assign
from ingest.layout.headings import FROMS, IDS, ORDINALS, TOS, Column, columns, nearest, terms
from ingest.layout.relations import attribute_name
from ingest.sheet import Sheet
from ingest.values import fits

SEPARATORS = ("、", "，", "；", ";")


def draft_mapping(
    sheets: Sheet | Sequence[Sheet], schema: Schema, lang: Lang = "en", file: str | None = None
) -> str:
    """The text of a mapping for the first of a file's sheets, with comments in `lang`.

    `file` is the file's name, by default that of the sheet with any ending. A mapping reads one
    sheet of a file; a comment names the others. A sheet whose class cannot be told gets the
    likeliest one, and a comment that says so.
    """
    first, *others = [sheets] if isinstance(sheets, Sheet) else sheets
    pattern = file or f"{first.name}.*"
    lines = [f"# {say('layout.draft', lang)}"]
    if others:
        lines.append(f"# {say('layout.draft_sheets', lang, sheets=_listed(others))}")
    lines += ["mapping: draft", "language: 1", f"source: {_text(PurePath(pattern).stem)}", "files:"]
    lines.append(f"  - file: {_text(pattern)}")
    if others:
        lines.append(f"    reader: {{sheet: {_text(first.name)}}}")
    return "\n".join([*lines, *_section(schema, first, lang)]) + "\n"


def draft_graph(sheets: Iterable[Sheet], schema: Schema, source: str, lang: Lang = "en") -> str:
    """The text of a mapping for tables of a database: a section each, called as the table is."""
    lines = [f"# {say('layout.draft', lang)}", "mapping: draft", "language: 1"]
    lines += [f"source: {_text(source)}", "files:"]
    for sheet in sheets:
        lines += [f"  - file: {_text(sheet.name)}", *_section(schema, sheet, lang)]
    return "\n".join(lines) + "\n"


def _listed(sheets: Iterable[Sheet]) -> str:
    return ", ".join(json.dumps(sheet.name, ensure_ascii=False) for sheet in sheets)


def _section(schema: Schema, sheet: Sheet, lang: Lang) -> list[str]:
    every = [c for c in columns(sheet.headings, sheet.units) if c.name]
    source = next((c for w in FROMS for c in every if c.among([w])), None)
    target = next((c for w in TOS for c in every if c.among([w])), None)
    if source and target:
        return _relations(schema, sheet, every, source, target, lang)
    return _entities(schema, sheet, every, lang)


def _text(text: str) -> str:
    """A text as YAML: plain where that is safe, else quoted as JSON, which YAML reads."""
    return text if text.isidentifier() and text.isascii() else json.dumps(text, ensure_ascii=False)


def _pairs(pairs: dict[str, str]) -> str:
    return "{" + ", ".join(f"{name}: {said}" for name, said in pairs.items()) + "}"


def _cell(column: Column, term: Property | None) -> str:
    if column.unit and term is not None and term.datatype == "amount":
        if fits("amount", column.unit):
            return f"{{column: {_text(column.heading)}, amount: {_text(column.unit)}}}"
    elif column.unit == "%" and term is not None and term.datatype == "share":
        return f"{{column: {_text(column.heading)}, percent: true}}"
    return _text(column.heading)


def _class(schema: Schema, sheet: Sheet, every: list[Column]) -> tuple[EntityClass, bool]:
    """The class, and whether it is sure."""
    cls = named(schema, sheet.name)
    if cls is not None and not cls.abstract:
        return cls, True
    try:
        return guess(schema, sheet.name, "", every).cls, True
    except InputError:
        return spoken_for(schema, sheet.name, "", every)[0][0], False


def _columns(every: Iterable[Column], used: dict[str, str], near: dict[str, str]) -> list[str]:
    lines = ["    columns:"]
    for column in every:
        need = used.get(column.staged, "ignored")
        line = f"      {_text(column.heading)}: {need}"
        lines.append(line + (f"  # {near[column.staged]}" if column.staged in near else ""))
    return lines


def _near(found: Iterable[Column], words: list[str], lang: Lang) -> dict[str, str]:
    return {
        c.staged: say("layout.draft_unknown", lang, nearest=nearest(c.name, words)) for c in found
    }


def _entities(schema: Schema, sheet: Sheet, every: list[Column], lang: Lang) -> list[str]:
    cls, sure = _class(schema, sheet, every)
    ids = next((c for c in every if c.among(IDS)), None)
    rest = [c for c in every if c is not ids and not c.among(ORDINALS)]
    found = assign(schema, rest, [cls])
    used = {c.staged: "optional" for c in found.properties.values()}
    used |= {r.column.staged: "optional" for r in found.relations}
    used |= {c.staged: "optional" for held in found.attributes.values() for c in held.values()}
    name = found.properties.get("name")
    for column in (ids, name):
        if column is not None:
            used[column.staged] = "required"
    words = [*terms(cls), *(h.text for r in schema.relations.values() for h in r.headings)]
    lines = _columns(every, used, _near(found.unknown, words, lang))
    if found.relations:
        lines.append("    make:")
    split = "[" + ", ".join(_text(mark) for mark in SEPARATORS) + "]"
    for made in found.relations:
        heading = _text(made.column.heading)
        lines.append(f"      {_each(made)}: {{column: {heading}, split: {split}}}")
    lines += ["    entities:", f"      - class: {cls.name}"]
    if not sure:
        lines[-1] += f"  # {say('layout.draft_class', lang)}"
    if ids is not None:
        lines.append(f"        id: {_text(ids.heading)}")
    lines.append("        set:")
    for prop, column in found.properties.items():
        lines.append(f"          {prop}: {_cell(column, found.term(prop))}")
    if name is None:
        lines.append(f"          # name: {say('layout.draft_name', lang)}")
    targets = [r for r in found.relations if not schema.classes[r.target].abstract]
    for made in targets:
        lines += [f"      - class: {made.target}", "        mention: true"]
        lines.append(f"        set: {{name: {_each(made)}}}")
    if found.relations:
        lines.append("    relations:")
    own = _own(cls, ids, name)
    for made in found.relations:
        lines += _relation(schema, made, own, found)
    return lines


def _each(made: RelationColumn) -> str:
    return _text(f"{made.column.heading} each")


def _own(cls: EntityClass, ids: Column | None, name: Column | None) -> str:
    if ids is not None:
        return _text(ids.heading)
    heading = _text(name.heading) if name is not None else '""'
    return _pairs({"name": heading, "class": cls.name})


def _relation(schema: Schema, made: RelationColumn, own: str, found: Assignment) -> list[str]:
    other = _pairs({"name": _each(made), "class": made.target})
    if schema.classes[made.target].abstract:
        other = _each(made)
    source, target = (other, own) if made.inverse else (own, other)
    lines = [f"      - relation: {made.relation.name}", f"        from: {source}"]
    lines.append(f"        to: {target}")
    beside = found.attributes.get(made.relation.name, {})
    if beside:
        held = {a.name: a for a in made.relation.attributes}
        said = {name: _cell(column, held[name]) for name, column in beside.items()}
        lines.append(f"        set: {_pairs(said)}")
    return lines


def _relations(
    schema: Schema, sheet: Sheet, every: list[Column], source: Column, target: Column, lang: Lang
) -> list[str]:
    relation = named_relation(schema, sheet.name)
    some = [relation] if relation else list(schema.relations.values())
    said: dict[str, str] = {}
    used = {source.staged: "required", target.staged: "required"}
    unknown = []
    for column in every:
        name = attribute_name(schema, column, some) if column.staged not in used else None
        if name is not None and name not in said:
            held = next(a for r in some for a in r.attributes if a.name == name)
            said[name] = _cell(column, held)
            used[column.staged] = "optional"
        elif column.staged not in used and not column.among(ORDINALS):
            unknown.append(column)
    lines = _columns(every, used, _near(unknown, [w for r in some for w in terms(r)], lang))
    wanted = relation.name if relation else '""'
    lines += ["    relations:", f"      - relation: {wanted}"]
    if relation is None:
        lines[-1] += f"  # {say('layout.draft_relation', lang)}"
    lines += [f"        from: {_text(source.heading)}", f"        to: {_text(target.heading)}"]
    if said:
        lines.append(f"        set: {_pairs(said)}")
    return lines
