"""What would be lost, and what would mend most."""

from typing import Annotated

import typer

from graph.options import (
    Db,
    Home,
    Output,
    RegionOption,
    command,
    console,
    format_option,
    open_record,
    settings,
)
from graph.options import text as _

AsOf = Annotated[str | None, typer.Option("--as-of", help=_("opt_as_of"), metavar="DATE")]


@command("whatif")
def whatif(
    remove: Annotated[
        list[str], typer.Option("--remove", "-r", help=_("opt_remove"), metavar="ID_OR_NAME")
    ],
    home: Home = None,
    region: RegionOption = None,
    as_of: AsOf = None,
    format: Annotated[str, format_option("table", "json")] = "table",
    output: Output = None,
    db: Db = None,
) -> None:
    from graph.export import whatif as rendered
    from graph.gaps.whatif import whatif as ask

    said = settings(db)
    with open_record(db) as record, console.progress() as step:
        step(_("working"))
        answer = ask(
            record.view(),
            remove,
            home=home or said.home,
            region=region or said.region,
            as_of=as_of,
            settings=said.gaps,
        ).to_dict()
    rendered.show(console, answer, format, output)


@command("repair")
def repair(
    measure: Annotated[list[str] | None, typer.Option("--measure", help=_("opt_measure"))] = None,
    region: RegionOption = None,
    home: Home = None,
    top: Annotated[int, typer.Option("--top", help=_("opt_top_repair"), min=0)] = 20,
    as_of: AsOf = None,
    format: Annotated[str, format_option("table", "json")] = "table",
    output: Output = None,
    db: Db = None,
) -> None:
    from graph.export import repair as rendered
    from graph.gaps.repair import repair as ask

    said = settings(db)
    with open_record(db) as record, console.progress() as step:
        step(_("working"))
        answer = ask(
            record.view(),
            home=home or said.home,
            region=region or said.region,
            measures=measure,
            top=top,
            as_of=as_of,
            settings=said.gaps,
        ).to_dict()
    rendered.show(console, answer, format, output)
