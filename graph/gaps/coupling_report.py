"""What is said of chains that are coupled: the degrees, their bands, and what lags behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from graph.gaps.chain_levels import Levels, Unit, partner, weighted
from graph.gaps.coordination import (
    BANDS,
    band,
    coordination,
    corrected,
    coupling,
    together,
)
from graph.gaps.derivation.coupling import derive
from graph.gaps.method import Action, Ask, Clause, Found, Node, Rows
from graph.network import Network
from graph.network.counterparts import INDUSTRY
from graph.network.helix import Helix, synergy

SHOWN = 3
"""Links without a counterpart that a text names."""


@dataclass(frozen=True)
class Degrees:
    """C, T and D, and C and D as corrected (None for more than three chains)."""

    c: float
    t: float
    d: float
    c_corrected: float | None
    d_corrected: float | None
    decides: float
    """The D that is judged."""

    def values(self) -> dict[str, Any]:
        """As they are given to a program."""
        again = self.d_corrected
        return {
            "c": self.c,
            "t": self.t,
            "d": self.d,
            "band": BANDS[band(self.d)],
            "c_corrected": self.c_corrected,
            "d_corrected": again,
            "band_corrected": None if again is None else BANDS[band(again)],
        }


def judge(ask: Ask, levels: Sequence[float], weights: Sequence[float]) -> Degrees:
    """The degrees of some levels."""
    c, t = coupling(levels), together(levels, weights)
    again = corrected(levels)
    d = coordination(c, t)
    d_again = None if again is None else coordination(again, t)
    first = d_again is not None and ask["coupling.corrected"] > 0
    return Degrees(c, t, d, again, d_again, d_again if first and d_again is not None else d)


def kind_clauses(kinds: Sequence[str]) -> list[Clause]:
    """What the kinds of chain are called; one that is new in the ontology as it is marked."""
    known = ("industry", "innovation", "capital", "policy", "talent")
    return [
        Clause(f"coupling.kind-{k}") if k in known else Clause("coupling.kind", {"kind": k})
        for k in kinds
    ]


def turned(ask: Ask, spin: Helix) -> dict[str, Any] | None:
    """T(u,i,g), where enough things are on record and each of the three takes part in some."""
    if spin.things < ask["coupling.things"] or not all(spin.parts):
        return None
    u, i, g = spin.parts
    cells = {
        "".join(s for s, on in zip("uig", c, strict=True) if on): n
        for c, n in sorted(spin.counts.items())
    }
    return {
        "t": synergy(spin.counts),
        "things": spin.things,
        "university": u,
        "industry": i,
        "government": g,
        "cells": cells,
    }


class Report:
    """Says what is found of the units of one industry chain."""

    def __init__(
        self, net: Network, ask: Ask, levels: Levels, alpha: Mapping[str, float], spin: Helix
    ) -> None:
        self.net, self.ask, self.levels, self.alpha = net, ask, levels, alpha
        self.helix = turned(ask, spin)

    def found(self, unit: Unit, kinds: tuple[str, ...], peers: Sequence[Unit]) -> Found | None:
        """One set of chains in one place; None for a pair that keeps pace."""
        ask, pair = self.ask, len(kinds) == 2
        alpha = [self.alpha[k] for k in kinds]
        u = {k: unit.levels[k].u for k in kinds}
        degrees = judge(ask, list(u.values()), alpha)
        entropy = self.entropy(unit, kinds, peers)
        if ask["coupling.entropy"] > 0 and entropy is not None:
            u = entropy["u"]
            degrees = judge(ask, list(u.values()), alpha)
        weak = degrees.decides < ask["coupling.found"]
        if pair and not weak:
            return None
        lag, lead = (f(kinds, key=lambda k: u[k]) for f in (min, max))
        ends, scope = self._ends(unit, kinds)
        lacking = [Node(int(self.net.links[i])) for i in unit.levels[lag].lacking]
        return Found(
            subject=ends[0],
            object=ends[1],
            severity=1 - degrees.decides if weak else 0.0,
            order=(u[lead] - u[lag],),
            action=Action.STRENGTHEN if u[lag] > 0 else Action.ADD,
            apart="" if pair else "together",
            scope=scope,
            values={
                "kinds": list(kinds),
                "u": u,
                "alpha": dict(zip(kinds, alpha, strict=True)),
                "parts": {k: self._parts(unit, k) for k in kinds},
                "basis": {k: unit.levels[k].year or "counts" for k in kinds},
                **degrees.values(),
                "entropy": entropy,
                "lag": lag,
                "lead": lead,
                "lacking": lacking,
                "links": len(unit.links),
                "fusion": unit.fusion,
                "triple_helix": self.helix if unit.region == ask.region else None,
                "compared": self._compared(unit, kinds, peers),
                **({} if weak else {"view": "advantage"}),
            },
            text="coupling.pair" if pair else "coupling.all",
            says=self._says(unit, kinds, degrees, u, lacking),
            coverage=unit.tied,
            reasons=self._reasons(unit, entropy),
            evidence=self._evidence(unit, ends, lag, lacking),
            steps=partial(derive, self.levels, unit, kinds, alpha, degrees, ask, entropy),
        )

    def _ends(
        self, unit: Unit, kinds: tuple[str, ...]
    ) -> tuple[tuple[int, int | None], dict[str, str]]:
        """The two chains of a pair where both are on record, else the industry chain alone."""
        keys, scope = self.net.chains.keys, {"chains": "-".join(kinds)}
        if unit.region is not None and unit.region != self.ask.region:
            scope["region"] = self.net.places.ids[unit.region]
        both = [partner(self.net, unit.chain, kind) for kind in kinds]
        if len(kinds) > 2 or None in both:
            return (int(keys[unit.chain]), None), scope
        a, b = (int(keys[i]) for i in both if i is not None)
        if kinds[0] != INDUSTRY:
            scope["around"] = self.levels.id_of(unit.chain)
        return (a, b), scope

    def _parts(self, unit: Unit, kind: str) -> dict[str, float]:
        level = unit.levels[kind]
        return dict(zip(level.names, level.parts, strict=True))

    def entropy(
        self, unit: Unit, kinds: tuple[str, ...], peers: Sequence[Unit]
    ) -> dict[str, Any] | None:
        """Levels and D with entropy weights over comparable regions, else over years; None where
        there is no panel."""
        ask, least = self.ask, int(self.ask["coupling.panel"])
        panel = [u for u in peers if u.region != unit.region]
        weights, over = {}, "regions"
        for kind in kinds:
            if unit.region is not None and len(panel) + 1 >= least:
                found, count = weighted([unit, *panel], kind), len(panel) + 1
            else:
                years = self.levels.years(unit, kind)
                found = None if years is None else weighted(years, kind)
                over, count = "years", 0 if years is None else len(years)
            if found is None:
                return None
            weights[kind] = found
        levels = {k: float(weights[k] @ np.array(unit.levels[k].parts)) for k in kinds}
        degrees = judge(ask, list(levels.values()), [self.alpha[k] for k in kinds])
        return {
            "over": over,
            "units": count,
            "weights": {
                k: dict(zip(unit.levels[k].names, weights[k].tolist(), strict=True)) for k in kinds
            },
            "u": levels,
            **degrees.values(),
        }

    def _compared(
        self, unit: Unit, kinds: tuple[str, ...], peers: Sequence[Unit]
    ) -> list[dict[str, Any]]:
        """The regions that this one can be compared with, and their D."""
        alpha = [self.alpha[k] for k in kinds]
        rows = [
            (judge(self.ask, [u.levels[k].u for k in kinds], alpha).decides, u)
            for u in peers
            if u.region != unit.region and unit.region is not None
        ]
        places = self.net.places.regions
        return [
            {"region": Node(int(places[u.region])), "d": d}
            for d, u in sorted(rows, key=lambda row: -row[0])
            if u.region is not None
        ]

    def _says(
        self,
        unit: Unit,
        kinds: tuple[str, ...],
        degrees: Degrees,
        u: Mapping[str, float],
        lacking: Sequence[Node],
    ) -> dict[str, Any]:
        again = degrees.d_corrected
        lag = min(kinds, key=lambda k: u[k])
        place = Node(int(self.net.places.regions[unit.region])) if unit.region is not None else None
        asked = unit.region == self.ask.region
        without = unit.levels[lag].without
        lacks = Clause(
            "coupling.lacking",
            {
                "kind": kind_clauses([lag])[0],
                "count": without,
                "links": len(unit.links),
                "names": list(lacking[:SHOWN]),
                "more": Clause("coupling.more") if without > SHOWN else "",
            },
        )
        named = kind_clauses(kinds)
        levels = [
            Clause("coupling.level-next" if i else "coupling.level", {"kind": c, "u": u[k]})
            for i, (k, c) in enumerate(zip(kinds, named, strict=True))
        ]
        last = len(kinds) - 1
        names = [
            Clause(
                "coupling.name-last"
                if i == last
                else "coupling.name-next"
                if i
                else "coupling.name",
                {"kind": c},
            )
            for i, c in enumerate(named)
        ]
        return {
            "around": Node(int(self.net.chains.keys[unit.chain])),
            "place": "" if asked or place is None else Clause("coupling.place", {"place": place}),
            "kinds": names,
            "d": degrees.d,
            "band": Clause(f"coupling.band-{band(degrees.d)}"),
            "again": ""
            if again is None
            else Clause(
                "coupling.again", {"d": again, "band": Clause(f"coupling.band-{band(again)}")}
            ),
            "levels": levels,
            "lacking": lacks if lacking else "",
            "fusion": Clause("coupling.fusion", {"share": unit.fusion["all"]})
            if "all" in unit.fusion
            else "",
            "helix": Clause("coupling.helix", {"t": self.helix["t"], "n": self.helix["things"]})
            if self.helix is not None and asked
            else "",
        }

    def _reasons(
        self, unit: Unit, entropy: dict[str, Any] | None
    ) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        least, low = int(self.ask["coupling.panel"]), self.ask["coupling.band_high"]
        given = ("coupling.reason-given", {"least": least})
        tied = ("coupling.reason-tied", {"part": unit.tied})
        return tuple(r for r, on in ((tied, unit.tied < low), (given, entropy is None)) if on)

    def _evidence(
        self,
        unit: Unit,
        ends: tuple[int, int | None],
        lag: str,
        lacking: Sequence[Node],
    ) -> tuple[Rows, ...]:
        """What was observed; that the two are aligned; that the links belong to the chain."""
        chain = int(self.net.chains.keys[unit.chain])
        seen = [Rows("Observation", of=k) for level in unit.levels.values() for k in level.rows]
        aligned = []
        if ends[1] is not None:
            for f, t in (ends, ends[::-1]):
                aligned.append(Rows("ALIGNED_WITH", of=f, to=t))
        links = [Rows("PART_OF_CHAIN", of=node.k, to=chain) for node in lacking]
        return (*seen, *aligned, *(links or [Rows("PART_OF_CHAIN", to=chain)]))
