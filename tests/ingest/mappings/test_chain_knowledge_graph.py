"""A-share firms and products: shifted rows, fillers, self-loops, two ways to write a code."""

import json

import pytest

from graph.names import normalise
from ingest import several_names


@pytest.fixture(scope="module")
def ckg(take_in):
    return take_in("chain-knowledge-graph", "chain-knowledge-graph")


def test_counts_add_up(ckg):
    assert {f: ckg.counts(f) for f in ckg.reports} == {
        "company.json": (4654, 4653, 1),
        "company_industry.json": (4430, 4430, 0),
        "company_product.csv": (53785, 53785, 0),
        "industry.json": (511, 511, 0),
        "industry_industry.json": (480, 480, 0),
        "industry_up.json": (335, 335, 0),
        "product.json": (95559, 95559, 0),
        "product_product.csv": (110153, 110153 - 108, 108),
    }


def test_the_shifted_row_and_the_self_loops_are_refused_with_their_lines(ckg, rows):
    refused = ckg.rejects()
    assert refused[0] == ("company", 3439, "location", "2010-02-11", "mapping.check")
    loops = [
        (i, r["from_product"])
        for i, r in enumerate(rows(ckg.folder / "product_product.csv"), 2)
        if r["from_product"] == r["to_product"]
    ]
    assert [(line, raw) for sheet, line, _, raw, _ in refused[1:]] == loops
    assert len(loops) == 108


def test_firms_are_one_each_whatever_the_code_looks_like(ckg, lines):
    codes = {r["code"][:6] for r in lines(ckg.folder / "company.json")}
    more = {r["company_code"][:6] for r in lines(ckg.folder / "company_industry.json")}
    assert (len(codes), len(more - codes)) == (4586, 103)
    assert ckg.view.entity_counts()["Firm"] == len(codes | more)
    dragon = ckg.sql("SELECT name, stock_code FROM \"n_Firm\" WHERE id = 'firm:688078'")
    assert dragon == [("龙软科技", "688078.SH")]


def test_fillers_and_impossible_sales_shares_are_unknown(ckg, rows):
    weights = [float(r["weight"]) for r in rows(ckg.folder / "company_product.csv")]
    filler = sum(w == 0.001 for w in weights)
    assert filler == 14714
    odd = sum(w < 0 or w > 1 for w in weights)
    notes = ckg.notes("company_product.csv")
    assert notes["taken_as_unknown", "weight"] == filler + odd
    assert notes["repeated_rows", None] == 578
    known = ckg.sql('SELECT min(sales_share), max(sales_share), count(share) FROM "r_PROVIDES"')
    assert known[0][0] >= 0 and known[0][1] <= 1 and known[0][2] == 0
    assert ckg.notes("company.json")["taken_as_unknown", "time"] == 86


def test_firms_that_were_renamed_are_told(ckg, lines):
    names: dict[str, set[str]] = {}
    for r in lines(ckg.folder / "company.json"):
        names.setdefault(r["code"].partition(".")[0], set()).add(normalise(r["name"]))
    renamed = sum(len(forms) > 1 for forms in names.values())
    more = ckg.notes("company.json")["ingest.more_several_names", None]
    assert renamed == several_names.TOLD + more == 21


def bare(text: str) -> str:
    """One name of the lists ends in an invisible character in some places and not in others."""
    return text.strip("\u200b\u200c\u200d\ufeff ")


def test_flow_and_kind_and_their_direction(ckg, rows, lines):
    listed = {bare(r["name"]) for r in lines(ckg.folder / "product.json")}
    flow, kind, unlisted = set(), set(), 0
    for r in rows(ckg.folder / "product_product.csv"):
        one, other = bare(r["from_product"]), bare(r["to_product"])
        if one == other:
            continue
        if not {one, other} <= listed:
            unlisted += 1
            continue
        if r["relation"] == "产品小类":
            kind.add((f"product:{other}", f"product:{one}"))
        else:
            pair = (one, other) if r["relation"] == "上游材料" else (other, one)
            flow.add(tuple(f"product:{p}" for p in pair))
    assert ckg.pairs("REQUIRES") == flow
    assert ckg.pairs("VARIANT_OF") == kind
    assert unlisted == 8  # ten as written, two of them by that character alone
    assert ("product:抹茶酸奶冰淇淋", "product:蛋黄") in flow


def test_products_that_are_in_no_list_are_dangling_ends(ckg, rows, lines):
    listed = {r["name"] for r in lines(ckg.folder / "product.json")}
    sold = {(r["company_code"][:6], r["product"]) for r in rows(ckg.folder / "company_product.csv")}
    wanted = {(f"firm:{c}", f"product:{p}") for c, p in sold if p in listed}
    assert len(sold) - len(wanted) == 8
    assert ckg.pairs("PROVIDES") == wanted


def test_industries(ckg, lines):
    industry = {r["name"]: r["code"] for r in lines(ckg.folder / "industry.json")}
    ups = lines(ckg.folder / "industry_up.json")
    wanted = {
        (f"industry:{industry.get(r['industry'], r['industry'])}", f"industry:{industry.get(u, u)}")
        for r in ups
        for u in r["ups"]
    }
    assert len(wanted) == 5256 and ckg.pairs("RELIES_ON") == wanted
    weight = {(r["industry"], u): w for r in ups for u, w in r["ups"].items()}
    kept = ckg.sql(
        'SELECT a.name, b.name, r.extra FROM "r_RELIES_ON" r'
        " JOIN node a ON a.k = r.f JOIN node b ON b.k = r.t"
    )
    assert {(f, t): int(json.loads(e)["weight"]) for f, t, e in kept} == weight
    assert len(ckg.pairs("PART_OF")) == 480
    assert len(ckg.pairs("IN_INDUSTRY")) == 4430
