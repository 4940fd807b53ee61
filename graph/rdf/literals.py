"""Numbers and texts as they are written, in SQL."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def define(con: "duckdb.DuckDBPyConnection") -> None:
    """Makes known to DuckDB how a number and a text are written.

    `rdf_number(x)`: as xsd:decimal, which knows no exponent; INF and NaN as xsd:double writes them.
    `rdf_quoted(x)`: a text in quotes. What JSON escapes, and how, N-Triples and Turtle read too.

    >>> import duckdb
    >>> con = duckdb.connect()
    >>> define(con)
    >>> con.execute("SELECT rdf_number(1e-7), rdf_number(-3e20), rdf_number('inf')").fetchall()
    [('0.0000001', '-300000000000000000000', 'INF')]
    >>> print(con.execute("SELECT rdf_quoted('a \\"b\\"' || chr(10) || chr(1))").fetchall()[0][0])
    "a \\"b\\"\\n\\u0001"
    """
    con.execute("CREATE OR REPLACE TEMP MACRO rdf_quoted(x) AS to_json(x)::VARCHAR")
    con.execute(
        "CREATE OR REPLACE TEMP MACRO rdf_shifted(digits, point) AS CASE"
        " WHEN point <= 0 THEN '0.' || repeat('0', -point) || digits"
        " WHEN point >= length(digits) THEN digits || repeat('0', point - length(digits))"
        " ELSE digits[:point] || '.' || digits[point + 1:] END"
    )
    con.execute(
        # One element, so that the parts of the number are taken apart once.
        "CREATE OR REPLACE TEMP MACRO rdf_expanded(x) AS list_transform([{"
        r" digits: regexp_replace(x, 'e.*|[-.]', '', 'g'),"
        " point: strpos(replace(regexp_replace(x, 'e.*', ''), '-', '') || '.', '.') - 1"
        " + TRY_CAST(regexp_extract(x, 'e([-+]?[0-9]+)', 1) AS BIGINT)}], lambda p:"
        " CASE WHEN starts_with(x, '-') THEN '-' ELSE '' END"
        " || rdf_shifted(p.digits, p.point))[1]"
    )
    con.execute(
        "CREATE OR REPLACE TEMP MACRO rdf_number(x) AS list_transform([x::VARCHAR], lambda t:"
        " CASE WHEN contains(t, 'n') THEN CASE t WHEN 'nan' THEN 'NaN' WHEN 'inf' THEN 'INF'"
        " WHEN '-inf' THEN '-INF' END WHEN contains(t, 'e') THEN rdf_expanded(t)"
        r" ELSE regexp_replace(t, '\.0$', '') END)[1]"
    )
