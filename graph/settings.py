"""`graph.toml`: what a workspace sets once. A flag beats the environment, which beats the file."""

import os
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from graph.errors import InputError
from graph.messages import Lang, locale_lang

FILE = "graph.toml"
DATABASE = "graph.duckdb"
WORDS = {"db", "lang", "currency", "home", "region", "base", "memory"}
KNOWN = {*WORDS, "gaps", "neo4j"}
MEMORY = re.compile(r"\d+(\.\d+)? ?[KMGT](i?B)?", re.IGNORECASE)


@dataclass(frozen=True)
class Settings:
    """The settings of a workspace, read once per command."""

    db: Path = Path(DATABASE)
    lang: Lang = "en"
    currency: str = "CNY"
    home: str | None = None
    region: str | None = None
    base: str | None = None
    memory: str = "1500MB"
    gaps: dict[str, Any] = field(default_factory=dict)
    neo4j: dict[str, str] = field(default_factory=dict)

    def viewpoint(self, home: str | None, region: str | None) -> dict[str, Any]:
        """Home and region as asked for, else as the workspace has them."""
        return {"home": home or self.home, "region": region or self.region}


def read(folder: Path | None = None) -> Settings:
    """Reads `graph.toml` of `folder` (the working folder), then the environment.

    Raises InputError for a file that is no TOML, or has a key of another name or a value of another
    kind.
    """
    path = (folder or Path()) / FILE
    said: dict[str, Any] = {}
    if path.is_file():
        try:
            said = tomllib.loads(path.read_text("utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError("settings.unreadable", path=path, detail=error) from error
        unknown = sorted(set(said) - KNOWN)
        if unknown:
            raise InputError(
                "settings.unknown",
                path=path,
                keys=", ".join(unknown),
                known=", ".join(sorted(KNOWN)),
            )
        _check_kinds(path, said)
        if "password" in said.get("neo4j", {}):
            raise InputError("settings.password", path=path)
    lang = os.environ.get("GRAPH_LANG") or said.get("lang") or locale_lang()
    if lang not in ("zh", "en"):
        raise InputError("settings.lang", lang=lang)
    return Settings(
        db=Path(os.environ.get("GRAPH_DB") or said.get("db") or DATABASE),
        lang=cast(Lang, lang),
        currency=str(said.get("currency", "CNY")),
        home=os.environ.get("GRAPH_HOME") or said.get("home"),
        region=os.environ.get("GRAPH_REGION") or said.get("region"),
        base=said.get("base"),
        memory=str(said.get("memory", "1500MB")),
        gaps=dict(said.get("gaps", {})),
        neo4j=dict(said.get("neo4j", {})),
    )


def _check_kinds(path: Path, said: dict[str, Any]) -> None:
    for key, value in sorted(said.items()):
        if key not in WORDS:
            fits, wanted = isinstance(value, dict), f"[{key}]"
        elif key == "memory":
            fits, wanted = isinstance(value, str) and bool(MEMORY.fullmatch(value)), '"1500MB"'
        else:
            fits, wanted = isinstance(value, str), '"…"'
        if not fits:
            raise InputError("settings.kind", path=path, key=key, value=value, wanted=wanted)
