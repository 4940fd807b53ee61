"""The catalogue: all that the program says to people, in Chinese and English.

Texts stand in the TOML files beside this one, a file per subject, a table per message with `zh`
and `en`; a message's key is the file's stem and the table's name, `ingest.bad_share`. Texts are
`str.format` templates; values from outside are only ever put in, never read as templates.
"""

import os
import tomllib
from functools import cache
from importlib.resources import files
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
    """
    subject, _, name = key.partition(".")
    return _subject(subject)[name][lang].format(**values)


def locale_lang() -> Lang:
    """The language of the terminal: Chinese where the locale is, else English."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
