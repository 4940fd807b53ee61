"""What the page's panel says of an entity: its properties and relations, each with its line."""

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from graph.record.sql import ident, literal
from graph.record.tables import claim_tables, columns_of, value_columns
from graph.schema import Property

if TYPE_CHECKING:
    from graph.record.view import View

RELATIONS_HELD = 40_000


class Places:
    """Files by number, so that each is named once in the page."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, str], int] = {}

    def __call__(self, source: str | None, file: str | None) -> int:
        return self._of.setdefault((source or "", file or ""), len(self._of))

    @property
    def listed(self) -> list[list[str]]:
        return [list(key) for key in self._of]


class Terms:
    """Properties and attributes by number: label, datatype and closed list of each."""

    def __init__(self) -> None:
        self._of: dict[str, int] = {}
        self.listed: list[dict[str, Any]] = []

    def __call__(self, term: Property) -> int:
        data = {
            "name": term.name,
            "label": dict(term.label),
            "type": term.datatype,
            "closed": {c.value: dict(c.label) for c in term.closed},
        }
        key = json.dumps(data, sort_keys=True)
        if key not in self._of:
            self._of[key] = len(self.listed)
            self.listed.append(data)
        return self._of[key]


def hold(view: "View", numbers: Sequence[int]) -> None:
    """Makes `page_shown(n, i)`: the entities that the page holds, by their place in it."""
    import pyarrow as pa

    kinds = pa.schema([("n", pa.int32()), ("i", pa.int32())])
    table = pa.table({"n": list(numbers), "i": list(range(len(numbers)))}, schema=kinds)
    view.con.register("page_numbers", table)
    view.con.execute("CREATE OR REPLACE TEMP TABLE page_shown AS SELECT * FROM page_numbers")
    view.con.unregister("page_numbers")


def properties(view: "View", places: Places, terms: Terms) -> dict[int, dict[str, Any]]:
    """By place in the page: `p` the properties, `x` columns without a term, `s` the first line.

    A property is [term, value, file, line] and, where other lines say otherwise, a list of
    [value, file, line] for them.
    """
    con, schema = view.con, view.schema
    said = _said(view)
    found: dict[int, dict[str, Any]] = {}
    classes = con.execute(
        "SELECT DISTINCT class FROM page_node JOIN page_shown USING (n) ORDER BY 1"
    ).fetchall()
    for (name,) in classes:
        kind = schema.classes[name]
        columns = [column for term in kind.properties for column, _ in term.columns]
        listed = "".join(f", c.{ident(column)}" for column in columns)
        table = ident("n_" + name)
        rows = con.execute(
            f"SELECT s.i, c.k, c.extra, c.source, c.file, c.line{listed} FROM {table} c"
            " JOIN page_node p USING (k) JOIN page_shown s USING (n) ORDER BY s.i"
        ).fetchall()
        for i, k, extra, source, file, line, *values in rows:
            given = dict(zip(columns, values, strict=True))
            first = [places(source, file), line]
            listed_properties = []
            for term in kind.properties:
                value = _value(term, given)
                if value is not None:
                    lines = _lines(said.get(k, ()), term, value, places)
                    listed_properties.append([terms(term), value, *(lines or first)])
            found[i] = {"p": listed_properties, "s": first}
            if extra:
                found[i]["x"] = {str(key): str(v) for key, v in json.loads(extra).items()}
    return found


def _lines(
    claims: Iterable[tuple[str, str, int, dict[str, Any]]],
    term: Property,
    value: object,
    places: Places,
) -> list[Any] | None:
    """[file, line] of the claim that the value is from, and what other claims say instead."""
    said = [
        (_value(term, values), places(source, file), line)
        for source, file, line, values in claims
        if _value(term, values) is not None
    ]
    if not said:
        return None
    chosen = next((s for s in said if s[0] == value), said[0])
    others = [list(s) for s in said if s[0] != value and not term.multiple]
    return [chosen[1], chosen[2], others] if others else [chosen[1], chosen[2]]


def _said(view: "View") -> dict[int, list[tuple[str, str, int, dict[str, Any]]]]:
    """By key: source, file, line and values of each claim, for entities that have several."""
    con, schema = view.con, view.schema
    tables = [t for t in claim_tables(con, "e_") if t.removeprefix("e_") in schema.classes]
    if not tables:
        return {}
    each = " UNION ALL ".join(
        f"SELECT {literal(t)} AS tab, coalesce(x.c, e.k) AS k FROM {ident(t)} e"
        f" LEFT JOIN canon x ON x.k = e.k WHERE {view.open('e')}"
        for t in tables
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE page_several AS SELECT k, list(DISTINCT tab) AS tabs"
        f" FROM ({each}) JOIN page_node p USING (k) JOIN page_shown USING (n)"
        " GROUP BY k HAVING count(*) > 1"
    )
    rows = con.execute("SELECT DISTINCT unnest(tabs) FROM page_several ORDER BY 1").fetchall()
    claims: dict[int, list[tuple[Any, ...]]] = {}
    for (table,) in rows:
        kind = schema.classes[table.removeprefix("e_")]
        have = set(columns_of(con, table))
        columns = [column for column, _ in value_columns(kind) if column in have]
        listed = "".join(f", e.{ident(column)}" for column in columns)
        found = con.execute(
            "SELECT coalesce(x.c, e.k) AS key, e.mention, v.rank, e.line, v.source, v.file"
            f"{listed} FROM {ident(table)} e JOIN version v USING (sv)"
            " LEFT JOIN canon x ON x.k = e.k JOIN page_several m ON m.k = coalesce(x.c, e.k)"
            f" WHERE {view.open('e')}"
        ).fetchall()
        for key, mention, rank, line, source, file, *values in found:
            given = dict(zip(columns, values, strict=True))
            order = (bool(mention), rank, line, table)
            claims.setdefault(key, []).append((order, source, file, line, given))
    con.execute("DROP TABLE page_several")
    return {
        key: [claim[1:] for claim in sorted(some, key=lambda claim: claim[0])]
        for key, some in claims.items()
    }


def relations(view: "View", places: Places, terms: Terms) -> tuple[list[list[Any]], int]:
    """The relations between entities that the page holds, and how many there are of them.

    A row is [relation, from, to, attributes, file, line, claims]; attributes as [term, value].
    """
    con, total = view.con, 0
    rows: list[list[Any]] = []
    for number, (name, kind) in enumerate(view.schema.relations.items()):
        columns = [column for term in kind.attributes for column, _ in term.columns]
        listed = "".join(f", e.{ident(column)}" for column in columns)
        table = ident("r_" + name)
        found = con.execute(
            f"SELECT a.i, b.i, e.claims, e.source, e.file, e.line{listed} FROM {table} e"
            " JOIN page_node p ON p.k = e.f JOIN page_shown a ON a.n = p.n"
            " JOIN page_node q ON q.k = e.t JOIN page_shown b ON b.n = q.n"
            " ORDER BY a.i, b.i, e.eid NULLS FIRST, e.source, e.file, e.line"
        ).fetchall()
        total += len(found)
        for f, t, claims, source, file, line, *values in found[: RELATIONS_HELD - len(rows)]:
            given = dict(zip(columns, values, strict=True))
            attributes = [
                [terms(term), value]
                for term in kind.attributes
                if (value := _value(term, given)) is not None
            ]
            rows.append([number, f, t, attributes, places(source, file), line, claims])
    return rows, total


def _value(term: Property, given: dict[str, Any]) -> Any:
    """The term's value as JSON: an amount as {v, min, max, cur}, None where nothing is said."""
    if term.datatype != "amount":
        return given.get(term.name)
    parts = {
        "v": given.get(term.name),
        "min": given.get(f"{term.name}_min"),
        "max": given.get(f"{term.name}_max"),
        "cur": given.get(f"{term.name}_currency"),
    }
    said = {key: value for key, value in parts.items() if value is not None}
    return said if said.keys() - {"cur"} else None


def sources(view: "View") -> list[list[Any]]:
    """[source, file, entities, relations, date]: how many of the merged things a file says first.

    The date is the one that a Source of this id or name states, where there is one.
    """
    con, schema = view.con, view.schema
    parts = [
        f"SELECT source, file, 1 AS e, 0 AS r FROM {ident('n_' + c.name)}"
        for c in schema.classes.values()
        if not c.abstract
    ] + [f"SELECT source, file, 0, 1 FROM {ident('r_' + name)}" for name in schema.relations]
    rows = con.execute(
        f"SELECT source, file, sum(e)::BIGINT, sum(r)::BIGINT FROM ({' UNION ALL '.join(parts)})"
        " GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    dates: dict[str, str] = {}
    if "Source" in schema.classes:
        said = con.execute(
            "SELECT id, name, published_on FROM n_Source WHERE published_on IS NOT NULL ORDER BY id"
        ).fetchall()
        for id_, name, date in said:
            dates.setdefault(id_, date)
            dates.setdefault(name, date)
    return [[*row, dates.get(row[0])] for row in rows]
