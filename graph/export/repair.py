"""What `graph repair` says: the JSON contract, or a table."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from graph.console import Console, give
from graph.export.whatif import name, tables, why
from graph.messages import Lang, say
from graph.rows import to_json

Said = Mapping[str, Any]


def _repairs(said: Said, lang: Lang) -> Iterator[Sequence[Any]]:
    for one in said["repairs"]:
        first = one["candidates"][0]
        yield (
            one["measure"],
            one["rank"],
            f"{one['taken']:.2f}",
            f"{one['before']:.2f}",
            f"{one['after']:.2f}",
            _who(one["candidates"], lang),
            one["relation"],
            name(one["object"], lang),
            "" if one["about"] == one["object"] else name(one["about"], lang),
            why(first["why"], lang),
            ("、" if lang == "zh" else ", ").join(_effect(e) for e in one["also"]),
        )


def _who(candidates: Sequence[Said], lang: Lang) -> str:
    """The candidates; to whom as well, where that is not the same for all."""
    shown = []
    for one in candidates:
        who = say("repair.new", lang) if one["subject"] is None else name(one["subject"], lang)
        other = one["object"] != candidates[0]["object"]
        shown.append(f"{who} → {name(one['object'], lang)}" if other else who)
    return ("、" if lang == "zh" else ", ").join(shown)


def _effect(one: Said) -> str:
    level = f" {one['level']}" if one["level"] else ""
    return f"{one['measure']}{level} {one['before']:.2f} → {one['after']:.2f}"


def _not_mended(said: Said, lang: Lang) -> Iterator[Sequence[Any]]:
    for one in said["not_mended"]:
        yield one["measure"], name(one["about"], lang), say(f"repair.{one['reason']}", lang)


REPAIRS = (
    "measure",
    "rank",
    "taken",
    "before",
    "after",
    "who",
    "relation",
    "object",
    "about",
    "why",
    "also",
)
SECTIONS = (
    ("repairs", REPAIRS, _repairs),
    ("not_mended", ("measure", "about", "reason"), _not_mended),
)
"""Each list: its key in the JSON, its headings, its rows."""


def show(console: Console, said: Said, kind: str, output: Path | None) -> None:
    """The answer in the form asked for, to a file or standard output."""
    if kind == "json":
        give(to_json(said), output)
        return
    lang = console.lang
    counts = {
        "seen": sum(said["counts"].values()),
        "count": len(said["repairs"]),
        "rest": len(said["not_mended"]),
    }
    lines = [say("repair.summary", lang, **counts)]
    shares = {one["share"] for one in said["repairs"] if one["share"] is not None}
    lines += [say("repair.assumed", lang, share=share) for share in sorted(shares)]
    tables(console, said, SECTIONS, "\n".join(lines) + "\n", output, "repair")
