"""An industry chain with others around it, and what is said of how they are coupled."""

from graph.gaps import run

ALL = {"settings": {"coupling": {"found": 0.99}}}
"""Lists pairs that keep pace, too."""

LINKS = tuple(f"x{i}" for i in range(6))


def ask(view, settings=None, draws=3, **how):
    limits = {"stability": {"draws": draws}, **(settings or {})}
    how = {"as_of": "2024-12-31", "top": 0, "settings": limits, **how}
    return run(view, measures=["coupling"], **how)


def pairs(view, **how):
    return {f.values["chains"]: f for f in ask(view, **how).findings}


def unknown(view, **how):
    return {
        (n.subject.id if n.subject else "", n.values.get("kind", n.reason)): n
        for n in ask(view, **how).not_assessed
    }


def chain(toy):
    """Three firms make each of six links: level 1. A university works with a firm of three of them:
    (1/2 + 1/6)/2 = 1/3. All makers of one have an investor: (1/6 + 1/6)/2. One policy for each:
    (1 + 1/3)/2 = 2/3."""
    view = toy().add("IndustryChain", "chain").add("Product", *LINKS)
    view.add("InnovationChain", "ideas").add("CapitalChain", "money")
    view.add("University", "uni").add("Investor", "fund").add("Policy", "rules", status="施行")
    for link in LINKS:
        view.link("PART_OF_CHAIN", link, "chain")
        view.supply(link, **{f"{link}{s}": None for s in "abc"})
    view.link("COLLABORATES_WITH", "uni", "x0a", "x1a", "x2a")
    view.link("INVESTS_IN", "fund", "x0a", "x0b", "x0c")
    return view.link("TARGETS", "rules", *LINKS)


def observe(view, key, about, value, unit, year, indicator="强度"):
    view.add("Observation", key, indicator=indicator, value=value, unit=unit, as_of=year)
    return view.link("OBSERVES", key, *about)
