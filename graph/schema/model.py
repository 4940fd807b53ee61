"""The shape of a schema: classes, properties, relations and closed lists."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from graph.messages import Lang
from graph.schema.words import forms, key

Datatype = Literal["text", "integer", "decimal", "boolean", "date", "share", "amount", "uri"]


@dataclass(frozen=True)
class ClosedValue:
    """One member of a closed list: what is stored, its labels, and other ways to write it.

    `stage` is the id of the chain stage that the value implies (a round of funding has one).
    """

    value: str
    label: dict[Lang, str]
    aliases: tuple[str, ...] = ()
    stage: str | None = None


@dataclass(frozen=True)
class Property:
    """A property of a class or an attribute of a relation. `name` is the column's name.

    `pattern` is a regular expression for text; `minimum` and `maximum` bound a number. `matches`
    are properties of other vocabularies that are read as this one.
    """

    name: str
    iri: str
    datatype: Datatype
    label: dict[Lang, str]
    definition: dict[Lang, str]
    aliases: tuple[str, ...] = ()
    closed: tuple[ClosedValue, ...] = ()
    multiple: bool = False
    identifier: bool = False
    indexed: bool = False
    example: str | None = None
    language_tagged: bool = False
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    matches: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """Column names and DuckDB types: an amount takes four (value, bounds, currency)."""
        if self.datatype == "amount":
            n = self.name
            return (
                (n, "DOUBLE"),
                (f"{n}_min", "DOUBLE"),
                (f"{n}_max", "DOUBLE"),
                (f"{n}_currency", "VARCHAR"),
            )
        base = {
            "text": "VARCHAR",
            "uri": "VARCHAR",
            "date": "VARCHAR",  # ISO 8601 with its precision: 2024, 2024-05, 2024-05-01
            "integer": "BIGINT",
            "decimal": "DOUBLE",
            "share": "DOUBLE",
            "boolean": "BOOLEAN",
        }[self.datatype]
        return ((self.name, base + ("[]" if self.multiple else "")),)

    @property
    def column_iris(self) -> dict[str, str]:
        """The IRI of each column, those of an amount's bounds and currency too."""
        if self.datatype == "amount":
            ends = ("", "Min", "Max", "Currency")
            return {c: self.iri + end for (c, _), end in zip(self.columns, ends, strict=True)}
        return {self.name: self.iri}


@dataclass(frozen=True)
class EntityClass:
    """A class of entities. `ancestors` are ours only, nearest first, without the class itself.

    `stage` is the id of the chain stage at which everything of the class stands (a pilot-test
    platform stands at 中试). `template` True: its form serves all classes below; False: no
    form of its own. `chain` is what a class of chains counts for, its own or the nearest one's
    above. `matches` are classes of other vocabularies that are read as this one.
    """

    name: str
    iri: str
    label: dict[Lang, str]
    definition: dict[Lang, str]
    aliases: tuple[str, ...]
    ancestors: tuple[str, ...]
    abstract: bool
    properties: tuple[Property, ...]
    example: str | None = None
    stage: str | None = None
    template: bool | None = None
    chain: str | None = None
    matches: tuple[str, ...] = ()


@dataclass(frozen=True)
class Heading:
    """A column of a wide table that makes a relation: 投资方 beside a firm is INVESTS_IN, inverse.

    `target` is the class of what the cells name; it may be abstract (依托单位 names any
    organisation). `sets` is an attribute that the relation gets: 领投方 sets `("lead", "true")`.
    `rows` are the classes in whose tables the column means this; empty, all that the relation
    allows. `template` are the classes whose template has the column.
    """

    text: str
    target: str
    inverse: bool = False
    sets: tuple[str, str] | None = None
    rows: tuple[str, ...] = ()
    template: tuple[str, ...] = ()


@dataclass(frozen=True)
class Relation:
    """A relation. `name` is the type in files, Neo4j and JSON; domain and range are class names.

    `matches` are properties of other vocabularies that are read as this one, `inverse_matches`
    those that run the other way, `statement_matches` classes whose members stand between two ends.
    """

    name: str
    iri: str
    statement_iri: str
    label: dict[Lang, str]
    definition: dict[Lang, str]
    aliases: tuple[str, ...]
    domain: tuple[str, ...]
    range: tuple[str, ...]
    attributes: tuple[Property, ...]
    chain: str | None = None
    hand_off: bool = False
    symmetric: bool = False
    headings: tuple[Heading, ...] = ()
    example: str | None = None
    template: bool = True
    matches: tuple[str, ...] = ()
    inverse_matches: tuple[str, ...] = ()
    statement_matches: tuple[str, ...] = ()

    def fits(self, heading: Heading, line: Collection[str]) -> bool:
        """Whether a column so headed means this relation in a table of a class.

        `line` is the class and its ancestors.
        """
        ends = self.range if heading.inverse else self.domain
        return any(c in line for c in ends) and (
            not heading.rows or any(c in line for c in heading.rows)
        )


@dataclass(frozen=True)
class ChainStage:
    """A step of a chain that always holds; `position` counts from 1."""

    id: str
    name: dict[Lang, str]
    alt_names: tuple[str, ...]
    position: int


@dataclass(frozen=True)
class ChainTemplate:
    """A chain that holds everywhere (创新链, 孵化链, 资金链), its stages in order."""

    id: str
    cls: str
    name: dict[Lang, str]
    stages: tuple[ChainStage, ...]


@dataclass(frozen=True)
class Schema:
    """All classes and relations, in the ontology's order, and the digest of the file."""

    classes: dict[str, EntityClass]
    relations: dict[str, Relation]
    digest: str
    version: str
    chains: tuple[ChainTemplate, ...] = ()

    def subclasses(self, name: str) -> tuple[str, ...]:
        """`name` and every class below it, sorted."""
        return self._below[name]

    @cached_property
    def _below(self) -> dict[str, tuple[str, ...]]:
        below: dict[str, set[str]] = {}
        for cls in self.classes.values():
            for name in (cls.name, *cls.ancestors):
                below.setdefault(name, set()).add(cls.name)
        return {name: tuple(sorted(names)) for name, names in below.items()}

    @cached_property
    def links(self) -> tuple[str, ...]:
        """The classes that are links of a chain."""
        return tuple(c for c in self.subclasses("ChainLink") if c != "ChainLink")

    @cached_property
    def concrete(self) -> tuple[EntityClass, ...]:
        """The classes that an entity can be of, in the ontology's order."""
        return tuple(c for c in self.classes.values() if not c.abstract)

    def ends(self, names: Iterable[str]) -> tuple[str, ...]:
        """The concrete classes that a relation's domain or range comes down to, sorted."""
        found = {c for name in names for c in self.subclasses(name)}
        return tuple(sorted(c for c in found if not self.classes[c].abstract))

    def class_named(self, text: str) -> EntityClass | None:
        """The class that a type or a file's name means: its name, label or alias, in any spelling.

        `firm`, `Firms`, `企业`, `funding_rounds` and `企业名录` are understood.
        """
        return next((self._classes[f] for f in forms(text) if f in self._classes), None)

    def relation_named(self, text: str) -> Relation | None:
        """The relation that a type or a file's name means: `provides`, `PROVIDES`, `提供`."""
        return next((self._relations[f] for f in forms(text) if f in self._relations), None)

    def property_named(self, cls: EntityClass | str, heading: str) -> Property | None:
        """The property of `cls` that a heading means, None where it means none."""
        kind = self.classes[cls] if isinstance(cls, str) else cls
        return next((t[f] for t in [self.terms(kind)] for f in forms(heading) if f in t), None)

    def attribute_named(self, relation: Relation | str, heading: str) -> Property | None:
        """The attribute of `relation` that a heading means, None where it means none."""
        kind = self.relations[relation] if isinstance(relation, str) else relation
        return next((t[f] for t in [self.terms(kind)] for f in forms(heading) if f in t), None)

    def heading_of(self, cls: EntityClass | str, text: str) -> tuple[Relation, Heading] | None:
        """The relation that a column headed `text` makes in a wide table of `cls`."""
        name = cls if isinstance(cls, str) else cls.name
        made = self.wide(name)
        return next((made[f] for f in forms(text) if f in made), None)

    @cached_property
    def _classes(self) -> dict[str, EntityClass]:
        return {
            key(text): c
            for c in self.classes.values()
            for text in (*c.aliases, *c.label.values(), c.name)
        }

    @cached_property
    def _relations(self) -> dict[str, Relation]:
        return {
            key(text): r
            for r in self.relations.values()
            for text in (*r.aliases, *r.label.values(), r.name)
        }

    def terms(self, kind: EntityClass | Relation) -> dict[str, Property]:
        """What each heading means among a class's properties or a relation's attributes."""
        if kind.name not in self._terms:
            held = kind.properties if isinstance(kind, EntityClass) else kind.attributes
            self._terms[kind.name] = {
                key(text): p for p in held for text in (*p.aliases, *p.label.values(), p.name)
            }
        return self._terms[kind.name]

    @cached_property
    def _terms(self) -> dict[str, dict[str, Property]]:
        return {}

    def wide(self, cls: str) -> dict[str, tuple[Relation, Heading]]:
        """What each heading makes in a wide table of `cls`; a relation's own names come last."""
        if cls not in self._wide:
            self._wide[cls] = self._wide_of(cls)
        return self._wide[cls]

    @cached_property
    def _wide(self) -> dict[str, dict[str, tuple[Relation, Heading]]]:
        return {}

    def _wide_of(self, cls: str) -> dict[str, tuple[Relation, Heading]]:
        within = {cls, *self.classes[cls].ancestors}
        found: dict[str, tuple[Relation, Heading]] = {}
        for relation in self.relations.values():
            for heading in relation.headings:
                if relation.fits(heading, within):
                    found[key(heading.text)] = (relation, heading)
        for relation in self.relations.values():
            out = bool(within.intersection(relation.domain))
            if not out and not within.intersection(relation.range):
                continue
            target = (relation.range if out else relation.domain)[0]
            for text in (relation.name, *relation.label.values(), *relation.aliases):
                found.setdefault(key(text), (relation, Heading(text, target, not out)))
        return found
