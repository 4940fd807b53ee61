"""Writing the view into a property graph by Bolt: a Neo4j server, or the embedded engine.

Every node has the label `Entity` beside its class and the class's superclasses, and `type`, its
most specific class. What a push has written carries `_digest` (`graph.neo4j.marks`): the next one
writes only what differs, and removes what the record has lost. All else is others', and is left
alone: nodes without `Entity` or `_digest`, relations without `_digest`, and labels and properties
on our nodes that the ontology does not know. A node that the record has lost and to which others
have tied a relation is kept, and named, unless `detach` says otherwise.

Each batch is a transaction of its own. A push that was cut off is completed by the next.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graph.neo4j import changes, marks, statements
from graph.neo4j.foreign import Foreign, count_foreign
from graph.neo4j.server import Server, check_version, reach
from graph.neo4j.statements import MARK
from graph.neo4j.write import Progress, Writer, batches
from graph.record.sql import ident, literal
from graph.schema import EntityClass, Relation
from graph.schema.constraints import constraints

if TYPE_CHECKING:
    from neo4j import Driver, Session

    from graph.record.view import View

KEPT_NAMES = 20
INDEX_SECONDS = 300


@dataclass
class Change:
    """What became of the entities of a class, or the relations of a type."""

    created: int = 0
    updated: int = 0
    removed: int = 0
    unchanged: int = 0

    def counts(self) -> dict[str, int]:
        return dict(vars(self))


@dataclass
class PushResult:
    """What a push did, by class and relation; what it found of others; which nodes it kept.

    `kept` counts nodes that the record has lost and that others' relations hold; `kept_ids` are
    the first of them.
    """

    entities: dict[str, Change] = field(default_factory=dict)
    relations: dict[str, Change] = field(default_factory=dict)
    foreign: Foreign = field(default_factory=Foreign)
    kept: int = 0
    kept_ids: tuple[str, ...] = ()

    def counts(self) -> dict[str, Any]:
        """As plain data, the JSON of `graph push`."""
        types = [
            {"type": name, "kind": kind, **change.counts()}
            for kind, some in (("entity", self.entities), ("relation", self.relations))
            for name, change in sorted(some.items())
        ]
        return {
            "entities": _total(self.entities),
            "relations": _total(self.relations),
            "types": types,
            "foreign": self.foreign.counts(),
            "kept": {"nodes": self.kept, "ids": list(self.kept_ids)},
        }


def _total(some: dict[str, Change]) -> dict[str, int]:
    return {n: sum(getattr(c, n) for c in some.values()) for n in Change().counts()}


def push_to(
    view: "View",
    server: Server,
    *,
    full: bool = False,
    detach: bool = False,
    progress: Progress | None = None,
) -> PushResult:
    """Pushes the view to a server; raises as `reach` does."""
    with reach(server) as driver:
        return push(view, driver, server.database, full=full, detach=detach, progress=progress)


def push(
    view: "View",
    driver: "Driver",
    database: str | None = None,
    *,
    full: bool = False,
    detach: bool = False,
    progress: Progress | None = None,
) -> PushResult:
    """Makes what is ours in the database equal to the view.

    `full` compares every value, so that what was changed by hand is mended; `detach` removes lost
    nodes together with the relations that others have tied to them. The embedded engine is filled
    from nothing.
    """
    with driver.session(database=database) as session:
        agent = session.run("RETURN 1").consume().server.agent or ""
        writer = Writer(session, progress or (lambda text: None))
        if "ArcadeDB" in agent:
            session.run(constraints(view.schema)[0]).consume()
            return _Push(view, session, writer).fill(marked=False)
        check_version(agent)
        for statement in constraints(view.schema):
            session.run(statement).consume()
        session.run(f"CALL db.awaitIndexes({INDEX_SECONDS})").consume()
        work = _Push(view, session, writer)
        if session.run("MATCH (n:Entity) RETURN count(n) = 0").single(strict=True)[0]:
            result = work.fill(marked=True)
        else:
            if full:
                from graph.neo4j import recheck

                recheck.unmark(view, driver, database, writer)
            result = work.update(detach=detach)
        result.foreign = count_foreign(session, sum(work.relations.values()))
    return result


class _Push:
    """One push: the view, the session, and what has been done so far."""

    def __init__(self, view: "View", session: "Session", writer: Writer) -> None:
        self.view = view
        self.session = session
        self.writer = writer
        self.entities = view.entity_counts()
        self.relations = view.relation_counts()
        schema = view.schema
        self.columns = {n: changes.used(view, schema.classes[n]) for n in self.entities}
        self.columns |= {n: changes.used(view, schema.relations[n]) for n in self.relations}

    def fill(self, *, marked: bool) -> PushResult:
        """Writes everything into a database that has nothing of ours."""
        result = PushResult()
        for name, total in self.entities.items():
            result.entities[name] = Change(created=self._make(name, total, marked=marked))
        for name, total in self.relations.items():
            result.relations[name] = Change(created=self._make(name, total, marked=marked))
        return result

    def update(self, *, detach: bool) -> PushResult:
        """Writes what differs, and removes what the record has lost."""
        con = self.view.con
        columns = {name: self.columns[name] for name in self.entities}
        result = PushResult()
        changes.of_entities(self.view, self.session, columns)
        con.execute("CREATE OR REPLACE TEMP TABLE lost_node AS FROM lost")
        for name, total in self.entities.items():
            result.entities[name] = self._bring(name, total)
        for name in sorted({*self.relations, *self._types()}):
            result.relations[name] = self._bring_relations(name)
        self._remove_nodes(result, detach=detach)
        return result

    def _kind(self, name: str) -> EntityClass | Relation:
        return self.view.schema.classes.get(name) or self.view.schema.relations[name]

    def _make(self, name: str, total: int, *, marked: bool, some: bool = False) -> int:
        """Makes nodes or relations: all of the view's, or those `todo` says (`some`)."""
        kind, columns = self._kind(name), self.columns[name]
        if isinstance(kind, EntityClass):
            keys, counter = ["id"], "nodes_created"
            statement = statements.create_nodes(kind, columns, marked=marked)
        else:
            keys, counter = ["from", "to", "eid"], "relationships_created"
            statement = statements.create_relations(kind, columns, marked=marked)
        listed = [f"s.{ident(c)}" for c in [*keys, *columns]]
        rows = f"FROM ({changes.rows_sql(kind)}) s"
        if some:
            listed.append("todo.d")
            rows = f"{_todo(name, changes.rows_sql(kind))} AND todo.element IS NULL"
        elif marked:
            listed.append(marks.digest_sql(kind, columns))
        return self.writer.write(
            self.view.con, f"SELECT {', '.join(listed)} {rows}", [statement], counter, name, total
        )

    def _bring(self, name: str, total: int) -> Change:
        """Makes and changes the nodes or relations of a kind that `todo` says."""
        kind, columns = self._kind(name), self.columns[name]
        change = Change()
        [(new, old)] = self.view.con.execute(
            "SELECT count(*) FILTER (element IS NULL), count(element) FROM todo"
            f" WHERE name = {literal(name)}"
        ).fetchall()
        if old:
            if isinstance(kind, EntityClass):
                keys = ["s.id"]
                todo = statements.update_nodes(kind, columns, self.view.schema)
            else:
                keys = ["todo.element", "todo.old"]
                todo = [statements.update_relations(kind, columns)]
            listed = ", ".join([*keys, *(f"s.{ident(c)}" for c in columns)])
            rows = f"{_todo(name, changes.rows_sql(kind))} AND todo.element IS NOT NULL"
            change.updated = self.writer.write(
                self.view.con, f"SELECT {listed}, todo.d {rows}", todo, "rows", name, old
            )
        if new:
            change.created = self._make(name, new, marked=True, some=True)
        change.unchanged = total - new - old
        return change

    def _bring_relations(self, name: str) -> Change:
        changes.of_relations(self.view, self.session, name, self.columns.get(name))
        removed = self.writer.write(
            self.view.con,
            "SELECT element, d FROM lost",
            [statements.remove_relations(name)],
            "relationships_deleted",
            name,
            0,
        )
        change = Change()
        if name in self.relations:
            change = self._bring(name, self.relations[name])
        change.removed = removed
        return change

    def _types(self) -> list[str]:
        """The relation types of which the database has something that a push wrote."""
        kinds = [r[0] for r in self.session.run("CALL db.relationshipTypes()")]
        asked = f"x.{MARK} IS NOT NULL RETURN 1 LIMIT 1"
        return [
            k
            for k in kinds
            if k not in self.relations
            and self.session.run(f"MATCH ()-[x:{statements.quoted(k)}]->() WHERE {asked}").values()
        ]

    def _remove_nodes(self, result: PushResult, *, detach: bool) -> None:
        """Removes the lost nodes that nothing of others' hangs on; the others are kept."""
        con = self.view.con
        types = con.execute("SELECT DISTINCT type FROM lost_node ORDER BY type").fetchall()
        for (name,) in types:
            lost = f"FROM lost_node WHERE type IS NOT DISTINCT FROM {literal(name or '')}"
            lost = lost if name else "FROM lost_node WHERE type IS NULL"
            removed = self.writer.write(
                con,
                f"SELECT element, d {lost}",
                [statements.remove_nodes(detach=detach)],
                "nodes_deleted",
                name or "Entity",
                0,
            )
            change = result.entities.setdefault(name or "Entity", Change())
            change.removed += removed
        kept = con.execute("SELECT count(*) FROM lost_node").fetchall()[0][0]
        result.kept = kept - sum(c.removed for c in result.entities.values())
        if result.kept:
            left = "SELECT element, d FROM lost_node ORDER BY element"
            found: list[str] = []
            for rows in batches(con, left):
                found += [str(r[0]) for r in self.session.run(statements.LEFT, rows=rows)]
            result.kept_ids = tuple(sorted(found)[:KEPT_NAMES])


def _todo(name: str, rows: str) -> str:
    return f"FROM ({rows}) s JOIN todo ON todo.rid = s.rid WHERE todo.name = {literal(name)}"
