"""tier-coverage: links whose providers hold no title that others of the chain hold."""

import pytest
from scipy.stats import hypergeom

from graph.gaps import run
from tests.derivations import holds

DAY = "2024-12-31"
HELD = {"level": "国家", "valid_from": "2023", "valid_until": "2026"}


def ask(view, **how):
    how["settings"] = {"stability.draws": 3} | how.get("settings", {})
    return run(view, measures=["tier-coverage"], **{"as_of": DAY, **how})


def found(view, **how):
    return {(f.subject.id, f.object.id): f for f in ask(view, **how).findings}


def unknown(view, **how):
    return {n.subject.id if n.subject else "": n for n in ask(view, **how).not_assessed}


def chain(toy, *, links=5, providers=4, bare=6, held=HELD):
    """A chain of links whose providers all hold a title, and one, A, of which none does."""
    view = toy().add("IndustryChain", "chain").add("Designation", "high", name="高新技术企业")
    view.add("Product", "A").link("PART_OF_CHAIN", "A", "chain")
    view.supply("A", **{f"a{i}": None for i in range(bare)})
    for link in range(links):
        view.add("Product", f"L{link}").link("PART_OF_CHAIN", f"L{link}", "chain")
        for i in range(providers):
            view.supply(f"L{link}", **{f"f{link}{i}": None})
            view.link("HOLDS_DESIGNATION", f"f{link}{i}", "high", **held)
    return view


def test_a_link_where_nobody_holds_what_others_do(toy):
    view = chain(toy)
    assert found(view).keys() == {("A", "high")}
    bare = found(view)["A", "high"]
    assert bare.values["providers"] == 6 and bare.values["usual"] == 1.0 == bare.severity
    assert (bare.values["links"], bare.values["links_with"]) == (5, 5)
    assert bare.values["p"] == pytest.approx(hypergeom.pmf(0, 26, 20, 6), abs=1e-6)
    assert bare.id == "tier-coverage:A>high@level=国家" and bare.action == "强链"
    assert "国家级“高新技术企业”" in bare.text["zh"] and "national" in bare.text["en"]
    assert bare.confidence.coverage == 1.0 and not unknown(view)


def test_usual_is_the_share_among_the_others(toy):
    view = chain(toy)
    for link in range(5):
        view.supply(f"L{link}", **{f"x{link}": None})
    assert found(view)["A", "high"].severity == pytest.approx(20 / 25)


def test_one_holder_is_enough(toy):
    assert not found(chain(toy).link("HOLDS_DESIGNATION", "a0", "high", **HELD))


@pytest.mark.parametrize(
    ("row", "there"),
    [
        ({"valid_until": "2023-12"}, True),
        ({"valid_until": "2024"}, False),
        ({"valid_until": "2024-12-30"}, True),
        ({"valid_from": "2025"}, True),
        ({"valid_from": "2024-12-31"}, False),
        ({"valid_from": "2023", "planned": True}, True),
    ],
    ids=str,
)
def test_a_title_counts_while_it_is_valid(toy, row, there):
    view = chain(toy).link("HOLDS_DESIGNATION", "a0", "high", level="国家", **row)
    assert (("A", "high") in found(view)) == there


def test_a_title_that_most_others_lack_is_not_asked_for(toy):
    view = chain(toy).add("Designation", "champion")
    for firm in ("f00", "f01", "f02", "f10"):
        view.link("HOLDS_DESIGNATION", firm, "champion", **HELD)
    assert found(view).keys() == {("A", "high")}  # two of five other links have a champion


def test_too_few_to_tell_from_chance_say_how_many_would_do(toy):
    view = chain(toy, bare=2)
    assert not found(view)
    few = unknown(view)["A"]
    assert few.values["providers"] == 2 and few.values["enough"] == 3
    view = chain(toy, bare=3, links=2)
    for link in range(2):
        view.supply(f"L{link}", **{f"x{link}{i}": None for i in range(4)})
    few = unknown(view)["A"]  # half of the others hold it: ½ⁿ < 0.1 / 3
    assert few.values["enough"] == 5 and "5" in few.text["zh"]


def test_where_many_are_not_named_half_of_the_links_may_have_it(toy):
    view = chain(toy)
    for link in range(6):
        view.add("Product", f"M{link}").link("PART_OF_CHAIN", f"M{link}", "chain")
        view.supply(f"M{link}", **{f"m{link}": None})
    assert not found(view) and "A" not in unknown(view)  # 5 of 11 others have one that does
    view.con.execute('UPDATE "n_Product" SET provider_count = 3')  # 32 of 44 are named
    lack = unknown(view)["A"]
    assert not found(view) and lack.missing == ("PROVIDES",)
    assert (lack.values["links_with"], lack.values["have"], lack.values["need"]) == (5, 5, 6)
    assert "5 of the chain's 11" in lack.text["en"]


def test_a_link_that_no_chain_claims_is_of_the_only_one_around(toy):
    view = chain(toy)
    view.con.execute(
        "DELETE FROM \"r_PART_OF_CHAIN\" WHERE f IN (SELECT k FROM node WHERE id = 'A')"
    )
    assert not found(view)
    view.link("REQUIRES", "A", "L0")
    assert found(view).keys() == {("A", "high")}


def test_the_level_is_that_of_the_row_else_of_the_title(toy):
    held = {"valid_from": "2023"}
    view = chain(toy, held=held)
    assert not found(view) and unknown(view)["high"].missing == ("HOLDS_DESIGNATION.level",)
    view.con.execute("UPDATE \"n_Designation\" SET level = '省'")
    assert found(view)["A", "high"].values["level"] == "省"


def test_a_higher_level_counts_for_the_lower(toy):
    view = chain(toy, held=HELD | {"level": "省"})
    assert found(view)
    view.link("HOLDS_DESIGNATION", "a0", "high", **HELD)
    assert not [f for f in found(view).values() if f.values["level"] == "省"]
    view = chain(toy).link("HOLDS_DESIGNATION", "a0", "high", **(HELD | {"level": "省"}))
    assert found(view)["A", "high"].values["level"] == "国家"


def test_without_batch_or_day_nobody_knows_what_is_loaded(toy):
    view = chain(toy, held={"level": "国家"})
    assert not found(view)
    assert unknown(view)["high"].missing == (
        "HOLDS_DESIGNATION.batch",
        "HOLDS_DESIGNATION.valid_from",
    )
    assert found(chain(toy, held={"level": "国家", "batch": "第五批"}))


def test_a_batch_that_is_missing_in_between(toy):
    view = chain(toy, held={"level": "国家", "batch": "第三批"})
    view.link("HOLDS_DESIGNATION", "f00", "high", level="国家", batch="第六批")
    assert not found(view)
    assert unknown(view)["high"].values["batches"] == ["4", "5"]
    view.link("HOLDS_DESIGNATION", "f01", "high", level="国家", batch="第4批")
    view.link("HOLDS_DESIGNATION", "f02", "high", level="国家", batch="第五批")
    assert found(view)


def placed(toy, *, at, held=HELD):
    """As `chain`, all of it in one place but for the eight providers of A."""
    view = chain(toy, bare=8, held=held).add("Region", "CHN", "JPN", level="国家")
    view.add("Region", "四川", "江苏", level="省").link("PART_OF", "四川", "CHN")
    view.link("PART_OF", "江苏", "CHN")
    for link in range(5):
        for i in range(4):
            view.link("LOCATED_IN", f"f{link}{i}", at)
    return view


def test_who_sits_where_the_tier_is_not_on_record_could_not_hold_it(toy):
    view = placed(toy, at="CHN")
    for i in range(8):
        view.link("LOCATED_IN", f"a{i}", "JPN" if i < 6 else "CHN")
    assert not found(view) and unknown(view)["A"].values["providers"] == 2
    for i in range(4):
        view.supply("A", **{f"b{i}": None}).link("LOCATED_IN", f"b{i}", "CHN")
    bare = found(view)["A", "high"]
    assert bare.values["providers"] == 6 and bare.confidence.coverage == 0.5


def test_an_area_with_two_holders_was_not_loaded(toy):
    view = placed(toy, at="CHN")
    for i in range(8):
        view.link("LOCATED_IN", f"a{i}", "JPN")
    for link, firms in enumerate(("jk", "lmn")):  # two holders there, and three
        for firm in firms:
            view.supply(f"L{link}", **{firm: None}).link("LOCATED_IN", firm, "JPN")
            view.link("HOLDS_DESIGNATION", firm, "high", **HELD)
        assert (("A", "high") in found(view)) == (link == 1)


def test_a_title_of_a_province_is_for_that_province(toy):
    view = placed(toy, at="四川", held=HELD | {"level": "省"})
    for i in range(8):
        view.link("LOCATED_IN", f"a{i}", "江苏")
    assert not found(view) and "A" not in unknown(view)
    view = placed(toy, at="四川")  # of the whole country
    for i in range(8):
        view.link("LOCATED_IN", f"a{i}", "江苏")
    assert found(view)


def test_other_kinds_of_providers_and_placeholders_could_not_hold_it(toy):
    view = chain(toy, bare=0).add("Incubator", *"pqrstu").add("Firm", "others", name="其他")
    for who in (*"pqrstu", "others"):
        view.link("PROVIDES", who, "A")
    assert not found(view) and not unknown(view)


def test_a_chain_without_holders_is_missing_data(toy):
    view = chain(toy).add("IndustryChain", "second").add("Product", "Z")
    view.link("PART_OF_CHAIN", "Z", "second").supply("Z", z=None)
    values = unknown(view)["second"].values
    assert (values["providers"], values["title"], values["level"]) == (1, "high", "国家")
    assert (values["have"], values["need"]) == (0, 1)


def test_in_a_region_only_its_providers(toy):
    view = placed(toy, at="四川")
    for i in range(8):
        view.link("LOCATED_IN", f"a{i}", "四川" if i < 5 else "江苏")
    view.link("HOLDS_DESIGNATION", "a7", "high", **HELD)
    assert not found(view)
    bare = found(view, region="四川")["A", "high"]
    assert bare.values["providers"] == 5 and bare.id.endswith("@level=国家@region=四川")


def test_a_record_without_titles_says_so(toy):
    assert unknown(toy().add("Product", "A"))[""].missing == ("HOLDS_DESIGNATION",)


def test_stability_counts_the_draws_in_which_it_stays(toy):
    view = chain(toy, bare=12)
    sure = found(view, settings={"stability.draws": 20})["A", "high"].confidence.stability
    shaky = found(chain(toy, bare=3, links=4), settings={"stability.draws": 20})
    assert sure == 1.0 and shaky["A", "high"].confidence.stability < 0.9


def test_it_can_be_worked_out_by_hand(toy):
    for view in (chain(toy), chain(toy, bare=40)):
        (finding,) = ask(view, explain="").findings
        holds(finding)
