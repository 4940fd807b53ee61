"""The constraints and indexes of a property graph, as the ontology marks them."""

from graph.schema.model import EntityClass, Property, Schema


def own(schema: Schema, cls: EntityClass) -> list[Property]:
    """The properties that `cls` has and no class above it."""
    above = {p.iri for a in cls.ancestors for p in schema.classes[a].properties}
    return [p for p in cls.properties if p.iri not in above]


def constraints(schema: Schema) -> list[str]:
    """Cypher statements for Neo4j: `id` is unique over all entities; what `pg:indexed` marks has an
    index, on the label of the class that brings it in.
    """
    made = [
        "CREATE CONSTRAINT entity_id IF NOT EXISTS FOR (n:`Entity`) REQUIRE n.`id` IS UNIQUE",
    ]
    for cls in schema.classes.values():
        made += [
            f"CREATE INDEX {cls.name.lower()}_{p.name} IF NOT EXISTS"
            f" FOR (n:`{cls.name}`) ON (n.`{p.name}`)"
            for p in own(schema, cls)
            if p.indexed and not p.multiple
        ]
    return made
