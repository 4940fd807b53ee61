"""Turtle and TriG: a subject's predicates below it, prefixes for the terms."""

from graph.rdf.syntax import by_case, compact, elements
from graph.rdf.terms import Block, Value
from graph.record.sql import literal


class Turtle:
    """Turtle; with named graphs it is TriG."""

    end = b""
    separated = False

    def __init__(self, prefixes: dict[str, str]) -> None:
        self.prefixes = prefixes
        lines = [f"@prefix {name}: <{iri}> .\n" for name, iri in prefixes.items()]
        self.begin = ("".join(lines) + "\n").encode()

    def graph(self, iri: str) -> tuple[bytes, bytes]:
        return f"\nGRAPH <{iri}> {{\n".encode(), b"}\n"

    def block(self, block: Block, graph: str | None) -> str:
        first, *rest = block.values
        text = f"'<' || {block.subject} || '> {self._name(first.predicate)} ' || "
        text += self._objects(first)
        parts = [
            f"{literal(f' ;{chr(10)}    {self._name(v.predicate)} ')} || {self._objects(v)}"
            for v in rest
        ]
        return f"concat({', '.join([text, *parts, literal(f' .{chr(10)}')])})"

    def _name(self, iri: str) -> str:
        named = compact(iri, self.prefixes)
        return "a" if named == "rdf:type" else named or f"<{iri}>"

    def _objects(self, value: Value) -> str:
        if value.many:
            written = elements(value, self._written(value, "e"))
            return f"nullif(array_to_string({written}, ' , '), '')"
        return self._written(value, value.sql)

    def _written(self, value: Value, element: str) -> str:
        write = {
            "iri": "'<' || {x} || '>'",
            "plain": "rdf_quoted({x})",
            "lang": "rdf_quoted({x}) || '@{note}'",
            "type": "rdf_quoted({x}) || '^^{note}'",
            "bare": "'\"' || {x} || '\"^^{note}'",
        }
        cases = tuple(
            (when, kind, (compact(note, self.prefixes) or f"<{note}>") if note and kind == "type"
             else note)
            for when, kind, note in value.cases
        )  # fmt: skip
        fixed = self._fixed(value)
        return fixed or by_case(Value(value.predicate, value.sql, cases, False, value.text), write,
                                element)  # fmt: skip

    def _fixed(self, value: Value) -> str | None:
        """A class that is the same in every row, with its prefix."""
        if value.cases[0][1] == "iri" and value.sql.startswith("'"):
            named = compact(value.sql.strip("'"), self.prefixes)
            return literal(named) if named else None
        return None
