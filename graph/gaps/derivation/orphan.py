"""orphan: how long a result has been there unused, or how many of its kind have what one lacks."""

from collections.abc import Iterator, Sequence

from graph.gaps.derivation.arithmetic import SHOWN, calculate
from graph.gaps.method import Node, Rows, Step
from graph.network import Network
from graph.network.source import has_column
from graph.record.sql import ident
from graph.rows import number

DATES = ("granted_on", "completed_on", "filed_on")


def unused(
    net: Network, k: int, cls: str, months: int, least: float, severity: float
) -> Iterator[Step]:
    """From the date of a result to the severity."""
    day = _date(net, k, cls)
    (year, month), (now_year, now_month) = _parts(day), _parts(net.as_of)
    age = calculate(
        "months",
        "({now} - {year}) × 12 + {this} - {month}",
        months,
        now=now_year,
        year=year,
        this=now_month,
        month=month,
    )
    says = {"day": day, "today": net.as_of[:7], "year": year, "month": month}
    says |= {"now": now_year, "this": now_month}
    lines = (Rows(cls, of=k), Rows("DEVELOPS", to=k), Rows("OWNS_IP", to=k))
    yield Step("explain-orphan.since", says, lines, (age,))
    yield Step("explain-orphan.untied")
    end = calculate("severity", "1 - {t} / (2 × {months})", severity, t=least, months=months)
    yield Step("explain-orphan.unused", {"least": number(least)}, calculations=(end,))


def _date(net: Network, k: int, cls: str) -> str:
    columns = [ident(c) for c in DATES if has_column(net.source.schema, cls, c)]
    ((day,),) = net.source.con.execute(
        f"SELECT coalesce({', '.join([*columns, 'NULL'])}) FROM {ident('n_' + cls)} WHERE k = ?",
        [k],
    ).fetchall()
    return str(day)


def _parts(day: str) -> tuple[int, int]:
    """Year and month; a date of which only the year is known is its end."""
    return int(day[:4]), int(day[5:7]) if len(day) >= 7 else 12


def alone(
    kind: str, k: int, cls: str, peers: Sequence[tuple[int, bool]], severity: float
) -> Iterator[Step]:
    """Those of its kind, and how many of them have what this one lacks."""
    yield Step(f"explain-orphan.{kind}", rows=(Rows(cls, of=k),))
    with_it = [key for key, has in peers if has]
    n, m = len(peers), len(with_it)
    says = {
        "peers": n,
        "with": m,
        "names": [Node(key) for key in with_it[:SHOWN]],
    }
    end = calculate("severity", "{with_it} / {peers}", severity, with_it=m, peers=n)
    more = "peers" if m <= SHOWN else "peers-more"
    yield Step(f"explain-orphan.{more}", says, calculations=(end,))
