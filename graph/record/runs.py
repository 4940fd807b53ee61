"""The runs of a record: which there were, and which one is meant."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any

from graph.errors import UsageError
from graph.record.store import Record
from graph.record.view import record_digest

LATEST = "latest"
SHORTEST = 6
"""Hexadecimal digits of a digest that name it, at least."""

_NUMBER = re.compile(r"[+-]?\d+")
_DIGEST = re.compile(rf"(?:sha256:)?([0-9a-f]{{{SHORTEST},64}})", re.IGNORECASE)
_NEAREST = 5


@dataclass(frozen=True)
class RunMade:
    """A run that is in the record; `digest` is that of what was said after it.

    Number 0 stands for the time before the first run, when nothing was said.
    """

    number: int
    command: str
    started: datetime | None
    digest: str

    def to_dict(self) -> dict[str, Any]:
        """As `graph stats` gives it."""
        started = None if self.started is None else self.started.isoformat() + "Z"
        return {
            "run": self.number,
            "command": self.command,
            "started": started,
            "record": self.digest,
        }


def runs(record: Record) -> list[RunMade]:
    """All runs, oldest first."""
    rows = record.con.execute("SELECT r, command, started FROM run ORDER BY r").fetchall()
    return [RunMade(r, c, t, record_digest(record.con, record.schema, r)) for r, c, t in rows]


def before_all(record: Record) -> RunMade:
    """Run 0: nothing is said."""
    return RunMade(0, "", None, record_digest(record.con, record.schema, 0))


def find_run(record: Record, text: str | int) -> RunMade:
    """The run that is meant: a number, `latest`, `-1` (the last), `-2` (the one before it), or the
    beginning of its record's digest; of two runs with one digest the later.

    Raises UsageError where there is none, with those that come nearest.
    """
    known, wanted = runs(record), str(text).strip()
    if not known:
        raise UsageError("diff.no_runs", path=record.path)
    if wanted.lower() == LATEST:
        return known[-1]
    if _NUMBER.fullmatch(wanted):
        return _numbered(record, known, wanted)
    match = _DIGEST.fullmatch(wanted)
    if match:
        begins = "sha256:" + match[1].lower()
        fits = [run for run in known if run.digest.startswith(begins)]
        if len({run.digest for run in fits}) > 1:
            raise UsageError("diff.several_runs", run=wanted, found=_listed(fits))
        if fits:
            return fits[-1]
    words = {LATEST: known[-1]} | {run.digest: run for run in known}
    near = [words[w] for w in get_close_matches(wanted, words, _NEAREST)] or known[-_NEAREST:]
    raise UsageError("diff.unknown_run", run=wanted, nearest=_listed(near))


def _numbered(record: Record, known: list[RunMade], wanted: str) -> RunMade:
    number = int(wanted)
    if number == 0:
        return before_all(record)
    if wanted.startswith("-") and -number <= len(known):
        return known[number]
    for run in known:
        if run.number == number:
            return run
    goal = number if number > 0 else known[0].number
    near = sorted(sorted(known, key=lambda run: abs(run.number - goal))[:_NEAREST], key=_number)
    raise UsageError("diff.unknown_run", run=wanted, nearest=_listed(near))


def _number(run: RunMade) -> int:
    return run.number


def _listed(found: list[RunMade]) -> str:
    return ", ".join(
        f"{run.number} ({run.started:%Y-%m-%d %H:%M} {run.digest[:13]})" for run in found
    )


def last_before(record: Record, text: str) -> RunMade:
    """The last run that began before a day (ISO date; its midnight) or a moment, in UTC unless it
    says otherwise; run 0 where all came later.

    Raises UsageError for a text that is no date, or a record without runs.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise UsageError("diff.bad_date", date=text) from error
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    known = runs(record)
    if not known:
        raise UsageError("diff.no_runs", path=record.path)
    earlier = [run for run in known if run.started is not None and run.started < moment]
    return earlier[-1] if earlier else before_all(record)
