"""What a push did, in a terminal or as JSON."""

from graph.console import Console, listed, write
from graph.messages import say
from graph.neo4j.push import PushResult
from graph.rows import to_json

COUNTS = ("created", "updated", "removed", "unchanged")


def render(console: Console, result: PushResult, kind: str) -> None:
    """A row per class and relation and their sums; what was left alone is said beside it."""
    said = result.counts()
    lang = console.lang
    if kind == "json":
        write(to_json(said))
    else:
        rows = [(t["type"], *(t[c] for c in COUNTS)) for t in said["types"]]
        for key in ("entities", "relations"):
            rows.append((say(f"neo4j.all_{key}", lang), *(said[key][c] for c in COUNTS)))
        console.table([say(f"neo4j.{h}", lang) for h in ("type", *COUNTS)], rows)
    foreign = result.foreign
    if foreign.nodes or foreign.relations:
        console.say("neo4j.foreign", **foreign.counts())
    if result.kept:
        more = " …" if result.kept > len(result.kept_ids) else ""
        console.say("neo4j.kept", count=result.kept, ids=listed(result.kept_ids) + more)
