"""One finding with its whole derivation, to be followed by hand: in a terminal, in Markdown.

Steps are numbered; under each stand its parts, its arithmetic with the numbers put in, and the
lines of the files that these stand in, with what they say.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from graph.errors import UsageError
from graph.finding import Calculation, Derived, Evidence, Finding
from graph.messages import Lang, say
from graph.rows import md_cell, number, visible

WIDTH = 100
"""Columns; a Chinese character takes two."""


def single(findings: Sequence[Finding], wanted: str) -> Finding:
    """The one finding that is meant. Raises UsageError, with their ids, where there are several."""
    if len(findings) == 1:
        return findings[0]
    first = "\n  ".join(f.id for f in findings[:MOST])
    raise UsageError("explain.several", id=wanted, ids=first, count=len(findings))


MOST = 12
"""Findings named where a word means several."""


def derived_json(step: Derived) -> dict[str, Any]:
    """A step as the contract has it: what is empty is left out."""
    said = {
        "about": step.about,
        "text": dict(step.text),
        "calculations": [asdict(c) for c in step.calculations],
        "evidence": [evidence_json(line) for line in step.evidence],
        "lines": step.lines,
        "parts": [derived_json(part) for part in step.parts],
    }
    return {key: value for key, value in said.items() if value}


def evidence_json(line: Evidence) -> dict[str, Any]:
    return {key: value for key, value in asdict(line).items() if value is not None}


def to_text(finding: Finding, lang: Lang) -> str:
    """The finding as plain text of at most `WIDTH` columns."""
    lines = [*_wrapped(_said(finding.text, lang), ""), *_facts(finding, lang)]
    about = ""
    for place, step in enumerate(finding.derivation, 1):
        if step.about != about:
            about = step.about
            lines += ["", say(f"explain.section-{about}", lang)]
        lines += _step(step, f"{place:>2}. ", 4, lang)
    lines += ["", *_rest(finding, lang)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _facts(finding: Finding, lang: Lang) -> Iterator[str]:
    facts = (finding.id, finding.method, finding.chain, finding.action)
    names = ("id", "method", "chain", "action")
    for name, fact in zip(names, facts, strict=True):
        yield from _pair(say(f"explain.{name}", lang), fact, 12)


def _rest(finding: Finding, lang: Lang) -> Iterator[str]:
    """What a program reads, and the lines behind it all."""
    yield say("explain.values", lang)
    for name, value in _flat("", finding.values):
        yield from _pair(name, value, 26)
    for key, told in (("candidates", finding.candidates),):
        if told:
            yield say(f"explain.{key}", lang)
        for one in told:
            yield from _wrapped(", ".join(f"{k} {v}" for k, v in _flat("", one)), "  ", "    ")
    if finding.evidence:
        yield say("explain.evidence", lang)
    for line in finding.evidence:
        yield from _wrapped(_place(line, lang), "  ", "    ")


def _step(step: Derived, mark: str, indent: int, lang: Lang) -> Iterator[str]:
    margin = " " * indent
    yield from _wrapped(_said(step.text, lang), mark, margin)
    for part in step.parts:
        yield from _step(part, f"{margin}- ", indent + 2, lang)
    for line in _arithmetic(step.calculations):
        yield from _wrapped(line, margin + "  ", margin + "      ")
    for place in _places(step, lang):
        yield from _wrapped(place, margin + "| ", margin + "|   ")


def _arithmetic(calculations: tuple[Calculation, ...]) -> Iterator[str]:
    for one in calculations:
        parts = [one.name, one.formula, one.numbers, number(one.result)]
        told = [part for part in parts if part]
        if len(told) > 2 and told[-1] == told[-2]:
            told.pop()
        yield " = ".join(told)


def _places(step: Derived, lang: Lang) -> Iterator[str]:
    for line in step.evidence:
        yield _place(line, lang)
    if step.lines > len(step.evidence) > 0:
        yield say("explain.more-lines", lang, count=step.lines - len(step.evidence))


def _place(line: Evidence, lang: Lang) -> str:
    """Where it stands, and what stands there."""
    said = f"{line.source}/{line.file}:{line.line}"
    row = dict(line.row or {})
    if row:
        said += f"  {row.pop('from')} {row.pop('relation')} {row.pop('to')}"
        said += "".join(f", {name} {value}" for name, value in _flat("", row))
    if line.quote:
        said += "  " + say("explain.quote", lang, quote=line.quote)
    return visible(said)


def _flat(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Names and values without brackets: what is nested gets its path for a name."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(f"{name}.{key}" if name else str(key), inner)
    elif isinstance(value, list | tuple):
        if value and not any(isinstance(v, Mapping | list | tuple) for v in value):
            yield name, visible(", ".join(str(v) for v in value))
        for place, inner in enumerate(value, 1):
            if isinstance(inner, Mapping | list | tuple):
                yield from _flat(f"{name}.{place}" if name else str(place), inner)
    elif isinstance(value, float):
        yield name, number(value)
    elif value is not None:
        yield name, visible(str(value).lower() if isinstance(value, bool) else str(value))


def _pair(name: str, value: str, column: int) -> Iterator[str]:
    start = "  " + name + " " * max(1, column - width(name))
    yield from _wrapped(value, start, " " * (column + 2))


def _said(text: Mapping[str, str], lang: Lang) -> str:
    return visible(text.get(lang, "")).strip()


def width(text: str) -> int:
    """Columns that a text takes in a terminal.

    >>> width("光刻机 x")
    8
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


CLOSING = "，。；：、！？）》」』”’%％,.;:!?)"
"""What does not begin a line."""


def _wrapped(text: str, first: str, later: str = "") -> Iterator[str]:
    """Lines of at most `WIDTH` columns, broken at spaces and between Chinese characters."""
    line, room = first, WIDTH
    for piece in _pieces(" ".join(text.split())):
        if width(line) + width(piece.rstrip()) > room and line.strip() != first.strip():
            yield line.rstrip()
            line, first = later, later
        while width(line) + width(piece.rstrip()) > room:
            cut = _fitting(piece, room - width(line))
            yield line + piece[:cut]
            line, first, piece = later, later, piece[cut:]
        line += piece
    yield line.rstrip()


def _fitting(text: str, columns: int) -> int:
    """How many characters of a text fit."""
    used = 0
    for place, char in enumerate(text):
        used += width(char)
        if used > columns:
            return max(place, 1)
    return len(text)


def _pieces(text: str) -> Iterator[str]:
    """What may not be broken: words with the space behind them, a Chinese character with what
    closes behind it."""
    piece = ""
    for char in text:
        wide = width(char) == 2
        ends = piece and (piece[-1] == " " or width(piece[-1]) == 2 or wide)
        if ends and char not in CLOSING and char != " ":
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece


def to_markdown(finding: Finding, lang: Lang) -> str:
    """The finding as a Markdown list, a section for each of severity, impact, confidence, rank."""
    lines = [f"# {md_cell(_said(finding.text, lang))}", "", f"`{finding.id}`"]
    about = ""
    for place, step in enumerate(finding.derivation, 1):
        if step.about != about:
            about = step.about
            lines += ["", f"## {say(f'explain.section-{about}', lang)}", ""]
        lines += _item(step, f"{place}. ", "", lang)
    return "\n".join(lines) + "\n"


def _item(step: Derived, mark: str, margin: str, lang: Lang) -> Iterator[str]:
    yield margin + mark + md_cell(_said(step.text, lang))
    inner = margin + " " * len(mark)
    for part in step.parts:
        yield from _item(part, "- ", inner, lang)
    for line in _arithmetic(step.calculations):
        yield f"{inner}- `{line}`"
    for place in _places(step, lang):
        yield f"{inner}- {md_cell(place)}"
