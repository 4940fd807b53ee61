"""The chip chain: shares, roles, placeholders, stages, lines behind newlines in quotes."""

import json
from collections import Counter, defaultdict

import pytest

from graph.record import Record
from ingest import load
from ingest.discover import discover
from ingest.mapping import load_mapping


@pytest.fixture(scope="module")
def eto(take_in):
    return take_in("eto", "eto-supply-chain")


def test_every_row_goes_in(eto):
    assert {f.removeprefix("v2022/"): eto.counts(f) for f in eto.reports} == {
        "inputs.csv": (79, 79, 0),
        "providers.csv": (294, 294, 0),
        "provision.csv": (660, 660, 0),
        "sequence.csv": (93, 93, 0),
        "stages.csv": (3, 3, 0),
    }
    assert eto.rejects() == []
    assert eto.notes("v2022/provision.csv") == {("repeated_rows", None): 1}
    assert eto.notes("v2022/inputs.csv") == {}


def test_entities_and_relations(eto, rows):
    folder = eto.folder / "v2022"
    inputs, providers = rows(folder / "inputs.csv"), rows(folder / "providers.csv")
    kinds = Counter(r["type"] == "process" for r in inputs)
    countries = {r["provider_name"] for r in providers if r["provider_type"] == "country"}
    elsewhere = {r["country"] for r in providers if r["country"]} - countries
    assert eto.view.entity_counts() == {
        "Stage": 3 + kinds[True],
        "Product": kinds[False],
        "Firm": sum(r["provider_type"] == "organization" for r in providers),
        "Region": len(countries) + len(elsewhere),
        "IndustryChain": 1,
    }
    sequence = rows(folder / "sequence.csv")
    flow = {(r["goes_into_id"], r["input_id"]) for r in sequence if r["goes_into_id"]}
    kind = {(r["input_id"], r["is_type_of_id"]) for r in sequence if r["is_type_of_id"]}
    assert (len(flow), len(kind)) == (62, 31)
    assert eto.pairs("REQUIRES") == flow
    assert eto.pairs("VARIANT_OF") == kind
    assert eto.pairs("PRECEDES") == {("S1", "S2"), ("S2", "S3")}
    assert eto.pairs("PART_OF") == {(r["input_id"], r["stage_id"]) for r in inputs if r["stage_id"]}
    assert len(eto.pairs("PART_OF_CHAIN")) == 79 + 3
    assert len(eto.pairs("LOCATED_IN")) == sum(bool(r["country"]) for r in providers)


def test_shares_roles_and_placeholders(eto, rows):
    provision = rows(eto.folder / "v2022" / "provision.csv")
    wanted = {}
    for r in provision:
        share = float(r["share_provided"].rstrip("%")) / 100 if r["share_provided"] else None
        role = "minor" if r["negligible_market_share"] else "major"
        wanted[r["provider_id"], r["provided_id"]] = (share, role)
    said = {
        (f, t): (share, role)
        for f, t, share, role in eto.sql(
            'SELECT a.id, b.id, r.share, r.role FROM "r_PROVIDES" r'
            " JOIN node a ON a.k = r.f JOIN node b ON b.k = r.t"
        )
    }
    assert said.keys() == wanted.keys() and len(said) == 659
    for pair, (share, role) in said.items():
        assert role == wanted[pair][1]
        assert share == (None if wanted[pair][0] is None else pytest.approx(wanted[pair][0]))
    assert {t: s for (f, t), (s, _) in said.items() if f == "P5"} == {
        "S1": 0.09, "S3": 0.05, "N85": 0.02,
    }  # fmt: skip
    assert eto.sql("SELECT name FROM node WHERE id = 'P5'") == [("Various",)]


def test_a_country_is_one_region_with_its_code(eto):
    said = eto.sql("SELECT id, name, iso_code FROM \"n_Region\" WHERE name IN ('NLD', 'MAL')")
    assert sorted(said) == [("P45", "NLD", "NL"), ("P46", "MAL", "MY")]
    assert ("P55", "P4") in eto.pairs("LOCATED_IN")


def test_market_sizes(eto):
    query = (
        "SELECT market_size, market_size_min, market_size_currency FROM \"n_{}\" WHERE id = '{}'"
    )
    assert eto.sql(query.format("Product", "N17")) == [(1e9, None, "USD")]
    assert eto.sql(query.format("Stage", "N1")) == [(56.2e9, None, "USD")]
    assert eto.sql(query.format("Stage", "S1")) == [(70e9, 70e9, "USD")]
    assert eto.sql(query.format("Product", "N92")) == [(None, None, None)]


def test_descriptions_stay_unread(eto):
    words = ("monopol", "duopoly", "chokepoint", "captur")
    for table in ("n_Stage", "n_Product", "n_Firm", "n_Region"):
        for row in eto.sql(f'SELECT * FROM "{table}"'):
            text = json.dumps(row, default=str).lower()
            assert not any(w in text for w in words)


def test_lines_are_right_behind_newlines_in_quotes(eto):
    found = dict(eto.sql("SELECT id, line FROM \"n_Stage\" WHERE id LIKE 'S%'"))
    text = (eto.folder / "v2022" / "stages.csv").read_text("utf-8-sig").split("\n")
    for stage, line in found.items():
        assert text[line - 1].startswith(f"{stage},")


def test_design_inputs_reach_the_finished_chip_only_through_the_stages(eto):
    needs = defaultdict(set)
    for f, t in eto.pairs("REQUIRES"):
        needs[f].add(t)
    for f, t in eto.pairs("VARIANT_OF"):
        needs[t].add(f)

    def reached(start: str) -> set[str]:
        seen, todo = {start}, [start]
        while todo:
            todo += (new := needs[todo.pop()] - seen)
            seen |= new
        return seen

    assert "N20" in reached("N99") and "N84" not in reached("N99")
    for f, t in eto.pairs("PART_OF"):
        needs[f].add(t)  # what is done in a stage comes after the stages before it
        needs[t].add(f)
    for f, t in eto.pairs("PRECEDES"):
        needs[t].add(f)
    assert "N84" in reached("N99")


def test_an_edition_with_other_columns(tmp_path, tmp_path_factory):
    """A new column is a notice, a renamed one is known, a missing one stops its file alone."""
    (tmp_path / "providers.csv").write_text(
        "provider_name,alias,provider_id,provider_type,country\n"
        "NLD,,C1,country,\nExample Optics,EO,F1,organization,NLD\n",
        encoding="utf-8",
    )
    (tmp_path / "provision.csv").write_text(
        "provider_id,provided_id,share_provided,minor_share,year\nF1,N1,,minor,2025\nC1,N1,80%,,2025\n",
        encoding="utf-8",
    )
    (tmp_path / "sequence.csv").write_text("input_id,goes_into_id\nN1,N2\n", encoding="utf-8")
    mapping = load_mapping("eto")
    with Record.open(tmp_path_factory.mktemp("edition") / "graph.duckdb", write=True) as record:
        done = load.ingest(record, discover([tmp_path], mapping.source), mapping=mapping)
        by_file = {f.file: f for f in done.files}
        notes = {f: [n.key for n in by_file[f].notes] for f in by_file}
        assert notes["providers.csv"] == ["mapping.unknown_columns"]
        assert notes["provision.csv"] == ["mapping.unknown_columns"]
        assert "is_type_of_id" in str(by_file["sequence.csv"].error)
        said = record.con.execute('SELECT role, share FROM "c_PROVIDES" ORDER BY share').fetchall()
        assert said == [("major", 0.8), ("minor", None)]
