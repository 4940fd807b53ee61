"""A mapping against the ontology and against itself, before any row is read."""

from collections.abc import Iterable

from graph.names import normalise
from graph.schema import EntityClass, Property, Relation, Schema
from ingest.mapping.conditions import Condition
from ingest.mapping.document import Node, nearest
from ingest.mapping.language import AnyRule, EntityRule, RelationEnd, RelationRule, Section, Value
from ingest.mapping.steps import FileLookup


def check(sections: Iterable[Section], schema: Schema) -> None:
    """Raises MappingError for the first word that neither the mapping nor the ontology knows."""
    sections = list(sections)
    for section in sections:
        _check_columns(section)
        for look in section.lookups:
            _check_lookup(look, sections)
        for entity in section.entities:
            _check_entity(entity, section, schema)
        for relation in section.relations:
            _check_relation(relation, section, schema)


def _check_columns(section: Section) -> None:
    """Every column that is read is declared, or made above."""
    known = dict.fromkeys(section.columns, "")
    ignored = {c.name for c in section.columns.values() if c.need == "ignored"}
    single = set(known) - ignored
    for name, value in section.make.items():
        _known(value.node, value.columns, known, ignored)
        for made in (name, *value.also):
            if made in known:
                value.node.fail("column_twice", word=made)
            known[made] = ""
        if not value.unfolds and single.issuperset(value.columns):
            single.update((name, *value.also))
    for column, test in section.where:
        _known(section.node, (column, *test.columns), known, ignored)
        _single(section.node, (column, *test.columns), single)
    for check in section.checks:
        columns = (check.column, *check.test.columns)
        _known(check.node, columns, known, ignored)
        _single(check.node, columns, single)
    for value in section.values[len(section.make) :]:
        _known(value.node, value.columns, known, ignored)
        if value.also:
            value.node.fail("make_it", words=", ".join(value.also))
    for rule in section.rules:
        for column, test in rule.where:
            _known(rule.node, (column, *test.columns), known, ignored)


def _known(node: Node, columns: Iterable[str], known: Iterable[str], ignored: set[str]) -> None:
    for column in columns:
        if column in ignored:
            node.fail("ignored_column", word=column)
        if column not in known:
            node.unknown("unknown_column", column, (c for c in known if c not in ignored))


def _single(node: Node, columns: Iterable[str], single: set[str]) -> None:
    for column in columns:
        if column not in single:
            node.fail("several_values", word=column)


def _check_lookup(look: FileLookup, sections: list[Section]) -> None:
    """Where the mapping also describes the file that is looked into, its columns are known."""
    for section in sections:
        if section.fits(look.file):
            wanted = [look.key, look.value]
            tests: Iterable[tuple[str, Condition]] = look.where
            wanted += [c for column, test in tests for c in (column, *test.columns)]
            for column in wanted:
                if column not in section.columns:
                    look.node.unknown("unknown_column", column, section.columns)
            return


def _check_entity(rule: EntityRule, section: Section, schema: Schema) -> None:
    terms = set_terms(rule, section, schema)
    named = {term.name for term in terms.values()}
    identifies = any(term.identifier for term in terms.values())
    if rule.id is None and "name" not in named and not identifies:
        rule.node.fail("no_key")
    if rule.mention and "name" not in named:
        rule.node.fail("missing_key", word="name")


def _kinds(rule: EntityRule, section: Section, schema: Schema) -> list[EntityClass]:
    """The classes that the rule may give: all concrete ones where the mapping does not say."""
    concrete = [c for c in schema.classes.values() if not c.abstract]
    node, words = _words(rule, section)
    if words is None:
        return concrete
    found = []
    for word in words:
        kind = the_class(schema, word, node)
        if kind.abstract:
            below = schema.subclasses(kind.name)
            near = [c.name for c in concrete if c.name in below]
            node.fail("abstract_class", word=word, near=", ".join(near[:12]))
        found.append(kind)
    return found


def the_class(schema: Schema, word: str, node: Node) -> EntityClass:
    """The class that `word` names; MappingError where there is none."""
    kind = schema.class_named(word)
    if kind is None:
        node.unknown("unknown_class", word, schema.classes)
    return kind


def the_relation(schema: Schema, word: str, node: Node) -> Relation:
    """The relation that `word` names; MappingError where there is none."""
    kind = schema.relation_named(word)
    if kind is None:
        node.unknown("unknown_relation", word, schema.relations)
    return kind


def _words(rule: AnyRule, section: Section) -> tuple[Node, tuple[str, ...] | None]:
    if isinstance(rule.kind, Value):
        return rule.kind.node, rule.kind.outcomes(section.make)
    first = "class" if isinstance(rule, EntityRule) else "relation"
    return rule.node.pairs()[first], (rule.kind,)


def _check_relation(rule: RelationRule, section: Section, schema: Schema) -> None:
    kinds = _relations(rule, section, schema)
    set_terms(rule, section, schema)
    _check_end(rule.source, [k.domain for k in kinds], kinds, schema)
    _check_end(rule.target, [k.range for k in kinds], kinds, schema)


def _check_end(
    end: RelationEnd, sides: list[tuple[str, ...]], kinds: list[Relation], schema: Schema
) -> None:
    if end.cls is None:
        return
    node = end.node.pairs()["class"]
    kind = the_class(schema, end.cls, node)
    allowed = {c for side in sides for top in side for c in schema.subclasses(top)}
    if kind.name not in allowed:
        relations = ", ".join(k.name for k in kinds)
        node.fail("wrong_end", word=kind.name, relation=relations, near=", ".join(sorted(allowed)))


def _relations(rule: RelationRule, section: Section, schema: Schema) -> list[Relation]:
    node, words = _words(rule, section)
    if words is None:
        return list(schema.relations.values())
    return [the_relation(schema, word, node) for word in words]


def set_terms(rule: AnyRule, section: Section, schema: Schema) -> dict[str, Property]:
    """What each word of the rule's `set` means: a property of the class, an attribute.

    A word is its name, or a label or alias of it; MappingError for one that is none of these.
    """
    kinds: list[EntityClass] | list[Relation]
    if isinstance(rule, EntityRule):
        kinds = _kinds(rule, section, schema)
        terms = {p.name: p for kind in kinds for p in kind.properties}
        key = "unknown_property"
    else:
        kinds = _relations(rule, section, schema)
        terms = {p.name: p for kind in kinds for p in kind.attributes}
        key = "unknown_attribute"
    spelt = {normalise(t): p for p in terms.values() for t in (*p.label.values(), *p.aliases)}
    found = {}
    for word, value in rule.set.items():
        term = terms.get(word) or spelt.get(normalise(word))
        if term is None:
            of = ", ".join(k.name for k in kinds[:3]) + (", …" if len(kinds) > 3 else "")
            value.node.fail(key, word=word, of=of, near=nearest(word, terms))
        found[word] = term
        _check_closed(term, value, section)
    return found


def _check_closed(term: Property, value: Value, section: Section) -> None:
    names = [n for c in term.closed for n in (c.value, *c.label.values(), *c.aliases)]
    for text in (value.outcomes(section.make) or ()) if names else ():
        if normalise(text) not in map(normalise, names):
            value.node.unknown("unknown_value", text, (c.value for c in term.closed))
