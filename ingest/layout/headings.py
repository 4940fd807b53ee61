"""Headings as people write them: what of a heading is its name, and what is a unit or a mark."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from graph.names import normalise
from graph.schema import EntityClass, Relation, Schema
from ingest.values.money import amount_unit
from ingest.values.numerals import counter_exponent, fold

_BRACKET = re.compile(r"\s*[（(\[【]\s*([^（）()\[\]【】]*?)\s*[)）\]】]\s*$")
_SLASH_UNIT = re.compile(r"\s*[/／]\s*([^/／]+)$")
_NOTES = re.compile(r"必填|选填|可选|可空|盖章|全称|中文|如有|required|optional", re.IGNORECASE)

IDS = frozenset(["id", "标识", "标识符", "唯一标识", "主键", "key", "identifier", "节点id"])
NUMBERS = frozenset(["编号", "编码", "代码", "code"])
ORDINALS = frozenset(["序号", "序", "no.", "no", "#", "行号", "index", "s/n", "sn"])
TYPES = frozenset(["type", "class", "类型", "类别", "实体类型", "节点类型", "类", "标签", "label"])
RELATION_TYPES = TYPES | frozenset(["关系", "关系类型", "关系名称", "relation", "rel", "predicate"])
FROMS = ("from", "起点", "起点id", "起点名称", "起始", "头实体", "主体", "source", "来源", "源")
TOS = ("to", "终点", "终点id", "终点名称", "目标", "尾实体", "客体", "target", "去向", "指向")
LEFTS = frozenset(["left", "左", "实体a", "甲", "a"])
RIGHTS = frozenset(["right", "右", "实体b", "乙", "b"])
JUDGEMENTS = frozenset(["judgement", "judgment", "判断", "判定", "结论", "是否相同", "是否同一"])
JUDGES = frozenset(["by", "判断人", "判定人", "审核人"])
REASONS = frozenset(["reason", "理由", "原因", "依据", "why"])


@dataclass(frozen=True)
class Column:
    """A column of a sheet: its heading as written, its name alone, and the unit it is in.

    `staged` is the column of the staged table, or of a derived one.
    """

    heading: str
    name: str
    staged: str
    unit: str | None = None

    def among(self, words: Iterable[str]) -> bool:
        return normalise(self.name) in words


def columns(headings: list[str], units: dict[int, str], *, levels: bool = False) -> list[Column]:
    """The columns of a sheet; `levels` says that 融资/金额 is a heading with another one above it.

    >>> columns(["*企业名称（必填）", "总投资（亿元）"], {})[1]
    Column(heading='总投资（亿元）', name='总投资', staged='c1', unit='亿元')
    """
    found = []
    for i, heading in enumerate(headings):
        name, unit = bare(heading.rpartition("/")[2] if levels else heading)
        found.append(Column(heading, name, f"c{i}", units.get(i) or unit))
    return found


def bare(heading: str) -> tuple[str, str | None]:
    """A heading without marks, notes and unit, and the unit.

    >>> bare("注册资本 / 万元"), bare("名称（全称）*"), bare("企业名称(中英文)")
    (('注册资本', '万元'), ('名称', None), ('企业名称(中英文)', None))
    """
    name = " ".join(heading.replace("*", " ").replace("＊", " ").split()).strip(" :：")
    unit = None
    bracket = _BRACKET.search(name)
    if bracket is not None and bracket.start() > 0:
        if is_unit(bracket[1]):
            name, unit = name[: bracket.start()], bracket[1].removeprefix("单位").strip(" :：")
        elif _NOTES.fullmatch(bracket[1]):
            name = name[: bracket.start()]
    else:
        slash = _SLASH_UNIT.search(name)
        if slash is not None and slash.start() > 0 and is_unit(slash[1]):
            name, unit = name[: slash.start()], slash[1]
    return name.strip(), unit


def is_unit(text: str) -> bool:
    """Whether a text in a heading's bracket is a unit: of money, of a count, per cent."""
    word = fold(text).removeprefix("单位").strip(" :")
    if not word:
        return False
    return word == "%" or amount_unit(word) is not None or counter_exponent(word) is not None


def nearest(word: str, names: Iterable[str], count: int = 3, cutoff: float = 0.6) -> str:
    """The names most like `word`, with commas; a dash where none is.

    >>> nearest("nmae", ["name", "share"])
    'name'
    """
    by_form = {normalise(n): n for n in names}
    near = difflib.get_close_matches(normalise(word), by_form, count, cutoff)
    return ", ".join(by_form[n] for n in near) or "—"


def terms(kind: EntityClass | Relation) -> list[str]:
    """All headings that a class's properties or a relation's attributes may have."""
    held = kind.properties if isinstance(kind, EntityClass) else kind.attributes
    return [n for term in held for n in (term.name, *term.label.values(), *term.aliases)]


def named_terms(schema: Schema) -> list[str]:
    """The names of all classes and relations, as people may write them."""
    kinds: list[EntityClass | Relation] = [*schema.classes.values(), *schema.relations.values()]
    return [n for kind in kinds for n in (kind.name, *kind.label.values(), *kind.aliases)]
