"""`graph diff`: which runs are meant, what is shown, and what is refused."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.claims import Claims
from tests.program import Done

Run = Callable[..., Done]
FAST = ("--measure", "single-source")


def supplied(first: float, second: float) -> Claims:
    said = Claims(source="data").entity("Firm", "F1", name="甲公司").entity("Firm", "F2")
    said.entity("Product", "P1", name="光刻机", name_en="lithography machine")
    said.relation("PROVIDES", "F1", "P1", file="provides.csv", share=first)
    return said.relation("PROVIDES", "F2", "P1", file="provides.csv", share=second)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record of two runs: a link that came to hang on one supplier."""
    path = tmp_path_factory.mktemp("two") / "graph.duckdb"
    supplied(0.6, 0.4).write(path)
    return supplied(0.98, 0.02).write(path)


@pytest.fixture
def two(run: Run, db: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("GRAPH_DB", str(db))
    return run


def test_the_last_two_runs_in_a_pipe(two: Run) -> None:
    done = two("diff", *FAST)
    rows = [line.split("\t") for line in done.out.splitlines()]
    assert [row[:4] for row in rows] == [
        ["relations", "changed", "provides", "F1 → P1"],
        ["relations", "changed", "provides", "F2 → P1"],
        ["findings", "opened", "single-source", "lithography machine"],
    ]
    assert rows[0][4:] == ["share 0.6", "share 0.98", "data/provides.csv:2 share 0.6 → 0.98"]
    assert rows[2][4] == "not found"
    assert rows[2][5].startswith("0.98 lithography machine: single source")
    assert (
        "data/provides.csv:2 share 0.6 → 0.98; data/provides.csv:3 share 0.4 → 0.02" in rows[2][6]
    )
    assert "2 claims changed" in done.err
    assert "1 opened, 0 closed" in done.err


def test_in_chinese(two: Run) -> None:
    done = two("diff", *FAST, "--lang", "zh")
    assert "薄弱环节\t新出现\tsingle-source\t光刻机\t未见薄弱" in done.out
    assert "2 处说法有变" in done.err


@pytest.mark.parametrize(
    ("words", "runs"),
    [
        ((), (1, 2)),
        (("1", "2"), (1, 2)),
        (("-1", "-2"), (2, 1)),
        (("1",), (1, 2)),
        (("latest", "1"), (2, 1)),
        (("0",), (0, 2)),
        (("--since", "2000-01-01"), (0, 2)),
        (("--since", "2000-01-01", "1"), (0, 1)),
        (("--since", "2999-01-01"), (2, 2)),
    ],
)
def test_which_runs_are_meant(two: Run, words: tuple[str, ...], runs: tuple[int, int]) -> None:
    said = two("diff", *words, *FAST, "--format", "json").json()
    assert (said["before"]["run"], said["after"]["run"]) == runs


def test_a_run_by_what_stats_shows(two: Run) -> None:
    first = two("stats", "--format", "json").json()["runs"][0]["record"]
    said = two("diff", first[:16], *FAST, "--format", "json").json()
    assert said["before"]["record"] == first
    rows = [line.split("\t") for line in two("stats").out.splitlines()]
    assert [row[:2] + row[3:] for row in rows if len(row) == 4 and row[3] == first[:19]] == [
        ["1", "test", first[:19]]
    ]


def test_the_same_question_gives_the_same_bytes(two: Run, tmp_path: Path) -> None:
    out = tmp_path / "diff.json"
    done = two("diff", *FAST, "--as-of", "2026-01-01", "--format", "json", "-o", str(out))
    assert (done.code, done.out) == (0, "")
    again = two("diff", *FAST, "--as-of", "2026-01-01", "--format", "json").out
    assert out.read_text("utf-8") == again
    assert json.loads(again)["after"]["as_of"] == "2026-01-01"


def test_a_table_into_a_file_has_headings(two: Run, tmp_path: Path) -> None:
    out = tmp_path / "diff.txt"
    assert two("diff", *FAST, "-o", str(out)).code == 0
    first = out.read_text("utf-8").splitlines()[0]
    assert first.split("\t") == ["part", "change", "kind", "subject", "before", "now", "because of"]


def test_a_cut_list_says_how_many_there_are(two: Run) -> None:
    done = two("diff", "0", *FAST, "--top", "1")
    assert "4 of 6 changes" in done.err
    assert "--top 0 lists all" in done.err
    assert "--top 0" not in two("diff", "0", *FAST, "--top", "0").err


def test_nothing_changed_is_said(two: Run) -> None:
    done = two("diff", "2", "2", *FAST)
    assert (done.code, done.out) == (0, "")
    assert "Nothing changed" in done.err


def test_two_days_are_said(two: Run) -> None:
    done = two("diff", *FAST, "--as-of", "2020-01-01", "--as-of", "2026-01-01")
    assert "2020-01-01, 2026-01-01" in done.err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("7",), "no run '7'"),
        (("7",), "2 ("),
        (("1", "2", "3"), "3 runs were named"),
        (("--since", "2020-01-01", "1", "2"), "3 runs were named"),
        (("--since", "soon"), "'soon' is no date"),
        (("--hom", "CN"), "no option --hom"),
        (("--measure", "single"), "single-source"),
        (("--region", "Atlantis"), "Atlantis"),
    ],
)
def test_what_makes_no_sense_is_refused(two: Run, words: tuple[str, ...], expected: str) -> None:
    done = two("diff", *words)
    assert (done.code, done.out) == (2, "")
    assert expected in done.err


def test_one_run_alone_cannot_be_compared(run: Run, tmp_path: Path) -> None:
    supplied(0.6, 0.4).write(tmp_path / "graph.duckdb")
    done = run("diff", *FAST)
    assert (done.code, done.out) == (2, "")
    assert "graph diff 0 1" in done.err
    assert run("diff", "0", "1", *FAST).code == 0


def test_no_record_at_all(run: Run) -> None:
    assert run("diff").code == 3


def test_the_json_is_what_the_page_shows(two: Run) -> None:
    page = Path(__file__).parent.parent / "docs" / "findings.md"
    section = page.read_text("utf-8").partition("## What changed between two runs")[2]
    shown = json.loads(section.partition("```json\n")[2].partition("```")[0])
    real = two("diff", "1", "2", *FAST, "--home", "CN", "--format", "json").json()
    assert list(shown) == list(real)
    for part in ("before", "after", "configuration"):
        assert set(shown[part]) <= set(real[part])
    for part in ("entities", "relations", "findings"):
        assert list(shown[part]) == list(real[part])
    for part in ("relations", "findings"):
        assert list(shown[part]["listed"][0]) == list(real[part]["listed"][0])
    cause = [one["findings"]["listed"][0]["causes"]["listed"][0] for one in (shown, real)]
    assert list(cause[0]) == list(cause[1])
    added = two("diff", "0", "1", *FAST, "--format", "json").json()["entities"]["listed"][0]
    assert list(shown["entities"]["listed"][0]) == list(added)
