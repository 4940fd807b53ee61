"""Whether two stores hold the same graph: counts and digests by class, relation and property."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graph.record.held import CLAIMS, PLACE, Held, cell, columns, key_columns
from graph.record.sql import ident, literal
from graph.record.sums import Sum

if TYPE_CHECKING:
    from graph.record.disagreement import Difference


@dataclass(frozen=True)
class KindSum:
    """A class or relation: the sum of its rows, and that of each property that occurs.

    The rows' digest covers what is said, as `graph.record.sums` has it; provenance has digests of
    its own among the properties.
    """

    rows: int
    digest: str
    properties: dict[str, Sum]


@dataclass(frozen=True)
class StoreSum:
    """All that a store holds; `digest` is that of the view where the store holds it whole."""

    digest: str
    entities: dict[str, KindSum]
    relations: dict[str, KindSum]

    @property
    def kinds(self) -> dict[str, KindSum]:
        return {**self.entities, **self.relations}


@dataclass
class Verified:
    """What each store holds, and how it compares with the first.

    Of the others, by name: `unlike`, the classes and relations that differ; `totals`, how many
    differences there are; `foreign`, what is in them that is not ours, which is no difference.
    `differences` are the first of all, with the two stores' names.
    """

    stores: dict[str, StoreSum] = field(default_factory=dict)
    unlike: dict[str, list[str]] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)
    foreign: dict[str, dict[str, int]] = field(default_factory=dict)
    differences: "list[tuple[str, str, Difference]]" = field(default_factory=list)

    @property
    def equal(self) -> bool:
        return not any(self.totals.values())


def sum_up(held: Held) -> StoreSum:
    """Counts and digests of a store."""
    found = {name: _kind_sum(held, name) for name in held.rows}
    found = {name: s for name, s in found.items() if s.rows}
    said = "\n".join(f"{name}={s.rows}/{s.digest}" for name, s in sorted(found.items()))
    return StoreSum(
        "sha256:" + hashlib.sha256(said.encode()).hexdigest(),
        {name: found[name] for name in held.schema.classes if name in found},
        {name: found[name] for name in held.schema.relations if name in found},
    )


def unequal(one: Held, other: Held, sums: tuple[StoreSum, StoreSum]) -> list[str]:
    """The classes and relations that two stores do not hold alike, in the ontology's order."""
    here, there = sums[0].kinds, sums[1].kinds
    shared = one.holds & other.holds
    names = [*one.schema.classes, *one.schema.relations]
    return [n for n in names if _differ(here.get(n), there.get(n), shared)]


def _differ(here: KindSum | None, there: KindSum | None, shared: frozenset[str]) -> bool:
    if here is None or there is None:
        return here is not there
    if (here.rows, here.digest) != (there.rows, there.digest):
        return True
    return any(here.properties.get(p) != there.properties.get(p) for p in shared)


def has_odd(held: Held, name: str) -> bool:
    """Whether a store has values of a class that do not fit."""
    rows = held.con.execute(f"SELECT count(odd) FROM ({held.rows[name]})").fetchall()
    return bool(rows[0][0])


def _kind_sum(held: Held, name: str) -> KindSum:
    kind = held.kind(name)
    keys, odd = key_columns(kind), has_odd(held, name)
    declared = [c for c in columns(kind) if c not in keys]
    declared = [c for c in declared if c not in (*PLACE, *CLAIMS) or c in held.holds]
    if not odd:
        counted = ", ".join(f"count({ident(c)})" for c in declared)
        row = held.con.execute(f"SELECT {counted} FROM ({held.rows[name]})").fetchall()[0]
        declared = [c for c, n in zip(declared, row, strict=True) if n]
    said = [c for c in columns(kind) if c not in (*PLACE, *CLAIMS)]
    parts = ["count(*)", _xor(_row_text(said) + (" || coalesce(odd, '')" if odd else ""))]
    for column in declared:
        value = cell(column, "x", odd)
        parts += [f"count({value})", _xor(_row_text(keys, value), f"{value} IS NOT NULL")]
    rows = f"SELECT {', '.join(parts)} FROM ({held.rows[name]}) x"
    number, digest, *rest = held.con.execute(rows).fetchall()[0]
    sums = {
        c: Sum(n, f"{d:032x}") for c, n, d in zip(declared, rest[::2], rest[1::2], strict=True) if n
    }
    return KindSum(number, f"{digest:032x}", sums)


def _row_text(columns: Sequence[str], value: str = "") -> str:
    said = f"to_json({{{', '.join(f'{literal(c)}: {ident(c)}' for c in columns)}}})::VARCHAR"
    return f"{said} || {value}" if value else said


def _xor(text: str, where: str = "") -> str:
    only = f" FILTER (WHERE {where})" if where else ""
    return f"coalesce(bit_xor(md5_number({text})){only}, 0)"
