"""compose.yaml: only this machine reaches the server, no password stands in it, memory is bounded,
and every setting is one that the server knows.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.neo4j_server import JARS

VALIDATE = ("server", "validate-config")
FILE = Path(__file__).parent.parent / "compose.yaml"
SERVICE = {
    *("image", "restart", "ports", "environment", "volumes", "mem_limit", "security_opt"),
    "healthcheck",
}
"""Keys of a service that are used, all of the Compose Specification."""


@pytest.fixture
def service() -> dict[str, Any]:
    said = yaml.safe_load(FILE.read_text("utf-8"))
    assert set(said) == {"services", "volumes"}
    [(name, service)] = said["services"].items()
    assert name == "neo4j" and set(service) == SERVICE
    assert [v.split(":")[0] for v in service["volumes"]] == list(said["volumes"])
    found: dict[str, Any] = service
    return found


def settings(service: dict[str, Any]) -> dict[str, str]:
    """The server's settings: the image makes `.` of `_` and `_` of `__`."""
    found = {}
    for name, value in service["environment"].items():
        if name != "NEO4J_AUTH":
            key = name.removeprefix("NEO4J_").replace("__", "\0").replace("_", ".")
            found[key.replace("\0", "_")] = str(value)
    return found


def test_only_this_machine_reaches_it(service: dict[str, Any]) -> None:
    assert service["ports"]
    for port in service["ports"]:
        assert re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port)


def test_the_password_comes_from_the_environment(service: dict[str, Any]) -> None:
    assert re.fullmatch(r"neo4j/\$\{NEO4J_PASSWORD:\?[^}]+\}", service["environment"]["NEO4J_AUTH"])


def test_memory_is_bounded_and_nothing_is_reported(service: dict[str, Any]) -> None:
    said = settings(service)
    sizes = {"g": 1024, "m": 1}
    heap, pages, all_of_it = (
        int(size[:-1]) * sizes[size[-1]]
        for size in (
            said["server.memory.heap.max_size"],
            said["server.memory.pagecache.size"],
            service["mem_limit"],
        )
    )
    assert heap + pages < all_of_it
    assert said["dbms.usage_report.enabled"] == said["client.allow_telemetry"] == "false"
    assert said["dbms.security.allow_csv_import_from_file_urls"] == "false"


@pytest.mark.neo4j
def test_the_server_knows_every_setting(service: dict[str, Any], tmp_path: Path) -> None:
    """`neo4j-admin server validate-config` refuses what it does not know."""
    java = shutil.which("java")
    if java is None or not any(JARS.glob("neo4j-server-*.jar")):
        pytest.fail("no Java, or no Neo4j jars in .cache/neo4j/lib: run tests/neo4j/fetch.sh")
    (tmp_path / "conf").mkdir()
    lines = [f"{key}={value}" for key, value in settings(service).items()]

    def validate(*more: str) -> int:
        (tmp_path / "conf" / "neo4j.conf").write_text("\n".join([*lines, *more]) + "\n")
        done = subprocess.run(
            [java, "-cp", f"{JARS}/*", "org.neo4j.server.startup.Neo4jAdminCommand", *VALIDATE],
            env={**os.environ, "NEO4J_HOME": str(tmp_path), "NEO4J_CONF": f"{tmp_path}/conf"},
            capture_output=True,
            timeout=120,
        )
        return done.returncode

    assert validate() == 0
    assert validate("dbms.no_such_setting=1") != 0
