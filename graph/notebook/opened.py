"""A record opened from Python, and what can be asked of it."""

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from graph.errors import UsageError
from graph.notebook.answers import Answer, Changed, Gaps, Rows
from graph.record.store import Record
from graph.record.view import View
from graph.settings import Settings, read

if TYPE_CHECKING:
    import networkx as nx

    from graph.gaps.repair import Repairs
    from graph.gaps.whatif import WhatIf


def open_graph(
    path: str | PathLike[str] | None = None,
    *,
    home: str | None = None,
    region: str | None = None,
    lang: str | None = None,
) -> "Graph":
    """Opens a record for reading; use it in a `with`, or close it.

    What is not given comes from the environment and from `graph.toml` of the working folder, as
    for the commands: `path` (else `graph.duckdb`), `home` and `region` (the viewpoint of all that
    is asked), `lang` (`zh` or `en`, the language of tables). While it is open nothing can be
    ingested into the record; several may read at once.

    Raises RecordMissingError, RecordBusyError (somebody is writing), InputError (no record).
    """
    from dataclasses import replace

    said = read()
    if lang not in (None, "zh", "en"):
        raise UsageError("notebook.lang", lang=lang)
    given = {
        "home": home,
        "region": region,
        "lang": lang,
        "db": None if path is None else Path(path),
    }
    return Graph(replace(said, **{k: v for k, v in given.items() if v is not None}))  # type: ignore[arg-type]


class Graph:
    """An open record. Each method is a command of the same name."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._record = Record.open(settings.db, memory=settings.memory)

    @property
    def view(self) -> View:
        """The merged view: DuckDB tables of what is true now."""
        return self._record.view()

    def network(self, chain: str | None = None) -> "nx.MultiDiGraph[str]":
        """The graph, or one chain (a kind, an id or a name), as a NetworkX `MultiDiGraph`; see
        `graph.notebook.network.network`."""
        from graph.notebook.network import network

        return network(self.view, chain)

    def gaps(
        self,
        *,
        home: str | None = None,
        region: str | None = None,
        chain: str | None = None,
        measures: Sequence[str] | None = None,
        where: Sequence[str] | str | None = None,
        top: int | None = None,
        as_of: str | None = None,
        settings: Mapping[str, Any] | None = None,
        explain: str | None = None,
    ) -> Gaps:
        """The weak links; see `graph.gaps.run`. `settings` are thresholds, beside those of
        `graph.toml`."""
        from graph.gaps import run

        found = run(
            self.view,
            **self.settings.viewpoint(home, region),
            chain=chain,
            measures=_listed(measures),
            where=where,
            top=top,
            as_of=as_of,
            settings=self._thresholds(settings),
            explain=explain,
        )
        return Gaps(found, self.settings.lang)

    def whatif(
        self,
        remove: Sequence[str] | str,
        *,
        home: str | None = None,
        region: str | None = None,
        as_of: str | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> "Answer[WhatIf]":
        """What is lost without what `remove` names by id or name; see `graph.gaps.whatif`."""
        from graph.gaps.whatif import whatif

        result = whatif(
            self.view,
            _listed(remove) or [],
            **self.settings.viewpoint(home, region),
            as_of=as_of,
            settings=self._thresholds(settings),
        )
        return Answer(result, self.settings.lang)

    def repair(
        self,
        *,
        home: str | None = None,
        region: str | None = None,
        measures: Sequence[str] | None = None,
        top: int = 20,
        as_of: str | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> "Answer[Repairs]":
        """The new relations that would mend most, and who could make them; see
        `graph.gaps.repair`."""
        from graph.gaps.repair import repair

        result = repair(
            self.view,
            **self.settings.viewpoint(home, region),
            measures=_listed(measures),
            top=top,
            as_of=as_of,
            settings=self._thresholds(settings),
        )
        return Answer(result, self.settings.lang)

    def diff(
        self,
        before: str | int = -2,
        after: str | int = -1,
        *,
        home: str | None = None,
        region: str | None = None,
        chain: str | None = None,
        measures: Sequence[str] | None = None,
        top: int | None = None,
        as_of: str | Sequence[str] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Changed:
        """What changed between two runs (numbers, `latest`, `-1`, digests); see
        `graph.gaps.diff`."""
        from graph.gaps.diff import diff

        result = diff(
            self._record,
            before,
            after,
            **self.settings.viewpoint(home, region),
            chain=chain,
            measures=_listed(measures),
            top=top,
            as_of=as_of,
            settings=self._thresholds(settings),
        )
        return Changed(result, self._record.schema, self.settings.lang)

    def query(self, cypher: str, **parameters: Any) -> Rows:
        """The rows of a reading Cypher query; `$name` in it is the parameter `name`."""
        from graph.cypher.ask import embedded

        found = embedded(self.settings.db, cypher, parameters, memory=self.settings.memory)
        return Rows(found.columns, found.rows, self.settings.lang)

    def stats(self) -> dict[str, Any]:
        """What is in the record, as `graph stats --format json` has it."""
        from graph.record.describe import stats

        return stats(self._record)

    def close(self) -> None:
        """Lets go of the record; asking afterwards is an error."""
        self._record.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Graph({str(self.settings.db)!r})"

    def _thresholds(self, settings: Mapping[str, Any] | None) -> dict[str, Any]:
        return {**self.settings.gaps, **(settings or {})}


def _listed(names: Sequence[str] | str | None) -> list[str] | None:
    if names is None:
        return None
    return [names] if isinstance(names, str) else list(names)
