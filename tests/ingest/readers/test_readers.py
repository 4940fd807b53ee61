"""What the package offers: kinds, options, readers of others, and a text for every message."""

import ast
import re
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from graph.errors import InputError, UsageError
from graph.messages import say
from ingest import readers
from ingest.readers import registry
from ingest.readers.options import ReadOptions, options_of
from ingest.sheet import Sheet

ROOT = Path(__file__).parents[3]


def test_kinds():
    for name, kind in {"a.CSV": "csv", "b.xlsx.gz": "xlsx", "c.jsonl": "jsonl"}.items():
        assert readers.can_read(Path(name))
        assert readers.kind(Path(name)) == kind
    for name in ("a.pdf", "a", "a.gz", ".csv", "a.csv.zip"):
        assert not readers.can_read(Path(name))


def test_options_from_a_mapping():
    given = {"delimiter": "tab", "header": False, "names": ["a"], "skip": 2, "encoding": "gbk"}
    assert options_of(given) == ReadOptions(
        delimiter="\t", header=False, names=("a",), skip=2, encoding="gbk"
    )
    assert options_of(None) == ReadOptions()


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"delimeter": ","}, "unknown_option"),
        ({"delimiter": "::"}, "bad_delimiter"),
        ({"quote": "''"}, "bad_quote"),
        ({"quote": None}, "bad_option"),
        ({"skip": -1}, "bad_skip"),
        ({"skip": "2"}, "bad_option"),
        ({"header": "no"}, "bad_option"),
        ({"encoding": "klingon"}, "bad_encoding"),
        ({"encoding": "base64"}, "bad_encoding"),
    ],
)
def test_options_that_make_no_sense(given, key):
    with pytest.raises(UsageError) as caught:
        options_of(given)
    assert caught.value.key == f"readers.{key}"
    assert caught.value.text("zh") and caught.value.text("en")


def _dta(source, options):
    return [Sheet(source.stem, ["name"], lambda con, table: None)]


def test_readers_of_other_packages(monkeypatch, write):
    points = [
        EntryPoint("dta", f"{__name__}:_dta", registry.GROUP),
        EntryPoint(".sav", "no_such_package:read", registry.GROUP),
        EntryPoint(".csv", "no_such_package:read", registry.GROUP),
    ]
    monkeypatch.setattr(registry, "entry_points", lambda group: points)
    monkeypatch.setattr(EntryPoint, "load", _load)
    registry._outside.cache_clear()
    try:
        (sheet,) = readers.read(write("企业.dta", "x"))
        assert sheet.name == "企业"
        with pytest.raises(InputError) as caught:
            readers.read(write("t.sav", "x"))
        assert caught.value.key == "readers.broken_reader"
        assert readers.read(write("t.csv", "a,b\n1,2\n"))
    finally:
        registry._outside.cache_clear()


def _load(point):
    if point.value.startswith("no_such"):
        raise ModuleNotFoundError("No module named 'no_such_package'")
    return _dta


def _keys():
    """The keys of messages that the readers' code names, as far as it names them whole."""
    words = set()
    parts = ("readers", "rdf")
    for path in sorted(p for part in parts for p in (ROOT / "ingest" / part).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.add(node.value.removeprefix("readers."))
    return words


def test_every_message_is_used_and_has_two_languages():
    catalogue = tomllib.loads((ROOT / "graph/messages/readers.toml").read_text("utf-8"))
    used = _keys()
    for key, texts in catalogue.items():
        assert set(texts) == {"zh", "en"}
        assert key in used or key.removeprefix("headings_") in used, key
        fields = [set(re.findall(r"(?<!\{)\{(\w+)\}", text)) for text in texts.values()]
        assert fields[0] == fields[1], key


def test_every_note_and_reject_can_be_said(read_text):
    texts = [
        "名录表,,\n单位：万元,,\n序号,名称,投资额\n1,甲,3\n,小计,3\n2,乙\n2\n1,2,3,4\n序号,名称,投资额\n合计,,3\n注：x\n",
        '"a",a,,\n"x,1,2,3\n1,2,3,4\n',
    ]
    said = []
    for text in texts:
        got = read_text(text)
        for item in (*got.notes, *got.rejects):
            said += [say(item.key, lang, **item.values) for lang in ("zh", "en")]
    assert len(said) > 20
    assert not [text for text in said if "{" in text or "None" in text]
