"""What the words of a stated problem say: how strongly, of which chain, what work they call for.

Word lists of the language, not of a text: a word counts wherever it stands, in Chinese by itself,
in English as a whole word.
"""

import re

STRONG = (
    "严重|突出|严峻|紧迫|迫切|亟需|亟待|急需|极为|十分|根本性|重大",
    "severe|severely|serious|seriously|acute|urgent|urgently|critical|major|grave",
)
MILD = ("轻微|略有|个别|稍有|偶有", "slight|slightly|minor|occasional|occasionally|mild")

LACKING = (
    "缺乏|缺少|缺失|缺位|空白|没有|尚无|尚未建立|无处",
    "lack|lacks|lacking|absent|absence|missing|no|none|without",
)
HANGING = (
    "依赖|受制于|卡脖子|断供|禁运|进口为主|独家",
    "depend|depends|dependent|dependence|reliance|relies|rely|embargo|choke|chokepoint",
)

CHAINS = {
    "talent": (
        "人才|师资|教学|用工|招工|技能",
        "talent|talents|skill|skills|staff|teachers|teaching",
    ),
    "capital": (
        "融资|资金|资本|投资|贷款|基金",
        "capital|funding|financing|finance|investment|investors|loans",
    ),
    "policy": ("政策|制度|法规|审批|监管", "policy|policies|regulation|regulations|permits"),
    "innovation": (
        "创新|科技|科研|研发|成果|转化|熟化|中试|产学研|技术",
        "innovation|research|technology|development|pilot|transfer",
    ),
}
"""The first chain of which a word is there: people and money are named where they are meant, while
科技 stands in front of everything."""


def _has(words: tuple[str, str], text: str) -> bool:
    zh, en = words
    return bool(re.search(rf"{zh}|\b(?:{en})\b", text, re.IGNORECASE))


def weighing(text: str) -> str | None:
    """The first word that makes a statement strong or mild, None where none does.

    >>> weighing("问题较突出"), weighing("成本高")
    ('突出', None)
    """
    for zh, en in (STRONG, MILD):
        found = re.search(rf"{zh}|\b(?:{en})\b", text, re.IGNORECASE)
        if found:
            return found[0]
    return None


def strength(text: str) -> float:
    """What one statement counts: 0.75, 0.5 or 0.25.

    >>> strength("问题较突出"), strength("成本高"), strength("a minor delay")
    (0.75, 0.5, 0.25)
    """
    if _has(STRONG, text):
        return 0.75
    return 0.25 if _has(MILD, text) else 0.5


def work(text: str) -> str:
    """The kind of work that the words call for.

    >>> work("缺乏中试平台"), work("关键材料依赖进口"), work("融合发展不足")
    ('补链', '固链', '强链')
    """
    if _has(HANGING, text):
        return "固链"
    return "补链" if _has(LACKING, text) else "强链"


def chain_of_words(text: str) -> str | None:
    """The kind of chain that the words name, None where they name none.

    >>> chain_of_words("高端人才引进难"), chain_of_words("产学研用融合发展不足")
    ('talent', 'innovation')
    """
    return next((chain for chain, words in CHAINS.items() if _has(words, text)), None)
