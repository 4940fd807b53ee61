"""mismatch: needed here, provided elsewhere, near to what is known here."""

import pytest

from graph.gaps import run


def ask(view, **how):
    answer = run(view, measures=["mismatch"], **{"region": "成都", **how})
    found = {f.subject.id: f for f in answer.findings}
    return found, {n.subject and n.subject.id: n for n in answer.not_assessed}


@pytest.fixture
def two_cities(toy):
    """In Shanghai X makes engines, gears and pumps; in Chengdu y makes gears and needs engines."""
    view = toy().add("Region", "成都", "上海", level="市").add("Product", "engine", "gear", "pump")
    for link in ("engine", "gear", "pump"):
        view.supply(link, X=None)
    view.supply("gear", y=None).supply("pump", Z=None)
    for actor, place in (("X", "上海"), ("Z", "上海"), ("y", "成都")):
        view.link("LOCATED_IN", actor, place)
    return view


def test_a_need_that_nobody_here_meets(two_cities):
    view = two_cities.link("NEEDS", "y", "engine", start="2024")
    found, _ = ask(view)
    # engine: X alone; gear: X, y; pump: X, Z. φ(engine, gear) = φ(engine, pump) = 1/2
    assert found.keys() == {"engine"}
    engine = found["engine"]
    assert engine.severity == pytest.approx(0.5)  # ½ of gear, made here, over ½ + ½
    assert engine.values["needed_by"] == 1 and engine.action == "补链"
    assert [dict(c) for c in engine.candidates] == [
        {"id": "y", "provides": "gear", "proximity": 0.5}
    ]
    assert engine.id == "mismatch:engine@region=成都"


def test_an_input_of_what_is_made_here(two_cities):
    found, _ = ask(two_cities.link("REQUIRES", "gear", "engine"))
    assert found["engine"].values["required_by"] == 1


def test_a_need_elsewhere_or_a_plan_is_none_here(two_cities):
    two_cities.link("NEEDS", "X", "engine").link("NEEDS", "y", "pump", planned=True)
    assert not ask(two_cities)[0]


def test_what_somebody_here_provides_is_no_gap(two_cities):
    assert not ask(two_cities.link("NEEDS", "y", "gear"))[0]


def test_what_nobody_provides_is_a_missing_stage_instead(two_cities):
    assert not ask(two_cities.add("Product", "laser").link("NEEDS", "y", "laser"))[0]


def test_too_far_from_what_is_known_here(two_cities):
    two_cities.add("Product", "ship", "dock").supply("ship", Q=None).supply("dock", Q=None)
    two_cities.link("LOCATED_IN", "Q", "上海").link("NEEDS", "y", "ship")
    assert not ask(two_cities)[0]  # density 0


def test_home_is_the_place_where_no_region_is_named(toy):
    view = toy().add("Product", "A", "B").supply("A", X=None, y=None).supply("B", X=None)
    view.located(X="NLD", y="CHN").link("NEEDS", "y", "B")
    assert ask(view, region=None, home="CN")[0].keys() == {"B"}
    assert ask(view, region=None)[1][None].missing == ("--region", "--home")


def test_neighbours_in_the_chain_where_no_actor_provides_two_links(toy):
    view = toy().add("Region", "成都", "上海", level="市").add("Product", "car", "engine", "gear")
    view.link("REQUIRES", "car", "engine", "gear").supply("engine", X=None).supply("gear", y=None)
    view.link("LOCATED_IN", "X", "上海").link("LOCATED_IN", "y", "成都")
    view.link("NEEDS", "y", "engine")
    assert ask(view)[0]["engine"].severity == pytest.approx(1.0)
    view.add("Product", "cog").link("REQUIRES", "car", "cog").link("NEEDS", "y", "cog")
    assert ask(view)[0].keys() == {"engine"}  # nobody anywhere provides a cog


def test_what_the_country_supplies_tells_whether_a_nameless_one_may_be_here(two_cities):
    """Engines have a second provider that nobody names. In the chain one provision of five is in
    Chengdu, and so may be that one; not where the country has no more than X, who sits elsewhere."""
    view = two_cities.add("Region", "CHN", level="国家").link("NEEDS", "y", "engine", start="2024")
    view.add("IndustryChain", "chain")
    for link in ("engine", "gear", "pump"):
        view.link("PART_OF_CHAIN", link, "chain")
    view.link("PART_OF", "成都", "CHN").link("PART_OF", "上海", "CHN")
    view.con.execute("UPDATE \"n_Product\" SET provider_count = 2 WHERE name = 'engine'")
    found, unknown = ask(view)
    assert not found and unknown["engine"].values["chance"] == pytest.approx(1 / 5)
    view.con.execute('UPDATE "r_PROVIDES" SET share = 0.7 WHERE line = 1')
    view.state("engine", CHN=0.7)  # and the rest comes from abroad
    assert ask(view)[0].keys() == {"engine"}
