"""Refused rows: headings that say all that is needed to read them alone, and the way back.

`graph rejects --format csv` writes refused rows with `#file`, `#line`, `#column` and `#reason`
beside them. Mended, they are read as rows of the file that they came from.
"""

from pathlib import PurePosixPath

from graph.schema import Schema
from ingest.layout.classify import named, named_relation
from ingest.layout.derive import Draft
from ingest.layout.headings import Column, bare
from ingest.sheet import Sheet

ADDED = ("#file", "#line", "#column", "#reason")


def headings(sheet: Sheet) -> list[str]:
    """The headings of a sheet with the units and without the levels that stood around them."""
    found = list(sheet.headings)
    if any(note.key == "readers.levels" for note in sheet.notes):
        last = [heading.rpartition("/")[2] for heading in found]
        found = [
            one if last.count(one) == 1 else whole for one, whole in zip(last, found, strict=True)
        ]
    for i, unit in sheet.units.items():
        told = f"{found[i]}（{unit}）"
        if bare(found[i])[1] is None and bare(told)[1] is not None:
            found[i] = told
    return found if len(set(found)) == len(found) else list(sheet.headings)


def without_reasons(
    schema: Schema, draft: Draft, name: str, every: list[Column]
) -> tuple[str, list[Column]]:
    """What a list is called and its columns; of mended rows, what their file was called.

    A name that says itself what the list holds stays; so does that of rows of several files.
    """
    added = {column.heading: column for column in every if column.heading in ADDED}
    if len(added) < len(ADDED):
        return name, every
    rest = [column for column in every if column.heading not in ADDED]
    if named(schema, name) is None and named_relation(schema, name) is None:
        files = draft.texts(draft.table, added["#file"].staged)
        names = {PurePosixPath(file).name.partition(".")[0] for file in files}
        if len(names) == 1:
            return names.pop(), rest
    return name, rest
