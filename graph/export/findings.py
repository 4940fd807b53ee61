"""Findings in the forms that `graph gaps` gives: the JSON contract, rows, and Markdown."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from graph.console import Console, give, write
from graph.export import explain
from graph.finding import Finding, Findings, NotAssessed
from graph.messages import Lang, say
from graph.rows import md_cell, to_csv, to_json, to_jsonl, to_markdown, to_plain

COLUMNS = ("measure", "rank", "severity", "subject", "object", "action", "confidence", "text")
MORE = ("tied", "rank_range", "apart")
"""What a table says with the rank or with a heading stands in columns of its own in CSV."""


def finding_json(finding: Finding) -> dict[str, Any]:
    """One finding as the contract has it."""
    said = asdict(finding)
    said["derivation"] = [explain.derived_json(step) for step in finding.derivation]
    if not said["derivation"]:
        del said["derivation"]
    if not said["apart"]:
        del said["apart"]
    said["evidence"] = [explain.evidence_json(line) for line in finding.evidence]
    return said


def not_assessed_json(item: NotAssessed) -> dict[str, Any]:
    said = asdict(item)
    return {key: value for key, value in said.items() if value or key in ("subject", "missing")}


def as_dict(findings: Findings) -> dict[str, Any]:
    """The whole answer as the contract has it."""
    return {
        "run": findings.run,
        "record": findings.record,
        "method_version": findings.method_version,
        "configuration": dict(findings.configuration),
        "findings": [finding_json(f) for f in findings.findings],
        "not_assessed": [not_assessed_json(n) for n in findings.not_assessed],
    }


def headings(lang: Lang, columns: Sequence[str] = COLUMNS) -> list[str]:
    return [say(f"findings.{column}", lang) for column in columns]


def rows(findings: Iterable[Finding], lang: Lang) -> list[Sequence[Any]]:
    """A row per finding of one list, in the order of `COLUMNS`.

    A list apart is counted from 1, though its ranks in a measure follow those of the others.
    """
    first: dict[str, int] = {}
    some = list(findings)
    for f in some:
        first.setdefault(f.measure, f.rank - 1 if f.apart else 0)
    return [(f.measure, rank_text(f, first[f.measure]), *_facts(f, lang)) for f in some]


def rank_text(finding: Finding, before: int = 0) -> str:
    """The rank less the `before` others, `=` where others share it, and its range where that says
    more.

    `3= (2–7)`: third with others, between second and seventh in nine draws of ten.
    """
    text = f"{finding.rank - before}{'=' if finding.tied > 1 else ''}"
    near = _range(finding, before)
    return f"{text} ({near})" if near else text


def _range(finding: Finding, before: int = 0) -> str:
    near = finding.rank_range
    if near is None or near == (finding.rank, finding.rank):
        return ""
    return f"{near[0] - before}–{near[1] - before}"


def _facts(f: Finding, lang: Lang) -> tuple[str, ...]:
    return (
        f"{f.severity:.2f}",
        _name(f.subject.name, f.subject.id, lang),
        _name(f.object.name, f.object.id, lang) if f.object else "",
        f.action,
        f"{f.confidence.score:.2f}",
        f.text.get(lang, ""),
    )


def _name(names: Any, fallback: str, lang: Lang) -> str:
    other = "en" if lang == "zh" else "zh"
    return str(names.get(lang) or names.get(other) or fallback)


def lists(findings: Findings, lang: Lang) -> list[tuple[str, list[Sequence[Any]]]]:
    """The rows by list, each under its heading: weak links (no heading), then those apart."""
    by_list: dict[str, list[Finding]] = {"": []}
    for finding in findings.findings:
        by_list.setdefault(finding.apart, []).append(finding)
    return [(_heading(name, lang), rows(some, lang)) for name, some in by_list.items() if some]


APART = ("advantage",)
"""Lists with a heading of their own."""


def _heading(name: str, lang: Lang) -> str:
    if not name:
        return ""
    return say(f"findings.list-{name}" if name in APART else "findings.list", lang, name=name)


def render(findings: Findings, kind: str, lang: Lang) -> str:
    """`findings` as json, jsonl, csv, md or plain rows."""
    if kind == "json":
        return to_json(as_dict(findings))
    if kind == "jsonl":
        return to_jsonl(finding_json(f) for f in findings.findings)
    if kind == "csv":
        every = [
            (f.measure, f.rank, *_facts(f, lang), f.tied, _range(f), f.apart)
            for f in findings.findings
        ]
        return to_csv(headings(lang, (*COLUMNS, *MORE)), every)
    heads, parts = headings(lang), lists(findings, lang)
    if kind == "md":
        return "\n".join(
            (f"## {md_cell(title)}\n\n" if title else "") + to_markdown(heads, some)
            for title, some in parts or [("", [])]
        )
    return "\n".join(
        (f"{title}\n" if title else "") + to_plain([heads, *some])
        for title, some in parts or [("", [])]
    )


def export(view: object, findings: Findings | None, lang: Lang, settings: object) -> bytes:
    """The findings as JSON (`graph export json`)."""
    assert findings is not None
    return to_json(as_dict(findings)).encode()


def show(
    console: Console, findings: Findings, kind: str, output: Path | None, wanted: str | None
) -> None:
    """The answer of `graph gaps` in the form asked for; `wanted` keeps one finding, whole.

    Raises UsageError where not just one finding is meant by that.
    """
    if wanted is not None:
        one = explain.single(findings.findings, wanted)
        findings = replace(findings, findings=(one,), not_assessed=())
        if kind in ("table", "md"):
            told = explain.to_text if kind == "table" else explain.to_markdown
            give(told(one, console.lang), output)
            return
    if kind != "table" or output is not None:
        give(render(findings, kind, console.lang), output)
        return
    if not findings.findings:
        console.say("export.no_findings", count=len(findings.not_assessed))
        return
    for title, some in lists(findings, console.lang):
        if title:
            write(f"\n{title}\n")
        console.table(headings(console.lang), some)
    if findings.not_assessed:
        console.say("export.not_assessed", count=len(findings.not_assessed))
