"""policy-quality: what is asked of a policy and what it lacks, or what it leaves uncovered."""

from collections.abc import Iterator, Mapping, Sequence

from graph.gaps.derivation.arithmetic import calculate
from graph.gaps.method import Clause, Rows, Step
from graph.rows import number


def lacking(
    rows: tuple[Rows, ...],
    live: int,
    part: Mapping[str, float],
    asked: Sequence[str],
    lacks: tuple[Mapping[str, str], int],
    least: float,
) -> Iterator[Step]:
    """How many policies in force say each thing, and which of those asked this one lacks."""
    parts = []
    for name in part:
        count = round(part[name] * live)
        says = {"what": Clause(f"policies.{name}"), "count": count, "live": live}
        told = calculate("share", "{count} / {live}", part[name], count=count, live=live)
        key = "asked" if name in asked else "not-asked"
        parts.append(Step(f"explain-policy.{key}", says, (), (told,)))
    whole = {"live": live, "least": number(least)}
    yield Step("explain-policy.recorded", whole, parts=tuple(parts))
    (named, n), m = lacks, len(asked)
    end = calculate("severity", "{lacks} / {asked}", n / m, lacks=n, asked=m)
    yield Step("explain-policy.lacks", {"lacks": named, "n": n, "m": m}, rows, (end,))


def expired(
    rows: tuple[Rows, ...], until: str, said: bool, count: int, bare: int, severity: float
) -> Iterator[Step]:
    """What it targets, and what of that nothing in force does."""
    key = "over" if said else "ran-out"
    yield Step(f"explain-policy.{key}", {"until": until}, rows)
    says = {"count": count, "bare": bare}
    formula = "{bare} / {count}" if count else "0"
    if not said:
        formula = f"max(0.5, {formula})"
    end = calculate("severity", formula, severity, bare=bare, count=count)
    yield Step("explain-policy.left" if said else "explain-policy.left-least", says, (), (end,))
