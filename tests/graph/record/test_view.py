"""The view as its readers take it: Arrow tables, counts, claims."""

from typing import Any

from graph.record import describe


def test_entities_and_relations_as_arrow(toy: Any) -> None:
    toy.ingest()
    firms, provides = toy.ask(
        lambda record: (record.view().entities("Firm"), record.view().relations("PROVIDES"))
    )
    assert firms.column("id").to_pylist() == ["F1", "F2"]
    assert provides.column("from").to_pylist() == ["F1", "F2", "F2"]
    assert provides.column("share").to_pylist() == [0.6, 0.4, 0.5]


def test_counts_leave_out_what_is_not_there(toy: Any) -> None:
    toy.ingest()
    counts = toy.ask(lambda r: (r.view().entity_counts(), r.view().relation_counts()))
    assert counts == ({"Firm": 2, "Product": 2}, {"PROVIDES": 3})


def test_claims_keep_what_each_source_says(toy: Any) -> None:
    toy.write("other/firm.csv", "id,name,founded_on", "F1,甲股份,2010")
    toy.ingest()
    entity = toy.ask(lambda r: describe.entity(r.view(), describe.find(r.view(), "甲股份")))
    assert entity["values"] == {"name": "甲公司", "alt_names": ["甲股份"], "founded_on": "2010"}
    assert [c["values"]["name"] for c in entity["claims"]] == ["甲公司", "甲股份"]
    assert [c["file"] for c in entity["claims"]] == ["firm.csv", "other/firm.csv"]


def test_evidence_names_every_line(toy: Any) -> None:
    toy.write("other/provides.csv", "from,to,quote", "F1,P1,甲公司供应光刻机")
    toy.ingest()

    def ask(record: Any) -> list[tuple[str, int, str | None]]:
        view = record.view()
        found = view.evidence("PROVIDES", describe.find(view, "F1"), describe.find(view, "P1"))
        return [(e.file, e.line, e.quote) for e in found]

    assert toy.ask(ask) == [
        ("other/provides.csv", 2, "甲公司供应光刻机"),
        ("provides.csv", 2, None),
    ]
