"""New relations: what they take away, who is nearest to making them, and from where."""

import pytest

from graph import gaps
from graph.errors import UsageError
from graph.gaps.repair import repair

DAY = "2026-01-01"
QUICK = {"stability.draws": 0, "stability.draws_min": 0}


def ask(view, *measures, **options):
    return repair(view, measures=measures or None, as_of=DAY, **options)


def severities(view, measure, **options):
    found = gaps.run(view, measures=[measure], top=0, as_of=DAY, settings=QUICK, **options)
    return {f.id: f.severity for f in found.findings}


def who(one):
    return [c.subject and c.subject.id for c in one.candidates]


def of(found, about):
    (one,) = [one for one in found.repairs if one.about.id == about]
    return one


def chain(toy):
    """A chip of three inputs: one that nobody makes, one of one maker, one of several."""
    view = toy().add("Product", "chip", "lens", "glass", "laser", "mirror")
    view.link("REQUIRES", "chip", "lens", "glass", "laser").supply("chip", Fab=None)
    view.supply("glass", Solo=0.97).supply("laser", A=0.6, B=0.3, C=0.1)
    view.supply("mirror", A=0.5, Solo=0.5)
    return view.add("Product", "gas").link("REQUIRES", "laser", "gas").supply("gas", C=None, D=None)


def test_a_missing_stage_gets_a_provider(toy):
    (one,) = ask(chain(toy), "missing-stage").repairs
    assert (one.relation, one.object.id, one.about.id) == ("PROVIDES", "lens", "lens")
    assert one.before > 0.5 and one.after == 0.0 and one.taken == one.before
    assert ("single-source", 0.0, 1.0) in [(e.measure, e.before, e.after) for e in one.also]
    assert one.finding == "missing-stage:lens" and one.rank == 1


def test_a_plan_is_nearest_and_then_who_makes_what_is_near(toy):
    view = (
        chain(toy).add("Firm", "Planner", "Lab").link("PROVIDES", "Planner", "lens", planned=True)
    )
    view.link("DEVELOPS", "Lab", "lens").link("PROVIDES", "Lab", "chip")
    (one,) = ask(view, "missing-stage").repairs
    assert set(who(one)[:2]) == {"Planner", "Lab"}
    assert [c.why.get("plans") for c in one.candidates] == [True, True, None]


def test_a_second_source_takes_its_share(toy):
    view = chain(toy)
    one = of(ask(view, "single-source", settings={"repair.share": 0.1}), "glass")
    assert (one.object.id, one.share, one.after) == ("glass", 0.1, 0.0)
    assert one.candidates[0].subject.id == "A"  # it makes the mirror, as the glass maker does
    assert one.candidates[0].why["provides"].id == "mirror"
    one = of(ask(view, "single-source", settings={"repair.share": 0.02}), "glass")
    assert one.after == pytest.approx(0.97 * 0.98)  # still nearly all


@pytest.mark.parametrize("measure", ["concentrated", "thin-stage", "chokepoint", "single-source"])
def test_the_severity_after_is_that_of_the_record_with_the_relation(toy, measure):
    """Written into the record by hand, it gives the number that was foretold."""
    told = ask(chain(toy), measure).repairs
    assert told
    for one in told:
        view, new = chain(toy), one.candidates[0].subject
        assert new is not None
        q = one.share
        shares = view.con.execute(
            'SELECT count(share) FROM "r_PROVIDES" p JOIN node n ON n.k = p.t WHERE n.id = ?',
            [one.object.id],
        ).fetchall()
        view.con.execute(
            'UPDATE "r_PROVIDES" SET share = share * ? WHERE t = (SELECT k FROM node WHERE id = ?)',
            [1 - q, one.object.id],
        )
        share = q if shares[0][0] else None
        view.link("PROVIDES", new.id, one.object.id, share=share)
        after = severities(view, measure).get(one.finding, 0.0)
        assert one.after == pytest.approx(after, abs=1e-6), one.finding
        assert one.before == pytest.approx(severities(chain(toy), measure)[one.finding], abs=1e-6)


def test_they_are_ranked_by_what_they_take_away(toy):
    found = ask(chain(toy)).repairs
    for measure in {one.measure for one in found}:
        mine = [one for one in found if one.measure == measure]
        assert [one.rank for one in mine] == list(range(1, len(mine) + 1))
        taken = [one.taken for one in mine]
        assert taken == sorted(taken, reverse=True) and min(taken) > 0


def from_home(toy):
    view = toy().add("Product", "chip", "ArF", "KrF", "glue").link("REQUIRES", "chip", "ArF")
    view.supply("ArF", JSR=0.6, TOK=0.4).supply("KrF", JSR=None, Near=None, Far=None, Who=None)
    view.supply("glue", Home=None).supply("chip", Fab=None)
    return view.located(JSR="JP", TOK="JP", Near="CN", Far="JP", Home="CN", Fab="CN")


def test_from_home_nobody_from_abroad_is_proposed(toy):
    view = from_home(toy)
    found = ask(view, "external", "chokepoint", home="CN").repairs
    assert {one.measure for one in found} == {"external", "chokepoint"}
    proposed = {name for one in found for name in who(one)}
    assert "Near" in proposed and not proposed & {"Far", "JSR", "TOK", "Who"}
    assert all(c.abroad is False for one in found for c in one.candidates if c.subject)
    (external,) = [one for one in found if one.finding == "external:ArF@home=CN"]
    assert (external.before, external.after) == (1.0, pytest.approx(0.8))
    anywhere = {name for one in ask(view, "concentrated").repairs for name in who(one)}
    assert "Far" in anywhere


def test_stated_shares_of_countries_make_room_as_well(toy):
    view = from_home(toy).state("ArF", JP=0.9, US=0.1)
    (one,) = ask(view, "external", home="CN").repairs[:1]
    assert (one.before, one.after) == (1.0, pytest.approx(0.8))


def test_where_nobody_is_near_it_is_somebody_new(toy):
    view = toy().add("Product", "chip", "gas").link("REQUIRES", "chip", "gas")
    view.supply("chip", Fab=0.5, Fob=0.5).located(Fab="JP", Fob="JP").add(
        "Region", "CN", level="国家"
    )
    (one,) = ask(view, "missing-stage", home="CN").repairs
    assert who(one) == [None] and one.after == 0.0 and one.candidates[0].why == {}


def test_in_a_region_those_of_the_region_are_asked(toy):
    view = chain(toy).add("Region", "here")
    for firm in ("Fab", "C", "Solo"):
        view.link("LOCATED_IN", firm, "here")
    found = ask(view, "missing-stage", "thin-stage", "single-source", region="here").repairs
    assert found
    assert {name for one in found for name in who(one)} <= {"Fab", "C", "Solo", None}
    assert all(one.after < one.before for one in found)


def test_a_heading_gets_a_provider_of_its_largest_kind(toy):
    view = toy().add("Product", "chip", "scanner").add("Product", "EUV", market_size=3e9)
    view.add("Product", "DUV", market_size=1e9).link("REQUIRES", "chip", "scanner")
    view.link("VARIANT_OF", "EUV", "scanner").link("VARIANT_OF", "DUV", "scanner")
    view.supply("EUV", ASML=None).supply("DUV", ASML=None).supply("chip", Fab=None)
    found = {one.about.id: one for one in ask(view, "single-source").repairs}
    assert found["scanner"].object.id == "EUV" and found["scanner"].after < 1.0


def tied(toy):
    """Two universities and four firms that know each other through one platform alone."""
    view = toy().add("University", "U", "V").add("Firm", *"abcd").add("PilotTestPlatform", "P")
    view.add("Region", "town", level="市")
    for one in ("U", "V", *"abcd", "P"):
        view.link("LOCATED_IN", one, "town")
    view.link("COLLABORATES_WITH", "U", "V").link("COLLABORATES_WITH", "U", "P")
    view.link("COLLABORATES_WITH", "a", "b").link("COLLABORATES_WITH", "b", "c")
    return view.link("COLLABORATES_WITH", "c", "d").link("COLLABORATES_WITH", "P", "a")


@pytest.mark.parametrize("measure", ["broker", "dependence"])
def test_a_tie_past_the_broker(toy, measure):
    found = ask(tied(toy), measure).repairs
    assert found and all(one.relation == "COLLABORATES_WITH" for one in found)
    before = severities(tied(toy), measure)
    for one in found:
        view = tied(toy)
        for c in one.candidates:
            assert c.subject is not None and one.about.id not in (c.subject.id, c.object.id)
        view.link("COLLABORATES_WITH", one.candidates[0].subject.id, one.object.id)
        assert one.before == pytest.approx(before[one.finding], abs=1e-6)
        after = severities(view, measure).get(one.finding, 0.0)
        assert one.after == pytest.approx(after, abs=1e-6) and one.after < one.before


def test_a_tie_between_islands(toy):
    view = toy().add("Industry", "chips").add("Region", "town", level="市").add("Firm", *"abcdefg")
    for firm in "abcdefg":
        view.link("LOCATED_IN", firm, "town").link("IN_INDUSTRY", firm, "chips")
    view.link("COLLABORATES_WITH", "a", "b", "c", "g").link("COLLABORATES_WITH", "d", "e", "f")
    (one,) = ask(view, "isolated-island").repairs
    sides = {one.candidates[0].subject.id, one.object.id}
    assert len(sides & set("abcg")) == len(sides & set("def")) == 1
    assert one.after == 0.0 and one.candidates[0].why["same_city"] is True


def funded(toy):
    """A link whose provider has no capital, next to links whose providers all have."""
    view = toy().add("Product", "car", "steel", "glass").link("REQUIRES", "car", "steel", "glass")
    view.supply("steel", S=None).supply("car", *(), A=None, B=None).supply("glass", G=None, H=None)
    view.add("Investor", "I", "J", "K")
    view.link("INVESTS_IN", "I", "A", "B", "G").link("INVESTS_IN", "J", "H", "A")
    return view.located(**dict.fromkeys("ABGHSI", "CN"), J="US")


def test_somebody_who_funds_the_neighbours(toy):
    (one,) = ask(funded(toy), "funding-hole").repairs
    assert (one.relation, one.object.id, one.about.id) == ("INVESTS_IN", "S", "steel")
    assert who(one) == ["I", "J"] and one.candidates[0].why["funds"] == 2
    view = funded(toy).link("INVESTS_IN", "I", "S")
    assert one.after == severities(view, "funding-hole").get(one.finding, 0.0) < one.before
    (one,) = ask(funded(toy), "funding-hole", home="CN").repairs
    assert who(one) == ["I"]


def test_measures_that_no_relation_mends_are_refused(toy):
    with pytest.raises(UsageError) as refused:
        ask(chain(toy), "policy-quality")
    assert refused.value.key == "repair.not_mended"
    with pytest.raises(UsageError):
        ask(chain(toy), "no-such-measure")


def test_the_record_stays_as_it_is_and_says_the_same(toy):
    view = chain(toy)
    rows = view.con.execute('SELECT count(*) FROM "r_PROVIDES"').fetchall()
    one, other = ask(view).to_dict(), ask(view).to_dict()
    assert one == other and view.con.execute('SELECT count(*) FROM "r_PROVIDES"').fetchall() == rows
    assert one["repairs"][0]["candidates"] and one["counts"]["missing-stage"] == 1
    fewer = ask(view, top=1)
    assert max(fewer.counts.values()) == 1
