"""`graph export html`: the record and its findings as one file that opens without a network.

pyvis makes the network; positions are worked out here (its physics is off), and the template, the
style and the script are ours, since pyvis's own ask a server for theirs. What a source says is
put into the page as JSON data and shown as text, never as HTML; a content security policy allows
nothing but this file's own script and style, by their digests.
"""

import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from graph.export.page import details, weak
from graph.export.page.board import Board, build, chain_classes, clear
from graph.export.page.coverage import coverage
from graph.export.page.drawing import edges_drawn, nodes_drawn, pairs_drawn
from graph.export.page.kinds import kind_of
from graph.export.page.rendering import render
from graph.export.page.strips import strips
from graph.finding import Finding, Findings
from graph.messages import Lang
from graph.names import by_language
from graph.record.sql import literals

if TYPE_CHECKING:
    from graph.record.view import View
    from graph.settings import Settings

HELD_AT_MOST = 6000
"""Entities that the page holds: the drawn ones and the first members of each group."""
MEMBERS_HELD = 60


def write_page(view: "View", findings: Findings | None, lang: Lang) -> bytes:
    """The page as UTF-8 bytes; the same view and findings give the same bytes.

    `lang` is the language that it opens in; it holds both.
    """
    try:
        return _page(view, findings, lang)
    finally:
        clear(view)


def export(view: "View", findings: Findings | None, lang: Lang, settings: "Settings") -> bytes:
    """The exporter `html`: no setting changes the page."""
    return write_page(view, findings, lang)


def _page(view: "View", findings: Findings | None, lang: Lang) -> bytes:
    found = weak.kept(findings) if findings else []
    marks = weak.marked(found)
    strong = weak.strong(found, marks)
    need = weak.needs(found, marks)
    board = build(view, need)
    held = _held(view, board, need)
    place_of = {n: i for i, (n, *_) in enumerate(held)}
    details.hold(view, list(place_of))
    places, terms = details.Places(), details.Terms()
    said = details.properties(view, places, terms)
    rows, all_rows = details.relations(view, places, terms)
    by_id = {id_: i for i, (_, id_, *_) in enumerate(held)}
    drawn, all_edges = edges_drawn(view, board)
    schema = view.schema
    classes = {name: i for i, name in enumerate(schema.classes)}
    data: dict[str, Any] = {
        "lang": lang,
        "ui": _texts(findings),
        "classes": [
            {"name": c.name, "label": dict(c.label), "kind": kind_of(schema, c.name)}
            for c in schema.classes.values()
        ],
        "relations": [
            {"name": r.name, "label": dict(r.label), "symmetric": r.symmetric}
            for r in schema.relations.values()
        ],
        "terms": terms.listed,
        "entities": [
            {
                "id": id_,
                "c": classes[cls],
                "t": by_language(name, name_en),
                "m": board.mark_of.get(n, -1),
                **said.get(i, {}),
            }
            for i, (n, id_, cls, name, name_en) in enumerate(held)
        ],
        "rows": rows,
        "files": places.listed,
        "lanes": [
            {
                "e": place_of.get(lane.n) if lane.n is not None else None,
                "kind": lane.kind,
                "box": _box(box),
            }
            for lane, box in zip(board.lanes, board.placement.lanes, strict=True)
        ],
        "cells": [
            {
                "box": _box(board.placement.cells[i]),
                "lane": c.lane,
                "head": c.head,
                "title": c.title,
            }
            for i, c in enumerate(board.cells)
        ],
        "strips": _by_place(strips(view, board, found, marks, strong), place_of),
        "findings": [weak.row(f, (f.id in marks) + (f.id in strong), by_id) for f in found],
        "missing": weak.unjudged(findings.not_assessed) if findings else [],
        "coverage": [list(row) for row in coverage(view)],
        "assessed": findings is not None,
        "meta": _meta(view, findings, found),
        "counts": {
            "entities": view.entity_counts(),
            "relations": view.relation_counts(),
            "held": len(held),
            "rows": all_rows,
            "edges": all_edges,
            "grouped": board.grouped,
        },
    }
    nodes = nodes_drawn(view, board, place_of)
    return render(nodes, [*drawn, *pairs_drawn(board, found, marks, held)], data, lang)


def _held(view: "View", board: Board, need: Mapping[str, float]) -> list[tuple[Any, ...]]:
    """(n, id, class, name, name_en) of the entities in the page: drawn, named, chains, members."""
    import pyarrow as pa

    first = {mark.n for mark in board.marks if mark.n is not None}
    first.update(lane.n for lane in board.lanes if lane.n is not None)
    numbers = pa.schema([("n", pa.int32()), ("m", pa.int32())])
    marks = {"n": list(board.mark_of), "m": list(board.mark_of.values())}
    view.con.register("page_marks", pa.table(marks, schema=numbers))
    members = view.con.execute(
        f"SELECT n FROM (SELECT n, id IN {literals(sorted(need))} AS named, row_number()"
        "   OVER (PARTITION BY m ORDER BY named DESC, n) AS seat"
        "  FROM page_marks JOIN page_node USING (n))"
        " WHERE seat <= ? ORDER BY named DESC, seat, n LIMIT ?",
        [MEMBERS_HELD, HELD_AT_MOST],
    ).fetchall()
    view.con.unregister("page_marks")
    rows = view.con.execute(
        f"SELECT n FROM page_node WHERE class IN {literals(list(chain_classes(view)))}"
        " ORDER BY n LIMIT 500"
    ).fetchall()
    chosen = first.union(n for (n,) in rows)
    for (n,) in members:
        if len(chosen) >= HELD_AT_MOST:
            break
        chosen.add(n)
    listed = ", ".join(map(str, sorted(chosen))) or "NULL"
    return view.con.execute(
        f"SELECT n, id, class, name, name_en FROM page_node WHERE n IN ({listed}) ORDER BY n"
    ).fetchall()


def _by_place(made: list[dict[str, Any]], place_of: Mapping[int, int]) -> list[dict[str, Any]]:
    """The strips with places in the page instead of numbers."""
    for strip in made:
        strip["chain"] = place_of.get(strip["chain"], None)
        for tile in strip["tiles"]:
            tile["n"] = place_of.get(tile["n"], None)
            tile["inner"] = [[place_of[n], w] for n, w in tile["inner"] if n in place_of]
    return made


def _meta(view: "View", findings: Findings | None, found: Iterable[Finding]) -> dict[str, Any]:
    return {
        "record": view.digest,
        "run": findings.run if findings else None,
        "version": findings.method_version if findings else None,
        "methods": sorted({f.method for f in found}),
        "settings": dict(findings.configuration) if findings else {},
        "ontology": view.schema.version,
        "sources": details.sources(view),
        "total": len(findings.findings) if findings else 0,
    }


def _box(box: Any) -> list[int]:
    return [box.x, box.y, box.w, box.h]


def _texts(findings: Findings | None) -> dict[str, dict[str, str]]:
    """The catalogue's texts for the page, those with {values} to be filled in the browser; and what
    measures from outside are called."""
    said = tomllib.loads(files("graph.messages").joinpath("page.toml").read_text("utf-8"))
    named = findings.labels if findings else {}
    own = {f"measure_{name.replace('-', '_')}": dict(label) for name, label in named.items()}
    return {**own, **said}
