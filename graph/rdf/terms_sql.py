"""RDF terms in DuckDB, as N-Triples writes them: what they say, and whether they fit a property.

Fit is strict: the datatype and the language tag that the ontology asks for, and a lexical form that
the value's type holds without loss. Of the names each has its language, or `und` where it is not
Chinese and stands beside another one in English.
"""

import duckdb

from graph.schema import Property

XSD = "http://www.w3.org/2001/XMLSchema#"

MACROS = rf"""
CREATE MACRO mark(s VARCHAR) AS md5_number_lower(s);
CREATE MACRO tag_of(o VARCHAR) AS regexp_extract(o, '"(@[A-Za-z0-9-]+|\^\^<[^>]*>)?$', 1);
CREATE MACRO raw_of(o VARCHAR) AS substring(o, 2, length(o) - length(tag_of(o)) - 2);
CREATE MACRO text_of(o VARCHAR) AS CASE WHEN contains(o, '\')
  THEN json_extract_string('"' || raw_of(o) || '"', '$') ELSE raw_of(o) END;
CREATE MACRO is_literal(o VARCHAR, tag VARCHAR) AS starts_with(o, '"') AND tag_of(o) = tag;
CREATE MACRO digits(t VARCHAR) AS
  trim(regexp_replace(regexp_replace(t, 'e.*', ''), '[^0-9]', '', 'g'), '0');
CREATE MACRO is_han(t VARCHAR) AS regexp_matches(t, '[\x{{3400}}-\x{{9fff}}\x{{f900}}-\x{{faff}}]');

CREATE MACRO first_in(l VARCHAR[], tag VARCHAR) AS
  text_of(list_filter(l, lambda t: tag_of(t) = tag)[1]);
CREATE MACRO own_name(l VARCHAR[]) AS
  coalesce(first_in(l, '@zh'), first_in(l, '@und'), first_in(l, '@en'));
CREATE MACRO said_names(l VARCHAR[]) AS
  list_sort(list_transform(l, lambda t: [text_of(t), tag_of(t)]));
CREATE MACRO due_names(name VARCHAR, other VARCHAR) AS list_sort(list_filter([
  [name, CASE WHEN is_han(name) THEN '@zh' WHEN other <> name THEN '@und' ELSE '@en' END],
  CASE WHEN other <> name OR (other = name AND is_han(name)) THEN [other, '@en'] END],
  lambda x: x IS NOT NULL));

CREATE MACRO fits_text(o VARCHAR) AS is_literal(o, '');
CREATE MACRO fits_tagged(o VARCHAR) AS
  is_literal(o, CASE WHEN is_han(text_of(o)) THEN '@zh' ELSE '@en' END);
CREATE MACRO fits_uri(o VARCHAR) AS is_literal(o, '^^<{XSD}anyURI>');
CREATE MACRO fits_boolean(o VARCHAR) AS is_literal(o, '^^<{XSD}boolean>')
  AND raw_of(o) IN ('true', 'false');
CREATE MACRO fits_integer(o VARCHAR) AS is_literal(o, '^^<{XSD}integer>')
  AND TRY_CAST(raw_of(o) AS BIGINT)::VARCHAR = raw_of(o);
CREATE MACRO number_of(o VARCHAR) AS TRY_CAST(raw_of(o) AS DOUBLE);
CREATE MACRO fits_number(o VARCHAR) AS CASE
  WHEN is_literal(o, '^^<{XSD}double>') THEN raw_of(o) IN ('NaN', 'INF', '-INF')
  ELSE is_literal(o, '^^<{XSD}decimal>')
    AND regexp_full_match(raw_of(o), '[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)')
    AND isfinite(number_of(o)) AND digits(number_of(o)::VARCHAR) = digits(raw_of(o)) END;
CREATE MACRO fits_date(o VARCHAR) AS is_literal(o, CASE
  WHEN regexp_full_match(raw_of(o), '[0-9]{{4}}') THEN '^^<{XSD}gYear>'
  WHEN regexp_full_match(raw_of(o), '[0-9]{{4}}-[0-9]{{2}}') THEN '^^<{XSD}gYearMonth>'
  WHEN regexp_full_match(raw_of(o), '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') THEN '^^<{XSD}date>'
  ELSE '' END);
"""

_VALUES = {
    "BIGINT": "raw_of({})::BIGINT",
    "DOUBLE": "number_of({})",
    "BOOLEAN": "raw_of({}) = 'true'",
    "VARCHAR": "text_of({})",
}


def register(con: duckdb.DuckDBPyConnection) -> None:
    """Makes the macros known to `con`."""
    con.execute(MACROS)


def fit_of(term: Property, column: str) -> str:
    """The macro that tells whether a term fits a column of a property."""
    if term.datatype == "amount":
        return "fits_text" if column.endswith("_currency") else "fits_number"
    if term.language_tagged:
        return "fits_tagged"
    return "fits_number" if term.datatype in ("decimal", "share") else f"fits_{term.datatype}"


def value_of(term: str, kind: str) -> str:
    """SQL for the value of a term that fits, as the DuckDB type `kind`."""
    return _VALUES[kind].format(term)
