"""The example ecosystem: well formed, marked where it is made up, and found weak where it is."""

import csv
import io
from collections import Counter
from functools import cache
from pathlib import Path

import pyshacl
import pytest
import rdflib

from graph import gaps
from graph.finding import Findings
from graph.names import is_placeholder
from graph.rdf.export import write
from graph.record import Record, describe
from graph.resources import copy_demo, resource
from graph.schema import load
from ingest import load as loader
from ingest.discover import discover

DEMO = Path(__file__).parent.parent / "demo"
SCHEMA = load()
REPORT, EXAMPLE = "source:report", "source:example"
MARKED = ("Actor", "Fund", "FundingRound", "Project", "Grant", "Challenge", "Policy", "Programme")
"""Kinds of things of which a made-up one must show in its name that it is."""


IN_CHINESE = {"名称": "name", "英文名称": "name_en", "名称已遮盖": "masked", "出处": "source_ref"}
"""Headings of the two lists that are laid out in Chinese."""


def table(name: str) -> list[dict[str, str]]:
    with (DEMO / name).open(encoding="utf-8", newline="") as file:
        return [{IN_CHINESE.get(k, k): v for k, v in row.items()} for row in csv.DictReader(file)]


def kind_of(path: Path) -> str:
    """The class or relation that a file is named after."""
    relation = SCHEMA.relation_named(path.stem)
    if relation is not None:
        return relation.name
    cls = SCHEMA.class_named(path.stem.replace("_", " ")) or SCHEMA.class_named(path.stem)
    assert cls is not None, path.name
    return cls.name


FILES = {path.name: kind_of(path) for path in sorted(DEMO.glob("*.csv")) if path.stem != "expected"}
ENTITIES = [
    (row.get("type") or kind, row)
    for name, kind in FILES.items()
    if kind in SCHEMA.classes
    for row in table(name)
]
RELATIONS = [
    (kind, row) for name, kind in FILES.items() if kind in SCHEMA.relations for row in table(name)
]
CLASS_OF = {row["id"]: cls for cls, row in ENTITIES}
SOURCE_OF = {row["id"]: row["source_ref"] for _, row in ENTITIES}
EXPECTED = table("expected.csv")


def is_a(cls: str, *wanted: str) -> bool:
    return bool({cls, *SCHEMA.classes[cls].ancestors} & set(wanted))


def test_it_is_large_enough_and_small_enough():
    assert 300 <= len(ENTITIES) <= 1000
    assert 900 <= len(RELATIONS) <= 3000


def test_ids_are_given_once():
    assert [key for key, n in Counter(row["id"] for _, row in ENTITIES).items() if n > 1] == []


def test_every_entity_is_named_in_both_languages():
    assert [r["id"] for _, r in ENTITIES if not r["name"] or not r["name_en"]] == []


def test_relations_end_where_they_may():
    for kind, row in RELATIONS:
        relation = SCHEMA.relations[kind]
        for end, allowed in (("from", relation.domain), ("to", relation.range)):
            assert row[end] in CLASS_OF, (kind, row)
            assert is_a(CLASS_OF[row[end]], *allowed), (kind, end, row)


def test_files_are_sorted_so_that_a_change_reads_well():
    for name, kind in FILES.items():
        rows = table(name)
        key = (lambda r: r["id"]) if kind in SCHEMA.classes else (lambda r: (r["from"], r["to"]))
        assert [key(r) for r in rows] == sorted(key(r) for r in rows), name


def test_what_is_made_up_says_so_in_its_name():
    for cls, row in ENTITIES:
        if is_a(cls, *MARKED) and not is_placeholder(row["name"]):
            name_en = row["name_en"]
            marks = (row["name"].startswith("示例·"), name_en.startswith("Example "))
            marks = (*marks, ":example-" in row["id"])
            assert set(marks) == {SOURCE_OF[row["id"]] == EXAMPLE}, row


def test_of_a_real_organisation_only_the_report_speaks():
    real = {key for key, cls in CLASS_OF.items() if is_a(cls, "Actor") and SOURCE_OF[key] == REPORT}
    assert len(real) > 15
    for kind, row in RELATIONS:
        if row["from"] in real or row["to"] in real:
            assert row["source_ref"] == REPORT, (kind, row)
            assert not (row.get("share") or row.get("amount")), (kind, row)


def test_names_hidden_in_the_report_are_masked():
    for _, row in ENTITIES:
        masked = row.get("masked")
        assert ("*" in row["name"]) == (masked == "true"), row


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    """The demo's tables in a record, as `graph demo` puts them there."""
    folder = tmp_path_factory.mktemp("demo")
    data = copy_demo(folder / "data")
    with Record.open(folder / "graph.duckdb", write=True) as record:
        loader.ingest(record, discover([data], "demo"), command="demo")
        yield record


def test_every_row_goes_in(record):
    stats = describe.stats(record)
    assert stats["rejected"] == 0 and stats["dangling"] == 0
    assert sum(stats["entities"].values()) == len(ENTITIES)
    wide = {"RAISED", "PARTICIPATES_IN_ROUND"}  # what the list of rounds says beside
    said = {k: n for k, n in stats["relations"].items() if k not in wide}
    assert said == dict(sorted(Counter(k for k, _ in RELATIONS if k not in wide).items()))
    assert stats["relations"]["RAISED"] == len(table("融资事件.csv"))


@pytest.mark.slow
def test_the_shapes_of_the_ontology_accept_it(record):
    out = io.BytesIO()
    write(record.view(), out)
    data = rdflib.Graph().parse(data=out.getvalue(), format="turtle")
    ontology = rdflib.Graph().parse(resource("ontology.ttl"))
    conforms, _, report = pyshacl.validate(data, shacl_graph=ontology, ont_graph=ontology)
    assert conforms, report


@pytest.fixture(scope="module")
def answer(record):
    """The findings seen from China, in all or in a region."""
    view = record.view()

    @cache
    def ask(region: str | None) -> Findings:
        return gaps.run(view, home="CN", region=region, top=0, as_of="2024-12-31")

    return ask


def outcomes(answer: Findings, row: dict[str, str]) -> set[str]:
    """What the answer says of a line of expected.csv."""
    level = row["level"] if not row["level"].startswith("top") else ""
    said = set()
    for f in answer.findings:
        same = f.measure == row["measure"] and f.subject.id == row["subject"]
        same &= (f.object.id if f.object else "") == row["object"] or not row["object"]
        if same and (not level or f.values["level"] == level):
            within = not row["level"].startswith("top") or f.rank <= int(row["level"][3:])
            said.add("found" if within else "not_found")
    for n in answer.not_assessed:
        same = n.measure == row["measure"] and n.subject and n.subject.id == row["subject"]
        if same and (not level or n.values.get("level") == level):
            said.add("not_assessed")
    return said or {"not_found"}


@pytest.mark.parametrize(
    "row", EXPECTED, ids=lambda r: " ".join(filter(None, list(r.values())[:6]))
)
def test_what_is_expected_is_found(row, answer):
    assert row["subject"] in CLASS_OF
    assert outcomes(answer(row["region"] or None), row) == {row["expected"]}, row["reason"]


def test_every_rank_has_a_range_and_every_finding_is_drawn_again(answer):
    for f in answer(None).findings:
        if f.apart or f.severity == 0:  # an advantage, or chains that keep pace
            continue
        assert f.rank_range is not None, f.id
        assert f.rank_range[0] <= f.rank <= f.rank_range[1], f.id
        if f.measure != "stated":  # said once it is said, whatever else is lost
            assert f.confidence.stability is not None, f.id


def test_expectations_speak_of_every_chain_and_of_what_is_sound():
    assert len(EXPECTED) >= 40
    assert sum(row["expected"] != "found" for row in EXPECTED) >= 15
    assert {row["measure"] for row in EXPECTED} >= gaps.methods().keys()
    for measure in {row["measure"] for row in EXPECTED} - {"stated"}:
        said = {row["expected"] for row in EXPECTED if row["measure"] == measure}
        assert "found" in said and said & {"not_found", "not_assessed"}, measure
