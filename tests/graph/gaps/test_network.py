"""What a network reads of a view: who is an actor, where it sits, what it supplies."""

import pytest

from graph.gaps.runner import LIVE_STATUS
from graph.gaps.settings import Settings
from graph.network import Network
from graph.network.countries import country_code


def network(view, as_of="2026-06-30"):
    rates = Settings().rates()
    return Network.of(view, as_of=as_of, live_status=LIVE_STATUS, rates=rates)


@pytest.mark.parametrize("name", ["CN", "CHN", "中国", "China", " ｃｈｎ ", "中华人民共和国"])
def test_one_country_by_many_names(name):
    assert country_code(name) == "CN"


def test_countries_by_code_name_or_level(toy):
    view = toy().add("Region", "r1", name="Holland", iso_code="NL").add("Region", "r2", name="日本")
    view.add("Region", "r3", name="Freedonia", level="国家").add("Region", "r4", name="成都")
    view.add("Region", "r5", name="Various", level="国家").add(
        "Region", "r6", name="China", level="市"
    )
    places = network(view).places
    assert places.countries == ["JP", "NL", "r3"]
    assert places.is_country.tolist() == [True, True, True, False, False, False]
    assert places.placeholder.tolist() == [False] * 4 + [True, False]
    assert places.find_country("荷兰") == 1 and places.find_country("成都") is None


def test_where_an_actor_sits(toy):
    view = toy().add("Region", "CN", level="国家").add("Region", "四川", level="省")
    view.add("Region", "成都", "绵阳", level="市").link("PART_OF", "四川", "CN")
    view.link("PART_OF", "成都", "四川").link("PART_OF", "绵阳", "四川").add("Product", "A")
    view.supply("A", a=None, b=None, c=None, d=None)
    view.link("LOCATED_IN", "a", "四川").link("LOCATED_IN", "a", "成都")  # the nearest one
    view.link("LOCATED_IN", "b", "绵阳", kind="分支").link("LOCATED_IN", "b", "四川", kind="注册")
    view.link("LOCATED_IN", "c", "成都", end="2020").link("LOCATED_IN", "c", "绵阳")
    net = network(view)
    names = [None if r < 0 else net.places.ids[r] for r in net.places.region_of]
    assert names == ["成都", "四川", "绵阳", None]
    assert [net.places.countries[c] if c >= 0 else None for c in net.places.country_of] == [
        "CN",
        "CN",
        "CN",
        None,
    ]


def test_regions_in_a_ring_end(toy):
    view = toy().add("Region", "x", "y").link("PART_OF", "x", "y").link("PART_OF", "y", "x")
    assert network(view).places.within == [(0, 1), (1, 0)]


def test_dates_hold_as_precisely_as_they_are_given(toy):
    view = toy().add("Product", "A").add("Firm", *"abcdef")
    for firm, dates in zip(
        "abcdef",
        (
            {"until": "2026"},
            {"until": "2026-06"},
            {"until": "2026-06-29"},
            {"since": "2026-06-30"},
            {"since": "2026-07"},
            {"until": "2025"},
        ),
        strict=True,
    ):
        view.link("PROVIDES", firm, "A", **dates)
    assert network(view).supply.who.tolist() == [0, 1, 3]


def test_parallel_rows_of_one_start_add_up(toy):
    view = toy().add("Product", "A").add("Firm", "a")
    view.link("PROVIDES", "a", "A", share=0.2, eid="north").link(
        "PROVIDES", "a", "A", share=0.3, eid="south"
    )
    net = network(view)
    assert net.supply.share.tolist() == [0.5] and len(net.supply) == 1


def test_ways_to_write_a_placeholder(toy):
    view = toy().add("Product", "A")
    for i, name in enumerate((" Various  Companies", "其他", "ＯＴＨＥＲＳ", "华为")):
        view.add("Firm", f"f{i}", name=name).link("PROVIDES", f"f{i}", "A")
    assert network(view).placeholder.tolist() == [True, True, True, False]


def test_market_sizes(toy):
    view = toy().add("Product", "A", market_size=2e9, market_size_currency="CNY")
    view.add("Product", "B", market_size_min=1e9, market_size_max=3e9)
    view.add("Product", "C", market_size_min=1e9, market_size_currency="EUR")
    view.add("Product", "D", market_size=1e9, market_size_currency="XXX").add("Product", "E")
    size = network(view).size
    assert size[:3].tolist() == pytest.approx([0.28e9, 2e9, 1.1e9])
    assert str(size[3:].tolist()) == "[nan, nan]"


def test_a_thinned_network_is_the_same_for_the_same_seed(toy):
    view = toy().add("Product", *"ABCDEFGH")
    for link in "ABCDEFGH":
        view.supply(link, **{f"f{i}": None for i in range(20)})
    net = network(view)
    one, other = net.thinned(0.1, (1, 2)), net.thinned(0.1, (1, 2))
    assert one.supply.who.tolist() == other.supply.who.tolist()
    assert len(one.supply) == pytest.approx(144, abs=20)
    assert net.thinned(0.1, (1, 3)).supply.who.tolist() != one.supply.who.tolist()
