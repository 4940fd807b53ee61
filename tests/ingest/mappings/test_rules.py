"""Sections and rules: which files, columns and rows, which entities and relations."""

import pytest

from graph.errors import InputError
from graph.record import Record
from ingest import load
from ingest.discover import discover
from ingest.mapping import load_mapping

FIRM = """
file: table.csv
columns: [id, name]
entities:
  - class: Firm
    id: id
    set: {name: name}
"""


def test_entity_with_id_and_name(say):
    said = say(FIRM, ["id", "name"], [["a", "甲公司"], ["b", "乙公司"]])
    assert said.rows == [
        [{"line": 2, "name": "甲公司", "id": "a"}, {"line": 3, "name": "乙公司", "id": "b"}]
    ]
    assert said.rejects == [] and said.notes == []


def test_class_by_row_and_relation_by_row(say):
    body = """
file: table.csv
columns: [id, name, kind]
entities:
  - class: {column: kind, lookup: {table: {HES: University, PRC: Firm}}}
    id: id
    set: {name: name}
relations:
  - relation: {column: kind, lookup: {table: {HES: DEVELOPS, PRC: PROVIDES}}}
    from: id
    to: {constant: product}
"""
    said = say(body, ["id", "name", "kind"], [["a", "甲", "HES"], ["b", "乙", "PRC"]])
    assert [r["type"] for r in said.rows[0]] == ["University", "Firm"]
    assert [r["type"] for r in said.rows[1]] == ["DEVELOPS", "PROVIDES"]


def test_labels_of_the_ontology_are_words_of_a_mapping_too(say):
    body = """
file: table.csv
columns: [id, name]
entities:
  - class: 企业
    id: id
    set: {名称: name}
"""
    said = say(body, ["id", "name"], [["a", "甲"]])
    assert said.plan.emits[0].cls == "Firm"
    assert said.rows[0][0]["name"] == "甲"


def test_an_end_by_name_and_an_entity_without_id(say):
    body = """
file: table.csv
columns: [name, city, product]
entities:
  - class: Firm
    set: {name: name}
    region: city
relations:
  - relation: PROVIDES
    from: {name: name, class: Firm, region: city}
    to: {name: product, class: Product}
"""
    said = say(body, ["name", "city", "product"], [["甲", "成都", "硅片"], [None, "成都", "硅片"]])
    assert said.rows[0] == [{"line": 2, "name": "甲", "region": "成都"}]
    source, target = said.plan.emits[1].source, said.plan.emits[1].target
    assert (source.by, source.cls, target.by, target.cls) == ("name", "Firm", "name", "Product")
    assert [(r["from"], r["to"]) for r in said.rows[1]] == [("甲", "硅片")]
    mentions = said.plan.emits[2:]
    assert [(m.cls, m.by_name) for m in mentions] == [("Firm", True), ("Product", True)]
    assert [[r["name"] for r in rows] for rows in said.rows[2:]] == [["甲"], ["硅片"]]
    assert said.rejects == [(3, None, None, "mapping.says_nothing")]


def test_where_divides_the_rows_of_a_table_among_rules(say):
    body = """
file: table.csv
columns: [a, kind, b]
relations:
  - relation: REQUIRES
    where: {kind: [flow, "in"]}
    from: b
    to: a
  - relation: VARIANT_OF
    where: {kind: {matches: '^type'}}
    from: a
    to: b
"""
    rows = [["x", "flow", "y"], ["x", "type of", "z"], ["x", "else", "w"], ["x", None, "w"]]
    said = say(body, ["a", "kind", "b"], rows)
    assert [(r["from"], r["to"]) for r in said.rows[0]] == [("y", "x")]
    assert [(r["from"], r["to"]) for r in said.rows[1]] == [("x", "z")]
    assert [(line, key) for line, _, _, key in said.rejects] == [
        (4, "mapping.says_nothing"),
        (5, "mapping.says_nothing"),
    ]


def test_rows_left_out_by_the_section_are_rejected_and_explained(say):
    body = """
file: table.csv
columns: [id, name]
where: {name: {not: 合计}}
entities:
  - class: Firm
    id: id
    set: {name: name}
"""
    said = say(body, ["id", "name"], [["a", "甲"], ["b", "合计"]])
    assert said.rejects == [(3, "name", "合计", "mapping.left_out")]
    assert [r["id"] for r in said.rows[0]] == ["a"]


def test_filled_columns_and_checks_reject_a_row_with_its_line_and_reason(say):
    body = r"""
file: table.csv
columns: {id: filled, name: required, date: required}
check:
  - {column: date, matches: '^\d{4}-', because: {zh: 错位, en: shifted}}
entities:
  - class: Firm
    id: id
    set: {name: name}
"""
    rows = [
        ["a", "甲", "2020-01-01"],
        [None, "乙", "2020-01-01"],
        ["c", "丙", "成都"],
        ["d", "丁", None],
    ]
    said = say(body, ["id", "name", "date"], rows)
    assert said.rejects == [
        (3, "id", None, "mapping.not_filled"),
        (4, "date", "成都", "mapping.check"),
    ]
    assert said.plan.rejects[1].values == {"column": "date", "zh": "错位", "en": "shifted"}
    assert [r["id"] for r in said.rows[0]] == ["a", "d"]


def test_a_missing_optional_column_and_a_new_one_are_notices(say):
    body = """
file: table.csv
columns: {id: required, name: required, city: optional, old: ignored}
entities:
  - class: Firm
    id: id
    set: {name: name}
    keep: {city: city}
"""
    said = say(body, ["id", "name", "new", "old"], [["a", "甲", "1", "2"]])
    assert said.notes == ["mapping.optional_missing", "mapping.unknown_columns"]
    assert said.plan.notes[1].values["columns"] == "new"
    assert said.rows[0][0]["extra.city"] is None


def test_a_missing_required_column_is_an_error_that_names_it(say):
    with pytest.raises(InputError) as caught:
        say(FIRM, ["id", "nam"], [["a", "甲"]])
    assert caught.value.key == "mapping.missing_column"
    assert caught.value.values["columns"] == "name"
    assert "name → nam" in str(caught.value)


def test_columns_may_have_other_names_in_other_editions(say):
    body = """
file: table.csv
columns: {id: required, name: {need: required, also: [title, label]}}
entities:
  - class: Firm
    id: id
    set: {name: name}
"""
    said = say(body, ["ID", "Label"], [["a", "甲"]])
    assert said.rows[0][0]["name"] == "甲" and said.notes == []


def test_all_other_columns_may_be_ignored(say):
    body = """
file: table.csv
columns: {id: required, name: required, "*": ignored}
entities:
  - class: Firm
    id: id
    set: {name: name}
"""
    assert say(body, ["id", "name", "x", "y"], [["a", "甲", "1", "2"]]).notes == []


def test_a_repeated_heading_is_read_once_and_said(say):
    said = say(FIRM, ["id", "name", "name"], [["a", "甲", "乙"]])
    assert said.notes == ["mapping.repeated_heading"]
    assert said.rows[0][0]["name"] == "甲"


def test_units_come_from_the_mapping_or_the_heading(say):
    body = """
file: table.csv
columns: [id, name, size, sum]
make:
  market: {column: size, amount: USD}
entities:
  - class: Product
    id: id
    set: {name: name, market_size: market}
  - class: FundingRound
    id: id
    set: {name: name, amount: sum}
"""
    headings, units = ["id", "name", "size", "sum"], {1: "万元", 3: "万元"}
    said = say(body, headings, [["a", "甲", "5", "6"]], units=units)
    product, event = said.plan.emits
    assert product.units == {product.columns["market_size"]: "USD"}
    assert event.units == {event.columns["amount"]: "万元"}


def test_a_mere_mention_is_marked(say):
    body = FIRM + "    mention: true\n"
    assert say(body, ["id", "name"], [["a", "甲"]]).plan.emits[0].by_name is True


def test_no_two_rules_share_the_name_of_a_key_column(say):
    body = """
file: table.csv
columns: [id, name, kind]
entities:
  - class: Firm
    id: id
    where: {kind: firm}
    set: {name: name}
  - class: University
    id: id
    where: {kind: school}
    set: {name: name}
relations:
  - relation: DEVELOPS
    from: id
    to: {constant: t}
"""
    said = say(body, ["id", "name", "kind"], [["a", "甲", "firm"], ["b", "乙", "school"]])
    firm, school, develops = said.plan.emits
    assert len({firm.id_column, school.id_column, develops.source.column}) == 3
    assert len(said.rows[2]) == 2


def test_how_a_file_is_read_is_said_for_all_and_for_one(tmp_path, schema):
    one = FIRM.strip().replace("\n", "\n    ")
    other = one.replace("table.csv", 'b.csv\n    reader: {delimiter: tab, quote: ""}')
    path = tmp_path / "m.yaml"
    path.write_text(
        "mapping: m\nlanguage: 1\nsource: m\nreader: {lists: false}\nfiles:\n"
        f"  - {one}\n  - {other}\n",
        encoding="utf-8",
    )
    made = load_mapping(path, schema)
    assert made.options_for("table.csv") == {"lists": False}
    assert made.options_for("sub/b.csv") == {"lists": False, "delimiter": "tab", "quote": ""}
    assert made.options_for("c.csv") is None


def test_files_of_a_folder(mapping, tmp_path):
    made = mapping(FIRM.replace("table.csv", "[list*.csv, sub/only.csv]"))
    for name in ("list1.csv", "LIST2.CSV.gz", "sub/list3.csv", "sub/only.csv", "only.csv", "x.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    found = [p.relative_to(tmp_path).as_posix() for p, _ in made.files_for(tmp_path)]
    assert found == ["LIST2.CSV.gz", "list1.csv", "sub/list3.csv", "sub/only.csv"]


def test_the_digest_is_that_of_the_text_and_of_files_looked_into(mapping, tmp_path):
    from types import SimpleNamespace

    item = SimpleNamespace(root=tmp_path, path=tmp_path / "table.csv", file="table.csv")
    plain = mapping(FIRM)
    assert plain.digest == mapping(FIRM).digest != mapping(FIRM + "    keep: [name]\n").digest
    assert plain.digest_for(item) == plain.digest
    looking = mapping(
        FIRM.replace(
            "entities:",
            """make:
  code: {column: name, lookup: {file: codes.csv, key: name, value: code}}
entities:""",
        )
    )
    digests = set()
    for text in ("name,code\na,1\n", "name,code\na,2\n"):
        (tmp_path / "codes.csv").write_text(text, encoding="utf-8")
        digests.add(looking.digest_for(item))
    assert len(digests) == 2


def test_a_relation_by_name_finds_the_firm_that_has_a_code(mapping, tmp_path, tmp_path_factory):
    (tmp_path / "list.csv").write_text(
        "name,code,product\n甲公司,91510100MA6CABCD1X,硅片\n乙公司,,光刻胶\n", encoding="utf-8"
    )
    made = mapping("""
file: list.csv
columns: [name, code, product]
entities:
  - class: Firm
    set: {name: name, uscc: code}
relations:
  - relation: PROVIDES
    from: {name: name, class: Firm}
    to: {name: product, class: Product}
""")
    with Record.open(tmp_path_factory.mktemp("own") / "graph.duckdb", write=True) as record:
        load.ingest(record, discover([tmp_path / "list.csv"], "own"), mapping=made)
        view = record.view()
        assert view.entity_counts() == {"Firm": 2, "Product": 2}
        assert view.relation_counts() == {"PROVIDES": 2}
