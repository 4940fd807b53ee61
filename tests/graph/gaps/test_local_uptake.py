"""local-uptake: what local universities sell, and how much of it stays, by hand."""

import pytest

from graph.gaps import run
from tests.derivations import holds


def ask(view, **how):
    return run(view, measures=["local-uptake"], **{"as_of": "2024-12-31", **how})


def found(view, **how):
    return {f.subject.id: f for f in ask(view, **how).findings}


def unknown(view, **how):
    return {n.subject.id if n.subject else "": n for n in ask(view, **how).not_assessed}


def city(toy):
    """Two universities of a city sell ten contracts of 1M dollars; two stay, eight go elsewhere."""
    view = toy().add("Region", "land", level="国家").add("Region", "city", "other", level="市")
    view.add("Region", "district", level="区").link("PART_OF", "district", "city")
    view.link("PART_OF", "city", "land").link("PART_OF", "other", "land")
    view.add("University", "u").add("College", "v").add("Firm", *(f"b{i}" for i in range(10)))
    view.link("LOCATED_IN", "u", "city").link("LOCATED_IN", "v", "district")
    for i in range(10):
        view.link("LOCATED_IN", f"b{i}", ("city", "district")[i] if i < 2 else "other")
        view.link("TRANSFERS_TO", "uv"[i % 2], f"b{i}", amount=1e6, start="2023")
    return view


def test_most_of_it_leaves(toy):
    view = city(toy)
    answer = ask(view)
    (low,) = answer.findings  # all of it stays in the land; the district has five contracts only
    assert low.id == "local-uptake:city" and low.subject.type == "Region"
    assert (low.chain, low.family, low.action) == ("innovation", "absence", "强链")
    values = low.values
    assert (values["rate"], values["rate_lower"], values["rate_upper"]) == (0.2, 0.2, 0.2)
    assert (values["value"], values["local_value"]) == (10e6, 2e6)
    assert (values["contracts"], values["universities"]) == (10, 2)
    assert (values["buyers"], values["local_buyers"]) == (10, 2)
    assert values["peer_rate"] is None and values["peers"] == 0
    assert low.severity == pytest.approx(1 - 0.2 / 0.5)
    assert low.confidence.coverage == 1.0 and low.confidence.stability == 1.0
    assert "20.0%" in low.text["zh"] and "20.0%" in low.text["en"]
    assert {e.line for e in low.evidence} == set(range(3, 11))  # those that leave
    assert {c["id"] for c in low.candidates} == {"b0", "b1"}
    few = unknown(view)["district"]
    assert few.values["contracts"] == 5 and "10 are needed" in few.text["en"]


def told(finding):
    """What is worked out, by name."""
    return {c.name: c for s in finding.derivation for c in s.calculations}


def nowhere(view, *buyers):
    for buyer in buyers:
        view.con.execute(
            f"DELETE FROM \"r_LOCATED_IN\" WHERE f IN (SELECT k FROM node WHERE id = '{buyer}')"
        )


def test_settled_wherever_the_others_are(toy):
    view = city(toy)
    nowhere(view, "b7", "b8", "b9")  # 2 of 7, at most 5 of 10
    assert not found(view) and unknown(view)["city"].missing == ("LOCATED_IN",)
    view.con.execute('UPDATE "r_TRANSFERS_TO" SET amount = 0.5e6 WHERE line = 1')
    low = found(view, explain="local-uptake:city")["city"]  # at most 4.5 of 9.5
    assert told(low)["rate_upper"].numbers == "(1500000 + 9500000 - 6500000) / 9500000"
    holds(low)
    view.con.execute('UPDATE "r_TRANSFERS_TO" SET amount = 20e6 WHERE line = 2')
    nowhere(view, "b2", "b3")  # 20.5 of 28.5 at least
    assert not found(view) and "city" not in unknown(view)


def test_of_few_contracts_only_what_is_no_chance(toy):
    view = city(toy)
    view.con.execute('DELETE FROM "r_TRANSFERS_TO" WHERE line IN (1, 10)')
    low = found(view, explain="local-uptake:city")["city"]  # 1 of 8
    assert told(low)["p"].result == pytest.approx(9 / 256)
    holds(low)
    nowhere(view, "b2")  # 2 of 8 may stay: once in seven
    assert not found(view) and unknown(view)["city"].missing == ("TRANSFERS_TO",)
    view = city(toy)
    view.con.execute('DELETE FROM "r_TRANSFERS_TO" WHERE line IN (1, 10)')
    view.con.execute('UPDATE "r_TRANSFERS_TO" SET amount = 7e6 WHERE line = 2')
    assert not found(view)  # one of eight, and half of the value


def test_universities_nobody_knows_where(toy):
    view = city(toy).add("University", "w")
    for i in range(3):
        view.link("TRANSFERS_TO", "w", f"b{i}", amount=1e6)
    lack = unknown(view)[""]
    assert lack.missing == ("LOCATED_IN",) and lack.values["part"] == pytest.approx(
        10 / 13, abs=1e-6
    )


def test_enough_stays(toy):
    view = city(toy)
    view.con.execute('UPDATE "r_TRANSFERS_TO" SET amount = 4e6 WHERE line < 3')
    assert not found(view)  # 8 of 16
    view.con.execute('UPDATE "r_TRANSFERS_TO" SET amount = 3.9e6 WHERE line < 3')
    assert found(view)["city"].values["rate"] == pytest.approx(7.8 / 15.8, abs=1e-6)


def test_nothing_stays(toy):
    view = city(toy)
    view.con.execute('DELETE FROM "r_TRANSFERS_TO" WHERE line < 3')
    low = found(view, settings={"local-uptake": {"contracts": 8}})["city"]
    assert low.action == "补链" and low.severity == 1.0 and not low.candidates


def test_buyers_somewhere(toy):
    view = city(toy)
    nowhere(view, "b9")
    low = found(view)["city"]
    assert low.values["rate"] == pytest.approx(2 / 9, abs=1e-6)
    assert (low.values["rate_lower"], low.values["rate_upper"]) == (0.2, 0.3)
    assert low.confidence.coverage == pytest.approx(0.9)
    assert "10%" in low.confidence.reasons[0]["en"]
    nowhere(view, "b6", "b7", "b8")
    lack = unknown(view)["city"]
    assert not found(view) and lack.missing == ("LOCATED_IN",) and lack.values["known"] == 0.6
    assert "80% are needed" in lack.text["en"] and "至少要 80%" in lack.text["zh"]


def test_a_placeholder_buys_nowhere(toy):
    view = city(toy).add("Firm", "x", name="其他").link("LOCATED_IN", "x", "other")
    view.link("TRANSFERS_TO", "u", "x", amount=2e6)
    assert found(view)["city"].values["rate_upper"] == pytest.approx(4 / 12, abs=1e-6)


def test_amounts(toy):
    view = city(toy)
    view.con.execute('UPDATE "r_TRANSFERS_TO" SET amount = NULL WHERE line > 8')
    assert found(view)["city"].values["rate"] == 0.25
    view.con.execute('UPDATE "r_TRANSFERS_TO" SET amount = NULL WHERE line > 7')
    assert unknown(view)["city"].missing == ("TRANSFERS_TO.amount",)
    view.con.execute(
        "UPDATE \"r_TRANSFERS_TO\" SET amount_min = 7e6, amount_max = 13e6, amount_currency = 'CNY'"
        " WHERE line = 10"
    )
    # 10M yuan at 0.14 are 1.4M dollars
    assert found(view)["city"].values["rate"] == pytest.approx(2 / 8.4, abs=1e-6)


def test_only_universities_and_only_what_was_agreed(toy):
    view = city(toy).add("ResearchInstitute", "r").link("LOCATED_IN", "r", "city")
    view.link("TRANSFERS_TO", "r", "b0", amount=90e6)
    view.link("TRANSFERS_TO", "u", "b0", amount=90e6, planned=True)
    view.link("TRANSFERS_TO", "u", "b0", amount=90e6, start="2030")
    assert found(view)["city"].values["rate"] == 0.2


def test_several_contracts_with_one_buyer(toy):
    view = city(toy).link("TRANSFERS_TO", "u", "b2", amount=10e6, start="2024")
    assert found(view)["city"].values["contracts"] == 11
    assert found(view)["city"].values["rate"] == 0.1


def test_against_other_regions_of_its_level(toy):
    view = city(toy).add("University", "w").link("LOCATED_IN", "w", "other")
    for i in range(10):
        view.link("TRANSFERS_TO", "w", f"b{i}", amount=1e6)
    values = found(view)["city"].values
    assert (values["peer_rate"], values["peers"]) == (0.8, 1)
    assert "80.0%" in found(view)["city"].text["en"]


def test_in_the_region_asked_for(toy):
    view = city(toy)
    assert found(view, region="city").keys() == {"city"}
    assert not found(view, region="land") and not unknown(view, region="land")
    assert unknown(view, region="other")["other"].values["contracts"] == 0


def test_no_contract(toy):
    lack = unknown(toy().add("University", "u"))[""]
    assert lack.reason == "insufficient_data" and "TRANSFERS_TO" in lack.missing
    view = toy().add("University", "u").add("Firm", "f").link("TRANSFERS_TO", "u", "f", amount=1)
    assert unknown(view)[""].missing == ("LOCATED_IN",)


def test_the_derivation_comes_to_the_severity(toy):
    (low,) = ask(city(toy), explain="local-uptake:city").findings
    told = [s for s in low.derivation if s.about == "severity"]
    assert told[-1].calculations[-1].numbers == "1 - 0.2 / 0.5"
    assert told[-1].calculations[-1].result == pytest.approx(low.severity)
    assert told[1].calculations[0].numbers == "1000000 + 1000000"
    assert [p.text["en"][:6] for p in told[1].parts] == ["u → b0", "v → b1"] and told[1].parts[
        0
    ].evidence
