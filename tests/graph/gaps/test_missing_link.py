"""missing-link: pairs that their surroundings call for, tested on hidden ones."""

import math

import numpy as np
import pytest

from graph.gaps import run
from graph.gaps.missing_link_fit import hide, learnt, looked_at, ranked
from graph.network.pairs import pairs
from graph.network.paths import Surroundings

AS_OF = "2024-12-31"


def ask(view, **how):
    return run(view, measures=["missing-link"], as_of=AS_OF, **how)


def found(view, relation="PROVIDES", **how):
    return {
        (f.subject.id, f.object.id): f
        for f in ask(view, **how).findings
        if f.values["relation"] == relation
    }


def blocks(toy, without=(("f0", "p0"),), groups=5, firms=5, products=5):
    """Groups of firms that each make the same products; one pair is not on record."""
    view = toy()
    for g in range(groups):
        mine = [f"p{g * products + i}" for i in range(products)]
        view.add("Product", *mine)
        for i in range(firms):
            firm = f"f{g * firms + i}"
            view.add("Firm", firm)
            view.link("PROVIDES", firm, *(p for p in mine if (firm, p) not in without))
    return view


def test_what_all_of_its_kind_make(toy):
    seen = found(blocks(toy))
    assert seen.keys() == {("f0", "p0")}
    one = seen["f0", "p0"]
    assert one.severity > 0.5 and one.action == "强链" and one.chain == "industry"
    assert one.values["l3"] == pytest.approx(16 / math.sqrt(20), rel=0.2)
    assert one.values["k"] == 1 and 0 < one.values["precision"] <= 1
    assert one.confidence.stability == 1.0 and one.confidence.coverage == 1.0
    assert len(one.evidence) > 5 and "p0" in one.text["zh"]
    assert one.id == "missing-link:f0>p0@relation=PROVIDES"


def test_the_parts_are_the_sums_that_they_are_said_to_be(toy):
    view = blocks(toy)
    seen = pairs(view, view.schema.relations["PROVIDES"], AS_OF)
    around = Surroundings(seen, seen.whole)
    (block,) = around.score(np.arange(len(seen.subjects)))
    assert len(block) == 1
    # four others with five products each, four products with five makers each
    assert block.parts[0, 0] == pytest.approx(16 / math.sqrt(5 * 5))
    assert block.parts[0, 1] == pytest.approx(16 / 25)


@pytest.mark.parametrize(
    ("relation", "values"),
    [
        ("PROVIDES", {"confidence": 0.0}),
        ("PROVIDES", {"share": 0.0}),
        ("PROVIDES", {"until": "2020"}),
        ("NEEDS", {}),
    ],
)
def test_a_pair_of_which_anything_is_said_is_not_missing(toy, relation, values):
    assert not found(blocks(toy).link(relation, "f0", "p0", **values))


def test_what_is_denied_is_no_relation(toy):
    view = toy().add("Firm", "a").add("Product", "x", "y")
    view.link("PROVIDES", "a", "x").link("PROVIDES", "a", "y", confidence=0.0)
    assert pairs(view, view.schema.relations["PROVIDES"], AS_OF).whole.nnz == 1


def test_few_relations_are_not_enough(toy):
    view = toy().add("Firm", "a", "b").add("Product", "x", "y")
    view.link("PROVIDES", "a", "x", "y").link("PROVIDES", "b", "x", "y")
    missing = {n.missing[0]: n for n in ask(view).not_assessed}
    assert missing.keys() == {"PROVIDES", "COLLABORATES_WITH", "INVESTS_IN"}
    assert missing["PROVIDES"].values["have"] == 4 and missing["PROVIDES"].values["need"] == 100
    assert missing["INVESTS_IN"].values["have"] == 0
    assert not ask(view).findings


def test_pairs_without_any_order_give_nothing(toy):
    view = toy()
    for i in range(40):  # each firm makes what no other does
        view.add("Firm", f"f{i}").add("Product", f"p{i}", f"q{i}")
        view.link("PROVIDES", f"f{i}", f"p{i}", f"q{i}")
    answer = ask(view, settings={"missing-link": {"pairs": 0}})
    assert not answer.findings
    assert any(n.missing == ("PROVIDES",) for n in answer.not_assessed)


def test_who_works_in_the_same_projects(toy):
    view = toy()
    for g in range(8):
        mine = [f"u{g}.{i}" for i in range(6)]
        view.add("University", *mine)
        for p in range(6):
            name = f"project{g}.{p}"
            view.add("Project", name)
            for i, org in enumerate(mine):
                if i != p and not (g == 0 and {i, p} & {0, 1} and i < 2):
                    view.link("UNDERTAKES", org, name)
    view.link("UNDERTAKES", "u0.0", "project0.1").link("UNDERTAKES", "u0.1", "project0.0")
    seen = found(view, "COLLABORATES_WITH")
    assert set(seen) <= {("u0.0", "u0.1"), ("u0.1", "u0.0")}


def test_rounds_are_investments(toy):
    view = toy().add("Firm", "f").add("Investor", "i").add("FundingRound", "r")
    view.link("RAISED", "f", "r").link("PARTICIPATES_IN_ROUND", "i", "r")
    seen = pairs(view, view.schema.relations["INVESTS_IN"], AS_OF)
    (pair,) = np.argwhere(seen.whole.toarray())
    assert len(seen.f) == 1 and view.con.execute(
        "SELECT id FROM node WHERE k IN (?, ?) ORDER BY k",
        [int(seen.subjects[pair[0]]), int(seen.objects[pair[1]])],
    ).fetchall() == [("f",), ("i",)]


def test_persons_and_placeholders_are_nobody(toy):
    view = toy().add("Person", "p").add("Firm", "其他", "f").add("Product", "x")
    view.link("PROVIDES", "p", "x").link("PROVIDES", "其他", "x").link("PROVIDES", "f", "x")
    assert pairs(view, view.schema.relations["PROVIDES"], AS_OF).whole.nnz == 1


def test_only_the_region_that_is_asked_for(toy):
    view = blocks(toy, without=(("f0", "p0"), ("f6", "p6")))
    view.located(f0="CN", f6="DE")
    assert found(view).keys() == {("f0", "p0"), ("f6", "p6")}
    assert found(view, region="DE").keys() == {("f6", "p6")}


def test_a_link_that_hardly_anybody_makes_is_one_to_add(toy):
    view = blocks(toy, without=tuple((f"f{i}", "p0") for i in range(3)))
    seen = found(view, settings={"missing-link": {"least": 0.01}})
    assert {f.action for (_, p), f in seen.items() if p == "p0"} == {"补链"}


def test_a_large_record_is_looked_at_in_part_and_says_so(toy):
    gone = (("f0", "p0"), ("f7", "p7"), ("f13", "p13"), ("f21", "p21"))
    view = blocks(toy, without=gone)
    seen = pairs(view, view.schema.relations["PROVIDES"], AS_OF)
    some = looked_at(Surroundings(seen, seen.whole), 3000, np.arange(len(seen.subjects)))
    assert 0 < len(some) < len(seen.subjects)
    assert found(view).keys() == set(gone)
    part = found(view, settings={"missing-link": {"steps": 2000}})
    assert part and part.keys() < set(gone)
    assert all(f.confidence.coverage < 1 and f.confidence.reasons for f in part.values())


def test_hidden_pairs_are_those_that_no_other_row_says(toy):
    view = toy().add("University", *"abcd").add("Project", "p", "q")
    for org in "abc":
        view.link("UNDERTAKES", org, "p")
    view.link("COLLABORATES_WITH", "a", "b").link("COLLABORATES_WITH", "c", "d")
    view.link("COLLABORATES_WITH", "b", "d")
    seen = pairs(view, view.schema.relations["COLLABORATES_WITH"], AS_OF)
    assert seen.rows == 6 and seen.whole.nnz == 2 * 5
    for i in range(20):
        one = hide(seen, np.random.default_rng(i), 0.4)
        left = one.around.known
        gone = np.argwhere(np.triu(seen.whole.toarray() - left.toarray()))
        tied = np.diff(left.indptr) > 0
        wanted = sorted(a * 4 + b for a, b in gone.tolist() if tied[a] and tied[b])
        n = len(seen.objects)
        assert sorted((k // n) * 4 + k % n for k in one.keys.tolist()) == wanted


def test_blocks_of_rows_make_no_difference(toy, monkeypatch):
    view = blocks(toy, groups=3)
    view.add("Industry", "i")
    for k in range(8):
        view.link("IN_INDUSTRY", f"f{k}", "i")
    seen = pairs(view, view.schema.relations["PROVIDES"], AS_OF)
    rows = np.arange(len(seen.subjects))
    around = Surroundings(seen, seen.whole)

    def scored():
        return {
            (int(s), int(o)): tuple(np.round(p, 6))
            for b in around.score(rows)
            for s, o, p in zip(b.s, b.o, b.parts, strict=True)
        }

    whole = scored()
    assert len(whole) > 10 and any(p[3] for p in whole.values())
    monkeypatch.setattr("graph.network.paths.CELLS", 100)
    assert scored() == whole
    monkeypatch.setattr("graph.network.paths.DENSE", 1e-9)
    assert scored() == whole


def test_the_same_record_gives_the_same_list(toy):
    view = blocks(toy, without=(("f0", "p0"), ("f9", "p8")))
    seen = pairs(view, view.schema.relations["PROVIDES"], AS_OF)
    rows = np.arange(len(seen.subjects))
    lists = []
    for _ in range(2):
        taught = learnt(seen, rows, 1, 3, 0.1)
        best = ranked(Surroundings(seen, seen.whole), rows, taught.logit, 50)
        lists.append((best.key.tolist(), best.odds.tolist(), taught.hits.tolist()))
    assert lists[0] == lists[1]
