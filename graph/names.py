"""Names: how two spellings are compared, and which language a name is in."""

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_SPACE = re.compile(r"\s+")

PLACEHOLDERS = frozenset(
    "various|various countries|various companies|others|other|n/a|na|none|null|unknown|tbd"
    "|其他|其它|若干企业|多家企业|等|无|暂无|未知|未披露|不详|-|--|—|——|/|\\".split("|")
)
"""Words that stand where a name should: not an actor (gaps.md)."""


def normalise(name: str) -> str:
    """The form in which names are compared: NFKC, lower case, without spaces.

    >>> normalise(" Ａ公司（北京） ")
    'a公司(北京)'
    """
    return _SPACE.sub("", unicodedata.normalize("NFKC", name)).lower()


def is_placeholder(name: str) -> bool:
    """Whether `name` only fills a cell.

    >>> is_placeholder("Various"), is_placeholder("华为")
    (True, False)
    """
    folded = " ".join(unicodedata.normalize("NFKC", name).split()).casefold()
    return folded in PLACEHOLDERS


def has_han(text: str) -> bool:
    return _HAN.search(text) is not None


def by_language(name: str | None, name_en: str | None) -> dict[str, str]:
    """A name as a map from language to text; Chinese where untagged and in Han characters.

    >>> by_language("中试平台", "pilot plant")
    {'zh': '中试平台', 'en': 'pilot plant'}
    >>> by_language("EUV scanners", None)
    {'en': 'EUV scanners'}
    """
    names: dict[str, str] = {}
    if name and has_han(name):
        names["zh"] = name
    elif name:
        names["en"] = name
    if name_en:
        names["en"] = name_en
    return names


def shown(name: str | None, name_en: str | None, lang: str, fallback: str) -> str:
    """The name to show in `lang`, else the other one, else `fallback` (the id).

    >>> shown("中试平台", "pilot plant", "en", "P1")
    'pilot plant'
    """
    names = by_language(name, name_en)
    other = "en" if lang == "zh" else "zh"
    return names.get(lang) or names.get(other) or fallback


def nearest(name: str, known: Iterable[str], most: int = 2, alike: float = 0.6) -> list[str]:
    """The known names that `name` may have meant, whatever their case, the nearest first.

    >>> nearest("firm", ["Firm", "University"])
    ['Firm']
    """
    folded = {word.casefold(): word for word in sorted(known)}
    return [folded[word] for word in get_close_matches(name.casefold(), folded, most, alike)]
