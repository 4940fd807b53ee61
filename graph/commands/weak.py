"""Weak links: what they are."""

from typing import Annotated

import typer

from graph.options import (
    AsOf,
    Db,
    Home,
    Measures,
    Output,
    RegionOption,
    command,
    console,
    format_option,
    leave,
    open_record,
    settings,
)
from graph.options import text as _

SEVERITY = Annotated[
    float | None, typer.Option("--fail-on", help=_("opt_fail_on"), min=0, max=1, metavar="SEVERITY")
]


@command("gaps")
def gaps(
    chain: Annotated[str | None, typer.Option("--chain", help=_("opt_chain"))] = None,
    measure: Measures = None,
    region: RegionOption = None,
    home: Home = None,
    where: Annotated[list[str] | None, typer.Option("--where", help=_("opt_where"))] = None,
    top: Annotated[int | None, typer.Option("--top", help=_("opt_top"), min=0)] = None,
    explain: Annotated[
        str | None, typer.Option("--explain", help=_("opt_explain"), metavar="ID")
    ] = None,
    fail_on: SEVERITY = None,
    as_of: AsOf = None,
    format: Annotated[str, format_option("table", "json", "jsonl", "csv", "md")] = "table",
    output: Output = None,
    db: Db = None,
) -> None:
    from graph.export import findings
    from graph.gaps import methods, run

    if explain and not measure and explain.partition(":")[0] in methods():
        measure = [explain.partition(":")[0]]  # the others would be worked out for nothing
    said = settings(db)
    with open_record(db) as record, console.progress() as step:
        step(_("working"))
        found = run(
            record.view(),
            **said.viewpoint(home, region),
            chain=chain,
            measures=measure,
            where=where,
            settings=said.gaps,
            top=0 if explain else top,
            as_of=as_of,
            explain=explain,
        )
    findings.show(console, found, format, output, explain)
    if fail_on is not None and any(f.severity >= fail_on for f in found.findings):
        leave(1)
