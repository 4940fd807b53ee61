"""stated: what the source's words count, and how many things are said to have the problem."""

from collections.abc import Iterator

from graph.gaps.derivation.arithmetic import SHOWN, calculate, given
from graph.gaps.method import Clause, Node, Rows, Step
from graph.gaps.wording import weighing
from graph.rows import number


def steps(
    k: int, words: str, weight: float, about: list[Node], statements: int, severity: float
) -> Iterator[Step]:
    """From the quote to the severity."""
    word = weighing(words)
    says = {
        "words": words.strip(),
        "word": Clause("explain-stated.word", {"word": word}) if word else "",
        "weight": number(weight),
    }
    rows = (Rows("Problem", of=k), Rows("HAS_PROBLEM", to=k))
    key = "words" if says["words"] else "no-words"
    yield Step(f"explain-stated.{key}", says, rows, (given("w", weight),))
    m = max(len(about), 1)
    more = Clause("stated.more", {"count": len(about)}) if len(about) > SHOWN else ""
    named = {"about": about[:SHOWN], "more": more, "statements": statements, "m": m}
    end = calculate("severity", "1 - (1 - {w})^{m}", severity, w=weight, m=m)
    yield Step("explain-stated.about" if about else "explain-stated.nobody", named, (), (end,))
