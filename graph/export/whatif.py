"""What `graph whatif` says: the JSON contract, or a table for each kind of loss."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from graph.console import Console, draw, give, write
from graph.messages import Lang, say
from graph.rows import to_json, to_plain, visible

Row = Sequence[Any]
Said = Mapping[str, Any]


def name(subject: Said | None, lang: Lang) -> str:
    """What an entity is called, with its id where that is not the same."""
    if subject is None:
        return ""
    names, other = subject["name"], "en" if lang == "zh" else "zh"
    shown = names.get(lang) or names.get(other)
    return f"{shown} ({subject['id']})" if shown and shown != subject["id"] else str(subject["id"])


def percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _names(subjects: Sequence[Said], lang: Lang, more: int = 0) -> str:
    listed = ("、" if lang == "zh" else ", ").join(name(s, lang) for s in subjects)
    return f"{listed} …" if more > len(subjects) else listed


def _removed(said: Said, lang: Lang) -> Iterator[Row]:
    for one in said["removed"]:
        kind = say(f"whatif.kind-{one['kind']}", lang)
        yield name(one["subject"], lang), kind, one["entities"]


def _links(said: Said, lang: Lang) -> Iterator[Row]:
    for one in said["links"]:
        who = ("、" if lang == "zh" else ", ").join(
            f"{name(p['subject'], lang)} {percent(p['share'])}" for p in one["providers"]
        )
        yield (
            name(one["link"], lang),
            percent(one["lost"]),
            percent(one["left"]),
            who,
            one["providers_left"],
            one["users"],
        )


def _affected(key: str) -> Callable[[Said, Lang], Iterator[Row]]:
    def rows(said: Said, lang: Lang) -> Iterator[Row]:
        for one in said[key]:
            word = say("whatif.lost" if one["lost"] else "whatif.in-part", lang)
            yield name(one["subject"], lang), one["steps"], percent(one["left"]), word

    return rows


def _exposed(said: Said, lang: Lang) -> Iterator[Row]:
    for one in said["exposed"]:
        yield (
            name(one["subject"], lang),
            one["links"],
            name(one["link"], lang),
            one["steps"],
            percent(one["share"]),
            percent(one["left"]),
        )


def _chains(said: Said, lang: Lang) -> Iterator[Row]:
    for one in said["chains"]:
        yield name(one["chain"], lang), percent(one["output_lost"]), percent(one["share_lost"])


def _ties(key: str) -> Callable[[Said, Lang], Iterator[Row]]:
    def rows(said: Said, lang: Lang) -> Iterator[Row]:
        for one in said[key]:
            relation = "" if key == "capital" else one["relation"]
            lost = _names(one["lost"], lang, one["lost_count"])
            yield name(one["subject"], lang), relation, lost, one["lost_count"], one["left"]

    return rows


def _capital_of_links(said: Said, lang: Lang) -> Iterator[Row]:
    for one in said["capital_of_links"]:
        yield name(one["link"], lang), one["lost"], one["ties"], percent(one["share"])


def _policies(said: Said, lang: Lang) -> Iterator[Row]:
    for one in said["policies"]:
        word = say("whatif.covered" if one["covered"] else "whatif.bare", lang)
        yield name(one["subject"], lang), _names(one["policies"], lang), word


def _recovery(said: Said, lang: Lang) -> Iterator[Row]:
    for one in said["recovery"]:
        yield (
            say(f"whatif.by-{one['kind']}", lang),
            percent(one["output_lost"]),
            percent(one["share_lost"]),
            percent(one["taken_back"]),
        )


def _stand_in(said: Said, lang: Lang) -> Iterator[Row]:
    for link in said["stand_in"]:
        for one in link["candidates"]:
            yield (
                name(link["link"], lang),
                say(f"whatif.by-{one['kind']}", lang),
                name(one["subject"], lang),
                percent(one["share"]),
                _where(one, lang),
                why(one["why"], lang),
            )


def _where(one: Said, lang: Lang) -> str:
    if one["abroad"] is None:
        return ""
    return say("whatif.abroad" if one["abroad"] else "whatif.at-home", lang)


def why(said: Said, lang: Lang) -> str:
    """Why somebody is near to making a link, in a few words."""
    words = []
    if said.get("plans"):
        words.append(say("whatif.why-plans", lang))
    if said.get("density"):
        near = name(said.get("provides"), lang)
        words.append(say("whatif.why-density", lang, density=said["density"], provides=near))
    for key in ("inputs", "technologies", "beside", "links"):
        if said.get(key):
            listed = _names(said[key][:3], lang, len(said[key]))
            words.append(say(f"whatif.why-{key}", lang, listed=listed))
    if said.get("same_city"):
        words.append(say("whatif.same-city", lang))
    if said.get("funds"):
        words.append(say("whatif.why-funds", lang, count=said["funds"]))
    return ("；" if lang == "zh" else "; ").join(words)


def _partners(said: Said, lang: Lang) -> Iterator[Row]:
    for one in said["partners"]:
        same = say("whatif.same-city", lang) if one["why"]["same_city"] else _where(one, lang)
        yield name(one["why"]["for"], lang), name(one["subject"], lang), one["why"]["ties"], same


def _changes(key: str) -> Callable[[Said, Lang], Iterator[Row]]:
    def rows(said: Said, lang: Lang) -> Iterator[Row]:
        for one in said[key]:
            before = "" if one["before"] is None else f"{one['before']:.2f}"
            text = one["text"].get(lang, "")
            yield one["measure"], name(one["subject"], lang), before, f"{one['after']:.2f}", text

    return rows


SECTIONS: tuple[tuple[str, tuple[str, ...], Callable[[Said, Lang], Iterator[Row]]], ...] = (
    ("removed", ("what", "kind", "entities"), _removed),
    ("links", ("link", "lost-share", "left", "providers", "stay", "users"), _links),
    ("outputs", ("output", "steps", "left", "state"), _affected("outputs")),
    ("further", ("link", "steps", "left", "state"), _affected("further")),
    ("exposed", ("actor", "links", "nearest", "steps", "as-near", "left"), _exposed),
    ("chains", ("chain", "whole", "in-all"), _chains),
    ("services", ("actor", "relation", "loses", "number", "stay"), _ties("services")),
    ("capital", ("actor", "relation", "loses", "number", "stay"), _ties("capital")),
    ("capital_of_links", ("link", "number", "of", "lost-share"), _capital_of_links),
    ("policies", ("what", "policies", "state"), _policies),
    ("stand_in", ("link", "by", "who", "lost-share", "where", "why"), _stand_in),
    ("partners", ("instead-of", "who", "ties", "where"), _partners),
    ("recovery", ("by", "whole", "in-all", "taken-back"), _recovery),
    ("opened", ("measure", "what", "before", "after", "text"), _changes("opened")),
    ("worse", ("measure", "what", "before", "after", "text"), _changes("worse")),
)
"""Each list: its key in the JSON, its headings, its rows."""


def summary(said: Said, lang: Lang) -> str:
    """The answer in a few sentences."""
    counts, last = said["counts"], said["recovery"][-1]
    things = _names([one["subject"] for one in said["removed"]], lang)
    lines = [
        say(
            "whatif.summary",
            lang,
            things=things,
            entities=counts["removed"],
            hit=counts["links_hit"],
            lost=counts["links_lost"],
            reduced=counts["links_reduced"],
            whole=said["output_lost"],
            part=said["share_lost"],
            exposed=counts["exposed"],
        )
    ]
    if said["share_lost"] > 0:
        lines.append(say("whatif.back", lang, back=last["taken_back"], left=last["share_lost"]))
    tied = {key: counts[key] for key in ("services", "capital", "policies")}
    if any(tied.values()):
        lines.append(say("whatif.ties", lang, **tied))
    if counts["links_in_cycles"]:
        lines.append(say("whatif.cycles", lang, count=counts["links_in_cycles"]))
    if "opened" in counts:
        lines.append(
            say(
                "whatif.findings",
                lang,
                opened=counts["opened"],
                worse=counts["worse"],
                unjudged=counts["unjudged"],
            )
        )
    lines += [note[lang] for note in said["notes"]]
    return "\n".join(lines) + "\n"


def show(console: Console, said: Said, kind: str, output: Path | None) -> None:
    """The answer in the form asked for, to a file or standard output.

    In a pipe and in a file a table's rows begin with the name of the list that they are of.
    """
    if kind == "json":
        give(to_json(said), output)
        return
    tables(console, said, SECTIONS, summary(said, console.lang), output, "whatif")


def tables(
    console: Console,
    said: Said,
    sections: Sequence[tuple[str, tuple[str, ...], Callable[[Said, Lang], Iterator[Row]]]],
    text: str,
    output: Path | None,
    subject: str,
) -> None:
    """A few sentences, then each list that has rows."""
    import sys

    lang = console.lang
    listed = [(key, heads, list(rows(said, lang))) for key, heads, rows in sections]
    if output is not None or not sys.stdout.isatty():
        lines = to_plain((key, *row) for key, _, rows in listed for row in rows)
        give(visible(text) + lines, output)
        return
    write(visible(text))
    for key, heads, rows in listed:
        if rows:
            titles = [say(f"{subject}.h-{head}", lang) for head in heads]
            draw(sys.stdout, titles, rows, say(f"{subject}.title-{key}", lang))
