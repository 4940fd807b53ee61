"""The schema that is read from the ontology: what it holds, what names mean, what it refuses."""

import hashlib
import re
from pathlib import Path

import pytest

from graph.errors import SchemaError
from graph.schema import Schema, load, ontology_path

FILE = Path(__file__).parents[2] / "ontology.ttl"

CLASSES = re.findall(
    r"\w+",
    """Firm University College ResearchInstitute GovernmentBody Investor ServiceProvider
Consortium Team Person Makerspace Nursery Incubator Accelerator IndustrialPark SciencePark
InnovationCommunity ProofOfConceptCentre PilotTestPlatform EngineeringResearchCentre KeyLaboratory
ComputingCentre TechTransferCentre Industry Technology Product Scenario Achievement Patent Project
Challenge Policy Mechanism Initiative Designation Programme Fund FundingRound Grant Event Region
Observation Problem Source IndustryChain InnovationChain CapitalChain PolicyChain TalentChain
IncubationChain Stage""",
)
ABSTRACT = re.findall(r"\w+", "Entity Actor Organisation Platform Place ChainLink Chain Document")
RELATIONS = re.findall(
    r"\w+",
    """REQUIRES VARIANT_OF PART_OF_CHAIN PRECEDES PROVIDES NEEDS REACHED LOCATED_IN PART_OF
MEMBER_OF OPERATES HOSTS INCUBATES PROVIDES_SERVICE_TO COLLABORATES_WITH DEVELOPS USES OWNS_IP
TRANSFERS_TO REALISED_AS SPUN_OFF_FROM EMPLOYS EDUCATES INVESTS_IN HOLDS_STAKE_IN
PARTICIPATES_IN_ROUND RAISED MANAGES FUNDS ISSUES IMPLEMENTS SUPPORTS TARGETS POSTS_CHALLENGE
UNDERTAKES ADDRESSES IN_INDUSTRY SUPPLIES ALIGNED_WITH HAS_PROBLEM EXHIBITED_AT OBSERVES ADOPTS
COMPONENT_OF HOLDS_DESIGNATION LEADS BUILDS RELIES_ON DEPLOYED_IN""",
)
COMMON = {"share", "start", "end", "amount", "confidence", "source_ref", "quote", "planned"}


@pytest.fixture(scope="module")
def schema() -> Schema:
    return load(FILE)


def test_it_holds_every_class_and_relation(schema):
    assert set(CLASSES) <= {c.name for c in schema.concrete}
    assert set(ABSTRACT) == {c.name for c in schema.classes.values() if c.abstract}
    assert set(RELATIONS) <= set(schema.relations)


def test_every_entity_has_the_base_properties(schema):
    for cls in schema.concrete:
        names = [p.name for p in cls.properties]
        assert names[:6] == [
            "name",
            "name_en",
            "alt_names",
            "description",
            "source_ref",
            "masked",
        ], cls.name
        assert len(set(names)) == len(names)
    firm = {p.name: p for p in schema.classes["Firm"].properties}
    assert firm["alt_names"].multiple and firm["masked"].datatype == "boolean"
    assert firm["name"].language_tagged and not firm["uscc"].language_tagged


def test_every_relation_has_the_common_attributes_and_ends(schema):
    for relation in schema.relations.values():
        assert {a.name for a in relation.attributes} >= COMMON, relation.name
        assert schema.ends(relation.domain) and schema.ends(relation.range), relation.name


@pytest.mark.parametrize(
    ("owner", "name", "values"),
    [
        ("Firm", "size", "大 中 小 微"),
        ("Policy", "status", "拟定 征求意见 施行 修订 失效 废止"),
        ("Policy", "level", "国家 省 市 区"),
        ("Region", "kind", "行政区 新区 高新区 集群 片区"),
        ("FUNDS", "instrument", "补助 拨投结合 股权 贷款 担保"),
        ("MEMBER_OF", "sector", "政 产 学 研 用 金 创孵"),
        ("TRANSFERS_TO", "form", "转让 许可 作价投资"),
        ("LEADS", "role", "链长 链主 牵头"),
        ("PROVIDES", "role", "major minor"),
    ],
)
def test_closed_lists(schema, owner, name, values):
    held = schema.classes.get(owner) or schema.relations[owner]
    terms = held.properties if owner in schema.classes else held.attributes
    term = next(t for t in terms if t.name == name)
    assert [v.value for v in term.closed] == values.split()
    for value in term.closed:
        assert set(value.label) == {"zh", "en"}


def test_only_what_is_in_production_supplies(schema):
    for name in ("Firm", "Project"):
        status = next(p for p in schema.classes[name].properties if p.name == "status")
        assert [v.value for v in status.closed][:4] == ["在谈", "签约", "开工", "投产"]


def test_no_way_of_writing_a_value_means_two(schema):
    kinds = [*schema.classes.values(), *schema.relations.values()]
    for kind in kinds:
        for term in getattr(kind, "properties", None) or kind.attributes:
            seen: dict[str, str] = {}
            for value in term.closed:
                for text in (value.value, *value.label.values(), *value.aliases):
                    other = seen.setdefault(text.casefold(), value.value)
                    assert other == value.value, f"{kind.name}.{term.name}: {text}"


def test_examples_can_be_read_back(schema):
    for cls in schema.classes.values():
        for term in cls.properties:
            if term.pattern and term.example:
                assert re.search(term.pattern, term.example), f"{cls.name}.{term.name}"
            if term.closed and term.example and not term.multiple:
                assert term.example in {v.value for v in term.closed}, f"{cls.name}.{term.name}"


@pytest.mark.parametrize("code", ["91510100MA61UHJ06K", "N2510108MF1234567X", "Y2510108MF1234567X"])
def test_credit_codes_of_every_department_fit(schema, code):
    pattern = next(p.pattern for p in schema.classes["Firm"].properties if p.name == "uscc")
    assert re.search(pattern, code)
    assert not re.search(pattern, code[:-1]) and not re.search(pattern, code.replace("1", "I", 1))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Firm", "Firm"),
        ("firms", "Firm"),
        ("企业", "Firm"),
        ("企业名录", "Firm"),
        ("高企名单", "Firm"),
        ("01_firm", "Firm"),
        ("融资事件", "FundingRound"),
        ("funding_rounds", "FundingRound"),
        ("FundingRound", "FundingRound"),
        ("招商项目库", "Project"),
        ("Policies", "Policy"),
        ("孵化器", "Incubator"),
        ("科技型企业孵化器", "Incubator"),
        ("Ｆｉｒｍ", "Firm"),
        ("universities", "University"),
        ("科技计划(专项)", "Programme"),
        ("Organization", "Organisation"),
        ("technologies", "Technology"),
    ],
)
def test_classes_are_known_by_many_names(schema, text, name):
    found = schema.class_named(text)
    assert found is not None and found.name == name


@pytest.mark.parametrize("text", ["", "表", "sheet1", "Frim", "未知"])
def test_a_name_that_means_nothing(schema, text):
    assert schema.class_named(text) is None
    assert schema.relation_named(text) is None
    assert schema.property_named("Firm", text) is None
    assert schema.heading_of("Firm", text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("provides", "PROVIDES"),
        ("PROVIDES", "PROVIDES"),
        ("提供", "PROVIDES"),
        ("part of chain", "PART_OF_CHAIN"),
        ("part-of-chain", "PART_OF_CHAIN"),
        ("攻关", "ADDRESSES"),
        ("发榜", "POSTS_CHALLENGE"),
        ("聘用", "EMPLOYS"),
    ],
)
def test_relations_are_known_by_many_names(schema, text, name):
    found = schema.relation_named(text)
    assert found is not None and found.name == name


@pytest.mark.parametrize(
    ("cls", "heading", "name"),
    [
        ("Firm", "企业名称", "name"),
        ("Firm", "*企业名称：", "name"),
        ("Firm", "单位名称", "name"),
        ("Project", "项目名称", "name"),
        ("Firm", "社会信用代码", "uscc"),
        ("Firm", "注册资本（万元）", "registered_capital"),
        ("Firm", "成立时间", "founded_on"),
        ("Firm", "founded_on", "founded_on"),
        ("Firm", "Founded On", "founded_on"),
        ("Firm", "证券简称", "alt_names"),
        ("FundingRound", "融资轮次", "round"),
        ("FundingRound", "融资金额", "amount"),
        ("Project", "总投资(亿元)", "investment"),
        ("Project", "项目状态", "status"),
        ("Policy", "发文字号", "doc_number"),
        ("Patent", "公开（公告）号", "patent_number"),
    ],
)
def test_headings_of_properties(schema, cls, heading, name):
    found = schema.property_named(cls, heading)
    assert found is not None and found.name == name
    assert schema.property_named(schema.classes[cls], heading) is found


@pytest.mark.parametrize(
    ("cls", "heading", "relation", "target", "inverse"),
    [
        ("Firm", "所属产业链", "PART_OF_CHAIN", "IndustryChain", False),
        ("Firm", "所属环节", "PROVIDES", "Stage", False),
        ("Project", "所属环节", "PROVIDES", "Stage", False),
        ("Product", "所属环节", "REQUIRES", "Stage", True),
        ("Firm", "主营产品", "PROVIDES", "Product", False),
        ("Firm", "投资方", "INVESTS_IN", "Investor", True),
        ("FundingRound", "投资方", "PARTICIPATES_IN_ROUND", "Investor", True),
        ("FundingRound", "企业名称", "RAISED", "Firm", True),
        ("Incubator", "依托单位", "HOSTS", "Organisation", True),
        ("Incubator", "运营单位", "OPERATES", "Organisation", True),
        ("Firm", "所在园区", "INCUBATES", "IndustrialPark", True),
        ("Firm", "注册地", "LOCATED_IN", "Region", False),
        ("Firm", "合作高校", "COLLABORATES_WITH", "University", False),
        ("Policy", "发文机关", "ISSUES", "GovernmentBody", True),
        ("Firm", "行业", "IN_INDUSTRY", "Industry", False),
        ("Firm", "资质", "HOLDS_DESIGNATION", "Designation", False),
        ("Person", "工作单位", "EMPLOYS", "Organisation", True),
        ("Patent", "申请人", "OWNS_IP", "Organisation", True),
        ("Region", "上级地区", "PART_OF", "Region", False),
        ("Firm", "industry chain", "PART_OF_CHAIN", "IndustryChain", False),
        ("Firm", "提供", "PROVIDES", "ChainLink", False),
        ("Policy", "发布", "ISSUES", "GovernmentBody", True),
    ],
)
def test_headings_of_wide_tables(schema, cls, heading, relation, target, inverse):
    found = schema.heading_of(cls, heading)
    assert found is not None
    assert (found[0].name, found[1].target, found[1].inverse) == (relation, target, inverse)


def test_a_wide_column_can_say_an_attribute(schema):
    found = schema.heading_of("FundingRound", "领投方")
    assert found is not None and found[1].sets == ("lead", "true")
    for relation in schema.relations.values():
        names = {a.name for a in relation.attributes}
        for heading in relation.headings:
            assert heading.sets is None or heading.sets[0] in names, heading.text


def test_a_column_means_its_relation_only_where_it_should(schema):
    assert schema.heading_of("Firm", "上级地区") is None
    assert schema.heading_of("Region", "融资企业") is None


def test_every_heading_is_of_use(schema):
    """A heading that fits no class would never be read."""
    for relation in schema.relations.values():
        for heading in relation.headings:
            fitting = [c for c in schema.concrete if relation.fits(heading, {c.name, *c.ancestors})]
            assert fitting, f"{relation.name}: {heading.text}"


def test_attributes_of_relations(schema):
    names = {
        ("PROVIDES", "市场份额"): "share",
        ("PROVIDES", "年产能"): "capacity",
        ("INVESTS_IN", "轮次"): "round",
        ("HOLDS_DESIGNATION", "认定级别"): "level",
        ("HOLDS_DESIGNATION", "证书有效期"): None,
        ("REQUIRES", "group"): "group",
    }
    for (relation, heading), name in names.items():
        found = schema.attribute_named(relation, heading)
        assert (found.name if found else None) == name, heading


def test_chains_and_hand_offs(schema):
    chains = {"industry", "innovation", "capital", "policy", "talent", "coupling", None}
    assert {r.chain for r in schema.relations.values()} <= chains
    marked = {name: c.chain for name, c in schema.classes.items() if c.chain}
    assert marked.keys() == set(schema.subclasses("Chain")) - {"Chain"}
    assert marked["IndustryChain"] == "industry" and marked["IncubationChain"] == "innovation"
    assert schema.relations["REACHED"].hand_off and schema.relations["INCUBATES"].hand_off
    assert not schema.relations["PROVIDES"].hand_off
    assert schema.relations["COLLABORATES_WITH"].symmetric
    assert schema.links == ("Product", "Stage", "Technology")


def test_the_chains_that_always_hold(schema):
    steps = {c.id: [s.name["zh"] for s in c.stages] for c in schema.chains}
    assert steps["chain:innovation"] == ["基础研究", "技术研发", "概念验证", "中试", "产业化"]
    assert steps["chain:incubation"] == ["苗圃", "孵化器", "加速器", "产业园"]
    assert steps["chain:capital"][:4] == ["种子", "天使", "A轮", "B轮"]
    assert steps["chain:capital"][-1] == "上市"
    known = {s.id for c in schema.chains for s in c.stages}
    implied = {c.stage for c in schema.classes.values() if c.stage}
    rounds = next(p for p in schema.classes["FundingRound"].properties if p.name == "round")
    implied |= {v.stage for v in rounds.closed if v.stage}
    assert implied <= known and len(implied) > 10
    assert schema.classes["Incubator"].stage == "stage:incubation-incubator"


def test_an_amount_takes_four_columns(schema):
    capital = next(p for p in schema.classes["Firm"].properties if p.name == "registered_capital")
    assert [c for c, _ in capital.columns] == list(capital.column_iris)
    assert capital.column_iris["registered_capital_currency"].endswith("registeredCapitalCurrency")
    text = FILE.read_text("utf-8")
    for cls in schema.classes.values():
        for term in cls.properties:
            for iri in term.column_iris.values():
                assert re.search(rf"^ig:{iri.rpartition('#')[2]} a ", text, re.MULTILINE), iri


def test_digest_is_of_the_content(schema, tmp_path):
    copy = tmp_path / "other.ttl"
    copy.write_bytes(FILE.read_bytes())
    assert load(copy).digest == schema.digest == hashlib.sha256(FILE.read_bytes()).hexdigest()
    copy.write_bytes(FILE.read_bytes() + b"\n# more\n")
    assert load(copy).digest != schema.digest


def test_it_is_read_once(schema):
    assert load(FILE) is schema


def test_the_environment_names_another(monkeypatch, tmp_path):
    monkeypatch.setenv("GRAPH_ONTOLOGY", str(tmp_path / "mine.ttl"))
    assert ontology_path() == tmp_path / "mine.ttl"
    with pytest.raises(SchemaError) as caught:
        load()
    assert caught.value.key == "schema.unreadable" and "mine.ttl" in str(caught.value)


ADDED = """
ig:Robot a owl:Class ; rdfs:subClassOf ig:Product ;
    rdfs:label "机器人"@zh , "robot"@en ; skos:definition "自动化产品。"@zh , "An automaton."@en .
ig:payload a owl:DatatypeProperty ; rdfs:domain ig:Robot ; rdfs:range xsd:decimal ;
    rdfs:label "负载"@zh , "payload"@en .
ig:maintains a owl:ObjectProperty ; rdfs:domain ig:Firm ; rdfs:range ig:Robot ;
    rdfs:label "维护"@zh , "maintains"@en .
"""


def extended(tmp_path: Path, more: str, old: str = "", new: str = "") -> Path:
    text = FILE.read_text("utf-8")
    assert old in text
    path = tmp_path / "ontology.ttl"
    path.write_text(text.replace(old, new, 1) + more, "utf-8")
    return path


def test_a_class_and_a_relation_are_added_in_one_place(tmp_path):
    schema = load(extended(tmp_path, ADDED))
    robot = schema.classes["Robot"]
    assert robot.ancestors == ("Product", "ChainLink", "Entity")
    assert {"payload", "market_size", "hs_code", "name"} <= {p.name for p in robot.properties}
    assert "Robot" in schema.links and schema.class_named("机器人") is robot
    assert schema.property_named("Robot", "负载").name == "payload"
    maintains = schema.relations["MAINTAINS"]
    assert {a.name for a in maintains.attributes} >= COMMON
    assert schema.heading_of("Firm", "维护")[0] is maintains


@pytest.mark.parametrize(
    ("more", "key", "word"),
    [
        ("ig:Robot a owl:Class ; rdfs:subClassOf ig:Product .", "no_label", "Robot"),
        (
            'ig:keeps a owl:ObjectProperty ; pg:relType "KEEPS" ; rdfs:range ig:Firm ;'
            ' rdfs:label "保有"@zh .',
            "unknown_domain",
            "keeps",
        ),
        (
            "ig:keeps a owl:ObjectProperty ; rdfs:domain ig:Nobody ; rdfs:range ig:Firm ;"
            ' rdfs:label "保有"@zh .',
            "unknown_domain",
            "Nobody",
        ),
        (
            "ig:keeps a owl:ObjectProperty ; rdfs:domain ig:Firm ; rdfs:range ig:Nobody ;"
            ' rdfs:label "保有"@zh .',
            "unknown_range",
            "Nobody",
        ),
        (
            'ig:Shop a owl:Class ; rdfs:subClassOf ig:Organisation ; rdfs:label "企业"@zh .',
            "same_name",
            "企业",
        ),
        (
            "ig:age a owl:DatatypeProperty ; rdfs:domain ig:Firm ; rdfs:range xsd:integer ;"
            ' rdfs:label "成立时间"@zh .',
            "same_heading",
            "成立时间",
        ),
        (
            "ig:age a owl:DatatypeProperty ; rdfs:domain ig:Firm ; rdfs:range xsd:integer ;"
            ' rdfs:label "年龄"@zh ; pg:column "size" .',
            "same_column",
            "size",
        ),
        (
            "ig:age a owl:DatatypeProperty ; rdfs:domain ig:Firm ; rdfs:range xsd:hexBinary ;"
            ' rdfs:label "年龄"@zh .',
            "unknown_range",
            "hexBinary",
        ),
        (
            'ig:provides pg:heading [ pg:text "投资方" ; pg:target ig:Stage ] .',
            "same_heading",
            "投资方",
        ),
        ('ig:provides pg:heading [ pg:text "阶段" ] .', "unknown_class", "provides"),
        ("ig:Robot a owl:Class ; rdfs:subClassOf", "syntax", "ontology.ttl"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path, more, key, word):
    with pytest.raises(SchemaError) as caught:
        load(extended(tmp_path, "\n" + more + "\n"))
    assert caught.value.key == f"schema.{key}"
    for lang in ("zh", "en"):
        assert word in caught.value.text(lang) and "ontology.ttl" in caught.value.text(lang)


def test_the_example_of_the_docs_works(tmp_path):
    page = (FILE.parent / "docs/ontology.md").read_text("utf-8")
    stanza = re.search(r"```turtle\n(.*?)```", page, re.DOTALL)
    assert stanza is not None
    schema = load(extended(tmp_path, stanza[1]))
    centre = schema.class_named("机器人试验场")
    assert centre is schema.classes["RobotCentre"] and "Platform" in centre.ancestors
    assert schema.property_named(centre, "跑道长度").name == "track_length"
    assert schema.property_named(centre, "试验场名称").name == "name"
    relation, heading = schema.heading_of(centre, "试验产品")
    assert (relation.name, relation.chain, heading.target) == (
        "TRIES_OUT",
        "innovation",
        "Product",
    )


def test_the_docs_name_every_annotation():
    declared = set(re.findall(r"^pg:(\w+) a ", FILE.read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"`pg:(\w+)`", (FILE.parent / "docs/ontology.md").read_text("utf-8")))
    assert declared == named
