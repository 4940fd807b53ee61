"""From what is asked to be removed to the entities that go."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graph.errors import UsageError
from graph.finding import Subject
from graph.gaps.whatif.result import Removed, subjects
from graph.network import Network
from graph.network.countries import country_code, country_name
from graph.network.located import located
from graph.network.ragged import matches
from graph.network.source import Ints, Source, ints
from graph.network.tables import REGION, current

LINK, PLACE, OTHER = "link", "place", "actor"


@dataclass(frozen=True)
class Removal:
    """What goes: `gone` are node keys of entities, with all their relations; `links` positions of
    links that can no longer be had, `places` positions of regions; `taken` repeats what was asked.
    """

    gone: Ints
    links: Ints
    places: Ints
    taken: tuple[Removed, ...]


def removal(net: Network, asked: Sequence[str]) -> Removal:
    """Everything that goes with what is `asked` for, by id, name, or name or code of a country.

    Of a place: what sits in it, and it. Of a link: what is provided of it, of its kinds and its
    parts; of a chain: its links. Of an investor: the funds that nobody else manages. An observation
    or event stands for what it is about.

    Raises UsageError for a name that is not known, or that several have.
    """
    if not asked:
        raise UsageError("whatif.nothing")
    gone: list[Ints] = []
    links, places = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    taken = []
    for text in dict.fromkeys(asked):
        k, regions = _find(net, text)
        if regions is not None:
            inside = _seated(net, regions)
            gone += [inside, net.places.regions[regions]]
            places.append(regions)
            taken.append(Removed(text, _place(net, k, regions, text), PLACE, len(inside)))
            continue
        assert k is not None
        own, cut = _of_node(net, k)
        gone.append(own)
        links.append(cut)
        kind = LINK if len(cut) else _kind(net.source, k)
        taken.append(Removed(text, subjects(net.source, [k])[k], kind, max(len(own), len(cut))))
    return Removal(
        _with_funds(net, np.unique(np.concatenate(gone))),
        np.unique(np.concatenate(links)),
        np.unique(np.concatenate(places)),
        tuple(taken),
    )


def _find(net: Network, text: str) -> tuple[int | None, Ints | None]:
    """The entity, or the places that are meant."""
    con, places = net.source.con, net.places
    rows = con.execute("SELECT k FROM node WHERE id = ?", [text]).fetchall()
    if not rows and country_code(text):
        country = places.find_country(text)
        if country is not None:
            return None, np.flatnonzero(places.country == country)
    k = int(rows[0][0]) if rows else _by_name(net.source, text)
    at = np.flatnonzero(places.regions == k)
    if not len(at):
        return k, None
    region = int(at[0])
    if places.is_country[region]:
        return k, np.flatnonzero(places.country == places.country[region])
    return k, places.inside(region)


def _by_name(source: Source, text: str) -> int:
    """The entity of that name; the nearest names are said where there is none."""
    from graph.record import describe

    k: int = describe.find(source, text)  # type: ignore[arg-type]  # any view will do
    return k


def _place(net: Network, k: int | None, regions: Ints, text: str) -> Subject:
    """What a place is called; a country that is known only by what lies in it, by its code."""
    if k is None:
        own = net.places.regions[regions[net.places.is_country[regions]]].tolist()
        if not own:
            code = country_code(text) or text
            names = {lang: country_name(code, lang) for lang in ("zh", "en")}
            return Subject(code, "Region", names)
        k = int(own[0])
    return subjects(net.source, [k])[k]


def _seated(net: Network, regions: Ints) -> Ints:
    """The entities that sit in these regions: no branch office where there is another seat."""
    rows = net.source.con.execute(
        f'SELECT DISTINCT l.f FROM "r_LOCATED_IN" l JOIN {REGION} r ON r.k = l.t'
    ).fetchnumpy()
    keys = ints(rows["f"])
    return np.sort(keys[np.isin(located(net, keys), regions)])


def _of_node(net: Network, k: int) -> tuple[Ints, Ints]:
    """What goes with an entity that is no place: entities, and links."""
    own = np.array([k], dtype=np.int64)
    none = np.zeros(0, dtype=np.int64)
    at = net.link_at(own)
    chain = np.flatnonzero(net.chains.keys == k)
    about = _about(net.source, k)
    if len(about):
        at = net.link_at(about)
        if (at < 0).any():
            return about[at < 0], _with_kinds(net, at[at >= 0])
    elif len(chain):
        member, of = net.chains.links_in
        at = member[of == chain[0]]
        at = np.union1d(at, np.flatnonzero(net.chains.of_link == chain[0]))
    if len(about) or len(chain) or at[0] >= 0:
        return none, _with_kinds(net, at)
    return own, none


def _with_kinds(net: Network, links: Ints) -> Ints:
    """These links with all that is a kind or a part of one of them."""
    seen = np.unique(links)
    front = seen
    while len(front):
        found = [seen[:0]]
        for edges in (net.variants, net.parts):
            order = np.argsort(edges.t, kind="stable")
            _, row = matches(edges.t[order], front)
            found.append(edges.f[order][row])
        front = np.setdiff1d(np.concatenate(found), seen)
        seen = np.union1d(seen, front)
    return seen


def _about(source: Source, k: int) -> Ints:
    """What an observation is about."""
    rows = source.con.execute('SELECT t FROM "r_OBSERVES" WHERE f = ? ORDER BY t', [k]).fetchnumpy()
    return ints(rows["t"])


def _with_funds(net: Network, gone: Ints) -> Ints:
    """These entities, and the funds that nobody else manages."""
    con = net.source.con
    con.register("gap_wanted", {"k": gone})
    rows = con.execute(
        f'SELECT m.t FROM "r_MANAGES" m WHERE {current(net.source, "MANAGES", "m", net.as_of)}'
        " GROUP BY m.t HAVING bool_and(m.f IN (SELECT k FROM gap_wanted))"
    ).fetchnumpy()
    con.unregister("gap_wanted")
    return np.union1d(gone, ints(rows["t"]))


def _kind(source: Source, k: int) -> str:
    """What kind of thing goes: the class that says most to a reader."""
    ((cls,),) = source.con.execute("SELECT class FROM node WHERE k = ?", [k]).fetchall()
    for name in ("Investor", "Platform", "Policy", "Firm"):
        if cls in source.schema.subclasses(name):
            return name.lower()
    return OTHER
