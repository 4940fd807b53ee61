"""SHACL Core on Oxigraph: shapes become SPARQL queries, each asked once for all focus nodes.

    shapes graph → `parse` → shapes → `compile` → queries → store → `report`

https://www.w3.org/TR/shacl/ (W3C Recommendation, 20 July 2017).
"""

from collections.abc import Callable, Iterator

from pyoxigraph import NamedNode, QuerySolutions, Store

from graph.rdf.shacl.compile import Check, any_focus, compile_shapes
from graph.rdf.shacl.data import load, mark, of_view
from graph.rdf.shacl.graph import Graph, relabelled
from graph.rdf.shacl.lexical import written
from graph.rdf.shacl.parse import parse
from graph.rdf.shacl.paths import predicate
from graph.rdf.shacl.report import Report, Result, messages
from graph.rdf.shacl.shapes import Scope
from graph.rdf.shacl.vocabulary import SUBCLASS, Term

__all__ = ["Graph", "Report", "Result", "check", "load", "mark", "of_view", "relabelled"]


def check(
    data: Store,
    shapes: Graph,
    *,
    classes: Graph | None = None,
    progress: Callable[[str], None] = lambda text: None,
) -> Report:
    """The report on `data`, which `load` or `mark` made ready.

    What lies below a class is read from the data, and from `classes` where that is given. Raises
    InputError for shapes that are ill-formed, recursive, or beyond SHACL Core.
    """
    targeted = parse(shapes)
    scope = Scope(_below(data, classes), _predicates(data).__contains__)
    checks = [*compile_shapes(targeted, scope)]
    found: list[Result] = []
    for number, item in enumerate(checks, 1):
        progress(f"SHACL {number}/{len(checks)}")
        found += _results(data, item)
    reached = bool(found) or any(bool(data.query(any_focus(s, scope))) for s in targeted)
    return Report(tuple(sorted(found, key=Result.key)), reached)


def _predicates(data: Store) -> set[Term]:
    """The predicates that occur."""
    found = data.query("SELECT DISTINCT ?p WHERE { ?s ?p ?o }")
    assert isinstance(found, QuerySolutions)
    return {row["p"] for row in found}


def _below(data: Store, classes: Graph | None) -> dict[NamedNode, list[NamedNode]]:
    """For each class with classes below it, all of these."""
    pairs = [(q.subject, q.object) for q in data.quads_for_pattern(None, SUBCLASS, None)]
    if classes is not None:
        pairs += [(s, o) for s in classes.subjects(SUBCLASS) for o in classes.objects(s, SUBCLASS)]
    direct: dict[NamedNode, list[NamedNode]] = {}
    for kind, above in pairs:
        if isinstance(kind, NamedNode) and isinstance(above, NamedNode):
            direct.setdefault(above, []).append(kind)
    found = {}
    for top in direct:
        reached, todo = set[NamedNode](), [top]
        while todo:
            for kind in direct.get(todo.pop(), ()):
                if kind not in reached:
                    reached.add(kind)
                    todo.append(kind)
        found[top] = sorted(reached - {top}, key=str)
    return found


def _results(data: Store, item: Check) -> Iterator[Result]:
    shape, constraint = item.shape, item.constraint
    solutions = data.query(item.query)
    assert isinstance(solutions, QuerySolutions)
    said = None
    for row in solutions:
        if said is None:
            said = messages(shape.messages, constraint.name, constraint.parameter)
        path = shape.path
        if item.path is not None:
            found = row[item.path[1:]]
            assert isinstance(found, NamedNode)
            path = predicate(found)
        yield Result(
            written(row[item.this[1:]]),
            path,
            written(row[item.value[1:]]) if item.value else None,
            constraint.component,
            shape.node,
            shape.severity,
            said,
        )
