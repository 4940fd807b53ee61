"""The installed program, run as a process in a folder of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Graph = Callable[..., subprocess.CompletedProcess[str]]


def program(folder: Path) -> Graph:
    """A function that runs `graph` with these words in `folder`, English unless told."""

    def run(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
        mine = ("GRAPH_", "NEO4J_")
        surroundings = {k: v for k, v in os.environ.items() if not k.startswith(mine)}
        return subprocess.run(
            [str(Path(sys.executable).with_name("graph")), *words],
            cwd=folder,
            env={**surroundings, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", **env},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    return run


@dataclass(frozen=True)
class Done:
    """How a command that ran in this process ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)
