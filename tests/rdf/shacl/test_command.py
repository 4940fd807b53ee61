"""`graph validate --shacl`: what it says, in which form, with which exit code."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.claims import Claims
from tests.program import Done
from tests.rdf.shacl import w3c

Run = Callable[..., Done]

BAD = """toy/entities.csv:2: F1 [name] A firm has no name
toy/entities.csv:3: F2 [size] Firm size is one of 大, 中, 小, 微 (巨)
toy/more.csv:3: F2 [uscc] A unified social credit code has 18 digits and capitals (none of I, O, S, V, Z) (123)
toy/relations.csv:2: statement/PROVIDES/F2/P1 [share] Share is one number from 0 to 1 (1.5)
toy/relations.csv:3: F2 [provides] provides ends at: chain link (R 1)
"""

SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix x: <urn:x:> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
<urn:shapes> owl:imports <http://example.org/more> .
x:s a sh:NodeShape ; sh:targetClass x:Firm ;
    sh:property [ sh:path x:name ; sh:minCount 1 ; sh:severity sh:Warning ] ,
        [ sh:path x:size ; sh:maxInclusive 9 ; sh:message "最大为 9"@zh , "9 at most"@en ] .
"""

DATA = """
@prefix x: <urn:x:> .
x:a a x:Firm ; x:name "A" ; x:size 12 .
x:b a x:Firm ; x:size 3 .
"""


@pytest.fixture
def bad(tmp_path: Path) -> None:
    said = Claims().entity("Firm", "F1", name=None)
    said.entity("Firm", "F2", name="乙", size="巨").entity("Product", "P1", name="芯片")
    said.entity("Region", "R 1", name="高新区").entity("Firm", "F3", name="丙")
    said.entity("Firm", "F3", file="more.csv", size="大")
    said.entity("Firm", "F2", file="more.csv", uscc="123", name=None)
    said.relation("PROVIDES", "F2", "P1", share=1.5).relation("PROVIDES", "F2", "R 1", share=0.5)
    said.relation("LOCATED_IN", "F3", "R 1").write(tmp_path / "graph.duckdb")


@pytest.fixture
def files(tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(SHAPES, "utf-8")
    (tmp_path / "data.ttl").write_text(DATA, "utf-8")


@pytest.mark.usefixtures("bad")
def test_each_result_leads_to_its_line(run: Run) -> None:
    done = run("validate", "--shacl")
    assert (done.code, done.out) == (1, BAD)
    assert "5 things are wrong" in done.err


@pytest.mark.usefixtures("bad")
def test_json_has_both_languages(run: Run) -> None:
    rows = run("validate", "--shacl", "--format", "json").json()
    assert [(r["source"], r["file"], r["line"]) for r in rows][:2] == [
        ("toy", "entities.csv", 2),
        ("toy", "entities.csv", 3),
    ]
    assert rows[1] == {
        "source": "toy",
        "file": "entities.csv",
        "line": 3,
        "focus": "https://w3id.org/innograph/id/F2",
        "path": "https://w3id.org/innograph/ontology#size",
        "value": "巨",
        "component": "InConstraintComponent",
        "severity": "Violation",
        "shape": "https://w3id.org/innograph/ontology#shape-size",
        "text": {
            "zh": "“企业规模”应为大、中、小、微之一",
            "en": "Firm size is one of 大, 中, 小, 微",
        },
    }


@pytest.mark.usefixtures("files")
def test_the_other_forms(run: Run, tmp_path: Path) -> None:
    words = ("validate", "--shapes", "shapes.ttl", "data.ttl")
    chinese = run(*words, "--lang", "zh")
    assert chinese.out.startswith("urn:x:a [urn:x:size] 最大为 9 (12)\n")
    assert "共 2 处" in chinese.err and "未读取" in chinese.err
    done = run(*words, "--format", "csv", "--lang", "zh")
    lines = list(csv.DictReader(io.StringIO(done.out.removeprefix("\ufeff"))))
    assert [line["focus"] for line in lines] == ["urn:x:a", "urn:x:b"]
    assert lines[0]["message"] == "最大为 9" and lines[0]["value"] == "12"
    done = run(*words, "--format", "ttl", "-o", "report.ttl")
    assert (done.code, done.out) == (1, "")
    conforms, results = w3c.read_turtle((tmp_path / "report.ttl").read_bytes())
    assert not conforms and sum(results.values()) == 2


def test_a_good_record_conforms(run: Run, ecosystem_db: Path) -> None:
    done = run("validate", "--shacl", "--db", str(ecosystem_db), "-f", "ttl")
    assert done.code == 0 and "sh:conforms true" in done.out
    assert "Nothing is wrong" in done.err


@pytest.mark.usefixtures("files")
def test_shapes_and_data_of_others(run: Run) -> None:
    done = run("validate", "--shapes", "shapes.ttl", "data.ttl")
    assert done.code == 1
    assert done.out == (
        "urn:x:a [urn:x:size] 9 at most (12)\n"
        "urn:x:b [urn:x:name] Warning: must have at least 1 values\n"
    )
    assert "http://example.org/more" in done.err and "not read" in done.err


@pytest.mark.usefixtures("files")
def test_shapes_that_find_nothing_say_so(run: Run, tmp_path: Path) -> None:
    done = run("validate", "--shacl", "data.ttl")
    assert done.code == 0 and "nothing was checked" in done.err
    (tmp_path / "none.ttl").write_text("<urn:a> <urn:b> <urn:c> .")
    done = run("validate", "--shapes", "none.ttl", "data.ttl")
    assert done.code == 3 and "no SHACL shapes" in done.err


@pytest.mark.usefixtures("files")
def test_rdf_of_ours_is_checked_by_the_ontologys_classes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "firm.ttl").write_text(
        "@prefix ig: <https://w3id.org/innograph/ontology#> .\n"
        '<urn:f> a ig:Firm ; ig:name "甲"@zh ; ig:uscc "1" .\n'
    )
    done = run("validate", "--shacl", "firm.ttl")
    assert done.code == 1 and done.out.startswith("urn:f [uscc] ")


def test_tables_are_checked_aside(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "firm.csv").write_text("id,name,uscc\nF1,甲,91510100MA61UHJ06K\n", "utf-8")
    done = run("validate", "--shacl", "data")
    assert (done.code, done.out) == (0, "") and "Nothing is wrong" in done.err
    (folder / "firm.csv").write_text("id,name,uscc\nF1,甲,91510100MA61UHJ06K\nF2,,\n", "utf-8")
    (folder / "region.csv").write_text("id,name\nR1,高新区\n", "utf-8")
    (folder / "provides.csv").write_text("from,to\nF1,R1\n", "utf-8")
    done = run("validate", "--shacl", "data")
    assert done.code == 1 and done.out.endswith("F1 [provides] provides ends at: chain link (R1)\n")
    assert "1 rows were refused" in done.err and "2 things are wrong" in done.err
    assert not (tmp_path / "graph.duckdb").exists()
    (folder / "broken.xlsx").write_bytes(b"no workbook")
    assert run("validate", "--shacl", "data").code == 3


def test_what_cannot_be_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "broken.ttl").write_text("<urn:a> <urn:b> .\n<urn:c> oops")
    (tmp_path / "ok.ttl").write_text(SHAPES)
    done = run("validate", "--shapes", "ok.ttl", "broken.ttl")
    assert done.code == 3 and "broken.ttl:1" in done.err and "Traceback" not in done.err
    for words in (("--shapes", "missing.ttl", "ok.ttl"), ("--shapes", "ok.ttl", "missing.ttl")):
        done = run("validate", *words)
        assert done.code == 3 and "missing.ttl" in done.err
    (tmp_path / "far.jsonld").write_text('{"@context": "https://example.org/c", "a": 1}')
    done = run("validate", "--shapes", "ok.ttl", "far.jsonld")
    assert done.code == 3 and "far.jsonld" in done.err and "@context" in done.err
    (tmp_path / "shapes.csv").write_text("a,b\n")
    done = run("validate", "--shapes", "shapes.csv", "ok.ttl")
    assert done.code == 3 and ".jsonld" in done.err
    (tmp_path / "sparql.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        "<urn:s> sh:targetNode <urn:n> ; sh:sparql [ sh:select 'SELECT $this {}' ] .\n"
    )
    done = run("validate", "--shapes", "sparql.ttl", "ok.ttl")
    assert done.code == 3 and "sh:sparql" in done.err and "urn:s" in done.err


def test_forms_that_go_with_shapes_only(run: Run) -> None:
    assert run("validate", "--format", "ttl").code == 2
    assert run("validate", "--format", "csv").code == 2
    assert run("validate", "--shacl").code == 3, "no record"


def test_semic_shapes_on_their_own_example(run: Run, shared_data: Path) -> None:
    folder = shared_data / "semic-core-business"
    example = str(folder / "2.2.0_html_examples_example-rdf_legal_entity.ttl")
    wrong = {}
    for version in ("2.1.0", "2.2.0"):
        shapes = str(folder / f"{version}_shacl_core-business-ap-SHACL.ttl")
        done = run("validate", "--shapes", shapes, example, "--format", "json")
        assert done.code == 1
        wrong[version] = [(r["component"], r["path"].rpartition("/")[2]) for r in done.json()]
    classes = [
        ("ClassConstraintComponent", "hasAccountingDocument"),
        ("ClassConstraintComponent", "registeredAddress"),
        ("ClassConstraintComponent", "legal#companyActivity"),
        ("ClassConstraintComponent", "legal#companyType"),
    ]
    assert wrong["2.2.0"] == classes
    assert wrong["2.1.0"] == [*classes, ("DatatypeConstraintComponent", "conformsTo")]
