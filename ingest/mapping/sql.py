"""The only two ways in which a word of a mapping enters SQL: as a literal or as an identifier."""


def literal(text: str) -> str:
    """`text` as a string literal of SQL.

    >>> literal("it's")
    "'it''s'"
    """
    if "\0" in text:  # DuckDB ends a string there
        text = text.replace("\0", "")
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """`name` as an identifier of SQL.

    >>> quoted('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


_BLANKS = " \t\n\r\f\v\xa0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


def stripped(cell: str) -> str:
    """The SQL of a text without blanks of any kind at its ends; NULL where nothing is left."""
    return f"nullif(trim({cell}, {literal(_BLANKS)}), '')"


def text_list(texts: "tuple[str, ...] | list[str]") -> str:
    """Literals with commas between them, for IN (…)."""
    return ", ".join(literal(t) for t in texts)
