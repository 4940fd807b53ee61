"""A mapping as data: what the YAML says after it has been parsed, before any file is read."""

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from ingest.mapping.conditions import Condition
from ingest.mapping.document import Node
from ingest.mapping.steps import AnyStep, FileLookup, Step, Unfold


@dataclass(frozen=True)
class Value:
    """Where a text starts (`kind` is a word of STARTS) and what is done to it.

    `parts` are a column's name, a constant, or a template's pieces (text and column by turns);
    `choices` are the values of `first_of`.
    """

    node: Node = field(compare=False)
    kind: str
    parts: tuple[str, ...] = ()
    choices: "tuple[Value, ...]" = ()
    steps: tuple[AnyStep, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads."""
        found = list(self.parts[1::2]) if self.kind == "template" else []
        if self.kind == "column":
            found.append(self.parts[0])
        for choice in self.choices:
            found += choice.columns
        for step in self.steps:
            if isinstance(step, Step):
                found += step.columns
        return tuple(dict.fromkeys(found))

    @property
    def unfolds(self) -> bool:
        return any(isinstance(step, Unfold) for step in self.steps)

    @property
    def also(self) -> tuple[str, ...]:
        """The further columns that its steps make."""
        unfolds = (step for step in self.steps if isinstance(step, Unfold))
        return tuple(name for step in unfolds for _, name in step.also)

    @property
    def lookups(self) -> tuple[FileLookup, ...]:
        own = tuple(step for step in self.steps if isinstance(step, FileLookup))
        return own + tuple(look for choice in self.choices for look in choice.lookups)

    @property
    def unit(self) -> str | None:
        units = [s.unit for s in self.steps if isinstance(s, Step) and s.unit]
        return units[-1] if units else None

    def outcomes(self, make: "Mapping[str, Value]") -> tuple[str, ...] | None:
        """All texts that can come out, where the mapping itself says them; `make`: columns made."""
        known: tuple[str, ...] | None = self.parts if self.kind == "constant" else None
        if self.kind == "column" and self.parts[0] in make:
            known = make[self.parts[0]].outcomes(make)
        for step in self.steps:
            if not isinstance(step, Step):
                known = None
            elif step.word == "otherwise":
                known = None if known is None else known + (step.outcomes or ())
            elif step.word not in ("null_if", "amount"):
                known = step.outcomes
        return known


@dataclass(frozen=True)
class Column:
    """A column of the file: must it be there, filled, or may it be missing; is it read at all."""

    node: Node = field(compare=False)
    name: str
    need: str
    headings: tuple[str, ...]


@dataclass(frozen=True)
class Check:
    """What a cell must be like; a row that fails is rejected with the reason given."""

    node: Node = field(compare=False)
    column: str
    test: Condition
    because: dict[str, str]


@dataclass(frozen=True)
class Rule:
    """What entities and relations have in common."""

    node: Node = field(compare=False)
    kind: str | Value
    id: Value | None
    set: dict[str, Value]
    keep: dict[str, Value]
    where: tuple[tuple[str, Condition], ...]


@dataclass(frozen=True)
class EntityRule(Rule):
    """An entity for each row (or each record that an unfolding step makes of it)."""

    region: Value | None = None
    mention: bool = False


@dataclass(frozen=True)
class RelationEnd:
    """An end by id, or (where `cls` is given) by name, which mentions an entity of that class."""

    node: Node = field(compare=False)
    value: Value
    cls: str | None = None
    region: Value | None = None


@dataclass(frozen=True)
class RelationRule(Rule):
    """A relation for each row or record."""

    source: RelationEnd = field(kw_only=True)
    target: RelationEnd = field(kw_only=True)


AnyRule = EntityRule | RelationRule


@dataclass(frozen=True)
class Section:
    """What the mapping says of one file (or of all files whose name fits `patterns`)."""

    node: Node = field(compare=False)
    patterns: tuple[str, ...]
    reader: dict[str, object]
    columns: dict[str, Column]
    others: str
    where: tuple[tuple[str, Condition], ...]
    checks: tuple[Check, ...]
    make: dict[str, Value]
    entities: tuple[EntityRule, ...]
    relations: tuple[RelationRule, ...]

    def fits(self, file: str) -> bool:
        """Whether `file`, a POSIX path relative to its folder, is one of this section's."""
        return fits(file, self.patterns)

    @property
    def rules(self) -> tuple[AnyRule, ...]:
        return (*self.entities, *self.relations)

    @property
    def values(self) -> list[Value]:
        """Every value in the section, `make` first."""
        found = list(self.make.values())
        for rule in self.rules:
            found += [*rule.set.values(), *rule.keep.values()]
            found += [v for v in (rule.id, rule.kind) if isinstance(v, Value)]
            if isinstance(rule, EntityRule):
                found += [rule.region] if rule.region else []
            if isinstance(rule, RelationRule):
                for end in (rule.source, rule.target):
                    found += [end.value, *([end.region] if end.region else [])]
        return found

    @property
    def lookups(self) -> list[FileLookup]:
        return [look for value in self.values for look in value.lookups]


def fits(file: str, patterns: tuple[str, ...]) -> bool:
    """Whether a path fits one of `patterns`; one without a slash fits in any folder.

    Upper and lower case count alike, and `.gz` behind the name counts for nothing.

    >>> fits("v2022/inputs.csv", ("inputs.csv",)), fits("a/inputs.csv.gz", ("b/*.csv",))
    (True, False)
    """
    path = file.casefold()
    name = PurePosixPath(path).name
    for pattern in patterns:
        wanted = pattern.casefold()
        for seen in (path, name) if "/" not in wanted else (path,):
            if fnmatch.fnmatchcase(seen, wanted) or (
                seen.endswith(".gz") and fnmatch.fnmatchcase(seen.removesuffix(".gz"), wanted)
            ):
                return True
    return False
