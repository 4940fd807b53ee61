"""Answers one SPARQL query on a store, in a process of its own, so that it can be ended in time.

Run as a program, by path. Standard input brings one line of JSON: `store` (a folder), `query`,
`checked` (the query without the word SERVICE, where it has it, else null), `prefixes`, `form` (or
null), `seconds`, `bytes`; its end means that nobody waits any more. Standard output gets one line
of JSON, `kind` (bindings, boolean, triples) and `form`, or `error` and `detail`, then the answer.
"""

import json
import os
import sys
import threading
from typing import Any

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    serialize,
)

RESULTS = {
    "json": QueryResultsFormat.JSON,
    "csv": QueryResultsFormat.CSV,
    "xml": QueryResultsFormat.XML,
}
GRAPHS = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "xml": RdfFormat.RDF_XML,
    "json": RdfFormat.JSON_LD,
}


def bounded(seconds: float, size: int) -> None:
    """Lets the system end this process when it goes beyond its time or memory."""
    if sys.platform != "win32":
        import resource

        cpu = int(seconds) + 5
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def answer(order: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The first line and the answer."""
    prefixes = order["prefixes"]
    checking = order["checked"] is not None
    try:
        if checking:
            Store().query(order["checked"], prefixes=prefixes)
            checking = False
        results = Store.read_only(order["store"]).query(order["query"], prefixes=prefixes)
        if isinstance(results, QuerySolutions | QueryBoolean):
            kind = "boolean" if isinstance(results, QueryBoolean) else "bindings"
            form = order["form"] or "json"
            if form not in RESULTS:
                return {"error": "form", "detail": kind}, b""
            body = results.serialize(format=RESULTS[form])
        else:
            kind, form = "triples", order["form"] or "ttl"
            if form not in GRAPHS:
                return {"error": "form", "detail": kind}, b""
            body = serialize(results, format=GRAPHS[form], prefixes=prefixes)
        return {"kind": kind, "form": form}, body or b""
    except SyntaxError as error:
        return {"error": "syntax", "detail": str(error), "checked": checking}, b""
    except (OSError, RuntimeError, ValueError) as error:
        return {"error": "evaluation", "detail": str(error)}, b""


def leave_when_left() -> None:
    sys.stdin.read()
    os._exit(1)


def main() -> None:
    order = json.loads(sys.stdin.readline())
    threading.Thread(target=leave_when_left, daemon=True).start()
    bounded(order["seconds"], order["bytes"])
    first, body = answer(order)
    sys.stdout.buffer.write(json.dumps(first).encode() + b"\n" + body)
    sys.stdout.buffer.flush()
    os._exit(0)  # not waiting for the thread that listens


if __name__ == "__main__":
    main()
