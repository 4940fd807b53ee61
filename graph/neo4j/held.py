"""What a property graph holds, to be laid beside the view: a server's, or the embedded engine's.

Ours are the nodes labelled `Entity` and the relations of the ontology's types between them. The
rest is foreign and only counted, as are properties that the ontology knows of nothing: others may
mark our nodes with what is theirs.
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from graph.neo4j.read import NODELESS, rows
from graph.neo4j.statements import labels_of
from graph.record.held import Held, columns

if TYPE_CHECKING:
    import pyarrow as pa
    from neo4j import Driver

Progress = Callable[[str], None]


def read_back(
    held: Held, driver: "Driver", database: str | None = None, *, progress: Progress | None = None
) -> None:
    """Reads all that is ours in the database into `held`. Raises what the driver raises."""
    tell = progress or (lambda text: None)
    known = {name for kind in held.kinds.values() for name in columns(kind)}
    done = {True: 0, False: 0}
    strange = 0
    for name, batch in rows(driver, database, held.schema):
        done[name in held.schema.relations] += len(batch)
        if name == NODELESS:
            _strays(held, batch)
            continue
        odd, foreign = _odd(held, name, batch, known)
        strange += foreign
        held.put_arrow(name, batch, odd)
        tell(f"{held.name} {sum(done.values())}")
    with driver.session(database=database, default_access_mode="READ") as session:
        nodes, relations = (
            session.run(query).single(strict=True)[0]
            for query in ("MATCH (n) RETURN count(n)", "MATCH ()-[r]->() RETURN count(r)")
        )
    held.foreign |= {"nodes": nodes - done[False], "relations": relations - done[True]}
    held.foreign |= {"properties": strange}


def _strays(held: Held, batch: "pa.RecordBatch") -> None:
    for row in batch.to_pylist():
        said = json.loads(row["others"] or "{}")
        held.stray(said.get("type") or ":".join(row["labels"]), row["id"] or row["odd"])


def _odd(
    held: Held, name: str, batch: "pa.RecordBatch", known: set[str]
) -> tuple[list[str | None], int]:
    """What of each row does not fit, and how many properties the ontology does not know."""
    odd = batch.column("odd").to_pylist()
    foreign = 0
    for i, others in enumerate(batch.column("others").to_pylist()):
        if others is not None:
            values = json.loads(others)
            ours = {k: v for k, v in values.items() if k in known}
            foreign += len(values) - len(ours)
            odd[i] = _joined(odd[i], ours)
    if name in held.schema.classes:
        wanted = sorted(labels_of(held.schema.classes[name]))
        for i, labels in enumerate(batch.column("labels").to_pylist()):
            if labels != wanted:
                odd[i] = _joined(odd[i], {"labels": labels})
    return odd, foreign


def _joined(odd: str | None, more: dict[str, Any]) -> str | None:
    said = json.loads(odd or "{}") | more
    return json.dumps(said, ensure_ascii=False, sort_keys=True) if said else None
