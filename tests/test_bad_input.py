"""Bad files and bad rows: each is told with its place, ends as it should, and costs nothing else.

A case lies in `data/bad/` beside four good tables; whatever it is, the good rows go in. Cases run
through the command line's own `main`, in this process; what needs a process of its own is in
`test_bad_places.py`.
"""

import gzip
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from graph.record import Record, describe
from tests.program import Done

HAN = re.compile(r"[\u4e00-\u9fff]")
GOOD = {
    "firm.csv": "id,name,name_en\nF1,甲公司,Firm A\nF2,乙公司,\n",
    "product.csv": "id,name\nP1,光刻机\nP2,晶圆\n",
    "provides.csv": "from,to,share\nF1,P1,60%\nF2,P2,0.5\n",
    "requires.csv": "from,to\nP2,P1\n",
}
ENTITIES = {"F1": "甲公司", "F2": "乙公司", "P1": "光刻机", "P2": "晶圆"}
RELATIONS = {"PROVIDES": 2, "REQUIRES": 1}
ROWS = 7

Run = Callable[..., Done]
Put = Callable[[str, str | bytes], Path]


def _workbook(rows: list[list[object]], merge: str | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "firm"
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
        with packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(1025):
                sheet.write(bytes(1 << 20))
    return out.getvalue()


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Writes `data/bad/NAME` beside the good tables."""
    bad = tmp_path / "data" / "bad"
    bad.mkdir(parents=True)
    for good, text in GOOD.items():
        (tmp_path / "data" / good).write_text(text, "utf-8")

    def written(name: str, content: str | bytes) -> Path:
        path = bad / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def _good_rows_are_in(refused: list[tuple[str, int, str | None, str]] | None = None) -> None:
    """Asserts so of the record, and that it holds just these rejects: file, line, field, reason."""
    with Record.open(Path("graph.duckdb")) as record:
        view = record.view()
        names = dict(view.con.execute("SELECT id, name FROM node").fetchall())
        assert set(ENTITIES) <= set(names)
        assert {i: names[i] for i in ("F2", "P2")} == {"F2": "乙公司", "P2": "晶圆"}
        counts = view.relation_counts()
        assert all(counts[name] >= count for name, count in RELATIONS.items())
        said = describe.rejects(record, "en")
        for one, other in zip(said, describe.rejects(record, "zh"), strict=True):
            assert one["line"] == other["line"] and HAN.search(other["reason"])
    if refused is not None:
        assert [(r["file"], r["line"], r["field"]) for r in said] == [r[:3] for r in refused]
        for found, (*_, reason) in zip(said, refused, strict=True):
            assert reason in found["reason"]


FILES = [
    ("empty file", "firm.csv", "", "bad/firm.csv is empty"),
    ("blank lines only", "firm.csv", "\n\n  \n", "bad/firm.csv holds nothing but blank lines"),
    ("latin-1", "firm.csv", "id,name\nF9,Müller\n".encode("latin-1"), "from line 2 on"),
    ("xlsx named csv", "firm.csv", b"PK\x03\x04" + bytes(99), "is a ZIP / XLSX file"),
    ("pdf named csv", "firm.csv", b"%PDF-1.7\n" + bytes(99), "is a PDF file"),
    ("zero bytes", "firm.csv", b"id,name\nF9,a\nF10,b\0c\n", "bad/firm.csv:3 holds zero bytes"),
    ("one line of 20 MB", "firm.csv", "x" * (20 << 20), "bad/firm.csv:1 is a line of more than"),
    ("open quote in the headings", "firm.csv", 'id,"name\nF9,丙\n', "bad/firm.csv:1"),
    ("no column of names", "firm.csv", "id,city\nF9,深圳\n", "lacks a column name"),
    ("no column of ends", "provides.csv", "from,share\nF1,0.1\n", "lacks a column to"),
    ("no class to be told", "stuff.csv", "id,name\nX1,丙\n", "what 'stuff' is a list of"),
    ("JSON cut off", "firm.json", '[{"id":"F9"},\n{"id":"F10","na', "bad/firm.json:2:13"),
    ("JSON with a slip", "firm.json", '[{"id":"F9"},\n{"id" "F10"}]', "bad/firm.json:2:7"),
    ("JSON of numbers", "firm.json", "[1, 2]", "no complete JSON object"),
    ("JSON without end", "firm.json", "[" * 100_000, "bad/firm.json:1 is nested too deeply"),
    ("gzip cut off", "firm.csv.gz", gzip.compress(b"id,name\n" * 999)[:30], "damaged or cut off"),
    ("no gzip", "firm.csv.gz", "id,name\nF9,丙\n", "damaged or cut off"),
    ("Parquet cut off", "firm.parquet", b"PAR1" + bytes(9), "cannot be read as Parquet"),
    ("no Parquet", "firm.parquet", "id,name\n", "is not a Parquet file"),
    ("damaged workbook", "firm.xlsx", b"PK\x03\x04" + b"x" * 99, "is damaged"),
    ("text named xlsx", "firm.xlsx", "id,name\nF9,丙\n", "is plain text, not a workbook"),
    ("web page named xls", "firm.xls", "<html><table></table></html>", "is a web page"),
    ("locked workbook", "firm.xlsx", b"\xd0\xcf\x11\xe0" + bytes(508) +
     "EncryptedPackage".encode("utf-16-le"), "is protected by a password"),
    ("workbook with nothing", "firm.xlsx", _workbook([]), "no worksheet that is visible"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "said"), [pytest.param(*c[1:], id=c[0]) for c in FILES]
)
def test_a_file_that_cannot_be_read(
    run: Run, put: Put, name: str, content: str | bytes, said: str
) -> None:
    put(name, content)
    done = run("ingest", "data")
    assert done.code == 3
    told = [line for line in done.err.splitlines() if line.startswith("Not read: ")]
    assert len(told) == 1 and said in told[0] and f"bad/{name}" in told[0]
    _good_rows_are_in([])
    checked = run("validate", "data", "--lang", "zh")
    assert checked.code == 1
    (line,) = checked.out.splitlines()
    assert line.startswith(f"data/bad/{name}: ") and HAN.search(line)


@pytest.mark.slow
def test_a_workbook_that_unpacks_to_more_than_is_there(run: Run, put: Put) -> None:
    put("firm.xlsx", _bomb())
    done = run("ingest", "data")
    assert done.code == 3 and "bad/firm.xlsx unpacks to more than 1024 MB" in done.err
    _good_rows_are_in([])


F, N = "bad/firm.csv", "bad/entities.csv"
REFUSED = [
    ("bytes that are no text", "firm.csv", "id,name\nF7,丙\nF8,丁\nF9,".encode() + b"\xff\xfe\n", 2,
     [(F, 4, None, "not UTF-8")]),
    ("20 MB in a row", "firm.csv", "id,name\nF7,丙\nF8," + "x" * (20 << 20) + "\nF9,丁\n", 2,
     [(F, 3, None, "too long to be a record")]),
    ("field too many", "firm.csv", "id,name\nF8,丙,x\nF9,丁\n", 1, [(F, 2, None, "3 fields")]),
    ("fields too few", "firm.csv", "id,name,a,b,c\nF8\nF9,丁,1,2,3\n", 1,
     [(F, 2, None, "only 1 fields where the headings are 5")]),
    ("open quote", "firm.csv", 'id,name\nF7,"丙\nF8,丁\nF9,戊\n', 2, [(F, 2, None, "quote")]),
    ("after a line in quotes", "firm.csv", 'id,name\nF8,"丙\n二行"\n\nF9,\n', 1,
     [(F, 5, "name", "the name is empty")]),
    ("no name", "firm.csv", "id,name\nF8,\nF9,丙\n", 1, [(F, 2, "name", "the name is empty")]),
    ("unknown class", "entities.csv", "id,type,name\nX1,Firn,丙\nX2,企业,丁\n", 1,
     [(N, 2, "type", "no class 'Firn'; near ones: Firm")]),
    ("no class", "entities.csv", "id,type,name\nX1,,丙\nX2,企业,丁\n", 1,
     [(N, 2, "type", "the type is empty")]),
    ("class too general", "entities.csv", "id,type,name\nX1,Organization,丙\nX2,Firm,丁\n", 1,
     [(N, 2, "type", "'Organization' is too general")]),
    ("unknown relation", "relations.csv", "from,type,to\nF1,PROVIDE,P2\nF1,提供,P2\n", 1,
     [("bad/relations.csv", 2, "type", "no relation 'PROVIDE'; near ones: PROVIDES")]),
    ("bad shares", "provides.csv", "from,to,share\nF1,P2,140%\nF1,P2,abc\nF1,P2,-1\nF1,P2,1%\n", 1,
     [("bad/provides.csv", 2, "share", "over 100%"), ("bad/provides.csv", 3, "share", "no share"),
      ("bad/provides.csv", 4, "share", "below 0")]),
    ("empty ends", "provides.csv", "from,to\nF1,\n,P1\nF1,P2\n", 1,
     [("bad/provides.csv", 2, "to", "one end"), ("bad/provides.csv", 3, "from", "one end")]),
    ("self-loop", "requires.csv", "from,to\nP1,P1\n", 0,
     [("bad/requires.csv", 2, "to", "from an entity to itself")]),
    ("bad dates", "firm.csv", "id,name,founded_on\nF7,丙,2024-13-45\nF8,丁,昨天\nF9,戊,2024年5月\n", 1,
     [(F, 2, "founded_on", "no such date"), (F, 3, "founded_on", "no date")]),
    ("bad amounts", "funds.csv", "from,to,amount\nF1,F2,lots\nF2,F1,-5\nF2,F1,3000万元\n", 1,
     [("bad/funds.csv", 2, "amount", "no amount"), ("bad/funds.csv", 3, "amount", "below 0")]),
    ("bad credit code", "企业.csv", "名称,统一社会信用代码\n丙,12345\n丁,-\n", 1,
     [("bad/企业.csv", 2, "统一社会信用代码", "no unified social credit code")]),
    ("unknown closed value", "firm.csv", "id,name,status\nF8,丙,asleep\nF9,丁,signed\n", 1,
     [(F, 2, "status", "none of the values allowed")]),
    ("bad judgement", "same_as.csv", "left,right,judgement\nF1,F2,maybe\nF1,F2,different\n", 1,
     [("bad/same_as.csv", 2, "judgement", "no judgement")]),
    ("bad lines of JSON", "firm.jsonl",
     '{"id":"F7","name":"丙"}\n{"id":"F8","na\n3\n{"id":"F9","id":"F0"}\n', 1,
     [("bad/firm.jsonl", 2, None, "no valid JSON at column 12"),
      ("bad/firm.jsonl", 3, None, "no JSON object"), ("bad/firm.jsonl", 4, None, "'id' is given")]),
    ("workbook rows", "firm.xlsx", _workbook([["id", "name"], ["F8", None], ["F9", "丁"]]), 1,
     [("bad/firm.xlsx", 2, "name", "the name is empty")]),
    ("dangling end", "provides.csv", "from,to\nF99,P1\n", 1,
     [("bad/provides.csv", 2, "from", "'F99', is not a known entity yet")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "accepted", "refused"), [pytest.param(*c[1:], id=c[0]) for c in REFUSED]
)
def test_rows_that_are_refused(
    run: Run,
    put: Put,
    name: str,
    content: str | bytes,
    accepted: int,
    refused: list[tuple[str, int, str | None, str]],
) -> None:
    put(name, content)
    done = run("ingest", "data", "--format", "json")
    assert done.code == 0
    (counts,) = [f for f in done.json() if f["file"] == f"bad/{name}"]
    waiting = sum("not a known entity" in reason for *_, reason in refused)
    assert counts["accepted"] == accepted
    assert counts["rejected"] == len(refused) - waiting
    assert counts["read"] == counts["accepted"] + counts["rejected"]
    _good_rows_are_in(refused)
    if counts["rejected"]:
        checked = run("validate", "data")
        assert checked.code == 1
        for file, line, field, reason in refused:
            place = f"data/{file}:{line}:" + (f" [{field}]" if field else "")
            assert any(s.startswith(place) and reason in s for s in checked.out.splitlines())
        strict = run("ingest", "data", "--strict", "--db", "strict.duckdb")
        assert strict.code == 1 and "Nothing was written" in strict.err


TOLD = [
    ("headings only", "firm.csv", "id,name\n", "headings only, no data (1): bad/firm.csv"),
    ("GB18030", "firm.csv", "id,name\nF9,华为技术\n".encode("gb18030"), "taken to be GB18030"),
    ("id with two names", "firm.csv", "id,name\nF8,丁\nF9,丙\nF9,戊\nF9,丙\n",
     "bad/firm.csv:4: F9 already has the name '丙' (line 3)"),
    ("circle", "requires.csv", "from,to\nP1,P2\n",
     "data/bad/requires.csv:2: REQUIRES runs in a circle of 2 links"),
    ("wrong class at an end", "provides.csv", "from,to\nP1,P2\n",
     "data/bad/provides.csv:2: the from end of PROVIDES, 'P1', is a Product"),
    ("shares over one", "provides.csv", "from,to,share\nF2,P1,70%\n",
     "data/bad/provides.csv:2: the shares of the providers of 'P1' add up to 130%"),
    ("heading twice", "firm.csv", "id,name,name\nF9,丙,丁\n", "bad/firm.csv:1: the heading 'name'"),
    ("unknown heading", "firm.csv", "id,name,nmae_en\nF9,丙,C\n",
     "'nmae_en' is not known and was not read; near ones: name_en"),
    ("10,000 columns", "firm.csv",
     "id,name," + ",".join(f"c{i}" for i in range(9998)) + "\nF9,丙" + ",1" * 9998, "more notes"),
    ("formula without value", "firm.xlsx", _workbook([["id", "name", "name_en"],
     ["F9", "丙", '="a"&"b"']]), "1 formula(s) were saved without a value (the first in C2)"),
    ("merged cells", "firm.xlsx", _workbook([["id", "name", "name_en"], ["F8", "丙", "Group"],
     ["F9", "丁", None]], "C2:C3"), "1 merged cell(s) (the first in C2)"),
    ("docx", "report.docx", b"PK\x03\x04", "Left out: Reports in prose (.docx)"),
    ("zip", "firm.zip", b"PK\x03\x04", "Left out: Archives (.zip)"),
    ("sheet of WPS", "firm.et", b"x", "Left out: .et tables"),
    ("no suffix", "firm", "id,name\n", "Left out: The suffix — is not known"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "said"), [pytest.param(*c[1:], id=c[0]) for c in TOLD])
def test_what_is_told_and_goes_in_or_is_left_out(
    run: Run, put: Put, name: str, content: str | bytes, said: str
) -> None:
    put(name, content)
    done = run("ingest", "data")
    assert done.code == 0
    assert said in done.err
    _good_rows_are_in([])
    again = run("ingest", "data", "--db", "zh.duckdb", "--lang", "zh")
    (line,) = [s for s in again.err.splitlines() if f"bad/{name}" in s and "│" not in s][:1]
    assert again.code == 0 and HAN.search(line)


TAKEN = [
    ("mixed line ends", "id,name\r\nF7,丙\nF8,丁\r\n", {"F7": "丙", "F8": "丁"}),
    ("marks twice", "\ufeff\ufeffid,name\nF9,丙\n", {"F9": "丙"}),
    ("script", "id,name\nF9,<script>alert(1)</script>\n", {"F9": "<script>alert(1)</script>"}),
    ("formula", 'id,name\nF9,"=HYPERLINK(""x"")"\n', {"F9": '=HYPERLINK("x")'}),
    ("control characters", "id,name\nF9,a\x07\x1b[31mb\n", {"F9": "a\x07\x1b[31mb"}),
    ("quote of SQL", 'id,name\nF9,"x\'); DROP TABLE run; --"\n', {"F9": "x'); DROP TABLE run; --"}),
    ("1 MB in a cell", "id,name\nF9," + "长" * 350_000 + "\n", {"F9": "长" * 350_000}),
]


@pytest.mark.parametrize(("content", "names"), [pytest.param(*c[1:], id=c[0]) for c in TAKEN])
def test_what_looks_bad_and_is_data(
    run: Run, put: Put, content: str, names: dict[str, str]
) -> None:
    put("firm.csv", content)
    done = run("ingest", "data")
    assert done.code == 0
    _good_rows_are_in([])
    with Record.open(Path("graph.duckdb")) as record:
        found = dict(record.view().con.execute("SELECT id, name FROM node").fetchall())
    assert {i: found[i] for i in names} == names
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", done.err)


def test_there_are_forty_and_more() -> None:
    every = [case[0] for table in (FILES, REFUSED, TOLD, TAKEN) for case in table]
    assert len(every) == len(set(every)) >= 60
