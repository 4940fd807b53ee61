"""policy-quality 政策质量: a policy without instrument, money or beneficiary, or run out.

Definition
    Of a policy in force (status 施行 or 修订, or not known, begun and not expired) three things are
    asked: an instrument (`instruments`, or one that a SUPPORTS or FUNDS of it names), money (FUNDS,
    an amount at what it supports or targets, or an amount of a programme or fund that IMPLEMENTS
    it) and a beneficiary (`beneficiary`, or an actor, project or result that it SUPPORTS or FUNDS).
    It is found where it lacks one of those that policies on record have: asked is only what at
    least `policy-quality.recorded` of the policies in force say. A policy that has run out
    (`valid_until` before the day) is found where its status still says that it is in force; one
    with the status 失效 where something that it targets is targeted by no policy in force. Drafts
    and repealed policies (拟定, 征求意见, 废止) are not.
Value
    `lacks`, of instrument, money and beneficiary; `asked`, how many of them are; `expired`;
    `valid_until`; `targets`, what the policy targets, and `uncovered`, those of them that no policy
    in force does. Severity is lacks / asked; of one that has run out uncovered / targets, at least
    0.5 while it reads as if it were in force. 0 to 1.
    Coverage is the share of policies in force that say what it lacks; of one that has run out 1, or
    1/2 where its status is not known. Stability is the share of draws without a tenth of the
    relations of policies in which it is still found.
Not assessed
    A record without policies; what too few of them say; money and beneficiaries where more than
    `absence.lost` of what relates to policies is missing (`graph.network.obliged`).
Needs
    Policy.status, valid_until, instruments and beneficiary; SUPPORTS, FUNDS, TARGETS.
Reference
    After M. Howlett, Designing Public Policies, 2011: instrument, resource and target group.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from graph.gaps.derivation import policy_quality as derivation
from graph.gaps.method import Action, Ask, Clause, Enough, Found, Method, Rows, Unknown
from graph.gaps.stability import Ranks, draws_of, seed
from graph.gaps.viewpoint import LANGS
from graph.messages import say
from graph.network import Network
from graph.network.obliged import lost
from graph.network.source import Bools, Ints, bools, has_column, ints
from graph.network.tables import begun, current, placeholder
from graph.record.sql import ident, literal, literals

IN_FORCE, RAN_OUT = ("施行", "修订"), "失效"
ASKED = {
    "instrument": "Policy.instruments",
    "money": "FUNDS.amount",
    "beneficiary": "Policy.beneficiary",
}
BY_RELATION = ("money", "beneficiary")
"""Those that mostly a relation says: not asked where many relations of policies are missing."""

TARGETING = ("TARGETS", "SUPPORTS", "ADDRESSES")
RECEIVERS = ("Actor", "Project", "Achievement")
"""What can be a beneficiary; a link or an industry is what a policy is about."""


@dataclass(frozen=True)
class Policy:
    """A policy on record. `state` is one of live, ran_out (reads as if in force), over (失效) and
    none; by `ASKED`, `own` is whether it says that itself, `rows` how many relations of it do."""

    k: int
    status: str | None
    valid_until: str | None
    state: str
    own: tuple[bool, ...]
    rows: tuple[int, ...]

    @property
    def has(self) -> list[str]:
        """Those of `ASKED` that are said."""
        said = zip(ASKED, self.own, self.rows, strict=True)
        return [name for name, own, rows in said if own or rows]


def policies(net: Network) -> list[Policy]:
    """All policies, by id."""
    source, day = net.source, literal(net.as_of)
    parts = [
        f"SELECT k, id, status, valid_from, valid_until, len(instruments) > 0 AS instrument,"
        f" beneficiary IS NOT NULL AS beneficiary FROM {ident('n_' + cls)}"
        for cls in source.schema.ends(("Policy",))
    ]
    counts = [
        f"({rows}) r(k) GROUP BY k" for rows in (_instruments(net), _money(net), _receivers(net))
    ]
    joined = " ".join(
        f"LEFT JOIN (SELECT k, count(*) AS n FROM {rows}) r{i} ON r{i}.k = p.k"
        for i, rows in enumerate(counts)
    )
    found = source.con.execute(
        f"SELECT p.k, p.status, p.valid_until,"
        f" p.valid_from IS NULL OR p.valid_from <= left({day}, length(p.valid_from)),"
        f" coalesce(p.valid_until < left({day}, length(p.valid_until)), false),"
        f" coalesce(p.instrument, false), p.beneficiary,"
        f" coalesce(r0.n, 0), coalesce(r1.n, 0), coalesce(r2.n, 0)"
        f" FROM ({' UNION ALL BY NAME '.join(parts)}) p JOIN node n USING (k) {joined}"
        f" WHERE NOT {placeholder(source)} ORDER BY p.id"
    ).fetchall()
    return [
        Policy(k, status, until, _state(status, there, out), (instrument, False, whom), tuple(rows))
        for k, status, until, there, out, instrument, whom, *rows in found
    ]


def _state(status: str | None, there: bool, out: bool) -> str:
    if status == RAN_OUT:
        return "over"
    if not there or (status is not None and status not in IN_FORCE):
        return "none"
    return "ran_out" if out else "live"


def _instruments(net: Network) -> str:
    """Policies of which a relation names the instrument."""
    return " UNION ALL ".join(
        f"SELECT r.f FROM {ident('r_' + name)} r"
        f" WHERE r.instrument IS NOT NULL AND {begun(net.source, name, 'r', net.as_of)}"
        for name in ("SUPPORTS", "FUNDS")
        if has_column(net.source.schema, name, "instrument")
    )


def _money(net: Network) -> str:
    """Policies that pay, or of which an amount is said."""
    source = net.source
    said = [f'SELECT r.f FROM "r_FUNDS" r WHERE {begun(source, "FUNDS", "r", net.as_of)}']
    some = "coalesce({0}.{1}, {0}.{1}_min, {0}.{1}_max) IS NOT NULL"
    said += [
        f"SELECT r.f FROM {ident('r_' + name)} r"
        f" WHERE {some.format('r', 'amount')} AND {begun(source, name, 'r', net.as_of)}"
        for name in TARGETING
    ]
    said += [
        f'SELECT r.t FROM "r_IMPLEMENTS" r JOIN {ident("n_" + cls)} c ON c.k = r.f'
        f" WHERE {some.format('c', column)} AND {begun(source, 'IMPLEMENTS', 'r', net.as_of)}"
        for cls in source.schema.ends(source.schema.relations["IMPLEMENTS"].domain)
        for column in ("amount", "managed_capital", "investment")
        if has_column(source.schema, cls, column)
    ]
    return " UNION ALL ".join(said)


def _receivers(net: Network) -> str:
    """Policies that support or pay somebody."""
    who = literals(net.source.schema.ends(RECEIVERS))
    return " UNION ALL ".join(
        f"SELECT r.f FROM {ident('r_' + name)} r JOIN node o ON o.k = r.t"
        f" WHERE o.class IN {who} AND {begun(net.source, name, 'r', net.as_of)}"
        for name in ("SUPPORTS", "FUNDS")
    )


@dataclass(frozen=True)
class Aims:
    """What policies target: one row per policy (by position), thing (node key) and whether that
    holds today."""

    policy: Ints
    thing: Ints
    holds: Bools

    def counted(self, live: Bools, rows: Bools | None = None) -> tuple[Ints, Ints]:
        """Per policy, in these rows, how many things it targets, and how many of them none of the
        `live` ones does."""
        keep = np.ones(len(self.policy), dtype=np.bool_) if rows is None else rows
        policy, thing, holds = self.policy[keep], self.thing[keep], self.holds[keep]
        width = int(thing.max(initial=0)) + 1
        each = np.unique(policy * width + thing)
        bare = ~np.isin(each % width, thing[holds & live[policy]])
        n = len(live)
        return np.bincount(each // width, minlength=n), np.bincount(
            each[bare] // width, minlength=n
        )


def aims(net: Network, seen: list[Policy]) -> Aims:
    """What these policies target."""
    keys = np.array([p.k for p in seen], dtype=np.int64)
    net.source.con.register("gap_wanted", {"k": keys, "at": np.arange(len(keys))})
    said = " UNION ".join(
        f"SELECT r.f, r.t, {current(net.source, name, 'r', net.as_of)} AS holds"
        f" FROM {ident('r_' + name)} r"
        for name in TARGETING
    )
    found = net.source.con.execute(
        f"SELECT w.at, s.t, s.holds FROM ({said}) s JOIN gap_wanted w ON w.k = s.f ORDER BY ALL"
    ).fetchnumpy()
    net.source.con.unregister("gap_wanted")
    return Aims(ints(found["at"]), ints(found["t"]), bools(found["holds"]))


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    seen = policies(net)
    live = [p for p in seen if p.state == "live"]
    if not seen:
        yield Unknown(("Policy",), text="policies.none", enough=Enough(0, 1, "policies"))
    part = {name: sum(name in p.has for p in live) / max(len(live), 1) for name in ASKED}
    asked = [name for name in ASKED if part[name] >= ask["policy-quality.recorded"]]
    if lost(net, "policy") > ask["absence.lost"]:
        asked = [name for name in asked if name not in BY_RELATION]
    silent = [name for name in ASKED if name not in asked]
    if live and silent:
        most = max(sum(name in p.has for p in live) for name in silent)
        need = math.ceil(ask["policy-quality.recorded"] * len(live))
        yield Unknown(
            tuple(ASKED[name] for name in silent),
            values={"aspects": silent, "policies": len(live)},
            text="policies.silent",
            says={"aspects": _named(silent)},
            enough=Enough(most, need, "policies-saying"),
        )
    targeted = aims(net, seen)
    stable = _stable(net, ask, seen, targeted, asked)
    for policy in live:
        lacks = [name for name in asked if name not in policy.has]
        if lacks:
            least = min(part[name] for name in lacks)
            told = partial(
                derivation.lacking,
                _evidence(policy),
                len(live),
                part,
                asked,
                (_named(lacks), len(lacks)),
                ask["policy-quality.recorded"],
            )
            found = _lacking(policy, lacks, asked, least)
            yield replace(found, steps=told, **stable.said(policy.k))
    for policy, severity, count, bare in _over(seen, targeted):
        yield replace(_expired(policy, count, bare, severity), **stable.said(policy.k))


def _over(
    seen: list[Policy], targeted: Aims, rows: Bools | None = None
) -> Iterator[tuple[Policy, float, int, int]]:
    """Policies that have run out, how severe that is, how many things they target, and how many
    of these nothing in force does."""
    live = np.array([p.state == "live" for p in seen], dtype=np.bool_)
    both = (c.tolist() for c in targeted.counted(live, rows))
    for policy, count, bare in zip(seen, *both, strict=True):
        share = bare / count if count else 0.0
        if policy.state == "ran_out":
            yield policy, max(share, 0.5), count, bare
        elif policy.state == "over" and bare:
            yield policy, share, count, bare


def _stable(net: Network, ask: Ask, seen: list[Policy], targeted: Aims, asked: list[str]) -> Ranks:
    """How often each is still found with a tenth of the relations of policies gone, and in which
    place."""
    ranks, removed = Ranks(), ask["stability.removed"]
    live = [p for p in seen if p.state == "live"]
    shape = (len(live), len(ASKED))
    own = np.array([p.own for p in live], dtype=np.bool_).reshape(shape)
    said = np.array([p.rows for p in live], dtype=np.int64).reshape(shape)
    column = np.array([name in asked for name in ASKED], dtype=np.bool_)
    for draw in range(draws_of(int(said.sum()) + len(targeted.policy) + len(seen), ask)):
        rng = np.random.default_rng((seed(net), draw))
        has = own | (rng.binomial(said, 1 - removed) > 0)
        still = column & (has.sum(axis=0) >= ask["policy-quality.recorded"] * len(live))
        lacks = (~has[:, still]).sum(axis=1)
        found: dict[int, tuple[float, ...]] = {
            live[i].k: (int(lacks[i]) / int(still.sum()),) for i in np.flatnonzero(lacks)
        }
        rows = rng.random(len(targeted.policy)) >= removed
        found |= {p.k: (worth, float(bare)) for p, worth, _, bare in _over(seen, targeted, rows)}
        ranks.add(found)
    return ranks


def _lacking(policy: Policy, lacks: list[str], asked: list[str], part: float) -> Found:
    return Found(
        subject=policy.k,
        severity=len(lacks) / len(asked),
        action=Action.STRENGTHEN,
        values={
            "lacks": lacks,
            "asked": len(asked),
            "expired": False,
            "status": policy.status,
            "valid_until": policy.valid_until,
        },
        text="policies.lacking",
        says={"lacks": _named(lacks)},
        coverage=part,
        reasons=_doubts(policy),
        evidence=_evidence(policy),
    )


def _expired(policy: Policy, count: int, bare: int, severity: float) -> Found:
    says = {"targets": count, "uncovered": bare}
    kind = "said" if policy.state == "over" else "date"
    return Found(
        subject=policy.k,
        severity=severity,
        order=(float(bare),),
        action=Action.STRENGTHEN,
        text="policies.expired",
        values={
            "lacks": [],
            "expired": True,
            "status": policy.status,
            "valid_until": policy.valid_until,
            **says,
        },
        says={
            "how": Clause(f"policies.{kind}", {"until": policy.valid_until or ""}),
            "left": Clause("policies.left", says) if count else "",
        },
        coverage=1.0 if policy.status else 0.5,
        reasons=_doubts(policy),
        evidence=_evidence(policy),
        steps=partial(
            derivation.expired,
            _evidence(policy),
            policy.valid_until or "",
            policy.state == "over",
            count,
            bare,
            severity,
        ),
    )


def _doubts(policy: Policy) -> tuple[tuple[str, dict[str, str]], ...]:
    return () if policy.status else (("policies.reason-status", {}),)


def _named(aspects: list[str]) -> dict[str, str]:
    """What the aspects are called, in each language."""
    return {
        lang: ("、" if lang == "zh" else ", ").join(say(f"policies.{a}", lang) for a in aspects)
        for lang in LANGS
    }


def _evidence(policy: Policy) -> tuple[Rows, ...]:
    return (Rows("Policy", of=policy.k), *(Rows(name, of=policy.k) for name in TARGETING))


METHOD = Method("policy-quality", family="absence", version="3", find=_find, chain="policy")
