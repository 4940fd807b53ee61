"""The page as bytes: whole, offline, the same each time, and nothing in it but text and data."""

import base64
import hashlib
import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from graph.export.page import write_page
from graph.finding import Finding, Findings
from graph.record import Record
from graph.schema import EntityClass, load
from tests.claims import Claims

SCRIPT = re.compile(r"<script>(.*?)</script>", re.S)


def block(html: bytes, name: str) -> Any:
    found = re.search(f'id="graph-{name}">(.*?)</script>', html.decode(), re.S)
    assert found
    return json.loads(found[1])


def test_the_same_record_gives_the_same_bytes(
    chains_db: Path, findings: Findings, html: bytes
) -> None:
    with Record.open(chains_db) as record:
        again = write_page(record.view(), findings, "zh")
        left = record.con.execute(
            "SELECT table_name FROM duckdb_tables() WHERE starts_with(table_name, 'page_')"
        ).fetchall()
    assert again == html
    assert left == []


def test_nothing_is_asked_of_a_server(html: bytes) -> None:
    text = html.decode()
    head = text[: text.index("<script")]
    assert re.findall(r'(?:src|href)\s*=\s*"(?!#)', text) == []
    assert "url(" not in head
    assert "@import" not in head
    assert "<link" not in text
    assert "sourceMappingURL" not in text


def test_the_policy_names_each_script_and_the_style_by_its_digest(html: bytes) -> None:
    text = html.decode()
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert found
    policy = found[1].replace("&#39;", "'")
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    run = [*SCRIPT.findall(text), *re.findall(r"<style>(.*?)</style>", text, re.S)]
    assert len(run) == 3
    for source in run:
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_pyvis_made_the_network_with_every_entity(html: bytes, chains_db: Path) -> None:
    nodes, data = block(html, "nodes"), block(html, "data")
    with Record.open(chains_db) as record:
        counts = record.view().entity_counts()
    chains = sum(n for cls, n in counts.items() if cls.endswith("Chain"))
    assert len(nodes) == sum(counts.values()) - chains
    assert {"光刻胶", "萤火中试平台"} <= {node["label"] for node in nodes}
    assert block(html, "options")["physics"] == {"enabled": False}
    assert all({"x", "y", "shape", "label"} <= node.keys() for node in nodes)
    assert data["counts"]["entities"] == counts


def test_chinese_stands_as_it_is_and_hostile_text_cannot_end_its_block(html: bytes) -> None:
    assert "新型显示产业链".encode() in html
    assert rb"\u65b0" not in html
    assert b"<script>alert" not in html
    assert b"<img" not in html
    assert "\u2028".encode() not in html
    names = [entity["t"].get("en", "") for entity in block(html, "data")["entities"]]
    assert "<script>alert(1)</script>" in names
    assert '"><img src=x onerror=alert(2)>\u2028</script><!--' in names


def test_both_languages_are_in_it(chains_db: Path, findings: Findings, html: bytes) -> None:
    with Record.open(chains_db) as record:
        english = write_page(record.view(), findings, "en")
    assert b'<html lang="en">' in english
    assert b'<html lang="zh-CN">' in html
    assert block(english, "data")["ui"] == block(html, "data")["ui"]


def test_a_property_leads_to_its_line(html: bytes) -> None:
    data = block(html, "data")
    only = next(e for e in data["entities"] if e["id"] == "ONLY")
    terms = {data["terms"][p[0]]["name"]: p for p in only["p"]}
    assert data["files"][terms["name_en"][2]] == ["toy", "firm.csv"]
    assert terms["name_en"][3] == 162
    quotes = [row for row in data["rows"] if "曝光机由独此一家供给" in [a[1] for a in row[3]]]
    assert len(quotes) == 1
    assert data["files"][quotes[0][4]] == ["toy", "provides.csv"]


def test_what_another_line_says_stands_beside_it(tmp_path: Path) -> None:
    said = Claims()
    said.entity("Firm", "F1", "a.csv", name="甲", founded_on="2001", website="http://x.cn")
    said.entity("Firm", "F1", "b.csv", name="甲", founded_on="2002", address="某路 1 号")
    with Record.open(said.write(tmp_path / "graph.duckdb")) as record:
        data = block(write_page(record.view(), None, "zh"), "data")
    terms = {data["terms"][p[0]]["name"]: p for p in data["entities"][0]["p"]}
    assert terms["founded_on"][1:] == ["2001", 0, 2, [["2002", 1, 2]]]
    assert data["files"] == [["toy", "a.csv"], ["toy", "b.csv"]]
    assert terms["address"][1:] == ["某路 1 号", 1, 2]
    assert terms["website"][1:] == ["http://x.cn", 0, 2]


def test_an_empty_record_and_no_findings_still_make_a_page(tmp_path: Path) -> None:
    with Record.open(Claims().write(tmp_path / "graph.duckdb")) as record:
        data = block(write_page(record.view(), None, "en"), "data")
    assert data["entities"] == []
    assert data["assessed"] is False
    assert [strip["kind"] for strip in data["strips"]] == [
        *("industry", "innovation", "capital", "policy", "talent")
    ]


def test_what_is_no_number_is_unknown(
    chains_db: Path, make_finding: Callable[..., Finding], findings: Findings
) -> None:
    odd = make_finding("thin-stage", "P00", values={"z": float("nan"), "usual": float("inf")})
    with Record.open(chains_db) as record:
        page = write_page(record.view(), replace(findings, findings=(odd,)), "zh")
    assert block(page, "data")["findings"][0]["values"] == {"usual": None, "z": None}


def test_a_new_class_needs_no_change_here(tmp_path: Path) -> None:
    schema = load()
    firm = schema.classes["Firm"]
    label = {"zh": "产业联盟", "en": "industry alliance"}
    new = EntityClass(
        "Alliance", firm.iri + "X", label, label, (), firm.ancestors, False, firm.properties
    )
    schema = replace(schema, classes={**schema.classes, "Alliance": new})
    said = Claims(schema).entity("Alliance", "A1", name="显示联盟")
    with Record.open(said.write(tmp_path / "graph.duckdb"), schema=schema) as record:
        page = write_page(record.view(), None, "zh")
    assert [node["label"] for node in block(page, "nodes")] == ["显示联盟"]
    assert label in [c["label"] for c in block(page, "data")["classes"]]


def test_every_text_that_the_scripts_ask_for_is_in_the_catalogue() -> None:
    folder = files("graph.export").joinpath("page")
    texts = tomllib.loads(files("graph.messages").joinpath("page.toml").read_text("utf-8"))
    asked = set(
        re.findall(
            r'data-(?:t|label|hint)="(\w+)"', folder.joinpath("template.html").read_text("utf-8")
        )
    )
    for item in folder.iterdir():
        if item.name.endswith(".js"):
            asked |= set(re.findall(r'\b(?:t|counted)\("(\w+)"', item.read_text("utf-8")))
    assert len(asked) > 70
    assert asked <= texts.keys()
    assert all(entry.keys() == {"zh", "en"} and all(entry.values()) for entry in texts.values())
    for key, entry in texts.items():
        fields = [sorted(re.findall(r"\{(\w+)\}", text)) for text in entry.values()]
        assert fields[0] == fields[1], key
