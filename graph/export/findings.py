"""Findings in the forms that `graph gaps` gives: the JSON contract, rows, and Markdown."""

import difflib
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from graph.console import Console, give, write
from graph.errors import UsageError
from graph.finding import Finding, Findings, NotAssessed
from graph.messages import Lang, say
from graph.rows import plain, to_csv, to_json, to_jsonl, to_markdown, to_plain, visible

COLUMNS = ("measure", "rank", "severity", "subject", "object", "action", "confidence", "text")


def finding_json(finding: Finding) -> dict[str, Any]:
    """One finding as the contract has it."""
    said = asdict(finding)
    if not said["derivation"]:
        del said["derivation"]
    for lines in (said, *said.get("derivation", ())):
        for evidence in lines["evidence"]:
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


def export(view: object, findings: Findings | None, lang: Lang, settings: object) -> bytes:
    """The findings as JSON (`graph export json`)."""
    assert findings is not None
    return to_json(as_dict(findings)).encode()


def show(
    console: Console, findings: Findings, kind: str, output: Path | None, explain: str | None
) -> None:
    """The answer of `graph gaps` in the form asked for; `explain` keeps one finding, whole.

    Raises UsageError where no finding has that id.
    """
    if explain is not None:
        findings = _only(findings, explain)
    if kind != "table":
        give(render(findings, kind, console.lang), output)
        return
    if output is not None:
        give(to_plain([headings(console.lang), *rows(findings, console.lang)]), output)
        return
    if explain is not None:
        _explain(console, findings.findings[0])
        return
    if not findings.findings:
        console.say("export.no_findings", count=len(findings.not_assessed))
        return
    drawn = rows(findings, console.lang)
    console.table(headings(console.lang), drawn)
    if findings.not_assessed:
        console.say("export.not_assessed", count=len(findings.not_assessed))


def _only(findings: Findings, wanted: str) -> Findings:
    kept = tuple(f for f in findings.findings if f.id == wanted)
    if not kept:
        near = difflib.get_close_matches(wanted, [f.id for f in findings.findings], 3, 0.3)
        raise UsageError("export.no_finding", id=wanted, nearest=", ".join(near) or "—")
    return replace(findings, findings=kept, not_assessed=())


def _explain(console: Console, finding: Finding) -> None:
    said = finding_json(finding)
    text, derivation = said.pop("text"), said.pop("derivation", ())
    facts = [(key, plain(value)) for key, value in said.items() if key != "evidence"]
    facts += [("evidence", f"{e.source}/{e.file}:{e.line}") for e in finding.evidence]
    write(visible(text.get(console.lang, "")) + "\n")
    for number, step in enumerate(derivation, 1):
        write(f"{number}. {visible(step['text'][console.lang])}\n")
        for e in step["evidence"]:
            write(f"   {visible(e['source'])}/{visible(e['file'])}:{e['line']}\n")
    console.table(["", ""], facts)
