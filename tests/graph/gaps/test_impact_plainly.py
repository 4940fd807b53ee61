"""The knock-out, against the same written plainly with NetworkX, on random AND/OR graphs."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.gaps.runner import LIVE_STATUS
from graph.gaps.settings import Settings
from graph.gaps.whatif.supply import fall
from graph.network import Network
from graph.network.impact import WHOLE, Engine, Gone

LINKS = [f"L{i}" for i in range(7)]
FIRMS = [f"F{i}" for i in range(4)]
TABLES = ("REQUIRES", "VARIANT_OF", "PROVIDES")

link = st.integers(0, len(LINKS) - 1)
alone = st.sets(st.tuples(link, link, st.none()), max_size=6)
alternatives = st.lists(
    st.tuples(link, st.sets(link, min_size=2, max_size=3), st.sampled_from("gh")), max_size=4
)
requires = st.tuples(alone, alternatives).map(
    lambda both: both[0] | {(f, t, group) for f, several, group in both[1] for t in several}
)
variants = st.sets(st.tuples(link, link), max_size=3)
provides = st.dictionaries(
    st.tuples(st.integers(0, len(FIRMS) - 1), link), st.integers(1, 50), max_size=12
)
sizes = st.lists(st.sampled_from([None, 1.0, 2.0, 5.0]), min_size=7, max_size=7)
chosen = st.tuples(st.sets(st.integers(0, 3)), st.sets(link, max_size=2))


@pytest.fixture(scope="module")
def view(toy_session):
    made = toy_session()
    made.add("Product", *LINKS).add("Firm", *FIRMS)
    yield made
    made.con.close()


def written(view, needs, kinds, supply, size):
    """The view with these relations; a percentage is a share of a quarter of the market."""
    for table in TABLES:
        view.con.execute(f'DELETE FROM "r_{table}"')
    for i, value in enumerate(size):
        view.con.execute('UPDATE "n_Product" SET market_size = ? WHERE id = ?', [value, LINKS[i]])
    for f, t, group in sorted(needs, key=str):
        if f != t:
            view.link("REQUIRES", LINKS[f], LINKS[t], group=group)
    for f, t in sorted(kinds):
        if f != t:
            view.link("VARIANT_OF", LINKS[f], LINKS[t])
    for (firm, of), share in sorted(supply.items()):
        view.link("PROVIDES", FIRMS[firm], LINKS[of], share=share / 100)
    return Network.of(view, as_of="2026-01-01", live_status=LIVE_STATUS, rates=Settings().rates())


class Plain:
    """Groups, rings and losses from the definition, with dictionaries and sets."""

    def __init__(self, needs, kinds, supply, size):
        self.size = dict(enumerate(size))
        self.supply = supply
        self.kinds = {(f, t) for f, t in kinds if f != t}
        supplied = {of for _, of in supply}
        while more := {t for f, t in self.kinds if f in supplied} - supplied:
            supplied |= more
        groups = {(f, t) if g is None else (f, g): set() for f, t, g in needs if f != t}
        for f, t, g in needs:
            if f != t:
                groups[(f, t) if g is None else (f, g)].add(t)
        owned = {of for _, of in supply}
        for parent in {t for _, t in self.kinds}:
            own = {("own", parent)} if parent in owned else set()
            groups[parent, "kinds"] = {f for f, t in self.kinds if t == parent} | own
        had = supplied | {("own", parent) for parent in owned}
        while True:
            met = {
                of
                for of in range(len(LINKS))
                if (mine := [m for (f, _), m in groups.items() if f == of])
                and all(m & had for m in mine)
            }
            if met <= had:
                break
            had |= met
        self.groups = [
            (f, frozenset(m & had if len(m) > 1 and m & had else m)) for (f, _), m in groups.items()
        ]
        nodes = [*range(len(LINKS)), *(("own", p) for p in owned)]
        single = nx.DiGraph()
        single.add_nodes_from(nodes)
        single.add_edges_from((f, next(iter(m))) for f, m in self.groups if len(m) == 1)
        self.ring = {
            n: min(c, key=str) for c in nx.strongly_connected_components(single) for n in c
        }
        self.members = {}
        for node, ring in self.ring.items():
            self.members.setdefault(ring, set()).add(node)
        self.needs = []
        for f, m in self.groups:
            inside = {self.ring[n] for n in m}
            if self.ring[f] not in inside:
                self.needs.append((self.ring[f], m))

    def weight(self, group):
        value = {}
        for node in group:
            known = [self.size.get(n) for n in self.members[self.ring[node]]]
            known = [v for v in known if v is not None]
            value[node] = sum(known) if known else None
        usual = [v for v in value.values() if v is not None]
        usual = sum(usual) / len(usual) if usual else 1.0
        value = {n: usual if v is None else v for n, v in value.items()}
        return {n: v / sum(value.values()) for n, v in value.items()}

    def left(self, firms, links):
        """What is left of each link in part, and which are lost, all or nothing."""
        x = dict.fromkeys(self.members, 1.0)
        heads = {t for _, t in self.kinds}
        for of in range(len(LINKS)):
            rows = {f: s / 100 for (f, o), s in self.supply.items() if o == of}
            total = max(sum(rows.values()), 1.0)
            lost = sum(s / total for f, s in rows.items() if f in firms)
            at = self.ring[("own", of) if rows and of in heads else of]
            x[at] = min(x[at], max(1 - lost, 0.0))
        for of in links:
            x[self.ring[of]] = 0.0
        gone = {n for n, v in x.items() if v <= 1 - WHOLE + 1e-12}
        while more := {f for f, m in self.needs if all(self.ring[n] in gone for n in m)} - gone:
            gone |= more
        while True:
            new = dict(x)
            for f, m in self.needs:
                w = self.weight(m)
                new[f] = min(new[f], sum(w[n] * x[self.ring[n]] for n in m))
            if max(abs(new[n] - x[n]) for n in x) < 1e-11:
                break
            x = new
        return [x[self.ring[i]] for i in range(7)], [self.ring[i] in gone for i in range(7)]


@pytest.mark.slow
@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(requires, variants, provides, sizes, chosen)
def test_it_is_what_the_definition_says(view, needs, kinds, supply, size, taken):
    net = written(view, needs, kinds, supply, size)
    firms, links = taken
    rows = lost_rows(net, firms, links)
    engine = Engine(net)
    left = engine.direct(rows)[:, None]
    gone = engine.spread(left)
    at = engine.chain.node
    expected, whole = Plain(needs, kinds, supply, size).left(firms, links)
    assert left[at, 0].tolist() == pytest.approx(expected, abs=1e-6)
    assert gone[at, 0].tolist() == whole


@settings(deadline=None, max_examples=40)
@given(requires, variants, provides, sizes, chosen, chosen)
def test_removing_more_never_loses_less(view, needs, kinds, supply, size, one, other):
    net = written(view, needs, kinds, supply, size)
    less = fall(net, lost_rows(net, *one), [])
    more = fall(net, lost_rows(net, one[0] | other[0], one[1] | other[1]), [])
    assert (more.left <= less.left + 1e-9).all() and (more.gone >= less.gone).all()
    assert np.greater_equal(np.array(more.value()) + 1e-9, less.value()).all()


@settings(deadline=None, max_examples=30)
@given(requires, variants, provides, sizes)
def test_without_everything_all_is_lost(view, needs, kinds, supply, size):
    net = written(view, needs, kinds, supply, size)
    nothing = fall(net, lost_rows(net, set(range(4)), set(range(7))), [])
    assert nothing.gone.all()
    if len(Engine(net).chain.outputs):
        assert nothing.value() == pytest.approx((1.0, 1.0))
    untouched = fall(net, lost_rows(net, set(), set()), [])
    assert untouched.value() == pytest.approx((0.0, 0.0), abs=1e-12)
    assert not untouched.gone.any()


def lost_rows(net, firms, links):
    """Firms and links by their numbers: here they are in the order of their ids."""
    keys = dict(net.source.con.execute("SELECT id, k FROM node").fetchall())
    mine = net.actor_at(np.array([keys[FIRMS[i]] for i in sorted(firms)], dtype=np.int64))
    at = np.array(sorted(links), dtype=np.int64)
    rows = np.isin(net.supply.who, mine[mine >= 0]) | np.isin(net.supply.link, at)
    return Gone(at, np.flatnonzero(rows), np.zeros(0, dtype=np.int64))
