"""Consistency of what the record says: what no single row shows.

Ends of the wrong class, chains that run in a circle, shares that add up to more than one, and
relations whose end is unknown. Nothing is changed; each problem names its file and line.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graph.record import View
from graph.record.describe import dangling
from graph.record.sql import ident, literals

ACYCLIC = ("REQUIRES", "VARIANT_OF", "PRECEDES", "PART_OF")
SHARE_TOLERANCE = 0.05
"""Shares are rounded in their sources; the sum of a link's may exceed one by this."""


@dataclass(frozen=True)
class Problem:
    """One thing that cannot be right: a catalogue key with its values, and where it is said."""

    key: str
    values: dict[str, Any]
    source: str
    file: str
    line: int


def check(view: View) -> list[Problem]:
    """All problems of a view, in the order of the checks, then by place."""
    return [
        *_wrong_ends(view),
        *_cycles(view),
        *_share_sums(view),
        *_dangling(view),
    ]


def _wrong_ends(view: View) -> Iterator[Problem]:
    for name in view.relation_counts():
        relation = view.schema.relations[name]
        for end, side, tops in (("f", "from", relation.domain), ("t", "to", relation.range)):
            allowed = sorted({c for top in tops for c in view.schema.subclasses(top)})
            rows = view.con.execute(
                f"SELECT n.id, n.class, r.source, r.file, r.line FROM {ident('r_' + name)} r"
                f" JOIN node n ON n.k = r.{end} WHERE n.class NOT IN {literals(allowed)}"
                " ORDER BY 3, 4, 5, 1"
            ).fetchall()
            for key, cls, source, file, line in rows:
                values = {
                    "relation": name,
                    "side": side,
                    "id": key,
                    "cls": cls,
                    "allowed": ", ".join(tops),
                }
                yield Problem("checks.wrong_end", values, source, file, line)


def _cycles(view: View) -> Iterator[Problem]:
    """A strongly connected group of more than one link is a circle (Tarjan 1972)."""
    for name in ACYCLIC:
        if name not in view.schema.relations:
            continue
        ends = view.con.execute(f"SELECT f, t FROM {ident('r_' + name)}").fetchnumpy()
        if not len(ends["f"]):
            continue
        for members in strongly_connected(ends["f"], ends["t"]):
            rows = view.con.execute(
                f"SELECT r.source, r.file, r.line, x.id, y.id FROM {ident('r_' + name)} r"
                " JOIN node x ON x.k = r.f JOIN node y ON y.k = r.t"
                " WHERE list_contains($1::INTEGER[], r.f) AND list_contains($1::INTEGER[], r.t)"
                " ORDER BY ALL",
                [members],
            ).fetchall()
            source, file, line, _, _ = rows[0]
            circle = ", ".join(f"{x} → {y}" for *_, x, y in rows[:6])
            values = {"relation": name, "circle": circle, "size": len(members)}
            yield Problem("checks.cycle", values, source, file, line)


def strongly_connected(f: Any, t: Any) -> list[list[int]]:
    """Groups of more than one key that reach each other, each sorted, by their least key.

    >>> import numpy as np
    >>> strongly_connected(np.array([1, 2, 3]), np.array([2, 1, 1]))
    [[1, 2]]
    """
    import numpy as np
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    keys, index = np.unique(np.concatenate([f, t]), return_inverse=True)
    half, size = len(f), len(keys)
    links = coo_matrix((np.ones(half), (index[:half], index[half:])), shape=(size, size))
    _, group = connected_components(links, directed=True, connection="strong")
    order = np.argsort(group, kind="stable")
    _, starts, counts = np.unique(group[order], return_index=True, return_counts=True)
    found = [
        sorted(int(k) for k in keys[order[s : s + n]])
        for s, n in zip(starts, counts, strict=True)
        if n > 1
    ]
    return sorted(found)


def _share_sums(view: View) -> Iterator[Problem]:
    """Providers of one kind (actors, or regions) of one link have more than all of it."""
    regions = literals(list(view.schema.subclasses("Place")))
    rows = view.con.execute(
        f"""
        SELECT n.id, sum(share) AS total,
          arg_min(r.source, r.line), arg_min(r.file, r.line), min(r.line)
        FROM "r_PROVIDES" r JOIN node n ON n.k = r.t JOIN node p ON p.k = r.f
        WHERE share IS NOT NULL GROUP BY n.id, p.class IN {regions}, coalesce(r.start, '')
        HAVING total > 1 + {SHARE_TOLERANCE} ORDER BY n.id
        """
    ).fetchall()
    for key, total, source, file, line in rows:
        values = {"id": key, "total": f"{total:.0%}"}
        yield Problem("checks.share_sum", values, source, file, line)


def _dangling(view: View) -> Iterator[Problem]:
    for item in dangling(view):
        values = {"relation": item["relation"], "side": item["side"], "end": item["missing"]}
        yield Problem("checks.dangling", values, item["source"], item["file"], item["line"])
