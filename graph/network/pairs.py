"""Who is tied to what by one relation, as pairs that can be hidden row by row.

Which classes stand at the ends, whether a relation has a direction and what else joins two actors
is asked of the ontology. A row is what a source says once: a relation, or one actor's part in a
thing that several share (a project): with the row all pairs go that no other row says.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from graph.network.ragged import looked_up, once, places
from graph.network.source import Bools, Floats, Ints, Source, has_column, ints
from graph.network.tables import begun, current, placeholder
from graph.record.sql import ident, literals
from graph.schema import Relation, Schema

PREDICTED = ("PROVIDES", "COLLABORATES_WITH", "INVESTS_IN")
"""What an analyst can bring about: a supply, a cooperation, an investment. Other relations say
what is owned, decided or happened."""

SHARED = ("Project", "Achievement")
"""Things that actors have a part in together."""

KINDS = ("Place", "Industry", "Technology", "Chain")
"""What entities are put together by: where they are, what they are of."""

MEMBERS = 500
"""A thing shared by more says nothing of who works with whom, nor does a group of more say who is
near to whom."""


@dataclass(frozen=True)
class Pairs:
    """The pairs of one relation, and what they are read from.

    `subjects` and `objects` are node keys, in the order of ids; `f`, `t` positions in them of each
    direct row. `member`, `thing`: parts in shared things, where the relation has no direction;
    these rows follow the direct ones. `groups` and `object_groups` say which kinds (region,
    industry, technology, chain) each end is of.
    """

    relation: Relation
    subjects: Ints
    objects: Ints
    f: Ints
    t: Ints
    member: Ints
    thing: Ints
    groups: Any
    object_groups: Any

    @property
    def symmetric(self) -> bool:
        return self.relation.symmetric

    @property
    def rows(self) -> int:
        """How many rows say something, and could be hidden."""
        return len(self.f) + len(self.member)

    def key(self, s: Ints, o: Ints) -> Ints:
        """One number for a pair; the same both ways round where there is no direction."""
        if self.symmetric:
            s, o = np.minimum(s, o), np.maximum(s, o)
        return s * len(self.objects) + o

    def known(self, keep: Bools | None = None) -> Any:
        """The pairs that the rows in `keep` (default all) say: a sparse matrix of ones."""
        from scipy.sparse import coo_matrix

        shape = (len(self.subjects), len(self.objects))
        direct = len(self.f)
        rows = np.ones(self.rows, dtype=np.bool_) if keep is None else keep
        f, t = self.f[rows[:direct]], self.t[rows[:direct]]
        made: Any = coo_matrix((np.ones(len(f), np.float32), (f, t)), shape).tocsr()
        if self.symmetric:
            made = made + made.T
        if len(self.member):
            use = rows[direct:]
            has: Any = coo_matrix(
                (np.ones(use.sum(), np.float32), (self.member[use], self.thing[use])),
                (shape[0], int(self.thing.max()) + 1),
            ).tocsr()
            made = made + has @ has.T
        if self.symmetric:
            made.setdiag(0)
            made = made.tocsr()
            made.eliminate_zeros()
        made.data[:] = 1
        made.sort_indices()
        return made

    @cached_property
    def kinds(self) -> "Kinds":
        """What the ends are put together by."""
        return Kinds.of(self.groups, self.object_groups)

    @cached_property
    def whole(self) -> Any:
        """All pairs that are known."""
        return self.known()


@dataclass(frozen=True)
class Kinds:
    """What entities are put together by: sparse matrices, entity × kind.

    `size` is how many members each kind has among the subjects, `useful` the kinds of each subject
    that are not too large, `members` its transpose, `inside` 1/size in the same places; `shared`
    has 1/√size of each kind of an object, size the larger of both sides.
    """

    size: Floats
    useful: Any
    members: Any
    inside: Any
    shared: Any

    @classmethod
    def of(cls, groups: Any, object_groups: Any) -> "Kinds":
        size = np.maximum(_sizes(groups), 1)
        useful = groups.copy()
        useful.data = np.where(size[useful.indices] <= MEMBERS, useful.data, 0)
        useful.eliminate_zeros()
        inside, shared = useful.copy(), object_groups.copy()
        inside.data = inside.data / size[inside.indices]
        both = np.maximum(size, _sizes(object_groups))
        shared.data = shared.data / np.sqrt(both[shared.indices])
        return cls(size, useful, useful.T.tocsr(), inside, shared)


def _sizes(groups: Any) -> Floats:
    return np.bincount(groups.indices, minlength=groups.shape[1]).astype(np.float64)


def predicted(schema: Schema) -> tuple[Relation, ...]:
    """The relations of which missing ones are looked for, as far as the ontology has them."""
    return tuple(schema.relations[name] for name in PREDICTED if name in schema.relations)


def ends(schema: Schema, relation: Relation) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The classes that a pair joins: organisations of any kind to what the relation reaches.

    Persons, teams, places and projects are left out: what they do they do for somebody.
    """
    actors = set(schema.ends(("Actor",))) - set(schema.ends(("Person", "Team")))
    reached = set(schema.ends(relation.range))
    first = actors.intersection(schema.ends(relation.domain))
    if relation.chain == "capital":
        first |= set(schema.ends(("Fund",))).intersection(schema.ends(relation.domain))
    return tuple(sorted(first)), tuple(sorted(reached & (actors | set(schema.links))))


def pairs(source: Source, relation: Relation, as_of: str) -> Pairs:
    """Reads the pairs of a relation that hold on the day `as_of`."""
    first, second = ends(source.schema, relation)
    subjects = _nodes(source, first)
    objects = subjects if first == second else _nodes(source, second)
    f, t = _direct(source, relation, as_of)
    s, o = looked_up(places(subjects), f), looked_up(places(objects), t)
    inside = (s >= 0) & (o >= 0)
    if relation.symmetric:
        inside &= s != o
        s, o = np.minimum(s, o), np.maximum(s, o)
    each = once(s[inside] * len(objects) + o[inside])
    member, thing = _parts(source, relation, subjects, as_of)
    width, groups = max(len(objects), 1), _kinds(source, subjects, as_of)
    return Pairs(
        relation=relation,
        subjects=subjects,
        objects=objects,
        f=each // width,
        t=each % width,
        member=member,
        thing=thing,
        groups=groups,
        object_groups=groups if first == second else _kinds(source, objects, as_of),
    )


def _nodes(source: Source, classes: tuple[str, ...]) -> Ints:
    found = source.con.execute(
        f"SELECT n.k FROM node n WHERE n.class IN {literals(classes)} AND NOT {placeholder(source)}"
        " ORDER BY n.id"
    ).fetchnumpy()
    return ints(found["k"])


def _direct(source: Source, relation: Relation, as_of: str) -> tuple[Ints, Ints]:
    """What is said outright; of an investment also what a round of funding implies."""
    parts = [
        f"SELECT r.f, r.t FROM {ident('r_' + relation.name)} r"
        f" WHERE {current(source, relation.name, 'r', as_of)} AND NOT {denied(source, relation)}"
    ]
    if relation.chain == "capital":
        parts.append(
            'SELECT p.f, r.f AS t FROM "r_PARTICIPATES_IN_ROUND" p JOIN "r_RAISED" r USING (t)'
            f" WHERE {current(source, 'PARTICIPATES_IN_ROUND', 'p', as_of)}"
        )
    found = source.con.execute(" UNION ".join(parts)).fetchnumpy()
    return ints(found["f"]), ints(found["t"])


def denied(source: Source, relation: Relation, alias: str = "r") -> str:
    """An SQL condition: the row says that the relation does not hold."""
    clauses = [
        f"coalesce({alias}.{ident(c)} = 0, false)"
        for c in ("confidence", "share")
        if has_column(source.schema, relation.name, c)
    ]
    return f"({' OR '.join(clauses) or 'false'})"


def _parts(source: Source, relation: Relation, subjects: Ints, as_of: str) -> tuple[Ints, Ints]:
    """Who has, or had, a part in which shared thing, where that makes a pair of this relation."""
    nothing = np.zeros(0, dtype=np.int64)
    if not relation.symmetric:
        return nothing, nothing
    things = set(source.schema.ends(SHARED))
    rows = [
        f"SELECT r.f AS member, r.t AS thing FROM {ident('r_' + r.name)} r"
        f" JOIN node n ON n.k = r.t AND n.class IN {literals(tuple(sorted(things)))}"
        f" WHERE {begun(source, r.name, 'r', as_of)}"
        for r in source.schema.relations.values()
        if r.chain == relation.chain
        and not r.hand_off
        and things & set(source.schema.ends(r.range))
    ]
    if not rows:
        return nothing, nothing
    found = source.con.execute(
        f"SELECT member, thing FROM ({' UNION '.join(rows)}) ORDER BY thing, member"
    ).fetchnumpy()
    member, thing = looked_up(places(subjects), ints(found["member"])), ints(found["thing"])
    member, thing = member[member >= 0], thing[member >= 0]
    _, number, size = np.unique(thing, return_inverse=True, return_counts=True)
    use = (size[number] > 1) & (size[number] <= MEMBERS)
    return member[use], np.unique(thing[use], return_inverse=True)[1].astype(np.int64)


def _kinds(source: Source, nodes: Ints, as_of: str) -> Any:
    """Which region, industry, technology and chain each node is of: a sparse matrix of ones."""
    from scipy.sparse import coo_matrix

    schema = source.schema
    kinds = set(schema.ends(KINDS))
    rows = [
        f"SELECT r.f AS k, r.t AS kind FROM {ident('r_' + r.name)} r"
        f" JOIN node n ON n.k = r.t AND n.class IN {literals(tuple(sorted(kinds)))}"
        f" WHERE {current(source, r.name, 'r', as_of)}"
        for r in schema.relations.values()
        if r.name not in PREDICTED and kinds & set(schema.ends(r.range))
    ]
    found = source.con.execute(
        f"SELECT k, kind FROM ({' UNION '.join(rows)}) ORDER BY kind, k"
    ).fetchnumpy()
    at, kind = looked_up(places(nodes), ints(found["k"])), ints(found["kind"])
    at, kind = at[at >= 0], kind[at >= 0]
    ((last,),) = source.con.execute("SELECT coalesce(max(k), 0) FROM node").fetchall()
    shape = (len(nodes), int(last) + 1)
    made: Any = coo_matrix((np.ones(len(at), np.float32), (at, kind)), shape).tocsr()
    made.data[:] = 1
    return made


def said(source: Source, subjects: Ints, objects: Ints) -> Bools:
    """Pairs of node keys between which the record says anything, whatever it is, or denies it."""
    con = source.con
    con.register("gap_wanted", {"a": subjects, "b": objects})
    rows = " UNION ALL ".join(
        f"SELECT w.a, w.b FROM gap_wanted w JOIN {ident('r_' + name)} r ON {a} = w.a AND {b} = w.b"
        for name in source.schema.relations
        for a, b in (("r.f", "r.t"), ("r.t", "r.f"))
    )
    found = set(con.execute(rows).fetchall())
    con.unregister("gap_wanted")
    pairs = zip(subjects.tolist(), objects.tolist(), strict=True)
    return np.array([pair in found for pair in pairs], dtype=np.bool_)
