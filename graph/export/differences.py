"""What changed between two runs, as `graph diff` gives it: the JSON, or a row per change."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from graph.console import Console, give
from graph.messages import Lang, say
from graph.rows import plain, to_json, to_plain
from graph.schema import Schema

COLUMNS = ("part", "change", "kind", "subject", "old", "new", "because")
PARTS = ("entities", "relations", "findings")
SHOWN = 3
"""Causes in one cell; the JSON has more."""

Row = tuple[str, ...]


def render(
    console: Console, diff: Mapping[str, Any], schema: Schema, kind: str, output: Path | None
) -> None:
    """`diff` as `graph.gaps.diff.Diff.to_dict` gives it, to standard output or a file."""
    if kind == "json":
        give(to_json(diff), output)
        return
    lang = console.lang
    parts = {part: rows(diff, part, schema, lang) for part in PARTS}
    headings = [say(f"diff.{column}", lang) for column in COLUMNS]
    if output is not None:
        give(to_plain([headings, *(row for part in parts.values() for row in part)]), output)
    else:
        for part, found in parts.items():
            if found:
                console.table(headings, found, title=say(f"diff.{part}", lang))
    _summary(console, diff, parts)


def _summary(console: Console, diff: Mapping[str, Any], parts: Mapping[str, list[Row]]) -> None:
    """To standard error: which runs, how much changed, and what has to be known with it."""
    before, after, findings = diff["before"], diff["after"], diff["findings"]
    console.say(
        "diff.sides",
        before=_run(before, console.lang),
        after=_run(after, console.lang),
        claims=diff["claims"],
    )
    counts = {
        change: sum(measure[change] for measure in findings["counts"].values())
        for change in ("opened", "closed", "worse", "better", "same")
    }
    console.say("diff.counted", **counts)
    for name, method in findings["versions"].items():
        console.say("diff.version", measure=name, old=method["old"], new=method["new"])
    if diff["unknown_place"]:
        side = diff[diff["unknown_place"]]
        console.say("diff.unknown_place", run=_run(side, console.lang))
    if before["as_of"] != after["as_of"]:
        console.say("diff.two_days", before=before["as_of"], after=after["as_of"])
    total = sum(counts.values()) - counts["same"]
    for part in PARTS[:2]:
        total += sum(sum(kinds.values()) for kinds in diff[part]["counts"].values())
    listed = sum(len(diff[part]["listed"]) for part in PARTS)
    if not total:
        console.say("diff.nothing")
    elif listed < total:
        console.say("diff.more", shown=listed, count=total)


def _run(side: Mapping[str, Any], lang: Lang) -> str:
    if side["started"] is None:
        return say("diff.run_nothing", lang)
    return say("diff.run", lang, number=side["run"], started=side["started"][:16].replace("T", " "))


def rows(diff: Mapping[str, Any], part: str, schema: Schema, lang: Lang) -> list[Row]:
    """A row per change of one part, in the order of `COLUMNS`."""
    make = _finding if part == "findings" else _entity if part == "entities" else _relation
    named = say(f"diff.{part}", lang)
    return [(named, *make(one, schema, lang)) for one in diff[part]["listed"]]


def _entity(one: Mapping[str, Any], schema: Schema, lang: Lang) -> Row:
    subject = f"{_name(one['name'], one['id'], lang)} ({one['id']})"
    if one.get("merged_into"):
        subject += " " + say("diff.merged", lang, into=one["merged_into"])
    kind = schema.classes[one["type"]].label[lang]
    return (*_changed(one, kind, subject, schema, lang), _causes(one["causes"], schema, lang))


def _relation(one: Mapping[str, Any], schema: Schema, lang: Lang) -> Row:
    kind = schema.relations[one["type"]].label[lang]
    subject = f"{one['from']} → {one['to']}"
    return (*_changed(one, kind, subject, schema, lang), _causes(one["causes"], schema, lang))


def _changed(
    one: Mapping[str, Any], kind: str, subject: str, schema: Schema, lang: Lang
) -> tuple[str, str, str, str, str]:
    labels = _labels(one["type"], schema, lang)
    old, new = (
        ", ".join(
            f"{labels.get(name, name)} {plain(value[side])}"
            for name, value in one["values"].items()
            if value[side] is not None and name != "source_ref"
        )
        for side in ("old", "new")
    )
    return say(f"diff.{one['change']}", lang), kind, subject, old, new


def _finding(one: Mapping[str, Any], schema: Schema, lang: Lang) -> Row:
    subject = _name(one["subject"]["name"], one["subject"]["id"], lang)
    if one["object"]:
        subject += " → " + _name(one["object"]["name"], one["object"]["id"], lang)
    old, new = (_side(one, side, lang) for side in ("old", "new"))
    because = _causes(one["causes"], schema, lang)
    return say(f"diff.{one['change']}", lang), one["measure"], subject, old, new, because


def _side(one: Mapping[str, Any], side: str, lang: Lang) -> str:
    """The severity with what is said of it; where there is none, why not."""
    severity, text = one["severity"][side], one["text"][side]
    if severity is not None:
        return f"{severity:.2f} {text[lang]}" if text else f"{severity:.2f}"
    said = say(f"diff.{one['otherwise']}", lang)
    return f"{said} ({', '.join(one['instead'])})" if one["instead"] else said


def _causes(causes: Mapping[str, Any], schema: Schema, lang: Lang) -> str:
    """The first claims: file and line, and what they said and say."""
    if not causes["count"]:
        return say("diff.no_cause", lang)
    said = [_claim(claim, schema, lang) for claim in causes["listed"][:SHOWN]]
    left = causes["count"] - len(said)
    if left:
        said.append(say("diff.more_causes", lang, count=left))
    return "; ".join(said)


def _claim(claim: Mapping[str, Any], schema: Schema, lang: Lang) -> str:
    old, new = claim["old"], claim["new"]
    place = new or old
    where = f"{claim['source']}/{place['file']}:{place['line']}"
    if not (old and new):
        return f"{where} {say('diff.claim_new' if new else 'diff.claim_gone', lang)}"
    labels = _labels(claim["type"], schema, lang)
    values = ", ".join(
        f"{labels.get(name, name)} {_plain(value['old'])} → {_plain(value['new'])}"
        for name, value in claim["values"].items()
    )
    return f"{where} {values}".strip()


def _plain(value: Any) -> str:
    return plain(value) or "—"


def _labels(name: str, schema: Schema, lang: Lang) -> dict[str, str]:
    """What the columns of a class or relation are called."""
    terms: Iterable[Any] = ()
    if name in schema.classes:
        terms = schema.classes[name].properties
    elif name in schema.relations:
        terms = schema.relations[name].attributes
    return {
        column: term.label[lang] + column.removeprefix(term.name).replace("_", " ")
        for term in terms
        for column, _ in term.columns
    }


def _name(names: Mapping[str, str], fallback: str, lang: Lang) -> str:
    other = "en" if lang == "zh" else "zh"
    return str(names.get(lang) or names.get(other) or fallback)
