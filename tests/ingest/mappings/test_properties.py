"""What holds for any text: nothing in a cell or in a mapping changes what the other words do."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

# what YAML can carry in double quotes and DuckDB in a text
TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\u2028\u2029\x85"),
    min_size=1,
    max_size=12,
)
CALM = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def outcome(say):
    def run(make: str, cell: str):
        body = f"""
file: table.csv
columns: [id, cell]
make:
  out: {make}
entities:
  - class: Product
    id: id
    set: {{name: out}}
"""
        return [r["name"] for r in say(body, ["id", "cell"], [["p", cell]]).rows[0]]

    return run


@CALM
@given(text=TEXT, cell=TEXT)
def test_texts_of_a_mapping_come_out_as_they_are(outcome, text, cell):
    quoted = json.dumps(text, ensure_ascii=False)
    assert outcome(f"{{constant: {quoted}}}", cell) == [text]
    assert outcome(f"{{column: cell, suffix: {quoted}}}", cell) == [cell + text]
    assert outcome(f"{{column: cell, null_if: {quoted}}}", text) == [None]
    assert outcome(f"{{column: cell, lookup: {{table: {{{quoted}: found}}}}}}", text) == ["found"]
    assert outcome(f"{{column: cell, is: {{equals: {quoted}}}}}", cell) == [
        "true" if cell == text else "false"
    ]


@CALM
@given(cell=TEXT, separator=st.sampled_from(["-", "、", ";;", "'", "%", "\\"]))
def test_split_and_path_agree_with_python(outcome, cell, separator):
    quoted = json.dumps(separator, ensure_ascii=False)
    parts = [p.strip() for p in cell.split(separator)]
    wanted = sorted({p for p in parts if p}) or [None]
    assert outcome(f"{{column: cell, split: {quoted}}}", cell) == wanted
    pieces = cell.split(separator)
    paths = {separator.join(pieces[: i + 1]) for i in range(len(pieces))}
    assert set(outcome(f"{{column: cell, path: {quoted}}}", cell)) == paths


@CALM
@given(st.dictionaries(TEXT, st.integers(0, 99) | TEXT, max_size=4))
def test_entries_give_what_json_says(say, pairs):
    body = """
file: table.csv
columns: [id, cell]
make:
  key: {column: cell, entries: value}
relations:
  - relation: RELIES_ON
    from: id
    to: key
    keep: [value]
"""
    cell = json.dumps(pairs, ensure_ascii=False)
    said = say(body, ["id", "cell"], [["a", cell]]).rows[0]
    assert {r["to"]: r["extra.value"] for r in said} == {k: str(v) for k, v in pairs.items()}
