"""Spellings: in which forms a term of the ontology is recognised."""

import re
from collections.abc import Iterator
from functools import lru_cache

from graph.names import normalise

_MARKS = re.compile(r"^[*＊]+|[*＊:：]+$")
_BRACKET = re.compile(r"\([^()]*\)$")
_ORDINAL = re.compile(r"^\d+[._、\- ]+")
_LIST = re.compile(
    r"(?:信息)?(?:名录|名单|清单|列表|一览表|目录|汇总表|台账|表|库|list|table|data)$"
)


@lru_cache(maxsize=8192)
def key(text: str) -> str:
    """The form in which a term's names are compared: case, width, spaces, `_` and `-` are alike.

    >>> key("Funding_Round") == key("funding round") == key("FundingRound")
    True
    """
    return normalise(text).replace("_", "").replace("-", "")


def forms(text: str) -> Iterator[str]:
    """The keys under which a heading, type or file name may be known, the plainest first.

    >>> list(forms("*注册资本（万元）"))
    ['注册资本(万元)', '注册资本']
    >>> list(forms("01_firms"))
    ['01firms', '01firm', 'firms', 'firm']
    >>> list(forms("企业名录"))
    ['企业名录', '企业']
    """
    seen: dict[str, None] = {}
    plain = _MARKS.sub("", text.strip())
    words = (plain, _ORDINAL.sub("", plain))
    wholes = [key(word) for word in words]
    for form in (
        *wholes,
        *(_BRACKET.sub("", w) for w in wholes),
        *(_LIST.sub("", w) for w in wholes),
    ):
        for one in (form, *_singular(form)):
            if one:
                seen.setdefault(one)
    yield from seen


def _singular(word: str) -> tuple[str, ...]:
    if word.endswith("ies"):
        return (word[:-3] + "y", word[:-1])
    if word.endswith("ses") or word.endswith("xes") or word.endswith("ches"):
        return (word[:-2], word[:-1])
    if word.endswith("s") and not word.endswith("ss") and word.isascii():
        return (word[:-1],)
    return ()
