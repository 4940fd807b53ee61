"""Files that cannot be read: each says what is wrong, where, and what to do, in two languages."""

import gzip
import io
import os
import zipfile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graph.errors import InputError
from ingest import readers
from ingest.readers import delimited
from ingest.readers.opening import open_source
from ingest.readers.options import ReadOptions


def _workbook(rows=(("name",), ("甲",)), hidden=False):
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    if hidden:
        made.create_sheet("blank")
        made.active.sheet_state = "hidden"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _parquet():
    out = io.BytesIO()
    pq.write_table(pa.table({"a": list(range(1000))}), out)
    return out.getvalue()


def _zipped(name, content):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(name, content)
    return out.getvalue()


XLSX, PARQUET = _workbook(), _parquet()
PACKED = gzip.compress(b"name,city\n" + os.urandom(5000).hex().encode())
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LOCKED = OLE + b"\0" * 3000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 500

BAD = [
    ("empty.csv", b"", "empty", {}),
    ("blank.csv", b"\n \n,,\n", "blank", {}),
    ("mark.csv", b"\xef\xbb\xbf", "blank", {}),
    ("zeros.csv", b"name,city\nA,\0B\n", "binary", {"line": 2}),
    ("photo.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "disguised", {"what": "PNG"}),
    ("book.csv", XLSX, "disguised", {"suffix": ".xlsx"}),
    ("packed.csv", PACKED, "disguised", {"what": "gzip"}),
    ("latin.csv", "name,city\nMüller,Köln\nGößl,Düren\n".encode("latin-1"), "unknown_encoding",
     {"line": 2}),
    ("noise.csv", bytes(range(128, 256)) * 40, "unknown_encoding", {"line": 1}),
    ("odd16.csv", b"\xff\xfe" + "名称,城市\n甲,乙\n".encode("utf-16-le") + b"\x00\xd8",
     "wrong_encoding", {}),
    ("long.csv", b"x" * (20 << 20), "headings_long_record", {"line": 1}),
    ("quote.csv", b'"name,city\nA,B\nC,D\n', "headings_unterminated_quote", {"line": 1}),
    ("bytes.csv", b"na\xffme,city\n" + "甲,乙\n丙,丁\n".encode(), "headings_not_utf8", {"line": 1}),
    ("prose.txt", "本市大力发展集成电路。\n三家企业入驻。\n".encode(), "no_table", {}),
    ("cut.csv.gz", PACKED[:-20], "damaged_gz", {}),
    ("wrong.csv.gz", PACKED[:-8] + b"\0" * 8, "damaged_gz", {}),
    ("none.csv.gz", b"name,city\n", "damaged_gz", {}),
    ("empty.csv.gz", gzip.compress(b""), "empty", {}),
    ("cut.xlsx", XLSX[:2000], "damaged_workbook", {}),
    ("hurt.xlsx", _zipped("xl/workbook.xml", b"<workbook><she"), "damaged_workbook", {}),
    ("other.xlsx", _zipped("readme.txt", "hello"), "damaged_workbook", {}),
    ("text.xls", b"name\tcity\nA\tB\n", "text_workbook", {}),
    ("page.xls", b"<html><table><tr><td>A</td></tr></table></html>", "web_page", {}),
    ("bits.xlsx", b"\x01\x00\x02\x00" * 100, "no_workbook", {}),
    ("locked.xlsx", LOCKED, "encrypted", {}),
    ("hurt.xls", OLE + b"\0" * 4000, "damaged_workbook", {}),
    ("blank.xlsx", _workbook(()), "blank_workbook", {}),
    ("hidden.xlsx", _workbook(hidden=True), "blank_workbook", {}),
    ("cut.json", b'[{"name": "A"},\n {"name": "B"', "json_cut", {"line": 2, "column": 14}),
    ("text.json", b'[{"name": "A},\n', "json_cut", {"line": 1, "column": 15}),
    ("comma.json", b'[{"name": "A"},\n {"name": "B",}\n]', "bad_json", {"line": 2}),
    ("two.json", b'[{"a": 1}]\n[{"a": 2}]', "bad_json", {"line": 2, "column": 1}),
    ("deep.json", b"[" * 100_000, "deep_json", {"line": 1}),
    ("deeper.json", b'{"a":' * 100_000, "deep_json", {"line": 1}),
    ("scalar.json", b"42", "no_objects", {}),
    ("array.json", b"[1, 2, 3]", "no_objects", {}),
    ("nothing.json", b"[]", "no_objects", {}),
    ("blank.json", b" \n ", "blank", {}),
    ("bytes.json", '[{"a": "甲乙丙", '.encode() + b'\n"b": "\xff"}]', "wrong_encoding", {"line": 2}),
    ("lines.jsonl", b"name,city\nA,B\n", "no_objects", {}),
    ("none.parquet", b"PARTY", "not_parquet", {}),
    ("cut.parquet", PARQUET[:300], "bad_parquet", {}),
    ("hurt.parquet", PARQUET[:-90] + b"\xff" * 60 + PARQUET[-30:], "bad_parquet", {}),
    ("list.et", b"x", "a_sheet", {"suffix": ".et"}),
    ("report.docx", b"x", "a_text", {"suffix": ".docx"}),
    ("report.pdf", b"%PDF", "a_text", {"suffix": ".pdf"}),
    ("old.doc", b"x", "a_text", {"suffix": ".doc"}),
    ("all.zip", b"x", "packed", {"suffix": ".zip"}),
    ("data.xyz", b"x", "unknown_suffix", {"suffix": ".xyz"}),
    ("data", b"x", "unknown_suffix", {}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "key", "values"), BAD, ids=[b[0] for b in BAD])
def test_a_bad_file_says_what_is_wrong_and_where(write, name, content, key, values):
    path = write(name, content)
    with pytest.raises(InputError) as caught:
        readers.read(path)
    error = caught.value
    assert error.key == f"readers.{key}"
    assert error.exit_code == 3
    for word, value in values.items():
        assert error.values[word] == value
    for text in (error.text("zh"), error.text("en")):
        assert str(path) in text
        assert "{" not in text.replace('{"name": …}', "")
        assert "line" not in values or f":{values['line']}" in text or str(values["line"]) in text


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError) as caught:
        readers.read(tmp_path / "none.csv")
    assert caught.value.key == "readers.missing"


def test_a_folder_and_a_pipe_are_no_files(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    for name in ("folder.csv", "pipe.csv"):
        with pytest.raises(InputError) as caught:
            readers.read(tmp_path / name)
        assert caught.value.key == "readers.not_a_file"


def test_a_file_that_may_not_be_read(write, monkeypatch):
    path = write("t.csv", b"a,b\n1,2\n")
    path.chmod(0)
    if os.access(path, os.R_OK):  # root may read anything
        opened = type(path).open

        def refused(self, *args, **kwargs):
            if self == path:
                raise PermissionError(13, "Permission denied")
            return opened(self, *args, **kwargs)

        monkeypatch.setattr(type(path), "open", refused)
    with pytest.raises(InputError) as caught:
        readers.read(path)
    assert caught.value.key == "readers.unreadable"
    assert "Permission denied" in caught.value.text("zh")


def test_a_file_that_unpacks_to_too_much(write):
    path = write("t.csv.gz", gzip.compress(b"name,city\n" * 1_000_000))
    with pytest.raises(InputError) as caught:
        readers.read(path, {"max_unpacked": 1 << 20})
    assert (caught.value.key, caught.value.values["limit"]) == ("readers.too_large", 1)


def test_no_room_to_unpack(write, monkeypatch):
    path = write("t.csv.gz", gzip.compress(b"name,city\n" * 1_000_000))
    opened = type(path).open

    class Full(io.BytesIO):
        def write(self, data):
            raise OSError(28, "No space left on device")

    def open_full(self, mode="r", *args, **kwargs):
        return Full() if mode == "wb" else opened(self, mode, *args, **kwargs)

    monkeypatch.setattr(type(path), "open", open_full)
    with pytest.raises(InputError) as caught:
        readers.read(path)
    assert caught.value.key == "readers.no_room"


@pytest.mark.parametrize("tail", [b"A,\0B\n", b"A,B\n" * 3 + b"\0" * 100])
def test_a_large_file_that_turns_out_binary(write, stage, tail):
    path = write("t.csv", b"name,city\n" + b"A,B\n" * 1_500_000 + tail)
    with pytest.raises(InputError) as caught:
        (sheet,) = delimited.read(open_source(path, 1 << 20), ReadOptions(), careful=0)
        stage(sheet)
    assert caught.value.key == "readers.binary"


def test_a_line_of_twenty_megabytes_in_a_good_table(read_text):
    got = read_text(b"name,city\nA,B\n" + b"x" * (20 << 20) + b"\nC,D\n")
    assert [row[0] for row in got.rows] == ["A", "C"]
    assert got.refused == [(3, "long_record")]
    assert len(got.rejects[0].raw) < 1000


def test_a_quote_that_is_never_closed_in_a_large_table(read_text):
    lines = [f"{i},name {i}" for i in range(60_000)]
    lines[10] = '10,"name 10'
    got = read_text("id,name\n" + "\n".join(lines))
    assert len(got.rows) == 59_999
    assert got.refused == [(12, "unterminated_quote")]


def test_no_sheet_of_that_name(write):
    for name, content in (("t.xlsx", XLSX), ("t.json", b'{"a": [{"x": 1}]}')):
        with pytest.raises(InputError) as caught:
            readers.read(write(name, content), {"sheet": "b"})
        assert caught.value.key == "readers.no_such_sheet"
        assert "Sheet" in caught.value.text("en") or " a." in caught.value.text("en")


def test_keys_in_the_thousands_are_no_headings(write):
    fields = ", ".join(f'"k{i}": 1' for i in range(3000))
    with pytest.raises(InputError) as caught:
        readers.read(write("t.json", f"[{{{fields}}}]"))
    assert caught.value.key == "readers.many_columns"
