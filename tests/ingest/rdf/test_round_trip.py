"""Out as RDF and in again: the same claims, or the same view, whatever a record holds."""

from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from graph.errors import UsageError
from graph.rdf import export
from graph.record import Record
from graph.record.sums import view_digest, view_sums
from ingest import load
from ingest.discover import discover
from tests.claims import Claims
from tests.rdf.worlds import FILE, write

SUFFIX = {"ttl": "ttl", "rdfxml": "rdf", "trig": "trig", "nq": "nq", "jsonld": "jsonld"}
TRIES = 60
World = dict[tuple[str, str], Any]


def back(db: Path, form: str, folder: Path) -> Path:
    """A record is exported and read into an empty one, whose path is given."""
    path = folder / f"x.{SUFFIX[form]}"
    with Record.open(db) as record, path.open("wb") as out:
        export.write(record.view(), out, form)
    new = folder / f"{form}.duckdb"
    with Record.open(new, write=True) as record:
        done = load.ingest(record, discover([path], "back"))
        assert not done.failed, [f.error for f in done.failed]
        assert not done.rejected
    return new


def said(db: Path) -> dict[tuple[str, str], str]:
    """The digest of what each file says."""
    with Record.open(db) as record:
        rows = record.con.execute("SELECT source, file, digest FROM source_version").fetchall()
    return {(source, file): digest for source, file, digest in rows}


def digests(db: Path) -> tuple[str, str]:
    with Record.open(db) as record:
        return record.view().digest, view_digest(record.view())


@pytest.fixture(scope="module")
def world() -> World:
    """Four files that say anything, all tries in one record: so no two may get in each other's
    way."""
    drawn: World = {}
    places = cycle([("甲", "表/a b.csv"), ("b c", "x.csv"), ("%/x", "x.csv"), ("甲", "x.csv")])

    @seed(7)
    @settings(
        max_examples=TRIES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(file=FILE)
    def draw(file: dict[str, Any]) -> None:
        place = next(places)
        kept = drawn.setdefault(place, {"entities": [], "links": [], "same": [], "twice": False})
        for kind in ("entities", "links", "same"):
            kept[kind] += file[kind]
        kept["twice"] = kept["twice"] or file["twice"]

    draw()
    assert sum(len(file["links"]) for file in drawn.values()) >= TRIES // 2
    return drawn


@pytest.fixture(scope="module")
def any_claims(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(world, tmp_path_factory.mktemp("any") / "g.duckdb")


@pytest.mark.slow
def test_whatever_is_claimed_comes_back(world: World, any_claims: Path, tmp_path: Path) -> None:
    there = said(back(any_claims, "trig", tmp_path))
    for place, digest in said(any_claims).items():
        assert there.pop(place) == digest, world[place]
    assert not there


@pytest.mark.slow
def test_whatever_is_true_comes_back(any_claims: Path, tmp_path: Path) -> None:
    new = back(any_claims, "ttl", tmp_path)
    with Record.open(any_claims) as here, Record.open(new) as there:
        assert view_sums(here.view()) == view_sums(there.view())


@pytest.mark.parametrize("form", export.CLAIMS)
def test_claims_come_back(ecosystem_db: Path, form: str, tmp_path: Path) -> None:
    assert digests(back(ecosystem_db, form, tmp_path)) == digests(ecosystem_db)


@pytest.mark.parametrize("form", export.VIEW)
def test_the_view_comes_back(ecosystem_db: Path, form: str, tmp_path: Path) -> None:
    assert digests(back(ecosystem_db, form, tmp_path))[1] == digests(ecosystem_db)[1]


def test_xml_says_what_it_cannot_hold(tmp_path: Path) -> None:
    db = Claims().entity("Firm", "A", name="a\x01b").write(tmp_path / "g.duckdb")
    with pytest.raises(UsageError) as refused:
        back(db, "rdfxml", tmp_path)
    assert refused.value.key == "rdf.not_in_xml"
    assert "id/A" in str(refused.value)
    assert digests(back(db, "ttl", tmp_path))[1] == digests(db)[1]


def test_a_second_time_nothing_a_changed_one_only_its_changes(
    ecosystem_db: Path, tmp_path: Path
) -> None:
    new = back(ecosystem_db, "trig", tmp_path)
    path = tmp_path / "x.trig"
    with Record.open(new, write=True) as record:
        again = load.ingest(record, discover([path], "back"))
        assert not again.written
        assert again.accepted == 33
        text = path.read_bytes()
        assert text.count(b'ig:share "0.6"^^xsd:decimal') == 1
        path.write_bytes(text.replace(b'ig:share "0.6"', b'ig:share "0.5"'))
        changed = load.ingest(record, discover([path], "back"))
        counts = {f.file: (f.counts.accepted, f.counts.unchanged) for f in changed.files}
        assert counts == {"entities.csv": (0, 17), "relations.csv": (1, 15)}
        path.write_bytes(text)
        load.ingest(record, discover([path], "back"))
    assert digests(new) == digests(ecosystem_db)


def test_all_that_came_out_of_it_is_withdrawn(ecosystem_db: Path, tmp_path: Path) -> None:
    from graph.record.write import Run

    new = back(ecosystem_db, "nq", tmp_path)
    with Record.open(new, write=True) as record:
        with Run(record, "withdraw") as run:
            assert len(run.withdraw(str(tmp_path / "x.nq"))) == 2
        load.ingest(record, discover([tmp_path / "x.nq"], "back"))
        assert record.view().digest == digests(ecosystem_db)[0], "and comes back when read again"


def test_the_record_that_it_came_from_has_it_already(ecosystem_db: Path, tmp_path: Path) -> None:
    import shutil

    own = Path(shutil.copy(ecosystem_db, tmp_path / "own.duckdb"))
    back(ecosystem_db, "trig", tmp_path)
    with Record.open(own, write=True) as record:
        done = load.ingest(record, discover([tmp_path / "x.trig"], "back"))
        assert not done.written
        assert {(f.source, f.counts.accepted) for f in done.files} == {("toy", 0)}


def test_the_place_of_every_claim_is_the_first_one(ecosystem_db: Path, tmp_path: Path) -> None:
    rows = 'SELECT source, file, line, id FROM "e_Firm" JOIN node_key USING (k) JOIN source_version'
    rows += " USING (sv) ORDER BY ALL"
    with (
        Record.open(back(ecosystem_db, "trig", tmp_path)) as there,
        Record.open(ecosystem_db) as db,
    ):
        assert there.con.execute(rows).fetchall() == db.con.execute(rows).fetchall()
