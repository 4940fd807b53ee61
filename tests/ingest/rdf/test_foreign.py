"""The RDF of others: what is understood, where it goes, and that nothing is lost."""

import json
from pathlib import Path
from typing import Any

import pytest

from graph.record import Record, describe
from ingest import load
from ingest.discover import discover
from ingest.rdf.listing import listing

PREFIXES = """@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix vivo: <http://vivoweb.org/ontology/core#> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix ig: <https://w3id.org/innograph/ontology#> .
@prefix id: <https://w3id.org/innograph/id/> .
@prefix e: <https://example.org/> .
"""
OTHER = (
    PREFIXES
    + """e:ann a foaf:Person ; foaf:name "Ann"@en , "安"@zh , "Anne"@fr ;
    e:hobby "chess" , "go" ; e:card e:anncard .
e:anncard a vcard:Individual ; vcard:hasTitle [ vcard:title "Professor" ] .
e:uni a foaf:Organization , vivo:University ; foaf:name "Example University"@en ;
    org:hasSubOrganization e:dept .
e:dept a vivo:AcademicDepartment ; foaf:name "Physics" ; vivo:relatedBy e:post .
e:post a vivo:FacultyPosition ; vivo:relates e:ann ; vivo:dateTimeInterval e:interval .
e:interval vivo:start e:then .
e:then vivo:dateTime "2019-01-01T00:00:00" ; vivo:dateTimePrecision vivo:yearPrecision .
e:cat a e:Cat ; foaf:name "Tom" .
e:lost a vivo:FacultyPosition ; vivo:relates e:cat .
e:ann owl:sameAs e:annie .
"""
)


def taken(text: str, folder: Path, name: str = "x.ttl") -> tuple[load.Report, Path]:
    path, db = folder / name, folder / "g.duckdb"
    path.write_text(text, "utf-8")
    with Record.open(db, write=True) as record:
        return load.ingest(record, discover([path], "s")), db


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> tuple[load.Report, Path]:
    return taken(OTHER, tmp_path_factory.mktemp("foreign"))


def entities(db: Path, cls: str) -> dict[str, dict[str, Any]]:
    with Record.open(db) as record:
        found = record.view().entities(cls).to_pylist()
    return {r["id"]: {k: v for k, v in r.items() if v is not None} for r in found}


def test_every_subject_is_counted(other: tuple[load.Report, Path]) -> None:
    [file] = other[0].files
    assert (file.counts.read, file.counts.accepted, file.counts.rejected) == (10, 8, 2)
    assert {n.key for n in file.notes} == {"rdf.classes_unread", "rdf.predicates_unread"}


def test_names_go_by_their_language(other: tuple[load.Report, Path]) -> None:
    ann = entities(other[1], "Person")["https://example.org/ann"]
    assert (ann["name"], ann["name_en"], ann["alt_names"]) == ("安", "Ann", ["Anne"])
    assert ann["line"] == 9


def test_what_has_no_column_stays(other: tuple[load.Report, Path]) -> None:
    ann = entities(other[1], "Person")["https://example.org/ann"]
    extra = json.loads(ann["extra"])
    assert extra["https://example.org/hobby"] == ["chess", "go"]
    assert extra["foaf:name@fr"] == "Anne"
    assert ann["job_title"] == "Professor", "a part of a part is understood by its last step"


def test_the_most_specific_class_counts(other: tuple[load.Report, Path]) -> None:
    assert set(entities(other[1], "University")) == {"https://example.org/uni"}


def test_relations_and_positions(other: tuple[load.Report, Path]) -> None:
    with Record.open(other[1]) as record:
        view = record.view()
        [part] = view.relations("PART_OF").to_pylist()
        [post] = view.relations("EMPLOYS").to_pylist()
    assert (part["from"], part["to"]) == ("https://example.org/dept", "https://example.org/uni")
    assert (post["from"], post["to"]) == ("https://example.org/dept", "https://example.org/ann")
    assert post["start"] == "2019", "no more precise than it says"


def test_what_is_not_understood_is_refused_with_all_it_says(
    other: tuple[load.Report, Path],
) -> None:
    with Record.open(other[1]) as record:
        rows = describe.rejects(record, "en")
    said = {r["line"]: r for r in rows if r["kind"] == "rejected"}
    cat, lost = said[18], said[19]
    assert cat["cells"]["foaf:name"] == "Tom"
    assert "https://example.org/Cat" in cat["reason"]
    assert "just one" in lost["reason"]


def test_every_term_is_listed(tmp_path: Path) -> None:
    from graph.schema import load as schema

    path = tmp_path / "x.ttl"
    path.write_text(OTHER, "utf-8")
    rows = [line.split(",") for line in listing(path, schema()).splitlines()]
    meaning = {row[1]: row[4] for row in rows[1:]}
    assert meaning["http://xmlns.com/foaf/0.1/Person"] == "Person"
    assert meaning["http://www.w3.org/ns/org#hasSubOrganization"] == "^PART_OF"
    assert meaning["https://example.org/Cat"] == meaning["https://example.org/hobby"] == ""


def test_same_as_is_a_judgement(other: tuple[load.Report, Path]) -> None:
    with Record.open(other[1]) as record:
        rows = record.con.execute("SELECT verdict FROM same_as").fetchall()
    assert rows == [("same",)]


def test_our_own_terms_by_hand(tmp_path: Path) -> None:
    text = PREFIXES + (
        'id:F%201 a ig:Firm ; ig:name "甲"@zh , "Alpha"@en ; ig:provides id:P1 .\n'
        'id:P1 a ig:Product ; ig:name "光刻机"@zh .\n'
    )
    done, db = taken(text, tmp_path)
    assert done.files[0].counts.accepted == 2
    firm = entities(db, "Firm")["F 1"]
    assert (firm["name"], firm["name_en"]) == ("甲", "Alpha")
    with Record.open(db) as record:
        assert record.view().relation_counts() == {"PROVIDES": 1}


def test_blank_nodes_keep_their_id(tmp_path: Path) -> None:
    text = PREFIXES + '[] a foaf:Person ; foaf:name "A" .\n[] a foaf:Person ; foaf:name "B" .\n'
    _, db = taken(text, tmp_path)
    before = set(entities(db, "Person"))
    more = text + '[] a foaf:Person ; foaf:name "C" .\n'
    _, db = taken(more, tmp_path)
    assert len(before) == 2
    assert before < set(entities(db, "Person"))


@pytest.mark.parametrize(
    ("name", "text", "key", "line"),
    [
        ("x.ttl", "<http://a/> <http://b/> 1 .\n<http://a/> <http://b/ 1 .\n", "rdf_syntax", 2),
        ("x.nt", '<http://a/> <http://b/> "1" .\n<http://a/> "b" .\n', "rdf_syntax", 2),
        ("x.nq", '<http://a/> <http://b/> "1\n', "rdf_syntax", 1),
        ("x.rdf", "<rdf:RDF>", "rdf_syntax", 1),
        ("x.jsonld", '{"@context": "https://e.org/c", "@id": "http://a/"}', "remote_context", None),
    ],
)
def test_what_is_no_rdf_is_refused_with_its_line(
    name: str, text: str, key: str, line: int | None, tmp_path: Path
) -> None:
    done, _ = taken(text, tmp_path, name)
    [file] = done.failed
    assert file.error is not None
    assert file.error.key == f"readers.{key}"
    assert file.error.values.get("line") == line


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.nt").write_bytes(b'<http://a/> <http://b/> "\xff" .\n')
    with Record.open(tmp_path / "g.duckdb", write=True) as record:
        done = load.ingest(record, discover([tmp_path / "x.nt"], "s"))
    assert done.failed
    assert not done.written
