"""Delimited text: what a record is, where it stands, and what is refused."""

import gzip

import pytest

from ingest.readers import delimited
from ingest.readers.opening import open_source
from ingest.readers.options import ReadOptions


def test_a_plain_table_is_left_as_it_is(read_text):
    got = read_text("name,city\n华为,深圳\nA公司,北京\n")
    assert got.headings == ["name", "city"]
    assert got.rows == [("华为", "深圳"), ("A公司", "北京")]
    assert got.lines == [2, 3]
    assert (got.notes, got.rejects, got.units, got.name) == ([], [], {}, "t")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".txt"])
def test_the_delimiter_is_found(read_text, delimiter, suffix):
    lines = [["id", "name", "note"], ["1", "甲, 乙; 丙", "x"], ["2", "丁|戊", "y"]]
    text = "\n".join(
        delimiter.join(f'"{c}"' if delimiter in c else c for c in line) for line in lines
    )
    got = read_text(text, f"t{suffix}")
    assert got.headings == lines[0]
    assert got.rows == [tuple(line) for line in lines[1:]]


def test_one_column_needs_no_delimiter(read_text):
    got = read_text("id\n价格\n\n成本\n")
    assert (got.headings, got.rows, got.lines) == (["id"], [("价格",), ("成本",)], [2, 4])


def test_marks_line_ends_and_blanks_do_not_matter(read_text):
    text = "\ufeffname , city\r\n\u3000华为\u00a0,\t深圳 \r\n\r\n , \r\n乙,\r\n"
    got = read_text(text.encode())
    assert got.headings == ["name", "city"]
    assert got.rows == [("华为", "深圳"), ("乙", None)]
    assert got.lines == [2, 5]


def test_old_line_ends(read_text):
    assert read_text("a,b\r1,2\r3,4\r").rows == [("1", "2"), ("3", "4")]


def test_quotes_hold_delimiters_quotes_and_lines(read_text):
    got = read_text('a,b\n"x, ""y""","1\n\n2"\nz,3\n')
    assert got.rows == [('x, "y"', "1\n\n2"), ("z", "3")]
    assert got.lines == [2, 5]


def test_quotes_after_a_blank(read_text):
    assert read_text('a, b\nx, "1, 2"\n').rows == [("x", "1, 2")]


def test_inner_quotes_that_are_not_doubled_lose_nothing(read_text):
    lines = [
        '1,6" wafer,x',
        '2,"6" wafer",x',
        '3,"the "big" one, really",x',
        '4,"北方"公司,x',
        "5,b,x",
    ]
    got = read_text("id,name,z\n" + "\n".join(lines))
    assert [row[0] for row in got.rows] == ["1", "2", "3", "4", "5"]
    assert [row[1] for row in got.rows] == [
        '6" wafer', '6" wafer', 'the "big" one, really', '"北方"公司', "b"
    ]  # fmt: skip
    assert got.rejects == []


def test_an_open_quote_costs_its_line_only(read_text):
    text = 'id,name,z\n1,a,x\n2,"b,x\n3,c,x\n4,"d",x\n5,e,x\n6,"f,x\n7,g,x\n'
    got = read_text(text)
    assert [row[0] for row in got.rows] == ["1", "3", "4", "5", "7"]
    assert got.lines == [2, 4, 5, 6, 8]
    assert got.refused == [(3, "unterminated_quote"), (7, "unterminated_quote")]
    assert got.rejects[0].raw == '2,"b,x'


def test_rows_that_are_too_long_or_too_short(read_text):
    text = "a,b,c,d\n1,2,3,4,5\n1,2,3,4,,\n1,2,3\n1\n1,2\n1,2,3,4\n"
    got = read_text(text)
    assert got.rows == [
        ("1", "2", "3", "4"), ("1", "2", "3", None), ("1", "2", None, None), ("1", "2", "3", "4")
    ]  # fmt: skip
    assert got.lines == [3, 4, 6, 7]
    assert got.refused == [(2, "too_many_fields"), (5, "too_few_fields")]
    assert got.rejects[0].raw == "1,2,3,4,5"
    assert got.rejects[0].values == {"found": 5, "expected": 4}
    (short,) = [note for note in got.notes if note.key == "readers.short"]
    assert (short.line, short.values["count"]) == (4, 2)


def test_lines_that_are_no_text_are_refused(read_text):
    lines = ["名称,城市", "华为,深圳", "中兴,深圳", "大疆,深圳"]
    content = (
        "\n".join(lines).encode() + "\n腾讯,".encode() + b"\xff\xfe\n" + "联想,北京\n".encode()
    )
    got = read_text(content)
    assert [row[0] for row in got.rows] == ["华为", "中兴", "大疆", "联想"]
    assert got.refused == [(5, "not_utf8")]


def test_headings_are_folded_named_and_told_apart(read_text):
    got = read_text('"企业\n名称", 金 额 ,,name,name,\n甲,1,x,n1,n2,\n')
    assert got.headings == ["企业名称", "金额", "column 3", "name", "name (2)"]
    assert got.rows == [("甲", "1", "x", "n1", "n2")]
    assert got.lines == [3]
    assert got.keys == ["no_heading", "repeated_heading"]


def test_headings_alone(read_text):
    got = read_text("name,city\n")
    assert (got.headings, got.rows, got.keys) == (["name", "city"], [], ["no_rows"])


def test_options_say_what_is_known(read_text):
    got = read_text("# made by x\nA\t1\nB\t2\n", "t.txt", header=False, skip=1, names=["name", "n"])
    assert (got.headings, got.rows, got.lines) == (["name", "n"], [("A", "1"), ("B", "2")], [2, 3])
    got = read_text("1,2\n3,4\n", header=False)
    assert (got.headings, got.rows) == (["column 1", "column 2"], [("1", "2"), ("3", "4")])
    got = read_text('a|b\n"x|2\n', delimiter="|", quote="")
    assert got.rows == [('"x', "2")]
    got = read_text("a,b\n1,2\n", names=["x"])
    assert got.headings == ["x", "b"]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_are_found_and_said(read_text, encoding):
    text = "名称,所在城市\n华为技术有限公司,深圳\n“大疆”创新,深圳\n\n中国科学院,北京\n"
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    got = read_text(mark + text.encode(encoding))
    assert got.headings == ["名称", "所在城市"]
    assert [row[0] for row in got.rows] == ["华为技术有限公司", "“大疆”创新", "中国科学院"]
    assert got.lines == [2, 3, 5]
    assert got.keys == ["encoding"]


def test_a_line_that_is_not_gb18030_is_refused(read_text):
    lines = ["名称,城市", *(f"企业{i},北京" for i in range(40)), "坏,某地", "好公司,上海"]
    content = "\n".join(lines).encode("gb18030").replace("坏".encode("gb18030"), b"\xff\xff")
    got = read_text(content)
    assert (len(got.rows), got.rows[-1]) == (41, ("好公司", "上海"))
    assert got.lines[-1] == 43
    assert got.refused == [(42, "not_utf8")]


def test_an_encoding_may_be_given(read_text):
    got = read_text("name,city\nMüller,Köln\n".encode("latin-1"), encoding="latin-1")
    assert got.rows == [("Müller", "Köln")]


def test_packed_files(read_text):
    got = read_text(gzip.compress("name,city\n甲,乙\n".encode()), "企业.csv.gz")
    assert (got.name, got.rows) == ("企业", [("甲", "乙")])


def test_a_temporary_file_goes_with_its_sheet(write, stage):
    path = write("t.csv.gz", gzip.compress(b"a,b\n1,2\n"))
    source = open_source(path, 1 << 20)
    kept = source.file
    (sheet,) = delimited.read(source, ReadOptions(), careful=0)
    del source
    assert kept.exists()
    assert stage(sheet).rows == [("1", "2")]
    del sheet
    assert not kept.exists()


def test_a_path_with_signs_of_a_pattern(tmp_path, stage):
    folder = tmp_path / "a[1]*"
    folder.mkdir()
    path = folder / "x=1?.csv"
    path.write_text("a,b\n1,2\n")
    (sheet,) = delimited.read(open_source(path, 1 << 20), ReadOptions(), careful=0)
    assert stage(sheet).rows == [("1", "2")]


def test_staging_again_gives_the_same(write, stage):
    path = write("t.csv", 'a,b\n1,2\n3,"4\n5,6\n')
    for careful in (0, 1 << 20):
        (sheet,) = delimited.read(open_source(path, 1 << 20), ReadOptions(), careful=careful)
        assert stage(sheet) == stage(sheet)
        assert len(sheet.rejects) == 1
