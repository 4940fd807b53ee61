"""The engine as a process: it ends with us, however we end, and a killed build is void."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.cypher import ask, engine
from graph.cypher.cache import Cache
from graph.errors import InputError, QueryError, UnreachableError
from graph.record import Record
from graph.record.locks import held
from graph.record.view import record_digest
from tests.claims import Claims, ecosystem

ROOT = Path(__file__).parents[2]

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

HOLD = """
import sys, time
from pathlib import Path
from graph.cypher import engine
with engine.running(Path(sys.argv[1]), write=True) as running:
    print("up", flush=True)
    time.sleep(120)
"""

QUERY = """
import sys
from pathlib import Path
from graph.cypher import ask
print(ask.embedded(Path(sys.argv[1]), "MATCH (n:Entity) RETURN count(n)", {}).rows, flush=True)
"""


def start(code: str, *words: object, cwd: str | None = None, **env: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
    )


def engines(folder: Path) -> list[int]:
    """The processes whose command line names `folder`, children of ours aside."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in words and b"ArcadeDBServer" in words:
            found.append(int(entry.name))
    return found


def gone(folder: Path, seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while engines(folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return ecosystem().write(tmp_path / "graph.duckdb")


def states(db: Path) -> list[str]:
    folder = db.with_name(db.name + ".cypher")
    return sorted(p.name for p in folder.iterdir() if p.is_dir())


def digest_of(db: Path) -> str:
    with Record.open(db) as record:
        return record_digest(record.con, record.schema)


@linux
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_engine_ends_with_us(tmp_path: Path, how: signal.Signals) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    process = start(HOLD, tmp_path, TMPDIR=str(scratch))
    assert process.stdout is not None and process.stdout.readline() == "up\n"
    assert engines(tmp_path) and list(scratch.iterdir())
    process.send_signal(how)
    process.communicate(timeout=30)
    assert gone(tmp_path), f"the engine outlives {how.name}"
    deadline = time.monotonic() + 10
    while list(scratch.iterdir()):
        assert time.monotonic() < deadline, "what it kept for the run is still there"
        time.sleep(0.05)


@linux
def test_the_engine_ends_with_its_keeper(tmp_path: Path) -> None:
    process = start(HOLD, tmp_path, TMPDIR=str(tmp_path))
    assert process.stdout is not None and process.stdout.readline() == "up\n"
    [java] = engines(tmp_path)
    fields = (Path("/proc") / str(java) / "stat").read_text().rpartition(")")[2].split()
    os.kill(int(fields[1]), signal.SIGKILL)
    assert gone(tmp_path)
    process.kill()
    process.communicate()


@linux
def test_the_password_is_no_argument(tmp_path: Path) -> None:
    with engine.running(tmp_path, write=True) as running:
        [java] = engines(tmp_path)
        words = (Path("/proc") / str(java) / "cmdline").read_bytes()
        assert running.password.encode() not in words
        assert running.password not in repr(running)


@linux
def test_only_this_machine_is_served(tmp_path: Path) -> None:
    with engine.running(tmp_path, write=True):
        [java] = engines(tmp_path)
        inodes = {str(f.readlink()) for f in (Path("/proc") / str(java) / "fd").iterdir()}
        listening = []
        for table in ("tcp", "tcp6"):
            for line in (Path("/proc/net") / table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
                    listening.append(fields[1].rpartition(":")[0])
        assert listening
        local = {"0100007F", "0000000000000000FFFF00000100007F"}
        assert set(listening) <= local, listening


def test_it_says_why_it_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "TRIES", 1)
    with pytest.raises(UnreachableError) as error, engine.running(tmp_path, heap="1k"):
        pass
    assert error.value.exit_code == 4
    assert "heap" in error.value.text("en").lower()


def test_it_is_built_once_and_again_when_the_record_changes(db: Path) -> None:
    told: list[str] = []
    count = "MATCH (n:Firm) RETURN count(n)"
    assert ask.embedded(db, count, {}, progress=told.append).rows == [[13]]
    assert told
    [first] = states(db)
    told.clear()
    assert ask.embedded(db, count, {}, progress=told.append).rows == [[13]]
    assert told == []
    assert states(db) == [first]
    Claims().entity("Firm", "F9", file="more.csv").write(db)
    assert ask.embedded(db, count, {}, progress=told.append).rows == [[14]]
    assert told
    assert len(states(db)) == 1 and states(db) != [first]


def test_a_killed_build_is_never_taken_for_good(db: Path) -> None:
    folder = db.with_name(db.name + ".cypher")
    process = start(QUERY, db)
    deadline = time.monotonic() + 60
    while not any(folder.glob("build-*/databases/neo4j/schema.json")):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.kill()
    process.communicate()
    assert gone(folder)
    assert all(name.startswith("build-") for name in states(db))
    assert ask.embedded(db, "MATCH (n:Entity) RETURN count(n)", {}).rows == [[17]]
    assert len(states(db)) == 1 and not states(db)[0].startswith("build-")


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_the_path_may_be_chinese(tmp_path: Path, locale: str) -> None:
    folder = tmp_path / "图谱 数据 é"
    folder.mkdir()
    db = ecosystem().write(folder / "记录.duckdb")
    process = start(QUERY, "记录.duckdb", LC_ALL=locale, LANG=locale, cwd=str(folder))
    out, err = process.communicate(timeout=120)
    assert out == "[[17]]\n", err
    assert sorted(p.name for p in folder.iterdir()) == [db.name, db.name + ".cypher"]


def test_two_at_once_build_one(db: Path) -> None:
    both = [start(QUERY, db) for _ in range(2)]
    said = [process.communicate(timeout=120) for process in both]
    assert [out for out, _ in said] == ["[[17]]\n"] * 2, said
    assert len(states(db)) == 1


def test_a_state_in_use_is_left_alone(db: Path) -> None:
    cache = Cache(db, digest_of(db))
    ask.embedded(db, "RETURN 1", {})
    with cache.reading() as running:
        assert running is not None
        Claims().entity("Firm", "F9", file="more.csv").write(db)
        ask.embedded(db, "RETURN 1", {})
        assert len(states(db)) == 2
        assert ask.by_engine(running, "MATCH (n:Firm) RETURN count(n)", {}).rows == [[13]]
    Claims().entity("Firm", "F10", file="yet_more.csv").write(db)
    ask.embedded(db, "RETURN 1", {})
    assert len(states(db)) == 1


def test_nothing_is_started_for_a_query_that_writes(db: Path) -> None:
    with pytest.raises(QueryError):
        ask.embedded(db, "CREATE (n)", {})
    assert not db.with_name(db.name + ".cypher").exists()


def test_a_place_that_cannot_be_written_is_named(db: Path) -> None:
    db.with_name(db.name + ".cypher").write_text("a file where the folder should be")
    with pytest.raises(InputError) as error:
        ask.embedded(db, "RETURN 1", {})
    assert str(db.parent) in error.value.text("zh")


def test_locks_are_let_go(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with held(path, shared=True) as one, held(path, shared=True) as two, held(path) as alone:
        assert (one, two, alone) == (True, True, False)
    with held(path) as alone:
        assert alone


@pytest.fixture(autouse=True)
def nothing_left(tmp_path: Path) -> Iterator[None]:
    yield
    if sys.platform == "linux":
        assert gone(tmp_path), "an engine is still there"


def test_results_are_json(db: Path) -> None:
    found = ask.embedded(db, "MATCH (n:Firm {id: $id})-[r]->(m) RETURN n, r, m", {"id": "F1"})
    assert json.loads(json.dumps(found.rows)) == found.rows
