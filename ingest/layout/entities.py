"""A list of entities, wide or not."""

from collections.abc import Sequence
from pathlib import PurePath

from graph.errors import InputError
from graph.record.functions import register
from graph.record.sql import ident
from graph.schema import EntityClass, Schema
from ingest.emit import EntityEmit
from ingest.layout.areas import with_areas
from ingest.layout.classify import guess, named
from ingest.layout.columns import Assignment, RelationColumn, assign, is_name
from ingest.layout.derive import Draft
from ingest.layout.headings import IDS, NUMBERS, TYPES, Column, nearest, terms
from ingest.layout.implied import give_title, part_of_chains
from ingest.layout.notes import misfits, unknown
from ingest.layout.period_columns import with_periods
from ingest.layout.rounds import with_names
from ingest.layout.titles import title
from ingest.layout.wide import Own, relate
from ingest.sheet import Note, Sheet
from ingest.values import fits

_ANY = "Entity"


def plan(draft: Draft, schema: Schema, sheet: Sheet, every: list[Column]) -> None:
    """Adds what a list of entities says: each row is one, and its wide columns are relations.

    Raises InputError where its class cannot be told, or a column of names is missing.
    """
    context = _context(sheet)
    holders = title(sheet.name) or title(context)
    type_column, by_class = _types(draft, schema, sheet.name, every)
    rest = [c for c in every if c is not type_column]
    classes = [schema.classes[name] for name in by_class]
    if type_column is not None and not classes:  # each row is refused, with the nearest class
        classes = [schema.classes[_ANY]]
    if not classes:
        classes = [_class(draft, schema, sheet.name, context, rest)]
    id_column = _id_column(draft, rest)
    rest = [c for c in rest if c is not id_column]
    holds = [schema.relations["HOLDS_DESIGNATION"]] if _implies(schema, holders, classes) else []
    found = assign(schema, rest, [*classes, *_others(schema, sheet.name, by_class)], holds)
    if any(_names_titles(r) for r in found.relations):
        holds = []
    if any(c.name == "FundingRound" for c in classes):
        with_names(draft, found)
    if "name" not in found.properties:
        _assume_name(draft, found)
    if "name" not in found.properties:
        _missing_name(sheet, every, found, classes)
    unknown(draft, found, classes, schema)
    misfits(draft, found, schema)
    with_periods(draft, found)
    with_areas(draft, found)
    region = _region(draft, found) if id_column is None else None
    emit = EntityEmit(
        draft.table,
        None if type_column else classes[0].name,
        type_column.staged if type_column else None,
        id_column.staged if id_column else None,
        {name: column.staged for name, column in found.properties.items()},
        region,
        units=_units(found),
    )
    draft.plan.emits.append(emit)
    own = Own(emit, by_class)
    made = relate(draft, schema, own, found)
    if holds and holders:
        give_title(draft, schema, own, found, holders)
    part_of_chains(draft, schema, made)


def _others(schema: Schema, name: str, by_class: dict[str, list[str]]) -> list[EntityClass]:
    """Classes that a list with a type column may be of, though no row is: its form has their
    columns too."""
    kind = named(schema, name) if by_class else None
    if kind is None:
        return []
    return [schema.classes[c] for c in schema.ends([kind.name]) if c not in by_class]


def _names_titles(made: RelationColumn) -> bool:
    """Whether a column says which titles a row holds; 企业类型 may say anything."""
    mixed = made.column.among(("企业类型", "企业类别"))
    return made.relation.name == "HOLDS_DESIGNATION" and not mixed


def _context(sheet: Sheet) -> str:
    """What else is known of a sheet in words: its file, the title rows that were set aside."""
    titles = [note.values.get("title") for note in sheet.notes]
    files = {
        PurePath(str(note.values["file"])).stem for note in sheet.notes if "file" in note.values
    }
    return " ".join([*sorted(files), *(str(text) for text in titles if text)])


def _types(
    draft: Draft, schema: Schema, name: str, every: Sequence[Column]
) -> tuple[Column | None, dict[str, list[str]]]:
    """The column that gives each row's class, and the texts by which it says each class.

    类型 may also be a property (企业类型): where the list's name is a class, it gives the class
    only if all of its texts are classes of that kind.
    """
    kind = named(schema, name)
    for column in every:
        if not column.among(TYPES):
            continue
        texts = draft.texts(draft.table, column.staged)
        found: dict[str, list[str]] = {}
        for text in texts:
            cls = schema.class_named(text)
            if cls is not None and not cls.abstract:
                found.setdefault(cls.name, []).append(text)
        known = sum(map(len, found.values()))
        below = kind is None or all(_is_kind(schema, c, kind) for c in found)
        sure = column.among(("type", "class", "实体类型", "节点类型")) and (
            kind is None or kind.abstract
        )
        if sure or (known and below and (known == len(texts) or 2 * known >= len(texts) > 0)):
            return column, dict(sorted(found.items()))
    return None, {}


def _is_kind(schema: Schema, cls: str, kind: EntityClass) -> bool:
    return cls == kind.name or kind.name in schema.classes[cls].ancestors


def _class(
    draft: Draft, schema: Schema, name: str, context: str, every: Sequence[Column]
) -> EntityClass:
    cls = named(schema, name)
    if cls is not None and not cls.abstract:
        return cls
    found = guess(schema, name, context, every)
    values = {"sheet": name, "class": found.cls.name, "because": "、".join(found.reasons)}
    draft.plan.notes.append(Note("layout.class_assumed", dict(values)))
    return found.cls


def _implies(schema: Schema, holders: object, classes: Sequence[EntityClass]) -> bool:
    """Whether a list's name may give a title to its rows."""
    relation = schema.relations.get("HOLDS_DESIGNATION")
    if holders is None or relation is None:
        return False
    return all(
        any(_is_kind(schema, c.name, schema.classes[d]) for d in relation.domain) for c in classes
    )


def _id_column(draft: Draft, every: Sequence[Column]) -> Column | None:
    """The column of ids; one headed 编号 only where its codes differ and do more than count."""
    for column in every:
        if column.among(IDS):
            return column
    for column in every:
        if not column.among(NUMBERS):
            continue
        texts = draft.texts(draft.table, column.staged)
        rows = draft.count(draft.table, "true")
        counts = all(text.isdigit() and len(text) < 5 for text in texts)
        if len(texts) == rows and texts and not counts:
            draft.plan.notes.append(Note("layout.codes_as_ids", {"heading": column.heading}))
            return column
    return None


def _assume_name(draft: Draft, found: Assignment) -> None:
    """Takes the one column of names that means nothing else for the names of the rows."""
    named_so = [c for c in found.unknown if is_name(c.name)]
    if len(named_so) == 1:
        found.properties["name"] = named_so[0]
        found.unknown.remove(named_so[0])
        draft.plan.notes.append(Note("layout.name_assumed", {"heading": named_so[0].heading}))


def _missing_name(
    sheet: Sheet, every: Sequence[Column], found: Assignment, classes: Sequence[EntityClass]
) -> None:
    named_terms = ["name", "名称", *terms(classes[0])]
    near = [
        f"{c.heading} → {n}" for c in found.unknown if (n := nearest(c.name, named_terms)) != "—"
    ]
    raise InputError(
        "layout.missing_name",
        sheet=sheet.name,
        cls=classes[0].name,
        headings="、".join(c.heading for c in every),
        nearest="; ".join(near) or "—",
    )


def _region(draft: Draft, found: Assignment) -> str | None:
    """The column of regions that enters the key of an entity without an id, None for none.

    Only where the list has one name in several regions: else the same firm in a list with regions
    and in one without would be two.
    """
    name = found.properties["name"].staged
    located = (r for r in found.relations if r.relation.name == "LOCATED_IN" and not r.inverse)
    region = next((r.column.staged for r in located if r.target == "Region"), None)
    if region is None:
        return None
    register(draft.con)
    key = f"normalise_name({ident(name)})"
    place = f"normalise_name({ident(region)})"
    several = f"min({place}) OVER same <> max({place}) OVER same"
    made = draft.free(draft.table, "同名地区")
    table = draft.create(
        f"SELECT *, CASE WHEN {several} THEN {ident(region)} END AS {ident(made)}"
        f" FROM {ident(draft.table)} WINDOW same AS (PARTITION BY {key})"
    )
    count = draft.count(table, f"{ident(made)} IS NOT NULL")
    if not count:
        return None
    draft.table = table
    draft.plan.notes.append(Note("layout.same_names", {"count": count}))
    return made


def _units(found: Assignment) -> dict[str, str]:
    units = {}
    for name, column in found.properties.items():
        term = found.term(name)
        if column.unit and term is not None and fits(term.datatype, column.unit):
            units[column.staged] = column.unit
    return units
