"""external: what share of the supply comes from abroad, seen from home."""

import pytest

from graph.gaps import run
from tests.derivations import holds


def ask(view, **how):
    answer = run(view, measures=["external"], **{"home": "CN", **how})
    found = {f.subject.id: f for f in answer.findings}
    return found, {n.subject and n.subject.id: n for n in answer.not_assessed}


def test_shares_stated_of_countries(toy):
    view = toy().add("Product", "A", "B").state("A", CHN=0.3, JPN=0.5, USA=0.2)
    view.state("B", CHN=1.0)
    found, unknown = ask(view)
    assert found.keys() == {"A"} and not unknown  # all of B is made at home
    assert found["A"].severity == pytest.approx(0.7)
    assert found["A"].values["bands"]["country"] == pytest.approx(0.3)
    assert found["A"].id == "external:A@home=CN" and "中国" in found["A"].text["zh"]


def test_shares_of_actors_by_where_they_sit(toy):
    view = toy().add("Product", "A").supply("A", a=0.25, b=0.75).located(a="CHN", b="NLD")
    assert ask(view)[0]["A"].severity == pytest.approx(0.75)


def test_of_each_country_the_larger_counts(toy):
    """Of the United States nothing is stated, of Japan less than its providers hold, of China more;
    who sits nowhere known may be in any of them."""
    view = toy().add("Product", "A").supply("A", a=0.2, b=0.25, c=0.1, d=0.15, e=0.05)
    view.located(a="USA", b="JPN", c="CHN", d="CHN").state("A", CHN=0.35, JPN=0.2)
    found, _ = ask(view, explain="external:A@home=CN")
    bands = found["A"].values["bands"]
    assert (bands["country"], bands["abroad"]) == pytest.approx((0.35, 0.45))
    assert bands["unknown"] == pytest.approx(0.2)
    holds(found["A"])
    view.state("A", USA=0.42)  # now countries come to 97%, and they alone count
    assert ask(view)[0]["A"].severity == pytest.approx(0.62)


def test_distances_within_the_country(toy):
    view = toy().add("Region", "中国", level="国家").add("Region", "四川", level="省")
    view.add("Region", "成都", "绵阳", level="市").add("Region", "高新区", level="区")
    view.link("PART_OF", "高新区", "成都").link("PART_OF", "成都", "四川")
    view.link("PART_OF", "绵阳", "四川").link("PART_OF", "四川", "中国")
    view.add("Region", "NLD", level="国家").add("Product", "A")
    view.supply("A", a=0.1, b=0.2, c=0.3, d=0.15, e=0.25)
    for actor, place in zip("abcde", ("高新区", "成都", "绵阳", "中国", "NLD"), strict=True):
        view.link("LOCATED_IN", actor, place)
    bands = ask(view, region="高新区")[0]["A"].values["bands"]
    assert bands == {
        "region": 0.1,
        "city": 0.2,
        "province": 0.3,
        "country": 0.15,
        "abroad": 0.25,
        "unknown": 0.0,
    }


@pytest.mark.parametrize(("known", "assessed"), [(0.5, True), (0.49, False)])
def test_below_half_of_the_shares_nothing_is_said(toy, known, assessed):
    view = toy().add("Product", "A").supply("A", a=known, b=None).located(a="NLD")
    view.add("Product", "B").supply("B", c=None).located(c="CHN")
    found, unknown = ask(view)
    assert (("A" in found), ("A" in unknown)) == (assessed, not assessed)


def test_the_localisation_rate_stands_in(toy):
    view = toy().add("Product", "A", localisation_rate=0.15).supply("A", a=None).located(a="CHN")
    found, _ = ask(view)
    assert found["A"].severity == pytest.approx(0.85)
    assert found["A"].values["by_localisation_rate"] is True


def test_shares_that_are_known_come_before_the_rate(toy):
    view = toy().add("Product", "A", localisation_rate=0.15).state("A", CHN=0.4, JPN=0.6)
    assert ask(view)[0]["A"].severity == pytest.approx(0.6)


def test_without_a_home_or_with_one_that_the_record_does_not_know(toy):
    view = toy().add("Product", "A").state("A", JPN=1.0)
    assert ask(view, home=None)[1][None].missing == ("--home",)
    assert ask(view, home="FR")[1][None].missing == ("LOCATED_IN",)
