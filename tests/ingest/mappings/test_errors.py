"""A mapping that is wrong is refused before a row is read: file, line, key, nearest right word."""

import pytest

from graph.errors import GraphError, InputError, MappingError
from ingest.mapping import load_mapping, shipped

GOOD = """\
file: table.csv
columns: {id: filled, name: required, share: optional, note: ignored}
where: {name: {not: 合计}}
check:
  - {column: share, matches: '%$', because: {zh: 无, en: none}}
make:
  key: {column: id, prefix: "x:"}
  part: {column: name, split: ","}
entities:
  - class: Firm
    id: key
    set: {name: name}
relations:
  - relation: PROVIDES
    from: key
    to: {name: part, class: Product}
    set: {share: share, role: {constant: major}}
"""

CASES = [
    # what is changed, into what, the message's key, line, place, a word that helps
    ("class: Firm", "class: Frim", "unknown_class", 14, "entities[0].class", "Firm"),
    ("class: Firm", "class: Actor", "abstract_class", 14, "entities[0].class", "Firm"),
    ("class: Firm", "klass: Firm", "unknown_key", 14, "entities[0].klass", "class"),
    ("set: {name: name}", "set: {nmae: name}", "unknown_property", 16, "set.nmae", "name"),
    ("relation: PROVIDES", "relation: PROVIDE", "unknown_relation", 18, "relation", "PROVIDES"),
    ("share: share, role", "shares: share, role", "unknown_attribute", 21, "set.shares", "share"),
    ("constant: major", "constant: mayor", "unknown_value", 21, "set.role", "major"),
    ("class: Product", "class: Prodct", "unknown_class", 20, "to.class", "Product"),
    ("class: Product", "class: Firm", "wrong_end", 20, "to.class", "Product"),
    ("from: key", "from: kye", "unknown_column", 19, "relations[0].from", "key"),
    ("from: key", "from: note", "ignored_column", 19, "relations[0].from", "note"),
    ("from: key", "form: key", "unknown_key", 19, "relations[0].form", "from"),
    ("    from: key\n", "", "missing_key", 18, "relations[0]", "from"),
    ("prefix:", "prefx:", "unknown_step", 11, "make.key.prefx", "prefix"),
    ("column: id, ", "colunm: id, ", "unknown_step", 11, "make.key.colunm", "column"),
    ("column: id, ", "", "one_start", 11, "make.key", "column"),
    ("column: id, ", "column: id, constant: a, ", "one_start", 11, "make.key", "column"),
    ("{column: id, prefix: \"x:\"}", "{prefix: a, column: id}", "start_first", 11, "key", "column"),
    ('prefix: "x:"', "first: two", "not_number", 11, "make.key.first", "two"),
    ('prefix: "x:"', "upper: yes", "not_flag", 11, "make.key.upper", "yes"),
    ('prefix: "x:"', "regex: '(a'", "bad_pattern", 11, "make.key.regex", "(a"),
    ('prefix: "x:"', "regex: {pattern: a, group: 1}", "no_group", 11, "make.key.regex", "1"),
    ('prefix: "x:"', 'date: "%Q"', "bad_date_format", 11, "make.key.date", "%Q"),
    ('prefix: "x:"', "amount: kg", "bad_unit", 11, "make.key.amount", "kg"),
    ('prefix: "x:"', "null_if: {bigger: 1}", "unknown_key", 11, "null_if.bigger", "below"),
    ('prefix: "x:"', "null_if: {above: x}", "not_number", 11, "null_if.above", "x"),
    ('prefix: "x:"', "null_if: {same_as: nme}", "unknown_column", 11, "make.key", "name"),
    ('prefix: "x:"', "lookup: {file: a.csv, key: a}", "missing_key", 11, "key.lookup", "value"),
    ('prefix: "x:"', "entries: name", "column_twice", 11, "make.key", "name"),
    ("column: id, ", 'template: "{id", ', "bad_template", 11, "key.template", "{id"),
    ("column: id, ", "first_of: [{column: name, split: x}], ", "no_unfolding", 11, "first_of", "f"),
    ("id: filled", "id: fulfilled", "unknown_need", 6, "columns.id", "filled"),
    ("{column: share, m", "{column: shar, m", "unknown_column", 9, "check[0]", "share"),
    ("{column: share, m", "{column: part, m", "several_values", 9, "check[0]", "part"),
    (", because: {zh: 无, en: none}", "", "missing_key", 9, "check[0]", "because"),
    ("where: {name:", "where: {naem:", "unknown_column", 5, "files[0]", "name"),
    ("    id: key\n    set: {name", "    set: {masked", "no_key", 14, "entities[0]", "name"),
    ("set: {name: name}", "mention: true", "missing_key", 14, "entities[0]", "name"),
    ("name: part, class: Product", "column: name, entries: x", "make_it", 20, "to", "x"),
    ("file: table.csv", "fiel: table.csv", "unknown_key", 5, "files[0].fiel", "file"),
    ("file: table.csv", "reader: {delimiter: xx}\nfile: a", "bad_reader", 5, "reader", "xx"),
    ("file: table.csv", "reader: {skip: -1}\nfile: a", "not_number", 5, "reader.skip", "-1"),
    ("file: table.csv", "reader: {encoding: u9}\nfile: a", "bad_reader", 5, "reader", "u9"),
    ("file: table.csv", "reader: {sep: x}\nfile: a", "unknown_key", 5, "reader.sep", "skip"),
    ("set: {name: name}", "set: [name]", "not_mapping", 16, "set", "key"),
    ("class: Firm", "class: [Firm]", "not_mapping", 14, "entities[0].class", "key"),
    ("class: Firm", "class:", "empty_value", 14, "entities[0].class", "nothing"),
]  # fmt: skip


def test_the_mapping_that_the_errors_start_from_is_right(mapping):
    assert len(mapping(GOOD).sections) == 1


@pytest.mark.parametrize(("old", "new", "key", "line", "place", "word"), CASES)
def test_error_names_line_key_and_the_nearest_word(mapping, old, new, key, line, place, word):
    assert old in GOOD
    with pytest.raises(MappingError) as caught:
        mapping(GOOD.replace(old, new, 1))
    error = caught.value
    assert error.key == f"mapping.{key}"
    assert error.values["line"] == line
    assert place in str(error.values["place"])
    assert f"test.yaml:{line}: " in str(error) and word in str(error)
    assert f"test.yaml:{line}：" in error.text("zh")
    assert error.exit_code == 2


def test_a_column_that_has_several_values_divides_no_rows(mapping):
    body = GOOD.replace("where: {name: {not: 合计}}\n", "").replace(
        "check:\n  - {column: share, matches: '%$', because: {zh: 无, en: none}}\n", ""
    )
    wrong = body.replace("make:", "where: {part: {present: true}}\nmake:")
    assert mapping(body)
    with pytest.raises(MappingError) as caught:
        mapping(wrong)
    assert caught.value.key == "mapping.several_values"


def test_a_lookup_is_checked_against_what_the_mapping_says_of_that_file(tmp_path, schema):
    text = """\
mapping: test
language: 1
source: test
files:
  - file: a.csv
    columns: [id, name]
    make:
      code: {column: name, lookup: {file: b.csv, key: title, value: id}}
    entities:
      - {class: Firm, id: code, set: {name: name}}
  - file: b.csv
    columns: [id, titel]
    entities:
      - {class: Firm, id: id, set: {name: titel}}
"""
    path = tmp_path / "m.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MappingError) as caught:
        load_mapping(path, schema)
    assert caught.value.key == "mapping.unknown_column" and caught.value.values["line"] == 8
    assert "titel" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("", "mapping.empty", None),
        ("a: [b\n", "mapping.not_yaml", 2),
        ("a: b\n c: d\n", "mapping.not_yaml", 2),
        ("a: \x07\n", "mapping.not_yaml", 1),
        ("a: &x b\nc: *x\n", "mapping.no_tricks", 1),
        ("a: !!python/object/apply:os.system [ls]\n", "mapping.no_tricks", 1),
        ("a: b\na: c\n", "mapping.repeated_key", 2),
        ("[a]: b\n", "mapping.not_text", 1),
        ("- a\n", "mapping.not_mapping", 1),
        ("[" * 5000, "mapping.too_deep", 1),
        ("mapping: a\nlanguage: 1\nsource: a\n", "mapping.missing_key", 1),
        ("mapping: a\nlanguage: 2\nsource: a\nfiles: []\n", "mapping.other_language", 2),
    ],
)
def test_a_file_that_is_no_mapping(tmp_path, schema, text, key, line):
    path = tmp_path / "m.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MappingError) as caught:
        load_mapping(path, schema)
    assert caught.value.key == key
    assert caught.value.values.get("line") == line
    assert "m.yaml" in str(caught.value) and "m.yaml" in caught.value.text("zh")


def test_a_mapping_in_another_encoding_or_too_large(tmp_path, schema):
    path = tmp_path / "m.yaml"
    path.write_bytes("mapping: a\nsource: 企业\n".encode("gb18030"))
    with pytest.raises(InputError) as caught:
        load_mapping(path, schema)
    assert (caught.value.key, caught.value.values["line"]) == ("mapping.not_utf8", 2)
    path.write_bytes(b"#" * 1_000_001)
    with pytest.raises(InputError) as caught:
        load_mapping(path, schema)
    assert caught.value.key == "mapping.too_large"


def test_a_mapping_that_is_not_there(tmp_path, schema):
    with pytest.raises(InputError) as missing:
        load_mapping(tmp_path / "no.yaml", schema)
    assert missing.value.key == "mapping.unreadable"
    with pytest.raises(MappingError) as unknown:
        load_mapping("etto", schema)
    assert unknown.value.key == "mapping.no_such" and "eto" in str(unknown.value)


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_mapping_agrees_with_the_ontology(name, schema):
    try:
        mapping = load_mapping(name, schema)
    except GraphError as error:
        pytest.fail(str(error))
    assert mapping.name == name and mapping.source and set(mapping.about) == {"zh", "en"}
