"""`graph schema`: the ontology as tables, diagram, constraints and data."""

import json
import re
from pathlib import Path

import pytest

from graph.console import Console
from graph.export import schema_doc
from graph.schema import Schema, load

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def schema() -> Schema:
    return load(ROOT / "ontology.ttl")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_tables_hold_everything(schema, lang):
    classes = schema_doc.class_rows(schema, lang)
    assert [r[0].strip("()") for r in classes] == list(schema.classes)
    assert ("(Actor)" in {r[0] for r in classes}) and ("Firm" in {r[0] for r in classes})
    relations = schema_doc.relation_rows(schema, lang)
    assert [r[0] for r in relations] == list(schema.relations)
    properties = {(r[0], r[1]) for r in schema_doc.property_rows(schema, lang)}
    assert {("Entity", "name"), ("Organisation", "uscc"), ("Firm", "size")} <= properties
    assert ("Firm", "uscc") not in properties
    attributes = {(r[0], r[1]) for r in schema_doc.attribute_rows(schema, lang)}
    assert {("*", "share"), ("PROVIDES", "capacity"), ("REQUIRES", "group")} <= attributes
    for kind, found in (("class", classes), ("relation", relations)):
        assert len(schema_doc.headings(kind, lang)) == len(found[0])


def test_diagram_is_well_formed(schema):
    for lang in ("zh", "en"):
        lines = schema_doc.mermaid(schema, lang).splitlines()
        assert lines[0] == "classDiagram"
        assert sum(line.endswith("{") for line in lines) == len(schema.classes)
        assert lines.count("  }") == len(schema.classes)
        for line in lines:
            joined = re.fullmatch(r"  (\w+) (<\|--|-->) (\w+)(?: : [A-Z_, ]+)?", line)
            if "--" in line:
                assert joined and {joined[1], joined[3]} <= set(schema.classes), line
    drawn = set(re.findall(r"[A-Z]+(?:_[A-Z]+)*", " ".join(x for x in lines if "-->" in x)))
    assert set(schema.relations) <= drawn
    assert "  Organisation <|-- Firm" in lines


def test_constraints_are_for_neo4j(schema):
    statements = schema_doc.constraints(schema)
    assert statements[0].startswith("CREATE CONSTRAINT") and "n.`id` IS UNIQUE" in statements[0]
    names = [s.split()[2] for s in statements]
    assert len(set(names)) == len(names) > 10
    assert all("IF NOT EXISTS" in s and ";" not in s for s in statements)
    assert any("(n:`Organisation`) ON (n.`uscc`)" in s for s in statements)


def test_json_tells_all(schema, capsys):
    schema_doc.show(Console("en"), schema, "json")
    said = json.loads(capsys.readouterr().out)
    assert said["digest"] == schema.digest
    assert [c["name"] for c in said["classes"]] == list(schema.classes)
    provides = next(r for r in said["relations"] if r["name"] == "PROVIDES")
    role = next(a for a in provides["attributes"] if a["name"] == "role")
    assert [v["value"] for v in role["values"]] == ["major", "minor"]
    assert "share" in {a["name"] for a in said["attributes"]}


@pytest.mark.parametrize("format", ["table", "mermaid", "cypher"])
def test_it_is_shown(schema, capsys, format):
    schema_doc.show(Console("zh"), schema, format)
    first = capsys.readouterr().out
    assert "Firm" in first
    schema_doc.show(Console("zh"), schema, format)
    assert capsys.readouterr().out == first


def test_measures_say_what_they_are(capsys):
    class Some:
        measure, version, family, chain = "thin-stage", "1", "scarcity", None

        def find(self) -> None: ...

    schema_doc.show_methods(Console("en"), {"thin-stage": Some()}, "table")
    assert capsys.readouterr().out.startswith("thin-stage\t1\tscarcity\t\t")
    schema_doc.show_methods(Console("en"), {"thin-stage": Some()}, "json")
    assert json.loads(capsys.readouterr().out)[0]["measure"] == "thin-stage"


def test_an_added_class_turns_up(tmp_path):
    path = tmp_path / "ontology.ttl"
    path.write_text(
        (ROOT / "ontology.ttl").read_text("utf-8")
        + 'ig:Robot a owl:Class ; rdfs:subClassOf ig:Product ; rdfs:label "机器人"@zh , "r"@en .\n'
        "ig:serial a owl:DatatypeProperty ; rdfs:domain ig:Robot ; rdfs:range xsd:string ;\n"
        '  rdfs:label "序列号"@zh , "serial number"@en ; pg:indexed true .\n',
        "utf-8",
    )
    schema = load(path)
    assert "Robot" in {r[0] for r in schema_doc.class_rows(schema, "en")}
    assert '  class Robot["机器人"] {' in schema_doc.mermaid(schema, "zh")
    assert any("(n:`Robot`) ON (n.`serial`)" in s for s in schema_doc.constraints(schema))
