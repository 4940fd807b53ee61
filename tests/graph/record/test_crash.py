"""Killed at any point, the record holds all of a run or nothing of it; a second process is told."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from graph.errors import RecordBusyError
from graph.record import Record

INGEST = """
import sys
from pathlib import Path
from graph.record import Record
from ingest import load
from ingest.discover import discover
with Record.open(Path(sys.argv[1]), write=True) as record:
    print("open", flush=True)
    load.ingest(record, discover([Path(sys.argv[2])]))
print("done", flush=True)
"""


def many(workspace: Any, rows: int = 20_000) -> None:
    workspace.write("firm.csv", "id,name", *(f"F{i},示例企业{i}" for i in range(rows)))
    workspace.write("product.csv", "id,name", *(f"P{i},示例产品{i}" for i in range(100)))
    workspace.write("provides.csv", "from,to", *(f"F{i},P{i % 100}" for i in range(rows)))


def start(workspace: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", INGEST, str(workspace.db), str(workspace.data)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )


def test_killed_at_random_points_nothing_is_half(workspace: Any, tmp_path: Path) -> None:
    many(workspace)
    whole = type(workspace)(tmp_path / "whole")
    many(whole)
    whole.ingest()
    seed = random.randrange(2**32)
    rng = random.Random(seed)
    for _ in range(5):
        workspace.db.unlink(missing_ok=True)
        process = start(workspace)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(rng.random() * 0.8)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        with Record.open(workspace.db, write=True) as record:
            nodes = record.con.execute("SELECT count(*) FROM node_key").fetchone()
        assert nodes in ((0,), (20_100,)), f"half a run is visible (seed {seed})"
        workspace.ingest()
        assert workspace.digest == whole.digest, f"the rerun differs (seed {seed})"


def test_a_second_process_is_told_who_has_the_record(toy: Any) -> None:
    toy.ingest()
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True);"
            " sys.stdin.read()",
            str(toy.db),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdin and holder.stdout
    try:
        holder.stdout.readline()
        with pytest.raises(RecordBusyError, match=str(holder.pid)):
            Record.open(toy.db)
    finally:
        holder.stdin.close()
        holder.stdout.close()
        holder.wait()
