"""What is in the record: counts, completeness, one entity, and every row that was refused."""

import difflib
import json
from collections import Counter
from typing import Any

from graph.errors import UsageError
from graph.messages import Lang, say
from graph.names import by_language
from graph.record.runs import runs
from graph.record.sql import ident
from graph.record.store import Record
from graph.record.tables import OPEN, value_columns
from graph.record.view import View

NEAREST = 5


def stats(record: Record) -> dict[str, Any]:
    """The JSON contract of `graph stats`."""
    view = record.view()
    con = record.con
    sources = con.execute(
        f'SELECT source, file, kind, "read", rejected FROM source_version WHERE r_to = {OPEN}'
        " ORDER BY source, file"
    ).fetchall()
    return {
        "record": view.digest,
        "entities": view.entity_counts(),
        "relations": view.relation_counts(),
        "sources": [
            {"source": s, "file": f, "kind": k, "read": n, "rejected": j}
            for s, f, k, n, j in sources
        ],
        "runs": [run.to_dict() for run in runs(record)],
        "rejected": sum(row[4] for row in sources),
        "dangling": len(dangling(view)),
        "completeness": completeness(view),
    }


def completeness(view: View) -> dict[str, dict[str, float]]:
    """Per class, the share of its entities that have each property (those that any has)."""
    found: dict[str, dict[str, float]] = {}
    for cls, count in view.entity_counts().items():
        columns = [c for c, _ in value_columns(view.schema.classes[cls])]
        counted = ", ".join(f"count({ident(c)})" for c in columns)
        row = view.con.execute(f"SELECT {counted} FROM {ident('n_' + cls)}").fetchone()
        shares = {c: round(n / count, 4) for c, n in zip(columns, row or (), strict=True) if n}
        found[cls] = shares
    return found


def find(view: View, text: str) -> int:
    """The key of the entity with this id or name.

    Raises UsageError with the nearest names where there is none, and with the candidates where
    there are several.
    """
    row = view.con.execute("SELECT k FROM node WHERE id = ?", [text]).fetchone()
    if row is None:
        row = view.con.execute(
            "SELECT coalesce(c, k) FROM node_key LEFT JOIN canon USING (k) WHERE id = ?"
            " AND coalesce(c, k) IN (SELECT k FROM node)",
            [text],
        ).fetchone()
    if row:
        return int(row[0])
    rows = view.con.execute(
        "SELECT k, id, class FROM node WHERE normalise_name(name) = normalise_name($1)"
        " OR normalise_name(name_en) = normalise_name($1) ORDER BY id",
        [text],
    ).fetchall() or _by_alternative(view, text)
    if len(rows) == 1:
        return int(rows[0][0])
    if rows:
        listed = ", ".join(f"{i} ({c})" for _, i, c in rows[:NEAREST])
        raise UsageError("describe.several", name=text, found=listed)
    raise UsageError("describe.none", name=text, nearest=", ".join(nearest(view, text)))


def _by_alternative(view: View, text: str) -> list[tuple[int, str, str]]:
    found = []
    for cls in view.entity_counts():
        found += view.con.execute(
            f"SELECT k, id, '{cls}' FROM {ident('n_' + cls)} WHERE list_contains("
            "list_transform(alt_names, lambda n: normalise_name(n)), normalise_name(?))"
            " ORDER BY id",
            [text],
        ).fetchall()
    return found


def nearest(view: View, text: str) -> list[str]:
    """The names and ids that come nearest to `text`."""
    rows = view.con.execute(
        """
        SELECT s FROM (SELECT id AS s FROM node UNION SELECT name FROM node
                       UNION SELECT name_en FROM node) WHERE s IS NOT NULL
        ORDER BY jaro_winkler_similarity(lower(s), lower($1)) + contains(lower(s), lower($1))::INT
          DESC, s LIMIT 40
        """,
        [text],
    ).fetchall()
    names = [r[0] for r in rows]
    containing = [n for n in names if text.lower() in n.lower()]
    close = difflib.get_close_matches(text, names, NEAREST, 0.4)
    return list(dict.fromkeys([*containing, *close]))[:NEAREST]


def entity(view: View, k: int) -> dict[str, Any]:
    """One entity with its merged values, the claims behind them, and its neighbours."""
    row = view.con.execute("SELECT id, class, name, name_en FROM node WHERE k = ?", [k]).fetchone()
    assert row is not None
    key, cls, name, name_en = row
    values = view.con.execute(f"SELECT * FROM {ident('n_' + cls)} WHERE k = ?", [k]).fetchone()
    columns = [d[0] for d in view.con.description or ()]
    skipped = {"k", "id", "source", "file", "line", "extra"}
    merged = {
        c: v
        for c, v in zip(columns, values or (), strict=True)
        if v is not None and c not in skipped
    }
    extra = dict(zip(columns, values or (), strict=True)).get("extra")
    if extra:
        merged.update({h: v for h, v in json.loads(extra).items() if v is not None})
    return {
        "id": key,
        "type": cls,
        "name": by_language(name, name_en),
        "values": merged,
        "claims": view.claims(k),
        "neighbours": neighbours(view, k),
    }


def neighbours(view: View, k: int) -> list[dict[str, Any]]:
    """Every relation of an entity, with its attributes, both ends and all lines that say it."""
    found = []
    for relation in sorted(view.relation_counts()):
        attributes = [c for c, _ in value_columns(view.schema.relations[relation])]
        listed = "".join(f", r.{ident(c)}" for c in attributes)
        rows = view.con.execute(
            f"SELECT x.id, y.id, r.f = $1, o.name, o.name_en, o.class, r.source, r.file, r.line"
            f", r.f, r.t{listed} FROM {ident('r_' + relation)} r JOIN node x ON x.k = r.f"
            " JOIN node y ON y.k = r.t"
            " JOIN node o ON o.k = CASE WHEN r.f = $1 THEN r.t ELSE r.f END"
            " WHERE r.f = $1 OR r.t = $1 ORDER BY ALL",
            [k],
        ).fetchall()
        said = view.places(relation, k) if rows else {}
        pairs = Counter(row[9:11] for row in rows)
        for row in rows:
            values = {a: v for a, v in zip(attributes, row[11:], strict=True) if v is not None}
            first = {"source": row[6], "file": row[7], "line": row[8]}
            # Of two relations between the same ends it cannot be told here which line says which.
            lines = said[row[9:11]] if pairs[row[9:11]] == 1 else [first]
            found.append(
                {
                    "from": row[0],
                    "type": relation,
                    "to": row[1],
                    "out": row[2],
                    "name": by_language(row[3], row[4]),
                    "class": row[5],
                    **first,
                    "evidence": lines,
                    "values": values,
                }
            )
    return found


def rejects(record: Record, lang: Lang) -> list[dict[str, Any]]:
    """Every refused row, then every relation that waits for one of its ends (`kind` tells)."""
    rows = record.con.execute(
        'SELECT source, file, sheet, line, field, raw, key, "values", cells FROM rejects'
        f" JOIN source_version USING (sv) WHERE r_to = {OPEN} ORDER BY source, file, line, field"
    ).fetchall()
    found = [
        {
            "kind": "rejected",
            "source": source,
            "file": file,
            "sheet": sheet,
            "line": line,
            "field": field,
            "value": raw,
            "reason": say(key, lang, **json.loads(values)),
            "cells": json.loads(cells) if cells else None,
        }
        for source, file, sheet, line, field, raw, key, values, cells in rows
    ]
    for item in dangling(record.view()):
        reason = say("describe.dangling", lang, relation=item["relation"], end=item["missing"])
        found.append(
            {
                "kind": "dangling",
                "source": item["source"],
                "file": item["file"],
                "sheet": None,
                "line": item["line"],
                "field": item["side"],
                "value": item["missing"],
                "reason": reason,
                "cells": None,
            }
        )
    return found


def dangling(view: View) -> list[dict[str, Any]]:
    """Relations said by an open claim whose end is no known entity, by source, file and line."""
    parts = []
    for name in view.schema.relations:
        table = "c_" + name
        if not view.con.execute(
            "SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [table]
        ).fetchone():
            continue
        for end, side in (("f", "from"), ("t", "to")):
            parts.append(
                f"SELECT v.source, v.file, r.line, '{name}' AS relation, '{side}' AS side,"
                f" i.id AS missing FROM {ident(table)} r JOIN version v USING (sv)"
                f" JOIN node_key i ON i.k = r.{end} LEFT JOIN canon x ON x.k = r.{end}"
                f" WHERE {view.open('r')} AND coalesce(x.c, r.{end}) NOT IN (SELECT k FROM node)"
            )
    if not parts:
        return []
    rows = view.con.execute(" UNION ".join(parts) + " ORDER BY ALL").fetchall()
    columns = ("source", "file", "line", "relation", "side", "missing")
    return [dict(zip(columns, row, strict=True)) for row in rows]
