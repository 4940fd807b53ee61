"""The places that a run is asked from and about: `--home` and `--region`, by code, id or name."""

from difflib import get_close_matches
from typing import get_args

from graph.errors import UsageError
from graph.messages import Lang
from graph.names import normalise, shown
from graph.network import Network
from graph.network.countries import country_code, country_name, known_countries

LANGS: tuple[Lang, ...] = get_args(Lang)

SUGGESTED = 5
"""Places named to somebody who asked for one that is not known."""


def region(net: Network, name: str) -> int:
    """The position of the region with that id, or name in any language.

    Of several with one name the one that the others lie in. Raises UsageError where there is none,
    with the nearest by name, or several, with their ids.
    """
    found = _regions(net, name)
    if not found:
        raise unknown(net, name)
    return found[0]


def home(net: Network, name: str) -> tuple[int | None, int | None]:
    """Home as a country (a position in `places.countries`) or as a region in one, by position.

    Neither for a country that the record does not mention. Raises UsageError as `region` does.
    """
    country = net.places.find_country(name)
    if country is not None:
        return country, None
    found = _regions(net, name)
    if not found and country_code(name) is None:
        raise unknown(net, name)
    return None, found[0] if found else None


def _regions(net: Network, name: str) -> list[int]:
    """The region meant by a name, none or one."""
    places, wanted = net.places, normalise(name)
    if name in places.ids:
        return [places.ids.index(name)]
    found = [i for i, names in enumerate(places.names) if wanted in names]
    widest = [i for i in found if not set(places.within[i][1:]) & set(found)]
    if len(widest) > 1:
        ids = ", ".join(places.ids[i] for i in widest[:SUGGESTED])
        raise UsageError("gaps.several_places", name=name, ids=ids)
    return widest


def home_label(
    net: Network, name: str | None, country: int | None, place: int | None
) -> dict[str, str]:
    """What home is called in each language."""
    if country is None and place is not None:
        return label(net, place)
    code = name or ""
    if country is not None:
        code = net.places.countries[country]
    return {lang: country_name(country_code(code) or code, lang) for lang in LANGS}


def label(net: Network, place: int) -> dict[str, str]:
    """What a region is called in each language."""
    ((name, name_en, key),) = net.source.con.execute(
        "SELECT name, name_en, id FROM node WHERE k = ?", [int(net.places.regions[place])]
    ).fetchall()
    return {lang: shown(name, name_en, lang, key) for lang in LANGS}


def unknown(net: Network, name: str) -> UsageError:
    """The error for a place that is not known, with those whose names are nearest."""
    near = ", ".join(_nearest(name, _names(net)))
    return UsageError("gaps.unknown_place", name=name, near=near)


def _names(net: Network) -> dict[str, str]:
    """What each place may be called, and how it is named to a person: zh, en, code."""
    con, names = net.source.con, dict[str, str]()
    con.register("gap_wanted", {"k": net.places.regions})
    rows = con.execute(
        "SELECT n.id, n.name, n.name_en FROM node n JOIN gap_wanted USING (k) ORDER BY n.id"
    ).fetchall()
    con.unregister("gap_wanted")
    for key, name, name_en in rows:
        told = _told(name or name_en or key, name_en)
        for one in (key, name, name_en):
            if one:
                names.setdefault(one, told)
    for code in (*net.places.countries, *known_countries()):
        both = [country_name(code, lang) for lang in LANGS]
        for one in (*both, code):
            names.setdefault(one, _told(both[0], both[1]))
    return names


def _told(name: str, other: str | None) -> str:
    return name if not other or other == name else f"{name} ({other})"


def _nearest(wanted: str, names: dict[str, str]) -> list[str]:
    """Names that hold the text or are held by it, then those that are spelt most alike."""
    folded: dict[str, str] = {}
    for name, told in names.items():
        folded.setdefault(normalise(name), told)
    text = normalise(wanted)
    first = [n for n in sorted(folded, key=lambda n: (len(n), n)) if _holds(n, text)]
    alike = get_close_matches(text, list(folded), SUGGESTED, 0.6)
    return list(dict.fromkeys(folded[n] for n in (*first, *alike)))[:SUGGESTED]


def _holds(name: str, text: str) -> bool:
    short, long = sorted((name, text), key=len)
    return len(short) >= (4 if short.isascii() else 2) and short in long
