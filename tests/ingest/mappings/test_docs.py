"""The page on mappings: its example is a mapping, and it leaves out no word of the language."""

import re
from pathlib import Path

import pytest

from ingest.mapping import load_mapping, parse, shipped
from ingest.mapping.conditions import _WORDS
from ingest.mapping.steps import STARTS, WORDS

PAGE = Path(__file__).parents[3] / "docs" / "mappings.md"


@pytest.fixture(scope="module")
def page():
    return PAGE.read_text("utf-8")


def test_the_example_is_right(page, tmp_path):
    (text,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    path = tmp_path / "example.yaml"
    path.write_text(text, encoding="utf-8")
    assert load_mapping(path).name == "suppliers"


@pytest.mark.parametrize(
    "words",
    [STARTS, WORDS, _WORDS[2:], parse.NEEDS, parse._TOP, parse._SECTION, parse._READER],
)
def test_every_word_is_there(page, words):
    missing = [w for w in words if not re.search(rf"[`{{ ]{re.escape(w)}\b", page)]
    assert missing == []


def test_every_shipped_mapping_is_there(page):
    assert all(f"`{name}`" in page for name in shipped())
