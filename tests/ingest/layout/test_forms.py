"""The forms that the ontology gives are lists that the layout knows, column by column."""

from collections.abc import Callable
from typing import Any

import pytest

from graph.export.forms.blank_tables import Table, blank_tables
from graph.messages import Lang
from graph.schema import Schema
from ingest.emit import EntityEmit, RelationEmit

Lay = Callable[..., Any]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_column_of_every_form_is_read(lay: Lay, schema: Schema, lang: Lang) -> None:
    entities, relations = blank_tables(schema, lang)
    for form in entities:
        laid = lay(form.name, form.headings, [_filled(form)])
        own = laid.own
        assert isinstance(own, EntityEmit)
        assert own.id_column == "c0", form.name
        wide = len([e for e in laid.plan.emits if isinstance(e, RelationEmit)])
        assert "unknown_heading" not in laid.note_keys(), (form.name, laid.said())
        assert "heading_twice" not in laid.note_keys(), (form.name, laid.said())
        type_columns = 1 if own.type_column else 0
        read = len(own.columns) + wide + type_columns + 1
        assert read >= len(form.columns), (form.name, laid.plan.emits)
    for form in relations:
        laid = lay(form.name, form.headings, [_filled(form)])
        (emit,) = laid.plan.emits
        assert isinstance(emit, RelationEmit)
        assert len(emit.columns) + 2 == len(form.columns), (form.name, emit.columns)


def _filled(form: Table) -> list[str]:
    """A row with a class where the form asks for one, and a name in every other cell."""
    types = ("类型", "type")
    return [c.choices[0] if c.heading in types and c.choices else "甲" for c in form.columns]
