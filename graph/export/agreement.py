"""What `graph verify` has found: counts by store, and the first things that differ."""

import json
import unicodedata
from typing import Any

from graph.console import Console, give
from graph.messages import Lang, say
from graph.record.agreement import KindSum, StoreSum, Verified
from graph.record.disagreement import Difference
from graph.record.held import kinds_of
from graph.rows import to_json
from graph.schema import Schema

WIDTH = 60
"""Characters of a value that are shown in a table."""


def render(console: Console, done: Verified, schema: Schema, kind: str) -> None:
    """The table or the JSON of the contract, and in words whether all is equal."""
    if kind == "json":
        give(to_json(as_json(done, schema)), None)
        return
    lang = console.lang
    stores = list(done.stores)
    headings = [say("verify.kind", lang), *(say(f"verify.{s}", lang) for s in stores)]
    console.table([*headings, say("verify.same", lang)], list(_counts(done, schema, lang)))
    if done.differences:
        heads = [say(f"verify.{h}", lang) for h in ("store", "what", "kind", "place", "property")]
        heads += [say("verify.first_says", lang, store=say(f"verify.{stores[0]}", lang))]
        heads += [say("verify.other_says", lang)]
        rows = [_row(store, d, schema, lang) for _, store, d in done.differences]
        console.table(heads, rows, title=say("verify.first", lang))
    _words(console, done)


def as_json(done: Verified, schema: Schema) -> dict[str, Any]:
    """The contract: `{"equal", "stores", "differences"}`."""
    stores = {name: _store(s) for name, s in done.stores.items()}
    for name, store in stores.items():
        if name in done.totals:
            store |= {"differences": done.totals[name], "foreign": done.foreign[name]}
    return {
        "equal": done.equal,
        "stores": stores,
        "differences": [_said(*found, schema) for found in done.differences],
    }


def _store(held: StoreSum) -> dict[str, Any]:
    return {
        "digest": held.digest,
        "entities": {name: _kind(s) for name, s in held.entities.items()},
        "relations": {name: _kind(s) for name, s in held.relations.items()},
    }


def _kind(held: KindSum) -> dict[str, Any]:
    properties = {
        name: {"count": s.rows, "digest": s.digest} for name, s in held.properties.items()
    }
    return {"count": held.rows, "digest": held.digest, "properties": properties}


def _said(one: str, other: str, found: Difference, schema: Schema) -> dict[str, Any]:
    relation = found.kind in schema.relations
    said: dict[str, Any] = {"stores": [one, other], "what": found.what}
    said["relation" if relation else "class"] = found.kind
    if relation:
        said |= {"from": found.of, "to": found.to, "eid": found.eid}
    else:
        said["id"] = found.id
    if found.property is not None:
        said |= {"property": found.property, "values": {one: found.one, other: found.other}}
    return said


def _counts(done: Verified, schema: Schema, lang: Lang) -> "list[list[Any]]":
    rows = []
    unlike = {name for names in done.unlike.values() for name in names}
    for name, kind in kinds_of(schema).items():
        counts = [s.kinds[name].rows if name in s.kinds else 0 for s in done.stores.values()]
        if any(counts):
            mark = say("verify.no" if name in unlike else "verify.yes", lang)
            rows.append([_kind_name(name, kind.label[lang], lang), *counts, mark])
    return rows


def _kind_name(name: str, label: str, lang: Lang) -> str:
    return f"{label} {name}" if lang == "zh" else name


def _row(store: str, found: Difference, schema: Schema, lang: Lang) -> list[str]:
    kind = kinds_of(schema).get(found.kind)
    name = _kind_name(found.kind, kind.label[lang], lang) if kind else found.kind
    if found.kind in schema.relations:
        place = f"{found.of} → {found.to}" + ("" if found.eid is None else f" ({found.eid})")
    else:
        place = str(found.id)
    a, b = ("", "") if found.property is None else _apart(found.one, found.other)
    what = say(f"verify.{found.what}", lang)
    return [say(f"verify.{store}", lang), what, name, place, found.property or "", a, b]


def _apart(one: Any, other: Any) -> tuple[str, str]:
    """Two values as text that lets see where they differ.

    >>> _apart("caf\\u00e9", "cafe\\u0301")
    ('"caf\\\\u00e9"', '"cafe\\\\u0301"')
    >>> _apart(None, "")
    ('—', '""')
    """
    alike = isinstance(one, str) and isinstance(other, str) and _folded(one) == _folded(other)
    a, b = ("—" if v is None else json.dumps(v, ensure_ascii=alike) for v in (one, other))
    if len(a) <= WIDTH and len(b) <= WIDTH:
        return a, b
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), 0)
    start = max(0, at - WIDTH // 3)
    return _window(a, start), _window(b, start)


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _window(text: str, start: int) -> str:
    cut = text[start : start + WIDTH]
    return ("…" if start else "") + cut + ("…" if start + WIDTH < len(text) else "")


def _words(console: Console, done: Verified) -> None:
    lang = console.lang
    for store, foreign in done.foreign.items():
        parts = [say(f"verify.foreign_{k}", lang, count=n) for k, n in foreign.items()]
        if parts:
            listed = say("verify.comma", lang).join(parts)
            console.say("verify.foreign", store=say(f"verify.{store}", lang), what=listed)
    if done.equal:
        named = say("verify.comma", lang).join(say(f"verify.{s}", lang) for s in done.stores)
        console.say("verify.equal", stores=named, digest=next(iter(done.stores.values())).digest)
        return
    shown = len(done.differences)
    for store, total in done.totals.items():
        if total:
            first = say(f"verify.{next(iter(done.stores))}", lang)
            console.say(
                "verify.unequal", store=say(f"verify.{store}", lang), first=first, count=total
            )
    if sum(done.totals.values()) > shown:
        console.say("verify.more", count=shown)
