"""A new workspace: settings, a README, empty tables to fill in, and the chains that always hold."""

from collections.abc import Iterator
from pathlib import Path

from graph.errors import UsageError
from graph.export.forms.blank_tables import Table, blank_tables, chain_tables
from graph.export.forms.workbook import workbook
from graph.messages import Lang, say
from graph.rows import to_csv
from graph.schema import Schema


def write_workspace(schema: Schema, folder: Path, lang: Lang) -> list[Path]:
    """Writes a workspace into `folder`, which it makes, and returns the files written.

    `templates/` holds a CSV table for each class and relation that has a template, and two XLSX
    workbooks with the same tables and drop-downs; `chains/` the chains that hold everywhere, ready
    to be ingested. Headings are in `lang`.

    Raises UsageError, before anything is written, where a file is there already or the folder
    cannot be written.
    """
    files = list(_files(schema, lang))
    for name, _ in files:
        if (folder / name).exists():
            raise UsageError("templates.exists", path=folder / name)
    written = []
    for name, content in files:
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            raise UsageError("templates.unwritable", path=path, detail=error.strerror) from error
        written.append(path)
    return written


def _files(schema: Schema, lang: Lang) -> Iterator[tuple[str, bytes]]:
    yield "graph.toml", say("templates.settings", lang).encode()
    entities, relations = blank_tables(schema, lang)
    names = {"entities": say("templates.entities", lang), "links": say("templates.links", lang)}
    yield "README.md", say("templates.readme", lang, **names).encode()
    for table in (*entities, *relations):
        yield f"templates/{table.name}.csv", to_csv(table.headings, [table.help]).encode()
    yield f"templates/{names['entities']}.xlsx", workbook(entities)
    yield f"templates/{names['links']}.xlsx", workbook(relations)
    for table in chain_tables(schema, lang):
        yield f"chains/{table.name}.csv", to_csv(table.headings, table.rows).encode()


__all__ = ["Table", "write_workspace"]
