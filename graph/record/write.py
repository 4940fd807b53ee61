"""Writing: one ingest is one run and one transaction; a file's new version replaces its old claims.

A file arrives as typed temporary tables of claims. A first version is put in as it is; a later one
is compared with the claims that are open, so that only what changed is closed and opened.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from graph.errors import RecordUnwritableError, UsageError
from graph.record.said import digest_of
from graph.record.sql import fill, ident
from graph.record.store import Record, first_line
from graph.record.tables import OPEN, claim_table, claim_tables, columns_of, ensure, value_columns
from graph.schema import EntityClass, Relation

KEY_COLUMNS = ("id", "keyless", "source_id", "source_keyless", "target_id", "target_keyless")

NO_ROOM = (
    duckdb.IOException, duckdb.OutOfMemoryException, duckdb.TransactionException,
    duckdb.FatalException,
)  # fmt: skip
"""What DuckDB raises in the midst of a run where it cannot write or keep what it has."""


@dataclass(frozen=True)
class FileVersion:
    """What makes one version of a file: where it is from and the digests that decide a rerun."""

    source: str
    file: str
    root: str
    sha256: str
    kind: str
    mapping: str | None = None
    mapping_digest: str = ""


@dataclass(frozen=True)
class RejectedRow:
    """A refused row as it is kept: `cells` is the row as JSON, heading to text."""

    sheet: str
    line: int
    field: str | None
    raw: str | None
    key: str
    values: str
    cells: str | None


@dataclass
class FileClaims:
    """The claims of one file as temporary tables.

    An entity table has `row, line, id, keyless, mention`, the class's value columns it knows, and
    `extra`; a relation table `row, line, source_id, source_keyless, target_id, target_keyless,
    eid`, value columns and `extra`; a same-as table `row, line, a, b, verdict, judge, why`.
    `read` counts records; `rejected` counts those refused.
    """

    entities: list[tuple[EntityClass, str]] = field(default_factory=list)
    relations: list[tuple[Relation, str]] = field(default_factory=list)
    same_as: list[str] = field(default_factory=list)
    rejects: list[RejectedRow] = field(default_factory=list)
    read: int = 0
    rejected: int = 0

    @property
    def tables(self) -> list[tuple[EntityClass | Relation, str]]:
        """All claim tables of classes and relations."""
        return [*self.entities, *self.relations]


@dataclass(frozen=True)
class Counts:
    """read = accepted + rejected + unchanged, always."""

    read: int
    accepted: int
    rejected: int
    unchanged: int

    @classmethod
    def kept(cls, read: int, rejected: int) -> "Counts":
        """Those of a file all of whose accepted rows were there already.

        >>> Counts.kept(5, 2)
        Counts(read=5, accepted=0, rejected=2, unchanged=3)
        """
        return cls(read, 0, rejected, read - rejected)


@dataclass(frozen=True)
class Known:
    """The open version of a file, where there is one."""

    sv: int
    root: str
    same: bool
    read: int
    rejected: int
    digest: str


class Run:
    """One ingest, as a context manager: committed whole at the end, or not at all."""

    def __init__(self, record: Record, command: str) -> None:
        self.record = record
        self.con = record.con
        self.command = command
        self.changed = False
        self.keep = True
        self.r = 0

    def __enter__(self) -> Self:
        self.con.execute("BEGIN")
        row = self.con.execute("SELECT coalesce(max(r), 0) + 1 FROM run").fetchone()
        assert row is not None
        self.r = row[0]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None and self.keep and self.changed:
                now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
                self.con.execute("INSERT INTO run VALUES (?, ?, ?)", [self.r, self.command, now])
                self.con.execute("COMMIT")
            else:
                self.con.execute("ROLLBACK")
        except duckdb.Error as failed:
            # Without room DuckDB may have ended the transaction, and itself, already.
            if error is None:
                raise self._unwritable(failed) from failed
        if isinstance(error, NO_ROOM):
            raise self._unwritable(error) from error

    def _unwritable(self, error: duckdb.Error) -> RecordUnwritableError:
        detail = first_line(error)
        return RecordUnwritableError("record.unwritable", path=self.record.path, detail=detail)

    def known(self, version: FileVersion) -> Known | None:
        """The open version of this file; `same` when rereading it would say the same."""
        row = self.con.execute(
            "SELECT sv, root, sha256, mapping_digest, ontology_digest, read, rejected, digest"
            f" FROM source_version WHERE source = ? AND file = ? AND r_to = {OPEN}",
            [version.source, version.file],
        ).fetchone()
        if row is None:
            return None
        digests = (version.sha256, version.mapping_digest, self.record.schema.digest)
        return Known(row[0], row[1], tuple(row[2:5]) == digests, *row[5:])

    def check_root(self, version: FileVersion, known: Known | None, replace: bool) -> None:
        """Refuses a file that only shares its name with one from another folder."""
        if known and known.root != version.root and not replace:
            raise UsageError(
                "record.same_name_elsewhere",
                source=version.source,
                file=version.file,
                old=known.root,
                new=version.root,
            )

    def write(self, version: FileVersion, claims: FileClaims, known: Known | None) -> Counts:
        """Puts one file's claims in, in place of those of its earlier version."""
        self.changed = True
        sv = self._next("sv", "source_version")
        if known:
            self.con.execute("UPDATE source_version SET r_to = ? WHERE sv = ?", [self.r, known.sv])
        self.con.execute(
            f"INSERT INTO source_version VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,{OPEN})",
            [
                sv,
                version.source,
                version.file,
                version.root,
                version.sha256,
                version.kind,
                version.mapping,
                version.mapping_digest,
                self.record.schema.digest,
                claims.read,
                claims.rejected,
                digest_of(self.con, _said(claims)),
                self.r,
            ],
        )
        self._put_rejects(sv, claims.rejects)
        self._put_keys(claims)
        changed_rows = self._put_claims(sv, version, claims, fresh=known is None)
        accepted = claims.read - claims.rejected
        unchanged = 0 if changed_rows is None else max(0, accepted - changed_rows)
        return Counts(claims.read, accepted - unchanged, claims.rejected, unchanged)

    def says_the_same(self, known: Known, claims: FileClaims) -> bool:
        """Whether an open version of a file says just these claims."""
        return known.digest == digest_of(self.con, _said(claims))

    def _next(self, column: str, table: str) -> int:
        row = self.con.execute(f"SELECT coalesce(max({column}), 0) + 1 FROM {table}").fetchone()
        assert row is not None
        return int(row[0])

    def _put_rejects(self, sv: int, rejects: Iterable[RejectedRow]) -> None:
        rows = [(sv, r.sheet, r.line, r.field, r.raw, r.key, r.values, r.cells) for r in rejects]
        fill(self.con, "rejects", rows)

    def _put_keys(self, claims: FileClaims) -> None:
        parts = [f"SELECT id, keyless FROM {ident(t)}" for _, t in claims.entities]
        for _, table in claims.relations:
            for end in ("source", "target"):
                parts.append(f"SELECT {end}_id, {end}_keyless FROM {ident(table)}")
        for table in claims.same_as:
            parts += [
                f"SELECT a, false FROM {ident(table)}",
                f"SELECT b, false FROM {ident(table)}",
            ]
        if not parts:
            return
        start = self._next("k", "node_key")
        self.con.execute(
            "INSERT INTO node_key SELECT ? - 1 + row_number() OVER (), id, keyless FROM ("
            " SELECT id, bool_and(keyless) AS keyless"
            f" FROM ({' UNION ALL '.join(parts)}) p(id, keyless) GROUP BY id) n"
            " WHERE NOT EXISTS (SELECT 1 FROM node_key k WHERE k.id = n.id)",
            [start],
        )

    def _put_claims(
        self, sv: int, version: FileVersion, claims: FileClaims, *, fresh: bool
    ) -> int | None:
        """Opens and closes claims; gives how many records say something new, None at first."""
        kinds: dict[str, tuple[EntityClass | Relation, list[str]]] = {}
        for kind, table in claims.tables:
            kinds.setdefault(claim_table(kind), (kind, []))[1].append(table)
        for kind, tables in kinds.values():
            ensure(self.con, kind, {c for table in tables for c in columns_of(self.con, table)})
        changed: list[str] = []
        if not fresh:
            self._earlier_versions(version)
        for name, (kind, tables) in kinds.items():
            keyed = " UNION ALL BY NAME ".join(_keyed(kind, table, self.con) for table in tables)
            columns = [c for c in columns_of(self.con, name) if c not in ("sv", "r_from", "r_to")]
            if fresh:
                self.con.execute(
                    f'INSERT INTO {ident(name)} BY NAME SELECT * EXCLUDE ("row"),'
                    f" {sv} AS sv, {self.r} AS r_from, {OPEN} AS r_to FROM ({keyed})"
                )
            else:
                self._replace(name, columns, keyed, sv)
                changed.append(f'SELECT "row" FROM {ident("new_" + name)} WHERE NOT said_before')
        self._put_same_as(sv, claims.same_as, fresh)
        if fresh:
            return None
        self._close_others(kinds)
        count = 0
        if changed:
            row = self.con.execute(
                f'SELECT count(DISTINCT "row") FROM ({" UNION ALL ".join(changed)})'
            ).fetchone()
            count = row[0] if row else 0
        for name in kinds:
            self.con.execute(f"DROP TABLE {ident('new_' + name)}")
        self.con.execute("DROP TABLE earlier_sv")
        return count

    def _earlier_versions(self, version: FileVersion) -> None:
        self.con.execute(
            "CREATE OR REPLACE TEMP TABLE earlier_sv AS SELECT sv FROM source_version"
            " WHERE source = ? AND file = ?",
            [version.source, version.file],
        )

    def _replace(self, name: str, columns: list[str], keyed: str, sv: int) -> None:
        new = ident("new_" + name)
        said = ", ".join(ident(c) for c in columns if c != "line")
        listed = ", ".join(ident(c) for c in columns)
        mine = f"r_to = {OPEN} AND sv IN (FROM earlier_sv)"
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE {new} AS SELECT *, hash({said}) AS h0,"
            f" hash({said}, line) AS h, false AS said_before FROM ("
            f' SELECT NULL::VARCHAR AS "row", * FROM {ident(name)} WHERE false'
            f" UNION ALL BY NAME ({keyed}))"
        )
        self.con.execute(
            "CREATE OR REPLACE TEMP TABLE open_claim AS SELECT rowid AS rid,"
            f" hash({said}) AS h0, hash({said}, line) AS h FROM {ident(name)} WHERE {mine}"
        )
        self.con.execute(
            f"UPDATE {new} SET said_before = true WHERE h0 IN (SELECT h0 FROM open_claim)"
        )
        self.con.execute(
            f"UPDATE {ident(name)} SET r_to = {self.r} WHERE rowid IN"
            f" (SELECT rid FROM open_claim WHERE h NOT IN (SELECT h FROM {new}))"
        )
        self.con.execute(
            f"INSERT INTO {ident(name)} ({listed}, sv, r_from, r_to)"
            f" SELECT {listed}, {sv}, {self.r}, {OPEN} FROM {new}"
            " WHERE h NOT IN (SELECT h FROM open_claim)"
        )
        self.con.execute("DROP TABLE open_claim")

    def _close_others(self, kept: Iterable[str]) -> None:
        for prefix in ("e_", "c_"):
            for name in claim_tables(self.con, prefix):
                if name not in set(kept):
                    self.con.execute(
                        f"UPDATE {ident(name)} SET r_to = {self.r}"
                        f" WHERE r_to = {OPEN} AND sv IN (FROM earlier_sv)"
                    )

    def _put_same_as(self, sv: int, tables: list[str], fresh: bool) -> None:
        if not fresh:
            self.con.execute(
                f"UPDATE same_as SET r_to = {self.r} WHERE r_to = {OPEN}"
                " AND sv IN (FROM earlier_sv)"
            )
        for table in tables:
            self.con.execute(
                "INSERT INTO same_as SELECT x.k, y.k, verdict, judge, why,"
                f" {sv}, line, {self.r}, {OPEN} FROM {ident(table)} s"
                " JOIN node_key x ON x.id = s.a JOIN node_key y ON y.id = s.b"
            )

    def withdraw(self, name: str) -> list[str]:
        """Closes all claims of a file (`source/file` or `file`), of a source, or of all that came
        out of a folder or a file that carries others.

        Returns the files that were withdrawn; UsageError where there is none of that name.
        """
        rows = self.con.execute(
            f"SELECT sv, source, file FROM source_version WHERE r_to = {OPEN} AND"
            " (source = ? OR file = ? OR source || '/' || file = ? OR root = ? OR"
            " root || '/' || file = ?) ORDER BY source, file",
            [name, name, name, *[str(Path(name).absolute())] * 2],
        ).fetchall()
        if not rows:
            known = self.con.execute(
                f"SELECT DISTINCT source FROM source_version WHERE r_to = {OPEN} ORDER BY 1"
            ).fetchall()
            listed = ", ".join(r[0] for r in known) or "—"
            raise UsageError("record.nothing_to_withdraw", name=name, sources=listed)
        self.changed = True
        for sv, source, file in rows:
            self._earlier_versions(FileVersion(source, file, "", "", ""))
            self._close_others(())
            self._put_same_as(sv, [], fresh=False)
            self.con.execute("UPDATE source_version SET r_to = ? WHERE sv = ?", [self.r, sv])
        return [f"{source}/{file}" for _, source, file in rows]


def _said(claims: FileClaims) -> list[tuple[str, dict[str, str], str]]:
    """Every table of claims: of what, the types of its values, its name."""
    said = [(kind.name, dict(value_columns(kind)), table) for kind, table in claims.tables]
    return said + [("same_as", {}, table) for table in claims.same_as]


def _keyed(kind: EntityClass | Relation, table: str, con: duckdb.DuckDBPyConnection) -> str:
    """A claim table of a file with ids replaced by keys, as SQL."""
    have = columns_of(con, table)
    values = [name for name, _ in value_columns(kind) if name in have]
    listed = "".join(f", s.{ident(v)}" for v in values)
    if "extra" in have:
        listed += ", s.extra"
    if isinstance(kind, EntityClass):
        return (
            f'SELECT s."row"::VARCHAR AS "row", s.line, k.k, s.mention{listed}'
            f" FROM {ident(table)} s JOIN node_key k ON k.id = s.id"
        )
    return (
        f'SELECT s."row"::VARCHAR AS "row", s.line, x.k AS f, y.k AS t, s.eid{listed}'
        f" FROM {ident(table)} s JOIN node_key x ON x.id = s.source_id"
        " JOIN node_key y ON y.id = s.target_id"
    )
