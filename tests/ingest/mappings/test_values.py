"""Where the text of a cell starts, and every step that may be done to it."""

import pytest

from graph.errors import InputError


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
