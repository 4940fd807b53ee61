"""Plainly written cells read in SQL, millions at a time; NULL for what `ingest.values` must see.

Whatever an expression here gives, `parse_columns` gives for the same text; a test holds this.
"""

from graph.record.sql import literal
from graph.schema import Property
from ingest.values.codes import USCC
from ingest.values.money import amount_unit
from ingest.values.numerals import counter_exponent, fold
from ingest.values.words import FALSE, TRUE

_YEAR = "(1[0-9]|20|21)[0-9]{2}"
_MONTH = "(0[1-9]|1[0-2])"


def fast_sql(
    term: Property, column: str, *, unit: str | None = None, currency: str = "CNY"
) -> dict[str, str]:
    """For each physical column of `term` the SQL that reads `column` (SQL of a text cell).

    An expression is NULL where the cell is empty, or not plain; the first physical column is never
    NULL where the cell was read.
    """
    names = [name for name, _ in term.columns]
    if term.datatype == "amount":
        value = _amount(column, unit)
        code = (amount_unit(unit) or (0, None))[1] if unit else None
        known = f"CASE WHEN ({value}) IS NOT NULL THEN {literal(code or currency)} END"
        return dict(zip(names, (value, "NULL::DOUBLE", "NULL::DOUBLE", known), strict=True))
    one = _within(term, _one(term, column, unit))
    if term.multiple:
        single = f"NOT regexp_matches({column}, '[;；|\\n\\r]')"
        one = f"CASE WHEN {single} AND ({one}) IS NOT NULL THEN [{one}] END"
    return {names[0]: one}


def fast_identifier(column: str) -> str:
    """The SQL of a 统一社会信用代码 whose pattern is right, as it is stored."""
    return f"CASE WHEN regexp_full_match({column}, {literal(USCC)}) THEN {column} END"


def _one(term: Property, column: str, unit: str | None) -> str:
    if term.closed:
        return _closed(term, column)
    if term.identifier and term.name == "uscc":
        return fast_identifier(column)
    match term.datatype:
        case "integer":
            zeros = counter_exponent(unit) or 0
            text = column if not zeros else f"({column} || {literal('0' * zeros)})"
            return _when(column, f"[+-]?[0-9]{{1,{18 - zeros}}}", f"TRY_CAST({text} AS BIGINT)")
        case "decimal":
            number = _double(column, counter_exponent(unit) or 0)
            return _when(column, r"[+-]?[0-9]{1,18}(\.[0-9]{1,12})?", f"{number} + 0.0")
        case "share":
            return _share(column, unit)
        case "boolean":
            yes, no = (_list(words) for words in (TRUE, FALSE))
            low = f"lower({column})"
            return f"CASE WHEN {low} IN {yes} THEN true WHEN {low} IN {no} THEN false END"
        case "date":
            return _date(column)
        case "uri":
            return _when(column, r"https?://[A-Za-z0-9./_~?&=%#+:@,-]+", column)
        case _:
            text = f"NULLIF(trim({column}), '')"
            if term.pattern:
                return (
                    f"CASE WHEN regexp_full_match({text}, {literal(term.pattern)}) THEN {text} END"
                )
            if term.identifier:
                return _when(text, "[0-9A-Za-z_:./-]*[0-9][0-9A-Za-z_:./-]*", text)
            return text


def _within(term: Property, value: str) -> str:
    """`value` where it is within the property's bounds."""
    if term.datatype not in ("integer", "decimal", "share"):
        return value
    bounds = [("<", term.maximum), (">", term.minimum)]
    tests = [f"({value}) {sign}= {limit:g}" for sign, limit in bounds if limit is not None]
    return f"CASE WHEN {' AND '.join(tests)} THEN {value} END" if tests else value


def _when(column: str, pattern: str, then: str) -> str:
    return f"CASE WHEN regexp_full_match({column}, {literal(pattern)}) THEN {then} END"


def _double(column: str, exponent: int) -> str:
    # The power of ten goes into the text: 0.07 * 1e8 would be 7000000.000000001.
    text = f"({column} || {literal(f'e{exponent}')})" if exponent else column
    return f"TRY_CAST({text} AS DOUBLE)"


def _amount(column: str, unit: str | None) -> str:
    known = amount_unit(unit) if unit else (0, None)
    if known is None:
        return "NULL::DOUBLE"
    return _when(column, r"[0-9]{1,15}(\.[0-9]{1,6})?", _double(column, known[0]))


def _share(column: str, unit: str | None) -> str:
    percent = f"TRY_CAST((rtrim({column}, '%') || 'e-2') AS DOUBLE)"
    hundred = r"([0-9]{1,2}(\.[0-9]{1,12})?|100(\.0{1,12})?)"
    cases = f"WHEN regexp_full_match({column}, {literal(hundred + '%')}) THEN {percent}"
    if unit is not None and fold(unit) == "%":
        plain, read = hundred, percent
    else:
        plain, read = r"(0?\.[0-9]{1,15}|0|1(\.0{1,12})?)", f"TRY_CAST({column} AS DOUBLE)"
    cases += f" WHEN regexp_full_match({column}, {literal(plain)}) THEN {read}"
    return f"CASE {cases} END"


def _date(column: str) -> str:
    day = f"{_YEAR}-{_MONTH}-[0-9]{{2}}"
    short = f"{_YEAR}(-{_MONTH})?"
    packed = f"concat_ws('-', left({column}, 4), substr({column}, 5, 2), right({column}, 2))"
    first = f"left({column}, 10)"
    return (
        f"CASE WHEN regexp_full_match({column}, {literal(day)})"
        f" THEN CASE WHEN TRY_CAST({column} AS DATE) IS NOT NULL THEN {column} END"
        f" WHEN regexp_full_match({column}, {literal(short)}) THEN {column}"
        f" WHEN regexp_full_match({column}, {literal(day + ' 00:00:00')})"
        f" THEN CASE WHEN TRY_CAST({first} AS DATE) IS NOT NULL THEN {first} END"
        f" WHEN regexp_full_match({column}, '{_YEAR}[0-9]{{4}}')"
        f" THEN CASE WHEN TRY_CAST({packed} AS DATE) IS NOT NULL THEN {packed} END END"
    )


def _closed(term: Property, column: str) -> str:
    from ingest.values import parse_closed

    texts = {
        text: parse_closed(text, term.closed)
        for member in term.closed
        for text in (member.value, *member.label.values(), *member.aliases)
    }
    cases = " ".join(f"WHEN {literal(t)} THEN {literal(v)}" for t, v in texts.items() if v)
    return f"CASE {column} {cases} END"


def _list(words: frozenset[str]) -> str:
    return "(" + ", ".join(map(literal, sorted(words))) + ")"
