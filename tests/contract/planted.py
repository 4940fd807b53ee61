"""A small graph, and what may go wrong with a copy of it: in Cypher, in RDF, and what is found."""

import unicodedata
from dataclasses import dataclass

from graph.record.disagreement import Difference
from tests.claims import Claims
from tests.contract.triples import Edit, Lines, add, both, drop, iri, literal, statement, swap

IG = "https://w3id.org/innograph/ontology#"
PROVIDES = f"<{IG}provides>"


def graph() -> Claims:
    """Every kind of value once, with texts that are easy to find."""
    said = Claims()
    said.entity(
        "Firm",
        "F1",
        name="甲公司",
        name_en="Alpha Ltd",
        alt_names=["甲", "Alpha", "A 公司"],
        description="咖啡 Café\n第二行",
        employees=120,
        founded_on="2012-05",
        masked=True,
        website="https://alpha.example/",
        registered_capital=15000000.0,
        registered_capital_min=1e7,
        registered_capital_currency="CNY",
        extra='{"备注": "≥ 3"}',
    )
    said.entity("Firm", "F2", name="乙公司", founded_on="2015-03-01", masked=False)
    said.entity("Firm", "F3", name="Gamma", name_en="Gamma Inc")
    said.entity("Product", "P1", name="光刻机", name_en="lithography machine")
    said.entity("Product", "P2", name="光刻胶")
    said.relation("PROVIDES", "F1", "P1", share=0.6, start="2020", quote="供应 光刻机")
    said.relation("PROVIDES", "F1", "P1", share=0.4, start="2021-03")
    said.relation("PROVIDES", "F2", "P1", eid="e1", share=0.25, planned=True)
    said.relation("PROVIDES", "F3", "P2")
    said.relation("SUPPLIES", "F2", "F1", amount=300.0, amount_max=400.0, amount_currency="USD")
    said.relation("REQUIRES", "P1", "P2", group="光刻")
    return said


@dataclass(frozen=True)
class Planted:
    """One thing gone wrong: Cypher that does it, an edit of RDF that does it, what is to be found.

    `rdf_found` where it shows otherwise in RDF.
    """

    name: str
    cypher: str | None
    rdf: Edit | None
    found: tuple[Difference, ...] = ()
    rdf_found: tuple[Difference, ...] | None = None


def entity(key: str, property: str, one: object, other: object, kind: str = "Firm") -> Difference:
    return Difference("changed", kind, id=key, property=property, one=one, other=other)


def relation(
    of: str,
    to: str,
    property: str,
    one: object,
    other: object,
    *,
    eid: str | None = None,
    kind: str = "PROVIDES",
) -> Difference:
    return Difference(
        "changed", kind, of=of, to=to, eid=eid, property=property, one=one, other=other
    )


def at(what: str, of: str, to: str, eid: str | None = None, kind: str = "PROVIDES") -> Difference:
    return Difference(what, kind, of=of, to=to, eid=eid)


E2020, E2021, E1 = ("PROVIDES/F1/P1/2020", "PROVIDES/F1/P1/2021-03", "PROVIDES/F2/P1/e1")
F1, F2, F3 = (f"(:Entity {{id: '{k}'}})" for k in ("F1", "F2", "F3"))
SET = "MATCH (n:Entity {{id: '{}'}}) SET n.{} = {}"
EDGE = "MATCH (:Entity {{id: '{}'}})-[r:PROVIDES {{eid: '{}'}}]->() SET r.{} = {}"
NFD = unicodedata.normalize("NFD", "咖啡 Café\n第二行")


def _turned(lines: Lines) -> Lines:
    """F3 provides P2 becomes P2 provides F3."""
    made = []
    for line in lines:
        if statement("PROVIDES/F3/P2") in line or line.startswith(f"{iri('F3')} {PROVIDES}"):
            line = line.replace(iri("F3"), "<x>").replace(iri("P2"), iri("F3"))
            line = line.replace("<x>", iri("P2"))
        made.append(line)
    assert made != lines
    return made


def _needs(lines: Lines) -> Lines:
    """F3 needs P2."""
    made = []
    for line in lines:
        if statement("PROVIDES/F3/P2") in line or line.startswith(f"{iri('F3')} {PROVIDES}"):
            line = line.replace("ProvidesStatement", "NeedsStatement")
            line = line.replace(PROVIDES, f"<{IG}needs>")
        made.append(line)
    assert made != lines
    return made


def _without_statement(lines: Lines) -> Lines:
    return [x for x in lines if not x.startswith(statement("PROVIDES/F3/P2"))]


def _copy(lines: Lines) -> Lines:
    """A second statement that says what the first of F3 says."""
    own = [line for line in lines if line.startswith(statement("PROVIDES/F3/P2"))]
    assert own
    again = statement("PROVIDES/F3/P2/again")
    return [*lines, *(line.replace(statement("PROVIDES/F3/P2"), again) for line in own)]


PLANTED = [
    Planted(
        "a relation is missing",
        f"MATCH {F3}-[r:PROVIDES]->() DELETE r",
        both(drop(statement("PROVIDES/F3/P2"), times=6), drop(f"{iri('F3')} {PROVIDES}")),
        (at("missing", "F3", "P2"),),
    ),
    Planted(
        "a relation too many",
        "MATCH (a:Entity {id: 'F3'}), (b:Entity {id: 'P1'}) CREATE (a)-[:PROVIDES]->(b)",
        add(f"{iri('F3')} {PROVIDES} {iri('P1')} ."),
        (at("extra", "F3", "P1"),),
    ),
    Planted(
        "an entity is missing, and with it its relations",
        "MATCH (n:Entity {id: 'F3'}) DETACH DELETE n",
        both(
            drop(statement("PROVIDES/F3/P2"), times=6),
            lambda lines: [x for x in lines if not x.startswith(iri("F3"))],
        ),
        (Difference("missing", "Firm", id="F3"), at("missing", "F3", "P2")),
    ),
    Planted(
        "an entity too many",
        "CREATE (:Entity:Actor:Organisation:Firm {id: 'F9', type: 'Firm', name: '丁'})",
        add(
            f"{iri('F9')} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{IG}Firm> .",
            f'{iri("F9")} <{IG}id> "F9" .',
        ),
        (Difference("extra", "Firm", id="F9"),),
    ),
    Planted(
        "an id of another entity",
        "MATCH (n:Entity {id: 'F3'}) SET n.id = 'F03'",
        swap(f'<{IG}id> "F3"', f'<{IG}id> "F03"'),
        (
            Difference("extra", "Firm", id="F03"),
            Difference("missing", "Firm", id="F3"),
            at("extra", "F03", "P2"),
            at("missing", "F3", "P2"),
        ),
    ),
    Planted(
        "a decimal changed in its last digit",
        EDGE.format("F1", "2020", "share", "0.6000000000000001"),
        swap(literal("0.6", "decimal"), literal("0.6000000000000001", "decimal")),
        (relation("F1", "P1", "share", 0.6, 0.6000000000000001, eid="2020"),),
    ),
    Planted(
        "a decimal beyond what a double holds",
        None,
        swap(literal("0.6", "decimal"), literal("0.60000000000000000001", "decimal")),
        (
            relation(
                "F1", "P1", "share", 0.6, literal("0.60000000000000000001", "decimal"), eid="2020"
            ),
        ),
    ),
    Planted(
        "a number as text",
        EDGE.format("F1", "2020", "share", "'0.6'"),
        swap(literal("0.6", "decimal"), '"0.6"'),
        (relation("F1", "P1", "share", 0.6, "0.6", eid="2020"),),
        (relation("F1", "P1", "share", 0.6, '"0.6"', eid="2020"),),
    ),
    Planted(
        "another datatype of the same number",
        None,
        swap(literal("0.6", "decimal"), literal("0.6", "double")),
        (relation("F1", "P1", "share", 0.6, literal("0.6", "double"), eid="2020"),),
    ),
    Planted(
        "a relation turned round",
        "MATCH (a:Entity {id: 'F3'})-[r:PROVIDES]->(b) CREATE (b)-[n:PROVIDES]->(a)"
        " SET n = properties(r) DELETE r",
        _turned,
        (at("turned", "F3", "P2"),),
    ),
    Planted(
        "a relation of another type",
        "MATCH (a:Entity {id: 'F3'})-[r:PROVIDES]->(b) CREATE (a)-[n:NEEDS]->(b)"
        " SET n = properties(r) DELETE r",
        _needs,
        (relation("F3", "P2", "type", "PROVIDES", "NEEDS"),),
    ),
    Planted(
        "a relation to another end",
        "MATCH (a:Entity {id: 'F3'})-[r:PROVIDES]->(), (b:Entity {id: 'P1'})"
        " CREATE (a)-[n:PROVIDES]->(b) SET n = properties(r) DELETE r",
        both(
            swap(f"{iri('F3')} {PROVIDES} {iri('P2')}", f"{iri('F3')} {PROVIDES} {iri('P1')}"),
            lambda lines: [
                x.replace(iri("P2"), iri("P1")) if statement("PROVIDES/F3/P2") in x else x
                for x in lines
            ],
        ),
        (at("extra", "F3", "P1"), at("missing", "F3", "P2")),
    ),
    Planted(
        "a parallel relation twice",
        "MATCH (a:Entity {id: 'F3'})-[r:PROVIDES]->(b) CREATE (a)-[n:PROVIDES]->(b)"
        " SET n = properties(r)",
        _copy,
        (at("twice", "F3", "P2"),),
    ),
    Planted(
        "an eid is lost",
        "MATCH (:Entity {id: 'F2'})-[r:PROVIDES]->() REMOVE r.eid",
        drop(statement(E1), '"e1"'),
        (relation("F2", "P1", "eid", "e1", None, eid="e1"),),
    ),
    Planted(
        "two parallel relations have changed their shares",
        "MATCH (:Entity {id: 'F1'})-[r:PROVIDES]->() SET r.share = 1.0 - r.share",
        both(
            swap(literal("0.6", "decimal"), "<x>"),
            swap(literal("0.4", "decimal"), literal("0.6", "decimal")),
            swap("<x>", literal("0.4", "decimal")),
        ),
        (
            relation("F1", "P1", "share", 0.6, 0.4, eid="2020"),
            relation("F1", "P1", "share", 0.4, 0.6, eid="2021-03"),
        ),
    ),
    Planted(
        "an attribute of a relation is lost",
        "MATCH (:Entity {id: 'F1'})-[r:PROVIDES {eid: '2020'}]->() REMOVE r.quote",
        drop(statement(E2020), "供应 光刻机"),
        (relation("F1", "P1", "quote", "供应 光刻机", None, eid="2020"),),
    ),
    Planted(
        "a class is another",
        "MATCH (n:Entity {id: 'F3'}) REMOVE n:Firm:Organisation:Actor"
        " SET n:Team:Actor, n.type = 'Team'",
        swap(
            f"{iri('F3')} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{IG}Firm>",
            f"{iri('F3')} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{IG}Team>",
        ),
        (entity("F3", "type", "Firm", "Team"),),
    ),
    Planted(
        "the label of a superclass is lost",
        "MATCH (n:Entity {id: 'F3'}) REMOVE n:Organisation",
        None,
        (entity("F3", "labels", None, ["Actor", "Entity", "Firm"]),),
    ),
    Planted(
        "a property of another class",
        SET.format("F3", "trl", "7"),
        add(f"{iri('F3')} <{IG}trl> {literal('7', 'integer')} ."),
        (entity("F3", "trl", None, 7),),
        (entity("F3", "trl", None, literal("7", "integer")),),
    ),
    Planted(
        "an integer as text",
        SET.format("F1", "employees", "'120'"),
        swap(literal("120", "integer"), '"120"'),
        (entity("F1", "employees", 120, "120"),),
        (entity("F1", "employees", 120, '"120"'),),
    ),
    Planted(
        "an integer is one more",
        SET.format("F1", "employees", "121"),
        swap(literal("120", "integer"), literal("121", "integer")),
        (entity("F1", "employees", 120, 121),),
    ),
    Planted(
        "a date less precise",
        SET.format("F1", "founded_on", "'2012'"),
        swap(literal("2012-05", "gYearMonth"), literal("2012", "gYear")),
        (entity("F1", "founded_on", "2012-05", "2012"),),
    ),
    Planted(
        "a date with the type of another precision",
        None,
        swap(literal("2012-05", "gYearMonth"), literal("2012-05", "date")),
        (entity("F1", "founded_on", "2012-05", literal("2012-05", "date")),),
    ),
    Planted(
        "true becomes false",
        SET.format("F1", "masked", "false"),
        swap(
            f"{iri('F1')} <{IG}masked> {literal('true', 'boolean')}",
            f"{iri('F1')} <{IG}masked> {literal('false', 'boolean')}",
        ),
        (entity("F1", "masked", True, False),),
    ),
    Planted(
        "false becomes nothing",
        "MATCH (n:Entity {id: 'F2'}) REMOVE n.masked",
        drop(iri("F2"), "masked"),
        (entity("F2", "masked", False, None),),
    ),
    Planted(
        "nothing becomes an empty text",
        SET.format("F2", "business_scope", "''"),
        add(f'{iri("F2")} <{IG}businessScope> "" .'),
        (entity("F2", "business_scope", None, ""),),
    ),
    Planted(
        "a language tag is lost",
        None,
        lambda lines: [
            x.replace("@zh", "") if x.startswith(f"{iri('F1')} <{IG}name> ") else x for x in lines
        ],
        (entity("F1", "name", "甲公司", '"Alpha Ltd"@en "甲公司"'),),
    ),
    Planted(
        "the Chinese name in the place of the English one",
        SET.format("F1", "name_en", "n.name"),
        swap(f'{iri("F1")} <{IG}nameEn> "Alpha Ltd"', f'{iri("F1")} <{IG}nameEn> "甲公司"'),
        (entity("F1", "name_en", "Alpha Ltd", "甲公司"),),
        (
            entity("F1", "name", "甲公司", '"Alpha Ltd"@en "甲公司"@zh'),
            entity("F1", "name_en", "Alpha Ltd", "甲公司"),
        ),
    ),
    Planted(
        "an alternative name is lost",
        SET.format("F1", "alt_names", "['甲', 'Alpha']"),
        drop(f"<{IG}altNames>", "A 公司"),
        (entity("F1", "alt_names", ["A 公司", "Alpha", "甲"], ["Alpha", "甲"]),),
    ),
    Planted(
        "an alternative name in another order",
        SET.format("F1", "alt_names", "['Alpha', 'A 公司', '甲']"),
        lambda lines: lines[::-1],
    ),
    Planted(
        "a text in another normal form",
        SET.format("F1", "description", "'咖啡 Cafe\u0301\\n第二行'"),
        swap('"咖啡 Café', '"咖啡 Cafe\u0301'),
        (entity("F1", "description", "咖啡 Café\n第二行", NFD),),
    ),
    Planted(
        "white space at the end of a text",
        SET.format("F1", "description", "n.description + ' '"),
        swap('第二行"', '第二行 "'),
        (entity("F1", "description", "咖啡 Café\n第二行", "咖啡 Café\n第二行 "),),
    ),
    Planted(
        "a character of twice the width",
        SET.format("F3", "name", "'Ｇamma'"),
        lambda lines: [
            x.replace('"Gamma"', '"Ｇamma"') if x.startswith(iri("F3")) else x for x in lines
        ],
        (entity("F3", "name", "Gamma", "Ｇamma"),),
    ),
    Planted(
        "an amount in another currency",
        SET.format("F1", "registered_capital_currency", "'USD'"),
        swap('"CNY"', '"USD"'),
        (entity("F1", "registered_capital_currency", "CNY", "USD"),),
    ),
    Planted(
        "an amount without its bound",
        "MATCH (:Entity {id: 'F2'})-[r:SUPPLIES]->() REMOVE r.amount_max",
        drop(literal("400", "decimal")),
        (relation("F2", "F1", "amount_max", 400.0, None, kind="SUPPLIES"),),
    ),
    Planted(
        "columns that a mapping keeps are lost",
        "MATCH (n:Entity {id: 'F1'}) REMOVE n.extra",
        drop(iri("F1"), "备注"),
        (entity("F1", "extra", '{"备注": "≥ 3"}', None),),
    ),
    Planted(
        "the line is lost",
        "MATCH (n:Entity {id: 'F3'}) REMOVE n.line",
        drop(iri("F3"), f"<{IG}line>"),
        (entity("F3", "line", 4, None),),
    ),
    Planted(
        "another file",
        SET.format("F3", "file", "'relations.csv'"),
        lambda lines: [
            x.replace("entities.csv", "relations.csv") if x.startswith(iri("F3")) else x
            for x in lines
        ],
        (entity("F3", "file", "entities.csv", "relations.csv"),),
    ),
    Planted(
        "one source more",
        "MATCH (:Entity {id: 'F3'})-[r:PROVIDES]->() SET r.claims = 2",
        None,
        (relation("F3", "P2", "claims", 1, 2),),
    ),
    Planted(
        "a web address as text",
        None,
        swap(literal("https://alpha.example/", "anyURI"), '"https://alpha.example/"'),
        (entity("F1", "website", "https://alpha.example/", '"https://alpha.example/"'),),
    ),
    Planted(
        "the plain triple is lost",
        None,
        drop(f"{iri('F3')} {PROVIDES}"),
        (relation("F3", "P2", "triple", None, "missing"),),
    ),
    Planted(
        "the statement is lost, the plain triple stays",
        None,
        _without_statement,
        tuple(
            relation("F3", "P2", name, one, other)
            for name, one, other in (
                ("file", "relations.csv", None),
                ("line", 5, None),
                ("source", "toy", None),
                ("statement", None, "missing"),
            )
        ),
    ),
    Planted(
        "two values where one may be",
        None,
        add(f"{iri('F1')} <{IG}employees> {literal('121', 'integer')} ."),
        (
            entity(
                "F1", "employees", 120, f"{literal('120', 'integer')} {literal('121', 'integer')}"
            ),
        ),
    ),
    Planted(
        "what others have put in",
        "MATCH (n:Entity {id: 'F1'}) SET n.pagerank = 0.5, n:Marked"
        " CREATE (x:Person {name: 'Eve'})-[:LIKES]->(n), (n)-[:SEEN_BY]->(n)",
        add('<http://eve.example/> <http://xmlns.com/foaf/0.1/name> "Eve" .'),
    ),
]
