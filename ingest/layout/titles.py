"""Lists of who holds a title: 高企名单, 第五批专精特新“小巨人”企业公示名单."""

import re
from dataclasses import dataclass

from graph.names import is_placeholder

_TITLES = (
    ("小巨人", "专精特新“小巨人”企业"),
    ("专精特新", "专精特新中小企业"),
    ("创新型中小企业", "创新型中小企业"),
    ("科技型中小企业|科小", "科技型中小企业"),
    ("高新技术企业|高企", "高新技术企业"),
    ("单项冠军", "制造业单项冠军企业"),
    ("技术先进型服务企业", "技术先进型服务企业"),
    ("瞪羚", "瞪羚企业"),
    ("独角兽", "独角兽企业"),
    ("链主", "链主企业"),
)
_NOT_YET = re.compile("培育|拟|申报|推荐|后备|候选|申请|目标|意向|未通过")
_LEVELS = re.compile(r"国家级|省级|市级|区级|县级|国家|(?<=[\u4e00-\u9fff])省(?!级)")
_BATCH = re.compile(r"(?:20\d{2}\s*年度?)?\s*第\s*[一二三四五六七八九十\d]+\s*批(?:次)?")
_YEAR = re.compile(r"(20\d{2})\s*年度?")


_LEGAL_FORM = re.compile(
    r"有限责任|股份有限|有限公司|个人独资|合伙|外商|中外合[资作]|国有|集体|个体|私营|民营|内资|港澳台"
    r"|全民所有制|分公司|法人独资|自然人"
)


def no_title(text: str) -> bool:
    """Whether a word under 企业类型 is no title but a placeholder or a legal form.

    >>> no_title("有限责任公司(自然人投资或控股)"), no_title("专精特新中小企业")
    (True, False)
    """
    return is_placeholder(text) or _LEGAL_FORM.search(text) is not None


@dataclass(frozen=True)
class Title:
    """A title that a whole list is about, and what the list's name says of it."""

    name: str
    said: dict[str, str]


def title(text: str) -> Title | None:
    """The title that a list's name speaks of, None where it speaks of none.

    >>> title("2024年第一批高企名单")
    Title(name='高新技术企业', said={'batch': '2024年第一批'})
    """
    if _NOT_YET.search(text):
        return None
    for words, name in _TITLES:
        if re.search(words, text):
            said = {}
            batch = _BATCH.search(text) or _YEAR.search(text)
            if batch is not None:
                said["batch"] = re.sub(r"\s+", "", batch[0])
            level = _LEVELS.search(text)
            if level is not None:
                said["level"] = level[0]
            return Title(name, said)
    return None
