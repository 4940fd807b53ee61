"""What two runs say differently: claims paired as old and new, entities and relations."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.record import Record
from graph.record.changes import Changes
from graph.record.difference import Causes, Difference
from tests.claims import Claims


@pytest.fixture
def compare(toy: Any) -> Callable[..., Any]:
    """Ingests the toy, writes tables anew, ingests again, and asks what changed."""

    def compared(ask: Callable[[Changes], Any], **files: tuple[str, ...]) -> Any:
        toy.ingest()
        for name, lines in files.items():
            toy.write(f"{name}.csv", *lines)
        toy.ingest()
        return toy.ask(lambda record: ask(Changes(record.view(at=1), record.view())))

    return compared


def both(changes: Changes) -> list[Difference]:
    return [*changes.entities(0, 9).first, *changes.relations(0, 9).first]


def brief(found: Difference) -> tuple[Any, ...]:
    return (found.change, found.kind, found.of, found.to, dict(found.values))


def places(causes: Causes) -> list[tuple[Any, ...]]:
    return [
        (c.kind, c.of, c.old and (c.old.file, c.old.line), c.new and (c.new.file, c.new.line))
        for c in causes.first
    ]


def test_a_share_that_changed_has_its_old_and_new_value(compare: Any) -> None:
    (found,) = compare(both, provides=("from,to,share", "F2,P2,0.5", "F1,P1,60%", "F2,P1,30%"))
    assert brief(found) == ("changed", "PROVIDES", "F2", "P1", {"share": (0.4, 0.3)})
    assert places(found.causes) == [("PROVIDES", "F2", ("provides.csv", 3), ("provides.csv", 4))]
    assert dict(found.causes.first[0].values) == {"share": (0.4, 0.3)}


def test_rows_that_only_moved_have_not_changed(compare: Any) -> None:
    def ask(changes: Changes) -> Any:
        return both(changes), changes.claim_count()

    lines = ("from,to,share", "", "F2,P2,0.5", "F2,P1,40%", "F1,P1,60%")
    assert compare(ask, provides=lines, firm=("id,name", "F2,乙公司", "F1,甲公司")) == ([], 0)


def test_a_file_that_moved_within_its_source_says_the_same(toy: Any) -> None:
    toy.ingest()
    (toy.data / "moved").mkdir()
    (toy.data / "provides.csv").rename(toy.data / "moved" / "provides.csv")
    toy.ingest(sync=True)

    def ask(record: Record) -> Any:
        changes = Changes(record.view(at=1), record.view())
        return record.view().relation_counts(), both(changes), changes.claim_count()

    counts, found, claims = toy.ask(ask)
    assert counts == {"PROVIDES": 3}
    assert (found, claims) == ([], 0)


def test_a_repeated_row_that_goes_changes_nothing(toy: Any) -> None:
    toy.write("provides.csv", "from,to,share", "F1,P1,60%", "F1,P1,60%")
    toy.ingest()
    toy.write("provides.csv", "from,to,share", "F1,P1,60%")
    toy.ingest()
    assert toy.ask(lambda r: Changes(r.view(at=1), r.view()).claim_count()) == 0


def test_what_came_and_what_went(compare: Any) -> None:
    found = compare(
        both,
        firm=("id,name", "F2,乙公司", "F3,丙公司"),
        provides=("from,to,share", "F3,P1,60%", "F2,P1,40%", "F2,P2,0.5"),
    )
    assert [brief(f) for f in found] == [
        ("added", "Firm", "F3", None, {"name": (None, "丙公司")}),
        ("removed", "Firm", "F1", None, {"name": ("甲公司", None)}),
        ("added", "PROVIDES", "F3", "P1", {"share": (None, 0.6)}),
        ("removed", "PROVIDES", "F1", "P1", {"share": (0.6, None)}),
    ]
    assert [places(f.causes) for f in found] == [
        [("Firm", "F3", None, ("firm.csv", 3))],
        [("Firm", "F1", ("firm.csv", 2), None)],
        [("PROVIDES", "F3", None, ("provides.csv", 2))],
        [("PROVIDES", "F1", ("provides.csv", 2), None)],
    ]


def test_a_relation_that_goes_with_its_end_is_caused_by_the_end(compare: Any) -> None:
    found = compare(both, firm=("id,name", "F2,乙公司"))
    assert [brief(f)[:4] for f in found] == [
        ("removed", "Firm", "F1", None),
        ("removed", "PROVIDES", "F1", "P1"),
    ]
    assert places(found[1].causes) == [("Firm", "F1", ("firm.csv", 2), None)]


def test_an_end_that_arrives_heals_what_waited(toy: Any) -> None:
    toy.write("provides.csv", "from,to,share", "F9,P1,60%")
    toy.ingest()
    toy.write("firm.csv", "id,name", "F1,甲公司", "F2,乙公司", "F9,壬公司")
    toy.ingest()
    found = toy.ask(lambda r: both(Changes(r.view(at=1), r.view())))
    assert [brief(f)[:4] for f in found] == [
        ("added", "Firm", "F9", None),
        ("added", "PROVIDES", "F9", "P1"),
    ]


def test_a_merge_says_what_it_was_merged_into(toy: Any) -> None:
    toy.write("firm.csv", "id,name,uscc", "F1,甲公司,", "F2,乙公司,91110000100005220B")
    toy.ingest()
    number = "91110000100005220B"
    toy.write("firm.csv", "id,name,uscc", f"F1,甲公司,{number}", f"F2,乙公司,{number}")
    toy.ingest()
    found = toy.ask(lambda r: both(Changes(r.view(at=1), r.view())))
    gone = next(f for f in found if f.change == "removed" and f.kind == "Firm")
    assert (gone.of, gone.merged) == ("F2", "F1")
    assert places(gone.causes) == [("Firm", "F1", ("firm.csv", 2), ("firm.csv", 2))]
    moved = [f for f in found if f.kind == "PROVIDES"]
    assert [(f.change, f.of, f.to) for f in moved] == [
        ("added", "F1", "P2"),
        ("removed", "F2", "P1"),
        ("removed", "F2", "P2"),
    ]
    assert all(f.causes.count for f in moved)


def test_backwards_is_the_other_way_round(toy: Any) -> None:
    toy.ingest()
    toy.write("provides.csv", "from,to,share", "F1,P1,70%")
    toy.ingest()

    def ask(record: Record) -> Any:
        there = both(Changes(record.view(at=1), record.view(at=2)))
        back = both(Changes(record.view(at=2), record.view(at=1)))
        return there, back

    there, back = toy.ask(ask)
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    assert sorted((turned[f.change], f.of, f.to) for f in there) == sorted(
        (f.change, f.of, f.to) for f in back
    )
    assert dict(next(f for f in back if f.change == "changed").values) == {"share": (0.7, 0.6)}


def test_only_the_first_are_listed_and_all_are_counted(compare: Any) -> None:
    lines = ("id,name", *(f"N{i},第{i}家" for i in range(9)))

    def ask(changes: Changes) -> Any:
        listed = changes.entities(2, 1)
        return listed.counts, [f.of for f in listed.first]

    counts, first = compare(ask, new_firm=lines)
    assert counts == {"added": {"Firm": 9}, "removed": {}, "changed": {}}
    assert first == ["N0", "N1"]


def test_parallel_relations_are_paired_by_their_start(toy: Any) -> None:
    head = "from,to,share,start"
    toy.write("provides.csv", head, "F1,P1,60%,2020", "F1,P1,50%,2022")
    toy.ingest()
    toy.write("provides.csv", head, "F1,P1,40%,2021", "F1,P1,55%,2022", "F1,P1,60%,2020")
    toy.ingest()
    found = toy.ask(lambda r: both(Changes(r.view(at=1), r.view())))
    assert [(f.change, f.key, f.values["share"]) for f in found] == [
        ("added", "2021", (None, 0.4)),
        ("changed", "2022", (0.5, 0.55)),
    ]


def test_what_the_ontology_does_not_know_is_compared_too(tmp_path: Path) -> None:
    db = tmp_path / "graph.duckdb"
    Claims().entity("Firm", "F1", extra='{"备注": "旧", "等级": "A"}').write(db)
    Claims().entity("Firm", "F1", extra='{"备注": "新", "等级": "A"}').write(db)
    with Record.open(db) as record:
        (found,) = both(Changes(record.view(at=1), record.view()))
    assert brief(found) == ("changed", "Firm", "F1", None, {"备注": ("旧", "新")})


def test_claims_are_found_by_what_they_touch_and_where_they_stand(toy: Any) -> None:
    toy.ingest()
    toy.write("provides.csv", "from,to,share", "F1,P1,61%", "F2,P1,40%", "F2,P2,0.7")
    toy.ingest()

    def ask(record: Record) -> Any:
        changes = Changes(record.view(at=1), record.view())
        keys = dict(record.con.execute("SELECT id, k FROM node_key").fetchall())
        about = changes.claims_about([[keys["P2"], keys["F1"]], [keys["F2"]], []], 9)
        lines = [([("data", "provides.csv", 2)], []), ([("data", "firm.csv", 2)], [])]
        old = changes.claims_near([[], []], 9, lines=lines)
        first = changes.claims_about([[keys["P1"], keys["P2"]]], 1)
        return about, old, first

    about, old, first = toy.ask(ask)
    assert [[(c.of, c.to) for c in causes.first] for causes in about] == [
        [("F2", "P2"), ("F1", "P1")], [("F2", "P2")], [],
    ]  # fmt: skip
    assert about[0].near == (0, 1)
    assert [causes.count for causes in old] == [1, 0]
    assert (first[0].count, len(first[0].first)) == (2, 1)


def whole(view: Any) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Everything a view says, by what it is about, without where it is said."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for cls in view.entity_counts():
        for row in view.entities(cls).to_pylist():
            found[cls, row["id"], None, None] = row
    for name in view.relation_counts():
        for row in view.relations(name).to_pylist():
            found[name, row["from"], row["to"], row["eid"]] = row
    aside = {"k", "id", "f", "t", "from", "to", "eid", "claims", "source", "file", "line"}
    return {
        key: {c: v for c, v in row.items() if c not in aside and v is not None}
        for key, row in found.items()
    }


def brute(before: Any, after: Any) -> dict[tuple[Any, ...], tuple[str, dict[str, Any]]]:
    was, now = whole(before), whole(after)
    changed = {}
    for key in {*was, *now}:
        old, new = was.get(key, {}), now.get(key, {})
        differing = {c: (old.get(c), new.get(c)) for c in {*old, *new} if old.get(c) != new.get(c)}
        if key not in was or key not in now or differing:
            change = "added" if key not in was else "removed" if key not in now else "changed"
            changed[key] = (change, differing)
    return changed


NUMBERS = ("91110000100005220B", None)
FIRMS = st.tuples(
    st.sampled_from(["F1", "F2", "F3"]),
    st.sampled_from(["甲", "乙"]),
    st.sampled_from(NUMBERS),
    st.booleans(),
)
SUPPLY = st.tuples(
    st.sampled_from(["F1", "F2", "F3", "甲"]),
    st.sampled_from([None, 0.2, 0.7]),
    st.sampled_from([None, "2020"]),
)
SAID = st.tuples(st.lists(FIRMS, max_size=3), st.lists(SUPPLY, max_size=4))


@pytest.mark.slow
@settings(max_examples=12)
@given(states=st.lists(SAID, min_size=2, max_size=2))
def test_looking_only_at_what_was_touched_misses_nothing(
    states: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Merges by identifier, ends that are names, ends that come late, repeated rows."""
    db = tmp_path_factory.mktemp("oracle") / "graph.duckdb"
    for firms, supply in states:
        said = Claims().entity("Product", "P").relation("PROVIDES", "F1", "P")
        for key, name, number, mention in firms:
            said.entity("Firm", key, name=name, uscc=number, mention=mention)
        for of, share, start in supply:
            said.relation("PROVIDES", of, "P", share=share, start=start)
        said.write(db)
    with Record.open(db) as record:
        before, after = record.view(at=1), record.view(at=2)
        changes = Changes(before, after)
        found = {(f.kind, f.of, f.to, f.key): (f.change, dict(f.values)) for f in both(changes)}
        assert found == brute(before, after)
        assert all(f.causes.count for f in both(changes))
