"""Workbooks: values as typed, merged cells, formulas, hidden sheets, and what is refused."""

import base64
import datetime as dt
import io
import zipfile
import zlib

import openpyxl
import pytest

from graph.errors import InputError
from ingest import readers

# A workbook of the old format, with the cells 名称, 数量, 甲公司, 3, 4 and merged A2:A3.
XLS = (
    r"c-rk)O=uHA6#izCG(R-yCZ<9w)KIW$?WKD0Qnw1)lclwSB7&xNL1{=!sE2ycYRyqlJSkoZy?Cj5@drf|Ja`ZydJq"
    r"I5Q9OCEpwL5`_08K^NNW!b*rGDuGH>3#d2i<J&YR!2rDS>LL2Csounz%L-6$GrWP(!Ef3ZO2uB%u-k5F<A{wYKw)"
    r"R7G#JdM8zt3FiyU4g{?;7g*wXG$kAj{dQ{li5HVU>~wV`OrgD;0{R=Xko8XOwTag#Pl9(K4aR;l50$RNVhCbpk()"
    r"V?$uFzT()yr0;=9eZ1a&N-Dt*Z6~&jX3r{zM{e^Sc+}~Ny7Hq^UsNedWyi>^L%1BcO&f=$=0e<)+^+m?WH&!k{@`"
    r"dH{@GA0~G6+n;J<S1Lq=0-C@CM<~S;v{^Uc^=?fl8ziKl*)=vT>($BLK1cd~R@ID5mCQ9>dnMF&yXEZX`N_CgzhI"
    r";TFx(i+AVW9UdOAPqAc*=WTCx-=-Xbi_6M_j1yeKKCx~m(_KujaIIUIZ)KXMxTL&epjk7Ardj7Imv&G)dl>KS?KS"
    r")k;)~w~AGa01*gJ`z>#JNy&wa3G&`zt(2-&M=8eO7G+`gso#P)NcXM#^mTYj4rBGS^nyLt(0!V+T4CYgF~>hB1xF"
    r"ILePtgmXkC}ZqT5(%v@SLi>dZ;-lvrS1Lu6uo_gXDhuGR;KWf+1{EpHU<L&0|NsC0|Ntt^@Gqmd$q?`d;gF=KZNz"
    r"Y&Jv}nxhDB<aRg)ZOwhsfAo7$KFj-gpY(_}<b%{0F`1geh$EfuJMlsBOjMg2$bp8{y-?L^z>(33LdfTto<L5fJ{|"
    r"nvo#rp"
)


def book(**sheets):
    """A workbook of worksheets given as lists of rows; `merge` by the name of the sheet."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        page = made.create_sheet(name)
        for row in rows:
            page.append(row)
    return made


def bytes_of(made):
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@pytest.fixture
def read_book(write, stage):
    def read(made, name="书.xlsx", **options):
        path = write(name, made if isinstance(made, bytes) else bytes_of(made))
        return [stage(sheet) for sheet in readers.read(path, options)]

    return read


def test_values_are_text(read_book):
    row = [
        "甲", 3000, 1.5, 0.1 + 0.2, True, dt.date(2024, 5, 1), dt.datetime(2024, 5, 1, 8, 30),
        dt.time(9, 15), " \u3000", "002129", 91350100,
    ]  # fmt: skip
    (got,) = read_book(book(企业=[[f"h{i}" for i in range(11)], row]))
    assert got.name == "企业"
    assert got.rows == [
        ("甲", "3000", "1.5", "0.3", "true", "2024-05-01", "2024-05-01 08:30:00", "09:15:00", None,
         "002129", "91350100")
    ]  # fmt: skip
    assert got.lines == [2]
    assert got.notes == []


def test_long_numbers_are_told(read_book):
    (got,) = read_book(book(s=[["name", "code"], ["甲", 123456789012345678], ["乙", 123456789012]]))
    (note,) = got.notes
    assert (note.key, note.values["cell"], note.values["count"]) == (
        "readers.long_numbers",
        "B2",
        1,
    )


def test_a_list_with_merged_cells(read_book):
    made = book(
        名录=[
            ["2024年某区招商项目库", None, None, None, None],
            ["单位：亿元", None, None, None, None],
            ["序号", "项目名称", "投资", None, "所在园区"],
            [None, None, "总投资额", "到位资金", None],
            [1, "甲项目", 3, 1, "东园"],
            [2, "乙项目", 4, 2, None],
            [3, "丙项目", 5, 3, "西园"],
            ["合计", None, 12, 6, None],
        ]
    )
    page = made["名录"]
    for cells in ("A1:E1", "A3:A4", "B3:B4", "C3:D3", "E3:E4", "E5:E6", "A8:B8"):
        page.merge_cells(cells)
    (got,) = read_book(made)
    assert got.headings == ["项目名称", "投资/总投资额", "投资/到位资金", "所在园区"]
    assert got.rows == [
        ("甲项目", "3", "1", "东园"), ("乙项目", "4", "2", "东园"), ("丙项目", "5", "3", "西园")
    ]  # fmt: skip
    assert got.lines == [5, 6, 7]
    assert got.units == {1: "亿元", 2: "亿元"}
    assert got.keys == [
        "title_row",
        "title_row",
        "levels",
        "numbering",
        "unit",
        "merged",
        "total_row",
    ]
    assert got.notes[0].values["title"] == "2024年某区招商项目库"


def test_three_rows_of_headings(read_book):
    top = [["名称", "资金", None, None], [None, "股权", None, "债权"], [None, "首轮", "次轮", None]]
    made = book(s=[*top, ["甲", 1, 2, 3]])
    for cells in ("A1:A3", "B1:D1", "B2:C2", "D2:D3"):
        made["s"].merge_cells(cells)
    (got,) = read_book(made)
    assert got.headings == ["名称", "资金/股权/首轮", "资金/股权/次轮", "资金/债权"]
    assert got.rows == [("甲", "1", "2", "3")]


def test_a_wide_heading_with_nothing_below(read_book):
    made = book(s=[["名称", "联系人", None], ["甲", "张三", "138"], ["乙", "李四", "139"]])
    made["s"].merge_cells("B1:C1")
    (got,) = read_book(made)
    assert len(got.rows) == 2
    assert got.rows[0] == ("甲", "张三", "138")


def test_several_sheets_hidden_and_blank_ones(read_book):
    made = book(
        企业=[["name"], ["甲"]], 空=[], 暗=[["name"], ["乙"]], 提供=[["from", "to"], ["甲", "丙"]]
    )
    made["暗"].sheet_state = "hidden"
    made.create_chartsheet("图")
    got = read_book(made)
    assert [sheet.name for sheet in got] == ["企业", "提供"]
    assert [(n.key, n.values["sheet"]) for n in got[0].notes] == [("readers.hidden_sheet", "暗")]
    (one,) = read_book(made, sheet="暗")
    assert one.rows == [("乙",)]
    (two,) = read_book(made, sheet="4")
    assert two.name == "提供"


def test_a_sheet_without_a_name_of_its_own_is_called_after_the_file(read_book):
    (got,) = read_book(book(Sheet1=[["name"], ["甲"]]), "企业.xlsx")
    assert got.name == "企业"
    both = read_book(book(Sheet1=[["name"], ["甲"]], Sheet2=[["name"], ["甲"]]), "企业.xlsx")
    assert [sheet.name for sheet in both] == ["Sheet1", "Sheet2"]


def test_formulas_and_errors(read_book):
    made = book(s=[["name", "sum", "err"], ["甲", "=1+1", None], ["乙", 3, None]])
    made["s"]["C3"].value, made["s"]["C3"].data_type = "#REF!", "e"
    (got,) = read_book(made)
    assert got.rows == [("甲", None, None), ("乙", "3", None)]
    told = {note.key.removeprefix("readers."): note.values["cell"] for note in got.notes}
    assert told == {"no_value": "B2", "error_cells": "C3"}


def test_a_formula_gives_its_saved_value(read_book):
    content = bytes_of(book(s=[["name", "sum"], ["甲", "=1+1"], ["乙", '=""']]))
    content = _changed(content, "xl/worksheets/sheet1.xml", [
        (b'<c r="B2"><f>1+1</f><v /></c>', b'<c r="B2"><f>1+1</f><v>2</v></c>'),
        (b'<c r="B3"><f>""</f><v /></c>', b'<c r="B3" t="str"><f>""</f><v></v></c>'),
    ])  # fmt: skip
    (got,) = read_book(content)
    assert got.rows == [("甲", "2"), ("乙", None)]
    assert got.notes == []


def _changed(content, part, changes):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            for before, after in changes if name == part else ():
                assert before in data
                data = data.replace(before, after)
            new.writestr(name, data)
    return out.getvalue()


def test_a_cell_far_away_is_refused(read_book):
    made = book(s=[["name"], ["甲"]])
    made["s"].cell(1_000_000, 2000, "x")
    with pytest.raises(InputError) as caught:
        read_book(made)
    assert caught.value.key == "readers.sparse_sheet"


def test_a_bomb_is_refused(read_book):
    with pytest.raises(InputError) as caught:
        read_book(book(s=[["name"], ["x" * 30_000]]), max_unpacked=20_000)
    assert caught.value.key == "readers.too_large"


def test_old_workbooks(read_book):
    (got,) = read_book(zlib.decompress(base64.b85decode(XLS)), "企业.xls")
    assert got.name == "企业"
    assert got.headings == ["名称", "数量"]
    assert got.rows == [("甲公司", "3"), ("甲公司", "4")]
    assert got.lines == [2, 3]


def test_an_old_workbook_that_would_fill_the_memory(read_book):
    content = zlib.decompress(base64.b85decode(XLS))
    number = b"\x7e\x02\x0a\x00\x01\x00\x01\x00"  # a number in B2
    assert number in content
    with pytest.raises(InputError) as caught:
        read_book(content.replace(number, number[:4] + b"\xff\xff\xff\xff"), "t.xls")
    assert caught.value.key == "readers.damaged_workbook"


def test_open_documents(read_book):
    cells = [
        '<table:table-cell office:value-type="string" table:number-rows-spanned="2">'
        "<text:p>甲</text:p></table:table-cell>"
        '<table:table-cell office:value-type="float" office:value="3"/>',
        '<table:covered-table-cell/><table:table-cell office:value-type="date"'
        ' office:date-value="2024-05-01"/>',
    ]
    head = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{h}</text:p></table:table-cell>'
        for h in ("name", "value")
    )
    rows = "".join(f"<table:table-row>{row}</table:table-row>" for row in (head, *cells))
    spaces = " ".join(
        f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"'
        for n in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="企业">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<m:file-entry m:full-path="/" m:media-type="{kind}"/></m:manifest>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", kind)
        package.writestr("META-INF/manifest.xml", manifest)
        package.writestr("content.xml", content)
    (got,) = read_book(out.getvalue(), "t.ods")
    assert (got.name, got.headings) == ("企业", ["name", "value"])
    assert got.rows == [("甲", "3"), ("甲", "2024-05-01")]
    assert got.lines == [2, 3]
