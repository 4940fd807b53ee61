"""The store that is checked: the same in memory and on disk, from a view and from its triples."""

from pathlib import Path

import pytest

from graph.errors import InputError
from graph.rdf.export import triples
from graph.rdf.iris import BASE
from graph.rdf.shacl import data, load, of_view
from graph.record import Record


def test_in_memory_and_on_disk_alike(ecosystem_db: Path) -> None:
    with Record.open(ecosystem_db) as record:
        view = record.view()
        wanted = {*load(triples(view, BASE))}
        with of_view(view, BASE) as memory, of_view(view, BASE, in_memory=0) as disk:
            assert {*memory} == {*disk} == wanted


def test_a_disk_without_room(ecosystem_db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store's own folder cannot be made where a file stands."""
    monkeypatch.setattr(data.tempfile, "tempdir", str(ecosystem_db.parent))

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    with Record.open(ecosystem_db) as record:
        monkeypatch.setattr(data.export, "load", full)
        with pytest.raises(InputError) as raised, of_view(record.view(), BASE):
            pass
    assert raised.value.key == "shacl.no_room"
