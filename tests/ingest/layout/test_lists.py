"""Four lists in the manner of those that offices keep, all of made-up organisations."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from ingest import readers
from ingest.sheet import Sheet

LayOut = Callable[[Sheet], Any]


def workbook(
    path: Path, rows: list[list[Any]], merged: tuple[str, ...] = (), title: str = ""
) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    if title:
        sheet.title = title
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    book.save(path)
    return path


def read(path: Path) -> Sheet:
    (sheet,) = readers.read(path)
    return sheet


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """企业名录: a title, a unit, 序号, a chain merged over its rows, a sum and a note below."""
    headings = ["序号", "企业名称", "统一社会信用代码", "所属产业链", "所属环节", "主营产品"]
    headings += ["注册资本", "所在园区", "是否上市"]
    rows: list[list[Any]] = [
        ["云台新区低空经济产业链企业名录"],
        ["单位：万元", None, None, None, None, None, None, None, "2024年6月"],
        headings,
        [
            1,
            "云台青鸾飞行器有限公司",
            "91510100MA0000001K",
            "低空经济",
            "整机制造、总装",
            "无人机、其他",
            3000,
        ],
        [
            2,
            "云台白泽航电有限公司",
            None,
            None,
            "飞控系统",
            "飞控计算机；惯导组件",
            "1,200",
            "云台东园",
            "否",
        ],
        [
            3,
            "云台玄圭材料有限公司",
            None,
            "低空经济",
            "复合材料",
            "碳纤维预浸料等3种",
            None,
            "—",
            "是",
        ],
        ["合计", None, None, None, None, None, 4200],
        ["注：以上为拟制数据。"],
    ]
    merged = ("A1:I1", "D4:D5")
    return workbook(tmp_path / "2024年云台新区企业名录.xlsx", rows, merged)


def test_a_register_of_firms(lay_out: LayOut, register: Path) -> None:
    laid = lay_out(read(register))
    assert laid.own.cls == "Firm"
    assert [row["name"] for row in laid.entities("Firm")] == [
        "云台青鸾飞行器有限公司",
        "云台白泽航电有限公司",
        "云台玄圭材料有限公司",
    ]
    assert [row.get("registered_capital") for row in laid.entities("Firm")] == [
        "3000",
        "1,200",
        None,
    ]
    assert list(laid.own.units.values()) == ["万元"]
    assert laid.mentions("Stage") == ["复合材料", "总装", "整机制造", "飞控系统"]
    assert laid.mentions("Product") == ["惯导组件", "无人机", "碳纤维预浸料", "飞控计算机"]
    chains = set(laid.pairs("PART_OF_CHAIN"))
    assert {f for f, t in chains if t == "低空经济"} >= {
        "云台白泽航电有限公司",
        "飞控系统",
        "总装",
        "无人机",
    }
    assert laid.pairs("INCUBATES") == [("云台东园", "云台白泽航电有限公司")]
    assert "等" not in "".join(laid.mentions("Product"))
    assert {"unknown_heading", "fillers", "others", "chain_implied"} <= set(laid.note_keys())


def test_a_list_of_high_tech_firms(lay_out: LayOut, tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["附件1"],
        ["云台市2023年第二批高新技术企业名单"],
        ["序号", "企业名称", "证书编号", "发证日期", "有效期", "所在区县"],
        [1, "云台青鸾飞行器有限公司", "GR202351000001", "2023-11-06", "三年", "东区"],
        [2, "云台白泽航电有限公司", "GR202351000002", "2023-11-06", "三年", "西区"],
    ]
    laid = lay_out(read(workbook(tmp_path / "附件1.xlsx", rows, ("A2:F2",))))
    assert laid.own.cls == "Firm"
    held = laid.relations("HOLDS_DESIGNATION")
    assert [(f, t) for f, t, _ in held] == [
        ("云台白泽航电有限公司", "高新技术企业"),
        ("云台青鸾飞行器有限公司", "高新技术企业"),
    ]
    assert held[1][2] == {
        "certificate": "GR202351000001",
        "valid_from": "2023-11-06",
        "valid_until": "2026-11-06",
        "batch": "2023年第二批",
    }
    assert laid.pairs("LOCATED_IN")[0] == ("云台白泽航电有限公司", "西区")
    assert "title_implied" in laid.note_keys()


def test_an_export_of_funding_rounds(lay_out: LayOut, tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["企业名称", "所属行业", "轮次", "融资金额", "融资时间", "投资方"],
        [
            "云台青鸾飞行器有限公司",
            "航空",
            "A轮",
            "数千万人民币",
            "2024年5月",
            "星槎资本(领投)、云台创投",
        ],
        ["云台白泽航电有限公司", "航空", "天使轮", "未披露", "2023/8/1", "未披露"],
    ]
    laid = lay_out(read(workbook(tmp_path / "export.xlsx", rows)))
    assert laid.own.cls == "FundingRound"
    assert [row["name"] for row in laid.entities("FundingRound")] == [
        "云台青鸾飞行器有限公司 A轮（2024-05）",
        "云台白泽航电有限公司 天使轮（2023-08-01）",
    ]
    assert laid.relations("PARTICIPATES_IN_ROUND") == [
        ("云台创投", "云台青鸾飞行器有限公司 A轮（2024-05）", {}),
        ("星槎资本", "云台青鸾飞行器有限公司 A轮（2024-05）", {"lead": "true"}),
    ]
    assert len(laid.pairs("RAISED")) == 2
    assert laid.relations("INVESTS_IN") == []


def test_a_list_of_investment_projects(lay_out: LayOut, tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["云台新区招商项目库"],
        [
            "序号",
            "项目名称",
            "投资方",
            "投资",
            None,
            "所属产业链",
            "所属环节",
            "项目状态",
            "落户园区",
            "建设周期",
        ],
        [None, None, None, "总投资（亿元）", "用地面积（亩）"],
        [
            1,
            "青鸾整机基地",
            "云台青鸾飞行器有限公司、星槎资本",
            5.2,
            120,
            "低空经济",
            "整机制造",
            "签约",
            "云台东园",
            "2024-2026",
        ],
        [
            2,
            "白泽航电扩产",
            "云台白泽航电有限公司",
            "约2亿元",
            None,
            "低空经济",
            "飞控系统",
            "投产",
            "云台东园",
            "2022年3月至2023年10月",
        ],
    ]
    merged = ("A1:J1", "A2:A3", "B2:B3", "C2:C3", "D2:E2")
    merged += ("F2:F3", "G2:G3", "H2:H3", "I2:I3", "J2:J3")
    laid = lay_out(read(workbook(tmp_path / "招商项目库.xlsx", rows, merged)))
    assert laid.own.cls == "Project"
    assert laid.entities("Project") == [
        {
            "name": "青鸾整机基地",
            "investment": "5.2",
            "land_area": "120",
            "status": "签约",
            "started_on": "2024",
            "ended_on": "2026",
        },
        {
            "name": "白泽航电扩产",
            "investment": "约2亿元",
            "status": "投产",
            "started_on": "2022-03",
            "ended_on": "2023-10",
        },
    ]
    assert "亿元" in laid.own.units.values()
    assert laid.pairs("INVESTS_IN") == [
        ("云台白泽航电有限公司", "白泽航电扩产"),
        ("云台青鸾飞行器有限公司", "青鸾整机基地"),
        ("星槎资本", "青鸾整机基地"),
    ]
    assert laid.mentions("Firm") == ["云台白泽航电有限公司", "云台青鸾飞行器有限公司"]
    assert laid.mentions("Investor") == ["星槎资本"]
    assert ("青鸾整机基地", "整机制造") in laid.pairs("PROVIDES")
    assert ("整机制造", "低空经济") in laid.pairs("PART_OF_CHAIN")
    assert laid.pairs("INCUBATES") == [("云台东园", "白泽航电扩产"), ("云台东园", "青鸾整机基地")]
