"""policy-coverage: no policy in force targets it; worked out by hand on small chains."""

import pytest

from graph.gaps import run
from graph.record import Record
from tests.graph.record.conftest import Workspace

DAY = "2024-12-31"


def ask(view, **how):
    answer = run(view, measures=["policy-coverage"], as_of=DAY, **how)
    found = {f.subject.id: f for f in answer.findings}
    return found, {n.subject.id if n.subject else None: n for n in answer.not_assessed}


def chain(toy):
    """robot requires motor, sensor; motor requires steel. All in one chain, all but steel made."""
    view = toy().add("IndustryChain", "robots").add("Product", "robot", "motor", "sensor", "steel")
    for link in ("robot", "motor", "sensor", "steel"):
        view.link("PART_OF_CHAIN", link, "robots")
    view.link("REQUIRES", "robot", "motor", "sensor").link("REQUIRES", "motor", "steel")
    return view.supply("robot", A=None).supply("motor", B=None).supply("sensor", C=None)


def test_a_link_that_a_policy_in_force_targets_is_covered(toy):
    view = chain(toy).add("Policy", "rules", status="施行").link("TARGETS", "rules", "robot")
    found, unknown = ask(view)
    assert found.keys() == {"motor", "sensor", "steel"} and not unknown
    motor = found["motor"]
    assert motor.values == {"depth": "none", "policies": 0, "not_in_force": 0, "levels": []}
    assert motor.severity == 1.0  # 0.3 + 0.7 · 1: the only output, robots, falls with it
    assert motor.chain == "policy" and motor.family == "absence"
    assert motor.confidence.coverage == 0.25  # one link of four is on record as targeted
    assert motor.action == "强链" and found["steel"].action == "补链"
    assert [(e.file, e.line) for e in motor.evidence] == [("toy.csv", 2)]


@pytest.mark.parametrize(
    ("policy", "covered"),
    [
        ({"status": "施行"}, True),
        ({"status": "修订"}, True),
        ({}, True),
        ({"status": "拟定"}, False),
        ({"status": "征求意见"}, False),
        ({"status": "失效"}, False),
        ({"status": "废止"}, False),
        ({"status": "施行", "valid_until": "2024-12-30"}, False),
        ({"status": "施行", "valid_until": "2024-12-31"}, True),
        ({"status": "施行", "valid_until": "2024"}, True),
        ({"status": "施行", "valid_until": "2023"}, False),
        ({"status": "施行", "valid_from": "2025-01"}, False),
        ({"status": "施行", "valid_from": "2024-12"}, True),
        ({"valid_until": "2020-06-30"}, False),
    ],
)
def test_only_what_is_in_force_counts(toy, policy, covered):
    view = chain(toy).add("Policy", "rules", **policy).link("TARGETS", "rules", "motor")
    found, _ = ask(view)
    assert ("motor" in found) is not covered and {"robot", "sensor"} <= found.keys()
    if not covered:
        assert found["motor"].values["not_in_force"] == 1
        assert found["robot"].values["not_in_force"] == 0


@pytest.mark.parametrize("relation", ["SUPPORTS", "ADDRESSES"])
def test_what_supports_or_addresses_a_link_targets_it(toy, relation):
    view = chain(toy).add("Policy", "rules", status="施行").link(relation, "rules", "motor")
    assert ask(view)[0].keys() == {"robot", "sensor", "steel"}


@pytest.mark.parametrize(
    ("row", "covered"),
    [
        ({}, True),
        ({"planned": True}, False),
        ({"end": "2024-11"}, False),
        ({"end": "2024"}, True),
        ({"start": "2025"}, False),
    ],
)
def test_a_planned_or_ended_relation_does_not_count(toy, row, covered):
    view = chain(toy).add("Policy", "rules", status="施行").link("TARGETS", "rules", "motor", **row)
    assert ("motor" in ask(view)[0]) is not covered


def test_one_policy_in_force_is_enough(toy):
    view = chain(toy).add("Policy", "draft", status="拟定").add("Policy", "rules", status="施行")
    view.link("TARGETS", "draft", "motor", "sensor").link("TARGETS", "rules", "motor")
    found, _ = ask(view)
    assert "motor" not in found and found["sensor"].values["not_in_force"] == 1


def test_a_policy_counts_once_however_it_is_said(toy):
    view = chain(toy).add("Policy", "draft", status="拟定").link("TARGETS", "draft", "motor")
    view.link("SUPPORTS", "draft", "motor").link("TARGETS", "draft", "motor", depth="条款")
    assert ask(view)[0]["motor"].values["not_in_force"] == 1


def test_who_is_no_policy_does_not_cover(toy):
    view = chain(toy).add("Policy", "rules", status="施行").link("TARGETS", "rules", "robot")
    view.link("TARGETS", "A", "motor", line=99)  # a firm that works in motors
    found, _ = ask(view)
    assert "motor" in found and 99 not in [e.line for e in found["motor"].evidence]


def test_a_policy_for_the_stage_or_the_kind_covers_what_belongs_to_it(toy):
    view = chain(toy).add("Stage", "parts").add("Product", "servo")
    view.link("PART_OF_CHAIN", "parts", "robots").link("PART_OF", "sensor", "parts")
    view.link("VARIANT_OF", "servo", "motor")
    view.add("Policy", "rules", status="施行").link("TARGETS", "rules", "parts", "motor")
    assert ask(view)[0].keys() == {"robot", "steel"}  # servo is a motor, sensor one of the parts


def test_a_policy_for_a_part_does_not_cover_the_whole(toy):
    view = chain(toy).add("Product", "servo").link("VARIANT_OF", "servo", "motor")
    view.add("Policy", "rules", status="施行").link("TARGETS", "rules", "servo")
    assert ask(view)[0].keys() == {"robot", "motor", "sensor", "steel"}


def test_a_draft_for_the_stage_is_said_of_its_parts(toy):
    view = chain(toy).add("Stage", "parts").link("PART_OF_CHAIN", "parts", "robots")
    view.link("PART_OF", "sensor", "parts")
    view.add("Policy", "draft", status="拟定").link("TARGETS", "draft", "parts")
    found, _ = ask(view)
    assert {k: f.values["not_in_force"] for k, f in found.items() if k != "steel"} == {
        "robot": 0,
        "motor": 0,
        "parts": 1,
        "sensor": 1,
    }


def test_a_policy_for_the_whole_chain_halves_severity(toy):
    view = chain(toy).add("Policy", "plan", status="施行", level="省")
    view.add("Policy", "rules", status="施行", level="区")
    view.link("TARGETS", "plan", "robots").link("TARGETS", "rules", "robot")
    found, _ = ask(view)
    assert found.keys() == {"motor", "sensor", "steel"}
    assert found["motor"].values["depth"] == "mentioned" and found["motor"].values["levels"] == [
        "省"
    ]
    assert found["motor"].severity == 0.5
    assert found["motor"].text["en"] == (
        "motor: no policy in force targets it. Only its chain or industry as a whole is targeted."
    )
    view.con.execute("UPDATE \"n_Policy\" SET status = '拟定' WHERE id = 'plan'")
    assert ask(view)[0]["motor"].values["depth"] == "none"


def test_a_policy_for_the_industry_of_the_chain_is_one_for_the_whole(toy):
    view = chain(toy).add("Industry", "machines", "robotics", "food", "food too")
    view.link("PART_OF", "robotics", "machines").link("PART_OF", "food", "food too")
    view.add("Policy", "plan", status="施行", level="国家").add("Policy", "rules", status="施行")
    view.link("TARGETS", "plan", "machines").link("TARGETS", "rules", "robot", "food too")
    assert ask(view)[0]["motor"].values["depth"] == "none"
    view.link("IN_INDUSTRY", "robots", "food", end="2020")
    assert ask(view)[0]["motor"].values["depth"] == "none"
    motor = ask(view.link("IN_INDUSTRY", "robots", "robotics"))[0]["motor"]
    assert motor.values["depth"] == "mentioned" and motor.values["levels"] == ["国家"]
    assert motor.severity == 0.5


def test_a_status_that_nobody_knows_is_said(toy):
    view = chain(toy).add("Policy", "plan").add("Policy", "rules", status="施行")
    view.link("TARGETS", "plan", "robots").link("TARGETS", "rules", "robot")
    reason, *_ = ask(view)[0]["motor"].confidence.reasons
    assert reason["zh"] == "面向整条链或产业的政策状态不明"


def test_what_hangs_on_a_link_makes_it_severe(toy):
    view = chain(toy).add("Product", "arm").link("PART_OF_CHAIN", "arm", "robots")
    view.link("REQUIRES", "arm", "sensor").supply("arm", D=None)
    view.add("Policy", "rules", status="施行").link("TARGETS", "rules", "steel")
    found, _ = ask(view)
    severity = {k: round(f.severity, 6) for k, f in found.items()}
    # outputs are robot and arm: a sensor takes both, a motor one, each output itself
    assert severity == {"sensor": 1.0, "motor": 0.65, "robot": 0.65, "arm": 0.65}
    assert found["motor"].impact["output_lost"] == 0.5


def test_a_chain_of_which_no_policy_is_recorded_is_not_judged(toy):
    view = chain(toy).add("IndustryChain", "displays").add("Product", "panel", "glass")
    view.link("PART_OF_CHAIN", "panel", "displays").link("PART_OF_CHAIN", "glass", "displays")
    view.add("Policy", "rules", status="废止").link("TARGETS", "rules", "robot")
    view.add("Policy", "plan", status="施行").link("TARGETS", "plan", "displays")
    found, unknown = ask(view)
    assert found.keys() == {"robot", "motor", "sensor", "steel"}
    assert unknown.keys() == {"panel", "glass"}  # only the chain as a whole is on record
    assert unknown["panel"].missing == ("TARGETS",)
    assert unknown["panel"].reason == "insufficient_data"


def test_a_record_without_policies_is_not_judged(toy):
    found, unknown = ask(chain(toy))
    assert not found and unknown.keys() == {None} and unknown[None].missing == ("TARGETS",)


def test_a_link_in_no_chain_is_none_of_its_business(toy):
    view = chain(toy).add("Product", "alone").supply("alone", X=None)
    view.add("Policy", "rules", status="施行").link("TARGETS", "rules", "robot")
    found, unknown = ask(view)
    assert "alone" not in found.keys() | unknown.keys()


def test_a_chain_without_a_name_is_one_too(toy):
    view = toy().add("Product", "cake", "flour", "egg").link("REQUIRES", "cake", "flour", "egg")
    view.add("Policy", "rules", status="施行").link("TARGETS", "rules", "flour")
    assert ask(view)[0].keys() == {"cake", "egg"}


def test_problems_where_policies_target_any(toy):
    view = chain(toy).add("Problem", "cost", "skills", "delay", "dust")
    view.link("HAS_PROBLEM", "motor", "skills").link("HAS_PROBLEM", "A", "dust")
    view.add("Policy", "rules", status="施行").add("Policy", "draft", status="征求意见")
    view.link("TARGETS", "rules", "robot")
    found, unknown = ask(view)
    assert {"cost", "skills", "delay", "dust"} <= unknown.keys()
    view.link("TARGETS", "rules", "cost").link("ADDRESSES", "draft", "delay")
    found, unknown = ask(view)
    assert found.keys() & {"cost", "skills", "delay", "dust"} == {"skills", "delay", "dust"}
    assert not unknown
    assert found["skills"].severity == 1.0  # motors have it, and the only output needs motors
    assert found["dust"].severity == 0.3 and found["dust"].chain == "policy"
    assert found["delay"].values["not_in_force"] == 1
    assert found["delay"].confidence.coverage == 0.5  # two problems of four are targeted at all
    assert found["delay"].text["zh"] == (
        "delay：没有施行中的政策针对这一问题。面向它的 1 项政策尚未施行或已失效。"
    )


def test_the_same_on_a_record_as_a_user_writes_it(tmp_path):
    """With evidence by file and line, both texts, and the same answer twice."""
    workspace = Workspace(tmp_path)
    workspace.write("industry_chain.csv", "id,name,name_en", "C1,机器人产业链,Robots")
    workspace.write("product.csv", "id,name,name_en", "P1,机器人,robot", "P2,减速器,reducer")
    workspace.write("part_of_chain.csv", "from,to", "P1,C1", "P2,C1")
    workspace.write("requires.csv", "from,to", "P1,P2")
    workspace.write("firm.csv", "id,name", "F1,甲公司")
    workspace.write("provides.csv", "from,to", "F1,P1", "F1,P2")
    workspace.write(
        "policy.csv",
        "id,name,status,valid_until",
        "G1,整机办法,施行,",
        "G2,零件办法,施行,2023-06-30",
    )
    workspace.write("targets.csv", "from,to,quote", "G1,P1,支持整机", "G2,P2,支持减速器")
    workspace.ingest()
    answers = []
    for _ in range(2):
        with Record.open(workspace.db) as record:
            answers.append(run(record.view(), measures=["policy-coverage"], as_of=DAY))
    assert answers[0] == answers[1]
    (finding,) = answers[0].findings
    assert finding.id == "policy-coverage:P2" and finding.severity == 1.0
    assert finding.text["zh"] == (
        "减速器：没有施行中的政策面向该环节。面向它的 1 项政策尚未施行或已失效。"
    )
    assert finding.text["en"] == (
        "reducer: no policy in force targets it. Policies that target it but are not in force: 1."
    )
    said = {(e.file, e.line): e.quote for e in finding.evidence}
    assert said == {
        ("part_of_chain.csv", 3): None,
        ("policy.csv", 3): None,
        ("targets.csv", 3): "支持减速器",
    }
    with Record.open(workspace.db) as record:
        before = run(record.view(), measures=["policy-coverage"], as_of="2023-06-30")
    assert not before.findings and not before.not_assessed
