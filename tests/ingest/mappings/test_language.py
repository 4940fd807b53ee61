"""Every word of the mapping language, on tables of a few rows."""

import pytest

from graph.errors import InputError

FIRM = """
file: table.csv
columns: [id, name]
entities:
  - class: Firm
    id: id
    set: {name: name}
"""


def product(make: str, rows, headings=("id", "cell"), columns="[id, cell]"):
    """A section whose products are named by the made column `out`."""
    return f"""
file: table.csv
columns: {columns}
make:
  out: {make}
entities:
  - class: Product
    id: id
    set: {{name: out}}
"""


@pytest.fixture
def outcome(say):
    """A function from a value and cells to what the cells become."""

    def run(make: str, *cells):
        rows = [[str(i), cell] for i, cell in enumerate(cells)]
        said = say(product(make, rows), ["id", "cell"], rows)
        return [row["name"] for row in said.rows[0]]

    return run


def test_entity_with_id_and_name(say):
    said = say(FIRM, ["id", "name"], [["a", "甲公司"], ["b", "乙公司"]])
    assert said.rows == [
        [{"line": 2, "name": "甲公司", "id": "a"}, {"line": 3, "name": "乙公司", "id": "b"}]
    ]
    assert said.rejects == [] and said.notes == []


@pytest.mark.parametrize(
    ("make", "cell", "wanted"),
    [
        ("cell", " x", " x"),
        ("{constant: 常量}", None, "常量"),
        ('{template: "p:{cell}/{id}"}', "x", "p:x/0"),
        ('{template: "p:{cell}"}', None, None),
        ("{column: cell, strip: true}", "  x ", "x"),
        ('{column: cell, strip: "[]"}', "[x]", "x"),
        ("{column: cell, lower: true}", "AbC", "abc"),
        ("{column: cell, upper: true}", "AbC", "ABC"),
        ("{column: cell, upper: false}", "AbC", "AbC"),
        ("{column: cell, prefix: a-, suffix: -z}", "x", "a-x-z"),
        ("{column: cell, prefix: a-}", None, None),
        ("{column: cell, first: 2}", "半导体", "半导"),
        ("{column: cell, digits: 6}", "688268.SH", "688268"),
        ("{column: cell, digits: 6}", "SH12", None),
        (r"{column: cell, regex: '\((\d{4})\)'}", "$1 (2019)", "2019"),
        (r"{column: cell, regex: '\d+'}", "ab12", "12"),
        (r"{column: cell, regex: {pattern: '(a)(b)', group: 2}}", "ab", "b"),
        (r"{column: cell, regex: '\d+'}", "ab", None),
        (r"{column: cell, drop: '\([^)]*\)'}", "a (b) c (d)", "a  c"),
        ("{column: cell, replace: {a: b, b: c}}", "ab", "cc"),
        ('{column: cell, date: "%Y%m%d"}', "20230821", "2023-08-21"),
        ('{column: cell, date: "%Y%m%d"}', "20231399", "20231399"),
        ("{column: cell, percent: true}", "61", "61%"),
        ("{column: cell, percent: true}", "61%", "61%"),
        ("{column: cell, lookup: {table: {a: b}}}", "a", "b"),
        ("{column: cell, lookup: {table: {a: b}}}", "c", None),
        ("{column: cell, lookup: {table: {a: b}, keep: true}}", "c", "c"),
        ("{column: cell, null_if: NA}", "NA", None),
        ("{column: cell, null_if: [NA, '-']}", "-", None),
        ("{column: cell, null_if: {placeholder: true}}", "其他", None),
        ("{column: cell, null_if: {placeholder: true}}", "甲", "甲"),
        ("{column: cell, null_if: {below: 0}}", "-3", None),
        ("{column: cell, null_if: {above: 1}}", "0.5", "0.5"),
        ("{column: cell, null_if: {any_of: [{below: 0}, {above: 1}, x]}}", "1.5", None),
        ("{column: cell, null_if: {any_of: [{below: 0}, {above: 1}, x]}}", "y", "y"),
        (r"{column: cell, is: {matches: '\*'}}", "某*公司", "true"),
        (r"{column: cell, is: {matches: '\*'}}", None, "false"),
        ("{column: cell, is: {same_as: id}}", "0", "true"),
        ("{column: cell, is: {not: {present: true}}}", None, "true"),
        ("{column: cell, otherwise: nothing}", None, "nothing"),
        ("{first_of: [cell, {constant: none}]}", None, "none"),
        ("{first_of: [cell, {constant: none}], upper: true}", "x", "X"),
    ],
)
def test_value(outcome, make, cell, wanted):
    assert outcome(make, cell) == [wanted]


def test_steps_are_done_in_the_order_in_which_they_are_written(outcome):
    assert outcome("{column: cell, prefix: x, first: 2}", "ab") == ["xa"]
    assert outcome("{column: cell, first: 2, prefix: x}", "ab") == ["xab"]


def test_text_of_the_mapping_is_never_read_as_sql(outcome):
    assert outcome("""{column: cell, suffix: "'; DROP TABLE staged; --"}""", "x") == [
        "x'; DROP TABLE staged; --"
    ]
    assert outcome("""{column: cell, replace: {"'": '"'}}""", "it's") == ['it"s']


def test_split_gives_one_record_for_each_part(say):
    body = """
file: table.csv
columns: [id, products]
make:
  product: {column: products, split: ["、", ","], prefix: "p:"}
entities:
  - class: Firm
    id: id
relations:
  - relation: PROVIDES
    from: id
    to: product
"""
    rows = [["f", "硅片、 光刻胶,硅片,,"], ["g", None]]
    said = say(body, ["id", "products"], rows)
    assert [r["id"] for r in said.rows[0]] == ["f", "g"]
    assert said.rows[1] == [
        {"line": 2, "from": "f", "to": "p:光刻胶"},
        {"line": 2, "from": "f", "to": "p:硅片"},
    ]
    assert said.rejects == []


def test_entries_gives_keys_and_values_of_a_json_object(say):
    body = """
file: table.csv
columns: [industry, ups]
make:
  up: {column: ups, entries: weight}
relations:
  - relation: RELIES_ON
    from: industry
    to: up
    keep: [weight]
"""
    rows = [["a", '{"b": 3, "c\\"d": 1}'], ["e", "{}"], ["f", "[1]"], ["g", "{oops"]]
    said = say(body, ["industry", "ups"], rows)
    assert said.rows[0] == [
        {"line": 2, "extra.weight": "1", "from": "a", "to": 'c"d'},
        {"line": 2, "extra.weight": "3", "from": "a", "to": "b"},
    ]
    assert [line for line, *_ in said.rejects] == [3, 4, 5]


def test_path_gives_a_node_and_all_its_ancestors(say):
    body = """
file: table.csv
columns: [id]
make:
  node: {column: id, path: {separator: "-", parent: broader, last: label}}
entities:
  - class: Product
    id: node
    set: {name: label}
relations:
  - relation: VARIANT_OF
    from: node
    to: broader
"""
    said = say(body, ["id"], [["A-B-C"], ["D"]])
    assert said.rows[0] == [
        {"line": 2, "name": "A", "id": "A"},
        {"line": 2, "name": "B", "id": "A-B"},
        {"line": 2, "name": "C", "id": "A-B-C"},
        {"line": 3, "name": "D", "id": "D"},
    ]
    assert said.rows[1] == [
        {"line": 2, "from": "A-B", "to": "A"},
        {"line": 2, "from": "A-B-C", "to": "A-B"},
    ]


def test_a_path_may_follow_a_split_and_nothing_is_said_twice_of_one_row(say):
    body = """
file: table.csv
columns: [id, products]
make:
  product: {column: products, split: ",", path: "-"}
relations:
  - relation: PROVIDES
    from: id
    to: product
"""
    said = say(body, ["id", "products"], [["f", "A-B,A-C"]])
    assert [r["to"] for r in said.rows[0]] == ["A", "A-B", "A-C"]


def test_made_columns_may_rest_on_made_columns(say):
    body = """
file: table.csv
columns: [id, list]
make:
  part: {column: list, split: ","}
  key: {template: "{id}/{part}"}
  loud: {column: key, upper: true}
entities:
  - class: Product
    id: loud
    set: {name: part}
"""
    said = say(body, ["id", "list"], [["a", "x,y"]])
    assert [(r["id"], r["name"]) for r in said.rows[0]] == [("A/X", "x"), ("A/Y", "y")]


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


def test_fillers_are_counted(say):
    body = """
file: table.csv
columns: [id, weight]
make:
  share: {column: weight, null_if: "0.001"}
relations:
  - relation: PROVIDES
    from: id
    to: {constant: p}
    set: {share: share}
"""
    said = say(body, ["id", "weight"], [["a", "0.001"], ["b", "0.5"], ["c", None]])
    assert [r["share"] for r in said.rows[0]] == [None, "0.5", None]
    assert said.notes == ["mapping.taken_as_unknown"]
    assert said.plan.notes[0].values["count"] == 1


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


def test_lookup_in_another_file(say, tmp_path):
    (tmp_path / "codes.csv").write_text(
        "name,code,kind\n甲,1,a\n乙,2,b\n甲,3,a\n丙,4,c\n", encoding="utf-8"
    )
    body = """
file: table.csv
columns: [id, who]
make:
  code: {column: who, lookup: {file: codes.csv, key: name, value: code, where: {kind: [a, b]}}}
relations:
  - relation: PROVIDES
    from: code
    to: id
"""
    rows = [["p", "甲"], ["q", "乙"], ["r", "丙"], ["s", None]]
    said = say(body, ["id", "who"], rows)
    assert [(r["from"], r["to"]) for r in said.rows[0]] == [("1", "p"), ("2", "q")]
    assert said.notes == ["mapping.taken_as_unknown"]
    assert [line for line, *_ in said.rejects] == [4, 5]


def test_lookup_in_a_file_that_is_not_there(say, tmp_path):
    body = """
file: table.csv
columns: [id, who]
make:
  code: {column: who, lookup: {file: ../codes.csv, key: name, value: code}}
entities:
  - class: Product
    id: code
    set: {name: id}
"""
    (tmp_path.parent / "codes.csv").write_text("name,code\n甲,1\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        say(body, ["id", "who"], [["p", "甲"]])
    assert caught.value.key == "mapping.lookup_file_missing"


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
