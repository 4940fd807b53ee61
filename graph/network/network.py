"""The network: arrays over links, actors and places, made once per view."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from graph.network import tables
from graph.network.chain import Chains, Edges, chains, edges
from graph.network.groups import Groups, groups
from graph.network.market import Market, market
from graph.network.places import Places, places
from graph.network.ragged import looked_up
from graph.network.ragged import places as places_of
from graph.network.shares import Holding, filled
from graph.network.sizes import localisation_rates, market_sizes, provider_counts
from graph.network.source import Bools, Floats, Ints, Source, bools
from graph.network.supply import Supply, by_actor, by_place

Value = TypeVar("Value")


@dataclass(frozen=True)
class Network:
    """Everything that a method on the chain graph needs.

    `links`, `actors` and `regions` hold node keys by position. `supply` are live provisions of
    actors, `stated` those of places. `requires` runs from a link to its input, `variants` from a
    kind to its parent, `precedes` from a stage to the next, `parts` from a link to its stage.
    `stage` marks links that are stages, `final` those marked as what a chain is for; `size` is a
    link's market in US dollars, `localisation` its 国产化率, NaN where not known; `counted` is how
    many providers it is said to have, named or not, -1 where nothing is said.
    """

    source: Source
    links: Ints
    actors: Ints
    placeholder: Bools
    places: Places
    groups: Groups
    supply: Supply
    stated: Supply
    requires: Edges
    variants: Edges
    precedes: Edges
    parts: Edges
    chains: Chains
    stage: Bools
    final: Bools
    size: Floats
    localisation: Floats
    counted: Ints
    as_of: str

    @classmethod
    def of(
        cls,
        source: Source,
        *,
        as_of: str,
        live_status: tuple[str, ...],
        rates: dict[str, float],
    ) -> "Network":
        """Reads the view. `as_of` is an ISO date: what ended before or begins later is left
        out. `rates` are US dollars for one unit of each currency."""
        tables.number_nodes(source, live_status, as_of)
        links = tables.keys(source, tables.LINK)
        parts = _into_stages(source, as_of)
        found = source.con.execute(
            f"SELECT k, placeholder FROM {tables.ACTOR} ORDER BY i"
        ).fetchnumpy()
        return cls(
            source=source,
            links=links,
            actors=tables.keys(source, tables.ACTOR),
            placeholder=bools(found["placeholder"]),
            places=places(source, as_of),
            groups=groups(source, as_of),
            supply=by_actor(source, as_of),
            stated=by_place(source, as_of),
            requires=edges(source, "REQUIRES", as_of),
            variants=edges(source, "VARIANT_OF", as_of),
            precedes=edges(source, "PRECEDES", as_of),
            parts=parts,
            stage=tables.are_stages(source),
            final=tables.are_final(source, len(links)),
            size=market_sizes(source, len(links), rates),
            localisation=localisation_rates(source, len(links)),
            counted=provider_counts(source, len(links)),
            as_of=as_of,
            chains=chains(source, (parts.f, parts.t), len(links), as_of),
        )

    def __len__(self) -> int:
        """The number of links."""
        return len(self.links)

    def once(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """What `make` gives, worked out once for this network."""
        done: dict[Hashable, Any] = self.__dict__.setdefault("_once", {})
        if key not in done:
            done[key] = make()
        value: Value = done[key]
        return value

    def forget(self, what: str) -> None:
        """Drops what was worked out `once` under keys that begin with `what`."""
        done: dict[Hashable, Any] = self.__dict__.get("_once", {})
        for key in [k for k in done if isinstance(k, tuple) and k[0] == what]:
            del done[key]

    def link_at(self, keys: Ints) -> Ints:
        """Positions of links by node key; -1 for a node that is no link."""
        return looked_up(self.once("link places", lambda: places_of(self.links)), keys)

    def actor_at(self, keys: Ints) -> Ints:
        """Positions of actors by node key; -1 for a node that supplies nothing."""
        return looked_up(self.once("actor places", lambda: places_of(self.actors)), keys)

    @cached_property
    def component(self) -> Ints:
        """The weakly connected component of each link, links of one chain joined."""
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import connected_components

        n = len(self)
        member, chain = self.chains.links_in
        ends = [(e.f, e.t) for e in (self.requires, self.variants, self.precedes, self.parts)]
        ends.append((member, chain + n))
        f, t = (np.concatenate(side) for side in zip(*ends, strict=True))
        size = n + len(self.chains.keys)
        graph: Any = coo_matrix((np.ones(len(f), np.int8), (f, t)), (size, size))
        _, label = connected_components(graph, directed=False)
        return np.asarray(label[:n], dtype=np.int64)

    @cached_property
    def chain_label(self) -> Ints:
        """What counts as one chain: a named one where a link has it, else the only one that is
        named in its component, else its component."""
        named, n = self.chains.of_link, len(self)
        low, high = np.full(n, n, dtype=np.int64), np.full(n, -1, dtype=np.int64)
        said = named >= 0
        np.minimum.at(low, self.component[said], named[said])
        np.maximum.at(high, self.component[said], named[said])
        only = np.where(low == high, low, len(self.chains.keys) + np.arange(n))
        return np.where(said, named, only[self.component])

    @cached_property
    def held(self) -> Holding:
        """What actors supply, with shares completed."""
        return filled(self.supply, self.placeholder[self.supply.who], len(self), self.unnamed)

    @cached_property
    def unnamed(self) -> Ints:
        """How many providers each link is said to have that have no row of their own; where a word
        stands for several ("Various") these may be they: then none."""
        nobody = self.placeholder[self.supply.who]
        own = np.bincount(self.supply.link, minlength=len(self))
        wide = np.bincount(self.supply.link[nobody], minlength=len(self)) > 0
        return np.where(wide, 0, np.maximum(self.counted - own, 0))

    @cached_property
    def market(self) -> Market:
        """What is known of the supply of each link."""
        return market(self)

    def kind(self, link: int) -> str:
        """The kind of chain that `link` is in: industry where nothing is said."""
        chain = self.chains.of_link[link]
        return self.chains.kinds[chain] if chain >= 0 else "industry"

    def within(self, regions: Ints) -> "Network":
        """A copy in which only what lies in `regions` supplies; shares are of what is supplied
        there."""
        inside = np.zeros(len(self.places.regions) + 1, dtype=np.bool_)
        inside[regions] = True
        return replace(
            self,
            supply=self.supply.keep(inside[self.places.region_of[self.supply.who]]).alone(
                len(self)
            ),
            stated=self.stated.keep(inside[self.stated.who]).alone(len(self)),
            counted=np.full(len(self), -1, dtype=np.int64),
        )

    def thinned(self, share: float, seed: tuple[int, int]) -> "Network":
        """A copy without a random `share` of the relations, the same for the same `seed`."""
        rng = np.random.default_rng(seed)

        def some(n: int) -> Bools:
            return rng.random(n) >= share

        return replace(
            self,
            supply=self.supply.keep(some(len(self.supply))),
            stated=self.stated.keep(some(len(self.stated))),
            requires=self.requires.keep(some(len(self.requires))),
            variants=self.variants.keep(some(len(self.variants))),
            precedes=self.precedes.keep(some(len(self.precedes))),
        )


def _into_stages(source: Source, as_of: str) -> Edges:
    """What is part of a stage, whether a record says so with PART_OF or with PART_OF_CHAIN."""
    stage = tables.are_stages(source)
    both = [edges(source, relation, as_of) for relation in ("PART_OF", "PART_OF_CHAIN")]
    pairs = np.unique(np.concatenate([np.stack([e.f, e.t]) for e in both], axis=1), axis=1)
    part, whole = pairs[:, stage[pairs[1]]]
    return Edges(part, whole, np.full(len(part), -1, dtype=np.int64))
