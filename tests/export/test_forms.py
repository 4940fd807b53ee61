"""`graph init`: forms made from the ontology, drop-downs, and the chains that always hold."""

import csv
import io
import re
import tomllib
from pathlib import Path

import openpyxl
import pytest

from graph import settings
from graph.errors import UsageError
from graph.export.forms import write_workspace
from graph.export.forms.blank_tables import blank_tables, chain_tables
from graph.export.forms.workbook import LONGEST, workbook
from graph.messages import Lang
from graph.schema import Schema, load

ROOT = Path(__file__).parents[2]
LANGS: tuple[Lang, Lang] = ("zh", "en")
FIXED = {"zh": {"标识", "类型", "起点", "终点"}, "en": {"id", "type", "from", "to"}}
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture(scope="module")
def schema() -> Schema:
    return load(ROOT / "ontology.ttl")


@pytest.fixture(scope="module", params=LANGS)
def workspace(request, schema, tmp_path_factory) -> tuple[Lang, Path, list[Path]]:
    folder = tmp_path_factory.mktemp("ws") / "工作区"
    return request.param, folder, write_workspace(schema, folder, request.param)


def rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def test_it_says_what_it_wrote(workspace):
    _, folder, written = workspace
    there = {p for p in folder.rglob("*") if p.is_file()}
    assert set(written) == there and len(written) == len(there)
    names = {p.relative_to(folder).parts[0] for p in written}
    assert names == {"graph.toml", "README.md", "templates", "chains"}


def test_settings_are_read_by_the_program(workspace, monkeypatch):
    lang, folder, _ = workspace
    monkeypatch.delenv("GRAPH_LANG", raising=False)
    said = settings.read(folder)
    assert (said.lang, said.currency, said.home) == (lang, "CNY", None)
    text = (folder / "graph.toml").read_text("utf-8")
    live = "\n".join(re.sub(r"^# (?=\w+ = )", "", line) for line in text.splitlines())
    assert set(tomllib.loads(live)) <= settings.KNOWN


def test_readme_is_in_the_language(workspace):
    lang, folder, _ = workspace
    text = (folder / "README.md").read_text("utf-8")
    assert "graph ingest" in text and "{" not in text
    assert ("工作区" in text) == (lang == "zh")
    for name in re.findall(r"`(\w+\.xlsx)`", text):
        assert (folder / "templates" / name).is_file()


def test_every_csv_names_what_its_rows_are(workspace, schema):
    lang, folder, _ = workspace
    for path in (folder / "templates").glob("*.csv"):
        data = path.read_bytes()
        assert data.startswith(b"\xef\xbb\xbf"), path
        headings, *rest = rows(path)
        cls, relation = schema.class_named(path.stem), schema.relation_named(path.stem)
        if headings[0] in {"from", "起点"}:
            cls = None  # funds.csv could be a list of funds: its ends tell
        else:
            relation = None
        assert cls or relation, path.stem
        assert len(set(headings)) == len(headings)
        for heading in headings:
            if heading in FIXED[lang]:
                continue
            if relation:
                assert schema.attribute_named(relation, heading), f"{path.stem}: {heading}"
                continue
            below = [c for c in schema.concrete if cls.name in (c.name, *c.ancestors)]
            known = any(
                schema.property_named(c, heading) or schema.heading_of(c, heading) for c in below
            )
            assert known, f"{path.stem}: {heading}"
        assert len(rest) == 1 and len(rest[0]) == len(headings)
        assert rest[0][0].startswith("#"), path


def test_every_class_has_a_form_or_says_that_it_has_none(workspace, schema):
    _, folder, _ = workspace
    stems = [p.stem for p in (folder / "templates").glob("*.csv")]
    covered = {c.name for stem in stems for c in [schema.class_named(stem)] if c}
    for cls in schema.concrete:
        assert cls.template is False or cls.name in covered, cls.name
    assert {"Platform", "Chain", "Firm"} <= covered and "Incubator" not in covered
    relations = {r.name for stem in stems for r in [schema.relation_named(stem)] if r}
    assert {r.name for r in schema.relations.values() if r.template} == relations


def test_a_form_for_several_classes_has_a_type(workspace, schema):
    lang, folder, _ = workspace
    name = {"zh": "创新平台", "en": "platform"}[lang]
    headings = rows(folder / "templates" / f"{name}.csv")[0]
    assert headings[:3] == {"zh": ["标识", "类型", "名称"], "en": ["id", "type", "name"]}[lang]
    assert {"zh": "算力（PFLOPS）", "en": "compute_pflops"}[lang] in headings


def test_no_cell_is_a_formula(workspace):
    _, folder, _ = workspace
    for path in folder.rglob("*.csv"):
        for row in rows(path):
            for cell in row:
                assert not cell.startswith(FORMULA), (path, cell)
    for path in folder.rglob("*.xlsx"):
        for sheet in openpyxl.load_workbook(path):
            assert all(c.data_type != "f" for row in sheet for c in row), sheet.title


def test_workbooks_hold_the_same_forms_with_drop_downs(workspace, schema):
    lang, folder, _ = workspace
    books = [openpyxl.load_workbook(p) for p in (folder / "templates").glob("*.xlsx")]
    sheets = {sheet.title: sheet for book in books for sheet in book}
    assert set(sheets) == {p.stem for p in (folder / "templates").glob("*.csv")}
    for name, sheet in sheets.items():
        there = [[str(c.value or "") for c in row] for row in sheet.iter_rows()]
        assert there == rows(folder / "templates" / f"{name}.csv"), name
        assert sheet.freeze_panes == "A3"
    firm = sheets[{"zh": "企业", "en": "firm"}[lang]]
    choices = {str(v.sqref): v.formula1 for v in firm.data_validations.dataValidation}
    size = next(c.column_letter for c in firm[1] if c.value in ("企业规模", "size"))
    listed = {"zh": '"大型,中型,小型,微型"', "en": '"large,medium,small,micro"'}[lang]
    assert choices[f"{size}3:{size}1000"] == listed


def test_every_choice_is_a_value_that_is_read(schema):
    for lang in LANGS:
        for table in [t for half in blank_tables(schema, lang) for t in half]:
            for column in table.columns:
                if column.choices:
                    assert not any("," in c for c in column.choices), column
                    assert len(",".join(column.choices)) <= LONGEST, column.heading


def test_chains_are_ready_to_be_read(workspace, schema):
    lang, folder, _ = workspace
    tables = {p.stem: rows(p) for p in (folder / "chains").glob("*.csv")}
    assert {t.name for t in chain_tables(schema, lang)} == set(tables)
    stages = next(t for n, t in tables.items() if schema.class_named(n) is schema.classes["Stage"])
    ids = {row[0] for row in stages[1:]}
    assert len(ids) == len(stages) - 1 == sum(len(c.stages) for c in schema.chains)
    relations = {r.name: tables[n] for n in tables for r in [schema.relation_named(n)] if r}
    assert {row[0] for row in relations["PART_OF_CHAIN"][1:]} == ids
    assert {end for row in relations["PRECEDES"][1:] for end in row} == ids
    steps = [row[1] for row in stages[1:]]
    assert steps[:5] == ["基础研究", "技术研发", "概念验证", "中试", "产业化"]


def test_the_same_bytes_every_time(schema, tmp_path):
    first = write_workspace(schema, tmp_path / "a", "zh")
    second = write_workspace(schema, tmp_path / "b", "zh")
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes(), one


def test_nothing_is_overwritten(schema, tmp_path):
    mine = tmp_path / "chains" / "环节.csv"
    mine.parent.mkdir()
    mine.write_text("mine", "utf-8")
    with pytest.raises(UsageError) as caught:
        write_workspace(schema, tmp_path, "zh")
    assert str(mine) in caught.value.text("zh") and str(mine) in caught.value.text("en")
    assert mine.read_text("utf-8") == "mine"
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [mine]


def test_a_folder_that_cannot_be_made(schema, tmp_path):
    (tmp_path / "taken").write_text("a file", "utf-8")
    with pytest.raises(UsageError) as caught:
        write_workspace(schema, tmp_path / "taken", "en")
    assert caught.value.key == "templates.unwritable" and "taken" in str(caught.value)


@pytest.mark.parametrize(
    ("parent", "form"),
    [("Product", "机器人"), ("Organisation", "机器人"), ("Platform", "创新平台")],
)
def test_an_added_class_turns_up(tmp_path, parent, form):
    text = (ROOT / "ontology.ttl").read_text("utf-8")
    text += f"""
    ig:Robot a owl:Class ; rdfs:subClassOf ig:{parent} ; rdfs:label "机器人"@zh , "robot"@en .
    ig:payload a owl:DatatypeProperty ; rdfs:domain ig:Robot ; rdfs:range ig:Level ;
        rdfs:label "负载等级"@zh , "payload class"@en .
    """
    path = tmp_path / "ontology.ttl"
    path.write_text(text, "utf-8")
    schema = load(path)
    write_workspace(schema, tmp_path / "ws", "zh")
    headings = rows(tmp_path / "ws" / "templates" / f"{form}.csv")[0]
    assert "负载等级" in headings
    book = openpyxl.load_workbook(tmp_path / "ws" / "templates" / "实体模板.xlsx")
    formulas = [v.formula1 for v in book[form].data_validations.dataValidation]
    assert '"国家级,省级,市级,区级"' in formulas
    if form == "创新平台":
        assert any("机器人" in f for f in formulas)


def test_a_list_too_long_for_excel_has_no_drop_down(tmp_path, schema):
    from graph.export.forms.blank_tables import Column, Table

    words = tuple(f"choice number {i}" for i in range(40))
    table = Table("firm", (Column("a", "help", words), Column("b", "help", ("x, y",))))
    book = openpyxl.load_workbook(io.BytesIO(workbook([table])))
    assert not book["firm"].data_validations.dataValidation
