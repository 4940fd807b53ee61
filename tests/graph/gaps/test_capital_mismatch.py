"""capital-mismatch: where the money goes against where the weak links are, by hand."""

import pytest

from graph.gaps import run
from graph.gaps.chance import binomial
from graph.record import Record

LINKS = tuple(f"x{i}" for i in range(6))
FIRMS = {link: [f"{link}{side}" for side in "abcd"] for link in LINKS[1:]}

# Four equal providers: c = 0.25, score 0.25^0.7; a single one: c = 1, score 1. No sizes: w = 1.
FEW = 0.25**0.7
NEED = 1 / (1 + 5 * FEW)


def ask(view, **how):
    return run(view, measures=["capital-mismatch"], **{"as_of": "2026-11-24", **how})


def found(view, **how):
    return {f.subject.id: f for f in ask(view, **how).findings}


def unknown(view, **how):
    return {n.subject.id if n.subject else "": n for n in ask(view, **how).not_assessed}


def chain(toy):
    """Six links; `x0` has one provider, each of the others four. Twelve of those have had money."""
    view = toy().add("IndustryChain", "chain").add("Product", *LINKS).add("Investor", "v")
    for link in LINKS:
        view.link("PART_OF_CHAIN", link, "chain")
    view.supply("x0", only=1.0)
    for link, firms in FIRMS.items():
        view.supply(link, **dict.fromkeys(firms, 0.25))
    for link in LINKS[1:4]:
        view.link("INVESTS_IN", "v", *FIRMS[link])
    return view


def test_a_weak_link_without_money(toy):
    answer = ask(chain(toy))
    (lack,) = answer.findings
    values = lack.values
    assert lack.id == "capital-mismatch:x0" and lack.chain == "capital"
    assert values["need"] == 1.0 and values["need_share"] == pytest.approx(NEED, abs=1e-6)
    assert (values["capital_share"], values["capital"], values["recipients"]) == (0.0, 0.0, 0)
    assert values["mismatch"] == pytest.approx(-NEED, abs=1e-6)
    assert (values["links"], values["funded"], values["basis"]) == (6, 12, "events")
    p = (1 - NEED) ** 12
    assert values["p"] == pytest.approx(p, abs=1e-6)
    assert lack.severity == pytest.approx(1 - p, abs=1e-6)
    assert lack.action == "强链" and lack.confidence.coverage == 1.0
    assert 0 < lack.confidence.stability <= 1 and not lack.confidence.reasons
    assert "34.5%" in lack.text["zh"] and "34.5%" in lack.text["en"] and "0.0%" in lack.text["en"]
    assert [e.file for e in lack.evidence] == ["toy.csv"]


def test_links_x4_and_x5_have_none_either_but_are_not_weak(toy):
    assert found(chain(toy)).keys() == {"x0"}


def test_money_that_follows_need(toy):
    view = chain(toy).add("Investor", *(f"w{i}" for i in range(4)))
    for i in range(2):
        view.link("INVESTS_IN", f"w{i}", "only")
    # two of fourteen: 0.143 against half of 0.345
    lack = found(view)["x0"]
    assert lack.values["capital_share"] == pytest.approx(2 / 14, abs=1e-6)
    p = float(binomial(1.0, 13, NEED))  # one recipient of thirteen
    assert lack.severity == pytest.approx((1 - 2 / 14 / NEED) * (1 - p), abs=1e-5)
    for i in range(2, 4):
        view.link("INVESTS_IN", f"w{i}", "only")
    assert not found(view)  # 4 of 16: a quarter is more than half of it


def test_who_develops_or_plans_it_works_on_it_too(toy):
    view = chain(toy).add("Project", "plan").add("Firm", "start")
    view.link("DEVELOPS", "plan", "x0").link("FUNDS", "v", "plan")
    view.link("PROVIDES", "start", "x0", planned=True).link("INVESTS_IN", "v", "start")
    assert found(view)["x0"].values["recipients"] == 2
    view.con.execute('UPDATE "r_DEVELOPS" SET "end" = \'2020\'')
    assert found(view)["x0"].values["recipients"] == 1


def test_several_links_share_what_one_had(toy):
    view = chain(toy).link("PROVIDES", "x1a", "x0", role="minor")
    values = found(view, settings={"capital-mismatch": {"below": 0.9}})["x0"].values
    assert values["recipients"] == 1 and values["capital"] == 0.5
    assert values["capital_share"] == pytest.approx(0.5 / 12, abs=1e-6)


def test_money_is_counted_where_amounts_are_stated(toy):
    view = (
        chain(toy).add("FundingRound", "r0", amount=60e6, date="2020").link("RAISED", "only", "r0")
    )
    assert found(view)["x0"].values["basis"] == "events"
    view.con.execute("UPDATE \"r_INVESTS_IN\" SET amount = 10e6, amount_currency = 'CNY'")
    # 12 × 10M yuan at 0.14 are 16.8M dollars, beside 60M
    assert not found(view)
    view.con.execute('UPDATE "n_FundingRound" SET amount = 1e6')
    lack = found(view)["x0"].values
    assert lack["basis"] == "amount" and lack["capital"] == 1e6
    assert lack["capital_share"] == pytest.approx(1 / 17.8, abs=1e-6)


def test_a_round_counts_once_and_not_beside_what_its_investors_put_in(toy):
    view = chain(toy).add("Investor", "u").add("FundingRound", "r0", date="2020")
    view.link("RAISED", "only", "r0").link("INVESTS_IN", "v", "only").link(
        "INVESTS_IN", "u", "only"
    )
    view.link("PARTICIPATES_IN_ROUND", "v", "r0").link("PARTICIPATES_IN_ROUND", "u", "r0")
    assert found(view)["x0"].values["capital"] == 1.0


def test_what_a_policy_pays_is_the_grant(toy):
    view = chain(toy).add("Grant", "g").add("Policy", "p")
    view.link("FUNDS", "g", "only").link("FUNDS", "p", "only")
    assert found(view)["x0"].values["capital"] == 1.0
    view.con.execute("DELETE FROM \"r_FUNDS\" WHERE f = (SELECT k FROM node WHERE id = 'g')")
    assert found(view)["x0"].values["capital"] == 1.0


def test_money_to_come_is_none(toy):
    view = chain(toy).add("FundingRound", "r0", date="2030").link("RAISED", "only", "r0")
    view.link("INVESTS_IN", "v", "only", start="2031").link("FUNDS", "v", "only", planned=True)
    assert found(view)["x0"].values["capital"] == 0.0


def test_a_missing_stage_needs_most(toy):
    view = chain(toy).add("Product", "hole").link("PART_OF_CHAIN", "hole", "chain")
    view.link("REQUIRES", "x1", "hole")
    lack = found(view)["hole"]
    assert lack.action == "补链" and lack.values["need"] == 1.0
    assert "Nobody here" in lack.text["en"] and "还没有主体供给" in lack.text["zh"]
    assert lack.values["links"] == 7


def test_from_home_only_money_to_those_at_home_counts(toy):
    view = chain(toy).located(only="JP", **{f: "CN" for some in FIRMS.values() for f in some})
    assert found(view, home="CN")["x0"].action == "补链"
    assert found(view, home="CN")["x0"].id == "capital-mismatch:x0@home=CN"
    # without a home: none of the actors of Japan has capital on record
    assert not found(view) and "countries" in unknown(view)["x0"].text["en"]
    assert not found(view, region="JP") and "" in unknown(view, region="JP")


def test_too_little_is_said_with_how_much_would_do(toy):
    view = chain(toy)
    few = unknown(view, settings={"capital-mismatch": {"funded": 13}})["chain"]
    assert few.reason == "insufficient_data" and few.values["funded"] == 12
    assert few.values["least_funded"] == 13 and "13" in few.text["zh"] and "13" in few.text["en"]
    short = unknown(view, settings={"capital-mismatch": {"links": 7}})["chain"]
    assert short.missing == ("PROVIDES",) and "7 are needed" in short.text["en"]
    view.con.execute('DELETE FROM "r_PART_OF_CHAIN"')
    assert unknown(view)[""].values["links"] == 6


@pytest.mark.parametrize(("gone", "missing"), [("INVESTS_IN", "RAISED"), ("PROVIDES", "PROVIDES")])
def test_nothing_to_compare(toy, gone, missing):
    view = chain(toy)
    view.con.execute(f'DELETE FROM "r_{gone}"')
    assert not found(view) and missing in unknown(view)[""].missing


def test_the_derivation_comes_to_the_severity(toy):
    view = chain(toy).link("PROVIDES", "x1a", "x0", role="minor")
    how = {"settings": {"capital-mismatch": {"below": 0.9}}}
    (lack,) = ask(view, explain="capital-mismatch:x0", **how).findings
    told = [s for s in lack.derivation if s.about == "severity"]
    assert told[-1].calculations[-1].result == pytest.approx(lack.severity, abs=1e-6)
    (line,) = told[1].parts
    assert "x1a" in line.text["en"] and line.calculations[0].numbers == "1 / 2"
    assert line.evidence


def test_the_same_record_says_the_same(claims, tmp_path):
    for link in LINKS:
        claims.entity("Product", link)
    claims.entity("IndustryChain", "chain").entity("Investor", "v").entity("Firm", "only")
    claims.relation("PROVIDES", "only", "x0", share=1.0)
    for link in LINKS:
        claims.relation("PART_OF_CHAIN", link, "chain")
    for link, firms in FIRMS.items():
        for firm in firms:
            claims.entity("Firm", firm).relation("PROVIDES", firm, link, share=0.25)
            claims.relation("INVESTS_IN", "v", firm)
    with Record.open(claims.write(tmp_path / "r.duckdb")) as record:
        view = record.view()
        assert ask(view) == ask(view) and len(found(view)) == 1
