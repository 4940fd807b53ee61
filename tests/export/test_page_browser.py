"""The page in a real Chromium: offline, safe, readable, and usable with a mouse or a keyboard."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from graph.export import page as pages
from graph.export.page import board
from graph.finding import Findings
from graph.record import Record
from tests.claims import Claims

if TYPE_CHECKING:
    from tests.export.conftest import Opened

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("chromium")]
Open = Callable[..., "Opened"]
SIZES = [(1440, 900), (1920, 1080), (390, 844)]
SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(2)>'


def overlapping(boxes: list[list[float]]) -> list[Any]:
    return [
        (a, b)
        for a, b in combinations(boxes, 2)
        if a[0] < b[2] - 0.5 and a[2] > b[0] + 0.5 and a[1] < b[3] - 0.5 and a[3] > b[1] + 0.5
    ]


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_opens_offline_without_a_word(
    opened: Open, width: int, height: int, scheme: str
) -> None:
    one = opened(width, height, color_scheme=scheme, offline=True)
    for section in ("overview", "network", "findings", "missing", "foot"):
        one.scroll_to(section)
    one.page.click("#lang")
    one.page.click("#theme")
    assert one.page.evaluate("nodes.length") > 250
    assert one.page.evaluate("document.documentElement.scrollWidth") <= width
    assert one.wrong == []


def test_a_hostile_name_is_text_wherever_it_stands(opened: Open) -> None:
    one = opened()
    page = one.page
    page.fill("#search", "<script")
    page.wait_for_selector("#hits li[role=option]")
    assert SCRIPT in page.inner_text("#hits")
    page.keyboard.press("Enter")
    assert page.inner_text("#panel-title") == SCRIPT
    assert page.evaluate("labels.placed.length") >= 0
    page.fill("#search", "onerror")
    page.wait_for_timeout(200)
    page.keyboard.press("Enter")
    assert IMAGE in page.inner_text("#panel-title")
    assert IMAGE in page.inner_text("#panel .weak")
    page.keyboard.press("Escape")
    page.evaluate("() => { data.findings.forEach((_, p) => table.open.add(p)); drawFindings(); }")
    assert SCRIPT in page.inner_text("#table")
    assert IMAGE in page.inner_text("#table")
    assert IMAGE in page.inner_text("#strips")
    x, y = page.evaluate(
        "() => { const at = network.canvasToDOM(board.at.get(board.markOf(idPlace.get('F007'))));"
        " document.getElementById('network').scrollIntoView();"
        " const box = document.getElementById('mynetwork').getBoundingClientRect();"
        " return [box.left + at.x, box.top + at.y]; }"
    )
    page.mouse.move(x, y)
    page.wait_for_timeout(600)
    page.click("#lang")
    page.click("#lang")
    assert page.evaluate("document.querySelectorAll('main img, aside img').length") == 0
    assert page.evaluate("document.scripts.length") == 6
    assert one.wrong == []


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_no_name_on_the_canvas_overlaps_another(opened: Open, width: int, height: int) -> None:
    one = opened(width, height)
    one.scroll_to("network")
    for scale in (None, 0.2, 0.35, 0.6, 1.0, 2.0):
        if scale:
            one.page.evaluate("scale => { network.moveTo({ scale }); network.redraw(); }", scale)
        boxes = [label["box"] for label in one.page.evaluate("window.page.labels()")]
        assert len(boxes) > 10, scale
        assert overlapping(boxes) == [], scale


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("english", [False, True])
def test_no_text_of_the_overview_overlaps_another_or_is_cut(
    opened: Open, width: int, height: int, english: bool
) -> None:
    one = opened(width, height)
    if english:
        one.page.click("#lang")
    found = one.page.evaluate(
        """() => {
          const boxes = [];
          const overview = document.getElementById("overview");
          const walk = document.createTreeWalker(overview, NodeFilter.SHOW_TEXT);
          while (walk.nextNode()) {
            const text = walk.currentNode;
            if (!text.data.trim()) continue;
            const range = document.createRange();
            range.selectNodeContents(text);
            const clip = (text.parentElement.closest(".name, button") || document.body)
              .getBoundingClientRect();
            const { left, top, right, bottom } = range.getBoundingClientRect();
            const low = Math.min(bottom, clip.bottom) - 2;
            boxes.push([left, top + 2, Math.min(right, clip.right), low]);
          }
          return boxes;
        }"""
    )
    assert len(found) > 60
    assert overlapping(found) == []
    assert all(left >= 0 and right <= width for left, _, right, _ in found)


@pytest.mark.parametrize(("width", "height"), SIZES[:2])
def test_all_chains_are_seen_without_scrolling(opened: Open, width: int, height: int) -> None:
    one = opened(width, height)
    bottoms = one.page.evaluate(
        "[...document.querySelectorAll('.strip')].map(s => s.getBoundingClientRect().bottom)"
    )
    assert len(bottoms) == 6
    assert max(bottoms) <= height
    weak = one.page.locator(".line.scarcity, .line.absence, .tile.absence, .chips li.stated")
    assert weak.count() >= 7
    assert weak.evaluate_all(
        "all => Math.max(...all.map(e => e.getBoundingClientRect().bottom))"
    ) < (height)
    assert one.page.locator(".break").count() == 1


def test_search_finds_any_part_of_a_name_in_either_language(opened: Open) -> None:
    one = opened()
    page = one.page

    def hits(text: str) -> list[str]:
        page.fill("#search", text)
        page.wait_for_timeout(150)
        return [t.split("\n")[0] for t in page.locator("#hits li[role=option]").all_inner_texts()]

    assert "萤火中试平台" in hits("中试平")
    assert hits("fireFLY") == ["萤火中试平台"]
    assert hits("ONLY ONE") == ["独此一家有限公司"]
    assert hits("P04")[0] == "光刻胶"
    assert hits("没有这样的名字") == []
    assert "没有相符的名称" in page.inner_text("#hits")
    page.fill("#search", "光刻胶")
    page.wait_for_timeout(150)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.inner_text("#panel-title") == "光刻胶"


def test_a_click_shows_the_neighbourhood_and_each_value_with_its_line(opened: Open) -> None:
    one = opened()
    page = one.page
    before = page.evaluate("edges.get({ filter: e => !e.hidden }).length")
    one.click_on("ONLY")
    panel = page.inner_text("#panel")
    assert "独此一家有限公司" in panel
    assert "toy · firm.csv:162" in panel
    assert "曝光机" in panel
    assert "toy · provides.csv:" in panel
    shown = page.evaluate("edges.get({ filter: e => !e.hidden })")
    mark = page.evaluate("board.markOf(idPlace.get('ONLY'))")
    assert all(mark in (edge["from"], edge["to"]) for edge in shown)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert page.is_hidden("#panel")
    assert page.evaluate("edges.get({ filter: e => !e.hidden }).length") == before


def test_the_panel_names_the_findings(opened: Open) -> None:
    one = opened()
    one.click_on("P10")
    assert "独家供应" in one.page.inner_text("#panel .weak")
    one.page.click("#panel .weak button")
    assert one.page.is_visible("tr.detail")
    detail = one.page.inner_text("tr.detail")
    for part in ("90%", "toy · provides.csv:57", "曝光机由独此一家供给", "份额未写明", "70%"):
        assert part in detail
    assert one.page.is_hidden("#panel")


def test_the_network_can_be_used_with_the_keyboard_alone(opened: Open) -> None:
    one = opened()
    page = one.page
    page.focus("#mynetwork")
    page.keyboard.press("ArrowRight")
    first = page.evaluate("board.focus")
    page.keyboard.press("ArrowRight")
    second = page.evaluate("board.focus")
    assert first is not None
    assert second not in (None, first)
    assert page.evaluate("board.at.get(board.focus).x") > page.evaluate(
        "id => board.at.get(id).x", first
    )
    assert page.inner_text("#live")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "panel"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "mynetwork"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"


def test_everything_that_can_be_pressed_has_a_name(opened: Open) -> None:
    page = opened().page
    one_by_one = page.evaluate(
        "[...document.querySelectorAll('button, input, select, [role=application]')].filter(e =>"
        " e.offsetParent && !(e.ariaLabel || e.textContent.trim() || e.closest('label')"
        " || e.querySelector('[aria-label]'))).map(e => e.outerHTML)"
    )
    assert one_by_one == []


def test_the_legend_filters(opened: Open) -> None:
    one = opened()
    page = one.page
    one.scroll_to("network")
    firms = page.evaluate("board.nodes.filter(n => n.group === 'Firm').length")
    hidden = "nodes.get({ filter: n => n.hidden }).length"
    page.click("#legend label:has-text('企业')")
    assert page.evaluate(hidden) == firms
    page.click("#legend label:has-text('企业')")
    page.click("#legend label:has-text('只看薄弱的')")
    left = page.evaluate("nodes.length") - page.evaluate(hidden)
    assert left == page.evaluate("board.weak.size")
    page.click("#legend label:has-text('只看薄弱的')")
    visible = "edges.get({ filter: e => !e.hidden }).length"
    before = page.evaluate(visible)
    page.click("#legend label:has-text('合作')")
    assert page.evaluate(visible) - before > 300


def test_findings_can_be_sorted_and_filtered(opened: Open) -> None:
    page = opened().page
    rows = page.locator("#table tbody tr")
    total = rows.count()
    page.select_option("#by-chain", "policy")
    assert rows.count() == 2
    page.click("#all")
    page.select_option("#by-measure", "chokepoint")
    assert rows.count() == 12
    names = page.locator("td.measure .rank").all_inner_texts()
    page.click("th.severity button")
    assert page.locator("td.measure .rank").all_inner_texts() == names
    page.click("th.severity button")
    assert page.locator("td.measure .rank").all_inner_texts() == names[::-1]
    assert page.get_attribute("th.severity", "aria-sort") == "descending"
    page.click("#all")
    page.fill("#by-text", "蒸镀")
    page.wait_for_timeout(250)
    assert rows.count() == 2
    page.click("#all")
    assert rows.count() == total


def test_the_other_language_is_one_click_away(opened: Open) -> None:
    page = opened().page
    assert "缺失环节" in page.inner_text("#table")
    page.click("#lang")
    assert page.get_attribute("html", "lang") == "en"
    assert "Missing stage" in page.inner_text("#table")
    assert "Display chain" in page.inner_text("#strips")
    assert page.title() == "Weak links of an innovation ecosystem"


def test_what_could_not_be_judged_has_its_own_section(opened: Open) -> None:
    text = opened().page.inner_text("#missing")
    assert "对外依存" in text
    assert "提供 · 份额" in text
    assert "涉及 3 个对象" in text


def test_the_footer_says_what_it_rests_on(opened: Open, html: bytes) -> None:
    page = opened().page
    page.click("#foot summary")
    text = page.inner_text("#foot")
    for part in ("run1", "sha256:", "chokepoint/1", "home = CN", "provides.csv", "从不相加"):
        assert part in text


def test_colours_follow_the_system_and_the_button(opened: Open) -> None:
    page = opened(color_scheme="dark").page
    shade = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(shade)
    page.click("#theme")
    light = page.evaluate(shade)
    assert dark != light
    assert page.evaluate("palette.paper") == "#f6f7f9"
    page.click("#theme")
    assert page.evaluate(shade) == dark


def test_a_group_opens_and_shows_its_members(
    opened: Open, chains_db: Path, findings: Findings, tmp_path: Path, monkeypatch: Any
) -> None:
    few = replace(findings, findings=())
    monkeypatch.setattr(pages, "build", lambda view, need: board.build(view, need, 120))
    path = tmp_path / "grouped.html"
    with Record.open(chains_db) as record:
        path.write_bytes(pages.write_page(record.view(), few, "zh"))
    one = opened(file=path)
    page = one.page
    group = page.evaluate("board.nodes.find(n => n.group === 'Firm' && n.count > 5)")
    page.evaluate("id => pick(id, true)", group["id"])
    assert page.locator("#panel .rows li").count() == group["count"]
    members = page.evaluate("nodes.get({ filter: n => String(n.id).startsWith('m') }).length")
    assert members == group["count"]
    page.evaluate("clearPick()")
    assert page.evaluate("nodes.length") == page.evaluate("board.nodes.length")
    assert one.wrong == []


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ({"zh": "小微供给", "en": "Small suppliers"}, "小微供给"),
        ({"en": "Small <b>suppliers</b>"}, "Small <b>suppliers</b>"),
        (None, "small-supply"),
    ],
)
def test_a_measure_from_outside_goes_by_its_label_or_its_name(
    opened: Open,
    chains_db: Path,
    findings: Findings,
    tmp_path: Path,
    label: dict[str, str] | None,
    shown: str,
) -> None:
    mine = tuple(replace(f, measure="small-supply", values={}) for f in findings.findings)
    said = replace(findings, findings=mine, labels={"small-supply": label} if label else {})
    path = tmp_path / "outside.html"
    with Record.open(chains_db) as record:
        path.write_bytes(pages.write_page(record.view(), said, "zh"))
    one = opened(file=path)
    assert shown in one.page.inner_text("#table td.measure >> nth=0")
    assert shown in one.page.inner_text("#by-measure")
    assert one.wrong == []


def test_a_page_of_nothing_opens_too(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "empty.html"
    with Record.open(Claims().write(tmp_path / "graph.duckdb")) as record:
        path.write_bytes(pages.write_page(record.view(), None, "en"))
    one = opened(file=path)
    assert "without findings" in one.page.inner_text("#overview")
    assert one.wrong == []


def test_it_prints_in_light_colours_without_its_tools(opened: Open) -> None:
    page = opened(color_scheme="dark").page
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("palette.ink") == "#17212e"
    assert page.is_hidden(".top")
    assert page.is_visible("#table")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("palette.ink") == "#e7ecf2"
