"""The graph at a Bolt address, for the drivers of other programs."""

from contextlib import ExitStack
from typing import Annotated

import typer

from graph.errors import UnreachableError
from graph.options import Db, command, console, settings
from graph.options import text as _


@command("serve")
def serve(
    port: Annotated[int, typer.Option("--port", help=_("opt_port"), min=0, max=65535)] = 7687,
    db: Db = None,
) -> None:
    from graph.console import write
    from graph.cypher.serve import serving
    from graph.messages import say

    said = settings(db)
    with ExitStack() as stack:
        with console.progress() as step:
            opening = serving(said.db, port, memory=said.memory, progress=step)
            served = stack.enter_context(opening)
        where = {"uri": served.uri, "user": served.user, "database": served.database}
        write(say("serve.open", console.lang, password=served.password, **where))
        served.wait()
        raise UnreachableError("serve.ended")
