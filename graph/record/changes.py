"""What was said differently at two runs: the claims, and the entities and relations they make.

A claim has changed when what it says stood in its source at one run and not at the other; a row
that only moved to another line, or file, has not. A claim that went and one that came are paired,
as old and new, when they are of one source and about the same entity, or the same relation with
the same key. An entity or relation has changed when its merged values have.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from graph.record import compare
from graph.record.difference import Causes, ClaimChange, Difference, Listed, Place, differing
from graph.record.view import View

Line = tuple[str, str, int]
"""Source, file and line."""

INT, TEXT = pa.int32(), pa.string()


class Changes:
    """What changed between two views of one record. `con` holds the tables it is made of."""

    def __init__(self, before: View, after: View) -> None:
        """`before` and `after` are on connections of their own."""
        self.before, self.after = before, after
        self.con = after.con
        compare.claims(before, after)
        compare.entities(before, after)
        compare.relations(before, after)

    def claim_count(self) -> int:
        """How many claims changed."""
        ((count,),) = self.con.execute("SELECT count(*) FROM diff_claim").fetchall()
        return int(count)

    def entities(self, top: int, causes: int) -> Listed:
        """Entities that changed; of each change and class the first `top` by id, 0 for all, each
        with at most as many `causes`."""
        rows = self._first("diff_entity", "kind, id", top)
        said = self.claims_about([[row["k"]] for row in rows], causes, own=True)
        found = [
            Difference(
                change=row["change"],
                kind=row["kind"],
                of=row["id"],
                to=None,
                key=None,
                name=(row["name"], row["name_en"]),
                values=differing(row["old"], row["new"]),
                merged=row["merged"],
                causes=claims,
            )
            for row, claims in zip(rows, said, strict=True)
        ]
        return Listed(self._counts("diff_entity"), tuple(found))

    def relations(self, top: int, causes: int) -> Listed:
        """Relations that changed, as `entities`, by both ends.

        Where no claim of a relation itself changed, it came or went with one of its ends.
        """
        rows = self._first("diff_relation", "kind, of_id, to_id, eid NULLS FIRST", top)
        own = self._claims_between([(row["kind"], row["f"], row["t"]) for row in rows], causes)
        bare = [i for i, claims in enumerate(own) if not claims.count]
        ends = self.claims_about([[rows[i]["f"], rows[i]["t"]] for i in bare], causes, own=True)
        for i, claims in zip(bare, ends, strict=True):
            own[i] = claims
        found = [
            Difference(
                change=row["change"],
                kind=row["kind"],
                of=row["of_id"],
                to=row["to_id"],
                key=row["eid"],
                name=(None, None),
                values=differing(row["old"], row["new"]),
                causes=claims,
            )
            for row, claims in zip(rows, own, strict=True)
        ]
        return Listed(self._counts("diff_relation"), tuple(found))

    def claims_about(
        self, wanted: Sequence[Iterable[int]], most: int, *, own: bool = False
    ) -> list[Causes]:
        """For each list of node keys the changed claims that touch one of them: by the place of
        the key in the list, then by line; at most so many.

        `own` leaves out relations: only what is said of the entity itself, and judgements.
        """
        return self.claims_near([list(enumerate(keys)) for keys in wanted], most, own=own)

    def claims_near(
        self,
        wanted: Sequence[Iterable[tuple[int, int]]],
        most: int,
        *,
        lines: Sequence[tuple[Iterable[Line], Iterable[Line]]] = (),
        own: bool = False,
    ) -> list[Causes]:
        """For each list of (nearness, node key) the changed claims that touch one of them, the
        least first, then by line; at most so many.

        `lines` adds, with nearness 0, those that stood at the first (source, file, line)s of an
        item at the earlier run, or stand at the second ones at the later.
        """
        asked = [(i, k, near) for i, keys in enumerate(wanted) for near, k in keys]
        places = [
            (i, side, *line)
            for i, sides in enumerate(lines)
            for side, some in zip(("old", "new"), sides, strict=True)
            for line in some
        ]
        only = f" JOIN diff_claim USING (n) WHERE t IS NULL OR kind = {compare.SAME_AS}"
        touching = (
            "SELECT i, n, near FROM (SELECT i, near, unnest(list_distinct(["
            " k, coalesce(was.c, k), coalesce(now.c, k)])) AS k FROM diff_asked"
            " LEFT JOIN diff_canon was USING (k) LEFT JOIN canon now USING (k))"
            f" JOIN diff_touch USING (k){only if own else ''}"
        )
        standing = "".join(
            f" UNION ALL SELECT i, n, 0 FROM diff_lines a JOIN diff_claim c ON a.side = '{side}'"
            f" AND c.source = a.source AND c.{side}_file = a.file AND c.{side}_line = a.line"
            for side in ("old", "new")
        )
        self.con.register(
            "diff_lines",
            _table({"i": INT, "side": TEXT, "source": TEXT, "file": TEXT, "line": INT}, places),
        )
        found = self._ask(
            len(wanted),
            _table({"i": INT, "k": INT, "near": INT}, asked),
            f"SELECT i, n, min(near) AS near FROM ({touching}{standing}) GROUP BY i, n",
            most,
        )
        self.con.unregister("diff_lines")
        return found

    def _claims_between(self, wanted: Sequence[tuple[str, int, int]], most: int) -> list[Causes]:
        """For each relation type and two node keys the changed claims of that relation."""
        return self._ask(
            len(wanted),
            _table(
                {"i": INT, "kind": TEXT, "f": INT, "t": INT},
                [(i, *ends) for i, ends in enumerate(wanted)],
            ),
            "SELECT DISTINCT i, n, 0 AS near FROM diff_asked JOIN diff_pair USING (kind, f, t)",
            most,
        )

    def _ask(self, size: int, asked: pa.Table, query: str, most: int) -> list[Causes]:
        """The claims that `query` gives as (i, n, near) for what is `asked`, at most so many."""
        self.con.register("diff_asked", asked)
        rows = self.con.execute(
            f"SELECT q.i, q.near, count(*) OVER (PARTITION BY q.i) AS count, c.* FROM ({query}) q"
            f" JOIN diff_claim c USING (n) QUALIFY row_number() OVER (PARTITION BY q.i"
            f" ORDER BY q.near, {compare.PLACE}) <= {most} ORDER BY q.i, q.near, {compare.PLACE}"
        ).fetchall()
        self.con.unregister("diff_asked")
        ids = self._ids(row[3:] for row in rows)
        counts, claims, near = [0] * size, defaultdict(list), defaultdict(list)
        for i, place, count, *claim in rows:
            counts[i] = count
            claims[i].append(_claim(claim, ids))
            near[i].append(place)
        return [Causes(counts[i], tuple(claims[i]), tuple(near[i])) for i in range(size)]

    def _ids(self, claims: Iterable[Sequence[Any]]) -> dict[int, str]:
        keys = {k for claim in claims for k in claim[2:4] if k is not None}
        rows = self.con.execute(
            "SELECT k, id FROM node_key WHERE k IN (SELECT unnest(?::INTEGER[]))", [sorted(keys)]
        ).fetchall()
        return dict(rows)

    def _counts(self, table: str) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {change: {} for change in compare.CHANGES}
        rows = self.con.execute(
            f"SELECT change, kind, count(*) FROM {table} GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        for change, kind, count in rows:
            found[change][kind] = count
        return found

    def _first(self, table: str, order: str, top: int) -> list[dict[str, Any]]:
        most = f" QUALIFY row_number() OVER (PARTITION BY change, kind ORDER BY {order}) <= {top}"
        rows = self.con.execute(
            f"SELECT * FROM {table}{most if top else ''} ORDER BY change, {order}"
        )
        names = [column[0] for column in self.con.description or ()]
        return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]


def _claim(row: Sequence[Any], ids: Mapping[int, str]) -> ClaimChange:
    _, kind, f, t, source, old_file, old_line, new_file, new_line, old, new = row
    return ClaimChange(
        kind=kind,
        of=ids[f],
        to=None if t is None else ids[t],
        source=source,
        old=None if old_file is None else Place(old_file, old_line),
        new=None if new_file is None else Place(new_file, new_line),
        values=differing(old, new),
    )


def _table(columns: Mapping[str, pa.DataType], rows: Sequence[Sequence[Any]]) -> pa.Table:
    values = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in columns]
    return pa.table(values, schema=pa.schema(columns))
