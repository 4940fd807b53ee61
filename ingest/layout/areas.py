"""Areas in another unit than the ontology's: 用地面积（平方米） where it wants 亩."""

import re

from ingest.layout.columns import Assignment
from ingest.layout.derive import Draft
from ingest.layout.headings import Column
from ingest.values import ValueRefused, parse
from ingest.values.numerals import fold

_SQUARE_METRES = {
    "平方米": 1.0, "平米": 1.0, "㎡": 1.0, "m2": 1.0, "亩": 2000 / 3, "mu": 2000 / 3,
    "公顷": 1e4, "hectare": 1e4, "ha": 1e4, "平方公里": 1e6, "km2": 1e6,
}  # fmt: skip
_IN_LABEL = re.compile(r"[（(]([^（）()]+)[）)]$")
_MAGNITUDE = re.compile("^(?:万|亿|百|千)")


def with_areas(draft: Draft, found: Assignment) -> None:
    """Turns columns of areas into the unit that the ontology states in the property's label."""
    for name, column in list(found.properties.items()):
        term = found.term(name)
        label = _IN_LABEL.search(term.label.get("zh", "")) if term is not None else None
        if label is None or column.unit is None:
            continue
        noun = _MAGNITUDE.sub("", fold(column.unit))
        wanted, given = _SQUARE_METRES.get(label[1]), _SQUARE_METRES.get(noun)
        if wanted is None or given is None or wanted == given:
            continue
        made = draft.free(draft.table, f"{column.heading}.{label[1]}")
        ratio, unit = given / wanted, column.unit.removesuffix(noun)

        def turned(text: str, ratio: float = ratio, unit: str = unit) -> list[str | None]:
            try:
                area = parse("decimal", text, unit=unit or None)
            except ValueRefused:
                return [text]
            return [None if not isinstance(area, float) else f"{area * ratio:.10g}"]

        draft.table = draft.with_texts(draft.table, column.staged, [made], turned)
        found.properties[name] = Column(column.heading, column.name, made)
