"""Firms with masked names, paths as hierarchies, lists in cells, payments, one event."""

import pytest


@pytest.fixture(scope="module")
def spg(take_in):
    return take_in("openspg-supplychain", "openspg-supplychain")


def test_counts_add_up(spg):
    assert {f: spg.counts(f) for f in spg.reports} == {
        "Company.csv": (103, 103, 0),
        "CompanyUpdate.csv": (1, 1, 0),
        "Company_fundTrans_Company.csv": (19, 19, 0),
        "Industry.csv": (10, 10, 0),
        "Person.csv": (20, 20, 0),
        "Product.csv": (78, 78, 0),
        "ProductChainEvent.csv": (1, 1, 0),
    }
    assert spg.rejects() == []
    assert spg.notes("Company.csv") == spg.notes("CompanyUpdate.csv") == {}


def test_hierarchies_and_flows(spg, rows):
    products = rows(spg.folder / "Product.csv")
    companies = rows(spg.folder / "Company.csv") + [
        {**r, "product": r["products"]} for r in rows(spg.folder / "CompanyUpdate.csv")
    ]

    def chain(path: str) -> list[str]:
        parts = path.split("-")
        return ["-".join(parts[: i + 1]) for i in range(len(parts))]

    makes = {(r["id"], p) for r in companies for p in r["product"].split(",")}
    feeds = {(u, r["id"]) for r in products for u in r["hasSupplyChain"].split(",")}
    paths = {r["id"] for r in products} | {u for u, _ in feeds} | {p for _, p in makes}
    nodes = {n for p in paths for n in chain(p)}
    industries = {n for r in rows(spg.folder / "Industry.csv") for n in chain(r["id"])}
    counts = spg.view.entity_counts()
    assert counts["Product"] == len(nodes) and counts["Industry"] == len(industries)
    assert (counts["Firm"], counts["Person"], counts["Observation"]) == (103, 20, 1)
    assert spg.pairs("REQUIRES") == feeds and len(feeds) == 536
    assert spg.pairs("PROVIDES") == makes
    assert spg.pairs("VARIANT_OF") == {(n, n.rpartition("-")[0]) for n in nodes if "-" in n}
    assert len(spg.pairs("PART_OF")) == sum("-" in i for i in industries)
    assert spg.sql("SELECT name FROM node WHERE id = '轮胎与橡胶-轮胎-斜交轮胎'") == [("斜交轮胎",)]


def test_masked_names_are_marked(spg):
    assert spg.sql('SELECT count(*), count(*) FILTER (masked) FROM "n_Firm"') == [(103, 103)]
    assert spg.sql('SELECT count(*) FROM "n_Person" WHERE NOT masked') == [(0,)]


def test_payments(spg, rows):
    found = spg.sql(
        'SELECT a.id, b.id, r.start, r.amount FROM "r_PAYS" r'
        " JOIN node a ON a.k = r.f JOIN node b ON b.k = r.t"
    )
    wanted = {
        (r["srcId"], r["dstId"], f"{r['transDate'][:4]}-{r['transDate'][4:6]}-{r['transDate'][6:]}",
         float(r["transAmt"]))
        for r in rows(spg.folder / "Company_fundTrans_Company.csv")
    }  # fmt: skip
    assert set(found) == wanted and len(found) == 19


def test_legal_representatives_are_found_by_the_firms_names(spg, rows):
    codes = {r["name"]: r["id"] for r in rows(spg.folder / "Company.csv")}
    wanted = {
        (codes[name], f"person:{r['id']}")
        for r in rows(spg.folder / "Person.csv")
        for name in r["legalRepresentative"].split(",")
    }
    assert spg.pairs("EMPLOYS") == wanted and len(wanted) == 67
    assert spg.sql('SELECT DISTINCT post FROM "r_EMPLOYS"') == [("法定代表人",)]


def test_the_event_and_whom_it_reaches(spg):
    assert spg.sql('SELECT name, indicator, trend FROM "n_Observation"') == [
        ("顺丁橡胶成本上涨", "价格", "上涨")
    ]
    ((_, subject),) = spg.pairs("OBSERVES")
    users = {f for f, t in spg.pairs("REQUIRES") if t == subject}
    assert "轮胎与橡胶-轮胎-斜交轮胎" in users
    makers = {f for f, t in spg.pairs("PROVIDES") if t == "轮胎与橡胶-轮胎-斜交轮胎"}
    assert "CSF0000002238" in makers
