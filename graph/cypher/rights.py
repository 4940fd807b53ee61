"""What users of the served engine may do: read, and nothing else; the engine itself may do all."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from pathlib import Path

READER = "reader"
"""The user who may only read, and the group of such users."""

ROUNDS = 10_000
"""Of hashing; each log-in takes them once. The password is random, so that few would do."""

_READS = {"access": [], "types": {"*": {"access": ["readRecord"]}}}
_ALL = {
    "access": ["updateSecurity", "updateSchema", "updateDatabaseSettings"],
    "types": {"*": {"access": ["createRecord", "readRecord", "updateRecord", "deleteRecord"]}},
}
GROUPS = {
    "databases": {
        "*": {
            "groups": {
                "*": {"access": [], "types": {"*": {"access": []}}},
                "admin": {"resultSetLimit": -1, "readTimeout": -1, **_ALL},
                READER: {"resultSetLimit": -1, "readTimeout": -1, **_READS},
            }
        }
    },
    "version": 1,
}
"""What groups of users may do, as the engine's `server-groups.json` has it."""


def write(folder: Path, database: str, passwords: Mapping[str, str]) -> None:
    """Writes groups and users where an engine that has its root at `folder` looks for them.

    The reader may read `database`; every other user may do all.
    """
    config = folder / "config"
    config.mkdir()
    (config / "server-groups.json").write_text(json.dumps(GROUPS), "utf-8")
    with (config / "server-users.jsonl").open("w", encoding="utf-8") as file:
        for name, password in passwords.items():
            may = {database: [READER]} if name == READER else {"*": ["admin"]}
            user = {"name": name, "password": _hashed(password), "databases": may}
            file.write(json.dumps(user) + "\n")


def _hashed(password: str) -> str:
    """A password as the engine keeps it: PBKDF2 (RFC 8018) with HMAC-SHA-256."""
    salt = base64.b64encode(secrets.token_bytes(32)).decode()
    made = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), ROUNDS)
    return f"PBKDF2WithHmacSHA256${ROUNDS}${salt}${base64.b64encode(made).decode()}"
