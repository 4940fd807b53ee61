"""specialisation: what a region is specialised in, told apart from chance and from thin records."""

import pytest
from scipy.stats import hypergeom

from graph.gaps import run
from tests.derivations import holds

LINKS = ("gear", "pump", "valve", "motor")


FEW = {"stability.draws": 3}


def ask(view, **how):
    how["settings"] = FEW | how.get("settings", {})
    return run(view, measures=["specialisation"], **{"region": "R", **how})


def found(view, **how):
    return {f.subject.id: f for f in ask(view, **how).findings}


def unknown(view, **how):
    return {n.subject.id if n.subject else "": n for n in ask(view, **how).not_assessed}


def country(toy, *, gear=(6, 0), rest=(1, 9), **shares):
    """A chain of four links in a country of two cities, R and S: how many firms make each there."""
    view = toy().add("Region", "CHN", level="国家").add("Region", "R", "S", level="市")
    view.link("PART_OF", "R", "CHN").link("PART_OF", "S", "CHN")
    view.add("IndustryChain", "chain").add("Product", *LINKS)
    for link in LINKS:
        view.link("PART_OF_CHAIN", link, "chain")
        for city, many in zip("RS", gear if link == "gear" else rest, strict=True):
            for i in range(many):
                firm = f"{link}{city}{i}"
                view.supply(link, **{firm: shares.get(firm)}).link("LOCATED_IN", firm, city)
    return view


def extended(toy, **how):
    """What is made of gears, cars, is of another chain and made in S alone."""
    view = country(toy, **how).add("Product", "car").link("REQUIRES", "car", "gear")
    view.add("IndustryChain", "cars").link("PART_OF_CHAIN", "car", "cars")
    return view.supply("car", maker=None).link("LOCATED_IN", "maker", "S")


def test_specialised_and_going_no_further(toy):
    gear = found(extended(toy))["gear"]
    # R: 6 of the 9 it makes are gears; in all 6 of 36 (the car is not of the chain)
    assert gear.values["lq"] == pytest.approx((6 / 9) / (6 / 36)) and gear.values["x"] == "firms"
    assert (gear.values["here"], gear.values["link"]) == (6, 6)
    assert (gear.values["chain_here"], gear.values["chain"]) == (9, 36)
    assert gear.values["p"] == pytest.approx(hypergeom.sf(5, 36, 9, 6), abs=1e-6)
    assert gear.severity == pytest.approx(1 - 1 / 4)
    assert gear.action == "延链" and gear.values["weak"] is None
    assert gear.id == "specialisation:gear@region=R" and gear.chain == "industry"
    assert gear.candidates == ({"id": "car", "providers": 1},)
    assert "区位商 4.00" in gear.text["zh"] and "location quotient 4.00" in gear.text["en"]
    assert {e.file for e in gear.evidence} == {"toy.csv"}


def test_where_the_next_step_is_made_here_or_nowhere_nothing_is_to_be_extended(toy):
    view = extended(toy).supply("car", local=None)
    assert "gear" in found(view)  # not placed: not here
    assert "gear" not in found(view.link("LOCATED_IN", "local", "R"))
    view = country(toy).add("Product", "car").link("REQUIRES", "car", "gear")
    assert not found(view)  # nobody makes cars: a missing stage, if anything
    assert not found(country(toy))  # nothing follows


def test_a_next_step_whose_whole_stage_is_here_may_be_here(toy):
    view = extended(toy).add("Stage", "making").link("PART_OF", "car", "making")
    assert "gear" in found(view)
    assert "gear" not in found(view.supply("making", x=None).link("LOCATED_IN", "x", "R"))


def test_what_requires_the_parent_and_the_stage_after_come_next_too(toy):
    view = country(toy).add("Product", "part", "car").link("VARIANT_OF", "gear", "part")
    view.link("REQUIRES", "car", "part").supply("car", maker=None)
    assert found(view)["gear"].values["next_steps"] == 1
    view = country(toy).add("Stage", "after").link("PRECEDES", "gear", "after")
    assert found(view.supply("after", maker=None))["gear"].action == "延链"


def test_a_speciality_that_is_weak_here(toy):
    """One of the six gear makers has 70%: HHI 0.49 + 5 · 0.06² = 0.508."""
    shares = {"gearR0": 0.7, **{f"gearR{i}": 0.06 for i in range(1, 6)}}
    gear = found(country(toy, **shares))["gear"]
    assert gear.action == "强链" and gear.values["weak"] == "concentrated"
    assert gear.values["weakness"] == pytest.approx(0.508)
    assert gear.severity == pytest.approx((1 - 1 / 4) * 0.508)
    assert "concentrated" in gear.text["en"] and not gear.candidates


def test_weak_and_no_further_is_said_once_with_both(toy):
    shares = {"gearR0": 0.7, **{f"gearR{i}": 0.06 for i in range(1, 6)}}
    gear = found(extended(toy, **shares))["gear"]
    assert gear.action == "强链" and gear.severity == pytest.approx(0.75)
    assert "集中" in gear.text["zh"] and "没有向后延伸" in gear.text["zh"]


def test_two_makers_of_a_small_region_are_thin_there(toy):
    view = country(toy, gear=(2, 0), rest=(1, 40))
    view.supply("gear", a=None, b=None, c=None)
    for firm in "abc":
        view.link("LOCATED_IN", firm, "S")
    gear = found(view, settings={"specialisation.q": 0.2})["gear"]
    assert gear.values["weak"] == "thin" and gear.values["providers_here"] == 2


def test_what_may_be_chance_is_not_assessed_and_says_how_many_would_do(toy):
    view = extended(toy, gear=(4, 2), rest=(2, 4))
    assert not found(view)
    gear = unknown(view)["gear"]
    n = gear.values["enough"]
    assert gear.values["providers"] == 6 and n > 6 and f"about {n}" in gear.text["en"]
    times = n // 6
    assert "gear" in found(extended(toy, gear=(4 * times, 2 * times), rest=(2 * times, 4 * times)))
    times -= 1
    fewer = extended(toy, gear=(4 * times, 2 * times), rest=(2 * times, 4 * times))
    assert "gear" not in found(fewer)


def test_below_five_firms_nothing_is_said(toy):
    view = extended(toy, gear=(4, 0))
    assert not found(view) and unknown(view)["gear"].values["enough"] == 5
    assert "4 in all" in unknown(view)["gear"].text["en"]


def test_a_region_or_a_reference_of_too_few_firms(toy):
    view = extended(toy, gear=(1, 5), rest=(1, 9))
    assert unknown(view)["chain"].values["providers_here"] == 4
    view = extended(toy, gear=(6, 0), rest=(3, 1))
    chain = unknown(view)["chain"]
    assert chain.reason == "not_comparable" and chain.values["providers_elsewhere"] == 3
    assert not found(view)


def test_four_firms_elsewhere_are_no_reference(toy):
    """13 of 20 make gears, all in R, where 16 are: no chance, yet four firms are no country."""
    view = toy().add("Region", "R", "S", level="市").add("IndustryChain", "chain")
    for link, (here, there) in {"gear": (13, 0), "pump": (2, 2), "valve": (1, 2)}.items():
        view.add("Product", link).link("PART_OF_CHAIN", link, "chain")
        for i in range(here + there):
            view.supply(link, **{f"{link}{i}": None})
            view.link("LOCATED_IN", f"{link}{i}", "R" if i < here else "S")
    view.add("Product", "car").link("REQUIRES", "car", "gear").supply("car", maker=None)
    assert not found(view) and unknown(view)["chain"].values["providers_elsewhere"] == 4
    assert "gear" in found(view, settings={"specialisation.firms": 4})


def test_a_record_of_the_region_alone_is_no_comparison(toy):
    """Only motors are recorded elsewhere: whatever else is made here looks special."""
    view = extended(toy, gear=(6, 0), rest=(3, 0))
    for i in range(20):
        view.supply("motor", **{f"m{i}": None}).link("LOCATED_IN", f"m{i}", "S")
    chain = unknown(view)["chain"]
    assert (chain.values["made"], chain.values["both"]) == (4, 1)
    assert "LOCATED_IN" in chain.missing and not found(view)


def test_firms_without_a_place_or_with_one_around_the_region_are_left_out(toy):
    view = extended(toy)
    before = found(view)["gear"].values
    for i in range(9):
        view.supply("pump", **{f"p{i}": None})
        view.link("LOCATED_IN", f"p{i}", "CHN")
    gear = found(view)["gear"]
    assert gear.values["lq"] == before["lq"] and gear.confidence.coverage == pytest.approx(36 / 45)
    for i in range(60):
        view.supply("pump", **{f"q{i}": None})
    assert not found(view) and unknown(view)["chain"].missing == ("LOCATED_IN",)


def test_the_reference_is_the_country_of_the_region(toy):
    view = extended(toy).add("Region", "JPN", level="国家")
    lq = found(view)["gear"].values["lq"]
    for i in range(30):
        view.supply("gear", **{f"j{i}": None}).link("LOCATED_IN", f"j{i}", "JPN")
    assert found(view)["gear"].values["lq"] == lq
    japan = found(view, region="JPN")["gear"].values  # a country is compared with all
    assert japan["lq"] == pytest.approx((30 / 30) / (36 / 66), abs=1e-6)


def test_employees_count_where_nearly_all_state_them(toy):
    view = extended(toy)
    view.con.execute("UPDATE \"n_Firm\" SET employees = if(id LIKE 'gear%', 50, 10)")
    gear = found(view)["gear"]
    assert gear.values["x"] == "employees"
    assert (gear.values["here"], gear.values["chain_here"]) == (300, 330)
    assert gear.values["lq"] == pytest.approx((300 / 330) / (300 / 600))
    view.con.execute("UPDATE \"n_Firm\" SET employees = NULL WHERE id IN ('pumpS0', 'pumpS1')")
    assert found(view)["gear"].values["x"] == "employees"
    view.con.execute("UPDATE \"n_Firm\" SET employees = NULL WHERE id LIKE 'pumpS%'")
    assert found(view)["gear"].values["x"] == "firms"  # 18 of 27 elsewhere state them


def test_a_firm_with_two_links_counts_half_in_each(toy):
    view = extended(toy).supply("pump", gearR0=None)
    view.con.execute('UPDATE "n_Firm" SET employees = 10')
    assert found(view)["gear"].values["here"] == 55


def test_revenue_where_it_is_stated(toy):
    view = extended(toy)
    view.con.execute("UPDATE \"n_Firm\" SET revenue = 100, revenue_currency = 'CNY'")
    gear = found(view)["gear"]
    assert gear.values["x"] == "revenue" and gear.values["here"] == pytest.approx(6 * 100 * 0.14)


def test_a_placeholder_is_no_firm(toy):
    view = extended(toy).add("Firm", "others", name="其他").link("PROVIDES", "others", "gear")
    view.link("LOCATED_IN", "others", "R")
    assert found(view)["gear"].values["providers"] == 6


def test_without_a_region_it_says_so_and_a_home_that_is_one_will_do(toy):
    view = extended(toy)
    assert unknown(view, region=None)[""].missing == ("--region",)
    gear = found(view, region=None, home="R")["gear"]
    assert gear.id == "specialisation:gear@home=R" and "R的专业化环节" in gear.text["zh"]


def test_stability_is_the_share_of_draws_in_which_it_stays(toy):
    def stability(view):
        return found(view, settings={"stability.draws": 30})["gear"].confidence.stability

    view = extended(toy, gear=(8, 0)).supply("car", another=None, third=None)
    assert stability(view) > 0.8 > stability(extended(toy, gear=(5, 0))) > 0


def test_each_kind_of_speciality_can_be_worked_out_by_hand(toy):
    shares = {"gearR0": 0.7, **{f"gearR{i}": 0.06 for i in range(1, 6)}}
    sized = extended(toy)
    sized.con.execute("UPDATE \"n_Firm\" SET employees = if(id LIKE 'gear%', 50, 10)")
    alone = extended(toy, gear=(1, 4), rest=(1, 20))
    thin = extended(toy, gear=(2, 3), rest=(1, 20))
    loose = {"specialisation.q": 1.0, "specialisation.firms": 4}
    seen = set()
    for view in (extended(toy), country(toy, **shares), sized, alone, thin):
        for finding in ask(view, explain="", settings=loose).findings:
            holds(finding)
            seen.add((finding.values["weak"], finding.values["x"]))
    assert {w for w, _ in seen} == {None, "single", "thin", "concentrated"}
    assert {x for _, x in seen} == {"firms", "employees"}
