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
    1/2 where its status is not known.
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
from graph.gaps.viewpoint import LANGS
from graph.messages import say
from graph.network import Network
from graph.network.obliged import lost
from graph.network.source import has_column
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
    """A policy on record. `has` are those of `ASKED` that it says, `state` one of live, ran_out
    (reads as if in force), over (失效) and none."""

    k: int
    status: str | None
    valid_until: str | None
    state: str
    has: tuple[str, ...]


def policies(net: Network) -> list[Policy]:
    """All policies, by id."""
    source, day = net.source, literal(net.as_of)
    parts = [
        f"SELECT k, id, status, valid_from, valid_until, len(instruments) > 0 AS instrument,"
        f" beneficiary IS NOT NULL AS beneficiary FROM {ident('n_' + cls)}"
        for cls in source.schema.ends(("Policy",))
    ]
    rows = source.con.execute(
        f"SELECT p.k, p.status, p.valid_until,"
        f" p.valid_from IS NULL OR p.valid_from <= left({day}, length(p.valid_from)),"
        f" coalesce(p.valid_until < left({day}, length(p.valid_until)), false),"
        f" coalesce(p.instrument, false) OR p.k IN ({_instruments(net)}),"
        f" p.k IN ({_money(net)}), p.beneficiary OR p.k IN ({_receivers(net)})"
        f" FROM ({' UNION ALL BY NAME '.join(parts)}) p JOIN node n USING (k)"
        f" WHERE NOT {placeholder(source)} ORDER BY p.id"
    ).fetchall()
    return [
        Policy(
            k,
            status,
            until,
            _state(status, there, out),
            tuple(name for name, said in zip(ASKED, has, strict=True) if said),
        )
        for k, status, until, there, out, *has in rows
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


def targets(net: Network, seen: list[Policy]) -> dict[int, tuple[int, int]]:
    """Per policy that has run out, how many things it targets, and how many of them nothing in
    force does."""
    keys, live = [p.k for p in seen], [p.state == "live" for p in seen]
    net.source.con.register(
        "gap_wanted", {"k": np.array(keys, np.int64), "live": np.array(live, np.bool_)}
    )
    said = " UNION ".join(
        f"SELECT r.f, r.t, {current(net.source, name, 'r', net.as_of)} AS holds"
        f" FROM {ident('r_' + name)} r"
        for name in TARGETING
    )
    rows = net.source.con.execute(
        f"WITH said AS ({said}),"
        " covered AS (SELECT t FROM said JOIN gap_wanted w ON w.k = f WHERE w.live AND holds)"
        " SELECT f, count(DISTINCT t), count(DISTINCT t) FILTER (t NOT IN (FROM covered))"
        " FROM said JOIN gap_wanted w ON w.k = f WHERE NOT w.live GROUP BY f"
    ).fetchall()
    net.source.con.unregister("gap_wanted")
    return {k: (count, bare) for k, count, bare in rows}


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
            yield replace(_lacking(policy, lacks, asked, least), steps=told)
    aims = targets(net, seen)
    for policy in seen:
        count, bare = aims.get(policy.k, (0, 0))
        share = bare / count if count else 0.0
        if policy.state == "ran_out":
            yield _expired(policy, count, bare, max(share, 0.5))
        elif policy.state == "over" and bare:
            yield _expired(policy, count, bare, share)


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


METHOD = Method("policy-quality", family="absence", version="2", find=_find, chain="policy")
