"""chokepoint: each step of its definition on numbers that a pocket calculator gives."""

import math
from itertools import pairwise

import pytest

from graph.gaps import run


def ask(view, **how):
    answer = run(view, measures=["chokepoint"], **how)
    return {f.subject.id: f for f in answer.findings}


def worth(size, floor=25e6, cap=10e9):
    return (math.log(size) - math.log(floor)) / (math.log(cap) - math.log(floor))


def test_actors_alone(toy):
    view = toy().add("Product", "A").supply("A", x=0.6, y=0.4)
    link = ask(view)["A"]
    assert link.values["concentration"] == pytest.approx(0.52)  # .36 + .16
    assert link.values["stake"] == 1.0  # no size is known at all
    assert link.severity == pytest.approx(0.52**0.7, abs=1e-6)
    assert any(r["key"] == "scarcity.reason-no-size" for r in link.confidence.reasons)


def test_countries_and_actors_join(toy):
    view = toy().add("Product", "A").supply("A", x=0.6, y=0.4).located(x="NLD", y="JPN")
    view.state("A", NLD=0.8, JPN=0.1, USA=0.1)
    link = ask(view)["A"]
    # mean of stated (.8 .1 .1) and homes (.6 .4 0): .7 .25 .05 → P = .49 + .0625 + .0025 = .555
    # c = 1 − .445 · .48 = .7864
    assert link.values["hhi_country"] == pytest.approx(0.555)
    assert link.values["concentration"] == pytest.approx(1 - 0.445 * 0.48)


def test_two_countries_say_nothing_of_concentration_by_country(toy):
    view = toy().add("Product", "A").supply("A", x=0.6, y=0.4).located(x="CHN", y="CHN")
    assert ask(view)["A"].values["concentration"] == pytest.approx(0.52)
    assert ask(view)["A"].values["hhi_country"] is None


def test_shares_that_are_not_stated(toy):
    view = toy().add("Product", "A").supply("A", x=0.5, y=None, z=None).add("Firm", "m")
    view.link("PROVIDES", "m", "A", role="minor")
    # m 1%, y and z (1 − .51) / 2 = .245 each: .25 + .0001 + 2 · .060025 = .37015
    assert ask(view)["A"].values["concentration"] == pytest.approx(0.37015)


def test_a_lost_row_makes_no_monopolist(toy):
    assert ask(toy().add("Product", "A").supply("A", x=0.07))["A"].values[
        "concentration"
    ] == pytest.approx(0.0049)


def test_a_sum_above_one_is_divided_down(toy):
    view = toy().add("Product", "A").supply("A", x=0.9, y=0.9)
    assert ask(view)["A"].values["concentration"] == pytest.approx(0.5)


def test_a_placeholder_stays_in_the_denominator(toy):
    view = toy().add("Product", "A").supply("A", x=0.5).add("Firm", "p", name="Various companies")
    view.link("PROVIDES", "p", "A", share=0.5)
    assert ask(view)["A"].values["concentration"] == pytest.approx(0.25)
    assert ask(view)["A"].values["holders"] == 1


def test_the_market_size_counts_on_a_log_scale(toy):
    view = toy().add("Product", "A", market_size=1e9).supply("A", x=None)
    view.add("Product", "B", market_size=1e6).supply("B", x=None)
    view.add("Product", "C", market_size=7e9, market_size_currency="CNY").supply("C", x=None)
    found = ask(view)
    assert found["A"].values["stake"] == pytest.approx(worth(1e9))
    assert found["A"].severity == pytest.approx(worth(1e9) ** 0.3, abs=1e-6)
    assert found["B"].values["stake"] == 0.05  # below the floor
    assert found["C"].values["stake"] == pytest.approx(worth(0.98e9))  # 0.14 USD each


def test_a_heading_has_the_sum_of_its_kinds_and_is_not_ranked(toy):
    view = toy().add("Product", "scanner").add("Product", "EUV", "DUV", market_size=1e9)
    view.link("VARIANT_OF", "EUV", "scanner").link("VARIANT_OF", "DUV", "scanner")
    view.supply("EUV", ASML=1.0).supply("DUV", Nikon=1.0)
    found = ask(view)
    assert found.keys() == {"EUV", "DUV"}
    # own c = 1; pooled: ASML ½, Nikon ½ → ½; (1 + ½) / 2 = ¾
    assert found["EUV"].values["concentration"] == pytest.approx(0.75)
    same = toy().add("Product", "scanner").add("Product", "EUV", "DUV", market_size=1e9)
    same.link("VARIANT_OF", "EUV", "scanner").link("VARIANT_OF", "DUV", "scanner")
    same.supply("EUV", ASML=1.0).supply("DUV", ASML=1.0)
    assert ask(same)["EUV"].values["concentration"] == pytest.approx(1.0)  # no substitute


def test_a_parent_that_only_names_providers_takes_what_its_kinds_come_to(toy):
    view = toy().add("Product", "scanner").add("Product", "EUV", market_size=3e9)
    view.add("Product", "DUV", market_size=1e9).link("VARIANT_OF", "EUV", "scanner")
    view.link("VARIANT_OF", "DUV", "scanner").supply("scanner", ASML=None, Nikon=None)
    view.supply("EUV", ASML=1.0).supply("DUV", ASML=0.6, Nikon=0.4)
    scanner = ask(view)["scanner"]
    # pooled: ASML (3 + .6) / 4 = .9, Nikon .1 → .82; an equal split would say .5
    assert scanner.values["concentration"] == pytest.approx(0.82)
    assert scanner.values["stake"] == pytest.approx(worth(4e9))
    assert scanner.values["holder"] == "ASML"


def steps(toy):
    view = toy().add("Stage", "making", "etching", "litho")
    view.link("PART_OF", "etching", "making").link("PART_OF", "litho", "making")
    view.add("Product", "tool", market_size=2e9).add("Product", "gas", market_size=1e9)
    view.link("REQUIRES", "etching", "tool", "gas").link("REQUIRES", "litho", "gas")
    view.supply("tool", x=1.0).supply("gas", **{f"g{i}": 0.1 for i in range(10)})
    return view.link("REQUIRES", "litho", "etching")


def test_a_step_is_choked_by_its_worst_input_and_a_stage_by_its_worst_step(toy):
    found = ask(steps(toy))
    tool = worth(2e9) ** 0.3
    gas = 0.1**0.7 * worth(1e9) ** 0.3
    assert found["tool"].severity == pytest.approx(tool, abs=1e-6)
    assert found["etching"].severity == pytest.approx(0.9 * tool, abs=1e-6)
    assert found["etching"].values["inherited_from"] == "tool"
    assert found["litho"].severity == pytest.approx(0.9 * gas, abs=1e-6)  # not from etching
    assert found["making"].severity == pytest.approx(0.81 * tool, abs=1e-6)
    assert found["making"].values["inherited_from"] == "tool"
    # a step's size: its inputs' divided among their users, a stage's that of its parts
    assert found["etching"].values["stake"] == pytest.approx(worth(2e9 + 0.5e9))
    assert found["making"].values["stake"] == pytest.approx(worth(2e9 + 0.5e9 + 0.5e9))


def test_a_step_with_rows_of_its_own_inherits_nothing(toy):
    view = steps(toy).supply("etching", **{f"e{i}": 0.1 for i in range(10)})
    assert "inherited_from" not in ask(view)["etching"].values


def test_no_step_inherits_from_a_step(toy):
    view = steps(toy).supply("etching", e=1.0)
    gas = 0.1**0.7 * worth(1e9) ** 0.3
    assert ask(view)["litho"].severity == pytest.approx(0.9 * gas, abs=1e-6)


def test_what_home_holds_most_of_is_no_weakness(toy):
    view = toy().add("Product", "A").supply("A", x=0.6, y=0.4).located(x="CHN", y="USA")
    view.add("Product", "B").supply("B", z=None).located(z="NLD")
    link = ask(view, home="CN")["A"]
    assert link.values["view"] == "advantage" and link.severity == 0.0
    assert link.values["concentration"] == pytest.approx(1 - 0.48**2)  # its strength


def test_seen_from_home(toy):
    view = toy().add("Product", "A", "B", "C").supply("A", x=None).supply("B", y=None)
    view.supply("C", y=0.3, z=0.7).located(x="NLD", y="CHN", z="USA")
    found = ask(view, home="CN")
    assert found["A"].values["view"] == "held-abroad" and found["A"].rank == 1
    assert found["B"].values["view"] == "advantage" and found["B"].severity == 0.0
    assert found["B"].rank == 3 and found["B"].action == "延链"
    # what home holds is nobody's choke: P = .7², F = .7², c = 1 − .51²
    assert found["C"].values["concentration"] == pytest.approx(1 - 0.51**2)
    assert found["C"].values["home_share"] == pytest.approx(0.3)
    assert found["A"].id == "chokepoint:A@home=CN"
    assert "卡脖子" in found["A"].text["zh"] and "优势" in found["B"].text["zh"]
    assert {f.values["view"] for f in ask(view).values()} == {"key"}
    assert ask(view)["B"].id == "chokepoint:B" and "瓶颈" in ask(view)["B"].text["zh"]


def test_where_homes_are_not_known_nobody_is_accused(toy):
    view = toy().add("Product", "A", "B").supply("A", x=None).supply("B", y=None).located(y="CHN")
    assert ask(view, home="CN")["A"].values["view"] == "key"


def test_a_region_can_be_home(toy):
    view = toy().add("Region", "成都", "上海", level="市").add("Product", "A", "B")
    view.supply("A", x=None).supply("B", y=None)
    view.link("LOCATED_IN", "x", "成都").link("LOCATED_IN", "y", "上海")
    found = ask(view, home="成都")
    assert found["A"].values["view"] == "advantage" and found["B"].values["view"] == "held-abroad"


def test_a_small_market_on_which_much_hangs_is_flagged(toy):
    view = toy().add("Product", "seal", market_size=3e7).supply("seal", x=None)
    names = [f"M{i}" for i in range(12)]
    view.add("Product", *names, market_size=5e9).link("REQUIRES", names[0], "seal")
    for one, other in pairwise(names):
        view.link("REQUIRES", other, one)
    for name in names:
        view.supply(name, **{f"{name}f{i}": 0.2 for i in range(5)})
    found = ask(view)
    assert [i for i, f in found.items() if f.values["small_but_vital"]] == ["seal"]
    assert "小品种" in found["seal"].text["zh"]


def test_equal_links_are_ordered_by_what_falls_with_them(toy):
    view = toy().add("Product", "a", "z", "out1", "out2").link("REQUIRES", "out1", "z")
    view.link("REQUIRES", "out2", "z").supply("a", x=None).supply("z", x=None)
    view.supply("out1", x=None, y=None).supply("out2", x=None, y=None)
    assert list(ask(view))[:2] == ["z", "a"]


def test_nothing_is_said_from_nothing(toy):
    answer = run(toy().add("Product", "A"), measures=["chokepoint"])
    assert not answer.findings and answer.not_assessed[0].missing == ("PROVIDES",)
