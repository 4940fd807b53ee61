"""A list of judgements: which two ids are the same entity, and which are not."""

from collections.abc import Sequence

from graph.names import normalise
from graph.record.sql import ident
from ingest.layout.derive import Draft
from ingest.layout.headings import JUDGEMENTS, JUDGES, LEFTS, REASONS, RIGHTS, Column
from ingest.plan import RowReject
from ingest.sheet import Note

SAME = frozenset(["same", "same as", "相同", "同一", "是", "yes", "true", "1", "y"])
DIFFERENT = frozenset(["different", "不同", "不是", "否", "no", "false", "0", "n"])


def is_one(every: Sequence[Column]) -> bool:
    return all(_column(every, words) is not None for words in (LEFTS, RIGHTS, JUDGEMENTS))


def _column(every: Sequence[Column], words: frozenset[str]) -> Column | None:
    return next((c for c in every if c.among(words)), None)


def _verdict(text: str) -> str | None:
    folded = normalise(text)
    if folded in {normalise(word) for word in SAME}:
        return "same"
    return "different" if folded in DIFFERENT else None


def plan(draft: Draft, every: Sequence[Column]) -> None:
    """Adds the table of judgements; a row without both ends or a known verdict is refused."""
    left, right, judgement = (_column(every, w) for w in (LEFTS, RIGHTS, JUDGEMENTS))
    judge, reason = _column(every, JUDGES), _column(every, REASONS)
    if left is None or right is None or judgement is None:
        return
    used = (left, right, judgement, judge, reason)
    for column in every:
        if column not in used:
            values = {"heading": column.heading, "nearest": "—"}
            draft.plan.notes.append(Note("layout.unknown_heading", dict(values)))
    verdict = draft.free(draft.table, "verdict")
    read = draft.with_texts(draft.table, judgement.staged, [verdict], lambda t: [_verdict(t)])
    cells = [ident(c.staged) for c in (left, right, judgement)]
    whole = f"{cells[0]} IS NOT NULL AND {cells[1]} IS NOT NULL AND {ident(verdict)} IS NOT NULL"
    bad = draft.con.execute(
        f'SELECT "row", line, {", ".join(cells)} FROM {ident(read)} WHERE NOT ({whole}) ORDER BY 1'
    ).fetchall()
    for row, line, a, b, raw in bad:
        if a is None or b is None:
            field = left.staged if a is None else right.staged
            reject = RowReject(row, line, field, None, "layout.missing_side")
        else:
            reject = RowReject(
                row, line, judgement.staged, raw, "layout.judgement", {"raw": raw or ""}
            )
        draft.plan.rejects.append(reject)
    others = [f"{ident(c.staged)}" if c else "NULL::VARCHAR" for c in (judge, reason)]
    draft.plan.same_as.append(
        draft.create(
            f'SELECT "row", line, {cells[0]} AS a, {cells[1]} AS b, {ident(verdict)} AS verdict,'
            f" {others[0]} AS judge, {others[1]} AS why FROM {ident(read)} WHERE {whole}"
        )
    )
