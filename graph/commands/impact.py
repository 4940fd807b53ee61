"""What would be lost, and what would mend most."""

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
    open_record,
    settings,
)
from graph.options import text as _


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
            **said.viewpoint(home, region),
            as_of=as_of,
            settings=said.gaps,
        ).to_dict()
    rendered.show(console, answer, format, output)


@command("repair")
def repair(
    measure: Measures = None,
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
            **said.viewpoint(home, region),
            measures=measure,
            top=top,
            as_of=as_of,
            settings=said.gaps,
        ).to_dict()
    rendered.show(console, answer, format, output)
