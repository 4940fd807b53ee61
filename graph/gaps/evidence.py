"""The lines of the sources that a finding rests on."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from graph.finding import Evidence
from graph.gaps.dispute import Dispute, disputes
from graph.gaps.method import Ask, Rows
from graph.network import Source
from graph.network.source import has_column
from graph.record.sql import ident, literal


@dataclass
class Backed:
    """The lines behind one finding, how many of its relations more than one source says, and on
    which of these they contradict each other."""

    lines: list[Evidence] = field(default_factory=list)
    rows: int = 0
    agreed: int = 0
    several: bool = False
    disputes: list[Dispute] = field(default_factory=list)

    @property
    def agreement(self) -> float | None:
        """The mean over its relations: 1 where several sources say it, 0 where one does, −½ where
        they contradict each other. None where only one source speaks."""
        if not self.several or not self.rows:
            return None
        return (self.agreed - (1 - CONTRADICTED) * len(self.disputes)) / self.rows


CONTRADICTED = -0.5
"""Less than one source alone, and not nothing: one of them may be right."""


def evidence(
    source: Source,
    wanted: Sequence[tuple[Rows, ...]],
    ask: Ask,
    *,
    said: bool = False,
    day: str = "",
) -> list[Backed]:
    """For each finding the rows it names, by source, file and line, at most as many as is set.

    With `said` each line also tells what stands in it; with a `day` it is seen on which of them
    sources contradict each other, as things are on that day.
    """
    most = int(ask["evidence.rows"])
    backed = [Backed() for _ in wanted]
    asked = [(i, rows) for i, each in enumerate(wanted) for rows in each]
    for relation in sorted({rows.relation for _, rows in asked}):
        for condition in ("of", "to", "both"):
            part = [(i, r) for i, r in asked if r.relation == relation and _ends(r) == condition]
            if part:
                _collect(source, relation, condition, part, backed, ask, said, day)
    for one in backed:
        once: dict[tuple[str, str, int, str | None], Evidence] = {}
        for line in one.lines:
            once.setdefault((line.source, line.file, line.line, line.quote), line)
        one.lines = list(once.values())[:most]
    return backed


def _ends(rows: Rows) -> str:
    if rows.of is not None and rows.to is not None:
        return "both"
    return "of" if rows.of is not None else "to"


def _collect(
    source: Source,
    relation: str,
    condition: str,
    part: list[tuple[int, Rows]],
    backed: list[Backed],
    ask: Ask,
    said: bool,
    day: str,
) -> None:
    if relation in source.schema.classes:
        _own(source, relation, part, backed)
        return
    join = {"of": "r.f = w.f", "to": "r.t = w.t", "both": "r.f = w.f AND r.t = w.t"}[condition]
    quote = "r.quote" if has_column(source.schema, relation, "quote") else "NULL"
    source.con.register(
        "gap_wanted",
        {
            "i": np.array([i for i, _ in part], np.int64),
            "f": np.array([r.of if r.of is not None else -1 for _, r in part], np.int64),
            "t": np.array([r.to if r.to is not None else -1 for _, r in part], np.int64),
        },
    )
    row, nodes = _row(source, relation) if said else ("NULL", "")
    rows = source.con.execute(
        f"SELECT i, source, file, line, quote, said FROM ("
        f" SELECT w.i, r.source, r.file, r.line, {quote} AS quote, {row} AS said, row_number()"
        f" OVER (PARTITION BY w.i ORDER BY r.source, r.file, r.line) AS place"
        f" FROM {ident('r_' + relation)} r JOIN gap_wanted w ON {join} {nodes})"
        f" WHERE place <= {int(ask['evidence.rows'])} ORDER BY i, place"
    ).fetchall()
    counts = source.con.execute(
        f"SELECT w.i, count(*), count(*) FILTER (claims > 1), (SELECT min(source) <> max(source)"
        f" OR max(claims) > 1 FROM {ident('r_' + relation)})"
        f" FROM {ident('r_' + relation)} r JOIN gap_wanted w ON {join} GROUP BY w.i"
    ).fetchall()
    differ = {}
    if day and any(agreed for _, _, agreed, _ in counts):
        differ = disputes(source, relation, join, ask, day)
    source.con.unregister("gap_wanted")
    for i, name, file, line, quoted, whole in rows:
        told = whole and {key: value for key, value in whole.items() if value is not None}
        backed[i].lines.append(Evidence(name, file, line, quoted, told))
    for i, all_rows, agreed, several in counts:
        backed[i].rows += all_rows
        backed[i].agreed += agreed
        backed[i].several |= bool(several)
        backed[i].disputes += differ.get(i, [])


def _row(source: Source, relation: str) -> tuple[str, str]:
    """SQL for what a row of a relation says, and the joins that it needs."""
    columns = [c for term in source.schema.relations[relation].attributes for c, _ in term.columns]
    parts = [
        "'from': a.id",
        f"'relation': {literal(relation)}",
        "'to': b.id",
        *(f"{literal(c)}: r.{ident(c)}" for c in columns if c not in ("quote", "source_ref")),
    ]
    joins = "JOIN node a ON a.k = r.f JOIN node b ON b.k = r.t"
    return f"{{{', '.join(parts)}}}", joins


def _own(
    source: Source,
    cls: str,
    part: list[tuple[int, Rows]],
    backed: list[Backed],
) -> None:
    """The line of an entity itself; how many sources say it is a matter of relations."""
    quote = "quote" if has_column(source.schema, cls, "quote") else "NULL"
    for i, rows in part:
        found = source.con.execute(
            f"SELECT source, file, line, {quote} FROM {ident('n_' + cls)} WHERE k = ?", [rows.of]
        ).fetchall()
        backed[i].lines.extend(Evidence(*line) for line in found)
