"""The questions that come with the program: what a researcher asks of an innovation ecosystem.

One TOML file each, `NN-name.toml`: `title` and `question` in zh and en, `parameters` with their
defaults, `forms` in `cypher` and `sparql`, and `expected`, the answer on the example ecosystem
(`columns`, `rows`; an empty text stands for null). Both forms give the same rows in the same order.
"""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Template
from typing import Any

from graph.errors import UsageError
from graph.names import nearest

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Question:
    """A question in two languages for people and two for engines."""

    number: int
    name: str
    title: dict[str, str]
    question: dict[str, str]
    parameters: dict[str, Any]
    cypher: str
    sparql: str
    columns: list[str]
    rows: list[list[Any]]

    def asked(self, lang: str, parameters: dict[str, Any]) -> str:
        """The question with the values that its parameters have."""
        values = {name: str(value) for name, value in parameters.items()}
        return Template(self.question[lang]).safe_substitute(values)

    def given(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """The parameters, defaults where nothing is given; UsageError for one it has not."""
        for name in parameters:
            if name not in self.parameters:
                known = ", ".join(self.parameters) or "—"
                raise UsageError("questions.parameter", name=name, question=self.name, known=known)
        return self.parameters | parameters


@lru_cache(maxsize=1)
def questions() -> tuple[Question, ...]:
    """All of them, by number.

    >>> [q.name for q in questions()][:1]
    ['single-source']
    """
    return tuple(read(path) for path in sorted(FOLDER.glob("[0-9]*.toml")))


def read(path: Path) -> Question:
    """The question of a file."""
    said = tomllib.loads(path.read_text("utf-8"))
    number, _, name = path.stem.partition("-")
    return Question(
        int(number),
        name,
        said["title"],
        said["question"],
        said.get("parameters", {}),
        said["forms"]["cypher"].strip() + "\n",
        said["forms"]["sparql"].strip() + "\n",
        said["expected"]["columns"],
        said["expected"]["rows"],
    )


def named(asked: str) -> Question:
    """The question of this number or name. UsageError, with the nearest, where there is none.

    >>> named("1").name == named("single-source").name
    True
    """
    every = questions()
    for one in every:
        if asked.strip().casefold() in (str(one.number), f"{one.number:02}", one.name):
            return one
    near = nearest(asked, [one.name for one in every], 3, 0.4)
    if near:
        raise UsageError("questions.unknown_near", name=asked, near=", ".join(near))
    raise UsageError("questions.unknown", name=asked)
