"""The record: what each source says, line by line, and the merged view of what is true now."""

from graph.record.store import Record
from graph.record.view import View

__all__ = ["Record", "View"]
