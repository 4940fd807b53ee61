"""The example ecosystem as a record, in the embedded engine, in Neo4j and as RDF, made once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from neo4j import GraphDatabase

from graph.cypher import ask
from graph.cypher.cache import Cache
from graph.cypher.result import Result
from graph.neo4j.push import push, push_to
from graph.neo4j.server import Server
from graph.rdf import sparql
from graph.record import Record
from graph.record.view import record_digest
from graph.resources import copy_demo
from ingest import load as loader
from ingest.discover import discover

Ask = Callable[..., Result]


@pytest.fixture(scope="session")
def demo_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record of the example. Not to be written to."""
    folder = tmp_path_factory.mktemp("demo")
    copy_demo(folder / "data")
    db = folder / "graph.duckdb"
    with Record.open(db, write=True) as record:
        loader.ingest(record, discover([folder / "data"], "demo"), command="demo")
    return db


@pytest.fixture(scope="session")
def embedded_demo(demo_db: Path) -> Iterator[Ask]:
    """Asks the embedded engine as the command line does, errors and all."""
    with Record.open(demo_db) as record:
        cache = Cache(demo_db, record_digest(record.con, record.schema))
        cache.ensure(lambda driver, base: push(record.view(), driver, base), lambda text: None)
    with cache.reading() as engine:
        assert engine is not None

        def asked(cypher: str, **given: object) -> Result:
            ask.refuse_writes(cypher)
            return ask.by_engine(engine, cypher, given)

        yield asked


@pytest.fixture(scope="module")
def neo4j_demo(demo_db: Path, neo4j_server: Server) -> Iterator[Ask]:
    """Asks a real server, which holds the example and nothing else."""
    auth = (neo4j_server.user, neo4j_server.password)
    with GraphDatabase.driver(neo4j_server.uri, auth=auth) as driver:
        with driver.session() as session:
            session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS").consume()
        with Record.open(demo_db) as record:
            push_to(record.view(), neo4j_server)
        yield lambda cypher, **given: ask.run(driver, None, cypher, given)


@pytest.fixture(scope="session")
def sparql_demo(demo_db: Path) -> Iterator[Callable[..., sparql.Answer]]:
    """Asks in SPARQL; the store is made with the first question."""
    yield lambda query, form=None, **given: sparql.ask(demo_db, query, given, form=form)
