"""coupling in regions and over years: what is compared, what is refused, and observations."""

import numpy as np
import pytest

from graph.gaps.coordination import entropy_weights
from tests.coupled import ALL, LINKS, ask, chain, observe, pairs, unknown


def regional(toy, placed):
    """The same chain, with firms of each link in some of the regions."""
    view = chain(toy).add("Region", *placed, level="市")
    for region, sides in placed.items():
        for link in LINKS:
            for side in sides:
                view.link("LOCATED_IN", f"{link}{side}", region)
    return view


def test_in_a_region(toy):
    view = regional(toy, {"here": "a", "there": "bc"})
    view.link("LOCATED_IN", "uni", "here")
    seen = pairs(view, region="here")
    levels = seen["industry-innovation-capital-policy"].values["u"]
    # one firm a link: (1 + 1/3)/2; three of them with a university; one with an investor
    u = {"industry": 2 / 3, "innovation": 1 / 3, "capital": (1 / 6 + 1 / 18) / 2, "policy": 2 / 3}
    assert levels == pytest.approx(u, abs=1e-6)
    pair = seen["industry-capital"]
    assert pair.id.endswith("@region=here") and "（范围：here）" in pair.text["zh"]
    # nobody there works with a university, and nothing says that anybody would be on record
    lack = unknown(view, region="there")["chain", "innovation"]
    assert "in there" in lack.text["en"] and "industry-innovation" not in pairs(
        view, region="there"
    )


def test_a_policy_holds_where_its_issuer_is_and_below(toy):
    view = regional(toy, {"here": "a", "there": "b"}).add("Region", "land", level="国家")
    view.link("PART_OF", "here", "land").add("GovernmentBody", "office").link(
        "ISSUES", "office", "rules"
    )
    view.link("LOCATED_IN", "office", "land")
    assert pairs(view, region="here").keys() >= {"industry-innovation-capital-policy"}
    assert ("chain", "policy") in unknown(view, region="there")


def three_cities(toy):
    view = regional(toy, {"r1": "a", "r2": "b", "r3": "c"})
    view.link("COLLABORATES_WITH", "uni", *(f"x{i}b" for i in range(5)))
    view.link("COLLABORATES_WITH", "uni", *(f"x{i}c" for i in range(2)))
    view.link("INVESTS_IN", "fund", *(f"x{i}b" for i in range(1, 4)))
    return view.link("INVESTS_IN", "fund", "x1c")


SETTINGS = {"coupling": {"providers": 3, "band_low": 0.01, "band_high": 0.99, "found": 0.99}}


def test_regions_are_compared(toy):
    view = three_cities(toy)
    seen = {
        (f.values.get("region"), f.values["chains"]): f
        for f in ask(view, settings=SETTINGS).findings
    }
    pair = seen["r1", "industry-innovation"]
    assert pair.id == "coupling:chain>ideas@chains=industry-innovation@region=r1"
    assert "（r1）" in pair.text["zh"]
    assert [row["region"] for row in pair.values["compared"]] == ["r2", "r3"]
    assert pair.values["compared"][0]["d"] > pair.values["compared"][1]["d"]
    assert seen[None, "industry-innovation"].values["compared"] == []
    asked = pairs(view, settings=SETTINGS, region="r3")["industry-innovation"]
    assert [row["region"] for row in asked.values["compared"]] == ["r2", "r1"]


def test_entropy_weights_over_comparable_regions(toy):
    view = three_cities(toy)
    seen = pairs(view, settings=SETTINGS, region="r1")["industry-innovation"].values
    assert seen["entropy"] is None  # the industry chain is the same in all three: nothing to weigh
    pair = pairs(view, settings=SETTINGS, region="r1")["innovation-capital"].values
    assert (pair["entropy"]["over"], pair["entropy"]["units"]) == ("regions", 3)
    weights = entropy_weights(np.array([[3 / 6, 3 / 18], [5 / 6, 5 / 18], [2 / 6, 2 / 18]]))
    told = pair["entropy"]["weights"]["innovation"]
    assert [told["breadth"], told["depth"]] == pytest.approx(weights.tolist(), abs=1e-6)
    level = weights @ [3 / 6, 3 / 18]
    assert pair["entropy"]["u"]["innovation"] == pytest.approx(level, abs=1e-6)
    decides = {"coupling": {**SETTINGS["coupling"], "entropy": 1, "industry": 0, "policy": 0}}
    again = pairs(view, settings=decides, region="r1")["innovation-capital"].values
    assert again["u"] == pytest.approx(pair["entropy"]["u"], abs=1e-6)
    assert again["d"] == pytest.approx(pair["entropy"]["d"], abs=1e-6)


def test_entropy_weights_of_one_unit_are_not_defined(toy):
    how = {"settings": {"coupling": {"entropy": 1}}}
    assert not ask(chain(toy), **how).findings
    lack = unknown(chain(toy), **how)["chain", "insufficient_data"]
    assert lack.values["least"] == 3 and "panel" in lack.text["en"] and "面板" in lack.text["zh"]
    reasons = pairs(chain(toy))["industry-capital"].confidence.reasons
    assert any("entropy" in r["en"] for r in reasons)


def test_regions_that_cannot_be_compared_are_refused_with_the_reason(toy):
    view = three_cities(toy)
    view.con.execute("UPDATE \"n_Region\" SET level = '省' WHERE id = 'r3'")
    lack = unknown(view, settings=SETTINGS)["", "not_comparable"]
    assert lack.values["regions"] == ["r3"]
    assert lack.values["why"] == {"level": 1, "year": 0, "coverage": 0, "silent": 0}
    asked = unknown(view, settings=SETTINGS, region="r1")["", "not_comparable"]
    assert asked.values["regions"] == ["r3"] and asked.values["why"]["level"] == 1
    assert "Another level: 1" in lack.text["en"] and "级别不同 1" in lack.text["zh"]
    bands = {"coupling": {**SETTINGS["coupling"], "band_low": 0.6}}
    lack = unknown(three_cities(toy), settings=bands)["", "not_comparable"]
    assert lack.values["why"]["coverage"] == 1 and lack.values["regions"] == ["r2"]
    view = three_cities(toy)
    view.con.execute(
        "DELETE FROM \"r_INVESTS_IN\" WHERE t IN (SELECT k FROM node WHERE id IN ('x0c', 'x1c'))"
    )
    lack = unknown(view, settings=SETTINGS)["", "not_comparable"]
    assert lack.values["why"]["silent"] == 1 and lack.values["regions"] == ["r3"]


def test_what_was_observed_stands_in_for_counts(toy):
    view = observe(chain(toy), "o1", ["ideas"], 40.0, "%", "2022")
    observe(view, "o2", ["ideas"], 20.0, "%", "2023", "强度")
    observe(view, "o3", ["ideas"], 60.0, "％", "2023", "转化率")
    pair = pairs(view, **ALL)["industry-innovation"].values
    assert pair["u"]["innovation"] == pytest.approx(0.4) and pair["basis"]["innovation"] == 2023
    assert pair["parts"]["innovation"] == {"强度": 0.2, "转化率": 0.6}
    assert pair["lacking"] == []
    view = observe(chain(toy), "o1", ["ideas"], 4000.0, "万元", "2022")
    assert pairs(view)["industry-innovation"].values["basis"]["innovation"] == "counts"


def test_observations_of_years_are_a_panel(toy):
    view = chain(toy)
    for i, year in enumerate(("2021", "2022", "2023")):
        observe(view, f"a{i}", ["ideas"], 10.0 + i * 10, "万元", year, "经费")
        observe(view, f"b{i}", ["ideas"], (30.0, 30.0, 10.0)[i], "%", year, "占比")
        observe(view, f"c{i}", ["money"], 5.0 + i, "%", year, "投资")
    how = {"settings": {"coupling": {"found": 0.99, "industry": 0, "policy": 0}}}
    pair = pairs(view, **how)["innovation-capital"].values
    # 经费 goes from 10 to 30: 0, ½, 1; 占比 has its bounds
    assert pair["parts"]["innovation"] == {"占比": 0.1, "经费": 1.0}
    assert (pair["entropy"]["over"], pair["entropy"]["units"]) == ("years", 3)
    weights = entropy_weights(np.array([[0.3, 0.0], [0.3, 0.5], [0.1, 1.0]]))
    told = pair["entropy"]["weights"]["innovation"]
    assert [told["占比"], told["经费"]] == pytest.approx(weights.tolist(), abs=1e-6)
    later = pairs(view, as_of="2022-12-31", **how)["innovation-capital"].values
    assert later["basis"]["innovation"] == "counts" or later["basis"]["innovation"] == 2022


def test_observations_of_another_year_are_not_compared(toy):
    view = three_cities(toy)
    for region, year in {"r1": "2023", "r2": "2023", "r3": "2021"}.items():
        observe(view, f"o{region}", ["ideas", region], 30.0, "%", year)
    lack = unknown(view, settings=SETTINGS)["", "not_comparable"]
    assert lack.values["why"]["year"] == 1 and lack.values["regions"] == ["r3"]
