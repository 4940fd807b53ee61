"""The record in a terminal: what is in it, and one entity."""

from collections.abc import Mapping
from typing import Any

from graph.console import Console, write
from graph.finding import Finding
from graph.messages import Lang, say
from graph.rows import plain, to_json, visible
from graph.schema import EntityClass, Schema


def render_stats(console: Console, stats: dict[str, Any], schema: Schema, kind: str) -> None:
    """`stats` as `graph.record.describe.stats` gives it."""
    if kind == "json":
        write(to_json(stats))
        return
    lang = console.lang
    counted = say("export.count", lang)
    entities = [(c, schema.classes[c].label[lang], n) for c, n in stats["entities"].items()]
    console.table([say("export.entity", lang), "", counted], entities)
    relations = [(r, schema.relations[r].label[lang], n) for r, n in stats["relations"].items()]
    console.table([say("export.relation", lang), "", counted], relations)
    sources = [
        (s["source"], s["file"], s["kind"], s["read"], s["rejected"]) for s in stats["sources"]
    ]
    names = ("source", "file", "type", "read", "rejected")
    console.table([say(f"export.{n}", lang) for n in names], sources)
    runs = [(r["run"], r["command"], r["started"], r["record"][:19]) for r in stats["runs"]]
    heads = ("run_number", "command", "started", "record_after")
    console.table([say(f"diff.{n}", lang) for n in heads], runs)
    filled = [
        (schema.classes[cls].label[lang], _label(schema.classes[cls], prop, lang), f"{share:.0%}")
        for cls, shares in stats["completeness"].items()
        for prop, share in shares.items()
        if prop != "name" and any(p.name == prop for p in schema.classes[cls].properties)
    ]
    console.table([say(f"export.{n}", lang) for n in ("type", "property", "share")], filled)
    if stats["dangling"]:
        console.say("export.dangling", count=stats["dangling"])
    console.say("export.record", digest=stats["record"])


def _label(cls: EntityClass, column: str, lang: Lang) -> str:
    """What a property is called, its key where the ontology does not have it."""
    return next((p.label[lang] for p in cls.properties if p.name == column), column)


def _amounts_joined(values: Mapping[str, Any], cls: EntityClass) -> dict[str, Any]:
    """An amount, its bounds and its currency as one value: `5000000 CNY`, `10–20 CNY`."""
    joined = dict(values)
    for name in (p.name for p in cls.properties if p.datatype == "amount"):
        low, high, currency = (joined.pop(f"{name}_{part}", None) for part in AMOUNT)
        value = joined.pop(name, None)
        number = _number(value) if value is not None else f"{_number(low)}–{_number(high)}"
        if value is not None or low is not None or high is not None:
            joined[name] = f"{number} {currency or ''}".rstrip()
    return joined


def _number(value: float | None) -> str:
    """With commas, and without decimals that say nothing."""
    return "" if value is None else f"{value:,.2f}".removesuffix(".00")


AMOUNT = ("min", "max", "currency")
"""The columns of an amount beside its own, by how they end."""


def _name(names: Mapping[str, str], fallback: str, lang: Lang) -> str:
    return names.get(lang) or next(iter(names.values()), fallback)


def render_entity(
    console: Console, entity: dict[str, Any], findings: list[Finding], schema: Schema, kind: str
) -> None:
    """One entity as `graph.record.describe.entity` gives it, and the findings that name it."""
    if kind == "json":
        from graph.export.findings import finding_json

        write(to_json({**entity, "findings": [finding_json(f) for f in findings]}))
        return
    lang = console.lang
    cls = schema.classes[entity["type"]]
    title = f"{_name(entity['name'], entity['id'], lang)}  {entity['id']}  {cls.label[lang]}"
    rows: list[tuple[str, str, str]] = []
    for claim in entity["claims"]:
        place = f"{claim['source']}/{claim['file']}:{claim['line']}"
        values = _amounts_joined(claim["values"], cls)
        rows.extend((_label(cls, n, lang), plain(value), place) for n, value in values.items())
    write(visible(title) + "\n")
    console.table([say(f"export.{h}", lang) for h in ("properties", "value", "where")], rows)
    ends = []
    for item in entity["neighbours"]:
        other = item["to"] if item["out"] else item["from"]
        ends.append(
            (
                "→" if item["out"] else "←",
                schema.relations[item["type"]].label[lang],
                f"{_name(item['name'], other, lang)} ({other})",
                ", ".join(
                    f"{k}={plain(v)}" for k, v in item["values"].items() if k != "source_ref"
                ),
                ", ".join(f"{e['source']}/{e['file']}:{e['line']}" for e in item["evidence"]),
            )
        )
    names = ("direction", "relation", "neighbour", "details", "where")
    console.table([say(f"export.{n}", lang) for n in names], ends)
    if findings:
        said = [(f.measure, f"{f.severity:.2f}", f.text.get(lang, "")) for f in findings]
        heads = [say(f"findings.{n}", lang) for n in ("measure", "severity")]
        console.table([*heads, say("export.findings", lang)], said)
