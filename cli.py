"""The command line: where the program starts and ends. The commands stand in `graph.commands`."""

import os
import sys
from typing import Annotated

import typer

import graph.commands  # noqa: F401  (fills the program)
from graph.errors import GraphError
from graph.options import app, console, end_on_signals, text


def _version(value: bool) -> None:
    if value:
        from importlib.metadata import version

        print(f"graph {version('innograph')}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool,
        typer.Option("--version", help=text("opt_version"), callback=_version, is_eager=True),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Runs the program; errors of ours end with a message and their exit code."""
    came = end_on_signals()
    try:
        app(prog_name="graph")
    except GraphError as error:
        if console.debug:
            raise
        console.fail(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except RuntimeError as error:
        if not came or "interrupted" not in str(error).lower():
            raise
        sys.exit(128 + came[0])


if __name__ == "__main__":
    main()
