"""JSON and JSON Lines: objects as rows, keys as columns, lines as places."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import readers
from ingest.readers.json_values import Decoder, text_of


@pytest.fixture
def read_json(write, stage):
    def read(content, name="t.json", **options):
        text = content if isinstance(content, str | bytes) else json.dumps(content, indent=1)
        return [stage(sheet) for sheet in readers.read(write(name, text), options)]

    return read


def test_an_array_of_objects(read_json):
    text = '[\n {"name": "甲", "n": 1},\n\n {"n": 2.50, "name": " 乙 ", "x": null}\n]'
    (got,) = read_json(text, "企业.json")
    assert (got.name, got.headings) == ("企业", ["name", "n", "x"])
    assert got.rows == [("甲", "1", None), ("乙", "2.50", None)]
    assert got.lines == [2, 4]
    assert (got.notes, got.rejects) == ([], [])


def test_an_object_of_arrays(read_json):
    got = read_json({"firm": [{"name": "甲"}], "made": "x", "in": {"provides": [{"from": "甲"}]}})
    assert [(s.name, s.rows) for s in got] == [("firm", [("甲",)]), ("provides", [("甲",)])]
    (one,) = read_json({"firm": [{"name": "甲"}], "other": [{"a": 1}]}, sheet="other")
    assert one.rows == [("1",)]
    (one,) = read_json({"hits": {"hits": [{"a": 1}]}, "x": {"hits": [{"b": 1}]}}, sheet="hits.hits")
    assert one.headings == ["a"]


def test_values(read_json):
    value = {
        "t": True, "i": 123456789012345678901, "f": 5.0, "e": 1e-7, "z": "002129", "o": {}, "l": [],
        "s": ["a", 1, None, "b"], "m": ["a;b", "c"], "one": ["a;b"], "d": [{"k": 1}],
        "in": {"a": 1, "b": {"c": "x"}},
    }  # fmt: skip
    (got,) = read_json([value])
    assert dict(zip(got.headings, got.rows[0], strict=True)) == {
        "t": "true", "i": "123456789012345678901", "f": "5", "e": "1e-07", "z": "002129", "o": None,
        "l": None, "s": "a;1;b", "m": '["a;b", "c"]', "one": "a;b", "d": '[{"k": 1}]', "in.a": "1",
        "in.b.c": "x",
    }  # fmt: skip
    assert [n.values["heading"] for n in got.notes if n.key == "readers.kept_as_json"] == ["m", "d"]


def test_numbers_that_are_none(read_json):
    (got,) = read_json('[{"name": "甲", "a": NaN, "b": Infinity, "c": 1e999}]')
    assert got.rows == [("甲", None, None, "1e999")]


def test_keys_that_are_data_stay_together(read_json):
    records = [{"name": f"n{i}", "ups": {f"k{i}-{j}": j for j in range(9)}} for i in range(9)]
    (got,) = read_json(records)
    assert got.headings == ["name", "ups"]
    assert json.loads(got.rows[8][1]) == records[8]["ups"]
    assert got.keys == ["keys_are_data"]


def test_one_object_and_objects_by_key(read_json):
    (got,) = read_json({"name": "甲", "city": "榕"})
    assert (got.rows, got.lines, got.keys) == ([("甲", "榕")], [1], ["one_record"])
    (got,) = read_json('{\n"N1": {"name": "甲"},\n"N2":\n {"name": "乙"}}')
    assert (got.headings, got.rows) == (["key", "name"], [("N1", "甲"), ("N2", "乙")])
    assert (got.lines, got.keys) == ([2, 4], ["keyed_objects"])


def test_elements_that_are_no_record_are_refused(read_json):
    (got,) = read_json('[{"name": "甲"},\n 3,\n {"name": "乙", "name": "丙"},\n{"a": 1, "a": 1}]')
    assert got.lines == [1, 4]
    assert got.refused == [(2, "not_an_object"), (3, "repeated_key")]
    assert got.rejects[1].raw == '{"name": "乙", "name": "丙"}'


@pytest.mark.parametrize("name", ["t.json", "t.jsonl", "t.ndjson"])
def test_lines(read_json, name):
    text = '\ufeff{"name": "甲"}\n\n{"name": "乙", "n": 1}\r\n{"name": "丙"'
    (got,) = read_json(text + "}", name)
    assert got.headings == ["name", "n"]
    assert got.rows == [("甲", None), ("乙", "1"), ("丙", None)]
    assert got.lines == [1, 3, 4]
    (got,) = read_json(text, name)
    assert got.refused == [(4, "bad_json_line")]


def test_bad_lines_are_refused_and_the_good_ones_go_in(read_json):
    text = '{"a": 1}\n{"a": 2,}\nnull\n{"a": 1, "a": 2}\n' + "[" * 5000 + '\n{"a": 3}\n'
    (got,) = read_json(text.encode() + b'{"a": "\xff"}\n', "t.jsonl")
    assert (got.rows, got.lines) == ([("1",), ("3",)], [1, 6])
    assert got.refused == [
        (2, "bad_json_line"), (3, "not_an_object"), (4, "repeated_key"), (5, "deep_json_line"),
        (7, "not_utf8"),
    ]  # fmt: skip
    assert got.rejects[0].values["column"] == 9


def test_an_array_named_as_lines(read_json):
    (got,) = read_json('[{"a": 1},\n {"a": 2}]', "t.jsonl")
    assert got.rows == [("1",), ("2",)]


def test_other_encodings(read_json):
    (got,) = read_json('[{"名称": "中国科学院", "城市": "北京"}]'.encode("gb18030"))
    assert (got.rows, got.keys) == ([("中国科学院", "北京")], ["encoding", "one_record"])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8"), max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.lists(st.dictionaries(st.sampled_from("abc"), VALUES, min_size=1), min_size=1, max_size=5)
)
@settings(deadline=None, max_examples=60)
def test_any_objects_come_back_as_lines_and_as_an_array(tmp_path_factory, records):
    folder = tmp_path_factory.getbasetemp()
    lines, array = folder / "h.jsonl", folder / "h.json"
    lines.write_text("".join(json.dumps(r) + "\n" for r in records))
    array.write_text("[" + ",\n".join(json.dumps(r) for r in records) + "]")
    from_lines, from_array = readers.read(lines), readers.read(array)
    assert from_lines[0].headings == from_array[0].headings
    assert len(set(from_lines[0].headings)) == len(from_lines[0].headings)
    flat = {heading.split(".")[0] for heading in from_lines[0].headings}
    assert {key for record in records for key in record} == flat


def test_repeated_keys_are_forgotten_once_told():
    decoder = Decoder()
    decoder.decode('{"a": {"b": 1, "b": 2}}')
    assert decoder.take_repeated() == "b"
    assert decoder.take_repeated() is None
    assert text_of(decoder.decode("7.0")) == ("7", False)
