"""A class added to a copy of the ontology arrives everywhere without a change of code."""

import json
from pathlib import Path

import pytest

from tests.program import Graph

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent

ROBOT = """
ig:RobotLab a owl:Class ;
    rdfs:subClassOf ig:Platform ;
    rdfs:label "机器人试验场"@zh , "robot proving ground"@en ;
    skos:definition "机器人在真实环境中试验的场地。"@zh , "Where robots are tried out."@en ;
    skos:example "某某机器人试验场" ;
    pg:label "RobotLab" .
ig:RobotLabShape a sh:NodeShape ; sh:targetClass ig:RobotLab ;
    sh:property [ sh:path ig:name ; sh:minCount 1 ;
        sh:message "机器人试验场缺少名称"@zh , "A robot proving ground has no name"@en ] .
"""


@pytest.fixture
def ontology(tmp_path: Path) -> str:
    copy = tmp_path / "grown.ttl"
    copy.write_text((ROOT / "ontology.ttl").read_text("utf-8") + ROBOT, "utf-8")
    return str(copy)


def test_a_new_class_turns_up_everywhere(graph: Graph, ontology: str, tmp_path: Path) -> None:
    grown = {"GRAPH_ONTOLOGY": ontology}
    assert "RobotLab" in graph("schema", **grown).stdout
    assert "RobotLab" not in graph("schema").stdout

    assert graph("init", "work", "--lang", "zh", **grown).returncode == 0
    forms = {p.stem for p in (tmp_path / "work" / "templates").iterdir()}
    assert {"机器人试验场", "RobotLab"} & forms

    data = tmp_path / "data"
    data.mkdir()
    (data / "机器人试验场.csv").write_text("标识,名称,面积\nR1,示例试验场,\n,,\n", "utf-8")
    (data / "firm.csv").write_text("id,name\nF1,示例企业\n", "utf-8")
    (data / "provides_service_to.csv").write_text("from,to\nR1,F1\n", "utf-8")
    assert graph("validate", "data", **grown).returncode in (0, 1)
    assert graph("ingest", "data", **grown).returncode == 0
    stats = json.loads(graph("stats", "--format", "json", **grown).stdout)
    assert stats["entities"] == {"Firm": 1, "RobotLab": 1}
    assert stats["relations"] == {"PROVIDES_SERVICE_TO": 1}

    question = "MATCH (p:Platform:RobotLab)-[:PROVIDES_SERVICE_TO]->(f) RETURN p.name, f.id"
    rows = json.loads(graph("query", question, "--format", "json", **grown).stdout)
    assert rows == [{"p.name": "示例试验场", "f.id": "F1"}]

    assert "机器人试验场" in graph("export", "html", "--lang", "zh", **grown).stdout
    assert "ig:RobotLab" in graph("export", "ttl", **grown).stdout

    (data / "机器人试验场.csv").write_text("标识,名称\nR1,\nR2,示例\n", "utf-8")
    wrong = graph("validate", "data", **grown)
    assert wrong.returncode == 1 and "机器人试验场.csv:2" in wrong.stdout
