"""Real chains: the links that experts call chokepoints come first, traps and recipes do not.

The descriptions of the chip chain are not read: what is found comes from structure and numbers.
"""

import csv
from dataclasses import replace

import numpy as np
import pytest

from graph.gaps import run
from graph.gaps.chokepoint import scored
from graph.gaps.method import Ask
from graph.gaps.runner import LIVE_STATUS
from graph.gaps.settings import Settings
from graph.network import Network
from graph.record import Record
from ingest import load
from ingest.discover import discover
from ingest.mapping import load_mapping

RECIPES = (
    "鸡蛋",
    "面粉",
    "豆腐",
    "牛肉",
    "猪肉",
    "白糖",
    "冰糖",
    "大米",
    "糯米",
    "味精",
    "酱油",
    "料酒",
    "生姜",
    "葱",
    "海鲜",
    "文蛤",
    "鸭肠",
)


def ingested(folder, mapping, db):
    chosen = load_mapping(mapping)
    with Record.open(db, write=True) as record:
        load.ingest(record, discover([folder], chosen.source), mapping=chosen)
    return db


class Key:
    """The answer key of one vintage, and how a ranking fares against it."""

    def __init__(self, path):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        self.tier = {r["input_id"]: r["tier"][:1] for r in rows}
        self.not_one = {r["input_id"] for r in rows if r["label"] == "not_chokepoint"}

    def count(self, ranking, top, tier):
        return sum(self.tier.get(i) == tier for i in ranking[:top])

    def negatives(self, ranking, top):
        return sum(i in self.not_one for i in ranking[:top])

    def average_precision(self, ranking):
        """Of tier A, with tier B left out of the list."""
        hits, total = 0, 0.0
        for place, link in enumerate((i for i in ranking if self.tier.get(i) != "B"), 1):
            if self.tier.get(link) == "A":
                hits += 1
                total += hits / place
        return total / sum(t == "A" for t in self.tier.values())


@pytest.fixture(scope="module")
def chip(shared_data, tmp_path_factory):
    db = tmp_path_factory.mktemp("eto") / "graph.duckdb"
    return ingested(shared_data / "eto-supply-chain" / "v2022", "eto", db)


@pytest.fixture(scope="module")
def key(shared_data):
    return Key(shared_data / "eto-supply-chain" / "known_chokepoints.csv")


@pytest.fixture(scope="module")
def found(chip):
    with Record.open(chip) as record:
        return run(record.view(), top=0, as_of="2026-11-24")


def ranking(found, measure="chokepoint"):
    return [f.subject.id for f in found.findings if f.measure == measure]


def test_the_chip_chain_of_2022(found, key):
    links = ranking(found)
    assert sum(t == "A" for t in key.tier.values()) == 13 and len(key.not_one) == 15
    assert key.count(links, 20, "A") >= 11
    assert key.count(links, 20, "C") <= 1
    assert key.negatives(links, 30) == 0
    assert key.average_precision(links) >= 0.9


def test_it_holds_when_a_tenth_of_the_provision_is_lost(chip, key):
    with Record.open(chip) as record:
        view = record.view()
        rates = Settings().rates()
        net = Network.of(view, as_of="2026-11-24", live_status=LIVE_STATUS, rates=rates)
        ids = dict(view.con.execute("SELECT k, id FROM node").fetchall())
        rng = np.random.default_rng(2022)
        hits, traps, precision = [], [], []
        for _ in range(50):
            thin = replace(
                net,
                supply=net.supply.keep(rng.random(len(net.supply)) >= 0.1),
                stated=net.stated.keep(rng.random(len(net.stated)) >= 0.1),
            )
            score = scored(thin, Ask(Settings())).score
            order = np.argsort(-np.nan_to_num(score), kind="stable")
            links = [ids[k] for k in net.links[order[~np.isnan(score[order])]].tolist()]
            hits.append(key.count(links, 20, "A"))
            traps.append(key.count(links, 20, "C"))
            precision.append(key.average_precision(links))
    assert np.mean(hits) >= 10.5 and min(hits) >= 8
    assert np.mean(traps) <= 1.5 and np.mean(precision) >= 0.85


def test_top_share_alone_would_not_do(chip, key):
    """What the measure is worth: ranking by the top share finds fewer and all the traps."""
    with Record.open(chip) as record:
        rows = (
            record.view()
            .con.execute(
                'SELECT n.id FROM "r_PROVIDES" p JOIN node n ON n.k = p.t'
                " GROUP BY n.id ORDER BY coalesce(max(p.share), 0) DESC, n.id"
            )
            .fetchall()
        )
    links = [link for (link,) in rows]
    assert key.count(links, 20, "A") <= 6 and key.count(links, 20, "C") >= 5


def test_what_the_other_measures_say_of_the_chip_chain(found):
    single = [f for f in found.findings if f.measure == "single-source"]
    assert {f.subject.id for f in single} == {"N20", "N30"}
    assert single[0].impact["on"] == [] and single[0].impact["reduced"] == ["N99"]
    assert single[0].impact["share_lost"] == pytest.approx(0.911, abs=1e-3)  # all that ASML makes
    by_country = {
        f.subject.id: f.values["hhi"]
        for f in found.findings
        if f.measure == "concentrated" and f.values["level"] == "country"
    }
    assert by_country["N20"] == 1.0
    assert by_country["N22"] == pytest.approx(0.91**2 + 0.09**2)
    assert "N99" not in ranking(found, "missing-stage")
    process = {n.subject.id for n in found.not_assessed if n.measure == "missing-stage"}
    assert "N25" in process  # its providers are named for the whole stage S2 alone


def test_evidence_leads_to_the_file_and_line(found, shared_data):
    lines = (shared_data / "eto-supply-chain/v2022/provision.csv").read_text("utf-8").splitlines()
    scanner = next(f for f in found.findings if f.id == "chokepoint:N20")
    assert scanner.evidence
    for said in scanner.evidence:
        assert said.file == "provision.csv" and ",N20," in lines[said.line - 1]


def test_seen_from_china(chip):
    with Record.open(chip) as record:
        found = run(record.view(), home="CN", measures=["chokepoint", "external"], top=40)
    links = {f.subject.id: f for f in found.findings if f.measure == "chokepoint"}
    assert links["N20"].values["view"] == "held-abroad"
    assert links["N77"].values["view"] == "advantage"  # 98% of it is made in China
    abroad = {f.subject.id: f.severity for f in found.findings if f.measure == "external"}
    assert abroad["N20"] == 1.0 and "N77" not in abroad


@pytest.mark.slow
def test_a_share_firms_hang_on_no_recipe(shared_data, tmp_path):
    db = ingested(shared_data / "chain-knowledge-graph", "chain-knowledge-graph", tmp_path / "a.db")
    with Record.open(db) as record:
        found = run(record.view(), measures=["chokepoint", "concentrated"])
    names = [f.subject.name["zh"] for f in found.findings if f.measure == "chokepoint"]
    assert len(names) == 20
    assert not [n for n in names if any(dish in n for dish in RECIPES)]
    assert {"煤", "焦煤", "石墨"} <= set(names)
    # a product's part in a firm's sales is no share of the market: nothing is concentrated
    assert not [f for f in found.findings if f.measure == "concentrated"]


def test_the_rubber_chain(shared_data, tmp_path):
    db = ingested(shared_data / "openspg-supplychain", "openspg-supplychain", tmp_path / "s.db")
    with Record.open(db) as record:
        found = run(record.view(), top=0)
    links = {f.subject.id: f for f in found.findings if f.measure == "chokepoint"}
    rubber = links["商品化工-橡胶-合成橡胶-顺丁橡胶"]
    tyre = "轮胎与橡胶-轮胎-斜交轮胎"
    assert rubber.values["holders"] == 3 and rubber.values["hhi_actor"] == pytest.approx(1 / 3)
    lost = [*rubber.impact["on"], *rubber.impact["reduced"]]
    assert lost and rubber.impact["links_lost"] > 1
    assert tyre in {f.subject.id for f in found.findings}
