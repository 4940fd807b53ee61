"""What is one entity: identifiers, names and judgements, each of which can be undone."""

from typing import Any


def ids(workspace: Any, cls: str = "Firm") -> list[str]:
    return [row[0] for row in workspace.rows(f'SELECT id FROM "n_{cls}" ORDER BY id')]


def test_a_relation_waits_for_its_end(toy: Any) -> None:
    toy.write("supplies.csv", "from,to", "F1,F9")
    toy.ingest()
    assert toy.rows('SELECT count(*) FROM "r_SUPPLIES"') == [(0,)]
    toy.write("later/firm.csv", "id,name", "F9,戊公司")
    toy.ingest()
    assert toy.rows('SELECT count(*) FROM "r_SUPPLIES"') == [(1,)]


def test_an_end_may_be_a_name(toy: Any) -> None:
    toy.write("supplies.csv", "from,to", "甲公司, 乙 公司 ")
    toy.ingest()
    assert toy.rows(
        'SELECT x.id, y.id FROM "r_SUPPLIES" JOIN node x ON x.k = f JOIN node y ON y.k = t'
    ) == [("F1", "F2")]


def test_an_ambiguous_name_stays_dangling(toy: Any) -> None:
    toy.write("more/firm.csv", "id,name", "F3,乙公司")
    toy.write("supplies.csv", "from,to", "F1,乙公司")
    toy.ingest()
    assert toy.rows('SELECT count(*) FROM "r_SUPPLIES"') == [(0,)]


def test_a_name_that_a_list_mentions_as_well_is_still_one(toy: Any) -> None:
    toy.write("register/企业.csv", "名称,客户", "辛公司,乙公司")
    toy.write("supplies.csv", "from,to", "F1,乙公司")
    toy.ingest()
    assert toy.rows(
        'SELECT y.id FROM "r_SUPPLIES" JOIN node x ON x.k = f JOIN node y ON y.k = t'
        " WHERE x.id = 'F1'"
    ) == [("F2",)]


def test_a_name_that_cannot_stand_there_is_not_taken(toy: Any) -> None:
    toy.write("supplies.csv", "from,to", "F1,光刻机")
    toy.ingest()
    assert toy.rows('SELECT count(*) FROM "r_SUPPLIES"') == [(0,)]


def test_the_same_identifier_is_the_same_firm(toy: Any) -> None:
    code = "91510100MA61RJTX7M"
    toy.write("a/firm.csv", "id,name,uscc", f"A1,己公司,{code}")
    toy.write("b/firm.csv", "id,name,uscc,founded_on", f"B1,己股份,{code.lower()},2012")
    toy.ingest()
    assert ids(toy) == ["A1", "F1", "F2"]
    assert toy.rows("SELECT name, alt_names, founded_on FROM \"n_Firm\" WHERE id = 'A1'") == [
        ("己公司", ["己股份"], "2012")
    ]


def test_a_list_without_ids_meets_the_firm_of_that_name(toy: Any) -> None:
    toy.write("register/企业.csv", "名称,成立日期", "甲公司,2008", "庚公司,2009")
    toy.ingest()
    found = ids(toy)
    assert len(found) == 3 and {"F1", "F2"} < set(found)
    assert toy.rows("SELECT founded_on FROM \"n_Firm\" WHERE id = 'F1'") == [("2008",)]


def test_a_masked_name_joins_nothing(workspace: Any) -> None:
    workspace.write("university.csv", "id,name", "U1,*大学")
    workspace.write("more/university.csv", "name", "*大学")
    workspace.ingest()
    assert len(ids(workspace, "University")) == 2


def test_judgements_join_and_part(toy: Any) -> None:
    toy.write("same_as.csv", "left,right,judgement", "F1,F2,same")
    toy.ingest()
    assert ids(toy) == ["F1"]
    assert toy.rows('SELECT count(*) FROM "r_PROVIDES"') == [(2,)]
    toy.write("same_as.csv", "left,right,judgement", "F1,F2,different")
    toy.ingest()
    assert ids(toy) == ["F1", "F2"]


def test_the_more_specific_class_stands(workspace: Any) -> None:
    workspace.write("industrial_park.csv", "id,name", "K1,某园")
    workspace.write("science_park.csv", "id,name", "K1,某园")
    workspace.ingest()
    assert workspace.rows("SELECT id, class FROM node") == [("K1", "SciencePark")]
