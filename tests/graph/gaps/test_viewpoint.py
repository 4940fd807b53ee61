"""The same chain from several homes: what is outside, what is an advantage, what is needed there.

What is expected of the chip chain is worked out from the shares in its files, by the definition,
and from what every analyst of that chain knows; never from what the program says.
"""

import csv
from collections import defaultdict
from functools import cache

import pytest

from graph.errors import UsageError
from graph.gaps import run
from graph.record import Record
from graph.resources import copy_demo
from ingest import load
from ingest.discover import discover
from ingest.mapping import load_mapping

HOMES = {"CN": "CHN", "US": "USA", "JP": "JPN", "NL": "NLD"}
"""Homes, and what the files of the chip chain call them."""

EUV, IMMERSION, EDA, PHOTORESISTS, TRACKS, ETCHERS = "N20", "N22", "N69", "N31", "N32", "N50"


def rows(folder, name):
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def stated(shared_data):
    """Per input, the share of each country as the files state it; placeholders keep theirs."""
    folder = shared_data / "eto-supply-chain" / "v2022"
    kind = {r["provider_id"]: r["provider_type"] for r in rows(folder, "providers.csv")}
    shares = defaultdict(dict)
    for row in rows(folder, "provision.csv"):
        if kind[row["provider_id"]] == "country" and row["share_provided"]:
            share = float(row["share_provided"].strip("%")) / 100
            shares[row["provided_id"]][row["provider_name"]] = share
    return dict(shares)


@pytest.fixture(scope="module")
def names(shared_data):
    folder = shared_data / "eto-supply-chain" / "v2022"
    return {r["input_name"]: r["input_id"] for r in rows(folder, "inputs.csv")}


@pytest.fixture(scope="module")
def chip(shared_data, tmp_path_factory):
    chosen = load_mapping("eto")
    folder = shared_data / "eto-supply-chain" / "v2022"
    db = tmp_path_factory.mktemp("eto") / "graph.duckdb"
    with Record.open(db, write=True) as record:
        load.ingest(record, discover([folder], chosen.source), mapping=chosen)
        view = record.view()

        @cache
        def seen(home):
            measures = ["chokepoint", "external"]
            return run(view, home=home, measures=measures, top=0, as_of="2026-11-24")

        yield seen


def of(answer, measure):
    return {f.subject.id: f for f in answer.findings if f.measure == measure}


@pytest.mark.parametrize("home", HOMES)
def test_who_holds_a_link_decides_what_it_is(chip, stated, home):
    """Half of the shares at home: an advantage; half of them in other countries: a chokepoint."""
    found, compared = of(chip(home), "chokepoint"), 0
    for link, shares in stated.items():
        ours = shares.get(HOMES[home], 0.0)
        away = sum(v for place, v in shares.items() if place not in (HOMES[home], "Various"))
        # where the shares of countries come to less than 95%, those of firms fill the gap
        if sum(shares.values()) < 0.95 or link not in found or abs(ours - 0.5) < 0.03:
            continue
        view = "advantage" if ours >= 0.5 else "held-abroad" if away >= 0.5 else "key"
        assert found[link].values["view"] == view, (link, shares)
        compared += 1
    assert compared >= 25


@pytest.mark.parametrize("home", HOMES)
def test_an_advantage_is_listed_apart_and_is_no_weakness(chip, home):
    found = [f for f in chip(home).findings if f.measure == "chokepoint"]
    apart = [f.values["view"] == "advantage" for f in found]
    assert apart == sorted(apart) == [f.apart == "advantage" for f in found] and any(apart)
    for f in found:
        assert (f.severity == 0 and f.action == "延链") if f.apart else f.severity > 0
    assert found[-1].rank > found[0].rank == 1


def test_euv_scanners_are_an_advantage_of_the_netherlands_alone(chip):
    for link in (EUV, IMMERSION):
        seen = {home: of(chip(home), "chokepoint")[link] for home in HOMES}
        assert seen["NL"].values["view"] == "advantage" and seen["NL"].values["home_share"] > 0.9
        for home in ("CN", "US", "JP"):
            assert seen[home].values["view"] == "held-abroad" and seen[home].rank <= 10
    text = of(chip("NL"), "chokepoint")[EUV].text
    assert "优势环节（荷兰掌握）" in text["zh"] and "advantage held in Netherlands" in text["en"]
    assert "卡脖子环节（从中国看" in of(chip("CN"), "chokepoint")[EUV].text["zh"]


@pytest.mark.parametrize(
    ("name", "holder"),
    [
        ("Electronic design automation software", "US"),
        ("Logic chip design: Discrete GPUs", "US"),
        ("Plasma CVD tools", "US"),
        ("Resist processing tools", "JP"),
        ("Dicing tools", "JP"),
        ("Wafer", "JP"),
        ("Electron-beam lithography tools", "JP"),
        ("ArF scanners", "NL"),
    ],
)
def test_what_one_country_holds(chip, names, name, holder):
    for home in HOMES:
        view = of(chip(home), "chokepoint")[names[name]].values["view"]
        assert view == ("advantage" if home == holder else "held-abroad"), home


def test_what_comes_from_abroad_is_what_the_others_hold(chip, stated):
    for home, name in HOMES.items():
        found = of(chip(home), "external")
        for link, shares in stated.items():
            if link in found and "Various" not in shares and sum(shares.values()) > 0.97:
                abroad = sum(v for place, v in shares.items() if place != name)
                abroad /= max(sum(shares.values()), 1.0)
                assert found[link].severity == pytest.approx(abroad, abs=0.01)
        assert all(f.id.endswith(f"@home={home}") for f in found.values())
    assert EUV not in of(chip("NL"), "external") and EUV in of(chip("JP"), "external")


def test_two_homes_make_two_lists(chip):
    lists = {
        home: [f.subject.id for f in chip(home).findings if f.measure == "chokepoint"]
        for home in HOMES
    }
    assert len({tuple(some) for some in lists.values()}) == len(HOMES)
    assert len({f.id for home in HOMES for f in chip(home).findings}) == sum(
        len(chip(home).findings) for home in HOMES
    )


@pytest.mark.parametrize(("name", "home"), [("荷兰", "NL"), ("Netherlands", "NL"), ("NLD", "NL")])
def test_home_by_name(chip, name, home):
    mine, same = chip(name), chip(home)
    assert [f.id for f in mine.findings] == [f.id for f in same.findings]
    assert [f.text for f in mine.findings] == [f.text for f in same.findings]


DISTRICT = "沟渠区"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    with Record.open(folder / "graph.duckdb", write=True) as record:
        load.ingest(record, discover([copy_demo(folder / "data")], "demo"))
        view = record.view()

        @cache
        def seen(*measures, **places):
            return run(view, measures=measures, top=0, as_of="2024-12-31", **places)

        yield seen


@pytest.fixture(scope="module")
def located(tmp_path_factory):
    """Who sits in the district or in what is part of it, and who provides what, from the tables."""
    data = copy_demo(tmp_path_factory.mktemp("tables") / "data")
    inside = {r["id"] for r in rows(data, "region.csv") if DISTRICT in r["name"]}
    parts = [(r["from"], r["to"]) for r in rows(data, "part_of.csv")]
    while more := {f for f, t in parts if t in inside} - inside:
        inside |= more
    here = {r["from"] for r in rows(data, "located_in.csv") if r["to"] in inside}
    provides = defaultdict(set)
    for row in rows(data, "provides.csv"):
        if row["planned"] != "true":
            provides[row["to"]].add(row["from"])
    needs = {r["to"] for r in rows(data, "needs.csv") if r["from"] in here | inside}
    return here, provides, needs


def test_a_region_needs_what_its_own_need_and_nobody_there_makes(demo, located):
    here, provides, needs = located
    found = of(demo("mismatch", region=DISTRICT), "mismatch")
    assert found
    for link, f in found.items():
        assert not provides[link] & here and provides[link]
        assert link in needs or f.values["required_by"] > 0
        assert {c["id"] for c in f.candidates} <= here


def test_a_stage_is_missing_in_a_region_that_has_it_elsewhere(demo, located):
    here, provides, _ = located
    whole = of(demo("missing-stage"), "missing-stage")
    there = of(demo("missing-stage", region=DISTRICT), "missing-stage")
    assert whole.keys() < there.keys()
    for link in there.keys() - whole.keys():
        assert not provides[link] & here
        assert DISTRICT in there[link].text["zh"] and "@region=" in there[link].id


def test_bands_of_supply_grow_from_the_district_to_the_country(demo):
    abroad = of(demo("external", home="CN"), "external")
    near = of(demo("external", home="CN", region=DISTRICT), "external")
    assert abroad.keys() == near.keys()
    for link, f in near.items():
        assert f.severity == abroad[link].severity
        assert sum(f.values["bands"].values()) == pytest.approx(1)
    assert any(f.values["bands"]["region"] > 0 for f in near.values())


def test_a_district_as_home(demo, located):
    here, provides, _ = located
    seen = of(demo("chokepoint", home=DISTRICT), "chokepoint")
    views = {f.values["view"] for f in seen.values()}
    assert "held-abroad" in views
    for link, f in seen.items():
        if f.values["view"] == "advantage" and "inherited_from" not in f.values:
            assert provides[link] & here
    text = next(f for f in seen.values() if f.values["view"] == "held-abroad").text
    assert DISTRICT in text["zh"] and "Gouqu" in text["en"]
    english = of(demo("chokepoint", home="Gouqu District"), "chokepoint")
    assert [f.id for f in english.values()] == [f.id for f in seen.values()]


def test_a_district_as_home_depends_on_what_comes_from_outside_its_country(demo):
    country = of(demo("external", home="CN"), "external")
    district = of(demo("external", home=DISTRICT), "external")
    around = of(demo("external", home="CN", region=DISTRICT), "external")
    assert district.keys() == country.keys()
    for link, f in district.items():
        assert f.values == around[link].values and "@home=region" in f.id
        home = sum(share for band, share in f.values["bands"].items() if band not in APART)
        assert f"国内供给 {home:.0%}" in f.text["zh"] and "中国以外" in f.text["zh"]


APART = ("abroad", "unknown")


@pytest.mark.parametrize("measure", ["hand-off", "funding-hole"])
def test_units_and_firms_of_a_region(demo, measure):
    whole, there = demo(measure), demo(measure, region=DISTRICT)
    assert all("@region=" in f.id and DISTRICT in f.text["zh"] for f in there.findings)
    assert not any("@region=" in f.id for f in whole.findings)
    assert of(whole, measure).keys() != of(there, measure).keys() or [
        f.values for f in whole.findings
    ] != [f.values for f in there.findings]


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ({"home": "沟渠"}, "沟渠区 (Gouqu District)"),
        ({"region": "Gouqu Distrct"}, "沟渠区 (Gouqu District)"),
        ({"home": "Frnace"}, "法国 (France)"),
        ({"home": "Chine"}, "中国 (China)"),
    ],
)
def test_a_place_that_is_not_known_suggests_the_nearest(demo, asked, near):
    with pytest.raises(UsageError) as error:
        demo("external", **asked)
    assert near in error.value.text("zh") and near in error.value.text("en")


def test_where_nothing_is_near_nothing_is_suggested(demo):
    with pytest.raises(UsageError) as error:
        demo("external", home="xqzzyvv")
    assert "—" not in error.value.text("en") and "Near it" not in error.value.text("en")
    assert "相近的有" not in error.value.text("zh")
