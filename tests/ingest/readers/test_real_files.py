"""The readers on real data sets: the rows that are there, on the lines where they stand."""

import csv
import gzip
import io
import json

import pytest

from ingest import readers
from ingest.readers import delimited
from ingest.readers.cells import clean
from ingest.readers.opening import open_source
from ingest.readers.options import ReadOptions

ROWS = {
    "chain-knowledge-graph/company.json": 4654,
    "chain-knowledge-graph/company_industry.json": 4430,
    "chain-knowledge-graph/company_product.csv": 53785,
    "chain-knowledge-graph/industry.json": 511,
    "chain-knowledge-graph/industry_industry.json": 480,
    "chain-knowledge-graph/industry_up.json": 335,
    "chain-knowledge-graph/product.json": 95559,
    "chain-knowledge-graph/product_product.csv": 110153,
    "cordis-h2020/h2020.csv.gz": 144726,
    "cordis-h2020/h2020_2017_org_nodes.csv": 16592,
    "cordis-h2020/programme_parts.csv.gz": 37441,
    "cordis-h2020/sample_leit_2016_named.csv": 1617,
    "crunchbase/investments_2013.csv": 80245,
    "eto-supply-chain/known_chokepoints.csv": 82,
    "eto-supply-chain/v2022/inputs.csv": 79,
    "eto-supply-chain/v2022/providers.csv": 294,
    "eto-supply-chain/v2022/provision.csv": 660,
    "eto-supply-chain/v2022/sequence.csv": 93,
    "eto-supply-chain/v2022/stages.csv": 3,
    "fujian-policy-kg/nodes.csv": 4386,
    "fujian-policy-kg/policy_entity.csv": 1752,
    "fujian-policy-kg/policy_fujian.csv": 913,
    "fujian-policy-kg/relations.csv": 5895,
    "openspg-supplychain/Company.csv": 103,
    "openspg-supplychain/CompanyUpdate.csv": 1,
    "openspg-supplychain/Company_fundTrans_Company.csv": 19,
    "openspg-supplychain/Index.csv": 3,
    "openspg-supplychain/Industry.csv": 10,
    "openspg-supplychain/Person.csv": 20,
    "openspg-supplychain/Product.csv": 78,
    "openspg-supplychain/ProductChainEvent.csv": 1,
    "openspg-supplychain/TaxOfCompanyEvent.csv": 2,
    "openspg-supplychain/TaxOfProdEvent.csv": 1,
    "openspg-supplychain/Trend.csv": 2,
    "ror-affiliation-matching/dataset_affiliations_crossref_2024_02_19.json": 3000,
    "ror-affiliation-matching/dataset_affiliations_springer_2023_10_31.json": 3000,
    "ror-affiliation-matching/dataset_names.json": 1000,
    "universities/china_moe_universities.csv": 2631,
    "universities/world_universities_and_domains.json": 10251,
}
SHORT = ["fujian-policy-kg/nodes.csv", "fujian-policy-kg/relations.csv"]
LARGE = [name for name in ROWS if ".csv" in name and ROWS[name] > 10_000]


@pytest.mark.parametrize("name", ROWS)
def test_every_row_of_a_real_file_is_read(shared_data, stage, name):
    (sheet,) = readers.read(shared_data / name)
    got = stage(sheet)
    assert len(got.rows) == ROWS[name]
    assert got.rejects == []
    assert got.keys == (["short"] if name in SHORT else
                        ["keys_are_data"] if name.endswith("industry_up.json") else [])  # fmt: skip


@pytest.mark.parametrize("name", LARGE)
def test_both_ways_say_the_same_and_csv_too(shared_data, stage, name):
    source = open_source(shared_data / name, 1 << 30)
    (careful,) = delimited.read(source, ReadOptions(), careful=1 << 40)
    (fast,) = delimited.read(source, ReadOptions(), careful=0)
    one, other = stage(careful), stage(fast)
    assert one == other
    if "org_nodes" in name:  # inner quotes are not doubled there
        return
    with source.file.open(encoding="utf-8-sig", newline="") as file:
        expected = [tuple(map(clean, cells)) for cells in csv.reader(file) if cells][1:]
    assert one.rows == expected


def test_inner_quotes_that_are_not_doubled(shared_data, stage):
    (sheet,) = readers.read(shared_data / "cordis-h2020" / "h2020_2017_org_nodes.csv")
    got = stage(sheet)
    names = dict(zip(got.lines, (row[20] for row in got.rows), strict=True))
    assert names[289] == 'ASSOCIATION "NATIONAL CENTRE FOR SUPERCOMPUTING APPLICATIONS"'


@pytest.mark.parametrize(
    "name", ["eto-supply-chain/v2022/inputs.csv", "universities/china_moe_universities.csv"]
)
def test_lines_are_those_of_an_editor(shared_data, stage, name):
    (sheet,) = readers.read(shared_data / name)
    got = stage(sheet)
    lines = (shared_data / name).read_text("utf-8-sig").split("\n")
    first = 1 if name.startswith("universities") else 0
    for line, row in zip(got.lines, got.rows, strict=True):
        assert (row[first] or "").split("\n")[0] in lines[line - 1].replace('""', '"')
    assert got.lines[-1] > len(got.rows) + 1


def test_tables_without_headings(shared_data, stage):
    folder = shared_data / "ickg" / "ICKG25"
    options = {"header": False, "delimiter": "tab", "names": ["head", "relation", "tail", "time"]}
    for name, count in {"train": 54589, "valid": 6824, "test": 6824}.items():
        (sheet,) = readers.read(folder / f"{name}.txt", options)
        got = stage(sheet)
        assert (len(got.rows), got.headings, got.lines[0]) == (count, options["names"], 1)
    (sheet,) = readers.read(folder / "entity2id.txt", {"header": False, "delimiter": "tab"})
    assert len(stage(sheet).rows) == 60868
    (sheet,) = readers.read(folder / "time2id.txt", {"header": False})
    assert len(stage(sheet).rows) == 243


def test_an_object_with_two_tables(shared_data, stage):
    path = shared_data / "industry-chain-atlas" / "fusion.json"
    data = json.loads(path.read_text("utf-8"))
    got = {sheet.name: stage(sheet) for sheet in readers.read(path)}
    assert {name: len(sheet.rows) for name, sheet in got.items()} == {"nodes": 58, "edges": 98}
    assert [row[0] for row in got["nodes"].rows] == [node["id"] for node in data["nodes"]]
    lines = path.read_text("utf-8").split("\n")
    assert all(lines[line - 1].strip() == "{" for line in got["edges"].lines)


def test_packed_and_in_another_encoding(shared_data, tmp_path, stage):
    plain = shared_data / "openspg-supplychain" / "Product.csv"
    other = tmp_path / "Product.csv.gz"
    other.write_bytes(gzip.compress(plain.read_text("utf-8-sig").encode("gb18030")))
    (one,), (two,) = readers.read(plain), readers.read(other)
    assert stage(one).rows == stage(two).rows
    assert io.StringIO(two.name).read() == "Product"
