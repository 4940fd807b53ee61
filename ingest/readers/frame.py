"""Where a table begins: title rows above it, one row of headings or two, units, numbering.

Careful on purpose: a first row with several cells is the headings, as it stands, unless all of its
cells are labels such as 单位：万元. What is set aside is told in a note.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ingest.readers.cells import is_number
from ingest.readers.headings import fold, strip_unit, told_apart
from ingest.readers.options import ReadOptions
from ingest.readers.rows import Row, is_help, is_label, is_labelled, unit_of
from ingest.sheet import Note
from ingest.values.money import amount_unit

Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column of merged cells, counted from 0."""

_ABOVE = 30  # rows in which the headings are looked for
_LEVELS = 4
_HELP = 3  # rows of help that a template has at most
_WORD = re.compile(
    r"名称?$|序号$|编号$|代码$|日期$|时间$|年份$|[额款]$|资本$|地址$|地区$|类[型别]$|行业$|领域$|产品$|电话$|轮次$"
    r"|联系人$|代表人$|投资[方人]$|单位$|部门$|备注$|级别$|等级$|方向$|内容$|规模$|阶段$|状态$|所在.+|所属.+|主营.+"
    r"|^(?:id|name|type|class|title|date|year|from|to|source|target|amount|city|country|region"
    r"|industry|code|address|url|website|status|stage|round|investors?|products?|email|phone)$",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"(?:名单|名录|清单|一览表|统计表|汇总表?|登记表|情况表|明细表?|表|项目库|目录|台账|公示|附件\s*\d*|花名册|信息库|数据库)"
    r"(?:[(（].*[)）])?$|^附件|^表\s*\d|\b(?:list|table|register|directory|report)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(r"额|资金|资本|投资|产值|营收|收入|利润|资产|纳税|税收|经费|预算|估值|市值|支出|成本|amount|capital|revenue"
                    r"|funding|investment|budget|valuation|turnover", re.IGNORECASE)  # fmt: skip
_NO_MONEY = re.compile(r"[方人者]$|机构|轮次|日期|时间|年份|年度$|类型|类别|方式|来源|比例|占比|率|阶段|名称|单位|地$|国别|次数|数量"
                       r"|家数|项数|人数|个数|方向|领域|经理|内容|备注|date|type|round|name|rate|ratio|share|investors?$"
                       r"|number|count|stage|source", re.IGNORECASE)  # fmt: skip
_ORDINALS = frozenset(["序号", "序"])
_PERHAPS_ORDINALS = frozenset(["#", "no", "no.", "no．", "行号", "项次", "编号", "s/n"])


@dataclass
class Frame:
    """What is known of a table before its data: `width` fields a row, of which `columns` are kept.

    `headings` are those of `columns`; data begins at index `first` of the rows; `units` by the
    index in `headings`. `numbered` is the field that only counts rows, if there is one.
    """

    width: int
    columns: list[int]
    headings: list[str]
    first: int
    units: dict[int, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    numbered: int | None = None


def frame(
    rows: Sequence[Row],
    options: ReadOptions,
    place: dict[str, object],
    merges: Sequence[Merge] = (),
) -> Frame | None:
    """The frame of the table in `rows` (all of them, or the first few hundred); None when blank.

    `place` are the values that say in a note which file, and sheet, it is about.
    """
    notes: list[Note] = []

    def note(key: str, line: int | None, **values: object) -> None:
        notes.append(Note(f"readers.{key}", {**place, **values}, line))

    if not options.header:
        width = max([len(options.names), *(len(row.cells) for row in rows)])
        if not width:
            return None
        names = [*options.names, *(f"column {i + 1}" for i in range(len(options.names), width))]
        return Frame(width, list(range(width)), told_apart(names), 0)
    at, unit = _above(rows, merges, note) if options.lists else (_first_present(rows), None)
    if at is None:
        return None
    levels = _levels(rows, at, merges) if options.lists else [rows[at].cells]
    width = max(len(level) for level in levels)
    if len(levels) > 1:
        note("levels", rows[at].line, count=len(levels))
    texts = [_joined([level[i] for level in levels if i < len(level)]) for i in range(width)]
    for i, name in enumerate(options.names):
        texts[i : i + 1] = [name]
    width = len(texts)
    first = at + len(levels)
    if options.lists:
        first = _below_help(rows, first, note)
    data = [row for row in rows[first:] if row.present]
    found = Frame(width, [], [], first, notes=notes)
    if options.lists:
        found.numbered = _numbering(texts, data)
    _choose(found, texts, data, note, rows[at].line)
    _units(found, data, unit, note)
    return found


def _first_present(rows: Sequence[Row]) -> int | None:
    return next((i for i, row in enumerate(rows) if row.present), None)


def _above(
    rows: Sequence[Row], merges: Sequence[Merge], note: Callable[..., None]
) -> tuple[int | None, str | None]:
    """The index of the row of headings, and the unit that a row above it gives."""
    unit: str | None = None
    for at, row in enumerate(rows[:_ABOVE]):
        present = row.present
        if not present or (is_help(row) and len(present) == 1):
            continue
        spans = any(top == at and right > left for top, left, _, right in merges)
        if is_labelled(row) or _is_title(row, rows[at + 1 : _ABOVE], spans):
            unit = unit_of(row) or unit
            text = " ".join(fold(cell) for cell in present)
            note("title_row", row.line, title=text[:200])
            continue
        return at, unit
    return _first_present(rows), None


def _is_title(row: Row, below: Sequence[Row], spans: bool) -> bool:
    """Whether the row's only cell is a title: a row of headings follows, wider than it.

    `spans` says that it is merged over several columns, as titles are.
    """
    loose = [cell for cell in row.present if not is_label(cell)]
    if len(loose) != 1:
        return False
    title = fold(loose[0])
    for other in below:
        cells = other.present
        if len(cells) < 2 or is_labelled(other):
            continue
        texts = [fold(cell) for cell in cells]
        if any(map(is_number, texts)) or len(set(texts)) < len(texts):
            return False
        words = sum(1 for text in texts if _WORD.search(strip_unit(text)[0]))
        named = _TITLE.search(title) is not None and not _WORD.search(title)
        return words >= 2 or named or spans
    return False


def _levels(rows: Sequence[Row], at: int, merges: Sequence[Merge]) -> list[list[str | None]]:
    """The rows of headings, from the top: more than one where headings have parts below them."""
    filled = [list(row.cells) for row in rows[at : at + _LEVELS]]
    depth = 1
    if merges:
        for top, left, bottom, right in merges:
            if top >= at and bottom - at < len(filled):
                cells = filled[top - at]
                value = cells[left] if left < len(cells) else None
                for level in filled[top - at : bottom - at + 1]:
                    level[left : right + 1] = [value] * (right + 1 - left)
        while depth < len(filled) and _parted(rows, at, depth, merges):
            depth += 1
    if depth == 1 and len(filled) > 1 and _is_parts(rows[at].cells, rows[at + 1].cells):
        depth = 2
        parent: str | None = None
        for i, cell in enumerate(filled[0]):
            parent = cell or parent
            if filled[1][i : i + 1] != [None]:
                filled[0][i] = parent
    return filled[:depth]


def _parted(rows: Sequence[Row], at: int, depth: int, merges: Sequence[Merge]) -> bool:
    """Whether the row `depth` below the first row of headings holds parts of a merged heading."""
    last = at + depth - 1
    wide = [m for m in merges if m[0] == m[2] == last and m[3] > m[1]]
    tall = [m for m in merges if at <= m[0] <= last < m[2]]
    below = rows[last + 1].cells
    parts = [below[i] for m in wide for i in range(m[1], min(m[3] + 1, len(below)))]
    covered = {i for m in (*wide, *tall) for i in range(m[1], m[3] + 1)}
    loose = [c for i, c in enumerate(below) if i not in covered and c is not None]
    texts = [p for p in parts if p is not None]
    enough = len(texts) >= 2 and not any(map(is_number, texts))
    return enough and (not loose or bool(tall)) and len(loose) <= len(texts)


def _is_parts(above: Sequence[str | None], below: Sequence[str | None]) -> bool:
    """Whether `below` has parts just under the headings that span several columns of `above`.

    >>> _is_parts(["序号", "名称", "融资", None], [None, None, "金额", "日期"])
    True
    >>> _is_parts(["序号", "名称", "融资", None], ["1", "某公司", "3000", "2024"])
    False
    """
    if len(above) != len(below) or None not in above or above[0] is None:
        return False
    spanned = {i for i, cell in enumerate(above) if cell is None}
    spanned |= {i - 1 for i in spanned if above[i - 1] is not None}
    for i, cell in enumerate(below):
        if (cell is not None) != (i in spanned) or (cell is not None and is_number(cell)):
            return False
    return len(spanned) < len(above)


def _below_help(rows: Sequence[Row], first: int, note: Callable[..., None]) -> int:
    """The index of the first row below those of help; many rows with `#` are data."""
    end = first
    helping = []
    while end < len(rows) and (not rows[end].present or is_help(rows[end])):
        if rows[end].present:
            helping.append(rows[end].line)
        end += 1
    if not helping or len(helping) > _HELP:
        return first
    note("help_rows", helping[0], count=len(helping))
    return end


def _joined(parts: Sequence[str | None]) -> str | None:
    """The parts of one heading, from the top, each once.

    >>> _joined(["融资", "金额\\n", "（万元）"]), _joined(["名称", "名称"]), _joined([None, None])
    ('融资/金额（万元）', '名称', None)
    """
    texts: list[str] = []
    for part in parts:
        text = fold(part) if part else ""
        if text[:1] in "（(" and texts:  # a unit on a line of its own
            texts[-1] += text
        elif text and text not in texts:
            texts.append(text)
    return "/".join(texts) or None


def _numbering(texts: Sequence[str | None], data: Sequence[Row]) -> int | None:
    """The column that only numbers the rows: 序号, or one like it that counts 1, 2, 3."""
    for i, text in enumerate(texts):
        word = (text or "").casefold()
        if word in _ORDINALS and len(texts) > 1:
            return i
        if word in _PERHAPS_ORDINALS and i == 0 and len(texts) > 1:
            cells = [row.cells[0] for row in data if row.cells and row.cells[0]]
            if cells and [c for c in cells if c.isdigit()] == [
                str(n + 1) for n in range(len(cells))
            ]:
                return i
    return None


def _choose(
    found: Frame,
    texts: Sequence[str | None],
    data: Sequence[Row],
    note: Callable[..., None],
    line: int,
) -> None:
    """Keeps the columns with a heading or data; a repeated heading is told apart."""
    chosen: list[str] = []
    for i, text in enumerate(texts):
        if i == found.numbered:
            note("numbering", line, heading=text)
            continue
        if text is None:
            if not any(i < len(row.values) and row.values[i] for row in data):
                continue
            text = f"column {i + 1}"
            note("no_heading", line, column=i + 1, heading=text)
        found.columns.append(i)
        chosen.append(text)
    found.headings = told_apart(chosen)
    for plain, apart in zip(chosen, found.headings, strict=True):
        if plain != apart:
            note("repeated_heading", line, heading=plain, name=apart)


def _units(found: Frame, data: Sequence[Row], unit: str | None, note: Callable[..., None]) -> None:
    money = unit is not None and amount_unit(unit) is not None
    given: list[str] = []
    for place, (column, heading) in enumerate(zip(found.columns, found.headings, strict=True)):
        bare, own = strip_unit(heading)
        if own:
            found.units[place] = own
        elif unit and money and _is_money(bare):
            cells = [c for row in data if column < len(row.values) and (c := row.values[column])]
            if sum(map(is_number, cells)) * 2 >= len(cells):
                found.units[place] = unit
                given.append(heading)
    if unit and given:
        note("unit", None, unit=unit, headings="、".join(given))
    elif unit:
        note("unit_unused", None, unit=unit)


def _is_money(heading: str) -> bool:
    """Whether a column's heading speaks of an amount of money.

    >>> [_is_money(h) for h in ("注册资本", "融资金额", "投资方", "融资轮次", "总投资")]
    [True, True, False, False, True]
    """
    return bool(_MONEY.search(heading)) and not _NO_MONEY.search(heading)
