"""What changed between two runs of the record."""

from typing import TYPE_CHECKING, Annotated

import typer

from graph.errors import UsageError
from graph.options import (
    Db,
    Home,
    Measures,
    Output,
    RegionOption,
    command,
    console,
    format_option,
    open_record,
    settings,
)
from graph.options import text as _

if TYPE_CHECKING:
    from graph.record import Record
    from graph.record.runs import RunMade


@command("diff", ignore_unknown_options=True)  # else `-1` would be taken for an option
def diff(
    runs: Annotated[
        list[str] | None, typer.Argument(help=_("arg_runs"), metavar="[RUN] [RUN]")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", help=_("opt_since"), metavar="DATE")
    ] = None,
    measure: Measures = None,
    chain: Annotated[str | None, typer.Option("--chain", help=_("opt_chain"))] = None,
    region: RegionOption = None,
    home: Home = None,
    top: Annotated[int | None, typer.Option("--top", help=_("opt_top_diff"), min=0)] = None,
    as_of: Annotated[
        list[str] | None, typer.Option("--as-of", help=_("opt_as_of_diff"), metavar="DATE")
    ] = None,
    format: Annotated[str, format_option("table", "json")] = "table",
    output: Output = None,
    db: Db = None,
) -> None:
    from graph.export import differences
    from graph.gaps.diff import diff as compare

    said = settings(db)
    with open_record(db) as record, console.progress() as step:
        step(_("working"))
        before, after = sides(record, runs or [], since)
        found = compare(
            record,
            before,
            after,
            **said.viewpoint(home, region),
            chain=chain,
            measures=measure,
            top=top,
            as_of=as_of,
            settings=said.gaps,
        ).to_dict()
        schema = record.schema
    differences.render(console, found, schema, format, output)


def sides(record: "Record", names: list[str], since: str | None) -> "tuple[RunMade, RunMade]":
    """The two runs that are meant: two names, one and the last, a date and the last, the last two.

    Raises UsageError for a run that is not there, and for more than can be compared.
    """
    from graph.record.runs import LATEST, find_run, last_before
    from graph.record.runs import runs as known

    for word in names:
        if word.startswith("--"):
            raise UsageError("diff.no_option", word=word)
    if len(names) > 2 or (since is not None and len(names) > 1):
        raise UsageError("diff.too_many", count=len(names) + (since is not None))
    if since is not None:
        return last_before(record, since), find_run(record, names[0] if names else LATEST)
    if not names and len(known(record)) == 1:
        raise UsageError("diff.one_run", path=record.path)
    first, last = [*names, LATEST][:2] if names else ("-2", "-1")
    return find_run(record, first), find_run(record, last)
