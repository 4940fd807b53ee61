"""lead-dependence: suppliers that live by one customer, and where a lead firm buys."""

import pytest

from graph.gaps import run
from tests.derivations import holds


def ask(view, **how):
    return run(view, measures=["lead-dependence"], as_of="2024-12-31", **how)


def found(view, **how):
    return {f.subject.id: f for f in ask(view, **how).findings}


def unknown(view, **how):
    return {n.subject.id if n.subject else "": n for n in ask(view, **how).not_assessed}


def supplied(toy, **shares):
    """A lead firm L of a chain, and what each supplier sells to it, of its sales."""
    view = toy().add("Firm", "L", *shares).add("IndustryChain", "chain")
    view.link("LEADS", "L", "chain", role="链主")
    for firm, share in shares.items():
        view.link("SUPPLIES", firm, "L", share=share)
    return view


def test_three_suppliers_that_sell_half_or_more(toy):
    lead = found(supplied(toy, a=0.9, b=0.6, c=0.5, d=0.2, e=None))["L"]
    assert lead.severity == pytest.approx((0.9 + 0.6 + 0.5) / 4)
    assert lead.values["suppliers"] == 5 and lead.values["known"] == 4
    assert lead.values["dependent"] == 3 and lead.values["largest"] == 0.9
    assert lead.values["who"] == ["a", "b", "c"] and lead.values["lead"] == "chain"
    assert lead.action == "固链" and lead.chain == "industry"
    assert lead.confidence.coverage == pytest.approx(0.8)
    assert [(e.file, e.line) for e in lead.evidence] == [("toy.csv", n) for n in (1, 2, 3)]
    assert "3 家供应商" in lead.text["zh"] and "a、b、c" in lead.text["zh"]


@pytest.mark.parametrize(("share", "there"), [(0.5, True), (0.49, False)])
def test_half_is_the_bound(toy, share, there):
    assert bool(found(supplied(toy, a=0.9, b=0.9, c=share))) == there


def test_whoever_is_the_customer_of_that_many_is_found(toy):
    view = supplied(toy).add("Firm", "M", "a", "b", "c")
    for firm in "abc":
        view.link("SUPPLIES", firm, "M", share=0.8)
    assert found(view)["M"].values["lead"] == "customer"
    view.add("Designation", "t", name="产业链链主企业").link("HOLDS_DESIGNATION", "M", "t")
    assert found(view)["M"].values["lead"] == "title"


def test_two_may_be_a_coincidence(toy):
    view = supplied(toy, a=0.9, b=0.9, c=0.1)
    assert not found(view) and not unknown(view)
    assert found(view, settings={"lead-dependence.suppliers": 2})


def test_too_few_shares_of_a_lead_firm_are_said(toy):
    few = unknown(supplied(toy, a=0.9, b=None, c=None))["L"]
    assert few.missing == ("SUPPLIES.share",) and few.values["enough"] == 2
    assert "还差 2" in few.text["zh"]
    none = unknown(supplied(toy))["L"]
    assert none.missing == ("SUPPLIES",) and none.values["enough"] == 3
    open_ = unknown(supplied(toy, a=0.9, b=0.9, c=0.1, d=None))["L"]
    assert open_.values["enough"] == 1  # the fourth might be the third


def test_no_shares_at_all(toy):
    view = supplied(toy, a=None, b=None, c=None)
    assert unknown(view)[""].missing == ("SUPPLIES.share",) and not found(view)


def test_what_is_over_planned_or_owned_does_not_count(toy):
    view = supplied(toy, a=0.9, b=0.9).add("Firm", "x", "y", "z")
    view.link("SUPPLIES", "x", "L", share=0.9, end="2023")
    view.link("SUPPLIES", "y", "L", share=0.9, planned=True)
    view.link("SUPPLIES", "z", "L", share=0.9).link("HOLDS_STAKE_IN", "L", "z", share=0.6)
    assert not found(view)
    view.add("Firm", "w").link("SUPPLIES", "w", "L", share=0.9)
    view.link("HOLDS_STAKE_IN", "L", "w", share=0.3)
    assert found(view)["L"].values["known"] == 3


def test_placeholders_are_nobody(toy):
    view = supplied(toy, a=0.9, b=0.9).add("Firm", "o", name="其他")
    assert not found(view.link("SUPPLIES", "o", "L", share=0.9))
    view = toy().add("Firm", "o", name="其他").add("Firm", "a", "b", "c")
    for firm in "abc":
        view.link("SUPPLIES", firm, "o", share=0.9)
    assert not found(view)


def test_parallel_rows_are_different_goods_and_the_latest_count(toy):
    view = supplied(toy, a=0.9, b=0.9).add("Firm", "c")
    view.link("SUPPLIES", "c", "L", share=0.9, start="2020")
    view.link("SUPPLIES", "c", "L", share=0.3, start="2024")
    assert not found(view)
    view.link("SUPPLIES", "c", "L", share=0.3, start="2024", goods="other")
    assert found(view)["L"].values["dependent"] == 3


def test_shares_of_more_than_all_are_scaled_down(toy):
    view = supplied(toy, a=0.9, b=0.9, c=0.9).add("Firm", "M")
    view.link("SUPPLIES", "c", "M", share=0.6)
    assert found(view)["L"].severity == pytest.approx((0.9 + 0.9 + 0.9 / 1.5) / 3)
    view.link("SUPPLIES", "c", "M", share=0.9, start="2024")  # the later word: 0.5 and 0.5
    assert found(view)["L"].severity == pytest.approx((0.9 + 0.9 + 0.5) / 3)


def placed(view):
    view.add("Region", "city", "far", level="市").link("LOCATED_IN", "L", "city")
    for firm, place in (("a", "city"), ("b", "far"), ("c", "city")):
        view.link("LOCATED_IN", firm, place)
    return view


def test_the_local_supply_rate_describes(toy):
    view = placed(supplied(toy, a=0.9, b=0.6, c=0.5))
    assert found(view)["L"].values["local_supply_rate"] is None
    view.con.execute('UPDATE "r_SUPPLIES" SET purchase_share = 0.2')
    lead = found(view)["L"]
    assert lead.values["local_supply_rate"] == pytest.approx(2 / 3)
    assert lead.values["purchases_known"] == pytest.approx(0.6)
    assert "不是目标" in lead.text["zh"] and "no target" in lead.text["en"]
    view.con.execute('UPDATE "r_SUPPLIES" SET purchase_share = 0.1')
    assert found(view)["L"].values["local_supply_rate"] is None  # 30% is too little


def test_it_is_described_also_where_dependence_cannot_be_judged(toy):
    view = placed(supplied(toy, a=None, b=None, c=None))
    view.con.execute('UPDATE "r_SUPPLIES" SET purchase_share = 0.3')
    assert unknown(view)["L"].values["local_supply_rate"] == pytest.approx(2 / 3)


def test_in_a_region_only_its_suppliers_count(toy):
    view = placed(supplied(toy, a=0.9, b=0.6, c=0.5))
    assert not found(view, region="city")
    view.add("Firm", "d").link("SUPPLIES", "d", "L", share=0.7).link("LOCATED_IN", "d", "city")
    lead = found(view, region="city")["L"]
    assert lead.values["who"] == ["a", "d", "c"] and lead.id == "lead-dependence:L@region=city"


def test_a_region_says_nothing_of_lead_firms_that_have_nothing_to_do_with_it(toy):
    view = placed(supplied(toy, a=None, b=None, c=None)).add("Region", "third", level="市")
    assert not unknown(view, region="third").keys() - {""}
    assert "L" in unknown(view, region="far") and "L" in unknown(view, region="city")


def test_who_else_needs_what_they_make(toy):
    view = supplied(toy, a=0.9, b=0.6, c=0.5).add("Product", "P", "Q").add("Firm", "u", "v")
    for firm in "abc":
        view.link("PROVIDES", firm, "P")
    view.link("PROVIDES", "a", "Q").link("NEEDS", "v", "Q").link("NEEDS", "u", "P")
    view.link("NEEDS", "L", "P").link("NEEDS", "b", "P")
    assert [dict(c) for c in found(view)["L"].candidates] == [
        {"id": "u", "needs": "P", "suppliers": 3},
        {"id": "v", "needs": "Q", "suppliers": 1},
    ]


def test_more_suppliers_make_it_more_stable(toy):
    three = found(supplied(toy, a=0.9, b=0.6, c=0.5))["L"].confidence.stability
    many = found(supplied(toy, **{f"s{i}": 0.8 for i in range(9)}))["L"].confidence.stability
    assert 0.5 < three < 0.9 < many


def test_it_can_be_worked_out_by_hand(toy):
    many = {f"s{i}": 0.5 + i / 50 for i in range(20)}
    for view in (supplied(toy, a=0.9, b=0.6, c=0.5, d=0.2, e=None), supplied(toy, **many)):
        (finding,) = ask(view, explain="").findings
        holds(finding)
