"""Findings in the forms that `graph gaps` gives: the JSON contract, rows, and Markdown."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from graph.console import Console, give
from graph.export import explain
from graph.finding import Finding, Findings, NotAssessed
from graph.messages import Lang, say
from graph.rows import to_csv, to_json, to_jsonl, to_markdown, to_plain

COLUMNS = ("measure", "rank", "severity", "subject", "object", "action", "confidence", "text")


def finding_json(finding: Finding) -> dict[str, Any]:
    """One finding as the contract has it."""
    said = asdict(finding)
    said["derivation"] = [explain.derived_json(step) for step in finding.derivation]
    if not said["derivation"]:
        del said["derivation"]
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


def headings(lang: Lang) -> list[str]:
    return [say(f"findings.{column}", lang) for column in COLUMNS]


def rows(findings: Findings, lang: Lang) -> list[Sequence[Any]]:
    """A row per finding, in the order of `COLUMNS`."""
    return [
        (
            f.measure,
            f.rank,
            f"{f.severity:.2f}",
            _name(f.subject.name, f.subject.id, lang),
            _name(f.object.name, f.object.id, lang) if f.object else "",
            f.action,
            f"{f.confidence.score:.2f}",
            f.text.get(lang, ""),
        )
        for f in findings.findings
    ]


def _name(names: Any, fallback: str, lang: Lang) -> str:
    other = "en" if lang == "zh" else "zh"
    return str(names.get(lang) or names.get(other) or fallback)


def render(findings: Findings, kind: str, lang: Lang) -> str:
    """`findings` as json, jsonl, csv or md."""
    if kind == "json":
        return to_json(as_dict(findings))
    if kind == "jsonl":
        return to_jsonl(finding_json(f) for f in findings.findings)
    if kind == "csv":
        return to_csv(headings(lang), rows(findings, lang))
    return to_markdown(headings(lang), rows(findings, lang))


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
        one = explain.pick(findings.findings, wanted)
        findings = replace(findings, findings=(one,), not_assessed=())
        if kind in ("table", "md"):
            told = explain.to_text if kind == "table" else explain.to_markdown
            give(told(one, console.lang), output)
            return
    if kind != "table":
        give(render(findings, kind, console.lang), output)
        return
    if output is not None:
        give(to_plain([headings(console.lang), *rows(findings, console.lang)]), output)
        return
    if not findings.findings:
        console.say("export.no_findings", count=len(findings.not_assessed))
        return
    drawn = rows(findings, console.lang)
    console.table(headings(console.lang), drawn)
    if findings.not_assessed:
        console.say("export.not_assessed", count=len(findings.not_assessed))
