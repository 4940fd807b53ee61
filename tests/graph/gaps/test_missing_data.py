"""Missing in the world or in the data: rows are taken out of the real files, and asked again."""

import csv
import re
import shutil
from collections import Counter

import pytest

from graph.gaps import run
from graph.record import Record
from graph.resources import copy_demo
from ingest import load
from ingest.discover import discover
from ingest.mapping import load_mapping

SUPPLY = (
    "missing-stage",
    "single-source",
    "concentrated",
    "thin-stage",
    "external",
    "mismatch",
    "chokepoint",
)
"""Measures that rest on who provides a link."""


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def without(path, column, gone):
    """Takes the rows out of a file that have one of `gone` in a column; how many there were."""
    every = rows(path)
    left = [row for row in every if row[column] not in gone]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, every[0].keys())
        writer.writeheader()
        writer.writerows(left)
    return len(every) - len(left)


def of(answer, measure):
    return {f.subject.id for f in answer.findings if f.measure == measure}


def silent(answer, measure):
    """The subjects of what a measure could not judge, None for the whole."""
    return {n.subject and n.subject.id for n in answer.not_assessed if n.measure == measure}


@pytest.fixture(scope="module")
def chip(shared_data, tmp_path_factory):
    """The answer on the chip chain without the providers of some of its links."""
    files, chosen = shared_data / "eto-supply-chain" / "v2022", load_mapping("eto")

    def answer(*links):
        folder = tmp_path_factory.mktemp("eto")
        shutil.copytree(files, folder / "in")
        gone = links or {r["provided_id"] for r in rows(files / "provision.csv")}
        assert without(folder / "in" / "provision.csv", "provided_id", gone)
        with Record.open(folder / "graph.duckdb", write=True) as record:
            load.ingest(record, discover([folder / "in"], chosen.source), mapping=chosen)
            return run(record.view(), home="CN", measures=SUPPLY, top=0, as_of="2026-11-24")

    return answer


def test_a_chip_chain_without_providers_has_no_gaps_but_lacks_data(chip):
    answer = chip()
    assert answer.findings == ()
    for measure in SUPPLY:
        mine = [n for n in answer.not_assessed if n.measure == measure]
        assert mine and all(n.reason == "insufficient_data" for n in mine), measure
        assert all(n.values["have"] == 0 < n.values["need"] for n in mine), measure
        assert any("PROVIDES" in n.missing for n in mine)
    links = [n for n in answer.not_assessed if n.measure == "missing-stage"]
    assert {"N31", "N69"} <= {n.subject.id for n in links}
    # a quarter of the links of the chain would have to name a provider
    need = {n.values["need"] for n in links}
    assert len(need) == 1 and 15 <= need.pop() <= 40


def test_a_chip_chain_without_the_providers_of_one_input_has_a_gap(chip, shared_data):
    files = shared_data / "eto-supply-chain" / "v2022"
    users = {r["input_id"] for r in rows(files / "sequence.csv") if r["goes_into_id"]}
    assert {"N31", "N26"} <= users
    answer = chip("N31")
    assert of(answer, "missing-stage") == {"N31"}
    assert not {"N31", None} & silent(answer, "missing-stage")
    for measure in ("chokepoint", "external", "concentrated"):
        assert of(answer, measure) and "N31" not in of(answer, measure)


def test_a_chip_chain_without_the_providers_of_one_stage_has_gaps_there(chip, shared_data):
    files = shared_data / "eto-supply-chain" / "v2022"
    third = {r["input_id"] for r in rows(files / "inputs.csv") if r["stage_id"] == "S3"}
    answer = chip("S3", *third)
    missing = of(answer, "missing-stage")
    assert missing and missing <= third | {"S3"}
    assert len(of(answer, "chokepoint")) > 40


CHAIN = "chain:hardware"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The answer on the demo without the providers of some links: only their file is read again."""
    folder = tmp_path_factory.mktemp("demo")
    data = copy_demo(folder / "data")
    file = data / "provides.csv"
    before = file.read_bytes()
    db = folder / "graph.duckdb"
    with Record.open(db, write=True) as record:
        load.ingest(record, discover([data], "demo"))

    def answer(*links, measures=SUPPLY):
        file.write_bytes(before)
        assert not links or without(file, "to", set(links))
        with Record.open(db, write=True) as record:
            load.ingest(record, discover([file], "demo"))
            return run(record.view(), home="CN", measures=measures, top=0, as_of="2024-12-31")

    answer.members = {r["from"] for r in rows(data / "part_of_chain.csv") if r["to"] == CHAIN}
    return answer


@pytest.fixture(scope="module")
def members(demo):
    """The links of one chain of the demo."""
    return demo.members


@pytest.fixture(scope="module")
def whole(demo):
    return demo()


def test_a_chain_without_providers_lacks_data_and_the_others_do_not(demo, whole, members):
    answer = demo(*members)
    for measure in SUPPLY:
        assert not of(answer, measure) & members
        assert of(answer, measure) or not of(whole, measure)
        before = of(whole, measure) & members
        assert not before or silent(answer, measure) & {CHAIN, *before}, measure
    text = next(n for n in answer.not_assessed if n.subject and n.subject.id == CHAIN).text
    assert "none names a provider" in text["en"] and "都没有供给者的数据" in text["zh"]


def test_a_link_without_providers_in_a_chain_that_names_them_is_missing(demo, whole, members):
    link = "product:servo-motor"
    assert link in members and link not in of(whole, "missing-stage")
    answer = demo(link)
    assert link in of(answer, "missing-stage") and CHAIN not in silent(answer, "single-source")
    assert link not in silent(answer, "missing-stage")


COUNTED = (
    *SUPPLY,
    "hand-off",
    "broker",
    "dependence",
    "isolated-island",
    "funding-hole",
    "policy-coverage",
    "policy-quality",
    "orphan",
    "stated",
)


def test_whatever_is_not_judged_says_how_much_would_be_enough(demo):
    """On the whole demo: how much there is, and how much would do, in numbers and in words."""
    answer = demo(measures=COUNTED)
    counted = Counter()
    for n in answer.not_assessed:
        if n.reason != "insufficient_data" or any(m.startswith("--") for m in n.missing):
            continue
        assert n.missing and "need" in n.values, (n.measure, n.text["en"])
        assert n.values["have"] < n.values["need"], (n.measure, n.text["en"])
        assert re.search(r"\d+%?;? [^()]*needed", n.text["en"]), n.text["en"]
        assert re.search(r"现有 \d+%?，至少需要 \d+", n.text["zh"]), n.text["zh"]
        counted[n.measure] += 1
    assert len(counted) >= 8
