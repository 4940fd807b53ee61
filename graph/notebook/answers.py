"""What a notebook is answered: typed results that show themselves as a table.

Text from outside is escaped in HTML; there is no script, and nothing is fetched.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from graph.errors import UsageError
from graph.finding import Finding, Findings, NotAssessed
from graph.messages import Lang, say
from graph.rows import plain, visible
from graph.schema import Schema

if TYPE_CHECKING:
    import pandas as pd

    from graph.gaps.diff import Diff

Result = TypeVar("Result")

Part = tuple[str, Sequence[str], Sequence[Sequence[Any]]]
"""Title, headings and rows of a table."""

SHOWN = 20
"""Rows of a plain table: a notebook without HTML is a terminal."""
WIDEST = 200
"""Rows of a table in HTML."""


class Rows(Sequence[Mapping[str, Any]]):
    """Rows as maps, all with the same `columns`: what a query gives."""

    def __init__(self, columns: Sequence[str], rows: Sequence[Sequence[Any]], lang: Lang) -> None:
        self.columns = tuple(columns)
        self._rows = tuple(tuple(row) for row in rows)
        self._lang = lang

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return Rows(self.columns, self._rows[at], self._lang)
        return dict(zip(self.columns, self._rows[at], strict=True))

    def to_pandas(self) -> "pd.DataFrame":
        """A data frame with a column each. Raises UsageError where pandas is not installed."""
        return _frame(list(self), self.columns)

    def __repr__(self) -> str:
        return _text("", self.columns, self._rows, self._lang)

    def _repr_html_(self) -> str:
        return _html("", self.columns, self._rows, self._lang)


class Gaps(Sequence[Finding]):
    """The weak links of one run: a sequence of findings that carries what was asked.

    `findings` and `not_assessed` are typed; `configuration` is what was asked, `record` the digest
    of what it was asked of, `run` of both.
    """

    def __init__(self, found: Findings, lang: Lang) -> None:
        self.result = found
        self._lang = lang

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.result.findings

    @property
    def not_assessed(self) -> tuple[NotAssessed, ...]:
        return self.result.not_assessed

    @property
    def configuration(self) -> Mapping[str, Any]:
        return self.result.configuration

    @property
    def record(self) -> str:
        return self.result.record

    @property
    def run(self) -> str:
        return self.result.run

    def __len__(self) -> int:
        return len(self.findings)

    def __getitem__(self, at: Any) -> Any:
        return self.findings[at]

    def to_dict(self) -> dict[str, Any]:
        """As `graph gaps --format json` has it."""
        from graph.export.findings import as_dict

        return as_dict(self.result)

    def to_pandas(self) -> "pd.DataFrame":
        """A row per finding; `values` holds what the measure gives. `attrs` has the configuration.

        Raises UsageError where pandas is not installed.
        """
        rows = [self._row(f) for f in self.findings]
        frame = _frame(rows, list(self._row(None)))
        frame.attrs = {
            "run": self.run,
            "record": self.record,
            "configuration": dict(self.configuration),
        }
        return frame

    def _row(self, f: Finding | None) -> dict[str, Any]:
        other = f and f.object
        return {
            "id": f and f.id,
            "chain": f and f.chain,
            "family": f and f.family,
            "measure": f and f.measure,
            "method": f and f.method,
            "rank": f and f.rank,
            "severity": f and f.severity,
            "subject": f and f.subject.id,
            "subject_type": f and f.subject.type,
            "subject_name": f and _name(f.subject.name, f.subject.id, self._lang),
            "object": other and other.id,
            "object_name": other and _name(other.name, other.id, self._lang),
            "action": f and f.action,
            "confidence": f and f.confidence.score,
            "coverage": f and f.confidence.coverage,
            "agreement": f and f.confidence.agreement,
            "stability": f and f.confidence.stability,
            "output_lost": f and f.impact.get("output_lost"),
            "text": f and f.text.get(self._lang, ""),
            "values": f and dict(f.values),
        }

    def _title(self) -> str:
        asked = {k: v for k, v in self.configuration.items() if k != "methods" and v is not None}
        return say(
            "notebook.gaps",
            self._lang,
            count=len(self),
            measures=len({f.measure for f in self.findings}),
            missing=len(self.not_assessed),
            asked=", ".join(f"{k}={plain(v)}" for k, v in asked.items()) or "—",
            record=self.record[:19],
        )

    def _parts(self) -> Iterator[Part]:
        from graph.export.findings import headings, lists

        yield self._title(), [], []
        for title, rows in lists(self.result, self._lang):
            yield title, headings(self._lang), rows

    def __repr__(self) -> str:
        return "\n".join(_text(*part, self._lang) for part in self._parts())

    def _repr_html_(self) -> str:
        return "".join(_html(*part, self._lang) for part in self._parts())


class Answer(Generic[Result]):
    """A typed result that shows itself; what the result has (`answer.output_lost`) it has too."""

    def __init__(self, result: Result, lang: Lang) -> None:
        self.result = result
        self._lang = lang

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "result":  # while unpickling there is none yet
            raise AttributeError(name)
        return getattr(self.result, name)

    def _parts(self) -> Iterator[Part]:
        """A table of what stands alone, then one for each list of things."""
        said: dict[str, Any] = self.result.to_dict()  # type: ignore[attr-defined]
        yield from _tables("", said)

    def __repr__(self) -> str:
        return "\n\n".join(_text(*part, self._lang) for part in self._parts())

    def _repr_html_(self) -> str:
        return "".join(_html(*part, self._lang) for part in self._parts())


class Changed(Answer["Diff"]):
    """What changed between two runs, shown as `graph diff` shows it."""

    def __init__(self, result: "Diff", schema: Schema, lang: Lang) -> None:
        super().__init__(result, lang)
        self._schema = schema

    def _parts(self) -> Iterator[Part]:
        from graph.export.differences import COLUMNS, PARTS, rows

        said = self.result.to_dict()
        headings = [say(f"diff.{column}", self._lang) for column in COLUMNS[1:]]
        for part in PARTS:
            found = rows(said, part, self._schema, self._lang)
            yield say(f"diff.{part}", self._lang), headings, [row[1:] for row in found]


def _tables(name: str, said: Mapping[str, Any]) -> Iterator[Part]:
    alone = {k: v for k, v in said.items() if not _is_list(v) and not _holds_lists(v)}
    if alone:
        yield name, ["", ""], [[k, v] for k, v in alone.items() if v not in (None, [], {})]
    for key, value in said.items():
        title = f"{name}.{key}" if name else key
        if _is_list(value):
            columns = list(dict.fromkeys(c for row in value for c in row))
            yield title, columns, [[row.get(c) for c in columns] for row in value]
        elif _holds_lists(value):
            yield from _tables(title, value)


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, Mapping) for v in value)


def _holds_lists(value: Any) -> bool:
    return isinstance(value, Mapping) and any(
        _is_list(v) or _holds_lists(v) for v in value.values()
    )


def _frame(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> "pd.DataFrame":
    try:
        import pandas as pd
    except ImportError as error:
        raise UsageError("notebook.no_pandas") from error
    return pd.DataFrame(list(rows), columns=list(columns))


def _name(names: Mapping[str, str], fallback: str, lang: Lang) -> str:
    other = "en" if lang == "zh" else "zh"
    return str(names.get(lang) or names.get(other) or fallback)


def _cell(value: Any, lang: Lang) -> str:
    """A value as a line of text: what has an id by its name and id, what is said in several
    languages in the one that is asked for."""
    if isinstance(value, Mapping) and "id" in value and isinstance(value.get("name"), Mapping):
        return visible(f"{_name(value['name'], '', lang)} ({value['id']})".strip())
    if isinstance(value, Mapping) and value and set(value) <= {"zh", "en"}:
        value = _name(value, "", lang)
    if isinstance(value, list) and value and all(isinstance(v, Mapping) for v in value):
        value = ", ".join(_cell(v, lang) for v in value)
    return " ".join(visible(plain(value)).split())


def _text(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], lang: Lang) -> str:
    """A plain table: tab-separated, the first rows only."""
    lines = [title] if title else []
    if any(columns):
        lines.append("\t".join(columns))
    lines += ["\t".join(_cell(v, lang) for v in row) for row in rows[:SHOWN]]
    if len(rows) > SHOWN:
        lines.append(say("notebook.more", lang, count=len(rows) - SHOWN))
    return "\n".join(lines)


def _html(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], lang: Lang) -> str:
    """A table as HTML, all text escaped."""
    head = "".join(f"<th>{escape(c)}</th>" for c in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(_cell(v, lang))}</td>" for v in row) + "</tr>"
        for row in rows[:WIDEST]
    )
    if len(rows) > WIDEST:
        more = escape(say("notebook.more", lang, count=len(rows) - WIDEST))
        body += f'<tr><td colspan="{len(columns)}">{more}</td></tr>'
    caption = f"<caption>{escape(visible(title))}</caption>" if title else ""
    if not rows:
        return f"<p>{escape(visible(title))}</p>" if title else ""
    thead = f"<thead><tr>{head}</tr></thead>" if any(columns) else ""
    return f"<table>{caption}{thead}<tbody>{body}</tbody></table>"
