"""The digest of the view: what is said, not where or in which order."""

from pathlib import Path

import pytest

from graph.record import Record
from graph.record.sums import view_digest, view_sums
from tests.claims import Claims


def said(*, share: float = 0.5, swapped: bool = False, file: str = "entities.csv") -> Claims:
    claims = Claims()
    firms = [("F1", "甲\x1f"), ("F2", "乙")]
    others = ["A", "B"]
    for key, name in reversed(firms) if swapped else firms:
        claims.entity("Firm", key, file, name=name, alt_names=others[:: -1 if swapped else 1])
    claims.entity("Product", "P1", file)
    return claims.relation("PROVIDES", "F1", "P1", file, share=share)


def digest(claims: Claims, folder: Path) -> str:
    with Record.open(claims.write(folder / "graph.duckdb")) as record:
        return view_digest(record.view())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "other").mkdir()
    return tmp_path


def test_order_and_place_do_not_count(folder: Path) -> None:
    here = digest(said(), folder)
    assert here == digest(said(swapped=True, file="liste.csv"), folder / "other")


@pytest.mark.parametrize(
    "other",
    [
        said(share=0.25),
        said().relation("PROVIDES", "F2", "P1"),
        said().relation("PROVIDES", "F1", "P1", eid="second", share=0.5),
        said().entity("Firm", "F3"),
    ],
)
def test_what_is_said_counts(folder: Path, other: Claims) -> None:
    assert digest(said(), folder) != digest(other, folder / "other")


def test_sums_by_class_and_relation(folder: Path) -> None:
    with Record.open(said().write(folder / "graph.duckdb")) as record:
        sums = view_sums(record.view())
    assert {name: s.rows for name, s in sums.items()} == {"Firm": 2, "Product": 1, "PROVIDES": 1}
