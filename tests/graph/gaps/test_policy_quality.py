"""policy-quality: what policies leave open, and those that have run out."""

import pytest

from graph.gaps import run

DAY = "2024-12-31"


def ask(view, **how):
    return run(view, measures=["policy-quality"], as_of=DAY, **how)


def found(view, **how):
    return {f.subject.id: f for f in ask(view, **how).findings}


def sound(toy):
    """A policy in force that says all three, so that all three are asked."""
    view = (
        toy()
        .add("Policy", "full", status="施行", instruments=["补助"], beneficiary="企业")
        .add("Firm", "firm")
    )
    return view.link("FUNDS", "full", "firm", amount=5e6)


def test_what_a_policy_leaves_open(toy):
    view = sound(toy).add("Policy", "bare", status="施行", name="某办法", name_en="Some Rules")
    seen = found(view)
    assert seen.keys() == {"bare"}
    bare = seen["bare"]
    assert bare.values["lacks"] == ["instrument", "money", "beneficiary"]
    assert bare.severity == 1.0 and bare.values["asked"] == 3 and not bare.values["expired"]
    assert bare.chain == "policy" and bare.family == "absence" and bare.action == "强链"
    assert bare.confidence.coverage == 0.5  # one policy of two says any of it
    assert bare.subject.type == "Policy" and bare.evidence[0].line == 2
    assert bare.text["zh"] == "某办法：政策没有写明政策工具、资金、支持对象。"
    assert "without instrument, money, beneficiary" in bare.text["en"]


def test_a_part_of_it(toy):
    view = sound(toy).add("Policy", "half", status="修订", beneficiary="院所", instruments=[])
    half = found(view)["half"]
    assert half.values["lacks"] == ["instrument", "money"]
    assert half.severity == pytest.approx(2 / 3, abs=1e-6)


def test_what_fewest_say_tells_how_sure_it_is(toy):
    view = sound(toy).add("Policy", "half", status="施行", instruments=["补助"])
    view.add("Policy", "bare", status="施行")
    # of three policies two say an instrument, one money
    assert found(view)["bare"].confidence.coverage == pytest.approx(1 / 3, abs=1e-4)


@pytest.mark.parametrize(
    ("relation", "to", "values", "given"),
    [
        ("FUNDS", "firm", {}, {"money", "beneficiary"}),
        ("FUNDS", "firm", {"instrument": "贷款"}, {"instrument", "money", "beneficiary"}),
        ("SUPPORTS", "firm", {}, {"beneficiary"}),
        ("SUPPORTS", "firm", {"amount_max": 1e6}, {"money", "beneficiary"}),
        ("SUPPORTS", "link", {}, set()),
        ("SUPPORTS", "link", {"instrument": "担保"}, {"instrument"}),
        ("TARGETS", "link", {"amount": 1e6}, {"money"}),
        ("TARGETS", "link", {"amount": 1e6, "planned": True}, set()),
        ("FUNDS", "firm", {"planned": True, "instrument": "贷款"}, set()),
    ],
)
def test_what_relations_say_of_it(toy, relation, to, values, given):
    view = sound(toy).add("Policy", "p", status="施行").add("Product", "link")
    seen = found(view.link(relation, "p", to, **values))
    lacks = set(seen["p"].values["lacks"]) if seen else set()
    assert lacks == {"instrument", "money", "beneficiary"} - given


@pytest.mark.parametrize(
    ("cls", "values"), [("Programme", {"amount": 1e8}), ("Project", {"investment_min": 1e8})]
)
def test_what_carries_it_out_brings_money(toy, cls, values):
    view = sound(toy).add("Policy", "p", status="施行", instruments=["股权"], beneficiary="企业")
    view.add(cls, "x").link("IMPLEMENTS", "x", "p")
    assert found(view)["p"].values["lacks"] == ["money"]
    assert not found(view.add(cls, "y", **values).link("IMPLEMENTS", "y", "p"))


def test_what_nobody_says_is_not_asked(toy):
    view = toy().add("Policy", "a", status="施行", instruments=["补助"])
    view.add("Policy", "b", "c", "d", "e", status="施行")
    seen = found(view)
    assert seen.keys() == set("bcde") and seen["b"].severity == 1.0
    assert seen["b"].values["asked"] == 1 and seen["b"].values["lacks"] == ["instrument"]
    (silent,) = ask(view).not_assessed
    assert silent.missing == ("FUNDS.amount", "Policy.beneficiary")
    assert "资金、支持对象" in silent.text["zh"] and "0 on record, 1 needed" in silent.text["en"]
    view.add("Policy", "f", status="施行")  # one of six is less than a fifth
    assert not found(view)
    assert found(view, settings={"policy-quality": {"recorded": 0.1}}).keys() == set("bcdef")


@pytest.mark.parametrize(
    "values",
    [{"status": "拟定"}, {"status": "征求意见"}, {"status": "废止"}, {"valid_from": "2025"}],
    ids=str,
)
def test_a_draft_or_a_repealed_one_is_left_alone(toy, values):
    assert not found(sound(toy).add("Policy", "p", **values))


def test_an_unknown_status_counts_with_less_confidence(toy):
    p = found(sound(toy).add("Policy", "p"))["p"]
    assert "policies.reason-status" in [r["key"] for r in p.confidence.reasons]


def test_run_out_and_still_called_in_force(toy):
    view = (
        sound(toy).add("Policy", "p", status="施行", valid_until="2024-06").add("Product", "x", "y")
    )
    p = found(view)["p"]
    assert p.values["expired"] and p.severity == 0.5 and p.values["targets"] == 0
    assert "2024-06" in p.text["zh"] and p.values["valid_until"] == "2024-06"
    view.link("TARGETS", "p", "x").link("ADDRESSES", "p", "y").link("SUPPORTS", "full", "x")
    p = found(view)["p"]
    assert (p.values["targets"], p.values["uncovered"], p.severity) == (2, 1, 0.5)
    view.link("TARGETS", "p", "firm").link("SUPPORTS", "p", "firm", end="2020")
    p = found(view)["p"]
    assert (p.values["targets"], p.values["uncovered"]) == (3, 2)
    assert p.severity == pytest.approx(2 / 3, abs=1e-6)
    assert {e.line for e in p.evidence} >= {1, 2}


def test_the_last_day_still_holds(toy):
    view = sound(toy).add("Policy", "p", status="施行", valid_until="2024", beneficiary="企业")
    assert found(view)["p"].values["expired"] is False
    assert run(view, measures=["policy-quality"], as_of="2025-01-01").findings[0].values["expired"]


def test_a_lapsed_one_is_missed_only_where_nothing_follows(toy):
    view = sound(toy).add("Policy", "old", status="失效").add("Product", "x")
    assert not found(view)
    old = found(view.link("TARGETS", "old", "x"))["old"]
    assert old.severity == 1.0 and old.values["uncovered"] == 1 and "失效" in old.text["zh"]
    ended = view.link("TARGETS", "full", "x", end="2020")
    assert found(ended).keys() == {"old"}
    assert not found(view.link("SUPPORTS", "full", "x"))


def test_a_placeholder_is_no_policy(toy):
    assert not found(sound(toy).add("Policy", "p", name="其他", status="施行"))


def test_a_record_without_policies_says_so(toy):
    (nothing,) = ask(toy().add("Firm", "a")).not_assessed
    assert nothing.missing == ("Policy",) and nothing.subject is None
