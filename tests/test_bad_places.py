"""Places, records, settings and mappings that will not do: a message, the right code, no harm."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from graph.record import Record
from tests.program import Done, Graph

GOOD = "id,name\nF1,甲公司\nF2,乙公司\n"
PROGRAM = str(Path(sys.executable).with_name("graph"))

Run = Callable[..., Done]


@pytest.fixture(autouse=True)
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "firm.csv").write_text(GOOD, "utf-8")
    return folder


def _firms(path: str = "graph.duckdb") -> int:
    with Record.open(Path(path)) as record:
        return record.view().entity_counts().get("Firm", 0)


LINKS: list[tuple[str, Callable[[Path], object], str]] = [
    ("out of the folder", lambda p: p.symlink_to("/etc/hostname"), "leads out of the folder"),
    ("folder outside", lambda p: p.symlink_to("/etc"), "leads out of the folder"),
    ("to nowhere", lambda p: p.symlink_to("nowhere.csv"), "a link that leads nowhere"),
    ("to itself", lambda p: p.symlink_to(p.name), "a link that leads nowhere"),
    ("to its own folder", lambda p: p.symlink_to("."), "a link to another folder"),
    ("a pipe", os.mkfifo, "is not a regular file"),
]


@pytest.mark.parametrize(("make", "said"), [pytest.param(*c[1:], id=c[0]) for c in LINKS])
def test_what_is_no_file_in_a_folder(
    run: Run, data: Path, make: Callable[[Path], object], said: str
) -> None:
    make(data / "bad.csv")
    done = run("ingest", "data")
    assert done.code == 3
    (told,) = [line for line in done.err.splitlines() if line.startswith("Not read: ")]
    assert "data/bad.csv" in told and said in told
    assert _firms() == 2
    again = run("ingest", "data")
    assert again.code == 3 and "Nothing was written" not in again.err


def test_a_link_within_the_folder_is_read(run: Run, data: Path) -> None:
    (data / "more").mkdir()
    (data / "more" / "product.csv").symlink_to("../list.txt")
    (data / "list.txt").write_text("id,name\nP1,晶圆\n", "utf-8")
    assert run("ingest", "data/more").code == 3
    done = run("ingest", "data", "--db", "whole.duckdb")
    assert "product.csv" in done.err and "leads out" not in done.err


def test_a_folder_named_like_a_table(run: Run, data: Path) -> None:
    (data / "x.csv").mkdir()
    done = run("ingest", "data/x.csv")
    assert done.code == 3 and "data/x.csv holds no file to read" in done.err
    (data / "x.csv" / "firm.csv").write_text("id,name\nF3,丙\n", "utf-8")
    assert run("ingest", "data").code == 0
    assert _firms() == 3


def test_a_file_that_gives_an_error_when_read(run: Run, data: Path) -> None:
    (data.parent / "firm.csv").symlink_to("/proc/self/mem")
    done = run("ingest", "firm.csv", "data")
    assert done.code == 3 and "firm.csv cannot be read: Input/output error" in done.err
    assert _firms() == 2


PLACES = [
    ("ingest nowhere", 3, "nothing at nowhere"),
    ("ingest data --db /proc/x.duckdb", 3, "/proc/x.duckdb cannot be opened"),
    ("ingest data --db nowhere/x.duckdb", 3, "The folder nowhere does not exist"),
    ("ingest data --db data/firm.csv/x.duckdb", 3, "The folder data/firm.csv does not exist"),
    ("ingest data --db data", 3, "data cannot be opened"),
    ("init /proc/workspace", 2, "/proc/workspace"),
    ("init data/firm.csv", 2, "data/firm.csv"),
    ("demo /proc/demo", 2, "/proc/demo/data cannot be written"),
    ("demo data/firm.csv/demo", 2, "data/firm.csv/demo/data cannot be written"),
    ("demo data", 2, "data exists and is not empty"),
    ("ingest data --mapping etto", 2, "shipped ones: "),
    ("ingest data --mapping no.yaml", 3, "no.yaml: cannot be read"),
    ("ingest data --mapping data", 3, "data: cannot be read"),
]


@pytest.mark.parametrize(("words", "code", "said"), PLACES, ids=[c[0] for c in PLACES])
def test_a_place_that_will_not_do(run: Run, words: str, code: int, said: str) -> None:
    done = run(*words.split())
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith("Error: ") and said in done.err
    assert run(*words.split(), "--lang", "zh").err.startswith("错误：")


@pytest.mark.parametrize("place", ["/proc/x.ttl", "nowhere/x.ttl", "data"])
def test_an_output_that_cannot_be_written(run: Run, place: str) -> None:
    run("ingest", "data")
    done = run("export", "ttl", "-o", place)
    assert (done.code, done.out) == (2, "") and f"{place} " in done.err


RECORDS = [
    ("a text", b"hello\n", "not a valid DuckDB database"),
    ("an empty file", b"", "cannot be opened"),
    ("the beginning of a record", None, "cannot be opened"),
]


@pytest.mark.parametrize(("content", "said"), [pytest.param(*c[1:], id=c[0]) for c in RECORDS])
def test_a_record_that_is_none(run: Run, content: bytes | None, said: str) -> None:
    if content is None:
        run("ingest", "data", "--db", "whole.duckdb")
        content = Path("whole.duckdb").read_bytes()[:20_000]
    Path("graph.duckdb").write_bytes(content)
    for words in (("stats",), ("ingest", "data")):
        done = run(*words)
        assert done.code == 3 and said in done.err and "graph.duckdb" in done.err
    assert Path("graph.duckdb").read_bytes() == content


@pytest.mark.parametrize("table", ["meta(key INTEGER)", "meta(a INTEGER)", "customer(name TEXT)"])
def test_somebody_else_s_database_is_left_alone(run: Run, table: str) -> None:
    with duckdb.connect("other.duckdb") as con:
        con.execute(f"CREATE TABLE {table}")
    for words in (("stats",), ("ingest", "data")):
        done = run(*words, "--db", "other.duckdb")
        assert done.code == 3 and "not a record of this program" in done.err
    with duckdb.connect("other.duckdb") as con:
        assert con.execute("SELECT count(*) FROM duckdb_tables()").fetchall() == [(1,)]


SETTINGS = [
    ("a = [", "graph.toml cannot be read"),
    ("colour = 1", "colour"),
    ("db = 3", "db cannot be '3'"),
    ('memory = "lots"', "memory cannot be 'lots'"),
    ("memory = 5", "memory cannot be '5'"),
    ("gaps = 3", "gaps cannot be '3'; write [gaps]"),
    ('lang = "fr"', "no language 'fr'"),
    ('[neo4j]\npassword = "x"', "graph.toml holds a password"),
    (b"\xff\xfe", "graph.toml cannot be read"),
]


@pytest.mark.parametrize(("content", "said"), SETTINGS, ids=[str(c[0]) for c in SETTINGS])
def test_settings_that_are_wrong(run: Run, content: str | bytes, said: str) -> None:
    Path("graph.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
    done = run("ingest", "data")
    assert done.code == 3 and said in done.err
    assert not Path("graph.duckdb").exists()


ONTOLOGIES = [
    ("no Turtle", "not turtle {", "o.ttl is not valid Turtle: ", "line 1"),
    ("empty", "", "o.ttl declares no class", ""),
    ("missing", None, "o.ttl cannot be read", ""),
]


@pytest.mark.parametrize(
    ("text", "said", "where"), [pytest.param(*c[1:], id=c[0]) for c in ONTOLOGIES]
)
def test_an_ontology_that_is_none(
    run: Run, monkeypatch: pytest.MonkeyPatch, text: str | None, said: str, where: str
) -> None:
    if text is not None:
        Path("o.ttl").write_text(text, "utf-8")
    monkeypatch.setenv("GRAPH_ONTOLOGY", "o.ttl")
    done = run("ingest", "data")
    assert done.code == 3 and said in done.err and where in done.err


MAPPING = """\
mapping: mine
language: 1
source: mine
files:
  - file: firm.csv
    columns: [id, name]
    entities:
      - {class: Firm, id: id, set: {name: name}}
"""
MAPPINGS = [
    ("typo in a class", "class: Firm", "class: Frim", 2, "m.yaml:8: "),
    ("typo in a key", "columns:", "colums:", 2, "m.yaml:6: "),
    ("no YAML", "set: {", "set: }", 2, "m.yaml:8: "),
    ("unknown column", "name: name", "name: nmae", 2, "m.yaml:8: "),
    ("lookup outside", "    entities", "    make:\n      out: {column: id, lookup: {file: ../out.csv,"
     " key: id, value: name}}\n    entities", 3, "m.yaml:8: "),
    ("file outside", "file: firm.csv", "file: ../out.csv", 1, "the mapping does not name it"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "code", "said"), [pytest.param(*c[1:], id=c[0]) for c in MAPPINGS]
)
def test_a_mapping_that_is_wrong(run: Run, old: str, new: str, code: int, said: str) -> None:
    Path("out.csv").write_text("id,name\nF1,secret\n", "utf-8")
    Path("m.yaml").write_text(MAPPING, "utf-8")
    assert run("ingest", "data", "--mapping", "m.yaml", "--dry-run").code == 0
    assert old in MAPPING
    Path("m.yaml").write_text(MAPPING.replace(old, new, 1), "utf-8")
    done = run("ingest", "data", "--mapping", "m.yaml")
    assert done.code == code and said in done.err
    assert b"secret" not in (Path("graph.duckdb").read_bytes() if code != 2 else b"")


@pytest.mark.slow
def test_a_record_in_use_by_another_process(graph: Graph, tmp_path: Path) -> None:
    graph("ingest", "data")
    script = (
        "import duckdb; con = duckdb.connect('graph.duckdb'); print('open', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None and holder.stdin is not None
        holder.stdout.readline()
        for words in (("stats",), ("ingest", "data"), ("validate",)):
            done = graph(*words)
            assert done.returncode == 4 and "Traceback" not in done.stderr
            assert f"Process {holder.pid} is using the record" in done.stderr
        holder.stdin.write(b"\n")
        holder.stdin.close()
    assert graph("stats").returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("blocks", [1, 100])
def test_a_limit_on_the_size_of_files(graph: Graph, tmp_path: Path, blocks: int) -> None:
    graph("ingest", "data")
    before = graph("stats", "--format", "json").stdout
    rows = "".join(f"P{i},产品{i},{i * 7919 % 99991}\n" for i in range(20_000))
    (tmp_path / "data" / "product.csv").write_text("id,name,description\n" + rows, "utf-8")
    limited = ["sh", "-c", 'ulimit -f "$0"; exec "$@"', str(blocks), PROGRAM]
    for words in (["ingest", "data"], ["ingest", "data", "--db", "new.duckdb"]):
        done = subprocess.run(
            [*limited, *words, "--lang", "en"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in (3, 4) and "File too large" in done.stderr
        assert "Traceback" not in done.stderr
    assert graph("stats", "--format", "json").stdout == before
    assert graph("ingest", "data").returncode == 0
    assert graph("ingest", "data", "--db", "new.duckdb").returncode == 0
