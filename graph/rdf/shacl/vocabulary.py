"""The terms of SHACL, and of what it builds on, as this package names them."""

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

SHACL = "http://www.w3.org/ns/shacl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"

Node = NamedNode | BlankNode
Term = NamedNode | BlankNode | Literal | Triple


def sh(name: str) -> NamedNode:
    """A term of SHACL.

    >>> str(sh("path"))
    '<http://www.w3.org/ns/shacl#path>'
    """
    return NamedNode(SHACL + name)


TYPE = NamedNode(RDF + "type")
FIRST, REST, NIL = (NamedNode(RDF + name) for name in ("first", "rest", "nil"))
TRUE = Literal("true", datatype=NamedNode(XSD + "boolean"))
SUBCLASS = NamedNode(RDFS + "subClassOf")
CLASSES = (NamedNode(RDFS + "Class"), NamedNode(OWL + "Class"))
IMPORTS = NamedNode(OWL + "imports")

TARGETS = ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
DESCRIPTIVE = (
    *("name", "description", "order", "group", "defaultValue", "message", "severity"),
    *("deactivated", "path", "property", "flags", "ignoredProperties", "closed"),
    *("qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint"),
)
"""What a shape may say that is no constraint of its own."""
