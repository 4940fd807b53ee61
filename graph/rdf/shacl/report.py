"""The validation report of SHACL (section 3.6): as objects, and as RDF."""

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from graph.messages import say
from graph.rdf.shacl.paths import Path, Writer
from graph.rdf.shacl.vocabulary import SHACL, TYPE, XSD, Node, Term, sh

BOOLEAN = NamedNode(XSD + "boolean")


@dataclass(frozen=True)
class Result:
    """One validation result. `messages` are the shape's own, else ours in zh and en."""

    focus: Term
    path: Path | None
    value: Term | None
    component: NamedNode
    shape: Node
    severity: NamedNode
    messages: tuple[Literal, ...]

    def key(self) -> tuple[str, ...]:
        """What results are put in order by."""
        parts = (self.focus, self.path, self.component, self.value, self.shape)
        return tuple("" if part is None else str(part) for part in parts)

    def text(self, lang: str) -> str:
        """The message in this language, else one without a language, else any."""
        for wanted in (lang, None):
            for message in self.messages:
                if message.language == wanted:
                    return message.value
        return self.messages[0].value


@dataclass(frozen=True)
class Report:
    """All results of a run, in order; `targeted` is False where the shapes found no focus node."""

    results: tuple[Result, ...]
    targeted: bool = True

    @property
    def conforms(self) -> bool:
        return not self.results

    def triples(self) -> Iterable[Triple]:
        """The report as RDF, as the recommendation lays it out."""
        report, paths = BlankNode("report"), Writer()
        yield Triple(report, TYPE, sh("ValidationReport"))
        conforms = "true" if self.conforms else "false"
        yield Triple(report, sh("conforms"), Literal(conforms, datatype=BOOLEAN))
        nodes = [BlankNode(f"r{number + 1}") for number in range(len(self.results))]
        yield from (Triple(report, sh("result"), node) for node in nodes)
        for node, result in zip(nodes, self.results, strict=True):
            yield Triple(node, TYPE, sh("ValidationResult"))
            yield Triple(node, sh("focusNode"), result.focus)
            if result.path is not None:
                yield Triple(node, sh("resultPath"), paths.node(result.path))
            if result.value is not None:
                yield Triple(node, sh("value"), result.value)
            yield Triple(node, sh("sourceConstraintComponent"), result.component)
            yield Triple(node, sh("sourceShape"), result.shape)
            yield Triple(node, sh("resultSeverity"), result.severity)
            for message in result.messages:
                yield Triple(node, sh("resultMessage"), message)
            yield from paths.triples
            paths.triples.clear()

    def turtle(self, prefixes: dict[str, str] | None = None) -> bytes:
        """The report as Turtle."""
        known = {"sh": SHACL, "xsd": XSD, **(prefixes or {})}
        text = serialize(self.triples(), format=RdfFormat.TURTLE, prefixes=known)
        assert text is not None
        return text


def messages(own: tuple[Literal, ...], component: str, parameter: object) -> tuple[Literal, ...]:
    """A shape's own messages, else what the constraint asks, in Chinese and English."""
    if own:
        return own
    given = readable(parameter)
    return tuple(
        Literal(say(f"shacl.{component}", lang, parameter=given), language=lang)
        for lang in ("zh", "en")
    )


def readable(value: object) -> str:
    """A parameter as a message names it."""
    if isinstance(value, NamedNode | Literal):
        return value.value
    if isinstance(value, list | tuple):
        return ", ".join(readable(v) for v in value)
    return str(value)
