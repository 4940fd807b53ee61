"""Where actors sit: regions, the regions that contain them, and countries."""

from dataclasses import dataclass

import numpy as np

from graph.names import is_placeholder, normalise
from graph.network.countries import country_code
from graph.network.source import Bools, Ints, Source, has_column, ints
from graph.network.tables import ACTOR, REGION, current
from graph.record.sql import ident

COUNTRY, CITY = "国家", "市"
"""Levels of a region, as the ontology has them."""


@dataclass(frozen=True)
class Places:
    """Regions and what they say of actors, by position.

    `within[r]` are the regions that contain region `r`, itself first; `level[r]` is 国家, 省, 市,
    区 or None. `country[r]` is a position in `countries` or -1; `is_country[r]` says that it is one
    itself. `city[r]` is the city it lies in, else itself, -1 for a country. `region_of` and
    `country_of` are those of each actor, -1 where not known.
    """

    regions: Ints
    ids: list[str]
    names: list[tuple[str, ...]]
    level: list[str | None]
    within: list[tuple[int, ...]]
    placeholder: Bools
    is_country: Bools
    countries: list[str]
    country: Ints
    city: Ints
    region_of: Ints
    country_of: Ints

    def find(self, name: str) -> int | None:
        """The region with the id or the name `name`, or None."""
        if name in self.ids:
            return self.ids.index(name)
        wanted = normalise(name)
        return next((i for i, names in enumerate(self.names) if wanted in names), None)

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

    def above(self, region: int, level: str) -> int | None:
        """The region of that level that `region` lies in, or None."""
        return next((r for r in self.within[region] if self.level[r] == level), None)


def places(source: Source, as_of: str) -> Places:
    """Reads regions, PART_OF between them and LOCATED_IN of actors."""
    rows = _regions(source)
    within = _within(source, len(rows), as_of)
    own = [_own_country(*row[1:]) for row in rows]
    code = [next((own[r] for r in above if own[r]), None) for above in within]
    countries = sorted({c for c in code if c})
    number = {c: i for i, c in enumerate(countries)}
    country = np.array([number[c] if c else -1 for c in code], dtype=np.int64)
    region_of = _region_of(source, within, as_of)
    return Places(
        regions=np.array([row[0] for row in rows], dtype=np.int64),
        ids=[row[1] for row in rows],
        names=[tuple(normalise(n) for n in row[2:5] if n) for row in rows],
        level=[row[5] for row in rows],
        within=within,
        placeholder=np.array([is_placeholder(row[2] or "") for row in rows], dtype=np.bool_),
        is_country=np.array([bool(c) for c in own], dtype=np.bool_),
        countries=countries,
        country=country,
        city=np.array([_city(r, rows, within, own) for r in range(len(rows))], dtype=np.int64),
        region_of=region_of,
        country_of=np.where(region_of >= 0, np.append(country, -1)[region_of], -1),
    )


_Region = tuple[int, str, str | None, str | None, str | None, str | None]


def _regions(source: Source) -> list[_Region]:
    """Key, id, name, English name, ISO code and level of each region, by position."""
    known = []
    for cls in source.schema.subclasses("Region"):
        columns = [
            c if has_column(source.schema, cls, c) else f"NULL AS {c}"
            for c in ("iso_code", "level")
        ]
        if not source.schema.classes[cls].abstract:
            known.append(f"SELECT k, {', '.join(columns)} FROM {ident('n_' + cls)}")
    found = source.con.execute(
        f"SELECT r.k, n.id, n.name, n.name_en, d.iso_code, d.level FROM {REGION} r"
        f" JOIN node n USING (k) JOIN ({' UNION ALL '.join(known)}) d USING (k) ORDER BY r.i"
    )
    return found.fetchall()


def _own_country(
    key: str, name: str | None, name_en: str | None, iso: str | None, level: str | None
) -> str | None:
    """The code of the country that a region is, or its id where only its level says so."""
    if is_placeholder(name or "") or level not in (None, COUNTRY):
        return None
    code = country_code(iso) or country_code(name) or country_code(name_en)
    return code or (key if level == COUNTRY else None)


def _city(
    region: int, rows: list[_Region], within: list[tuple[int, ...]], own: list[str | None]
) -> int:
    if own[region]:
        return -1
    return next((r for r in within[region] if rows[r][5] == CITY), region)


def _within(source: Source, n: int, as_of: str) -> list[tuple[int, ...]]:
    parent: dict[int, list[int]] = {}
    for child, above in source.con.execute(
        f'SELECT a.i, b.i FROM "r_PART_OF" r JOIN {REGION} a ON a.k = r.f JOIN {REGION} b'
        f" ON b.k = r.t WHERE {current(source, 'PART_OF', 'r', as_of)} ORDER BY a.i, b.i"
    ).fetchall():
        parent.setdefault(child, []).append(above)
    within = []
    for region in range(n):
        seen = [region]
        for r in seen:
            seen.extend(p for p in parent.get(r, ()) if p not in seen)
        within.append(tuple(seen))
    return within


def _region_of(source: Source, within: list[tuple[int, ...]], as_of: str) -> Ints:
    """The region of each actor: no branch office, and the one furthest down of several."""
    con = source.con
    ((n,),) = con.execute(f"SELECT count(*) FROM {ACTOR}").fetchall()
    branch = "coalesce(l.kind = '分支', false)"
    if not has_column(source.schema, "LOCATED_IN", "kind"):
        branch = "false"
    found = con.execute(
        f"SELECT a.i AS a, r.i AS r, {branch}::INTEGER AS branch"
        f' FROM "r_LOCATED_IN" l JOIN {ACTOR} a ON a.k = l.f'
        f" JOIN {REGION} r ON r.k = l.t WHERE {current(source, 'LOCATED_IN', 'l', as_of)}"
    ).fetchnumpy()
    actor, region, branch_of = ints(found["a"]), ints(found["r"]), ints(found["branch"])
    result = np.full(n, -1, dtype=np.int64)
    if len(actor):
        depth = np.array([len(above) for above in within], dtype=np.int64)
        order = np.lexsort((-region, depth[region], -branch_of, actor))
        result[actor[order]] = region[order]
    return result
