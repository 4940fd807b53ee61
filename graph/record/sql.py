"""Quoting for SQL text: names from the ontology and values from outside are data."""


def ident(name: str) -> str:
    """A quoted identifier.

    >>> ident('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A quoted string.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def literals(texts: "list[str] | tuple[str, ...]") -> str:
    """A bracketed list of quoted strings, never empty.

    >>> literals(("a", "b"))
    "('a', 'b')"
    """
    return "(" + (", ".join(literal(t) for t in texts) or "NULL") + ")"
