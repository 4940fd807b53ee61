"""Mappings: data that somebody else laid out, described in YAML, checked, and read.

    mapping: eto                 # its name
    language: 1
    source: eto                  # the source that its claims are known by
    ignore: [notes.csv]          # files left unread on purpose
    reader: {lists: false}       # how to read all files, in the words of ingest.readers.options
    files:
      - file: provision.csv      # or a list; a name without a slash fits in any folder
        reader: {delimiter: ";"} # how to read this one
        columns:                 # every column that is read
          provider_id: filled    # there, and in no row empty
          provided_id: required  # there
          share: {need: optional, also: [share_provided]}   # as other editions call it
          description: ignored   # known, and never read
          "*": ignored           # all others
        where: {kind: [a, b]}    # which rows; the others are rejected, and said so
        check:
          - {column: date, matches: '^\\d{4}-', because: {zh: 列错位, en: the row is shifted}}
        make:                    # columns made from columns
          size: {column: market, amount: USD}
        entities:
          - class: Firm
            id: provider_id
            set: {name: provider_name, market_size: size}
            keep: [note]         # kept beside, for what the ontology does not know
            where: {provider_type: organization}
        relations:
          - relation: PROVIDES
            from: provider_id    # an id, or {name: column, class: Firm}
            to: provided_id
            set: {share: share}

Values and their steps are described in `ingest.mapping.steps`, conditions in
`ingest.mapping.conditions`. A rule says nothing of a row in which its id or one of its ends is
empty; a row of which no rule says anything is rejected. All scalars of the YAML are text.
"""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Protocol

import duckdb

from graph.errors import MappingError
from graph.schema import Schema, load
from ingest.mapping import document, parse
from ingest.mapping.check import check
from ingest.mapping.compile import compile_sheet
from ingest.mapping.document import nearest
from ingest.mapping.language import Section, fits
from ingest.mapping.staging import lookup_file
from ingest.plan import Plan
from ingest.sheet import Sheet

__all__ = ["Mapping", "load_mapping", "shipped"]


class Located(Protocol):
    """A file and the folder it belongs to."""

    @property
    def root(self) -> Path: ...

    @property
    def path(self) -> Path: ...

    @property
    def file(self) -> str: ...


@dataclass(frozen=True)
class Mapping:
    """A mapping that the ontology agrees with. `digest` is the SHA-256 of its text."""

    name: str
    source: str
    digest: str
    sections: tuple[Section, ...]
    ignored: tuple[str, ...] = ()
    about: dict[str, str] = field(default_factory=dict)

    def section_for(self, file: str) -> Section | None:
        """The section that describes `file` (a POSIX path in its folder): the first that fits."""
        return next((s for s in self.sections if s.fits(file)), None)

    def options_for(self, file: str) -> dict[str, object] | None:
        """How the readers are to read `file`; None for as they would anyway."""
        section = self.section_for(file)
        return dict(section.reader) if section and section.reader else None

    def ignores(self, file: str) -> bool:
        """Whether the mapping leaves `file` unread on purpose."""
        return fits(file, self.ignored)

    def files_for(self, folder: Path) -> list[tuple[Path, Section]]:
        """The files of `folder` that the mapping describes, in a fixed order."""
        paths = sorted(p for p in folder.rglob("*") if p.is_file())
        found = ((p, self.section_for(p.relative_to(folder).as_posix())) for p in paths)
        return [(path, section) for path, section in found if section is not None]

    def compile(
        self,
        sheet: Sheet,
        table: str,
        con: duckdb.DuckDBPyConnection,
        schema: Schema,
        item: Located,
    ) -> Plan:
        """What the staged `table` of `sheet`, a sheet of `item`, says."""
        section = self.section_for(item.file)
        if section is None:
            return Plan()
        return compile_sheet(
            section, self.sections, sheet, table, con, schema, item.root, item.path
        )

    def digest_for(self, item: Located) -> str:
        """The digest of all but the file itself that its claims rest on.

        That is the mapping, and the files that it looks into on the way.
        """
        section = self.section_for(item.file)
        total = hashlib.sha256(self.digest.encode())
        for look in section.lookups if section else ():
            path = lookup_file(look, item.root, item.path)
            total.update(hashlib.sha256(path.read_bytes()).digest())
        return total.hexdigest() if section and section.lookups else self.digest

    @cached_property
    def patterns(self) -> tuple[str, ...]:
        """The names of the files that it describes."""
        return tuple(p for s in self.sections for p in s.patterns)


def shipped() -> dict[str, Traversable]:
    """The mappings that come with the program, by name."""
    folder = files("ingest").joinpath("mappings")
    found = [f for f in folder.iterdir() if f.name.endswith(".yaml")]
    return {f.name.removesuffix(".yaml"): f for f in sorted(found, key=lambda f: f.name)}


def load_mapping(name_or_path: str | Path, schema: Schema | None = None) -> Mapping:
    """The mapping of that name (a shipped one) or file, checked against the ontology.

    Raises MappingError for a word that the language or the ontology does not know, with its line
    and the nearest right word, and InputError for a file that is not there or not readable.
    """
    known = shipped()
    text = str(name_or_path)
    path = Path(name_or_path)
    if text in known:
        node, raw = document.read(known[text], f"{text}.yaml")
    elif path.suffix in (".yaml", ".yml") or path.exists():
        node, raw = document.read(path, path.name)
    else:
        raise MappingError("mapping.no_such", name=text, near=nearest(text, known))
    pairs = parse.top(node)
    reader = parse.read_options(pairs["reader"]) if "reader" in pairs else {}
    sections = tuple(parse.section(n, reader) for n in pairs["files"].items())
    check(sections, schema or load())
    about = {k: n.text() for k, n in pairs["about"].pairs().items()} if "about" in pairs else {}
    return Mapping(
        pairs["mapping"].text(),
        pairs["source"].text(),
        hashlib.sha256(raw).hexdigest(),
        sections,
        parse.texts(pairs["ignore"]) if "ignore" in pairs else (),
        about,
    )
