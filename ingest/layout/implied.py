"""What a list says without a column of its own: titles by its name, links of a chain by a row."""

from collections.abc import Sequence

from graph.record.sql import ident, literal
from graph.schema import Schema
from ingest.emit import End, EntityEmit, RelationEmit
from ingest.layout.columns import Assignment
from ingest.layout.derive import Draft, Parts
from ingest.layout.headings import Column
from ingest.layout.titles import Title
from ingest.layout.wide import Own
from ingest.sheet import Note
from ingest.values import fits


def give_title(
    draft: Draft, schema: Schema, own: Own, assignment: Assignment, implied: Title
) -> None:
    """Every row of a list of title holders holds that title."""
    relation = schema.relations["HOLDS_DESIGNATION"]
    beside = dict(assignment.attributes.get(relation.name, {}))
    terms = {a.name: a for a in relation.attributes}
    table = own.emit.table
    name = draft.free(table, "称号")
    constants = {name: implied.name}
    columns = {a: c.staged for a, c in beside.items()}
    for attribute, text in implied.said.items():
        if attribute in terms and attribute not in columns:
            columns[attribute] = draft.free(table, f"称号.{attribute}")
            constants[columns[attribute]] = text
    kept = "".join(f", s.{ident(c)}" for c in dict.fromkeys([*own.keep, *_staged(beside)]))
    said = "".join(f", {literal(text)} AS {ident(c)}" for c, text in constants.items())
    derived = draft.create(f'SELECT s."row", s.line{kept}{said} FROM {ident(table)} s')
    units = {
        c.staged: c.unit for a, c in beside.items() if c.unit and fits(terms[a].datatype, c.unit)
    }
    draft.plan.notes.append(Note("layout.title_implied", {"title": implied.name}))
    draft.plan.emits.append(
        EntityEmit(derived, "Designation", columns={"name": name}, by_name=True)
    )
    draft.plan.emits.append(
        RelationEmit(
            derived,
            relation.name,
            own.end,
            End(name, "name", "Designation"),
            columns=columns,
            units=units,
        )
    )


def _staged(columns: dict[str, Column]) -> list[str]:
    return [column.staged for column in columns.values()]


def part_of_chains(draft: Draft, schema: Schema, made: Sequence[tuple[str, Parts]]) -> None:
    """A stage and a chain named in one row: the stage is part of that chain.

    Only where the row names one chain; of two it could not be said which stage is whose.
    """
    relation = schema.relations.get("PART_OF_CHAIN")
    if relation is None:
        return
    chains = [m for m in made if _is_any(schema, m[0], relation.range)]
    links = [m for m in made if m[0] in schema.links]
    for chain, of_chain in chains:
        for link, of_link in links:
            if schema.classes[chain].abstract or schema.classes[link].abstract:
                continue
            first, second = draft.free(of_link.table, "环节"), draft.free(of_chain.table, "产业链")
            derived = draft.create(
                f'SELECT s."row", s.line, s.{ident(of_link.name)} AS {ident(first)},'
                f" c.part AS {ident(second)} FROM {ident(of_link.table)} s JOIN"
                f' (SELECT "row", min({ident(of_chain.name)}) AS part FROM {ident(of_chain.table)}'
                f' GROUP BY "row" HAVING count(*) = 1) c ON c."row" = s."row"'
            )
            draft.plan.emits.append(
                RelationEmit(
                    derived,
                    relation.name,
                    End(first, "name", link),
                    End(second, "name", chain),
                )
            )
            draft.plan.notes.append(
                Note("layout.chain_implied", {"link": of_link.name, "chain": of_chain.name})
            )


def _is_any(schema: Schema, cls: str, tops: Sequence[str]) -> bool:
    return any(cls == top or top in schema.classes[cls].ancestors for top in tops)
