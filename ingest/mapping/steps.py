"""What may be done to a cell on its way: the transforms of the mapping language.

A value names where its text starts (`column`, `constant`, `template`, `first_of`) and then steps,
done in the order in which they are written. An empty cell stays empty in every step but
`otherwise` and `is`.

| step | gives |
|---|---|
| `strip: true` or characters | the text without blanks (those characters) at its ends |
| `lower`, `upper: true` | small, capital letters |
| `prefix`, `suffix: text` | the text with an affix |
| `first: n` | its first n characters |
| `digits: n` | its first run of n digits, `688268.SH` → `688268` |
| `regex: pattern` | what it (RE2) matches, or its first group; `{pattern, group}` names one |
| `drop: pattern` | the text without what matches |
| `replace: {old: new}` | plain replacements, in order |
| `date: "%Y%m%d"` | an ISO date; a text that is not so written is left for the loader to refuse |
| `percent: true` | a bare number with % |
| `amount: unit` | an amount in that unit or currency, as `USD` or `万元`, where the cell has none |
| `lookup: {table: {…}}` | the text that stands beside it |
| `lookup: {file, key, value, where}` | the same, from another file of the folder |
| `keep: true` in a lookup | a text that is not found stays as it is; without it, it is empty |
| `null_if: condition` | nothing where the condition holds: fillers and placeholders |
| `is: condition` | `true` or `false` |
| `otherwise: text` | that text where there is none |
| `split: separator` or a list | several values, one by one |
| `entries: name` | the keys of a JSON object, one by one; column `name` has the value beside |
| `path: {separator, parent, last}` | A-B-C: itself and its ancestors A-B and A, one by one |

In `path`, the columns named by `parent` and `last` hold the next one up and the last part alone.
`split`, `entries` and `path` give several records from one row. Each record that is made keeps the
row and the line that it came from.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from ingest.mapping.conditions import Column, Condition, condition, pattern
from ingest.mapping.document import Node
from ingest.mapping.sql import literal, quoted, stripped


@dataclass(frozen=True)
class Step:
    """One transform: from the SQL of a text to the SQL of a text."""

    word: str
    sql: Callable[[str, Column], str]
    columns: tuple[str, ...] = ()
    """Other columns that it looks at."""
    outcomes: tuple[str, ...] | None = None
    """All that can come out, where that is known."""
    unit: str | None = None


@dataclass(frozen=True)
class FileLookup:
    """A lookup in another file of the folder; the compiler stages it as a table (key, value)."""

    node: Node = field(compare=False)
    file: str
    key: str
    value: str
    where: tuple[tuple[str, Condition], ...] = ()
    keep: bool = False

    word = "lookup"

    def sql(self, cell: str, table: str) -> str:
        found = f"(SELECT t.value FROM {quoted(table)} t WHERE t.key = {cell})"
        return f"coalesce({found}, {cell})" if self.keep else found


@dataclass(frozen=True)
class Unfold:
    """A step that makes several records of one: `sql` gives a list of structs.

    `main` is the field that goes on as the text; `also` maps further fields to the columns made.
    """

    word: str
    sql: Callable[[str], str]
    main: str
    also: tuple[tuple[str, str], ...] = ()


AnyStep = Step | FileLookup | Unfold


def step(word: str, node: Node) -> AnyStep:
    """The step that `word` and its argument state."""
    if word not in WORDS:
        node.unknown("unknown_step", word, (*STARTS, *WORDS))
    return WORDS[word](word, node)


def _flag(make: Callable[[str], str]) -> Callable[[str, Node], Step]:
    def build(word: str, node: Node) -> Step:
        if not node.flag():
            return Step(word, lambda cell, _: cell)
        return Step(word, lambda cell, _: make(cell))

    return build


def _strip(word: str, node: Node) -> Step:
    if node.text() == "true":
        return Step(word, lambda cell, _: stripped(cell))
    characters = literal(node.text())
    return Step(word, lambda cell, _: f"nullif(trim({cell}, {characters}), '')")


def _affix(word: str, node: Node) -> Step:
    text = literal(node.text())
    if word == "prefix":
        return Step(word, lambda cell, _: f"({text} || {cell})")
    return Step(word, lambda cell, _: f"({cell} || {text})")


def _first(word: str, node: Node) -> Step:
    count = node.number()
    return Step(word, lambda cell, _: f"left({cell}, {count})")


def _digits(word: str, node: Node) -> Step:
    found = literal(f"[0-9]{{{min(node.number(), 1000)}}}")
    return Step(word, lambda cell, _: f"nullif(regexp_extract({cell}, {found}), '')")


def _regex(word: str, node: Node) -> Step:
    import re

    group: int | None = None
    if isinstance(node.value, dict):
        pairs = node.keys(("pattern", "group"), ("pattern",))
        text = pattern(pairs["pattern"])
        group = pairs["group"].number() if "group" in pairs else None
    else:
        text = pattern(node)
    groups = len(re.findall(r"(?<!\\)(?:\\\\)*\((?!\?)", text))
    if group is not None and group > groups:
        node.fail("no_group", word=str(group), groups=groups)
    which = group if group is not None else min(groups, 1)
    return Step(
        word, lambda cell, _: f"nullif(regexp_extract({cell}, {literal(text)}, {which}), '')"
    )


def _drop(word: str, node: Node) -> Step:
    text = literal(pattern(node))
    return Step(word, lambda cell, _: stripped(f"regexp_replace({cell}, {text}, '', 'g')"))


def _replace(word: str, node: Node) -> Step:
    pairs = [(literal(old), literal(str(new.value))) for old, new in node.pairs().items()]

    def sql(cell: str, _: Column) -> str:
        for old, new in pairs:
            cell = f"replace({cell}, {old}, {new})"
        return stripped(cell)

    return Step(word, sql)


def _date(word: str, node: Node) -> Step:
    import duckdb

    form = node.text()
    try:
        duckdb.execute("SELECT try_strptime('', ?)", [form])
    except duckdb.Error as error:
        node.fail("bad_date_format", word=form, reason=str(error).splitlines()[0])
    written = literal(form)
    return Step(
        word,
        lambda cell, _: f"coalesce(strftime(try_strptime({cell}, {written}), '%Y-%m-%d'), {cell})",
    )


def _percent(cell: str) -> str:
    return f"CASE WHEN TRY_CAST({cell} AS DOUBLE) IS NULL THEN {cell} ELSE {cell} || '%' END"


def _amount(word: str, node: Node) -> Step:
    from ingest.values.money import amount_unit

    if amount_unit(node.text()) is None:
        node.fail("bad_unit", word=node.text())
    return Step(word, lambda cell, _: cell, unit=node.text())


def _lookup(word: str, node: Node) -> Step | FileLookup:
    pairs = node.keys(("table", "file", "key", "value", "where", "keep"))
    keep = "keep" in pairs and pairs["keep"].flag()
    if "table" not in pairs:
        pairs = node.keys(("file", "key", "value", "where", "keep"), ("file", "key", "value"))
        tests = pairs["where"].pairs() if "where" in pairs else {}
        where = tuple((name, condition(test)) for name, test in tests.items())
        file, key, value = (pairs[k].text() for k in ("file", "key", "value"))
        return FileLookup(node, file, key, value, where, keep)
    node.keys(("table", "keep"))
    table = {k: v.text() for k, v in pairs["table"].pairs().items()}
    if not table:
        pairs["table"].fail("empty_value")
    cases = " ".join(f"WHEN {literal(k)} THEN {literal(v)}" for k, v in table.items())

    def sql(cell: str, _: Column) -> str:
        return f"CASE {cell} {cases} {f'ELSE {cell} ' if keep else ''}END"

    return Step(word, sql, outcomes=None if keep else tuple(dict.fromkeys(table.values())))


def _null_if(word: str, node: Node) -> Step:
    test = condition(node)
    return Step(
        word,
        lambda cell, column: f"CASE WHEN NOT {test.sql(cell, column)} THEN {cell} END",
        columns=test.columns,
    )


def _is(word: str, node: Node) -> Step:
    test = condition(node)
    return Step(
        word,
        lambda cell, column: f"CASE WHEN {test.sql(cell, column)} THEN 'true' ELSE 'false' END",
        columns=test.columns,
        outcomes=("true", "false"),
    )


def _otherwise(word: str, node: Node) -> Step:
    text = node.text()
    return Step(word, lambda cell, _: f"coalesce({cell}, {literal(text)})", outcomes=(text,))


def _split(word: str, node: Node) -> Unfold:
    separators = [literal(n.text()) for n in node.items()]

    def sql(cell: str) -> str:
        for other in separators[1:]:
            cell = f"replace({cell}, {other}, {separators[0]})"
        parts = f"string_split({cell}, {separators[0]})"
        filled = f"list_filter({parts}, lambda s: {stripped('s')} IS NOT NULL)"
        return f"list_transform({filled}, lambda s: {{'each': {stripped('s')}}})"

    return Unfold(word, sql, "each")


def _entries(word: str, node: Node) -> Unfold:
    def sql(cell: str) -> str:
        return f"map_entries(TRY_CAST(TRY_CAST({cell} AS JSON) AS MAP(VARCHAR, VARCHAR)))"

    return Unfold(word, sql, "key", (("value", node.text()),))


def _path(word: str, node: Node) -> Unfold:
    if isinstance(node.value, dict):
        pairs = node.keys(("separator", "parent", "last"), ("separator",))
        separator = literal(pairs["separator"].text())
        also = tuple((k, pairs[k].text()) for k in ("parent", "last") if k in pairs)
    else:
        separator, also = literal(node.text()), ()

    def sql(cell: str) -> str:
        parts = f"string_split({cell}, {separator})"
        above = f"array_to_string({parts}[1:i - 1], {separator})"
        return (
            f"list_transform(range(1, len({parts}) + 1), lambda i: {{"
            f"'each': array_to_string({parts}[1:i], {separator}),"
            f" 'parent': CASE WHEN i > 1 THEN {above} END, 'last': {parts}[i]}})"
        )

    return Unfold(word, sql, "each", also)


STARTS = ("column", "constant", "template", "first_of")

WORDS: dict[str, Callable[[str, Node], AnyStep]] = {
    "strip": _strip,
    "lower": _flag(lambda cell: f"lower({cell})"),
    "upper": _flag(lambda cell: f"upper({cell})"),
    "prefix": _affix,
    "suffix": _affix,
    "first": _first,
    "digits": _digits,
    "regex": _regex,
    "drop": _drop,
    "replace": _replace,
    "date": _date,
    "percent": _flag(_percent),
    "amount": _amount,
    "lookup": _lookup,
    "null_if": _null_if,
    "is": _is,
    "otherwise": _otherwise,
    "split": _split,
    "entries": _entries,
    "path": _path,
}
