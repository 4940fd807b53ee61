"""What is said of each subject as one row with typed columns: `rdf_row_<kind>`.

A value that its column cannot hold, a second value of a column that has one, and what no term of
the ontology stands for go into `extra`, a JSON object by predicate. So nothing is lost.
"""

import duckdb

from graph.record.sql import fill, ident, literal
from graph.schema import EntityClass, Property, Relation
from ingest.rdf.kinds import RDF, RDFS, Kind, Vocabulary

NAMES = ("name", "name_en")
ENDS = {RDF + "subject": "@of", RDF + "object": "@to"}

_DATE = r"\d{4}(-\d\d(-\d\d)?)?"


def table(con: duckdb.DuckDBPyConnection, kind: Kind, vocabulary: Vocabulary) -> str:
    """Makes the table of a kind: `mention`, `extra`, every value column that occurs, and with
    `rdf_` before them the subject's number, IRI, scope, what it is a claim about, lines, repeats
    and id given; for statements the IRIs of both ends. Gives its name.
    """
    columns = {**vocabulary.columns(kind), **ENDS}
    columns |= {vocabulary.ours + n: "@" + n for n in ("id", "line", "repeats", "mention", "extra")}
    plain = f"rdf_row_{kind.name}"
    name = ident(plain)
    con.execute("CREATE OR REPLACE TEMP TABLE rdf_column(p VARCHAR, c VARCHAR)")
    fill(con, "rdf_column", list(columns.items()))
    deep = [t.name for t in kind.terms if t.language_tagged]
    silent = [p for p in vocabulary.kept_apart if kind.own or not _foreign(p)]
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_cell AS SELECT d.sid, d.p, d.o, d.okind, d.note, d.path,"
        f" CASE WHEN d.path = '' OR coalesce(c.c NOT IN {_list(deep)}, true)"
        " THEN coalesce(c.c, v.c) END AS c"
        " FROM rdf_said d LEFT JOIN rdf_column c USING (p) LEFT JOIN rdf_column v ON v.p = d.via"
        f" WHERE d.kind = {literal(kind.name)} AND (c.c IS NOT NULL OR d.p NOT IN {_list(silent)})"
    )
    there = {c for (c,) in con.execute("SELECT DISTINCT c FROM rdf_cell").fetchall() if c}
    values = {c: _value(t, c, kind.own) for t in kind.terms for c, _ in t.columns if c in there}
    _names(values, there, kind)
    select = "".join(f", {sql} AS {ident(c)}" for c, sql in values.items())
    ends = [("@of", "rdf_of"), ("@to", "rdf_target")] if isinstance(kind.what, Relation) else []
    select += "".join(f", {_one(c)} AS {n}" for c, n in ends)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT j.*, r.* EXCLUDE (rdf_sid) FROM"
        " (SELECT sid AS rdf_sid, s AS rdf_s, scope AS rdf_scope, about AS rdf_about"
        f" FROM rdf_subject WHERE kind = {literal(kind.name)}) j"
        f" LEFT JOIN (SELECT sid AS rdf_sid, {_list_of('@line', 'INTEGER')} AS rdf_lines,"
        f" TRY_CAST({_one('@repeats')} AS INTEGER) AS rdf_times,"
        f" {_one('@mention')} = 'true' AS mention,"
        f" {_one('@id')} AS rdf_given, {_one('@extra')} AS extra{select}"
        " FROM rdf_cell GROUP BY sid) r USING (rdf_sid)"
    )
    _extra(con, name, kind, values)
    return plain


def _foreign(predicate: str) -> bool:
    return predicate.startswith((RDFS,)) or predicate.endswith("wasDerivedFrom")


def _list(texts: list[str]) -> str:
    return "(" + ", ".join(literal(t) for t in ("", *texts)) + ")"


def _one(column: str) -> str:
    return f"min(o) FILTER (c = {literal(column)})"


def _list_of(column: str, kind: str) -> str:
    return f"list(TRY_CAST(o AS {kind})) FILTER (c = {literal(column)})"


def _value(term: Property, column: str, own: bool) -> str:
    """SQL of a column's value over the cells of a subject."""
    if term.multiple:
        return f"list_sort(list(DISTINCT o) FILTER (c = {literal(column)} AND okind <> 'b'))"
    read = read_as(term, column, own)
    return f"min({read}) FILTER (c = {literal(column)})"


def read_as(term: Property, column: str, own: bool) -> str:
    """SQL of an object `o` as a value of a column, NULL where it is none."""
    kind = dict(term.columns)[column]
    if not own and term.closed:
        return f"CASE WHEN o IN {_list([v.value for v in term.closed])} THEN o END"
    if not own and term.pattern:
        return f"CASE WHEN regexp_full_match(o, {literal(term.pattern)}) THEN o END"
    if kind == "DOUBLE":
        return "TRY_CAST(o AS DOUBLE)"
    if kind == "BIGINT":
        return "TRY_CAST(o AS BIGINT)"
    if kind == "BOOLEAN":
        return "CASE WHEN o IN ('true', '1') THEN true WHEN o IN ('false', '0') THEN false END"
    if term.datatype == "date":
        return (
            f"CASE WHEN regexp_full_match(o, '{_DATE}') OR ends_with(note, '#string') THEN o"
            " WHEN note LIKE '%#date%' AND regexp_matches(o, '^[0-9]{4}-[0-9]{2}-[0-9]{2}')"
            " THEN o[:10] END"
        )
    return "CASE WHEN okind <> 'b' THEN o END"


def _names(values: dict[str, str], there: set[str], kind: Kind) -> None:
    """The two names: Chinese and English by their tags; see docs/rdf.md."""
    if not isinstance(kind.what, EntityClass) or "name" not in there:
        return
    said = "list({o: o, t: note} ORDER BY note, o) FILTER (c = 'name' AND okind = 'l')"
    given = "min(o) FILTER (c = 'name_en')"
    values["name"] = f"rdf_name({said}, {given})"
    values["name_en"] = f"coalesce({given}, rdf_name_en({said}))"
    if not kind.own:
        more = values.get("alt_names", "NULL")
        values["alt_names"] = f"rdf_others({said}, {more})"


def define(con: duckdb.DuckDBPyConnection) -> None:
    """Makes known to DuckDB which of several names is which: of `{o: text, t: '@tag' or type}`;
    and `rdf_object_of`, a JSON object of `{key, said}`, where what is said once is no list.
    """
    con.execute(
        "CREATE OR REPLACE TEMP MACRO rdf_object_of(l) AS '{' || array_to_string(list_transform(l,"
        " lambda x: to_json(x.key)::VARCHAR || ': ' || CASE WHEN len(x.said) = 1"
        " THEN to_json(x.said[1])::VARCHAR ELSE to_json(x.said)::VARCHAR END), ', ') || '}'"
    )
    con.execute(
        "CREATE OR REPLACE TEMP MACRO rdf_chinese(x) AS starts_with(x.t, '@zh')"
        r" OR (x.t <> '@en' AND regexp_matches(x.o, '[\x{3400}-\x{9fff}\x{f900}-\x{faff}]'))"
    )
    con.execute(
        "CREATE OR REPLACE TEMP MACRO rdf_first(l) AS coalesce("
        "list_filter(l, lambda x: rdf_chinese(x))[1].o,"
        " list_filter(l, lambda x: starts_with(x.t, '@en'))[1].o,"
        " list_filter(l, lambda x: NOT starts_with(x.t, '@'))[1].o, l[1].o)"
    )
    con.execute(
        "CREATE OR REPLACE TEMP MACRO rdf_name(l, en) AS CASE WHEN en IS NULL THEN rdf_first(l)"
        " WHEN l IS NULL THEN NULL ELSE coalesce("
        "rdf_first(list_filter(l, lambda x: x.o <> en OR x.t <> '@en')), en) END"
    )
    con.execute(
        "CREATE OR REPLACE TEMP MACRO rdf_name_en(l) AS"
        " CASE WHEN len(list_filter(l, lambda x: rdf_chinese(x))) > 0"
        " THEN list_filter(l, lambda x: starts_with(x.t, '@en') AND NOT rdf_chinese(x))[1].o END"
    )
    con.execute(
        "CREATE OR REPLACE TEMP MACRO rdf_others(l, more) AS nullif(list_sort(list_distinct("
        "list_concat(coalesce(more, []), list_filter(list_transform(l, lambda x: x.o), lambda o:"
        " o <> rdf_first(l) AND o IS DISTINCT FROM rdf_name_en(l))))), [])"
    )


def _extra(con: duckdb.DuckDBPyConnection, name: str, kind: Kind, values: dict[str, str]) -> None:
    """Puts what has no column, or found none, into `extra`."""
    left = ["c IS NULL"]
    for term in kind.terms:
        for column, _ in term.columns:
            if column in values and column not in NAMES and not term.multiple:
                read = read_as(term, column, kind.own)
                left.append(f"(c = {literal(column)} AND ({read}) IS NULL)")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rdf_left AS SELECT sid, p, o, okind, note, path, c FROM"
        f" rdf_cell WHERE {' OR '.join(left)}"
    )
    single = [
        c for t in kind.terms if not t.multiple for c, _ in t.columns
        if c in values and c not in NAMES
    ]  # fmt: skip
    if single:
        listed = _list(single)
        con.execute(
            "INSERT INTO rdf_left SELECT sid, p, o, okind, note, path, c FROM rdf_cell JOIN"
            f" (SELECT sid, c FROM rdf_cell WHERE c IN {listed} GROUP BY ALL HAVING count(*) > 1)"
            " USING (sid, c) QUALIFY row_number() OVER (PARTITION BY sid, c ORDER BY o) > 1"
        )
    if not kind.own:
        con.execute(
            "INSERT INTO rdf_left SELECT sid, p, o, okind, note, path, c FROM rdf_cell"
            " WHERE c IN ('name', 'alt_names', 'description') AND note LIKE '@%'"
            " AND NOT starts_with(note, '@zh') AND NOT starts_with(note, '@en')"
        )
    if not con.execute("SELECT 1 FROM rdf_left LIMIT 1").fetchall():
        return
    con.execute("INSERT INTO rdf_unread SELECT sid, path, p, c IS NOT NULL FROM rdf_left")
    con.execute(
        f"UPDATE {name} t SET extra = CASE WHEN t.extra IS NULL THEN x.extra"
        " ELSE json_merge_patch(x.extra, t.extra)::VARCHAR END FROM ("
        " SELECT sid, rdf_object_of(list({key: key, said: said} ORDER BY key)) AS extra FROM ("
        "  SELECT sid, key, list_sort(list(DISTINCT o)) AS said FROM (SELECT sid, l.path ||"
        "   coalesce(h.short, p) || CASE WHEN note LIKE '@%' THEN note ELSE '' END AS key, o"
        "   FROM rdf_left l LEFT JOIN rdf_short h ON h.iri = l.p) GROUP BY ALL) GROUP BY sid) x"
        " WHERE x.sid = t.rdf_sid"
    )
