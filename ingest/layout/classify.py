"""Which class a list is of: its name says so, or its name and its headings together."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph.errors import InputError
from graph.names import has_han
from graph.schema import EntityClass, Relation, Schema
from ingest.layout.columns import named_class, names_class, property_name, relation_column
from ingest.layout.headings import Column, named_terms, nearest
from ingest.layout.titles import title

_AROUND = re.compile(r"^\d+[_\-. 、]+|[_\-. （(]*\d[\d\-.年月日]*[)）]?$")
_LIST = re.compile(
    r"(?:信息)?(?:名录|名单|清单|列表|一览表|目录|汇总表|台账|统计表|登记表|信息表|表|库|数据|导出"
    r"|list|register|table|data)$",
    re.IGNORECASE,
)
_ROUND = re.compile("融资|轮次|round|funding|raised|series", re.IGNORECASE)
ENOUGH = 2.0
"""Points that a class needs: one heading that only it has, or its name in the list's name."""
CLEAR = 0.75
"""Points that it must be ahead of the next one."""
NAMED = 2.5
"""Points for a heading that names entities of a class, 学校名称, shared by all it may mean."""
HELD = 2.0
"""Points for a heading that is a property or relation of a class, shared by all that have it."""
NAMELESS = 0.2
"""What the points of a class are worth in a list in which no column could hold its names."""


@dataclass(frozen=True)
class Guess:
    """The class that a list was taken to be of, and what spoke for it."""

    cls: EntityClass
    reasons: tuple[str, ...]


def variants(name: str) -> Iterator[str]:
    """A list's name and what it may mean by it: `01_firms` is firm, 企业名录 is 企业.

    >>> list(variants("01_firms"))
    ['01_firms', 'firms', 'firm']
    """
    bare = _AROUND.sub("", name.strip()).strip()
    short = _LIST.sub("", bare).strip(" _-的")
    every = [name.strip(), bare, short]
    for text in (bare, short):
        if text.lower().endswith("ies"):
            every.append(text[:-3] + "y")
        elif text.lower().endswith("s"):
            every.append(text[:-1])
    yield from dict.fromkeys(text for text in every if text)


def named(schema: Schema, name: str) -> EntityClass | None:
    """The class that a list's name is, None where it is none."""
    found = (schema.class_named(text) for text in variants(name))
    return next((cls for cls in found if cls is not None), None)


def named_relation(schema: Schema, name: str) -> Relation | None:
    """The relation that a list's name is, None where it is none."""
    found = (schema.relation_named(text) for text in variants(name))
    return next((relation for relation in found if relation is not None), None)


def guess(schema: Schema, name: str, context: str, columns: Sequence[Column]) -> Guess:
    """The class of a list whose name is none: the one that its words and headings speak for.

    `context` is what else is known of the list in words: its title rows, the file's name.
    Raises InputError where none is clearly ahead.
    """
    order = spoken_for(schema, name, context, columns)
    most = order[0][1]
    near = [cls for cls, points, _ in order if most - points < CLEAR]
    if most < ENOUGH:
        raise InputError(
            "layout.no_class",
            sheet=name,
            headings="、".join(c.heading for c in columns),
            nearest=nearest(list(variants(name))[-1], named_terms(schema), cutoff=0.7),
        )
    # What speaks for colleges speaks for universities too: the wider class is the safe one.
    wide = next((c for c in near if all(o is c or c.name in o.ancestors for o in near)), None)
    if wide is None:
        raise InputError(
            "layout.ambiguous",
            sheet=name,
            zh="、".join(f"{c.label.get('zh', c.name)} {c.name}" for c in near[:4]),
            en=", ".join(c.name for c in near[:4]),
        )
    return Guess(wide, tuple(next(reasons for cls, _, reasons in order if cls is wide)))


def spoken_for(
    schema: Schema, name: str, context: str, columns: Sequence[Column]
) -> list[tuple[EntityClass, float, list[str]]]:
    """All classes that a list may be of with their points and what speaks for them, best first."""
    classes = [c for c in schema.classes.values() if not c.abstract]
    points = dict.fromkeys((c.name for c in classes), 0.0)
    reasons: dict[str, list[str]] = {c.name: [] for c in classes}
    spoken = _head(schema, name) or _head(schema, context)
    if spoken is not None:
        for cls in _concrete(schema, spoken):
            points[cls.name] += 3.0 / len(_concrete(schema, spoken))
            reasons[cls.name].append(name)
    called: set[str] = set()
    rounds = any(_ROUND.search(column.name) for column in columns)
    for i, column in enumerate(columns):
        for cls, weight in _speaks_for(schema, column, classes, first=i == 0):
            points[cls.name] += weight
            reasons[cls.name].append(column.heading)
        called |= {c.name for c in classes if _may_name(schema, column, c, rounds)}
    for cls in classes:
        if cls.name not in called:
            points[cls.name] *= NAMELESS
    ranked = [(c, points[c.name], list(dict.fromkeys(reasons[c.name]))) for c in classes]
    return sorted(ranked, key=lambda item: -item[1])


def _may_name(schema: Schema, column: Column, cls: EntityClass, rounds: bool) -> bool:
    """Whether a column may hold the names of `cls`; a round gets its name from a firm.

    `rounds` says that a heading speaks of rounds: else a firm with its investors is a firm.
    """
    named_by_firm = rounds and cls.name == "FundingRound"
    made = relation_column(schema, column, [cls]) if named_by_firm else None
    if made is not None and made.relation.name == "RAISED":
        return True
    return property_name(schema, column, [cls]) == "name" or names_class(schema, column.name, cls)


def _concrete(schema: Schema, cls: EntityClass) -> list[EntityClass]:
    if not cls.abstract:
        return [cls]
    below = (schema.classes[name] for name in schema.subclasses(cls.name))
    return [c for c in below if not c.abstract]


def _head(schema: Schema, text: str) -> EntityClass | None:
    """The class that a list's words end on: 在孵企业名单 is of firms, 融资事件导出 of rounds."""
    found: list[tuple[int, int, EntityClass]] = []
    low = text.lower()
    if title(text) is not None:
        return schema.class_named("Firm")
    for cls in schema.classes.values():
        for word in (*cls.label.values(), *cls.aliases, cls.name):
            form = word.lower()
            if has_han(form):
                at = low.rfind(form) if len(form) > 1 else -1
            else:
                hits = list(re.finditer(rf"(?<![a-z]){re.escape(form)}(?:e?s)?(?![a-z])", low))
                at = hits[-1].start() if hits else -1
            if at >= 0:
                found.append((at + len(form), len(form), cls))
    return max(found, key=lambda hit: hit[:2])[2] if found else None


def _speaks_for(
    schema: Schema, column: Column, classes: Sequence[EntityClass], *, first: bool
) -> list[tuple[EntityClass, float]]:
    """The classes that a heading speaks for: those that it names, and by how few have it.

    A class alone (企业) names what the list is of only where it heads the first column.
    """
    said: list[tuple[EntityClass, float]] = []
    spoken = named_class(schema, column.name)
    if spoken is not None and (first or schema.class_named(column.name) is None):
        concrete = _concrete(schema, spoken)
        said += [(cls, NAMED / len(concrete)) for cls in concrete]
    names, held = [], []
    for cls in classes:
        name = property_name(schema, column, [cls])
        if name == "name":
            names.append(cls)
        elif name is not None or relation_column(schema, column, [cls]):
            held.append(cls)
    if spoken is None:
        said += [(cls, NAMED / len(names)) for cls in names]
    return said + [(cls, HELD / len(held)) for cls in held]
