"""Which line of the record says a value: the view holds the merged one, the claims who said it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from graph.rdf.shacl.places import Place
from graph.record.sql import ident
from graph.record.tables import claim_tables, columns_of

if TYPE_CHECKING:
    from graph.record.view import View

Said = tuple[str, str, str]
"""The id of an entity, the IRI of a property, and a value as text."""


def claimed(view: "View", asked: Iterable[Said]) -> dict[Said, Place]:
    """For each value that a claim gives an entity as it stands, the first line that does."""
    columns = {
        iri: column
        for kind in view.schema.classes.values()
        for term in kind.properties
        for column, iri in term.column_iris.items()
    }
    wanted: dict[str, list[Said]] = {}
    for said in asked:
        if said[1] in columns:
            wanted.setdefault(columns[said[1]], []).append(said)
    found: dict[Said, Place] = {}
    for table in claim_tables(view.con, "e_"):
        for column in sorted(wanted.keys() & set(columns_of(view.con, table))):
            keys = [key for key, _, _ in wanted[column]]
            rows = view.con.execute(
                f"SELECT n.id, {ident(column)}::VARCHAR, v.source, v.file, e.line"
                f" FROM {ident(table)} e JOIN version v USING (sv)"
                " LEFT JOIN canon x ON x.k = e.k JOIN node n ON n.k = coalesce(x.c, e.k)"
                f" WHERE {view.open('e')} AND list_contains(?::VARCHAR[], n.id)"
                " ORDER BY v.rank, e.line",
                [keys],
            ).fetchall()
            first: dict[tuple[str, str], Place] = {}
            for key, value, *place in rows:
                first.setdefault((key, value), Place(*place))
            found |= {
                said: first[said[0], said[2]]
                for said in wanted[column]
                if (said[0], said[2]) in first
            }
    return found
