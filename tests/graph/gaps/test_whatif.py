"""What is lost when things are removed, and what could stand in."""

import pytest

from graph.errors import UsageError
from graph.gaps.whatif import whatif

DAY = "2026-01-01"


def ask(view, *remove, **options):
    options.setdefault("as_of", DAY)
    return whatif(view, list(remove), **options)


def ids(rows, key="subject"):
    return [getattr(row, key).id for row in rows]


def chips(toy):
    """A chip needs a resist of two makers and a wafer of one; a phone needs the chip."""
    view = toy().add("Product", "phone", "chip", "resist", "wafer")
    view.link("REQUIRES", "phone", "chip").link("REQUIRES", "chip", "resist", "wafer")
    view.supply("phone", Handy=None).supply("chip", Fab=None)
    return view.supply("resist", JSR=0.7, TOK=0.3).supply("wafer", SUMCO=1.0)


def test_a_firm_takes_its_share_along(toy):
    said = ask(chips(toy), "JSR")
    (hit,) = said.links
    assert (hit.link.id, hit.lost, hit.providers_left) == ("resist", 0.7, 1)
    assert hit.left == pytest.approx(0.3) and hit.users == 1
    assert [(p.subject.id, p.share) for p in hit.providers] == [("JSR", 0.7)]
    assert (said.output_lost, said.share_lost) == (0.0, pytest.approx(0.7))
    assert [(a.subject.id, a.left, a.lost, a.steps) for a in said.outputs] == [
        ("phone", pytest.approx(0.3), False, 2)
    ]
    assert [(a.subject.id, a.steps) for a in said.further] == [("chip", 1)]
    assert [(e.subject.id, e.link.id, e.steps) for e in said.exposed] == [
        ("Fab", "chip", 1),
        ("Handy", "phone", 2),
    ]


def test_several_at_once_are_lost_together(toy):
    view = chips(toy)
    said = ask(view, "JSR", "TOK")
    assert (said.output_lost, said.share_lost) == (1.0, 1.0)
    assert said.counts["links_lost"] == 3 and said.counts["outputs_lost"] == 1
    assert [r.asked for r in said.removed] == ["JSR", "TOK"]
    assert ask(view, "JSR", "JSR").removed == ask(view, "JSR").removed


def test_a_link_goes_with_its_kinds_and_parts(toy):
    view = chips(toy).add("Product", "EUV resist", "dry EUV resist")
    view.link("VARIANT_OF", "EUV resist", "resist").link(
        "VARIANT_OF", "dry EUV resist", "EUV resist"
    )
    view.supply("EUV resist", Inpria=None)
    said = ask(view, "resist")
    assert said.share_lost == 1.0 and said.removed[0].kind == "link"
    assert {hit.link.id for hit in said.links} == {"resist", "EUV resist", "dry EUV resist"}
    assert {p.subject.id for hit in said.links for p in hit.providers} == {"JSR", "TOK", "Inpria"}
    assert ("missing-stage", "resist") not in [(c.measure, c.subject.id) for c in said.worse]
    assert ("missing-stage", "resist") in [(c.measure, c.subject.id) for c in said.opened]


def test_a_country_goes_with_all_that_sits_in_it_and_what_is_stated_of_it(toy):
    view = chips(toy).add("Region", "JP", level="国家").add("Region", "Aichi", "US")
    view.link("PART_OF", "Aichi", "JP").link("LOCATED_IN", "JSR", "Aichi")
    view.link("LOCATED_IN", "TOK", "US").link("LOCATED_IN", "TOK", "Aichi", kind="分支")
    view.state("wafer", JP=0.6, US=0.4)
    said = ask(view, "Japan")
    lost = {hit.link.id: hit.lost for hit in said.links}
    assert lost == {"resist": pytest.approx(0.7), "wafer": pytest.approx(0.6)}
    assert said.removed[0].subject.id == "JP" and said.removed[0].kind == "place"
    assert ask(view, "Aichi").counts["links_hit"] == 1
    assert ask(view, "JSR", "US").links[0].lost == 1.0


def test_what_is_stated_of_a_country_and_what_its_firms_hold_is_not_lost_twice(toy):
    view = toy().add("Product", "chip", "wafer").link("REQUIRES", "chip", "wafer")
    view.supply("wafer", SUMCO=0.4, Siltronic=0.2, Globe=0.3).state("wafer", JP=0.5, DE=0.25)
    view.located(SUMCO="JP", Siltronic="DE")
    assert ask(view, "JP").links[0].lost == pytest.approx(0.5)  # of firms 0.4, as stated 0.5
    assert ask(view, "JP", "SUMCO").links[0].lost == pytest.approx(0.5)
    assert ask(view, "JP", "Globe").links[0].lost == pytest.approx(0.8)  # another one elsewhere
    assert ask(view, "SUMCO").links[0].lost == pytest.approx(0.4)


def test_an_event_stands_for_what_it_is_about(toy):
    view = chips(toy).add("Observation", "price rise", indicator="价格", trend="上涨")
    said = ask(view.link("OBSERVES", "price rise", "resist"), "price rise")
    assert said.removed[0].subject.id == "price rise" and said.share_lost == 1.0
    assert ids(said.links, "link") == ["resist"]


def test_an_investor_goes_with_the_funds_that_it_alone_manages(toy):
    view = chips(toy).add("Investor", "A", "B").add("Fund", "A1", "AB")
    view.add("FundingRound", "seed", round="种子", date="2020")
    view.link("MANAGES", "A", "A1", "AB").link("MANAGES", "B", "AB")
    view.link("INVESTS_IN", "A1", "JSR").link("INVESTS_IN", "AB", "JSR").link(
        "INVESTS_IN", "A", "TOK"
    )
    view.link("RAISED", "Fab", "seed").link("PARTICIPATES_IN_ROUND", "A", "seed")
    view.link("PARTICIPATES_IN_ROUND", "B", "seed")
    said = ask(view, "A")
    assert said.counts["removed"] == 2
    rows = {loss.subject.id: (ids_of(loss.lost), loss.left) for loss in said.capital}
    assert rows == {"TOK": (["A"], 0), "JSR": (["A1"], 1), "Fab": (["A"], 1)}
    assert said.capital[0].subject.id == "TOK"  # nobody left comes first
    assert [(c.link.id, c.lost, c.ties) for c in said.capital_of_links] == [
        ("resist", 2, 3),
        ("chip", 1, 2),
    ]
    assert ask(view, "A", "B").counts["removed"] == 4


def ids_of(subjects):
    return [s.id for s in subjects]


def test_a_platform_leaves_its_clients(toy):
    view = chips(toy).add("PilotTestPlatform", "P", "Q").add("Region", "town", level="市")
    view.link("PROVIDES_SERVICE_TO", "P", "JSR", "TOK").link("PROVIDES_SERVICE_TO", "Q", "TOK")
    view.link("PROVIDES", "P", "chip").link("LOCATED_IN", "P", "town").link(
        "LOCATED_IN", "Q", "town"
    )
    said = ask(view, "P")
    assert [(t.subject.id, t.relation, ids_of(t.lost), t.left) for t in said.services] == [
        ("JSR", "PROVIDES_SERVICE_TO", ["P"], 0),
        ("TOK", "PROVIDES_SERVICE_TO", ["P"], 1),
    ]
    assert said.links[0].link.id == "chip" and said.links[0].lost == 0.5
    assert [(p.subject.id, p.why["same_city"]) for p in said.partners] == [("Q", True)]


def test_a_policy_leaves_links_that_no_other_covers(toy):
    view = (
        chips(toy).add("Policy", "one", "two", status="施行").add("Policy", "draft", status="拟定")
    )
    view.link("TARGETS", "one", "resist", "wafer").link("TARGETS", "two", "wafer")
    said = ask(view.link("TARGETS", "draft", "resist"), "one")
    assert [(p.subject.id, ids_of(p.policies), p.covered) for p in said.policies] == [
        ("resist", ["one"], False),
        ("wafer", ["one"], True),
    ]
    assert said.counts["links_without_policy"] == 1
    assert ("policy-coverage", "resist") in [(c.measure, c.subject.id) for c in said.opened]
    assert not said.links and said.share_lost == 0.0
    assert not ask(view, "draft").policies


def test_those_who_stay_can_grow_by_what_they_can_spare(toy):
    said = ask(chips(toy), "JSR", settings={"whatif.spare": 0.5})
    by = {r.kind: r for r in said.recovery}
    assert by["none"].share_lost == pytest.approx(0.7)
    assert by["provider"].share_lost == pytest.approx(0.55)  # of 0.3 they give half as much again
    assert by["provider"].taken_back == pytest.approx(0.15 / 0.7)
    (stand_in,) = said.stand_in
    first = stand_in.candidates[0]
    assert (first.kind, first.subject.id, first.share) == ("provider", "TOK", pytest.approx(0.15))
    assert by["all"].share_lost <= by["provider"].share_lost


def test_an_alternative_gives_more(toy):
    view = toy().add("Product", "car", "petrol", "battery").supply("car", Maker=None)
    view.link("REQUIRES", "car", "petrol", "battery", group="drive")
    view.supply("petrol", Shell=None).supply("battery", CATL=None)
    said = ask(view, "Shell", settings={"whatif.spare": 0.5, "whatif.entrant": 0})
    by = {r.kind: r.share_lost for r in said.recovery}
    assert by["none"] == pytest.approx(0.5) and by["alternative"] == pytest.approx(0.25)
    assert by["provider"] == by["newcomer"] == by["none"]
    kinds = [(c.kind, c.subject.id) for c in said.stand_in[0].candidates]
    assert ("alternative", "battery") in kinds


def test_makers_of_another_kind_turn_part_of_their_spare_supply_to_it(toy):
    view = toy().add("Product", "chip", "resist", "ArF", "KrF").link("REQUIRES", "chip", "ArF")
    view.link("VARIANT_OF", "ArF", "resist").link("VARIANT_OF", "KrF", "resist")
    view.supply("ArF", JSR=None).supply("KrF", TOK=None).supply("chip", Fab=None)
    said = ask(view, "JSR", settings={"whatif.spare": 0.4, "whatif.entrant": 0})
    by = {r.kind: r.share_lost for r in said.recovery}
    # 0.2 of ArF, half of 0.4 (chokepoint.substitute): 0.2 of the chip, (0.2 + 1) / 2 of resists
    assert by["none"] == pytest.approx((1 + 0.5) / 2)
    assert by["variant"] == pytest.approx((0.8 + 0.4) / 2)
    first = said.stand_in[0].candidates[0]
    assert (first.kind, first.subject.id) == ("variant", "KrF")


def test_who_is_near_could_come_in_and_nobody_from_abroad(toy):
    view = toy().add("Product", "chip", "ArF", "KrF", "glue").link("REQUIRES", "chip", "ArF")
    view.supply("ArF", JSR=0.5, Old=0.5).supply("KrF", JSR=None, Near=None, Far=None)
    view.supply("glue", Other=None).located(JSR="JP", Near="CN", Far="JP", Other="CN", Old="JP")
    said = ask(view, "JSR", home="CN")
    news = [c for c in said.stand_in[0].candidates if c.kind == "newcomer"]
    assert [c.subject.id for c in news] == ["Near"]
    assert news[0].why["provides"].id == "KrF" and news[0].why["density"] == 1.0
    assert news[0].abroad is False
    olds = [c for c in said.stand_in[0].candidates if c.kind == "provider"]
    assert [(c.subject.id, c.abroad) for c in olds] == [("Old", True)]
    by = {r.kind: r.share_lost for r in said.recovery}
    assert by["provider"] == pytest.approx(0.5 - 0.5 * 0.33)  # Old, abroad
    assert by["at-home"] == by["newcomer"] == pytest.approx(0.4)
    assert by["all"] < by["at-home"]
    assert "at-home" not in {r.kind for r in ask(view, "JSR").recovery}
    everywhere = ask(view, "JSR").stand_in[0].candidates
    assert {c.subject.id for c in everywhere if c.kind == "newcomer"} == {"Near", "Far"}


def test_in_a_region_those_elsewhere_can_bring_it_in(toy):
    view = chips(toy).add("Region", "here", "there")
    for firm in ("JSR", "SUMCO", "Fab", "Handy"):
        view.link("LOCATED_IN", firm, "here")
    said = ask(view.link("LOCATED_IN", "TOK", "there"), "JSR", region="here")
    assert said.links[0].lost == 1.0  # of what is supplied here
    kinds = [(c.kind, c.subject.id) for c in said.stand_in[0].candidates]
    assert ("elsewhere", "TOK") in kinds
    by = {r.kind: r.share_lost for r in said.recovery}
    assert by["elsewhere"] < by["none"]
    gone = ask(view, "here", region="here")
    assert [note["key"] for note in gone.notes] == ["whatif.no-region"]


def test_what_is_not_known_names_what_is_near(toy):
    with pytest.raises(UsageError):
        ask(chips(toy))
    view = chips(toy)
    with pytest.raises(UsageError):
        ask(view, "JSR", region="nowhere")


def test_rings_are_said(toy):
    view = toy().add("Product", "out", "a", "b").link("REQUIRES", "out", "a")
    view.link("REQUIRES", "a", "b").link("REQUIRES", "b", "a").supply("b", Firm=None)
    said = ask(view, "Firm")
    assert said.counts["links_in_cycles"] == 2 and said.share_lost == 1.0


def test_a_record_that_is_too_large_is_not_searched_for_findings(toy):
    said = ask(chips(toy), "JSR", settings={"whatif.rows": 0})
    assert [note["key"] for note in said.notes] == ["whatif.too-large"]
    assert "opened" not in said.counts and not said.opened and said.share_lost > 0


def test_a_finding_that_gets_worse_is_told_with_both_numbers(toy):
    view = toy().add("Product", "car", "steel").link("REQUIRES", "car", "steel")
    said = ask(view.supply("steel", A=None, B=None, C=None), "C")
    worse = {(c.measure, c.subject.id): (c.before, c.after) for c in said.worse}
    before, after = worse["chokepoint", "steel"]
    assert 0 < before < after
    (thin,) = [c for c in said.opened if c.measure == "thin-stage"]
    assert (thin.subject.id, thin.before, thin.after) == ("steel", None, 0.5)
    assert "steel" in thin.text["en"] and thin.id == "thin-stage:steel"
    assert (said.counts["opened"], said.counts["worse"]) == (len(said.opened), len(said.worse))


def test_it_reads_and_leaves_the_record_as_it_is(toy):
    view = chips(toy)
    rows = view.con.execute('SELECT count(*) FROM "r_PROVIDES"').fetchall()
    one, other = ask(view, "JSR").to_dict(), ask(view, "JSR").to_dict()
    assert one == other
    assert view.con.execute('SELECT count(*) FROM "r_PROVIDES"').fetchall() == rows
    assert one["links"][0]["link"]["id"] == "resist" and one["configuration"]["remove"] == ["JSR"]


def test_what_nobody_makes_is_no_alternative(toy):
    view = toy().add("Product", "screen", "film", "glass").supply("screen", Maker=None)
    view.link("REQUIRES", "screen", "film", "glass", group="cover").supply("film", Filmer=None)
    assert ask(view, "Filmer").output_lost == 1.0
