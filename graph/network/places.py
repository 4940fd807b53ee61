"""Where actors sit: regions, the regions that contain them, countries, and who owns whom."""

from dataclasses import dataclass, field

import numpy as np

from graph.names import is_placeholder, normalise
from graph.network.countries import country_code
from graph.network.source import Bools, Ints, Source, has_column, ints
from graph.network.tables import ACTOR, REGION, current
from graph.record.sql import ident, literals

COUNTRY_KINDS = frozenset({"国家", "country", "国家或地区"})
MAJORITY = 0.5
"""A holder of more than half controls: both are one ownership group."""


@dataclass(frozen=True)
class Places:
    """Regions and what they say of actors, by position.

    `within[r]` are the regions that contain region `r`, itself first. `country[r]` is a position
    in `countries` or -1; `is_country[r]` says that it is one itself. `region_of` and `country_of`
    are those of each actor; `group_of` is the position of the actor at the top of its ownership
    group, itself where nobody holds it.
    """

    regions: Ints
    ids: list[str]
    names: list[tuple[str, ...]]
    within: list[tuple[int, ...]]
    placeholder: Bools
    is_country: Bools
    countries: list[str]
    country: Ints
    region_of: Ints
    country_of: Ints
    group_of: Ints
    grouped: bool
    _named: dict[str, int] = field(default_factory=dict)

    def find(self, name: str) -> int | None:
        """The region with the id or the name `name`, or None."""
        for i, region in enumerate(self.ids):
            if region == name:
                return i
        wanted = normalise(name)
        for i, names in enumerate(self.names):
            if wanted in names:
                return i
        return None

    def find_country(self, name: str) -> int | None:
        """The position of the country with that code, id or name; None for a region in it."""
        code = country_code(name) or name
        if code in self.countries:
            return self.countries.index(code)
        region = self.find(name)
        if region is None or not self.is_country[region]:
            return None
        return int(self.country[region])

    def inside(self, region: int) -> Ints:
        """All regions that lie in `region`, itself too."""
        rows = [r for r, above in enumerate(self.within) if region in above]
        return np.array(rows, dtype=np.int64)


def places(source: Source, as_of: str) -> Places:
    """Reads regions, PART_OF between them, LOCATED_IN and the ownership of actors."""
    schema, con = source.schema, source.con
    kinds = []
    for cls in schema.subclasses("Region"):
        if has_column(schema, cls, "kind"):
            kinds.append(f"SELECT k, kind FROM {ident('n_' + cls)}")
    kind = " UNION ALL ".join(kinds) or "SELECT NULL::INTEGER AS k, NULL AS kind"
    rows = con.execute(
        f"SELECT r.k, n.id, n.name, n.name_en, d.kind FROM {REGION} r JOIN node n USING (k)"
        f" LEFT JOIN (SELECT k, any_value(kind) AS kind FROM ({kind}) GROUP BY k) d USING (k)"
        f" ORDER BY r.i"
    ).fetchall()
    parent: dict[int, list[int]] = {}
    for child, above in con.execute(
        f'SELECT a.i, b.i FROM "r_PART_OF" r JOIN {REGION} a ON a.k = r.f JOIN {REGION} b'
        f" ON b.k = r.t WHERE {current(source, 'PART_OF', 'r', as_of)} ORDER BY a.i, b.i"
    ).fetchall():
        parent.setdefault(child, []).append(above)
    within = [_upwards(r, parent) for r in range(len(rows))]
    own = [_own_country(row) for row in rows]
    code = [next((own[r] for r in above if own[r]), None) for above in within]
    home = _country_texts(source)
    countries = sorted({c for c in code if c} | set(home.values()))
    number = {c: i for i, c in enumerate(countries)}
    country = np.array([number[c] if c else -1 for c in code], dtype=np.int64)
    region_of = _regions(source, within, as_of)
    country_of = np.where(region_of >= 0, np.append(country, -1)[region_of], -1)
    for actor, text in home.items():
        country_of[actor] = number[text]
    group_of, grouped = _groups(source, len(region_of), as_of)
    return Places(
        regions=np.array([row[0] for row in rows], dtype=np.int64),
        ids=[row[1] for row in rows],
        names=[tuple(normalise(n) for n in row[2:4] if n) for row in rows],
        within=within,
        placeholder=np.array([is_placeholder(row[2] or "") for row in rows], dtype=np.bool_),
        is_country=np.array([bool(c) for c in own], dtype=np.bool_),
        countries=countries,
        country=country,
        region_of=region_of,
        country_of=country_of,
        group_of=group_of,
        grouped=grouped,
    )


def _upwards(region: int, parent: dict[int, list[int]]) -> tuple[int, ...]:
    seen = [region]
    for r in seen:
        seen.extend(p for p in parent.get(r, ()) if p not in seen)
    return tuple(seen)


def _own_country(row: tuple[int, str, str | None, str | None, str | None]) -> str | None:
    """The code of the country that a region is, or its id where the record calls it a country."""
    _, key, name, name_en, kind = row
    code = country_code(name) or country_code(name_en)
    if code or (kind in COUNTRY_KINDS and not is_placeholder(name or "")):
        return code or key
    return None


def _country_texts(source: Source) -> dict[int, str]:
    """Countries that actors state themselves, in a property `country`."""
    stated: dict[int, str] = {}
    for cls in sorted(source.schema.classes):
        if source.schema.classes[cls].abstract or not has_column(source.schema, cls, "country"):
            continue
        rows = source.con.execute(
            f"SELECT a.i, c.country FROM {ident('n_' + cls)} c JOIN {ACTOR} a USING (k)"
            " WHERE c.country IS NOT NULL ORDER BY a.i"
        ).fetchall()
        stated.update((i, country_code(text) or text) for i, text in rows)
    return stated


def _regions(source: Source, within: list[tuple[int, ...]], as_of: str) -> Ints:
    """The region of each actor: the one furthest down where several are given."""
    con = source.con
    (n,) = con.execute(f"SELECT count(*) FROM {ACTOR}").fetchone() or (0,)
    found = con.execute(
        f'SELECT a.i AS a, r.i AS r FROM "r_LOCATED_IN" l JOIN {ACTOR} a ON a.k = l.f'
        f" JOIN {REGION} r ON r.k = l.t WHERE {current(source, 'LOCATED_IN', 'l', as_of)}"
    ).fetchnumpy()
    actor, region = ints(found["a"]), ints(found["r"])
    depth = np.array([len(above) for above in within] or [0], dtype=np.int64)
    order = np.lexsort((-region, depth[region] if len(region) else region, actor))
    result = np.full(n, -1, dtype=np.int64)
    result[actor[order]] = region[order]
    return result


def _groups(source: Source, n: int, as_of: str) -> tuple[Ints, bool]:
    """The actor at the top of each one's ownership group, and whether any group is known at all.

    An owner that supplies nothing itself is a group all the same: it is numbered after the actors.
    """
    schema = source.schema
    places = schema.subclasses("Region")
    found = source.con.execute(
        f"SELECT a.k AS held, h.f AS holder FROM {ACTOR} a JOIN ("
        f' SELECT f, t FROM "r_HOLDS_STAKE_IN" h WHERE share > {MAJORITY}'
        f" AND {current(source, 'HOLDS_STAKE_IN', 'h', as_of)}"
        f' UNION SELECT t, f FROM "r_PART_OF" p WHERE {current(source, "PART_OF", "p", as_of)}'
        f" AND t IN (SELECT k FROM node WHERE class IN"
        f" {literals(schema.subclasses('Organization') + schema.subclasses('Actor'))}"
        f" AND class NOT IN {literals(places)})"
        f") h ON h.t = a.k"
    ).fetchnumpy()
    held, holder = ints(found["held"]), ints(found["holder"])
    own = ints(source.con.execute(f"SELECT k FROM {ACTOR} ORDER BY i").fetchnumpy()["k"])
    if not len(held):
        return np.arange(n, dtype=np.int64), False
    top = _tops(source, held, holder, as_of)
    names = {int(k): i for i, k in enumerate(own)}
    extra = sorted({k for k in top.values() if k not in names})
    names.update({k: n + i for i, k in enumerate(extra)})
    group = np.array([names[top.get(int(k), int(k))] for k in own], dtype=np.int64)
    return group, True


def _tops(source: Source, held: Ints, holder: Ints, as_of: str) -> dict[int, int]:
    """Walks up the holdings of holders; a ring of holdings stops where it closes."""
    above = {}
    rows = source.con.execute(
        f'SELECT h.t, h.f, n.id FROM "r_HOLDS_STAKE_IN" h JOIN node n ON n.k = h.f'
        f" WHERE h.share > {MAJORITY} AND {current(source, 'HOLDS_STAKE_IN', 'h', as_of)}"
        f" ORDER BY h.t, n.id DESC"
    ).fetchall()
    for low, high, _ in rows:
        above[low] = high
    for low, high in sorted(zip(held.tolist(), holder.tolist(), strict=True)):
        above.setdefault(low, high)
    tops = {}
    for low in held.tolist():
        seen = [low]
        while above.get(seen[-1]) is not None and above[seen[-1]] not in seen:
            seen.append(above[seen[-1]])
        tops[low] = seen[-1]
    return tops
