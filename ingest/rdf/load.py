"""A file of RDF into the record: a version of each file whose claims it carries, and its own."""

from graph.record.tables import OPEN
from graph.record.write import Counts, FileVersion, Run
from ingest.discover import Found
from ingest.rdf.read import VERSION, read
from ingest.readers import kind
from ingest.sheet import Note

BASE = "https://w3id.org/innograph/id/"
"""What the IRIs of exports begin with where a workspace sets nothing else."""

Taken = tuple[str, str, str, Counts, tuple[Note, ...]]
"""Source, file, kind of file, counts, what was assumed."""


def take(
    run: Run, item: Found, digest: str, *, base: str | None = None, replace: bool = False
) -> list[Taken]:
    """Writes what a file of RDF says; nothing where the record has it so already.

    A file that carries the claims of others stands to them as a folder does: each is known by its
    own source and name, and the carrier is the place that it came from. Raises InputError where the
    file cannot be read, UsageError where a name came from another place before.
    """
    carrier, form = str(item.path.resolve()), kind(item.path)
    whole = FileVersion(
        item.source, item.file, str(item.root), digest, form, None, f"rdf/{VERSION}"
    )
    if kept := _kept(run, whole, carrier):
        return kept
    taken: list[Taken] = []
    found = read(run, item.path, base or BASE)
    for said in found:
        if said.source is None and not said.claims.read and len(found) > 1:
            continue
        version = whole
        if said.source is not None and said.file is not None:
            version = FileVersion(
                said.source, said.file, carrier, digest, form, None, whole.mapping_digest
            )
        known = run.known(version)
        if known and run.says_the_same(known, said.claims):
            counts = Counts.kept(said.claims.read, said.claims.rejected)
        else:
            run.check_root(version, known, replace)
            counts = run.write(version, said.claims, known)
        taken.append((version.source, version.file, form, counts, tuple(said.notes)))
    return taken


def _kept(run: Run, whole: FileVersion, carrier: str) -> list[Taken]:
    """What came from the same bytes before, where all of it is still there and nothing came from
    other bytes since."""
    gone = run.con.execute(
        "SELECT 1 FROM source_version c WHERE c.root = ? AND NOT EXISTS (SELECT 1 FROM"
        f" source_version o WHERE o.source = c.source AND o.file = c.file AND o.r_to = {OPEN})",
        [carrier],
    ).fetchall()
    rows = run.con.execute(
        "SELECT source, file, read, rejected,"
        " sha256 = ? AND mapping_digest = ? AND ontology_digest = ? FROM source_version"
        f" WHERE r_to = {OPEN} AND (root = ? OR (source = ? AND file = ?)) ORDER BY source, file",
        [whole.sha256, whole.mapping_digest, run.record.schema.digest,
         carrier, whole.source, whole.file],
    ).fetchall()  # fmt: skip
    if gone or not all(same for *_, same in rows):
        return []
    return [
        (source, file, whole.kind, Counts.kept(n, rejected), ())
        for source, file, n, rejected, _ in rows
    ]
