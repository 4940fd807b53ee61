"""Shapes and data by seed: small, odd, and within what pyshacl and the recommendation agree on.

Left out is what pyshacl takes otherwise than SPARQL does: comparing what cannot be compared, the
inverse of a sequence, literals that rdflib writes in another way.
"""

import random

PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix x: <urn:x:> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
NODES = ["x:n0", "x:n1", "x:n2", "x:n3", "x:n4", "_:b1", "_:b2"]
LITERALS = ["1", "2", "2.5", '"1"', '"a"', '"ab"@en', '"b"@en', '"b"@zh', '"c"@en-GB', "true"]
LITERALS += ['"2024-01-01"^^xsd:date', '"2024-13-01"^^xsd:date', '"x"^^xsd:integer']
NUMBERS = ["1", "2", "3", "2.5", "0.5"]
PROPERTIES, NUMERIC = ["x:p", "x:q", "x:r"], ["x:m", "x:n"]
CLASSES = ["x:A", "x:B", "x:C"]
KINDS = ["IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"]
DATATYPES = ["xsd:integer", "xsd:string", "rdf:langString", "xsd:date", "xsd:decimal"]
PATTERNS = ['"^a"', '"1"', '"[0-9]$"']
LANGUAGES = ['"en"', '"en" "zh"']
DEEPEST = 2


class Made:
    """The data and shapes of one seed, as Turtle."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._one = self._random.choice
        self.data = PREFIXES + "x:B rdfs:subClassOf x:A .\n" + "".join(map(self._node, NODES))
        number = self._random.randint(1, 3)
        self.shapes = PREFIXES + "".join(self._targeted(n) for n in range(number))

    def _likely(self, share: float) -> bool:
        return self._random.random() < share

    def _node(self, node: str) -> str:
        said = [f"a {self._one(CLASSES)}"] if self._likely(0.8) else []
        for _ in range(self._random.randint(0, 5)):
            said.append(f"{self._one(PROPERTIES)} {self._one(self._one([NODES, LITERALS]))}")
        for _ in range(self._random.randint(0, 3)):
            said.append(f"{self._one(NUMERIC)} {self._one(NUMBERS)}")
        return f"{node} {' ; '.join(said)} .\n" if said else ""

    def _targeted(self, number: int) -> str:
        target = self._one(
            [
                f"sh:targetClass {self._one(CLASSES)} , {self._one(CLASSES)}",
                f"sh:targetSubjectsOf {self._one(PROPERTIES)}",
                f"sh:targetObjectsOf {self._one(PROPERTIES)}",
                f"sh:targetNode {self._term()} , x:absent",
            ]
        )
        return f"x:s{number} {target} ; {self._body(0, self._likely(0.5))} .\n"

    def _term(self) -> str:
        return self._one([n for n in NODES if n.startswith("x:")] + LITERALS)

    def _path(self, depth: int = 0) -> str:
        kind = self._random.random()
        if kind < 0.55 or depth > 1:
            return self._one(PROPERTIES)
        if kind < 0.65:
            return f"[ sh:inversePath {self._one(PROPERTIES)} ]"
        if kind < 0.77:
            return f"( {self._path(depth + 1)} {self._path(depth + 1)} )"
        if kind < 0.88:
            return f"[ sh:alternativePath ( {self._path(depth + 1)} {self._path(depth + 1)} ) ]"
        kind_of = self._one(["zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath"])
        return f"[ sh:{kind_of} {self._one(PROPERTIES)} ]"

    def _body(self, depth: int, with_path: bool) -> str:
        """What a shape says, its path first."""
        numeric = with_path and self._likely(0.2)
        at = self._one(NUMERIC) if numeric else self._path()
        parts = [f"sh:path {at}"] if with_path else []
        kinds = [*self._values(), *(self._deep(depth) if depth < DEEPEST else ())]
        kinds += self._counts(depth) if with_path else [self._closed()]
        kinds += self._numeric() if numeric else []
        parts += dict.fromkeys(self._random.sample(kinds, self._random.randint(1, 3)))
        if numeric:
            parts.append(self._one(self._numeric()))
        parts += ["sh:severity sh:Warning"] if self._likely(0.15) else []
        parts += ["sh:deactivated true"] if self._likely(0.05) else []
        words = [part.split()[0] for part in parts]
        return " ; ".join(p for i, p in enumerate(parts) if words.index(words[i]) == i)

    def _shape(self, depth: int, with_path: bool | None = None) -> str:
        path = self._likely(0.5) if with_path is None else with_path
        return f"[ {self._body(depth + 1, path)} ]"

    def _values(self) -> list[str]:
        listed = " ".join(self._term() for _ in range(self._random.randint(1, 4)))
        return [
            f"sh:class {self._one(CLASSES)}",
            f"sh:datatype {self._one(DATATYPES)}",
            f"sh:nodeKind sh:{self._one(KINDS)}",
            f"sh:{self._one(['minLength', 'maxLength'])} {self._random.randint(1, 8)}",
            f"sh:pattern {self._one(PATTERNS)}",
            'sh:pattern "N" ; sh:flags "i"',
            f"sh:languageIn ( {self._one(LANGUAGES)} )",
            f"sh:{self._one(['equals', 'disjoint'])} {self._one(PROPERTIES)}",
            f"sh:hasValue {self._term()}",
            f"sh:in ( {listed} )",
        ]

    def _closed(self) -> str:
        return f"sh:closed true ; sh:ignoredProperties ( rdf:type {self._one(PROPERTIES)} )"

    def _counts(self, depth: int) -> list[str]:
        found = [f"sh:minCount {self._random.randint(0, 3)}"]
        found += [f"sh:maxCount {self._random.randint(0, 3)}", "sh:uniqueLang true"]
        if depth < DEEPEST:
            least = self._one(["Min", "Max"])
            inner = f"sh:qualifiedValueShape {self._shape(depth)}"
            disjoint = self._one(["", " ; sh:qualifiedValueShapesDisjoint true"])
            count = f"sh:qualified{least}Count {self._random.randint(0, 2)}"
            found.append(f"{inner} ; {count}{disjoint}")
        return found

    def _numeric(self) -> list[str]:
        limit = self._one(["minInclusive", "maxInclusive", "minExclusive", "maxExclusive"])
        other = self._one(["lessThan", "lessThanOrEquals"])
        return [f"sh:{limit} {self._one(NUMBERS)}", f"sh:{other} {self._one(NUMERIC)}"]

    def _deep(self, depth: int) -> list[str]:
        several = self._one(["and", "or", "xone"])
        return [
            f"sh:not {self._shape(depth)}",
            f"sh:node {self._shape(depth, False)}",
            f"sh:{several} ( {self._shape(depth)} {self._shape(depth)} )",
            f"sh:property {self._shape(depth, True)}",
        ]
