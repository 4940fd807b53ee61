"""What a staged table says: which entities and relations its rows are.

The own layout (`ingest.layout`) and a mapping (`ingest.mapping`) both come down to these; the
loader (`ingest.load`) turns them into typed claims. Columns named here are columns of the staged
(or derived) temporary table, all text, beside `row` and `line`. With `exact` the cells hold values
as the record writes them (`ingest.values.exact`), `columns` goes by physical columns, and the table
has a column `extra` with the JSON of what else there is.
"""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class EntityEmit:
    """Each row is an entity.

    Without `cls` the class is read from `type_column`. Without `id_column` (or where its cell is
    empty) the entity is keyless: its key is its identifier property, else a digest of class,
    normalised name and `region_column`. `by_name` marks a mere mention: an entity known only
    because a cell names it.
    """

    table: str
    cls: str | None
    type_column: str | None = None
    id_column: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    region_column: str | None = None
    extra: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    by_name: bool = False
    exact: bool = False


@dataclass(frozen=True)
class End:
    """One end of a relation: an id (or, where no such id is known, a name), or a name of `cls`."""

    column: str
    by: Literal["id", "name"] = "id"
    cls: str | None = None
    region_column: str | None = None


@dataclass(frozen=True)
class RelationEmit:
    """Each row is a relation from `source` to `target`."""

    table: str
    relation: str | None
    source: End
    target: End
    type_column: str | None = None
    id_column: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    exact: bool = False


Emit = EntityEmit | RelationEmit
