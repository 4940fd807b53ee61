"""policy-coverage 政策覆盖: a link of a chain that no policy in force targets.

Definition
    A policy targets a link by TARGETS, SUPPORTS or ADDRESSES: the link itself, what it is a kind
    of (VARIANT_OF) or the stage that it is part of. In force is a policy whose status is 施行 or
    修订, or not known, that has begun and not expired (`valid_from`, `valid_until`), with a
    relation that is no plan and has not ended; 拟定, 征求意见, 失效 and 废止 do not count. A policy
    that targets the whole chain, or its industry, says nothing of the link: the link is found, less
    severely. A Problem is found in the same way, as one that no policy in force targets or
    addresses.
Value
    `depth`: none, or mentioned where only the whole chain or its industry is targeted (a link with
    a clause of its own, or for which money was paid, is not found); `policies`, those in force that
    target the link, always 0; `not_in_force`, those that do and are not; `levels`, of the policies
    that target the whole chain (国家, 省, 市, 区). Severity is 0.3 + 0.7 s, halved where mentioned,
    with s the share of its chain's final output that is lost without the link: 0.15 to 1. For a
    Problem s is that of the worst link that has it. Coverage is the share of the links of its
    chain that any policy on record targets, in force or not; of the problems, for a Problem.
    Stability is the share of draws without a tenth of what policies target in which it is still
    found: with fewer relations a gap stays a gap, but others join it, and a chain of which nothing
    is left is not assessed; s stays as it is. The work is 补链 for a link that nobody provides, in
    a chain of which `missing-stage.coverage` of the links name a provider.
Not assessed
    Links of a chain of which no policy on record targets any link; problems, where no policy on
    record targets one: there policies were not recorded rather than not made. All of them, where so
    many relations of policies are missing (`graph.network.obliged`) that more than `absence.false`
    of the links without one will have lost theirs. A link outside any
    named chain is in that of all that it hangs together with; a link that nothing hangs on and
    that hangs on nothing is in no chain.
Needs
    TARGETS, SUPPORTS or ADDRESSES from Policy; Policy.status, Policy.valid_until.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from graph.gaps.derivation import policy_coverage as derivation
from graph.gaps.loss import losses
from graph.gaps.method import Action, Ask, Clause, Enough, Found, Knock, Method, Rows, Unknown
from graph.gaps.scarcity import coverage, covered
from graph.gaps.stability import Drawn, draws_of, seed
from graph.network import Network
from graph.network.impact import Engine
from graph.network.obliged import false_nones, lost
from graph.network.source import Bools, Floats, Ints
from graph.network.tables import current
from graph.record.sql import ident, literal, literals

RELATIONS = ("TARGETS", "SUPPORTS", "ADDRESSES")
IN_FORCE = ("施行", "修订")
LEVELS = ("国家", "省", "市", "区")


@dataclass(frozen=True)
class Aim:
    """That a policy targets something, by node keys; `known`: whether its status is."""

    policy: int
    target: int
    relation: str
    in_force: bool
    known: bool
    level: str | None


def aims(net: Network) -> list[Aim]:
    """Everything that policies target, by the ids of the policies and then of their targets."""
    schema, day = net.source.schema, literal(net.as_of)
    policies = " UNION ALL BY NAME ".join(
        f"SELECT k, id, status, level, valid_from, valid_until FROM {ident('n_' + cls)}"
        for cls in schema.subclasses("Policy")
    )
    parts = [
        f"SELECT r.f, r.t, {literal(name)} AS relation,"
        f" {current(net.source, name, 'r', net.as_of)} AS holds FROM {ident('r_' + name)} r"
        for name in RELATIONS
    ]
    rows = net.source.con.execute(
        f"SELECT p.k, r.t, r.relation, bool_or(r.holds"
        f" AND (p.status IS NULL OR p.status IN {literals(IN_FORCE)})"
        f" AND (p.valid_from IS NULL OR p.valid_from <= left({day}, length(p.valid_from)))"
        f" AND (p.valid_until IS NULL OR p.valid_until >= left({day}, length(p.valid_until)))),"
        f" p.status IS NOT NULL, p.level"
        f" FROM ({policies}) p JOIN ({' UNION ALL '.join(parts)}) r ON r.f = p.k"
        f" JOIN node n ON n.k = r.t GROUP BY p.k, p.id, r.t, n.id, r.relation, p.status, p.level"
        f" ORDER BY p.id, n.id, r.relation"
    ).fetchall()
    return [Aim(*row) for row in rows]


class Coverage:
    """Which links policies reach, by position, and which problems, by node key."""

    def __init__(self, net: Network) -> None:
        self.net = net
        self.aims = aims(net)
        self.at = net.link_at(np.array([a.target for a in self.aims], dtype=np.int64))
        self.of: dict[int, list[Aim]] = {}
        for aim in self.aims:
            self.of.setdefault(aim.target, []).append(aim)
        self.every = np.ones(len(self.aims), dtype=np.bool_)
        self.live = np.array([a.in_force for a in self.aims], dtype=np.bool_)
        self.in_force = self.reached(self.live)
        self.group, self.linked = _groups(net)
        self.industries = _industries(net)
        self.part = self._part(self.every)

    def _part(self, rows: Bools) -> Floats:
        """Per link, the share of the links of its chain that `rows` of the aims reach."""
        size = np.bincount(self.group)
        marked = np.bincount(self.group[self.reached(rows)], minlength=len(size))
        return np.asarray((marked / np.maximum(size, 1))[self.group], dtype=np.float64)

    def severity(self, share: Floats, rows: Bools) -> Floats:
        """Of links that none of these aims in force reaches, where any reach links of the chain;
        `share` is what is lost without each link."""
        found = self.linked & (self._part(rows) > 0) & ~self.reached(rows & self.live)
        half = np.where(self.widely(rows), 0.5, 1.0)
        return np.where(found, _weighed(share) * half, 0.0)

    def reached(self, rows: Bools) -> Bools:
        """Links that these target themselves or through what they are a kind or a part of."""
        marked = np.zeros(len(self.net), dtype=np.bool_)
        marked[self.at[rows & (self.at >= 0)]] = True
        for _ in range(len(self.net)):
            more = marked.copy()
            for edges in (self.net.variants, self.net.parts):
                more[edges.f[marked[edges.t]]] = True
            if np.array_equal(more, marked):
                break
            marked = more
        return marked

    def counts(self) -> Ints:
        """How many policies in force target each link itself."""
        rows = (self.at >= 0) & self.live
        return np.bincount(self.at[rows], minlength=len(self.net)).astype(np.int64)

    def above(self, link: int) -> list[int]:
        """The link and all that it is a kind or a part of, by position."""
        seen = [link]
        for one in seen:
            for edges in (self.net.variants, self.net.parts):
                seen.extend(i for i in edges.t[edges.f == one].tolist() if i not in seen)
        return seen

    def void(self, keys: list[int]) -> list[Aim]:
        """What targets one of these: of what is found, only what is not in force."""
        return [a for k in keys for a in self.of.get(k, [])]

    def wide(self, link: int) -> list[Aim]:
        """What is in force and targets a chain that the link is in, or its industry."""
        chains = self.net.chains
        member, chain = chains.links_in
        inside = {*chain[member == link].tolist(), int(chains.of_link[link])} - {-1}
        return [a for i in sorted(inside) for a in self._whole(int(chains.keys[i]))]

    def _whole(self, chain: int) -> list[Aim]:
        keys = (chain, *self.industries.get(chain, ()))
        return [a for k in keys for a in self.of.get(k, []) if a.in_force]

    def widely(self, rows: Bools) -> Bools:
        """Links of a chain that one of these aims, in force, targets as a whole."""
        chains = self.net.chains
        aimed = {self.aims[i].target for i in np.flatnonzero(rows & self.live).tolist()}
        whole = np.array(
            [not aimed.isdisjoint((k, *self.industries.get(k, ()))) for k in chains.keys.tolist()]
            + [False],
            dtype=np.bool_,
        )
        marked = whole[chains.of_link]
        member, chain = chains.links_in
        marked[member[whole[chain]]] = True
        return marked


def _industries(net: Network) -> dict[int, list[int]]:
    """The industries of each chain and those that contain them, by node keys, in order of ids."""
    source = net.source
    classes = literals(source.schema.subclasses("Industry"))
    rows = source.con.execute(
        f'WITH RECURSIVE wide(chain, k) AS (SELECT r.f, r.t FROM "r_IN_INDUSTRY" r'
        f" JOIN node c ON c.k = r.f AND c.class IN {literals(source.schema.subclasses('Chain'))}"
        f" WHERE {current(source, 'IN_INDUSTRY', 'r', net.as_of)}"
        f' UNION SELECT w.chain, r.t FROM wide w JOIN "r_PART_OF" r ON r.f = w.k'
        f" JOIN node i ON i.k = r.t AND i.class IN {classes}"
        f" WHERE {current(source, 'PART_OF', 'r', net.as_of)})"
        " SELECT w.chain, w.k FROM wide w JOIN node n USING (k) ORDER BY w.chain, n.id"
    ).fetchall()
    found: dict[int, list[int]] = {}
    for chain, k in rows:
        found.setdefault(chain, []).append(k)
    return found


def _groups(net: Network) -> tuple[Ints, Bools]:
    """The chain that each link counts for, and whether anything hangs together with it."""
    label = net.chain_label
    loose = net.chains.of_link < 0
    alone = np.bincount(net.component)[net.component] == 1
    named = np.full(int(net.component.max(initial=0)) + 1, -1, dtype=np.int64)
    for link in np.flatnonzero(~loose)[::-1].tolist():
        named[net.component[link]] = label[link]
    joined = named[net.component]
    return np.where(loose & (joined >= 0), joined, label), ~(loose & alone)


def _losses(net: Network, ask: Ask, found: Bools, others: Bools) -> Floats:
    """The share of its chain's final output that is lost with each link, itself counted: of those
    `found` first, then of `others`, which may be with less on record."""
    engine = Engine(net)
    users = np.bincount(net.requires.t, minlength=len(net)).astype(np.float64)
    first = np.where(found, 1 + users.max(initial=0.0), 0.0)
    worth = losses(net, ask, np.where(found | others, first + 1 + users, 0.0), counted=False).worth
    own = np.bincount(engine.chain.outputs, engine.chain.worth, len(net))
    total = np.maximum(engine.total()[net.component], 1e-12)
    return np.clip(worth + own, 0, total) / total


def _weighed(share: Floats) -> Floats:
    return np.asarray(0.3 + 0.7 * share)


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    seen = Coverage(net)
    if not len(seen.aims):
        enough = Enough(0, 1, "policies-links")
        yield Unknown(("TARGETS",), text="policy-coverage-none", enough=enough)
        return
    assessed = seen.linked & (seen.part > 0)
    found = assessed & ~seen.in_force
    part = lost(net, "policy")
    gone = false_nones(seen.counts(), part)
    if gone > ask["absence.false"] * max(int(found.sum()), 1):
        says = {"lost": part, "count": int(found.sum()), "gone": gone}
        yield Unknown(("TARGETS",), values=says, text="policy-coverage-lost", says=says)
        return
    problems = _problems_of(net)
    held = net.link_at(np.array([k for by in problems.values() for k in by], dtype=np.int64))
    found |= np.isin(np.arange(len(net)), held)
    share = _losses(net, ask, found, assessed)
    severity = seen.severity(share, seen.every)
    stable = _stable(seen, ask, problems, share)
    has = covered(net)
    absent = ~has & (coverage(net, has) >= ask["missing-stage.coverage"])
    for link in ask.leading(severity):
        gap = _link(seen, link, float(severity[link]), bool(absent[link]))
        yield replace(gap, **stable.said(link))
    for link in np.flatnonzero(seen.linked & (seen.part == 0)).tolist():
        yield Unknown(
            ("TARGETS",),
            subject=int(net.links[link]),
            text="policy-coverage-thin",
            enough=Enough(0, 1, "policies-chain"),
        )
    yield from _problems(seen, problems, share, stable)


def _stable(seen: Coverage, ask: Ask, problems: dict[int, list[int]], share: Floats) -> Drawn:
    """How often each is still found with a tenth of what policies target gone, and in which place:
    links, then problems."""
    drawn, net = Drawn(), seen.net
    worst = np.array([_worst(net, share, by)[1] for by in problems.values()], dtype=np.float64)
    target = np.array([a.target for a in seen.aims], dtype=np.int64)
    keys = np.array(list(problems), dtype=np.int64)
    for draw in range(draws_of(len(seen.aims) + len(net), ask)):
        rows = np.random.default_rng((seed(net), draw)).random(len(target))
        left = rows >= ask["stability.removed"]
        bare = ~np.isin(keys, target[left & seen.live]) & np.isin(keys, target[left]).any()
        stated = np.where(bare, _weighed(worst), 0.0)
        drawn.add(np.concatenate([seen.severity(share, left), stated]))
    return drawn


def _worst(net: Network, share: Floats, holders: list[int]) -> tuple[int, float]:
    """The link, of those that have a problem, without which most is lost (-1: none), and how
    much."""
    at = net.link_at(np.array(holders, dtype=np.int64))
    at = at[at >= 0]
    return (int(at[np.argmax(share[at])]), float(share[at].max())) if len(at) else (-1, 0.0)


def _link(seen: Coverage, link: int, severity: float, absent: bool) -> Found:
    k = int(seen.net.links[link])
    void = seen.void([int(seen.net.links[i]) for i in seen.above(link)])
    wide = seen.wide(link)
    count = len({a.policy for a in void})
    levels = {a.level for a in wide}
    return Found(
        subject=k,
        severity=severity,
        action=Action.ADD if absent else Action.STRENGTHEN,
        values={
            "depth": "mentioned" if wide else "none",
            "policies": 0,
            "not_in_force": count,
            "levels": [name for name in LEVELS if name in levels],
        },
        says={
            "void": Clause("absence.policy-void", {"count": count}) if count else "",
            "whole": Clause("absence.policy-chain") if wide else "",
        },
        coverage=float(seen.part[link]),
        reasons=_doubts(wide),
        evidence=(*_lines(void), *_lines(wide), Rows("PART_OF_CHAIN", of=k), Rows("PART_OF", of=k)),
        knock=Knock(links=(k,)),
        steps=partial(
            derivation.link_steps,
            seen.net,
            link,
            tuple(_lines(void)),
            tuple(_lines(wide)),
            (count, len({a.policy for a in wide})),
            severity,
        ),
    )


def _doubts(wide: list[Aim]) -> tuple[tuple[str, dict[str, str]], ...]:
    if wide and not any(a.known for a in wide):
        return (("absence.policy-status", {}),)
    return ()


def _lines(said: list[Aim]) -> Iterator[Rows]:
    """What says that these policies target it, and where they are described."""
    for aim in said:
        yield Rows(aim.relation, of=aim.policy, to=aim.target)
    for policy in dict.fromkeys(a.policy for a in said):
        yield Rows("Policy", of=policy)


def _problems_of(net: Network) -> dict[int, list[int]]:
    """All problems and what has them today, by node keys, in the order of their ids."""
    held: dict[int, list[int]] = {}
    for problem, holder in net.source.con.execute(
        'SELECT n.k, r.f FROM node n LEFT JOIN "r_HAS_PROBLEM" r ON r.t = n.k'
        f" AND {current(net.source, 'HAS_PROBLEM', 'r', net.as_of)}"
        f" WHERE n.class IN {literals(net.source.schema.subclasses('Problem'))} ORDER BY n.id, r.f"
    ).fetchall():
        held.setdefault(problem, []).extend([] if holder is None else [holder])
    return held


def _problems(
    seen: Coverage, held: dict[int, list[int]], share: Floats, stable: Drawn
) -> Iterator[Found | Unknown]:
    """Problems that no policy in force targets, where policies target any."""
    targeted = [k for k in held if k in seen.of]
    for place, (k, holders) in enumerate(held.items(), len(seen.net)):
        if not targeted:
            enough = Enough(0, 1, "policies-problem")
            yield Unknown(("TARGETS",), subject=k, text="policy-coverage-problems", enough=enough)
        elif not any(a.in_force for a in seen.of.get(k, [])):
            first, worst = _worst(seen.net, share, holders)
            void = seen.void([k])
            count = len({a.policy for a in void})
            yield Found(
                subject=k,
                severity=0.3 + 0.7 * worst,
                text="policy-coverage-problem",
                action=Action.STRENGTHEN,
                values={"depth": "none", "policies": 0, "not_in_force": count, "levels": []},
                says={"void": Clause("absence.policy-void", {"count": count}) if count else ""},
                coverage=len(targeted) / len(held),
                **stable.said(place),
                evidence=(*_lines(void), Rows("HAS_PROBLEM", to=k), Rows("Problem", of=k)),
                steps=partial(
                    derivation.problem_steps,
                    seen.net,
                    k,
                    tuple(_lines(void)),
                    count,
                    first,
                    0.3 + 0.7 * worst,
                ),
            )


METHOD = Method("policy-coverage", family="absence", version="3", find=_find, chain="policy")
