"""The columns that a query names; the embedded engine names none where it finds nothing."""

import re

from graph.cypher.readonly import spans

ENDS = frozenset("order skip offset limit union".split())


def columns_of(cypher: str) -> list[str]:
    """The columns of the last RETURN; empty where they cannot be told (`*`, a bare CALL).

    >>> columns_of("MATCH (n) RETURN DISTINCT n.id AS id, count( * ), n.name ORDER BY id")
    ['id', 'count( * )', 'n.name']
    """
    found = list(spans(cypher))
    starts, depth = [], 0
    for i, (kind, text, _, _) in enumerate(found):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(text, 0)
        if kind == "word" and text.casefold() == "return" and depth == 0:
            starts.append(i + 1)
    if not starts:
        return []
    items: list[list[int]] = [[]]
    for i in range(starts[-1], len(found)):
        kind, text = found[i][0], found[i][1]
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(text, 0)
        if depth == 0 and ((kind == "word" and text.casefold() in ENDS) or text == ";"):
            break
        if depth == 0 and text == ",":
            items.append([])
        elif not (items == [[]] and text.casefold() == "distinct"):
            items[-1].append(i)
    names = []
    for item in items:
        if not item or found[item[0]][1] == "*":
            return []
        if len(item) > 2 and found[item[-2]][1].casefold() == "as":
            names.append(_bare(found[item[-1]][1]))
        else:
            names.append(cypher[found[item[0]][2] : found[item[-1]][3]])
    return names


def _bare(name: str) -> str:
    return re.sub("``", "`", name[1:-1]) if name.startswith("`") else name
