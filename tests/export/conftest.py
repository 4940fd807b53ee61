"""A made-up ecosystem with findings, its page, and a browser to open the page in."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from graph.export.page import write_page
from graph.finding import Confidence, Evidence, Finding, Findings, NotAssessed, Subject
from graph.record import Record
from tests.claims import Claims

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(2)>\u2028</script><!--'
PARTS = {
    "上游材料": ["玻璃基板", "偏光片", "液晶材料", "驱动芯片", "光刻胶", "靶材"],
    "核心装备": ["曝光机", "蒸镀机", "检测设备"],
    "面板制造": ["阵列工艺", "成盒工艺", "模组组装"],
    "整机终端": ["车载显示", "智能电视", "穿戴设备"],
}
CHAINS = {
    "InnovationChain": ["基础研究", "应用研究", "技术开发", "概念验证", "中试熟化", "产业化"],
    "IncubationChain": ["创业苗圃", "孵化器", "加速器", "产业园"],
    "CapitalChain": ["种子", "天使", "A 轮", "B 轮", "并购上市"],
    "PolicyChain": ["制定", "出台", "兑现", "评估"],
    "TalentChain": ["引进", "培养", "使用", "留用"],
}
NAMES = "云岚星禾青川明瀚博远鼎新恒智启光宏图瑞泽凌峰"


def made_up() -> Claims:
    """Six chains, 320 entities, over 900 relations, two hostile names."""
    rnd, said = Random(7), Claims()
    regions = ["沟渠区", "天河片区", "云台新区"]
    for i, name in enumerate(regions):
        said.entity("Region", f"R{i}", "region.csv", name=name)
    firms = [f"F{i:03}" for i in range(160)]
    for i, firm in enumerate(firms):
        name = "".join(rnd.choices(NAMES, k=4)) + rnd.choice(["光电", "材料", "装备"]) + "有限公司"
        name = {7: SCRIPT, 9: IMAGE}.get(i, name)
        capital = {"registered_capital": i * 1e6, "registered_capital_currency": "CNY"}
        said.entity("Firm", firm, "firm.csv", name=name, founded_on="2015-05", **capital)
        said.relation("LOCATED_IN", firm, f"R{rnd.randrange(3)}", "located_in.csv")
    links = _industry(said)
    for chain, steps in CHAINS.items():
        _steps(said, chain, steps)
    actors = firms + _others(said, rnd, firms, links)
    for link in links:
        few = {"P10": 1, "P11": 0, "P04": 2}
        providers = rnd.sample(firms, few.get(link, rnd.randrange(4, 12)))
        for i, firm in enumerate(providers):
            share = 0.9 if link == "P04" and i == 0 else 0.2 if i < 2 and link != "P04" else None
            said.relation("PROVIDES", firm, link, "provides.csv", share=share, start="2023")
    # One firm provides nothing but a link of the chain's middle, so that its place is known.
    said.entity("Firm", "ONLY", "firm.csv", name="独此一家有限公司", name_en="Only One Ltd")
    said.relation("PROVIDES", "ONLY", "P10", "provides.csv", quote="曝光机由独此一家供给")
    for _ in range(420):
        a, b = rnd.sample(actors, 2)
        said.relation("COLLABORATES_WITH", a, b, "collaborates_with.csv")
    return said


def _industry(said: Claims) -> list[str]:
    said.entity("IndustryChain", "IC", "chain.csv", name="新型显示产业链", name_en="Display chain")
    links = []
    for s, (stage, products) in enumerate(PARTS.items()):
        said.entity("Stage", f"S{s}", "stage.csv", name=stage)
        said.relation("PART_OF_CHAIN", f"S{s}", "IC", "part_of_chain.csv")
        if s:
            said.relation("PRECEDES", f"S{s - 1}", f"S{s}", "precedes.csv")
        for i, product in enumerate(products):
            link = f"P{s}{i}"
            links.append(link)
            said.entity("Product", link, "product.csv", name=product)
            said.relation("PART_OF_CHAIN", link, "IC", "part_of_chain.csv")
            said.relation("VARIANT_OF", link, f"S{s}", "variant_of.csv")
    needs = ["P20 P00", "P20 P04", "P20 P10", "P21 P02", "P22 P01", "P30 P22", "P31 P22", "P32 P22"]
    for pair in needs:
        said.relation("REQUIRES", *pair.split(), "requires.csv")
    return links


def _steps(said: Claims, chain: str, steps: list[str]) -> None:
    short = chain[:3].upper()
    said.entity(chain, short, "chain.csv", name=steps[0] + "链" if short == "POL" else chain)
    for i, step in enumerate(steps):
        said.entity("Stage", f"{short}{i}", "stage.csv", name=step)
        said.relation("PART_OF_CHAIN", f"{short}{i}", short, "part_of_chain.csv")
        if i:
            said.relation("PRECEDES", f"{short}{i - 1}", f"{short}{i}", "precedes.csv")


def _others(said: Claims, rnd: Random, firms: list[str], links: list[str]) -> list[str]:
    for i in range(6):
        said.entity("University", f"U{i}", "university.csv", name=f"沟渠第{i + 1}大学")
        said.relation("PROVIDES", f"U{i}", f"INN{i % 2}", "provides.csv")
    said.entity("PilotTestPlatform", "PT", "platform.csv", name="萤火中试平台", name_en="Firefly")
    said.relation("PROVIDES", "PT", "INN4", "provides.csv")
    for i in range(4):
        said.entity("Investor", f"V{i}", "investor.csv", name=f"明瀚{i + 1}号资本")
        said.relation("PROVIDES", f"V{i}", f"CAP{i}", "provides.csv")
        for firm in rnd.sample(firms, 8):
            said.relation("INVESTS_IN", f"V{i}", firm, "invests_in.csv", amount=3e7)
    for i in range(40):
        said.entity("Achievement", f"A{i}", "achievement.csv", name=f"成果{i + 1}号")
        for step in range(rnd.randrange(1, 6)):
            said.relation("REACHED", f"A{i}", f"INN{step}", "reached.csv", start=f"20{18 + step}")
    for i in range(30):
        said.entity("Team", f"T{i}", "team.csv", name=f"团队{i + 1}")
        said.relation("REACHED", f"T{i}", f"INC{i % 4}", "reached.csv", start="2021")
    for i in range(12):
        said.entity("Policy", f"POLICY{i}", "policy.csv", name=f"若干措施（{i + 1}）")
        said.relation("TARGETS", f"POLICY{i}", rnd.choice(links), "targets.csv")
    return [*(f"U{i}" for i in range(6)), "PT", *(f"V{i}" for i in range(4))]


def finding(measure: str, subject: str, rank: int = 1, **said: Any) -> Finding:
    """A finding whose parts do not matter but for those given."""
    family = {
        "hand-off": "brokerage",
        "broker": "brokerage",
        "funding-hole": "absence",
        "policy-coverage": "absence",
        "missing-link": "absence",
        "stated": "stated",
    }.get(measure, "scarcity")
    name = said.pop("name", subject)
    values: dict[str, Any] = {
        "id": f"{measure}:{subject}",
        "chain": "industry",
        "family": family,
        "measure": measure,
        "method": f"{measure}/1",
        "rank": rank,
        "severity": round(1 / rank, 4),
        "subject": Subject(subject, "Product", {"zh": name}),
        "object": None,
        "values": {"holders": 1, "top_share": 0.9},
        "impact": {"output_lost": 0.34, "on": ["P30"]},
        "action": "固链",
        "confidence": Confidence(
            0.7, 0.8, None, 0.96, ({"key": "k", "zh": "份额未写明", "en": "no shares"},)
        ),
        "evidence": (Evidence("toy", "provides.csv", 57, "曝光机由独此一家供给"),),
        "text": {"zh": f"{name}：说明 {measure}。", "en": f"{name}: {measure} says so."},
        "candidates": ({"id": "F012", "density": 0.4},),
    }
    return Finding(**{**values, **said})


def made_up_findings() -> Findings:
    step = Subject("INN4", "Stage", {"zh": "中试熟化"})
    found = [
        finding("missing-stage", "P11", name="蒸镀机"),
        finding("single-source", "P10", name="曝光机"),
        finding("concentrated", "P04", name="光刻胶", values={"level": "actor", "hhi": 0.81}),
        *(finding("chokepoint", f"P{i // 3}{i % 3}", i + 1) for i in range(12)),
        finding("hand-off", "INN3", chain="innovation", name="概念验证", object=step),
        finding("broker", "PT", chain="innovation", name="萤火中试平台"),
        finding("broker", "F007", 2, chain="innovation", name=SCRIPT),
        finding("funding-hole", "INN4", chain="capital", name="中试熟化"),
        finding("policy-coverage", "P11", chain="policy", name="蒸镀机"),
        finding("policy-coverage", "P02", 2, chain="policy", name="液晶材料"),
        finding("stated", "F009", chain="innovation", name=IMAGE, text={"zh": IMAGE, "en": SCRIPT}),
    ]
    missing = [
        NotAssessed("external", f.subject, "insufficient_data", ("PROVIDES.share", "LOCATED_IN"))
        for f in found[:3]
    ]
    return Findings("run1", "sha256:0", "1", tuple(found), tuple(missing), {"home": "CN"})


@pytest.fixture(scope="session")
def findings() -> Findings:
    return made_up_findings()


@pytest.fixture(scope="session")
def make_finding() -> Callable[..., Finding]:
    return finding


@pytest.fixture(scope="session")
def chains_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_up().write(tmp_path_factory.mktemp("chains") / "graph.duckdb")


@pytest.fixture(scope="session")
def html(chains_db: Path, findings: Findings) -> bytes:
    with Record.open(chains_db) as record:
        return write_page(record.view(), findings, "zh")


@pytest.fixture(scope="session")
def page_file(html: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "薄弱 环节.html"
    path.write_bytes(html)
    return path


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    from playwright.sync_api import sync_playwright

    named = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    path = named if Path(named).is_file() else None
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Opened:
    """A page in a browser, and all that it did but should not have done."""

    page: "Page"
    wrong: list[str] = field(default_factory=list)

    def scroll_to(self, section: str) -> None:
        self.page.evaluate(
            "id => { document.documentElement.style.scrollBehavior = 'auto';"
            " document.getElementById(id).scrollIntoView(); }",
            section,
        )
        self.page.wait_for_timeout(150)

    def click_on(self, entity: str) -> None:
        """A mouse click on an entity's mark, wherever it is on the canvas."""
        self.scroll_to("network")
        x, y = self.page.evaluate(
            "id => { const node = board.at.get(board.markOf(idPlace.get(id)));"
            " const at = network.canvasToDOM(node);"
            " const box = document.getElementById('mynetwork').getBoundingClientRect();"
            " return [box.left + at.x, box.top + at.y]; }",
            entity,
        )
        self.page.mouse.click(x, y)
        self.page.wait_for_timeout(400)


@pytest.fixture
def opened(chromium: "Browser", page_file: Path) -> Iterator[Callable[..., Opened]]:
    """Opens the page (or another file) at a size; whatever it fetches, logs or throws is kept."""
    contexts = []

    def make(width: int = 1440, height: int = 900, file: Path = page_file, **said: Any) -> Opened:
        context = chromium.new_context(viewport={"width": width, "height": height}, **said)
        contexts.append(context)
        page = context.new_page()
        one = Opened(page)
        address = file.as_uri()
        page.on("request", lambda r: one.wrong.append(r.url) if r.url != address else None)
        page.on("console", lambda message: one.wrong.append(message.text))
        page.on("pageerror", lambda error: one.wrong.append(str(error)))

        def refuse(dialog: Any) -> None:
            one.wrong.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        page.on("dialog", refuse)
        page.add_init_script(
            "addEventListener('securitypolicyviolation', e =>"
            " console.error('policy', e.violatedDirective, e.blockedURI));"
        )
        page.goto(address)
        page.wait_for_function("window.page && window.page.ready")
        return one

    yield make
    for context in contexts:
        context.close()
