"""The options that commands share, and the console that they set up. Typer only; nothing heavy."""

import functools
import inspect
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from graph.console import Console
from graph.errors import UsageError
from graph.messages import Lang, locale_lang, say


def start_language() -> Lang:
    """The language of help texts, needed before options are parsed."""
    words = sys.argv[1:]
    for i, word in enumerate(words):
        value = word.removeprefix("--lang=")
        if word == "--lang" and i + 1 < len(words):
            value = words[i + 1]
        if value in ("zh", "en") and (value != word or words[i - 1] == "--lang"):
            return "zh" if value == "zh" else "en"
    chosen = os.environ.get("GRAPH_LANG", "")
    if chosen in ("zh", "en"):
        return "zh" if chosen == "zh" else "en"
    return locale_lang()


console = Console(lang=start_language())


def text(key: str) -> str:
    return say(f"cli.{key}", console.lang)


app = typer.Typer(
    help=text("program"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
"""The program; `graph.commands` fills it."""


def take_lang(value: str | None) -> str | None:
    if value is not None:
        if value not in ("zh", "en"):
            raise typer.BadParameter("zh | en")
        console.lang = "zh" if value == "zh" else "en"
    return value


def take_quiet(value: bool) -> bool:
    console.quiet = console.quiet or value
    return value


def take_debug(value: bool) -> bool:
    console.debug = console.debug or value
    return value


Db = Annotated[Path | None, typer.Option("--db", help=text("opt_db"), metavar="PATH")]
LangOption = Annotated[
    str | None,
    typer.Option(
        "--lang", help=text("opt_lang"), metavar="zh|en", callback=take_lang, is_eager=True
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help=text("opt_quiet"), callback=take_quiet, is_eager=True)
]
Debug = Annotated[
    bool, typer.Option("--debug", help=text("opt_debug"), callback=take_debug, is_eager=True)
]
Output = Annotated[Path | None, typer.Option("--output", "-o", help=text("opt_output"))]
MappingOption = Annotated[
    str | None, typer.Option("--mapping", "-m", help=text("opt_mapping"), metavar="NAME|FILE")
]
Uri = Annotated[str | None, typer.Option("--uri", help=text("opt_uri"), metavar="bolt://HOST:PORT")]
User = Annotated[str | None, typer.Option("--user", help=text("opt_user"))]
Database = Annotated[str | None, typer.Option("--database", help=text("opt_database"))]
Home = Annotated[str | None, typer.Option("--home", help=text("opt_home"))]
AsOf = Annotated[str | None, typer.Option("--as-of", help=text("opt_as_of"), metavar="DATE")]
Measures = Annotated[list[str] | None, typer.Option("--measure", help=text("opt_measure"))]
RegionOption = Annotated[str | None, typer.Option("--region", help=text("opt_region"))]


def format_option(*allowed: str) -> Any:
    def check(value: str) -> str:
        if value not in allowed:
            raise typer.BadParameter(" | ".join(allowed))
        return value

    words = "|".join(allowed)
    return typer.Option("--format", "-f", help=text("opt_format"), metavar=words, callback=check)


def language_asked() -> bool:
    """Whether the command line itself names a language."""
    return any(w == "--lang" or w.startswith("--lang=") for w in sys.argv[1:])


def command(name: str, **context: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Adds a command to the program, with its help text and the options that all have.

    `context` are settings of its parser (`context_settings` of Typer).
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(function)
        def run(*args: Any, lang: Any, quiet: Any, debug: Any, **options: Any) -> None:
            function(*args, **options)

        given = inspect.signature(function)
        shared = [
            inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY, default=d, annotation=a)
            for n, d, a in (
                ("lang", None, LangOption),
                ("quiet", False, Quiet),
                ("debug", False, Debug),
            )
        ]
        own = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in given.parameters.values()]
        run.__signature__ = given.replace(parameters=[*own, *shared])  # type: ignore[attr-defined]
        run.__annotations__ = {p.name: p.annotation for p in (*own, *shared)}
        app.command(name, help=text(name), short_help=text(name), context_settings=context)(run)
        return function

    return register


def settings(db: Path | None) -> Any:
    from dataclasses import replace

    from graph.settings import read

    said = read()
    if console.lang != said.lang and not language_asked():
        console.lang = said.lang
    return replace(said, db=db) if db else said


def open_record(db: Path | None, *, write: bool = False) -> Any:
    from graph.record import Record

    said = settings(db)
    return Record.open(said.db, write=write, memory=said.memory)


def server(said: Any, uri: str | None, user: str | None, database: str | None) -> Any:
    from graph.neo4j.server import Server

    password = os.environ.get("NEO4J_PASSWORD")
    name = user or os.environ.get("NEO4J_USERNAME") or said.neo4j.get("user") or "neo4j"
    if password is None:
        if not sys.stdin.isatty():
            raise UsageError("cli.no_password")
        password = typer.prompt(text("password"), hide_input=True, err=True)
    base = database or os.environ.get("NEO4J_DATABASE") or said.neo4j.get("database")
    return Server(uri or said.neo4j["uri"], name, password, base)


def leave(code: int) -> NoReturn:
    """Ends the command with this exit code."""
    raise typer.Exit(code)


def end_on_signals() -> list[int]:
    """Makes Ctrl-C and SIGTERM end the program in order; the list will hold the signal that came.

    DuckDB turns whatever a handler raises during a query into a RuntimeError, so that only this
    tells afterwards that it was no error.
    """
    came: list[int] = []

    def ended(number: int, frame: object) -> NoReturn:
        came.append(number)
        sys.exit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ended)
    return came
