"""Findings in the forms that `graph gaps` gives: the JSON contract, rows, and Markdown."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from graph.export.rows import to_csv, to_json, to_jsonl, to_markdown
from graph.finding import Finding, Findings, NotAssessed
from graph.messages import Lang, say

COLUMNS = ("measure", "rank", "severity", "subject", "object", "action", "confidence", "text")


def finding_json(finding: Finding) -> dict[str, Any]:
    """One finding as the contract has it."""
    said = asdict(finding)
    for evidence in said["evidence"]:
        if evidence["quote"] is None:
            del evidence["quote"]
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
