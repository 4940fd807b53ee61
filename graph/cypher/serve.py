"""The graph at a Bolt address of this machine, for drivers of other programs: they may read it.

The engine works on a copy and knows one user, who has no right but to read: it is the engine that
refuses what would write. The password is made anew each time; the engine is given a salted hash of
it, and it stands in no argument, environment, log or file.
"""

import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from graph.cypher.cache import Cache
from graph.cypher.rights import READER
from graph.errors import UsageError
from graph.neo4j.push import push

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Served:
    """Where the graph can be read, and by whom; `wait` returns when the engine has ended."""

    uri: str
    user: str
    password: str = field(repr=False)
    database: str
    wait: Callable[[], None] = field(repr=False)


@contextmanager
def serving(
    db: Path,
    port: int,
    *,
    memory: str = "1500MB",
    progress: Progress = lambda text: None,
) -> Iterator[Served]:
    """Serves the record at `db`, as it is now, on `port` of 127.0.0.1 (0: any) until the end of the
    block.

    Raises UsageError for a port that is taken, UnreachableError when the engine does not start, and
    what opening the record raises.
    """
    from graph.record.store import Record

    _check_free(port)
    while True:
        with Record.open(db, memory=memory) as record:
            cache = Cache(db, record.view().digest, memory=memory)
            cache.ensure(
                lambda driver, base: push(record.view(), driver, base, progress=progress), progress
            )
        password = secrets.token_urlsafe(18)
        with cache.serving(port, password) as engine:
            if engine is not None:
                uri = f"bolt://127.0.0.1:{engine.bolt}"
                yield Served(uri, READER, password, engine.database, engine.wait)
                return


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise UsageError("serve.port_taken", port=port, detail=error.strerror) from error
        except OverflowError as error:
            raise UsageError("serve.port_taken", port=port, detail=error) from error
