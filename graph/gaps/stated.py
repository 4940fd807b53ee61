"""stated 存在问题: a weak link that a source states in words, with its quote.

Definition
    A Problem is found where a source says that something HAS_PROBLEM and that still holds (no
    `end` before the day of the run, no mere plan), or where the source names the problem without
    saying whose it is. One that was solved (ADDRESSES with outcome 攻克) or of which every
    statement has ended is not found. A placeholder (若干企业) that has it is nobody.
Value
    `quote`, the words of the source; `about`, what has the problem; `statements`, how often it is
    said; `addressed_by`, what works on it (ADDRESSES, TARGETS, SUPPORTS; drafts, ended and closed
    things left out). Severity is 1 − (1 − w)ᵐ for m things that have it (at least 1): w is 0.75
    where the source's words are strong (严重, 突出, 亟需 …), 0.25 where they are mild, else 0.5.
    It counts how widely a problem is stated, not how bad it is in the world.
    The chain is that of what it is about: of links and chains their own, of other things that of
    their class; of firms and regions, which are in every chain, the one that the words name, else
    industry. The action follows the words: 补链 where something lacks, 固链 where something hangs
    on others, else 强链.
    Coverage is 1/2 for a quote and 1/2 for what it is about.
Not assessed
    A record without any Problem.
Needs
    Problem.quote, HAS_PROBLEM.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from graph.gaps.derivation import stated as derivation
from graph.gaps.method import Action, Ask, Clause, Enough, Found, Method, Node, Rows, Unknown
from graph.gaps.stability import Ranks, draws_of, seed
from graph.gaps.wording import chain_of_words, strength, work
from graph.network import Network
from graph.network.chain import chain_kind
from graph.network.source import Source, has_column
from graph.network.tables import current, placeholder
from graph.record.sql import ident, literals

CHAIN_OF = {
    "Industry": "industry",
    "Investor": "capital",
    "Fund": "capital",
    "FundingRound": "capital",
    "Grant": "capital",
    "Policy": "policy",
    "Programme": "policy",
    "Initiative": "policy",
    "Mechanism": "policy",
    "Person": "talent",
    "University": "innovation",
    "ResearchInstitute": "innovation",
    "Platform": "innovation",
    "Consortium": "innovation",
    "Team": "innovation",
    "Achievement": "innovation",
    "Challenge": "innovation",
}
"""What a problem of a thing counts for, by its class or the nearest one above; links and chains
say it themselves, and firms, regions and the like are in every chain."""

WORKING = ("ADDRESSES", "TARGETS", "SUPPORTS")
SOLVED, FAILED = "攻克", "未攻克"
IDLE = ("拟定", "征求意见", "失效", "废止", "终止", "停产")
"""A policy, project or programme with such a status does nothing today."""


@dataclass
class Stated:
    """What is said of one problem; `about` and `works` are (key, class), in the order of ids."""

    k: int
    name: str
    quote: str | None
    wording: str | None
    about: list[tuple[int, str]] = field(default_factory=list)
    works: list[tuple[int, str]] = field(default_factory=list)
    statements: int = 0
    over: int = 0
    solved: bool = False


def problems(net: Network) -> list[Stated]:
    """All problems on record, in the order of ids."""
    source, con = net.source, net.source.con
    parts = " UNION ALL BY NAME ".join(
        f"SELECT k, id, name, name_en, quote, stated_severity FROM {ident('n_' + cls)}"
        for cls in source.schema.ends(("Problem",))
    )
    seen = {
        k: Stated(k, name or name_en or "", quote, wording)
        for k, name, name_en, quote, wording in con.execute(
            f"SELECT k, name, name_en, quote, stated_severity FROM ({parts}) ORDER BY id"
        ).fetchall()
    }
    for f, t, cls, quote, nobody, holds in con.execute(
        f"SELECT r.f, r.t, n.class, r.quote, {placeholder(source)},"
        f" {current(source, 'HAS_PROBLEM', 'r', net.as_of)}"
        f' FROM "r_HAS_PROBLEM" r JOIN node n ON n.k = r.f ORDER BY n.id, r.source, r.file, r.line'
    ).fetchall():
        _say(seen[t], None if nobody else (f, cls), quote, bool(holds))
    for f, t, cls, solved in _working(net):
        seen[t].solved |= bool(solved)
        if (f, cls) not in seen[t].works:
            seen[t].works.append((f, cls))
    return list(seen.values())


def _say(problem: Stated, about: tuple[int, str] | None, quote: str | None, holds: bool) -> None:
    if not holds:
        problem.over += 1
        return
    problem.statements += 1
    problem.quote = problem.quote or quote
    if about is not None and about not in problem.about:
        problem.about.append(about)


def _working(net: Network) -> Sequence[tuple[int, int, str, bool]]:
    """Who works on which problem: key, problem, class, and whether it is solved."""
    source = net.source
    parts = []
    for name in WORKING:
        outcome = "r.outcome" if has_column(source.schema, name, "outcome") else "NULL"
        parts.append(
            f"SELECT r.f, r.t, n.class, n.id, coalesce({outcome} = '{SOLVED}', false) AS solved"
            f" FROM {ident('r_' + name)} r JOIN node n ON n.k = r.f JOIN node p ON p.k = r.t"
            f" WHERE p.class IN {literals(source.schema.subclasses('Problem'))}"
            f" AND coalesce({outcome} <> '{FAILED}', true)"
            f" AND (coalesce({outcome} = '{SOLVED}', false)"
            f" OR ({current(source, name, 'r', net.as_of)} AND r.f NOT IN ({_idle(source, name)})))"
        )
    found = source.con.execute(
        f"SELECT f, t, class, solved FROM ({' UNION ALL '.join(parts)}) ORDER BY id, f, t"
    )
    return found.fetchall()


def _idle(source: Source, relation: str) -> str:
    """Those of the first ends of a relation that do nothing today."""
    classes = source.schema.ends(source.schema.relations[relation].domain)
    parts = (
        f"SELECT k FROM {ident('n_' + cls)} WHERE status IN {literals(IDLE)}"
        for cls in classes
        if has_column(source.schema, cls, "status")
    )
    return " UNION ALL ".join(["SELECT -1", *parts])


def _chain(net: Network, problem: Stated) -> str:
    """The kind of chain: that of the most specific things it is about, else what the words say."""
    schema = net.source.schema
    keys = np.array([k for k, _ in problem.about], dtype=np.int64)
    said = [net.kind(int(i)) for i in net.link_at(keys) if i >= 0]
    above = [(cls, *schema.classes[cls].ancestors) for _, cls in problem.about]
    said += [chain_kind(schema, line[0]) for line in above if "Chain" in line]
    if not said:
        said = [next((CHAIN_OF[c] for c in line if c in CHAIN_OF), "") for line in above]
        said = [chain for chain in said if chain]
    if not said:
        return chain_of_words(f"{problem.name} {problem.quote or ''}") or "industry"
    counts = Counter(said)
    return min(counts, key=lambda chain: (-counts[chain], said.index(chain)))


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    seen = problems(net)
    if not seen:
        enough = Enough(0, 1, "problems")
        yield Unknown(("Problem", "HAS_PROBLEM"), text="stated-none", enough=enough)
    open_now = [p for p in seen if (p.statements or not p.over) and not p.solved]
    places = _ranks(net, ask, open_now)
    for problem in open_now:
        yield replace(_found(net, problem), rank_range=places.range(problem.k))


def _ranks(net: Network, ask: Ask, open_now: list[Stated]) -> Ranks:
    """Where the problems stand with a tenth of what has them gone; all of them stay."""
    places = Ranks()
    weight = np.array([strength(f"{p.wording or ''} {p.quote or ''}") for p in open_now])
    about = np.array([len(p.about) for p in open_now], dtype=np.int64)
    said = np.array([p.statements for p in open_now], dtype=np.int64)
    works = [float(len(p.works)) for p in open_now]
    for draw in range(draws_of(int(said.sum()), ask)):
        rng = np.random.default_rng((seed(net), draw))
        left = rng.binomial(about, 1 - ask["stability.removed"])
        severity = (1 - (1 - weight) ** np.maximum(left, 1)).tolist()
        statements = np.maximum(said - (about - left), 0).tolist()
        orders = zip(severity, statements, [-w for w in works], strict=True)
        places.add({p.k: order for p, order in zip(open_now, orders, strict=True)})
    return places


def _found(net: Network, problem: Stated) -> Found:
    words = f"{problem.wording or ''} {problem.quote or ''}"
    weight = strength(words)
    about, works = ([Node(k) for k, _ in part] for part in (problem.about, problem.works))
    lacking = {"stated.reason-no-quote": problem.quote, "stated.reason-no-subject": about}
    return Found(
        subject=problem.k,
        severity=1 - (1 - weight) ** max(len(about), 1),
        order=(float(problem.statements), -float(len(works))),
        action=Action(work(f"{problem.name} {problem.quote or ''}")),
        chain=_chain(net, problem),
        values={
            "quote": problem.quote,
            "about": about,
            "statements": problem.statements,
            "stated_severity": problem.wording,
            "addressed_by": works,
        },
        says={
            "about": Clause("stated.about", {"about": about[:SHOWN], "more": _more(len(about))})
            if about
            else "",
            "quote": Clause("stated.quote", {"quote": problem.quote}) if problem.quote else "",
            "works": Clause("stated.works", {"works": works[:SHOWN], "more": _more(len(works))})
            if works
            else Clause("stated.no-works"),
        },
        coverage=(bool(problem.quote) + bool(about)) / 2,
        reasons=tuple((key, {}) for key, there in lacking.items() if not there),
        evidence=(Rows("HAS_PROBLEM", to=problem.k), Rows("Problem", of=problem.k)),
        candidates=tuple({"id": node} for node in works[:SHOWN]),
        steps=partial(
            derivation.steps,
            problem.k,
            words,
            weight,
            about,
            problem.statements,
            1 - (1 - weight) ** max(len(about), 1),
        ),
    )


SHOWN = 3
"""Names said in a text; all of them are in the values."""


def _more(count: int) -> Clause | str:
    return Clause("stated.more", {"count": count}) if count > SHOWN else ""


METHOD = Method("stated", family="stated", version="1", find=_find)
