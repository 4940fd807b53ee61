"""Running methods: ids, ranks, filters, settings, and the same bytes every time."""

import dataclasses
import json
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import UsageError
from graph.gaps import Action, Found, Method, Node, Rows, Unknown, methods, run
from graph.gaps import registry as registered
from graph.gaps.method import TIES
from graph.gaps.stability import competition, rank_ranges


def plant(toy, order=None):
    """Four links with providers, one that lacks them, chains of two kinds."""
    view = toy()
    entities = [("Product", i) for i in ("chip", "wafer", "resist", "resin", "tool")]
    entities += [("Firm", i) for i in ("A", "B", "C", "D", "E", "F")]
    if order is not None:
        order.shuffle(entities)
    for cls, key in entities:
        view.add(cls, key)
    relations = [("REQUIRES", "chip", link) for link in ("wafer", "resist", "tool")]
    relations += [("REQUIRES", "resist", "resin"), ("PROVIDES", "A", "wafer")]
    relations += [("PROVIDES", f, "chip") for f in "BCD"] + [("PROVIDES", "E", "resin")]
    relations += [("PROVIDES", f, "tool") for f in "EF"]
    if order is not None:
        order.shuffle(relations)
    for relation, of, to in relations:
        view.link(relation, of, to, line=len(of + to))
    return view


def as_json(answer):
    return json.dumps(dataclasses.asdict(answer), ensure_ascii=False)


def test_the_same_record_gives_the_same_bytes(toy):
    first = as_json(run(plant(toy)))
    assert as_json(run(plant(toy))) == first
    for seed in range(3):  # keys of nodes and order of rows differ, what is said does not
        assert as_json(run(plant(toy, random.Random(seed)))) == first


def test_ids_are_measure_subject_and_scope(toy):
    answer = run(plant(toy))
    ids = [f.id for f in answer.findings]
    assert len(set(ids)) == len(ids)
    assert {"missing-stage:resist", "single-source:wafer", "thin-stage:tool"} <= set(ids)
    other = plant(toy)
    other.digest = "sha256:other"
    assert [f.id for f in run(other).findings] == ids
    assert run(other).run != answer.run


def test_characters_that_separate_parts_are_escaped(toy):
    view = toy().add("Product", "firm:1@a>b%").supply("firm:1@a>b%", x=None)
    (finding,) = run(view, measures=["single-source"]).findings
    assert finding.id == "single-source:firm%3A1%40a%3Eb%25"


def test_ranks_count_within_a_measure_and_follow_severity(toy):
    answer = run(plant(toy))
    for measure in {f.measure for f in answer.findings}:
        mine = [f for f in answer.findings if f.measure == measure]
        assert all(f.rank == place for place, f in enumerate(mine, 1) if f.tied == 1)
        assert mine[0].rank == 1 and [f.rank for f in mine] == sorted(f.rank for f in mine)
        assert [f.severity for f in mine] == sorted((f.severity for f in mine), reverse=True)
        assert all(0 <= f.severity <= 1 and f.status == "found" for f in mine)


def test_every_text_is_there_in_both_languages(toy):
    answer = run(plant(toy), home="CN", region=None)
    for item in (*answer.findings, *answer.not_assessed):
        assert set(item.text) == {"zh", "en"} and all(item.text.values())
        assert "{" not in item.text["zh"] + item.text["en"]


def test_top_cuts_each_measure_and_leaves_the_rest_alone(toy):
    whole = run(plant(toy), top=0).findings
    some = run(plant(toy), top=1).findings
    first = {}
    for f in whole:
        first.setdefault(f.measure, f)
    assert list(some) == list(first.values()) and len(whole) > len(first)


def tied(toy, count=3):
    """Links with one provider each, of which the last has a use."""
    view = toy().add("Product", "z", "out").link("REQUIRES", "out", "z").supply("z", x=None)
    for i in range(count):
        view.add("Product", f"a{i:03}").supply(f"a{i:03}", x=None)
    return view.supply("out", y=None, w=None)


def test_what_is_equal_has_the_same_rank_and_leaves_places_out(toy):
    view = tied(toy).add("Product", "less").supply("less", x=0.97, y=0.03)
    found = run(view, measures=["single-source"]).findings
    assert [(f.subject.id, f.rank, f.tied) for f in found] == [
        ("z", 1, 1),
        ("a000", 2, 3),
        ("a001", 2, 3),
        ("a002", 2, 3),
        ("less", 5, 1),
    ]


def test_ties_with_the_last_one_shown_are_counted_too(toy):
    found = run(tied(toy, 30), measures=["single-source"], top=4).findings
    assert [(f.rank, f.tied) for f in found] == [(1, 1), (2, 30), (2, 30), (2, 30)]
    many = run(tied(toy, 150), measures=["single-source"], top=4).findings
    assert len(many) == 4 and many[-1].tied == 3 + TIES


def test_a_rank_that_shakes_has_a_range(toy):
    view = toy()
    for i in range(6):  # each has one row more than the next: it falls out of the list less often
        view.add("Product", f"p{i}").supply(f"p{i}", **{f"f{i}": 0.99 - i / 1000, "rest": 0.001})
    found = run(view, measures=["single-source"]).findings
    assert [f.rank for f in found] == list(range(1, 7))
    ranges = [f.rank_range for f in found]
    assert ranges[0] == (1, 1) and ranges[-1][0] < 6 == ranges[-1][1]
    assert all(low <= f.rank <= high for f, (low, high) in zip(found, ranges, strict=True))
    assert run(view, measures=["single-source"]).findings == found
    still = run(view, measures=["single-source"], settings={"stability": {"removed": 0}}).findings
    assert [f.rank_range for f in still] == [(i, i) for i in range(1, 7)]


def test_ranges_of_what_is_equal_begin_at_its_rank(toy):
    found = run(
        tied(toy), measures=["single-source"], settings={"stability": {"removed": 0}}
    ).findings
    assert [f.rank_range for f in found] == [(1, 1), (2, 2), (2, 2), (2, 2)]


def test_without_draws_there_is_no_range(toy):
    view = toy().add("Policy", "p", status="施行").add("Policy", "q", "r", status="施行")
    view.con.execute("UPDATE \"n_Policy\" SET instruments = ['补助'] WHERE id = 'q'")
    found = run(view, measures=["policy-quality"]).findings
    assert [(f.rank_range, f.confidence.stability) for f in found] == [((1, 1), 1.0)] * 2
    found = run(view, measures=["policy-quality"], settings={"stability.draws": 0}).findings
    assert [(f.rank_range, f.confidence.stability, f.tied) for f in found] == [(None, None, 2)] * 2


def test_draws_of_a_method_itself(toy):
    view = toy().add("Problem", "p", "q", "r", quote="成本高").add("Firm", *"ABCDE")
    for firm in "ABCDE":
        view.link("HAS_PROBLEM", firm, "p")
    for firm in "ABCD":
        view.link("HAS_PROBLEM", firm, "q")
    found = {f.subject.id: f for f in run(view, measures=["stated"]).findings}
    assert [found[k].rank for k in "pqr"] == [1, 2, 3]
    assert found["p"].rank_range == (1, 2) and found["q"].rank_range == (1, 2)
    assert found["r"].rank_range == (3, 3)


def test_ranks_are_those_among_what_a_condition_keeps(toy):
    view = tied(toy)
    where = run(view, measures=["single-source"], where="name~a").findings
    assert [(f.rank, f.tied) for f in where] == [(1, 3)] * 3
    assert all(f.rank_range[0] == 1 for f in where)


def test_percentiles_are_ranks_that_were_drawn():
    drawn = np.array([[float(i)] for i in range(1, 101)])
    assert rank_ranges(drawn) == [(5, 95)]
    drawn[10:, 0] = np.nan
    assert rank_ranges(drawn) == [(1, 10)]


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.2, 0.5, 0.5000000001]), st.integers(0, 2))))
def test_ranks_of_a_competition(rows):
    """A rank is one more than how many are better; what is not found has none."""
    severity = np.array([s for s, _ in rows], dtype=float)
    order = np.array([o for _, o in rows], dtype=float)
    ranks = competition(severity, order)
    keys = [(-round(s, 6), o) for s, o in rows]
    for key, rank, (s, _) in zip(keys, ranks, rows, strict=True):
        if s == 0:
            assert np.isnan(rank)
        else:
            assert rank == 1 + sum(k < key for k in keys)


def test_measures_that_are_named(toy):
    assert {f.measure for f in run(plant(toy), measures=["thin-stage"]).findings} == {"thin-stage"}
    with pytest.raises(UsageError, match="thin-stage"):
        run(plant(toy), measures=["thin-stages"])


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ("id=wafer", {"wafer"}),
        ("name~WAF", {"wafer"}),
        ("severity>=0.9", {"wafer", "resin"}),
        (["severity>=0.9", "name!=resin"], {"wafer"}),
        ("values.none=1", set()),
        ("holders < 2", {"wafer", "resin"}),
        ("type=Stage", set()),
    ],
)
def test_conditions(toy, where, kept):
    found = run(plant(toy), measures=["single-source"], where=where).findings
    assert {f.subject.id for f in found} == kept


def test_a_condition_on_the_industry_of_who_provides(toy):
    view = plant(toy).add("Industry", "I1", name="电子").add("Industry", "I2", name="硅片")
    view.link("PART_OF", "I2", "I1").link("IN_INDUSTRY", "A", "I2")
    for where in ("industry=电子", "industry=I2", "industry~硅"):
        found = run(view, measures=["single-source"], where=where).findings
        assert {f.subject.id for f in found} == {"wafer"}


@pytest.mark.parametrize("where", ["severity", "a=b=c".replace("=", ""), ""])
def test_a_condition_that_is_none(toy, where):
    with pytest.raises(UsageError):
        run(plant(toy), where=[where])


def test_one_kind_of_chain(toy):
    view = plant(toy).add("InnovationChain", "chain").add("Stage", "s")
    view.link("PART_OF_CHAIN", "s", "chain").supply("s", A=None)
    assert {f.subject.id for f in run(view, chain="innovation").findings} == {"s"}
    assert "s" not in {f.subject.id for f in run(view, chain="industry").findings}


def test_incubation_counts_as_innovation(toy):
    view = toy().add("IncubationChain", "chain").add("Stage", "s").supply("s", A=None)
    (finding,) = run(view.link("PART_OF_CHAIN", "s", "chain"), measures=["single-source"]).findings
    assert finding.chain == "innovation"


def test_thresholds_are_known_and_numbers(toy):
    view = plant(toy)
    loose = run(view, measures=["thin-stage"], settings={"thin-stage": {"providers": 4}})
    assert {f.subject.id for f in loose.findings} == {"chip", "tool"}
    assert loose.configuration["settings"] == {"thin-stage.providers": 4}
    with pytest.raises(UsageError, match=r"thin-stage\.providers"):
        run(view, settings={"thin-stage": {"provider": 4}})
    with pytest.raises(UsageError):
        run(view, settings={"thin-stage": {"providers": "many"}})


def test_places_that_are_not_known(toy):
    view = plant(toy).add("Region", "成都", level="市")
    with pytest.raises(UsageError, match="成都"):
        run(view, region="成都府")
    with pytest.raises(UsageError):
        run(view, home="Atlantis")
    assert run(view, home="CN").findings  # a country that the record does not mention


def test_agreement_of_sources(toy):
    view = plant(toy)
    alone = run(view, measures=["single-source"]).findings[0]
    assert alone.confidence.agreement is None
    view.con.execute('UPDATE "r_PROVIDES" SET claims = 2 WHERE f = ?', [view._keys["A"]])
    found = {f.subject.id: f for f in run(view, measures=["single-source"]).findings}
    assert found["wafer"].confidence.agreement == 1.0
    assert found["resin"].confidence.agreement == 0.0
    assert found["resin"].confidence.score < found["wafer"].confidence.score


def test_stability_is_the_share_of_thinned_networks_that_keep_it(toy):
    found = {f.subject.id: f for f in run(plant(toy), measures=["single-source"]).findings}
    # one row of ten is removed: the only provider is gone in about a tenth of 50 draws
    assert 0.75 <= found["wafer"].confidence.stability <= 0.99
    none = run(
        plant(toy), measures=["single-source"], settings={"stability": {"removed": 0}}
    ).findings
    assert all(f.confidence.stability == 1.0 for f in none)


def test_what_is_equal_keeps_its_order_in_the_draws(toy):
    view = toy()
    for i in range(30):
        view.add("Product", f"a{i:02}").supply(f"a{i:02}", x=None)
    view.add("Product", "z", "out").link("REQUIRES", "out", "z").supply("z", x=None)
    found = run(view.supply("out", y=None, w=None), measures=["single-source"]).findings
    assert found[0].subject.id == "z" and found[0].confidence.stability > 0.6
    assert len(found) == 20 and found[1].subject.id == "a00"


def test_draws_follow_the_size_of_the_record(toy):
    few = run(plant(toy), measures=["single-source"], settings={"stability": {"rows": 1}})
    shares = {f.confidence.stability for f in few.findings}
    assert shares <= {0.0, 0.3333, 0.6667, 1.0}  # three draws


def test_many_that_cannot_be_judged_are_counted(toy):
    view = toy()
    for i in range(5):
        view.add("Product", f"A{i}", f"B{i}").link("REQUIRES", f"A{i}", f"B{i}")
    limited = {"not_assessed": {"top": 2}}
    some = run(view, measures=["missing-stage"], settings=limited).not_assessed
    assert len(some) == 3 and some[-1].values == {"shown": 2, "count": 5}
    assert len(run(view, measures=["missing-stage"], settings=limited, top=0).not_assessed) == 5


def made_elsewhere():
    def find(net, ask):
        yield Found(
            subject=int(net.links[0]),
            object=int(net.links[1]),
            severity=0.25,
            action=Action.EXTEND,
            chain="policy",
            values={"who": Node(int(net.actors[0]))},
            text={"zh": "{subject}：{who}", "en": "{subject} and {object}: {who}"},
            says={"who": Node(int(net.actors[0]))},
            evidence=(Rows("PROVIDES", of=int(net.actors[0])),),
        )
        yield Unknown(("PROVIDES.capacity",))

    return Method("far-away", family="elsewhere", version="7", find=find)


def test_an_outside_package_brings_a_method(toy, monkeypatch):
    method = made_elsewhere()

    class Point:
        name, value = "far-away", "package:METHOD"

        def load(self):
            return method

    monkeypatch.setattr(registered, "entry_points", lambda group: [Point()])
    assert methods()["far-away"] is method
    answer = run(plant(toy), measures=["far-away"])
    (finding,) = answer.findings
    assert finding.id == "far-away:chip>resin" and finding.chain == "policy"
    assert finding.method == "far-away/7" and finding.object.id == "resin"
    assert finding.values["who"] == "A" and len(finding.evidence) == 1
    assert finding.text == {"zh": "chip：A", "en": "chip and resin: A"}
    assert finding.confidence.stability is None
    assert answer.not_assessed[0].missing == ("PROVIDES.capacity",)
    monkeypatch.setattr(registered, "entry_points", lambda group: [Point(), Point()])
    with pytest.raises(UsageError, match="far-away"):
        methods()
