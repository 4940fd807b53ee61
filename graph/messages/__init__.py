"""The catalogue: all that the program says to people, in Chinese and English.

Texts stand in the TOML files beside this one, a file per subject, a table per message with `zh`
and `en`; a message's key is the file's stem and the table's name, `ingest.bad_share`. Texts are
`str.format` templates; values from outside are only ever put in, never read as templates. A part
in double square brackets is left out where a value in it is empty: `[[Near it: {near}]]`.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Literal

Lang = Literal["zh", "en"]


@cache
def _subject(name: str) -> dict[str, dict[str, str]]:
    text = files(__name__).joinpath(f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


def say(key: str, lang: Lang, /, **values: object) -> str:
    """The message `key` in `lang`, filled with `values`.

    >>> say("core.closing", "en", name="x{y}")
    'x{y}.'
    >>> say("gaps.unknown_setting", "en", name="x", near="")
    "There is no threshold called 'x'."
    """
    subject, _, name = key.partition(".")
    text = _subject(subject)[name][lang]
    if "[[" in text:
        text = _PART.sub(lambda part: "" if _empty(part[1], values) else part[1], text)
    return text.format(**values)


_PART = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
EMPTY = (None, "", "—")
"""Values that say nothing."""


def _empty(part: str, values: Mapping[str, object]) -> bool:
    """Whether a value that a part of a template speaks of is empty."""
    return any(values.get(name) in EMPTY for _, name, _, _ in Formatter().parse(part) if name)


def locale_lang() -> Lang:
    """The language of the terminal: Chinese where the locale is, else English."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
