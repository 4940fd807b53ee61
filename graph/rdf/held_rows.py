"""The rows of a class or relation out of what is said: gathered by subject, each value typed.

What does not fit stands in `odd`, by property, as the terms are written.
"""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import duckdb

from graph.rdf import terms_sql
from graph.record.held import columns
from graph.record.sql import ident, literal
from graph.schema import EntityClass, Property, Relation

if TYPE_CHECKING:
    import pyarrow as pa

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DCTERMS = "http://purl.org/dc/terms/"
TYPE, SUBJECT, PREDICATE, OBJECT = (RDF + n for n in ("type", "subject", "predicate", "object"))
TITLE, PART = DCTERMS + "title", DCTERMS + "isPartOf"
FROM = "http://www.w3.org/ns/prov#wasDerivedFrom"

BATCH = 50_000


def rows_of(
    con: duckdb.DuckDBPyConnection,
    codes: Mapping[str, int],
    kind: EntityClass | Relation,
    relations: Collection[str],
) -> "pa.RecordBatchReader":
    """All rows of a class or relation.

    `codes` number the predicates; `relations` are those of plain triples.
    """
    con.execute(
        "CREATE OR REPLACE TEMP TABLE member AS SELECT DISTINCT h FROM typed"
        f" WHERE name = {literal(kind.name)}"
    )
    used = [
        n
        for (n,) in con.execute(
            "SELECT DISTINCT n FROM said SEMI JOIN member USING (h) ORDER BY n"
        ).fetchall()
    ]
    row = _Row(kind, codes, used, relations)
    listed = "".join(f", list(o ORDER BY o) FILTER (WHERE n = {n}) AS p{n}" for n in row.used)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE about AS SELECT h{listed} FROM said"
        f" SEMI JOIN member USING (h) WHERE n IN ({', '.join(map(str, row.used)) or 'NULL'})"
        " GROUP BY h"
    )
    sql = row.sql()
    if isinstance(kind, Relation):
        bare = _without_statement(con, row)
        sql = f"{sql} UNION ALL BY NAME {bare}" if bare else sql
    return con.sql(sql).to_arrow_reader(BATCH)


def _without_statement(con: duckdb.DuckDBPyConnection, row: "_Row") -> str:
    """SQL of the plain triples of a relation that no statement speaks of; empty where none are."""
    of, to = row.end(SUBJECT), row.end(OBJECT)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE bare AS SELECT s.h, s.o, mark(s.o) AS t FROM said s"
        f" ANTI JOIN about a ON mark(a.{of}) = s.h AND mark(a.{to}) = mark(s.o)"
        f" WHERE s.n = {row.codes[row.kind.iri]}"
        if of and to
        else "CREATE OR REPLACE TEMP TABLE bare AS SELECT h, o, mark(o) AS t FROM said"
        f" WHERE n = {row.codes[row.kind.iri]}"
    )
    if not con.execute("SELECT count(*) FROM bare").fetchall()[0][0]:
        return ""
    return (
        'SELECT x.id AS "from", coalesce(y.id, b.o) AS "to",'
        " json_object('statement', 'missing')::VARCHAR AS odd"
        " FROM bare b LEFT JOIN key x ON x.h = b.h LEFT JOIN key y ON y.h = b.t"
    )


class _Row:
    """The SQL of a row of a class or relation: its columns, and in `odd` what does not fit."""

    def __init__(
        self,
        kind: EntityClass | Relation,
        codes: Mapping[str, int],
        used: list[int],
        relations: Collection[str],
    ) -> None:
        self.kind, self.codes = kind, codes
        self.ours = kind.iri[: max(kind.iri.rfind("#"), kind.iri.rfind("/")) + 1]
        names = {n: iri for iri, n in codes.items()}
        self.used = {n: names[n] for n in used if names[n] not in relations}
        self.types = columns(kind)
        self.good: list[str] = []
        self.values: dict[str, str] = {}
        self.bad: dict[str, tuple[str, str]] = {}

    def end(self, iri: str) -> str | None:
        terms = self.given(iri)
        return f"{terms}[1]" if terms else None

    def given(self, iri: str) -> str | None:
        """The column of `about` with the terms of a predicate, None where there are none."""
        code = self.codes[iri]
        return f"p{code}" if code in self.used else None

    def ours_given(self, name: str) -> str | None:
        return self.given(self.ours + name)

    def one(self, column: str, terms: str | None, fits: str, value: str) -> None:
        """A column of one value: `fits` and `value` speak of its term `{t}`."""
        if terms is not None:
            term = f"{terms}[1]"
            good = f"coalesce(len({terms}) = 1 AND {fits.format(t=term)}, {terms} IS NULL)"
            self._column(column, terms, good, value.format(t=term))

    def several(self, column: str, terms: str | None, fits: str) -> None:
        """A column of several texts."""
        if terms is not None:
            good = f"coalesce(list_bool_and(list_transform({terms}, lambda t: {fits}(t))), true)"
            self._column(column, terms, good, f"list_transform({terms}, lambda t: text_of(t))")

    def _column(self, column: str, terms: str, good: str, value: str) -> None:
        flag = f"g{len(self.good)}"
        self.good.append(f"{good} AS {flag}")
        self.values[column] = f"CASE WHEN {flag} THEN {value} END"
        self.bad[column] = (f"NOT {flag}", f"array_to_string({terms}, ' ')")

    def sql(self) -> str:
        """The query on `about`, `key` and `place`."""
        self._properties()
        self.one("extra", self.ours_given("extra"), "fits_text({t})", "text_of({t})")
        self.one("line", self.ours_given("line"), "fits_integer({t})", "raw_of({t})::BIGINT")
        place = self.given(FROM)
        joined = "about"
        if place:
            joined += (
                f" LEFT JOIN (SELECT h AS wh, file, source FROM place) ON wh = mark({place}[1])"
            )
        for column in ("source", "file"):
            self.one(column, place, f"{column} IS NOT NULL", column)
        joined += self._entity() if isinstance(self.kind, EntityClass) else self._relation()
        self._out_of_place()
        row = ", ".join(
            f"{self.values.get(c, 'NULL')}::{t} AS {ident(c)}" for c, t in self.types.items()
        )
        odd = ", ".join(
            f"{literal(c)}, CASE WHEN {bad} THEN {said} END" for c, (bad, said) in self.bad.items()
        )
        any_bad = " OR ".join(f"({bad})" for bad, _ in self.bad.values()) or "false"
        flags = "".join(f", {good}" for good in self.good)
        return (
            f"SELECT {row}, CASE WHEN {any_bad} THEN"
            f" json_merge_patch('{{}}', json_object({odd}))::VARCHAR END AS odd"
            f" FROM (SELECT *{flags} FROM {joined})"
        )

    def _properties(self) -> None:
        for term in _terms(self.kind):
            for column, iri in term.column_iris.items():
                if column in ("name", "name_en"):
                    continue
                fits, type_ = terms_sql.fit_of(term, column), self.types[column]
                if type_.endswith("[]"):
                    self.several(column, self.given(iri), fits)
                else:
                    value = terms_sql.value_of("{t}", type_)
                    self.one(column, self.given(iri), fits + "({t})", value)

    def _entity(self) -> str:
        self.one("id", self.ours_given("id"), "fits_text({t})", "text_of({t})")
        self.one("name_en", self.ours_given("nameEn"), "fits_text({t})", "text_of({t})")
        if names := self.ours_given("name"):
            name_en = self.values.get("name_en", "NULL")
            self.values["name"] = f"own_name({names})"
            self.bad["name"] = (
                f"said_names({names}) IS DISTINCT FROM"
                f" due_names(own_name({names}), ({name_en})::VARCHAR)",
                f"array_to_string({names}, ' ')",
            )
        return ""

    def _relation(self) -> str:
        assert isinstance(self.kind, Relation)
        of, to = self.end(SUBJECT) or "NULL::VARCHAR", self.end(OBJECT) or "NULL::VARCHAR"
        self.one("from", self.given(SUBJECT), "of_id IS NOT NULL", "of_id")
        self.one("to", self.given(OBJECT), "to_id IS NOT NULL", "to_id")
        self.one("eid", self.ours_given("id"), "fits_text({t})", "text_of({t})")
        predicate = self.given(PREDICATE) or "NULL::VARCHAR[]"
        self.bad["predicate"] = (
            f"{predicate} IS DISTINCT FROM [{literal(f'<{self.kind.iri}>')}]",
            f"coalesce(array_to_string({predicate}, ' '), '')",
        )
        self.bad["triple"] = ("zh IS NULL", "'missing'")
        return (
            f" LEFT JOIN (SELECT h AS xh, id AS of_id FROM key) ON xh = mark({of})"
            f" LEFT JOIN (SELECT h AS yh, id AS to_id FROM key) ON yh = mark({to})"
            " LEFT JOIN (SELECT DISTINCT h AS zh, mark(o) AS zt FROM said"
            f" WHERE n = {self.codes[self.kind.iri]}) ON zh = mark({of}) AND zt = mark({to})"
        )

    def _out_of_place(self) -> None:
        """Properties that only other classes have."""
        known = {iri for term in _terms(self.kind) for iri in term.column_iris.values()}
        known |= {self.ours + name for name in ("id", "line", "extra", "nameEn")}
        for code, iri in self.used.items():
            if iri.startswith(self.ours) and iri not in known:
                terms = f"p{code}"
                said = f"array_to_string({terms}, ' ')"
                self.bad[iri.removeprefix(self.ours)] = (f"{terms} IS NOT NULL", said)


def _terms(kind: EntityClass | Relation) -> tuple[Property, ...]:
    return kind.properties if isinstance(kind, EntityClass) else kind.attributes
