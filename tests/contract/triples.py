"""Edits of RDF as lines of N-Triples: each must find its line, or the test fails."""

from collections.abc import Callable

BASE = "https://example.org/kg/"
XSD = "^^<http://www.w3.org/2001/XMLSchema#"

Lines = list[str]
Edit = Callable[[Lines], Lines]


def swap(old: str, new: str, times: int = 1) -> Edit:
    """Puts `new` for `old`, which must stand in `times` places."""

    def edit(lines: Lines) -> Lines:
        text = "\n".join(lines)
        assert text.count(old) == times, (old, text.count(old))
        return text.replace(old, new).split("\n")

    return edit


def drop(*parts: str, times: int = 1) -> Edit:
    """Leaves out the lines that hold all `parts`."""

    def edit(lines: Lines) -> Lines:
        kept = [line for line in lines if not all(p in line for p in parts)]
        assert len(lines) - len(kept) == times, (parts, len(lines) - len(kept))
        return kept

    return edit


def add(*new: str) -> Edit:
    return lambda lines: [*lines, *new]


def both(*edits: Edit) -> Edit:
    def edit(lines: Lines) -> Lines:
        for one in edits:
            lines = one(lines)
        return lines

    return edit


def iri(key: str) -> str:
    return f"<{BASE}{key}>"


def statement(key: str) -> str:
    return iri(f"statement/{key}")


def literal(text: str, kind: str) -> str:
    return f'"{text}"{XSD}{kind}>'
