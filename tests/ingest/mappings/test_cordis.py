"""Participations in projects: kinds of organisations, money, names from another file."""

from collections import Counter, defaultdict

import pytest

CLASSES = {
    "HES": "University",
    "PRC": "Firm",
    "REC": "ResearchInstitute",
    "PUB": "GovernmentBody",
    "OTH": "OtherOrganisation",
}


@pytest.fixture(scope="module")
def cordis(take_in):
    return take_in("cordis-h2020", "cordis-h2020")


@pytest.fixture(scope="module")
def parts(cordis, rows):
    return rows(cordis.folder / "h2020.csv.gz")


def test_counts_add_up(cordis):
    assert {f: cordis.counts(f) for f in cordis.reports} == {
        "h2020.csv.gz": (144726, 144726, 0),
        "h2020_2017_org_nodes.csv": (16592, 16591, 1),
        "programme_parts.csv.gz": (37441, 37441, 0),
        "sample_leit_2016_named.csv": (1617, 1617, 0),
    }
    assert cordis.rejects() == [("h2020_2017_org_nodes", 586, "orgId", None, "mapping.not_filled")]


def test_organisations_by_kind_and_projects(cordis, parts, rows):
    named = rows(cordis.folder / "h2020_2017_org_nodes.csv", delimiter=";")
    sample = rows(cordis.folder / "sample_leit_2016_named.csv")
    kinds = defaultdict(set)
    for r in parts:
        kinds[r["pic"]].add(CLASSES[r["type"]])
    for r in named:
        if r["orgId"]:
            kinds[r["orgId"]].add(CLASSES[r["activityType"]])
    for r in sample:
        kinds[r["organisation_pic"]].add(CLASSES[r["activity_type"]])
    # where two files disagree, the first class in the order of names is taken
    wanted = Counter(min(found) for found in kinds.values())
    wanted |= {"Project": len({r["rcn"] for r in parts})}
    counts = cordis.view.entity_counts()
    assert {c: counts[c] for c in wanted} == wanted
    assert wanted["Project"] == 31451 and len(kinds) == sum(wanted.values()) - 31451


def test_participations(cordis, parts):
    assert len(cordis.pairs("UNDERTAKES")) == 144726
    assert cordis.sql('SELECT count(*) FROM "r_UNDERTAKES" WHERE lead') == [(31476,)]
    unknown = sum(r["contribution"] == "NA" for r in parts)
    assert unknown == 13754 == cordis.notes("h2020.csv.gz")["taken_as_unknown", "contribution"]
    given = sum(float(r["contribution"]) for r in parts if r["contribution"] != "NA")
    ((said, currency),) = cordis.sql(
        'SELECT sum(amount), any_value(amount_currency) FROM "r_UNDERTAKES"'
    )
    assert said == pytest.approx(given) and currency == "EUR"
    assert cordis.sql('SELECT count(*) FROM "r_UNDERTAKES" WHERE claims > 1') == [(0,)]


def test_names_come_from_the_file_that_has_them(cordis, parts, rows):
    # four names have quotes that are not doubled, which Python's reader takes for the end
    text = (cordis.folder / "h2020_2017_org_nodes.csv").read_text("utf-8")
    cells = [line.split(";") for line in text.split("\n")[1:] if line]
    plain = [
        [c.removeprefix('"').removesuffix('"').replace('""', '"') for c in row] for row in cells
    ]
    names = {row[24]: row[20].strip() for row in plain if len(row) == 43 and row[24]}
    assert len(names) > 16500
    said = dict(cordis.sql("SELECT id, name FROM node WHERE id LIKE 'pic:%' AND name NOT NULL"))
    assert {k: v for k, v in said.items() if k.removeprefix("pic:") in names} == {
        f"pic:{pic}": name for pic, name in names.items()
    }
    everybody = {
        r["orgId"]
        for r in rows(cordis.folder / "h2020_2017_org_nodes.csv", delimiter=";")
        if r["orgId"]
    }
    sample = {r["organisation_pic"] for r in rows(cordis.folder / "sample_leit_2016_named.csv")}
    assert {k.removeprefix("pic:") for k in said} == everybody | sample
    assert len({r["pic"] for r in parts} & everybody) == 16281


def test_countries_by_their_iso_codes(cordis, parts):
    said = {code for (code,) in cordis.sql('SELECT iso_code FROM "n_Region"')}
    wanted = {{"EL": "GR", "UK": "GB"}.get(r["country"], r["country"]) for r in parts}
    assert wanted <= said and not {"EL", "UK"} & said
    assert "NA" in said  # Namibia, not a word for unknown


def test_programme_parts(cordis, parts, rows):
    pairs = {
        (r["rcn"], r["programme_part"]) for r in rows(cordis.folder / "programme_parts.csv.gz")
    }
    known = {r["rcn"] for r in parts}
    of_parts = {(f"rcn:{r}", f"programme:H2020:{p}") for r, p in pairs if r in known}
    said = cordis.pairs("PART_OF")
    assert {p for p in said if p[0].startswith("rcn:")} == of_parts
    assert len(said) - len(of_parts) == 17


def test_the_named_sample_of_cordis_alone(take_in, rows):
    """A single file of a folder goes in by itself."""
    done = take_in("cordis-h2020", "cordis-h2020/sample_leit_2016_named.csv")
    assert done.counts("sample_leit_2016_named.csv") == (1617, 1617, 0)
    counts = done.view.entity_counts()
    sample = rows(done.folder)
    kinds = {r["organisation_pic"]: r["activity_type"] for r in sample}
    assert Counter(kinds.values()) == {
        "PRC": counts["Firm"],
        "HES": counts["University"],
        "REC": counts["ResearchInstitute"],
        "OTH": counts["OtherOrganisation"],
        "PUB": counts["GovernmentBody"],
    }
    assert sum(counts[c] for c in ("Firm", "University")) + counts["ResearchInstitute"] > 1000
    assert (counts["Project"], len(kinds)) == (193, 1229)
