"""The record as it was: earlier runs seen again, and named."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import UsageError
from graph.record import Record
from graph.record.describe import dangling, entity, find, stats
from graph.record.runs import find_run, last_before, runs
from graph.record.sql import ident
from graph.record.write import Run
from tests.claims import Claims


def said(view: Any) -> dict[str, list[tuple[Any, ...]]]:
    """All that a view holds, by its table, with ids for keys."""
    tables = {"n_" + name for name in view.entity_counts()}
    found = {
        table: view.con.execute(f"SELECT * EXCLUDE (k) FROM {ident(table)} ORDER BY id").fetchall()
        for table in sorted(tables)
    }
    for name in view.relation_counts():
        found[name] = view.relations(name).drop_columns(["f", "t"]).to_pylist()
    found["dangling"] = [tuple(row.values()) for row in dangling(view)]
    return found


def test_an_earlier_run_is_as_it_was(toy: Any) -> None:
    toy.ingest()
    then = toy.ask(lambda record: (record.view().digest, said(record.view())))
    toy.write("provides.csv", "from,to,share", "F1,P1,70%", "F9,P1,40%", "F2,P2,0.5")
    toy.write("firm.csv", "id,name,employees", "F2,乙公司,12", "F1,甲股份,3")
    toy.ingest()
    now = toy.ask(lambda record: (record.view().digest, said(record.view())))

    def ask(record: Record) -> Any:
        first, second = record.view(at=1), record.view(at=2)
        assert (first.digest, said(first)) == then
        assert (second.digest, said(second)) == now == (record.view().digest, said(record.view()))
        assert first is record.view(at=1)
        claims = entity(first, find(first, "F1"))["claims"]
        assert [(c["line"], c["values"]["name"]) for c in claims] == [(2, "甲公司")]
        f, t = find(first, "F1"), find(first, "P1")
        assert [e.line for e in first.evidence("PROVIDES", f, t)] == [2]
        assert list(first.places("PROVIDES", f).values()) == [
            [{"source": "data", "file": "provides.csv", "line": 2}]
        ]
        return first.con.execute('SELECT share FROM "r_PROVIDES" ORDER BY line').fetchall()

    assert then != now
    assert toy.ask(ask) == [(0.6,), (0.4,), (0.5,)]


def test_before_the_first_run_nothing_is_said(toy: Any) -> None:
    toy.ingest()
    assert toy.ask(lambda r: (r.view(at=0).entity_counts(), r.view(at=0).relation_counts())) == (
        {},
        {},
    )


def test_a_withdrawn_file_is_still_there_earlier(toy: Any) -> None:
    toy.ingest()
    then = toy.digest
    with Record.open(toy.db, write=True) as record, Run(record, "withdraw") as run:
        run.withdraw("provides.csv")
    toy.ingest()

    def ask(record: Record) -> Any:
        counts = [record.view(at=n).relation_counts() for n in (1, 2, 3)]
        return counts, [run.digest == then for run in runs(record)]

    assert toy.ask(ask) == ([{"PROVIDES": 3}, {}, {"PROVIDES": 3}], [True, False, True])


def test_merges_are_those_of_the_run(toy: Any) -> None:
    toy.write("firm.csv", "id,name,uscc", "F1,甲公司,", "F2,乙公司,91110000100005220B")
    toy.ingest()
    toy.write(
        "firm.csv", "id,name,uscc", "F1,甲公司,91110000100005220B", "F2,乙公司,91110000100005220B"
    )
    toy.ingest()
    assert toy.ask(lambda r: [r.view(at=n).entity_counts()["Firm"] for n in (1, 2)]) == [2, 1]


VALUES = st.tuples(
    st.sampled_from(["F1", "F2", "F3"]),
    st.sampled_from(["甲", "乙", "丙"]),
    st.sampled_from(["", "7"]),
)
STATES = st.lists(st.lists(VALUES, max_size=4), min_size=2, max_size=3)


@pytest.mark.slow
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(states=STATES)
def test_every_run_can_be_seen_again(
    states: list[list[tuple[str, str, str]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    db = tmp_path_factory.mktemp("again") / "graph.duckdb"
    then = []
    for rows in states:
        claims = Claims().entity("Product", "P")
        for key, name, employees in rows:
            claims.entity("Firm", key, name=name, employees=int(employees or 0) or None)
            claims.relation("PROVIDES", key, "P")
        claims.relation("PROVIDES", "F1", "P")
        claims.write(db)
        with Record.open(db) as record:
            then.append((record.view().digest, said(record.view())))
    with Record.open(db) as record:
        known = runs(record)
        assert [run.digest for run in known] == [digest for digest, _ in then]
        for run, (digest, all_said) in zip(known, then, strict=True):
            view = record.view(at=run.number)
            assert (view.digest, said(view)) == (digest, all_said)


@pytest.fixture
def three(toy: Any) -> Callable[[Callable[[Record], Any]], Any]:
    """A record of three runs; asks it."""
    for share in ("60%", "61%", "62%"):
        toy.write("provides.csv", "from,to,share", f"F1,P1,{share}")
        toy.ingest()
    return toy.ask  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 1), (2, 2), ("latest", 3), ("-1", 3), ("-3", 1), ("0", 0), (" LATEST ", 3), (-2, 2)],
)
def test_a_run_by_its_number(three: Any, text: str, number: int) -> None:
    assert three(lambda record: find_run(record, text).number) == number


def test_a_run_by_the_digest_of_its_record(three: Any) -> None:
    def ask(record: Record) -> list[int]:
        digest = stats(record)["runs"][1]["record"]
        short = digest.removeprefix("sha256:")
        spelled = (digest, digest[:20], short[:20].upper(), record.view().digest)
        return [find_run(record, text).number for text in spelled]

    assert three(ask) == [2, 2, 2, 3]


@pytest.mark.parametrize("text", ["4", "-4", "lates", "sha256:000000000", "", "run 1"])
def test_an_unknown_run_names_the_nearest(three: Any, text: str) -> None:
    with pytest.raises(UsageError) as refused:
        three(lambda record: find_run(record, text))
    assert refused.value.key == "diff.unknown_run"
    assert "3 (" in str(refused.value)


def test_since_a_day_or_a_moment(three: Any) -> None:
    def ask(record: Record) -> list[int]:
        second = runs(record)[1].started
        assert second is not None
        moment = second.isoformat()
        return [
            last_before(record, text).number
            for text in ("2000-01-01", "2999-01-01", moment, moment + "+00:00", moment + "-08:00")
        ]

    assert three(ask) == [0, 3, 1, 1, 3]


def test_a_date_that_is_none(three: Any) -> None:
    with pytest.raises(UsageError, match="no date"):
        three(lambda record: last_before(record, "yesterday"))


def test_a_record_without_runs(tmp_path: Path) -> None:
    with Record.open(tmp_path / "graph.duckdb", write=True) as record:
        for ask in (lambda: find_run(record, "1"), lambda: last_before(record, "2026-01-01")):
            with pytest.raises(UsageError, match="no runs yet"):
                ask()
