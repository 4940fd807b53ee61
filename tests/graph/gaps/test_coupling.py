"""coupling: levels, degrees and fusion, by hand."""

from math import log2, sqrt

import pytest

from tests.coupled import ALL, ask, chain, observe, pairs, unknown
from tests.derivations import holds


def test_the_levels_and_degrees_of_pairs(toy):
    seen = pairs(chain(toy))
    levels = {"industry": 1.0, "innovation": 1 / 3, "capital": 1 / 6, "policy": 2 / 3}
    assert seen["industry-innovation-capital-policy"].values["u"] == pytest.approx(levels, abs=1e-6)
    # D' = √(C'·T): only these are below a half
    assert seen.keys() == {
        "industry-innovation",
        "industry-capital",
        "innovation-capital",
        "capital-policy",
        "industry-innovation-capital-policy",
    }
    pair = seen["industry-innovation"]
    values = pair.values
    assert values["c"] == pytest.approx(2 * sqrt(1 / 3) / (4 / 3), abs=1e-6)
    assert values["t"] == pytest.approx(2 / 3, abs=1e-6)
    assert values["d"] == pytest.approx(0.759836, abs=1e-6) and values["band"] == "中级协调"
    assert values["c_corrected"] == pytest.approx(1 / 3, abs=1e-6)
    assert values["d_corrected"] == pytest.approx(sqrt(2 / 9), abs=1e-6)
    assert values["band_corrected"] == "濒临失调"
    assert pair.severity == pytest.approx(1 - sqrt(2 / 9), abs=1e-6)
    assert (pair.subject.id, pair.object.id) == ("chain", "ideas")
    assert (pair.subject.type, pair.object.type) == ("IndustryChain", "InnovationChain")
    assert pair.id == "coupling:chain>ideas@chains=industry-innovation"
    assert (pair.chain, pair.family, pair.action) == ("coupling", "coupling", "强链")
    assert (values["lag"], values["lead"]) == ("innovation", "industry")
    assert values["lacking"] == ["x3", "x4", "x5"] and values["links"] == 6
    assert "0.760（中级协调）" in pair.text["zh"] and "0.471（濒临失调）" in pair.text["zh"]
    assert "as corrected D = 0.471 (on the verge of disorder)" in pair.text["en"]
    assert "产业链与创新链" in pair.text["zh"] and "industry and innovation" in pair.text["en"]
    capital = seen["industry-capital"].values
    assert capital["d_corrected"] == pytest.approx(sqrt(7 / 72), abs=1e-6)
    both = seen["innovation-capital"]
    assert (both.subject.id, both.object.id) == ("ideas", "money")
    assert both.id.endswith("@around=chain@chains=innovation-capital")
    alone = seen["capital-policy"]  # no policy chain is on record
    assert (alone.subject.id, alone.object) == ("chain", None)
    assert alone.values["d_corrected"] == pytest.approx(sqrt(sqrt(1 / 8) * 5 / 12), abs=1e-6)


def test_the_four_together_are_always_listed_last(toy):
    answer = ask(chain(toy))
    four = answer.findings[-1]
    values = four.values
    assert values["kinds"] == ["industry", "innovation", "capital", "policy"]
    product = 1 / 3 * 1 / 6 * 2 / 3
    c = 4 * product**0.25 / (1 + 1 / 3 + 1 / 6 + 2 / 3)
    assert values["c"] == pytest.approx(c, abs=1e-6)
    assert values["t"] == pytest.approx(13 / 24, abs=1e-6)
    assert values["d"] == pytest.approx(sqrt(c * 13 / 24), abs=1e-6)
    assert values["c_corrected"] is None and values["d_corrected"] is None
    assert four.severity == 0.0 and values["view"] == "advantage" and four.object is None
    assert values["fusion"] == pytest.approx(
        {"innovation": 0.5, "capital": 1 / 6, "policy": 1.0, "all": 1 / 6}, abs=1e-6
    )
    assert "17%" in four.text["zh"] and "产业链、创新链、资金链与政策链" in four.text["zh"]
    weak = ask(chain(toy), settings={"coupling": {"found": 0.7}}).findings[-1]
    assert weak.severity == pytest.approx(1 - values["d"], abs=1e-6) and "view" not in weak.values


def test_the_older_form_decides_where_it_is_told_to(toy):
    seen = pairs(chain(toy), settings={"coupling": {"corrected": 0}})
    assert seen.keys() == {"innovation-capital", "industry-innovation-capital-policy"}
    pair = seen["innovation-capital"]
    # 2·√(1/18)/(1/2) = 0.942809, T = 1/4
    assert pair.severity == pytest.approx(1 - sqrt(0.942809 / 4), abs=1e-6)
    assert pair.values["d_corrected"] == pytest.approx(sqrt(sqrt(5 / 12) / 4), abs=1e-6)


def test_which_chains_and_how_much_each_counts(toy):
    view = chain(toy).add("Person", "p").link("EMPLOYS", "x0a", "p").link("EMPLOYS", "x1a", "p")
    three = pairs(view, settings={"coupling": {"policy": 0, "talent": 1, "capital": 0}})
    last = three["industry-innovation-talent"].values
    # talent: (2/6 + 2/18)/2; three levels have a corrected form
    u = [1, 1 / 3, 2 / 9]
    near = 1 - (2 / 3 + 7 / 9 + 1 / 9) / 3
    assert last["c_corrected"] == pytest.approx(sqrt(near * sqrt(u[1] * u[2])), abs=1e-6)
    heavy = pairs(view, settings={"coupling": {"innovation": 3}})["industry-innovation"].values
    assert heavy["t"] == pytest.approx((1 + 3 / 3) / 4, abs=1e-6)
    assert heavy["alpha"] == {"industry": 1.0, "innovation": 3.0}
    one = ask(view, settings={"coupling": dict.fromkeys(("innovation", "policy", "capital"), 0)})
    assert not one.findings and "1" in one.not_assessed[0].text["en"]


def test_a_chain_that_is_not_on_record_is_not_judged(toy):
    view = chain(toy)
    view.con.execute('DELETE FROM "r_INVESTS_IN"')
    assert pairs(view).keys() == {"industry-innovation"}
    lack = unknown(view)["chain", "capital"]
    assert lack.reason == "insufficient_data" and "INVESTS_IN" in lack.missing
    assert "One relation would do" in lack.text["en"] and "资金链" in lack.text["zh"]


def test_a_chain_with_few_links_and_none_at_all(toy):
    few = unknown(chain(toy), settings={"coupling": {"links": 7}})["chain", "insufficient_data"]
    assert few.values == {"links": 6, "least": 7} and "7 are needed" in few.text["en"]
    (none,) = ask(toy().add("Firm", "f")).not_assessed
    assert none.missing == ("IndustryChain", "PART_OF_CHAIN") and none.subject is None


def test_what_is_for_the_whole_chain_counts_half(toy):
    view = chain(toy)
    view.con.execute('DELETE FROM "r_TARGETS"')
    view.link("TARGETS", "rules", "chain").link("TARGETS", "rules", "x0")
    levels = pairs(view)["industry-innovation-capital-policy"].values["parts"]["policy"]
    assert levels == pytest.approx({"breadth": (1 + 5 / 2) / 6, "depth": 1 / 18}, abs=1e-6)
    view.con.execute('DELETE FROM "r_TARGETS"')
    view.add("Industry", "trade").link("IN_INDUSTRY", "chain", "trade")
    view.link("TARGETS", "rules", "trade")
    values = pairs(view)["industry-policy"].values
    assert values["u"]["policy"] == 0.25 and len(values["lacking"]) == 6


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE \"n_Policy\" SET status = '拟定'",
        "UPDATE \"n_Policy\" SET valid_until = '2020'",
        'UPDATE "r_TARGETS" SET planned = true',
        'UPDATE "r_TARGETS" SET "end" = \'2020\'',
    ],
)
def test_a_policy_that_is_not_in_force_is_none(toy, change):
    view = chain(toy)
    view.con.execute(change)
    assert ("chain", "policy") in unknown(view)


def test_owning_a_share_is_no_capital(toy):
    view = chain(toy).link("HOLDS_STAKE_IN", "fund", "x5a").link("PAYS", "x0a", "x4a")
    assert pairs(view)["industry-capital"].values["u"]["capital"] == pytest.approx(1 / 6, abs=1e-6)


def test_what_is_tied_to_the_link_itself(toy):
    view = (
        chain(toy).add("Project", "p", "q").link("DEVELOPS", "p", "x5").link("DEVELOPS", "q", "x5")
    )
    parts = pairs(view, **ALL)["industry-innovation"].values["parts"]["innovation"]
    assert parts == pytest.approx({"breadth": 4 / 6, "depth": 5 / 18}, abs=1e-6)


def test_links_that_two_chains_are_merged_at(toy):
    view = chain(toy).add("Stage", "lab").link("PART_OF_CHAIN", "lab", "ideas")
    view.link("ALIGNED_WITH", "lab", "x5")
    assert pairs(view, **ALL)["industry-innovation"].values["lacking"] == ["x3", "x4"]
    ends = chain(toy).add("InnovationChain", "a").link("ALIGNED_WITH", "ideas", "chain")
    assert pairs(ends)["industry-innovation"].object.id == "ideas"  # of two the aligned one
    ends = chain(toy).add("InnovationChain", "a")
    assert pairs(ends)["industry-innovation"].object is None


def test_headings_and_stages_with_parts_are_no_links_of_their_own(toy):
    view = chain(toy).add("Product", "kind").add("Stage", "stage")
    view.link("VARIANT_OF", "x0", "kind").link("PART_OF", "x1", "stage")
    view.link("PART_OF_CHAIN", "kind", "chain").link("PART_OF_CHAIN", "stage", "chain")
    assert pairs(view)["industry-capital"].values["links"] == 6


def test_the_triple_helix_of_what_is_done_together(toy):
    view = chain(toy).add("GovernmentBody", "office").add("Project", *(f"p{i}" for i in range(32)))
    for i in range(32):
        for side, actor in ((1, "uni"), (2, "x0a"), (4, "office")):
            if (i % 8) & side:
                view.link("UNDERTAKES", actor, f"p{i}")
    # all eight mixes alike, without the empty one: 28 things
    four = pairs(view, settings={"coupling": {"things": 28}})
    told = four["industry-innovation-capital-policy"].values["triple_helix"]
    assert told["things"] == 28 and (told["university"], told["industry"], told["government"]) == (
        16,
        16,
        16,
    )
    h1 = -(4 / 7 * log2(4 / 7) + 3 / 7 * log2(3 / 7))
    h2 = -(3 * 2 / 7 * log2(2 / 7) + 1 / 7 * log2(1 / 7))
    assert told["t"] == pytest.approx(3 * h1 - 3 * h2 + log2(7), abs=1e-6)
    assert told["cells"]["ui"] == 4 and told["cells"]["uig"] == 4
    last = pairs(view)["industry-innovation-capital-policy"]
    assert last.values["triple_helix"] is None and "三螺旋" not in last.text["zh"]
    view.con.execute('DELETE FROM "n_IndustryChain"')
    view.con.execute("DELETE FROM node WHERE class = 'IndustryChain'")
    (bare,) = ask(view, settings={"coupling": {"things": 28}}).not_assessed
    assert bare.values["triple_helix"]["things"] == 28 and "三螺旋" in bare.text["zh"]


def test_stability_and_coverage(toy):
    pair = pairs(chain(toy), draws=50)["industry-capital"]
    assert 0.9 < pair.confidence.stability <= 1.0
    assert pair.confidence.coverage == pytest.approx(5 / 18, abs=1e-4)  # of 18 firms 5 have a tie
    assert any("28%" in r["en"] for r in pair.confidence.reasons)


def test_the_derivation_comes_to_the_severity(toy):
    answer = ask(chain(toy), explain="coupling:chain>money@chains=industry-capital")
    pair = next(f for f in answer.findings if f.derivation)
    told = [s for s in pair.derivation if s.about == "severity"]
    numbers = {c.name: c for s in told for c in s.calculations}
    assert numbers["C'"].numbers == "((1 - ((1 - 0.166667)) / 1) × (0.166667 / 1))^(1/2)"
    assert numbers["C"].result == pytest.approx(pair.values["c"], abs=1e-6)
    assert numbers["severity"].result == pytest.approx(pair.severity, abs=1e-6)
    assert "of 6 links 1 have a counterpart, 5 have none" in told[1].text["en"]
    assert told[1].evidence and told[1].parts[0].text["en"] == "x0: 3 (x0a, x0b, x0c)"


def test_every_derivation_can_be_followed(toy):
    view = chain(toy).link("TARGETS", "rules", "chain")
    view.con.execute("DELETE FROM \"r_TARGETS\" WHERE t IN (SELECT k FROM node WHERE id = 'x5')")
    for i, year in enumerate(("2021", "2022", "2023")):
        observe(view, f"a{i}", ["ideas"], 10.0 + i * 10, "万元", year, "经费")
        observe(view, f"b{i}", ["ideas"], (30.0, 30.0, 10.0)[i], "%", year, "占比")
        observe(view, f"c{i}", ["money"], 5.0 + i, "%", year, "投资")
    entropy = {"industry": 0, "policy": 0, "entropy": 1}
    for how in ({}, entropy):
        found = ask(view, explain="", settings={"coupling": {"found": 0.99, **how}}).findings
        assert found and all(f.derivation for f in found)
        for finding in found:
            holds(finding)
