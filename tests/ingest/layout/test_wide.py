"""Wide lists: columns that make relations."""

from collections.abc import Callable
from typing import Any

from ingest.emit import RelationEmit

Lay = Callable[..., Any]


def test_a_column_headed_by_a_relation(lay: Lay) -> None:
    rows = [
        ["甲公司", "低空经济", "整机；总装", "无人机、其他"],
        ["乙公司", "低空经济", "整机", "—"],
    ]
    laid = lay("企业", ["企业名称", "所属产业链", "所属环节", "主营产品"], rows)
    assert laid.mentions("Stage") == ["总装", "整机"]
    assert laid.mentions("Product") == ["无人机"]
    assert ("甲公司", "无人机", {"role": "major"}) in laid.relations("PROVIDES")
    assert [(f, t) for f, t, _ in laid.relations("PROVIDES")] == [
        ("乙公司", "整机"),
        ("甲公司", "总装"),
        ("甲公司", "整机"),
        ("甲公司", "无人机"),
    ]
    assert sorted(set(laid.pairs("PART_OF_CHAIN"))) == [
        ("乙公司", "低空经济"),
        ("总装", "低空经济"),
        ("整机", "低空经济"),
        ("无人机", "低空经济"),
        ("甲公司", "低空经济"),
    ]
    assert "2 fillers such as" in laid.said()


def test_two_chains_in_a_row_do_not_say_whose_the_stage_is(lay: Lay) -> None:
    rows = [["甲公司", "链一、链二", "整机"]]
    laid = lay("企业", ["企业名称", "所属产业链", "所属环节"], rows)
    assert laid.pairs("PART_OF_CHAIN") == [("甲公司", "链一"), ("甲公司", "链二")]


def test_an_inverse_heading_and_what_brackets_say(lay: Lay) -> None:
    rows = [["甲公司", "A资本(领投)、B资本(占股20%)"]]
    laid = lay("企业", ["企业名称", "投资方"], rows)
    assert laid.relations("INVESTS_IN") == [
        ("A资本", "甲公司", {"lead": "true"}),
        ("B资本", "甲公司", {"share": "20%"}),
    ]


def test_what_a_heading_says_of_all_its_names(lay: Lay) -> None:
    headings = ["事件名称", "被投企业", "领投方", "跟投方"]
    laid = lay("融资事件", headings, [["甲A轮", "甲公司", "A资本", "B资本"]])
    assert laid.relations("PARTICIPATES_IN_ROUND") == [
        ("A资本", "甲A轮", {"lead": "true"}),
        ("B资本", "甲A轮", {"lead": "false"}),
    ]


def test_a_column_beside_a_relation_is_its_attribute(lay: Lay) -> None:
    rows = [["甲公司", "乙集团、丙集团（30%）", "70"]]
    laid = lay("企业", ["企业名称", "股东", "持股比例（%）"], rows)
    assert laid.relations("HOLDS_STAKE_IN") == [
        ("丙集团", "甲公司", {"share": "30%"}),
        ("乙集团", "甲公司", {"share": "70"}),
    ]
    emit = next(e for e in laid.plan.emits if isinstance(e, RelationEmit))
    assert list(emit.units.values()) == ["%"]


def test_of_two_relations_the_one_to_the_left_has_the_attribute(lay: Lay) -> None:
    headings = ["企业名称", "所在园区", "入驻时间", "投资方"]
    laid = lay("企业", headings, [["甲公司", "东园", "2023-05", "A资本"]])
    assert laid.relations("INCUBATES") == [("东园", "甲公司", {"start": "2023-05"})]
    assert laid.relations("INVESTS_IN") == [("A资本", "甲公司", {})]
    apart = lay(
        "企业", ["企业名称", "入驻时间", "所在园区", "投资方"], [["甲", "2023", "东园", "A"]]
    )
    assert apart.note_keys().count("unknown_heading") == 1


def test_organisations_are_of_the_kind_that_their_names_end_on(lay: Lay) -> None:
    rows = [["甲平台", "某大学、某研究院、某某有限公司、星火"]]
    laid = lay("中试平台", ["平台名称", "依托单位"], rows)
    assert laid.mentions("University") == ["某大学"]
    assert laid.mentions("ResearchInstitute") == ["某研究院"]
    assert laid.mentions("Firm") == ["某某有限公司"]
    hosts = {f for f, _ in laid.pairs("HOSTS")}
    assert hosts == {"某大学", "某研究院", "某某有限公司", "星火"}
    loose = [e for e in laid.plan.emits if isinstance(e, RelationEmit) and e.source.by == "id"]
    assert len(loose) == 1  # nothing tells what 星火 is: whoever has that name


def test_a_firm_that_invests_is_a_firm(lay: Lay) -> None:
    rows = [["甲公司", "乙科技有限公司、丙资本、丁创业投资有限公司"]]
    laid = lay("企业", ["企业名称", "投资方"], rows)
    assert laid.mentions("Firm") == ["乙科技有限公司"]
    assert laid.mentions("Investor") == ["丁创业投资有限公司", "丙资本"]


def test_a_legal_form_is_no_title(lay: Lay) -> None:
    rows = [["甲公司", "有限责任公司(自然人投资或控股)"], ["乙公司", "瞪羚企业"]]
    laid = lay("企业", ["企业名称", "企业类型"], rows)
    assert laid.pairs("HOLDS_DESIGNATION") == [("乙公司", "瞪羚企业")]


def test_the_row_is_known_by_its_id_where_it_has_one(lay: Lay) -> None:
    laid = lay("firm", ["id", "name", "投资方"], [["F1", "甲公司", "A资本"]])
    assert laid.pairs("INVESTS_IN") == [("A资本", "F1")]


def test_rounds_get_names(lay: Lay) -> None:
    headings = ["企业名称", "轮次", "融资金额", "融资时间", "投资方"]
    rows = [["甲公司", "A轮", "数千万人民币", "2024-05", "A资本"], ["乙公司", "", "未披露", "", ""]]
    laid = lay("融资", headings, rows)
    assert [e["name"] for e in laid.entities("FundingRound")] == ["甲公司 A轮（2024-05）", "乙公司"]
    assert laid.pairs("RAISED") == [
        ("乙公司", "乙公司"),
        ("甲公司", "甲公司 A轮（2024-05）"),
    ]
    assert "round_named" in laid.note_keys()


def test_two_lists_of_one_round_give_it_one_name(lay: Lay) -> None:
    headings = ["企业名称", "轮次", "融资时间"]
    first = lay("融资", headings, [["甲公司", "A轮", "2024年5月"]])
    second = lay("融资", headings, [["甲公司", "Series A", "2024/05"]])
    names = [laid.entities("FundingRound")[0]["name"] for laid in (first, second)]
    assert names == ["甲公司 A轮（2024-05）"] * 2


def test_a_round_without_a_firm_has_no_name(lay: Lay) -> None:
    laid = lay("融资", ["企业名称", "轮次"], [["", "A轮"]])
    assert laid.entities("FundingRound") == [{"round": "A轮"}]


def test_a_list_of_title_holders(lay: Lay) -> None:
    headings = ["企业名称", "证书编号", "发证日期", "有效期"]
    rows = [["甲公司", "GR1", "2023-11-06", "三年"], ["乙公司", "GR2", "2023年11月", "三年"]]
    laid = lay("2023年第二批高企名单", headings, rows)
    assert laid.own.cls == "Firm"
    assert laid.relations("HOLDS_DESIGNATION") == [
        (
            "乙公司",
            "高新技术企业",
            {
                "certificate": "GR2",
                "valid_from": "2023年11月",
                "valid_until": "2026-11",
                "batch": "2023年第二批",
            },
        ),
        (
            "甲公司",
            "高新技术企业",
            {
                "certificate": "GR1",
                "valid_from": "2023-11-06",
                "valid_until": "2026-11-06",
                "batch": "2023年第二批",
            },
        ),
    ]
    assert "title_implied" in laid.note_keys()


def test_those_who_only_hope_for_a_title_do_not_hold_it(lay: Lay) -> None:
    laid = lay("高企培育库", ["企业名称"], [["甲公司"]])
    assert laid.pairs("HOLDS_DESIGNATION") == []
