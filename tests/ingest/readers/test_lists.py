"""Lists as people have them: titles, two rows of headings, units, numbering, totals and notes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.readers import delimited, strip_unit
from ingest.readers.cells import clean
from ingest.readers.frame import frame
from ingest.readers.opening import open_source
from ingest.readers.options import ReadOptions
from ingest.readers.rows import Row, footers

REGISTER = (
    "2024年某市重点企业名录,,,,\n"
    "填报单位：某市某局,,,单位：万元,\n"
    "\n"
    "序号,企业名称,注册资本,投资方,融资金额（亿元）\n"
    "# 必填,填全称,数字,多个用顿号,数字\n"
    "1,甲公司,3000,子基金、丑基金,1.2\n"
    "2,乙公司,500,,\n"
    "\n"
    "合计,,3500,,1.2\n"
    "注：注册资本以工商登记为准,,,,\n"
    "数据截至2024年底。,,,,\n"
    "填报人：张三,,审核人：李四,,\n"
)


def test_a_register_with_all_of_it(read_text):
    got = read_text(REGISTER)
    assert got.headings == ["企业名称", "注册资本", "投资方", "融资金额（亿元）"]
    assert got.rows == [("甲公司", "3000", "子基金、丑基金", "1.2"), ("乙公司", "500", None, None)]
    assert got.lines == [6, 7]
    assert got.units == {1: "万元", 3: "亿元"}
    assert got.rejects == []
    told = [(note.key.removeprefix("readers."), note.line) for note in got.notes]
    assert told == [
        ("title_row", 1), ("title_row", 2), ("help_rows", 5), ("numbering", 4), ("unit", None),
        ("total_row", 9), ("note_row", 10), ("total_row", 11), ("note_row", 12),
    ]  # fmt: skip
    assert got.notes[0].values["title"] == "2024年某市重点企业名录"


def test_a_large_list_is_read_as_a_small_one(write, stage):
    lines = REGISTER.splitlines(keepends=True)
    many = [f"{i},企业{i},{i},,\n" for i in range(3, 3000)]
    source = open_source(write("t.csv", "".join(lines[:7] + many + lines[7:])), 1 << 20)
    (small,) = delimited.read(source, ReadOptions())
    (large,) = delimited.read(source, ReadOptions(), careful=0)
    assert stage(small) == stage(large)
    assert len(stage(large).rows) == 2999


def test_two_rows_of_headings(read_text):
    got = read_text(
        "序号,企业名称,融资,,地址,\n,,金额\n（万元）,日期,省,市\n".replace(
            "金额\n（万元）", '"金额\n（万元）"'
        )
        + "1,甲,300,2024-05,闽,榕\n"
    )
    assert got.headings == ["企业名称", "融资/金额（万元）", "融资/日期", "地址/省", "地址/市"]
    assert got.rows == [("甲", "300", "2024-05", "闽", "榕")]
    assert (got.lines, got.units) == ([4], {1: "万元"})
    assert "levels" in got.keys


@pytest.mark.parametrize(
    "text",
    [
        "name,city,note\nA,B,\nC,D,x\n",
        "name,share\nTotal,0.5\nA,0.1\n",
        "名称,金额\n合计公司,3\n合计,4\n乙,5\n",
        "名称,城市\n合计,北京\n",
        "名称,备注\n甲,注：见下\n注：乙,某某\n",
        "id,name\n#1,甲\n#2,乙\n#3,丙\n#4,丁\n",
        "单位,金额\n甲,1\n乙,2\n",
        "编号,名称\nA1,甲\nA2,乙\n",
        "no,name\n3,甲\n7,乙\n",
        "name\n合计\n",
        "年度,2021,2022\n甲,1,2\n",
        "h0,h1\n,\n1,2\n",
        ",name\n0,甲\n1,乙\n",
        "name,name_en\n甲,\n乙,\n丙,\n",
        "备注,名称\n说明：甲,乙\n",
    ],
)
def test_what_might_be_data_is_kept(read_text, text):
    records = [line.split(",") for line in text.splitlines()]
    got = read_text(text)
    width = len(records[0])
    assert len(got.headings) == width
    expected = [tuple(clean(c) for c in record) for record in records[1:]]
    assert got.rows == [row for row in expected if any(row)]
    assert set(got.keys) <= {"no_heading"}
    assert not got.rejects


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(categories=["Lu", "Lo", "Ll"]), min_size=1, max_size=8),
            st.text(st.characters(categories=["Lu", "Lo", "Ll"]), min_size=1, max_size=8),
            st.integers(0, 10**6),
        ),
        min_size=1,
    )
)
@settings(deadline=None, max_examples=50)
def test_a_clean_table_is_never_touched(records):
    rows = [Row(1, ["name", "city", "staff"])]
    rows += [Row(i + 2, [a, b, str(n)]) for i, (a, b, n) in enumerate(records)]
    found = frame(rows, ReadOptions(), {"where": ""})
    assert found is not None
    assert (found.headings, found.first, found.notes) == (["name", "city", "staff"], 1, [])
    assert footers(rows[1:], 3) == 0


def test_totals_in_the_midst(read_text):
    got = read_text("序号,地区,家数\n1,甲,3\n,小计,3\n2,乙,4\n合计,,7\n3,丙,1\n")
    assert [row[0] for row in got.rows] == ["甲", "乙", "丙"]
    (note,) = [n for n in got.notes if n.key == "readers.subtotals"]
    assert (note.line, note.values["count"]) == (3, 2)
    # Without a column of numbers a word such as 合计 may be a name.
    assert len(read_text("地区,家数\n甲,3\n合计,7\n丙,1\n").rows) == 3


def test_headings_that_come_again_on_each_page(read_text):
    got = read_text("名称,城市\n甲,榕\n名称,城市\n乙,厦\n")
    assert [row[0] for row in got.rows] == ["甲", "乙"]
    assert got.keys == ["repeated_headings"]


def test_numbering_by_other_names(read_text):
    assert read_text("No.,name\n1,甲\n2,乙\n").headings == ["name"]
    assert read_text("序号,名称\n一,甲\n二,乙\n").headings == ["名称"]
    assert read_text("id,name\n1,甲\n2,乙\n").headings == ["id", "name"]


def test_a_unit_goes_to_money_only(read_text):
    got = read_text("单位：万元,,,\n名称,投资额,投资方,员工数\n甲,30,乙,7\n")
    assert got.units == {1: "万元"}
    got = read_text("填报单位：万元家具厂,\n名称,投资额\n甲,30\n")
    assert got.units == {}
    got = read_text("单位：万元,\n名称,城市\n甲,榕\n")
    assert (got.units, "unit_unused" in got.keys) == ({}, True)
    got = read_text("名称,占比(%),员工（人）\n甲,30,7\n")
    assert got.units == {1: "%", 2: "人"}


def test_a_title_is_not_seen_where_lists_are_off(read_text):
    got = read_text("企业名录,\n企业名称,地址\n合计,1\n", lists=False)
    assert got.headings == ["企业名录", "column 2"]
    got = read_text("名称,金额\n甲,1\n合计,1\n", lists=False)
    assert len(got.rows) == 2


def test_an_english_list(read_text):
    got = read_text(
        "List of firms 2024,,\nname,city,amount\nA,X,1\nTotal,,1\nSource: own survey,,\n"
    )
    assert (got.headings, got.rows) == (["name", "city", "amount"], [("A", "X", "1")])
    assert got.keys == ["title_row", "total_row", "note_row"]


@pytest.mark.parametrize(
    ("heading", "bare", "unit"),
    [
        ("注册资本（万元）", "注册资本", "万元"),
        ("注册资本(单位：万美元)", "注册资本", "万美元"),
        ("产值[亿元]", "产值", "亿元"),
        ("投资额/亿元", "投资额", "亿元"),
        ("amount (USD million)", "amount", "USD million"),
        ("占比（%）", "占比", "%"),
        ("从业人数（人）", "从业人数", "人"),
        ("名称（中文）", "名称（中文）", None),
        ("省/市", "省/市", None),
        ("size (m)", "size (m)", None),
        ("（万元）", "（万元）", None),
        ("名称", "名称", None),
    ],
)
def test_units_in_headings(heading, bare, unit):
    assert strip_unit(heading) == (bare, unit)
