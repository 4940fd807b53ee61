"""Claims come and go with their files; the digest says what is said now, and nothing else."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from graph.errors import UsageError
from graph.record import Record
from graph.record.write import Run


def counts(report: Any) -> dict[str, tuple[int, int, int, int]]:
    return {
        f.file: (f.counts.read, f.counts.accepted, f.counts.rejected, f.counts.unchanged)
        for f in report.files
    }


def test_the_same_files_twice_change_nothing(toy: Any) -> None:
    first = toy.ingest()
    digest = toy.digest
    second = toy.ingest()
    assert counts(first)["provides.csv"] == (3, 3, 0, 0)
    assert counts(second)["provides.csv"] == (3, 0, 0, 3)
    assert toy.digest == digest
    assert toy.rows("SELECT count(*) FROM run") == [(1,)]


def test_the_digest_knows_no_place_and_no_order(toy: Any, tmp_path: Path) -> None:
    toy.ingest()
    other = type(toy)(tmp_path / "elsewhere")
    shutil.copytree(toy.data, other.data, dirs_exist_ok=True)
    for name in ("provides.csv", "product.csv", "firm.csv"):
        other.ingest(other.data / name)
    assert other.digest == toy.digest


def test_only_the_claims_of_a_changed_file_change(toy: Any) -> None:
    toy.ingest()
    before = toy.digest
    kept = toy.rows('SELECT id, file, line FROM "n_Product" ORDER BY id')
    original = (toy.data / "provides.csv").read_text("utf-8")
    toy.write("provides.csv", "from,to,share", "F1,P1,60%", "F2,P1,30%", "F2,P2,0.5")
    report = toy.ingest()
    assert counts(report)["provides.csv"] == (3, 1, 0, 2)
    assert counts(report)["firm.csv"] == (2, 0, 0, 2)
    assert toy.digest != before
    assert toy.rows('SELECT share FROM "r_PROVIDES" ORDER BY share') == [(0.3,), (0.5,), (0.6,)]
    assert toy.rows('SELECT id, file, line FROM "n_Product" ORDER BY id') == kept
    assert toy.rows('SELECT count(*) FROM "c_PROVIDES" WHERE r_to < 100') == [(1,)]
    (toy.data / "provides.csv").write_text(original, "utf-8")
    toy.ingest()
    assert toy.digest == before


def test_a_moved_line_is_found_where_it_is_now(toy: Any) -> None:
    toy.ingest()
    before = toy.digest
    toy.write("firm.csv", "id,name", "F0,丙公司", "F1,甲公司", "F2,乙公司")
    report = toy.ingest()
    assert counts(report)["firm.csv"] == (3, 1, 0, 2)
    assert toy.rows("SELECT line FROM \"n_Firm\" WHERE id = 'F1'") == [(3,)]
    toy.write("firm.csv", "id,name", "F1,甲公司", "F2,乙公司")
    toy.ingest()
    assert toy.digest == before


def test_withdrawn_claims_come_back(toy: Any) -> None:
    toy.ingest()
    before = toy.digest
    with Record.open(toy.db, write=True) as record, Run(record, "withdraw") as run:
        assert run.withdraw("data/provides.csv") == ["data/provides.csv"]
    assert toy.rows('SELECT count(*) FROM "r_PROVIDES"') == [(0,)]
    assert toy.digest != before
    toy.ingest()
    assert toy.digest == before


def test_a_source_is_withdrawn_whole(toy: Any) -> None:
    toy.ingest()
    with Record.open(toy.db, write=True) as record, Run(record, "withdraw") as run:
        assert len(run.withdraw("data")) == 3
    assert toy.rows("SELECT count(*) FROM node") == [(0,)]
    with (
        Record.open(toy.db, write=True) as record,
        Run(record, "withdraw") as run,
        pytest.raises(UsageError, match="no file or source"),
    ):
        run.withdraw("data")


def test_a_file_that_is_gone_is_named_and_withdrawn_on_request(toy: Any) -> None:
    toy.ingest()
    (toy.data / "provides.csv").unlink()
    report = toy.ingest()
    assert report.gone == ["data/provides.csv"]
    assert toy.rows('SELECT count(*) FROM "r_PROVIDES"') == [(3,)]
    report = toy.ingest(sync=True)
    assert report.withdrawn == ["data/provides.csv"]
    assert toy.rows('SELECT count(*) FROM "r_PROVIDES"') == [(0,)]


def test_one_name_from_two_places_is_asked_about(toy: Any, tmp_path: Path) -> None:
    toy.ingest()
    other = tmp_path / "other" / "data"
    shutil.copytree(toy.data, other)
    with pytest.raises(UsageError, match="--replace") as refused:
        toy.ingest(other)
    assert refused.value.exit_code == 2
    toy.ingest(other, replace=True)
    assert toy.rows("SELECT count(*) FROM node") == [(4,)]


def test_dry_run_and_strict_write_nothing(toy: Any) -> None:
    toy.ingest(dry_run=True)
    assert toy.rows("SELECT count(*) FROM node") == [(0,)]
    toy.write("firm.csv", "id,name,founded_on", "F1,甲公司,2024-13-01", "F2,乙公司,2024")
    report = toy.ingest(strict=True)
    assert report.rejected == 1 and not report.written
    assert toy.rows("SELECT count(*) FROM node") == [(0,)]


def test_every_node_and_relation_leads_to_file_and_line(toy: Any) -> None:
    toy.ingest()
    assert toy.rows('SELECT id, source, file, line FROM "n_Firm" ORDER BY id') == [
        ("F1", "data", "firm.csv", 2),
        ("F2", "data", "firm.csv", 3),
    ]
    assert toy.rows('SELECT share, file, line FROM "r_PROVIDES" ORDER BY line') == [
        (0.6, "provides.csv", 2),
        (0.4, "provides.csv", 3),
        (0.5, "provides.csv", 4),
    ]


def test_a_relation_said_by_two_sources_is_one_with_two_claims(toy: Any, tmp_path: Path) -> None:
    toy.ingest()
    other = type(toy)(tmp_path / "partner")
    other.db = toy.db
    other.data = tmp_path / "partner" / "list"
    other.write("provides.csv", "from,to,share", "F1,P1,70%", "F1,P1,70%")
    other.ingest()
    assert toy.rows(
        "SELECT share, claims FROM \"r_PROVIDES\" JOIN node n ON n.k = f WHERE n.id = 'F1'"
    ) == [(0.6, 2)]


def test_relations_of_another_start_are_parallel(toy: Any) -> None:
    toy.write("supplies.csv", "from,to,start", "F1,F2,2020", "F1,F2,2021", "F1,F2,2021")
    toy.ingest()
    assert toy.rows('SELECT start, eid FROM "r_SUPPLIES" ORDER BY start') == [
        ("2020", "2020"),
        ("2021", "2021"),
    ]


def test_a_column_that_comes_later_is_added(toy: Any) -> None:
    toy.ingest()
    toy.write("firm.csv", "id,name,founded_on", "F1,甲公司,2010", "F2,乙公司,")
    toy.ingest()
    assert toy.rows('SELECT founded_on FROM "n_Firm" ORDER BY id') == [("2010",), (None,)]


def test_read_only_folder_is_refused_with_a_message(toy: Any, tmp_path: Path) -> None:
    from graph.errors import InputError

    with pytest.raises(InputError, match="does not exist"):
        Record.open(tmp_path / "nowhere" / "graph.duckdb", write=True)
    (tmp_path / "text.duckdb").write_text("no database" * 100)
    with pytest.raises(InputError, match="cannot be opened"):
        Record.open(tmp_path / "text.duckdb")
