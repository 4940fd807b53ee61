"""Investments: rounds by company and date, totals that are repeated, blank cells."""

from collections import defaultdict

import pytest


@pytest.fixture(scope="module")
def crunchbase(take_in):
    return take_in("crunchbase", "crunchbase")


@pytest.fixture(scope="module")
def investments(crunchbase, rows):
    found = rows(crunchbase.folder / "investments_2013.csv")
    return [{k: v.strip() for k, v in r.items()} for r in found if r["company_name"].strip()]


def test_counts_add_up(crunchbase):
    assert crunchbase.counts("investments_2013.csv") == (80245, 80243, 2)
    assert crunchbase.rejects() == [
        ("investments_2013", 28661, "company_name", None, "mapping.not_filled"),
        ("investments_2013", 78083, "company_name", None, "mapping.not_filled"),
    ]
    assert crunchbase.notes("investments_2013.csv") == {("repeated_rows", None): 161}


def test_entities_and_relations(crunchbase, investments):
    who = {r["investor_name"] for r in investments} - {""}
    rounds = {(r["company_name"], r["funded_when"]) for r in investments if r["funded_when"]}
    assert crunchbase.view.entity_counts() == {
        "Firm": len({r["company_name"] for r in investments}),
        "Investor": len(who),
        "FundingRound": len(rounds),
    }
    took_part = {(r["investor_name"], r["company_name"], r["funded_when"]) for r in investments}
    named = {t for t in took_part if t[0]}
    assert crunchbase.view.relation_counts() == {
        "RAISED": len(rounds),
        "PARTICIPATES_IN_ROUND": len({t for t in named if t[2]}),
        "INVESTS_IN": len(named),
    }


def test_the_amount_is_the_rounds_and_counted_once(crunchbase, investments):
    amounts = defaultdict(set)
    for r in investments:
        if r["amount_usd"] and r["funded_when"]:
            amounts[r["company_name"], r["funded_when"]].add(float(r["amount_usd"]))
    plain = {f"round:{c}:{d}": a.pop() for (c, d), a in amounts.items() if len(a) == 1}
    said = dict(crunchbase.sql('SELECT id, amount FROM "n_FundingRound" WHERE amount > 0'))
    assert all(said[k] == v for k, v in plain.items() if v)
    assert len(said) == len(amounts)
    assert crunchbase.sql('SELECT DISTINCT amount_currency FROM "n_FundingRound" ORDER BY 1') == [
        ("USD",), (None,),
    ]  # fmt: skip
    assert crunchbase.sql('SELECT count(amount) FROM "r_INVESTS_IN"') == [(0,)]


def test_a_round_leads_to_its_line(crunchbase):
    found = crunchbase.sql(
        "SELECT line, amount FROM \"n_FundingRound\" WHERE id = 'round:Facebook:2004-09-01'"
    )
    assert found == [(4, 500000.0)]
