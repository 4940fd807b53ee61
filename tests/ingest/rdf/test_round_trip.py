"""Out as RDF and in again: the same claims, or the same view, whatever a record holds."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from graph.errors import UsageError
from graph.rdf import export
from graph.record import Record
from graph.record.sums import view_digest
from ingest import load
from ingest.discover import discover
from tests.rdf.worlds import WORLD, write

SUFFIX = {"ttl": "ttl", "rdfxml": "rdf", "trig": "trig", "nq": "nq", "jsonld": "jsonld"}


def back(db: Path, form: str, folder: Path) -> tuple[str, str]:
    """The digests of claims and view of a record that was exported and read into an empty one."""
    path = folder / f"x.{SUFFIX[form]}"
    with Record.open(db) as record, path.open("wb") as out:
        export.write(record.view(), out, form)
    new = folder / f"{form}.duckdb"
    with Record.open(new, write=True) as record:
        done = load.ingest(record, discover([path], "back"))
        assert not done.failed, [f.error for f in done.failed]
        assert not done.rejected
        return record.view().digest, view_digest(record.view())


def digests(db: Path) -> tuple[str, str]:
    with Record.open(db) as record:
        return record.view().digest, view_digest(record.view())


@pytest.mark.slow
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(world=WORLD)
def test_any_claims_come_back(world: dict[tuple[str, str], Any]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        db = write(world, folder / "g.duckdb")
        claims, view = digests(db)
        assert back(db, "trig", folder)[0] == claims
        assert back(db, "ttl", folder)[1] == view


@pytest.mark.parametrize("form", export.CLAIMS)
def test_claims_come_back(ecosystem_db: Path, form: str, tmp_path: Path) -> None:
    assert back(ecosystem_db, form, tmp_path) == digests(ecosystem_db)


@pytest.mark.parametrize("form", export.VIEW)
def test_the_view_comes_back(ecosystem_db: Path, form: str, tmp_path: Path) -> None:
    assert back(ecosystem_db, form, tmp_path)[1] == digests(ecosystem_db)[1]


def test_xml_says_what_it_cannot_hold(tmp_path: Path) -> None:
    from tests.claims import Claims

    db = Claims().entity("Firm", "A", name="a\x01b").write(tmp_path / "g.duckdb")
    with pytest.raises(UsageError) as refused:
        back(db, "rdfxml", tmp_path)
    assert refused.value.key == "rdf.not_in_xml"
    assert "id/A" in str(refused.value)
    assert back(db, "ttl", tmp_path)[1] == digests(db)[1]
