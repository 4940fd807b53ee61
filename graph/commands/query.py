"""Questions in Cypher and SPARQL: the analyst's own, and those that come with the program."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from graph.errors import UsageError
from graph.options import (
    Database,
    Db,
    Output,
    Uri,
    User,
    command,
    console,
    format_option,
    server,
    settings,
)
from graph.options import text as _


@command("query")
def query(
    text: Annotated[str | None, typer.Argument(help=_("arg_query"), metavar="QUERY")] = None,
    sparql: Annotated[bool, typer.Option("--sparql", help=_("opt_sparql"))] = False,
    file: Annotated[Path | None, typer.Option("--file", help=_("opt_query_file"))] = None,
    listing: Annotated[bool, typer.Option("--list", help=_("opt_list"))] = False,
    name: Annotated[str | None, typer.Option("--name", "-n", help=_("opt_question"))] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", help=_("opt_param"), metavar="KEY=VALUE")
    ] = None,
    timeout: Annotated[
        float, typer.Option("--timeout", help=_("opt_timeout"), metavar="SECONDS", min=0.1)
    ] = 60,
    uri: Uri = None,
    user: User = None,
    database: Database = None,
    format: Annotated[str, format_option("table", "json", "csv", "xml", "ttl", "nt")] = "table",
    output: Output = None,
    db: Db = None,
) -> None:
    from graph.cypher import parameters
    from graph.export import answers

    said = settings(db)
    if [text is not None, file is not None, listing, name is not None].count(True) != 1:
        raise UsageError("cli.one_query")
    if listing:
        answers.questions(console, format, output)
        return
    given = parameters.parse(param or [])
    if name is not None:
        from graph.questions import named

        question = named(name)
        given = question.given(given)
        asked = question.sparql if sparql else question.cypher
        console.say("questions.asked", question=question.asked(console.lang, given))
    else:
        asked = _read(text, file)
    if sparql:
        if uri:
            raise UsageError("cli.sparql_uri")
        _sparql(said, asked, given, timeout, format, output)
    elif format not in ("table", "json", "csv"):
        raise UsageError("cli.cypher_format", format=format)
    else:
        _cypher(said, asked, given, uri, user, database, format, output)


def _read(text: str | None, file: Path | None) -> str:
    if text is not None:
        return sys.stdin.read() if text == "-" else text
    assert file is not None
    try:
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        detail = getattr(error, "strerror", None) or str(error)
        raise UsageError("cli.unreadable_query", path=file, detail=detail) from error


def _cypher(
    said: Any,
    cypher: str,
    given: dict[str, Any],
    uri: str | None,
    user: str | None,
    database: str | None,
    format: str,
    output: Path | None,
) -> None:
    from graph.cypher import ask
    from graph.cypher.differences import noted
    from graph.export import answers

    remote = bool(uri or said.neo4j.get("uri"))
    if remote:
        result = ask.server(server(said, uri, user, database), cypher, given)
    else:
        for difference in noted(cypher):
            console.say(f"differs.{difference}")
        with console.progress() as step:
            result = ask.embedded(said.db, cypher, given, memory=said.memory, progress=step)
    answers.render(console, result.columns, result.rows, format, output)
    if not result.rows and not remote:
        from graph.cypher.unknown_names import unknown_names
        from graph.schema import load

        _say_unknown(unknown_names(cypher, load()))


def _sparql(
    said: Any,
    sparql: str,
    given: dict[str, Any],
    seconds: float,
    format: str,
    output: Path | None,
) -> None:
    from graph.export import answers
    from graph.rdf.sparql import ask

    with console.progress() as step:
        answer = ask(
            said.db,
            sparql,
            given,
            form=None if format == "table" else format,
            base=said.base,
            seconds=seconds,
            memory=said.memory,
            progress=step,
        )
    answers.render_sparql(console, answer, format, output)
    if answer.empty:
        if format != "table" or answer.kind == "triples":
            console.say("export.no_rows")
        from graph.rdf.unknown_terms import unknown_terms
        from graph.schema import load

        _say_unknown(unknown_terms(sparql, load(), answer.prefixes))


def _say_unknown(names: list[tuple[str, list[str]]]) -> None:
    from graph.console import listed

    for name, near in names:
        key = "unknown_name_near" if near else "unknown_name"
        console.say(f"cypher.{key}", name=name, near=listed(near))
