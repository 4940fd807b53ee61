"""What a database holds of others, beside what a push wrote."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from graph.neo4j.statements import MARK

if TYPE_CHECKING:
    from neo4j import Session


@dataclass(frozen=True)
class Foreign:
    """Nodes and relations of others; `attached` are those of the relations that touch our nodes."""

    nodes: int = 0
    relations: int = 0
    attached: int = 0

    def counts(self) -> dict[str, int]:
        return asdict(self)


def count_foreign(session: "Session", relations: int) -> Foreign:
    """Counts them; `relations` is how many are ours. One look at all relations, where some are not.

    >>> Foreign(2, 1, 1).counts()
    {'nodes': 2, 'relations': 1, 'attached': 1}
    """
    nodes = session.run(f"MATCH (n) WHERE NOT n:Entity OR n.{MARK} IS NULL RETURN count(n)").single(
        strict=True
    )[0]
    every = session.run("MATCH ()-[r]->() RETURN count(r)").single(strict=True)[0]
    if every == relations:
        return Foreign(nodes)
    found = session.run(
        f"MATCH (a)-[r]->(b) WHERE r.{MARK} IS NULL"
        f" RETURN count(r), count(CASE WHEN coalesce(a.{MARK}, b.{MARK}) IS NOT NULL THEN 1 END)"
    ).single(strict=True)
    return Foreign(nodes, found[0], found[1])
