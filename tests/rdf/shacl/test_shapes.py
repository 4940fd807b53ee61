"""Shapes that cannot be checked are refused by name; odd but legal ones mean what SHACL says."""

from collections.abc import Callable

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from graph.errors import InputError
from graph.rdf.shacl import Graph, Report, check, load, relabelled

PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix x: <urn:x:> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def read(text: str, prefix: str = "s") -> Graph:
    return Graph(relabelled(parse(PREFIXES + text, RdfFormat.TURTLE), prefix))


def report(shapes: str, data: str, classes: str | None = None) -> Report:
    store = load(relabelled(parse(PREFIXES + data, RdfFormat.TURTLE), "d"))
    return check(store, read(shapes), classes=read(classes) if classes else None)


def broken(shapes: str, data: str, classes: str | None = None) -> list[str]:
    """Who breaks what, shortly: `focus component value`."""
    return [
        " ".join(
            str(part).replace("<urn:x:", "").rstrip(">")
            for part in (
                r.focus,
                r.component.value.rpartition("#")[2].removesuffix("ConstraintComponent"),
                *([] if r.value is None else [r.value]),
            )
        )
        for r in report(shapes, data, classes).results
    ]


REFUSED: dict[str, tuple[str, str]] = {
    "no path": ("shacl.no_path", "x:s sh:property [ sh:minCount 1 ] ."),
    "typed without path": ("shacl.no_path", "x:s a sh:PropertyShape ."),
    "two paths": ("shacl.bad_value", "x:s sh:path x:p , x:q ."),
    "path of one": ("shacl.bad_path", "x:s sh:path ( x:p ) ."),
    "path in a ring": ("shacl.bad_path", "x:s sh:path _:a . _:a sh:inversePath _:a ."),
    "path of nothing": ("shacl.bad_path", "x:s sh:path [ x:other x:p ] ."),
    "path is a text": ("shacl.bad_path", 'x:s sh:path "p" .'),
    "endless list": ("shacl.bad_value", "x:s sh:in _:l . _:l rdf:first 1 ; rdf:rest _:l ."),
    "no list": ("shacl.bad_value", "x:s sh:or x:a ."),
    "count is a text": ("shacl.bad_value", 'x:s sh:property [ sh:path x:p ; sh:minCount "x" ] .'),
    "count below 0": ("shacl.bad_value", "x:s sh:property [ sh:path x:p ; sh:maxCount -1 ] ."),
    "qualified count": (
        "shacl.bad_value",
        "x:s sh:property [ sh:path x:p ; sh:qualifiedValueShape [] ; sh:qualifiedMinCount x:n ] .",
    ),
    "class is a text": ("shacl.bad_value", 'x:s sh:class "A" .'),
    "unknown kind of node": ("shacl.bad_value", "x:s sh:nodeKind sh:Text ."),
    "limit is an IRI": ("shacl.bad_value", "x:s sh:minInclusive x:n ."),
    "pattern is an IRI": ("shacl.bad_value", "x:s sh:pattern x:n ."),
    "pattern that no engine reads": ("shacl.bad_value", 'x:s sh:pattern "(" .'),
    "look-ahead": ("shacl.bad_value", 'x:s sh:pattern "a(?=b)" .'),
    "unknown flag": ("shacl.bad_value", 'x:s sh:pattern "a" ; sh:flags "w" .'),
    "target class is a text": ("shacl.bad_value", 'x:s sh:targetClass "A" .'),
    "count without path": ("shacl.needs_path", "x:s sh:minCount 1 ."),
    "one language without path": ("shacl.needs_path", "x:s sh:uniqueLang true ."),
    "shape is a text": ("shacl.no_shape", 'x:s sh:node "shape" .'),
    "recursive": ("shacl.recursive", "x:s sh:property [ sh:path x:p ; sh:node x:s ] ."),
    "recursive by two": ("shacl.recursive", "x:s sh:not x:t . x:t sh:and ( x:s ) ."),
    "sparql": ("shacl.unsupported", "x:s sh:sparql [ sh:select 'SELECT $this {}' ] ."),
    "script": ("shacl.unsupported", "x:s sh:js [] ."),
    "own target": ("shacl.unsupported", "x:s sh:target [] ."),
    "misspelt": ("shacl.unsupported", "x:s sh:minCont 1 ."),
    "own component": (
        "shacl.own_component",
        "x:c a sh:ConstraintComponent ; sh:parameter [ sh:path x:most ] . x:s x:most 3 .",
    ),
}


@pytest.mark.parametrize("key,text", REFUSED.values(), ids=list(REFUSED))
def test_refused(key: str, text: str) -> None:
    with pytest.raises(InputError) as raised:
        report("x:s sh:targetNode x:n . " + text, "")
    assert raised.value.key == key
    for lang in ("zh", "en"):
        assert "{" not in raised.value.text(lang)


@pytest.mark.parametrize("key,text", REFUSED.values(), ids=list(REFUSED))
def test_what_is_switched_off_or_never_used_is_not_read(key: str, text: str) -> None:
    off = "x:s sh:targetNode x:n ; sh:deactivated true . " + text
    assert broken(off, "") == []
    if "sh:targetClass" not in text:
        assert broken(text.replace("x:s ", "x:unused "), "") == []


NULLABLE = ["[ sh:zeroOrMorePath x:p ]", "[ sh:zeroOrOnePath x:p ]"]
NULLABLE += ["( [ sh:zeroOrMorePath x:p ] [ sh:zeroOrOnePath x:q ] )"]
NULLABLE += ["[ sh:alternativePath ( x:q [ sh:zeroOrMorePath x:p ] ) ]"]
NULLABLE += [
    "[ sh:inversePath [ sh:zeroOrMorePath x:p ] ]",
    "[ sh:oneOrMorePath [ sh:zeroOrOnePath x:p ] ]",
]


@pytest.mark.parametrize("path", NULLABLE)
@pytest.mark.parametrize("node", ["x:absent", '"text"', "x:there"])
def test_a_path_of_no_step_leads_to_the_node_itself(path: str, node: str) -> None:
    data = "x:there x:other 1 ."
    shape = f"x:s sh:targetNode {node} ; sh:property [ sh:path {path} ; %s ] ."
    assert broken(shape % f"sh:hasValue {node} ; sh:minCount 1 ; sh:maxCount 1", data) == []
    assert len(broken(shape % "sh:maxCount 0", data)) == 1
    assert len(broken(shape % "sh:in ()", data)) == 1
    nested = f"x:s sh:targetNode {node} ; sh:not [ sh:path {path} ; sh:maxCount 0 ] ."
    assert broken(nested, data) == []
    nested = f"x:s sh:targetNode {node} ; sh:node [ sh:path {path} ; sh:in ( {node} ) ; sh:minCount 1 ] ."
    assert broken(nested, data) == []


PATHS: dict[str, tuple[str, ...]] = {
    "x:p": ("x:b",),
    "[ sh:inversePath x:p ]": ("x:z",),
    "( x:p x:q )": ("x:c",),
    "( x:p [ sh:inversePath x:q ] )": ("x:d",),
    "[ sh:inversePath ( x:r x:p ) ]": ("x:y",),
    "[ sh:alternativePath ( x:p x:q ) ]": ("x:b", "x:d"),
    "[ sh:oneOrMorePath x:q ]": ("x:d", "x:b", "x:c"),
    "[ sh:zeroOrOnePath x:q ]": ("x:a", "x:d"),
    "[ sh:zeroOrMorePath x:q ]": ("x:a", "x:d", "x:b", "x:c"),
    "[ sh:inversePath [ sh:inversePath x:p ] ]": ("x:b",),
    "[ sh:zeroOrMorePath [ sh:inversePath x:p ] ]": ("x:a", "x:z"),
}


@pytest.mark.parametrize("path", PATHS)
def test_paths_reach_what_they_should(path: str) -> None:
    data = "x:a x:p x:b ; x:q x:d . x:b x:q x:c . x:z x:p x:a . x:y x:r x:z . x:d x:q x:b ."
    reached = [
        r.value
        for r in report(
            f"x:s sh:targetNode x:a ; sh:property [ sh:path {path} ; sh:in () ] .", data
        ).results
    ]
    assert sorted(str(v) for v in reached) == sorted(f"<urn:x:{n[2:]}>" for n in PATHS[path])


def test_classes_below_are_of_the_data_or_given_beside_them() -> None:
    shape = (
        "x:s sh:targetClass x:A ; sh:nodeKind sh:BlankNode . x:t sh:targetNode x:n ; sh:class x:A ."
    )
    below = "x:B rdfs:subClassOf x:A . x:C rdfs:subClassOf x:B . x:A rdfs:subClassOf x:C ."
    assert broken(shape, "x:n a x:C .") == ["n Class n"]
    assert broken(shape, "x:n a x:C . " + below) == ["n NodeKind n"]
    assert broken(shape, "x:n a x:C .", below) == ["n NodeKind n"]


@pytest.mark.parametrize("kind", ["rdfs:Class", "owl:Class", "x:Kind"])
def test_a_shape_that_is_a_class_has_its_instances_for_target(kind: str) -> None:
    shape = f"x:A a sh:NodeShape , {kind} ; sh:nodeKind sh:BlankNode . x:Kind rdfs:subClassOf rdfs:Class ."
    assert broken(shape, "x:n a x:A .") == ["n NodeKind n"]
    assert broken(shape.replace("a sh:NodeShape ,", "a"), "x:n a x:A .") == ["n NodeKind n"]
    assert broken(f"x:A a {kind} . x:Kind rdfs:subClassOf rdfs:Class .", "x:n a x:A .") == []


def test_a_node_with_several_targets_is_checked_once() -> None:
    shape = "x:s sh:targetNode x:n ; sh:targetClass x:A , x:B ; sh:targetSubjectsOf x:p ;"
    shape += " sh:targetObjectsOf x:p ; sh:nodeKind sh:Literal ."
    assert broken(shape, "x:n a x:A , x:B ; x:p x:n , 1 .") == ["n NodeKind n"]


def test_terms_are_compared_as_written() -> None:
    shape = 'x:s sh:targetNode x:n ; sh:property [ sh:path x:p ; sh:in ( 1 "01"^^xsd:integer "a"@en ) ] .'
    wrong = ['"1.0"^^xsd:decimal', '"1"', '"a"', '"a"@zh', '"1"^^xsd:byte', '"001"^^xsd:integer']
    data = "x:n x:p " + " , ".join([*wrong, "1", '"01"^^xsd:integer', '"a"@en']) + " ."
    assert len(broken(shape, data)) == len(wrong)


def test_blank_nodes_of_shapes_are_none_of_the_data() -> None:
    shape = "x:s sh:targetNode x:n ; sh:property [ sh:path x:p ; sh:in ( [] ) ; sh:hasValue [] ] ."
    found = broken(shape, "x:n x:p [] .")
    assert [f.split()[1] for f in found] == ["HasValue", "In"]


def test_what_cannot_be_compared_is_wrong() -> None:
    shape = "x:s sh:targetNode x:n ; sh:property [ sh:path x:p ; sh:minInclusive 2 ] ,"
    shape += " [ sh:path x:p ; sh:lessThan x:q ] ."
    assert (
        len(broken(shape, 'x:n x:p 3 , "3" , x:m , "x"^^xsd:integer , "2024-01-01"^^xsd:date .'))
        == 4
    )
    assert len(broken(shape, 'x:n x:p 3 ; x:q 4 , "4" , x:m , "4"^^xsd:byte .')) == 2


def test_many_values_are_counted() -> None:
    shape = "x:s sh:targetClass x:A ; sh:property [ sh:path x:p ; sh:minCount 3 ; sh:maxCount 4 ] ."
    shape += " x:t sh:targetClass x:A ; sh:not [ sh:path x:p ; sh:minCount 3 ; sh:maxCount 4 ] ."
    data = "".join(
        f"x:n{n} a x:A ; x:p {' , '.join(str(i) for i in range(n + 1))} ." for n in range(6)
    )
    assert broken(shape, data) == [
        "n0 MinCount", "n1 MinCount", "n2 Not n2", "n3 Not n3", "n4 MaxCount", "n5 MaxCount",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text,flags,good,bad",
    [
        ("^a.c$", "", "abc", "xabc"),
        ("^A", "i", "abc", "bcd"),
        ("^b$", "m", "a\\nb", "ab"),
        ("a.b", "s", "a\\nb", "ab"),
        ("a b", "x", "ab", "a b"),
        ("\\\\d+", "", "x12", "x"),
        ('\\"', "", '\\"', "x"),
    ],
)
def test_patterns_are_those_of_sparql(text: str, flags: str, good: str, bad: str) -> None:
    flag = f' ; sh:flags "{flags}"' if flags else ""
    shape = f'x:s sh:targetNode "{good}" , "{bad}" ; sh:pattern "{text}"{flag} .'
    assert len(report(shape, "").results) == 1


@pytest.mark.parametrize(
    "write", [lambda v: f"x:s sh:targetNode x:n ; sh:property [ sh:path x:p ; sh:hasValue {v} ] ."]
)
def test_text_of_shapes_is_data(write: Callable[[str], str]) -> None:
    for text in ('" } #', "\\u0022 . ?x", "'", "\\\\", "\\n", "{", "甲"):
        value = '"' + text.replace('"', '\\"') + '"'
        assert broken(write(value), f"x:n x:p {value} .") == []
        assert broken(write(value), 'x:n x:p "other" .') == ["n HasValue"]


def test_our_own_messages_name_the_parameter_in_both_languages() -> None:
    shape = (
        "x:s sh:targetNode x:n ; sh:property [ sh:path x:p ; sh:minCount 2 ; sh:in ( 1 x:m ) ] ."
    )
    for result in report(shape, "x:n x:p 3 .").results:
        assert [m.language for m in result.messages] == ["zh", "en"]
        named = {"MinCount": "2", "In": "1, urn:x:m"}
        word = result.component.value.rpartition("#")[2].removesuffix("ConstraintComponent")
        assert all(named[word] in m.value for m in result.messages)
        assert result.text("zh") != result.text("en")


def test_a_message_without_language_serves_both() -> None:
    shape = 'x:s sh:targetNode x:n ; sh:nodeKind sh:Literal ; sh:message "wrong" , "falsch"@de .'
    (result,) = report(shape, "").results
    assert result.text("zh") == result.text("en") == "wrong"
    assert set(result.messages) == {Literal("wrong"), Literal("falsch", language="de")}


def test_whether_anything_was_checked() -> None:
    shape = "x:s sh:targetClass x:A ; sh:nodeKind sh:IRI ."
    assert report(shape, "x:n a x:A .").targeted and not report(shape, "x:n a x:B .").targeted


def test_results_stand_in_order() -> None:
    shape = "x:s sh:targetClass x:A ; sh:property [ sh:path x:p ; sh:nodeKind sh:IRI ] ."
    data = "".join(f"x:n{n} a x:A ; x:p {n % 3} , {n} ." for n in range(20))
    first, again = report(shape, data), report(shape, data)
    assert first == again and first.turtle() == again.turtle()
    assert [r.key() for r in first.results] == sorted(r.key() for r in first.results)
    assert NamedNode("urn:x:n3") in {r.focus for r in first.results}


def test_long_lists_and_many_targets() -> None:
    """The engine's stack does not grow with them."""
    listed = " ".join(map(str, range(20_000)))
    shape = f"x:s sh:targetNode x:n ; sh:property [ sh:path x:p ; sh:in ( {listed} ) ] ."
    assert broken(shape, "x:n x:p 19999 , 20000 .") == [
        'n In "20000"^^<http://www.w3.org/2001/XMLSchema#integer'
    ]
    nodes = " , ".join(f"x:n{i}" for i in range(20_000))
    assert broken(f"x:s sh:targetNode {nodes} ; sh:disjoint x:p .", "x:n7 x:p x:n7 .") == [
        "n7 Disjoint n7"
    ]
    several = " ".join(f"[ sh:class x:c{i} ]" for i in range(300))
    for word, wrong in (("or", 1), ("and", 1), ("xone", 1)):
        assert len(broken(f"x:s sh:targetNode x:n ; sh:{word} ( {several} ) .", "")) == wrong


def nested(depth: int) -> str:
    return "x:s sh:targetNode x:n ; sh:node " + "[ sh:not " * depth + "[]" + " ]" * depth + " ."


def test_depth_has_an_end() -> None:
    assert broken(nested(50), "") == []
    assert broken(nested(51), "") == ["n Node n"]
    with pytest.raises(InputError) as raised:
        broken(nested(3000), "")
    assert raised.value.key == "shacl.too_deep"
    twice = " ".join(f"x:t{i} sh:node x:t{i + 1} , [ sh:node x:t{i + 1} ] ." for i in range(25))
    with pytest.raises(InputError) as raised:
        broken("x:s sh:targetNode x:n ; sh:node x:t0 . " + twice, "")
    assert raised.value.key == "shacl.too_large"
    long = "x:s sh:targetNode x:n ; sh:property [ sh:path ( %s ) ; sh:minCount 1 ] ."
    assert broken(long % ("x:p " * 100), "") == ["n MinCount"]
    with pytest.raises(InputError):
        broken(long % ("x:p " * 5000), "")


@pytest.mark.parametrize(
    "asks,component",
    [
        ("sh:minCount 1", "MinCount"),
        ("sh:hasValue 1", "HasValue"),
        ("sh:equals x:q", "Equals"),
        ("sh:qualifiedValueShape [] ; sh:qualifiedMinCount 1", "QualifiedMinCount"),
        ("sh:maxCount 0", None),
        ("sh:property [ sh:path x:q ; sh:minCount 5 ]", None),
    ],
)
def test_a_property_that_nobody_has(asks: str, component: str | None) -> None:
    shape = f"x:s sh:targetNode x:n ; sh:property [ sh:path x:p ; {asks} ] ."
    found = [f.split()[1] for f in broken(shape, "x:n x:q 1 .")]
    assert found == ([component] if component else [])


@pytest.mark.parametrize(
    "asks",
    [
        *("sh:minLength 0", "sh:maxLength 999", 'sh:pattern "."', "sh:nodeKind sh:BlankNodeOrIRI"),
        *("sh:nodeKind sh:BlankNodeOrLiteral", "sh:nodeKind sh:IRIOrLiteral", "sh:in ( 1 )"),
        *('sh:languageIn ( "en" )', "sh:class x:A", "sh:minInclusive 1", "sh:datatype x:d"),
    ],
)
def test_a_triple_that_is_a_value_is_none_of_these(asks: str) -> None:
    """RDF 1.2 has them; SPARQL's functions of texts raise errors on them."""
    shape = f"x:s sh:targetNode x:n ; sh:property [ sh:path x:p ; {asks} ] ."
    assert len(report(shape, "x:n x:p <<( x:a x:b x:c )>> .").results) == 1
