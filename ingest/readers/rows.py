"""Rows of a table as people have them: which are no data but titles, notes, totals or help."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from ingest.readers.cells import is_number
from ingest.readers.headings import is_unit

_SPACES = re.compile(r"\s+")
_LABELS = re.compile(
    r"^(?:(?:填报|填表|编制|制表|报送|上报|统计|主管|责任|牵头|发布|公布|金额|货币|计量|制作|联系|报告)?"
    r"(?:单位|部门|机构|日期|时间|人|电话|期|口径)|截至|截止|截至日期|数据来源|资料来源|来源|说明|备注|注|币种"
    r"|units?|source|as of|date|prepared by)(?:[(（][^)）]*[)）])?\s*[:：]",
    re.IGNORECASE,
)
_FOOT = re.compile(
    r"^(?:\*+\s*)?(?:注|备注|附注|说明|数据来源|资料来源|来源|数据截至|数据截止|截至|填报人|填表人|制表人?|审核人?|复核人?|经办人"
    r"|负责人|单位负责人|部门负责人|联系人|联系电话|填报日期|填报单位|填报时间|制表日期|notes?|sources?|data source)"
    r"(?:[(（][^)）]*[)）])?\s*(?:\d+\s*)?[:：]",
    re.IGNORECASE,
)
_TOTALS = frozenset(
    ("合计|总计|小计|共计|总合计|本页合计|累计|total|grandtotal|subtotal").split("|")
)
_TOTAL_STARTS = frozenset(word[0] for word in _TOTALS) | {"T", "G", "S"}
_COUNTED_TOTAL = re.compile(
    r"^(?:合计|总计|共计|共)[:：]?\d+(?:家|项|个|条|笔|户|名)(?:企业|项目)?[。.]?$"
)
_UNIT = re.compile(
    r"(?:^|[^\u4e00-\u9fff]|金额|货币|计量|统计)(?:单位|units?)\s*[:：]\s*(.+)$", re.IGNORECASE
)
_STOPS = re.compile(r"[\s，,;；、）)。]+")


class Row(NamedTuple):
    """A row and its line: `cells` are as they stand, None for empty ones.

    `filled` has the value of a merged cell in each of its places, where there are merged cells;
    `raw` is the text of the record, where it has one.
    """

    line: int
    cells: list[str | None]
    filled: list[str | None] | None = None
    raw: str | None = None

    @property
    def values(self) -> list[str | None]:
        return self.cells if self.filled is None else self.filled

    @property
    def present(self) -> list[str]:
        return [cell for cell in self.cells if cell is not None]


def is_help(row: Row) -> bool:
    """Whether the row's first cell starts with `#`: a template's help, never data."""
    return bool(row.cells) and (row.cells[0] or "").startswith("#")


def is_label(cell: str) -> bool:
    """Whether a cell says something of the table as a whole: 单位：万元."""
    return _LABELS.match(cell) is not None


def is_labelled(row: Row) -> bool:
    """Whether all cells say something of the table: 填报单位：…, 单位：万元, 日期：….

    >>> is_labelled(Row(1, ["填报单位：某局", None, "单位：万元"])), is_labelled(Row(1, ["单位", "金额"]))
    (True, False)
    """
    present = row.present
    return bool(present) and all(map(is_label, present))


def unit_of(row: Row) -> str | None:
    """The unit that a note above a table gives.

    >>> unit_of(Row(1, ["填报单位：某局", None, "单位：万元、人"])), unit_of(Row(1, ["填报单位：万元厂"]))
    ('万元', None)
    """
    for cell in row.present:
        match = _UNIT.search(cell)
        if match:
            words = [w for w in (match[1].strip(), *_STOPS.split(match[1])) if is_unit(w)]
            if words:
                return words[0]
    return None


def is_subtotal(row: Row, numbered: int | None) -> bool:
    """Whether a row in the midst of a table adds up others.

    Only 小计 is sure there; another word counts where the column that numbers the rows, `numbered`,
    has no number for it.
    """
    if not is_total(row):
        return False
    if _SPACES.sub("", row.present[0]).strip(":：").casefold() in ("小计", "subtotal"):
        return True
    number = row.cells[numbered : numbered + 1] if numbered is not None else ["0"]
    return not ((number[0] if number else None) or "").isdigit()


def is_total(row: Row) -> bool:
    """Whether the row adds up others: a word for it, then nothing but numbers.

    >>> is_total(Row(9, ["合 计", None, "1,200"])), is_total(Row(9, ["合计", "北京", "1"]))
    (True, False)
    >>> is_total(Row(9, ["共35家", None]))
    True
    """
    first = next(filter(None, row.cells), None)
    if first is None or first[0] not in _TOTAL_STARTS:
        return False
    word = _SPACES.sub("", first).strip(":：").casefold()
    rest = row.present[1:]
    if _COUNTED_TOTAL.match(word):
        return not rest or all(map(_is_figure, rest))
    if word not in _TOTALS:
        return False
    return all(map(_is_figure, rest)) and (bool(rest) or not word.isascii())


def _is_figure(cell: str) -> bool:
    return is_number(cell) or cell.strip("-—–/ ") == ""


def is_foot(row: Row) -> bool:
    """Whether the row begins as what stands under a table does: 注：, 数据来源：, 填报人：."""
    present = row.present
    return bool(present) and _FOOT.match(present[0]) is not None


def footers(rows: Sequence[Row], width: int) -> int:
    """How many rows at the end of `rows` are totals and notes rather than data.

    From the first of them on every row has to be a total, a note, a label or blank; below a note
    (注：) rows with a single cell go on with it.
    """
    if width < 2:
        return 0
    first = len(rows)
    while first and (len(rows[first - 1].present) < 2 or _is_under(rows[first - 1], width)):
        first -= 1
    for begin in range(first, len(rows)):
        if _is_under(rows[begin], width) and _all_under(rows[begin:], width):
            return len(rows) - begin
    return 0


def _is_under(row: Row, width: int) -> bool:
    count = len(row.present)
    few = count == 1 or 2 * count <= width
    return is_total(row) or is_labelled(row) or (is_foot(row) and few)


def _all_under(rows: Sequence[Row], width: int) -> bool:
    noted = False
    for row in rows:
        noted = noted or is_foot(row)
        sparse = len(row.present) < 2
        if not (_is_under(row, width) or not row.present or (noted and sparse)):
            return False
    return True
