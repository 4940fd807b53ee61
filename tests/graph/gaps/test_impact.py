"""Knock-out on the AND/OR graph: all or nothing, and in part."""

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.gaps.runner import LIVE_STATUS
from graph.gaps.settings import Settings
from graph.network import Network
from graph.network.impact import Engine, Loss


class Plant:
    """An engine that is asked by ids."""

    def __init__(self, view):
        rates = Settings().rates()
        self.net = Network.of(view, as_of="2026-01-01", live_status=LIVE_STATUS, rates=rates)
        ids = dict(view.con.execute("SELECT k, id FROM node").fetchall())
        self.links = [ids[k] for k in self.net.links.tolist()]
        self.actors = [ids[k] for k in self.net.actors.tolist()]
        self.engine = Engine(self.net)

    def lose(self, *ids):
        links = tuple(self.links.index(i) for i in ids if i in self.links)
        actors = tuple(self.actors.index(i) for i in ids if i in self.actors)
        return self.engine.impacts([Loss(links, actors)])[0]

    def named(self, links):
        return {self.links[i] for i in links}


def test_everything_that_requires_it_falls(toy):
    view = toy().add("Product", "car", "engine", "steel", "bike")
    view.link("REQUIRES", "car", "engine").link("REQUIRES", "engine", "steel")
    plant = Plant(view.link("REQUIRES", "bike", "steel"))
    assert plant.named(plant.engine.chain.outputs) == {"car", "bike"}
    lost = plant.lose("engine")
    assert lost.output_lost == 0.5 and plant.named(lost.on) == {"car"} and lost.links_lost == 2
    assert plant.lose("steel").output_lost == 1.0


def test_alternatives_of_one_group(toy):
    view = toy().add("Product", "car", "petrol", "battery", "wheel")
    view.link("REQUIRES", "car", "petrol", "battery", group="drive")
    plant = Plant(view.link("REQUIRES", "car", "wheel"))
    lost = plant.lose("petrol")
    assert lost.output_lost == 0.0 and not lost.on
    assert lost.share_lost == 0.5 and plant.named(lost.reduced) == {"car"}  # linear in the group
    assert plant.lose("petrol", "battery").output_lost == 1.0
    assert plant.lose("wheel").output_lost == 1.0


def test_a_parent_is_had_while_a_kind_is_and_kinds_count_by_size(toy):
    view = toy().add("Product", "chip", "scanner")
    view.add("Product", "EUV", market_size=3e9).add("Product", "DUV", market_size=1e9)
    view.link("VARIANT_OF", "EUV", "scanner").link("VARIANT_OF", "DUV", "scanner")
    plant = Plant(view.link("REQUIRES", "chip", "scanner"))
    assert plant.lose("EUV").output_lost == 0.0
    assert plant.lose("EUV").share_lost == pytest.approx(0.75)
    assert plant.lose("EUV", "DUV").on == plant.lose("scanner").on != ()


def test_a_provider_takes_its_share_along(toy):
    view = toy().add("Product", "chip", "resist", "wafer").link("REQUIRES", "chip", "resist")
    view.link("REQUIRES", "chip", "wafer").supply("resist", JSR=0.4, TOK=0.6)
    plant = Plant(view.supply("wafer", JSR=0.1, SUMCO=0.9))
    lost = plant.lose("JSR")
    assert lost.output_lost == 0.0
    assert lost.share_lost == pytest.approx(0.4)  # the scarcer of 0.6 and 0.9 limits the chip
    assert plant.lose("JSR", "TOK").output_lost == 1.0


def test_what_is_supplied_directly_stands_beside_the_kinds(toy):
    view = toy().add("Product", "chip", "scanner", "EUV").link("VARIANT_OF", "EUV", "scanner")
    view.link("REQUIRES", "chip", "scanner").supply("scanner", Canon=None)
    plant = Plant(view.supply("EUV", ASML=None))
    assert plant.lose("ASML").share_lost == pytest.approx(0.5)
    assert plant.lose("ASML").output_lost == plant.lose("Canon").output_lost == 0.0
    assert plant.lose("ASML", "Canon").output_lost == 1.0


def test_stages_join_what_is_written_down_in_pieces(toy):
    view = toy().add("Stage", "design", "making", "logic", "etching").add("Product", "EDA", "chip")
    view.link("PART_OF", "logic", "design").link("PART_OF", "etching", "making")
    view.link("PRECEDES", "design", "making").link("REQUIRES", "logic", "EDA")
    plant = Plant(view.link("REQUIRES", "chip", "etching"))
    lost = plant.lose("EDA")
    assert "chip" in plant.named(lost.on) and lost.output_lost == 1.0


def test_links_that_need_each_other_stand_or_fall_together(toy):
    view = toy().add("Product", "out", "a", "b", "c").link("REQUIRES", "out", "a")
    view.link("REQUIRES", "a", "b").link("REQUIRES", "b", "a", "c")
    plant = Plant(view)
    assert plant.engine.chain.cycles == 2
    assert plant.named(plant.engine.chain.outputs) == {"out"}
    for link in "abc":
        assert plant.lose(link).output_lost == 1.0


def test_a_ring_that_an_alternative_breaks(toy):
    view = toy().add("Product", "out", "a", "b", "spare").link("REQUIRES", "out", "a")
    view.link("REQUIRES", "a", "b", "spare", group="g").link("REQUIRES", "b", "a")
    plant = Plant(view)
    assert plant.engine.chain.cycles == 0
    assert plant.lose("spare").output_lost == 0.0 and plant.lose("a").output_lost == 1.0
    assert plant.lose("b").output_lost == 0.0
    assert plant.lose("b", "spare").output_lost == 1.0


def test_an_alternative_to_what_is_in_the_ring_is_not_needed(toy):
    view = toy().add("Product", "out", "a", "b", "spare").link("REQUIRES", "out", "a")
    view.link("REQUIRES", "a", "b").link("REQUIRES", "b", "a")
    plant = Plant(view.link("REQUIRES", "a", "b", "spare", group="g"))
    assert plant.engine.chain.cycles == 2
    assert plant.lose("spare").output_lost == 0.0 and plant.lose("b").output_lost == 1.0


def test_a_long_ring_falls_to_its_end(toy):
    view = toy().add("Product", "out", *"abcde").link("REQUIRES", "out", "a")
    for one, other in pairwise("abcd"):
        view.link("REQUIRES", one, other)
    plant = Plant(view.link("REQUIRES", "d", "a", "e", group="g"))
    assert plant.engine.chain.cycles == 0
    lost = plant.lose("d")
    assert lost.output_lost == lost.share_lost == 1.0 and lost.links_lost == 5


def test_a_stage_needs_the_one_before(toy):
    view = toy().add("Stage", "seed", "angel", "round a").link("PRECEDES", "seed", "angel")
    plant = Plant(view.link("PRECEDES", "angel", "round a"))
    assert plant.named(plant.lose("seed").on) == {"round a"}


def test_outputs_are_those_that_are_marked(toy):
    view = toy().add("Product", "chip", kind="最终产品").add("Product", "wafer", "scrap")
    plant = Plant(view.link("REQUIRES", "chip", "wafer").link("REQUIRES", "scrap", "wafer"))
    assert plant.named(plant.engine.chain.outputs) == {"chip"}


def test_what_nobody_makes_today_cannot_be_lost(toy):
    view = toy().add("Product", "soup", "cake", "flour").link("REQUIRES", "soup", "flour")
    plant = Plant(view.link("REQUIRES", "cake", "flour").supply("cake", baker=None))
    assert plant.named(plant.engine.chain.outputs) == {"cake"}


def test_outputs_count_by_their_value(toy):
    view = toy().add("Product", "ship", market_size=3e9).add("Product", "toy", market_size=1e9)
    view.add("Product", "hull", "steel").link("REQUIRES", "ship", "hull", "steel")
    plant = Plant(view.link("REQUIRES", "toy", "steel"))
    assert plant.lose("hull").output_lost == pytest.approx(0.75)


def test_a_ring_at_the_end_is_one_end(toy):
    """A dish and its variations that need each other are no more than one product."""
    view = toy().add("Product", "rice", "steel", "plate").add("Product", "a", "b", "c")
    view.link("REQUIRES", "a", "b", "rice").link("REQUIRES", "b", "c").link("REQUIRES", "c", "a")
    plant = Plant(view.link("REQUIRES", "rice", "steel").link("REQUIRES", "plate", "steel"))
    assert plant.named(plant.engine.chain.outputs) == {"a", "b", "c", "plate"}
    assert plant.lose("rice").output_lost == pytest.approx(0.5)
    assert plant.lose("steel").output_lost == pytest.approx(1.0)


@pytest.fixture(scope="module")
def eight_links(toy_session):
    view = toy_session()
    names = [f"L{i}" for i in range(8)]
    yield view.add("Product", *names), names
    view.con.close()


edges = st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20)


@settings(deadline=None, max_examples=25)
@given(edges.filter(bool), st.integers(0, 7))
def test_without_alternatives_it_is_reachability(eight_links, pairs, knocked):
    """All that depends on a link, near or far, falls with it, and nothing else."""
    view, names = eight_links
    view.con.execute('DELETE FROM "r_REQUIRES"')
    graph = nx.DiGraph()
    graph.add_nodes_from(names)
    for a, b in sorted(pairs):
        if a != b:
            view.link("REQUIRES", names[a], names[b])
            graph.add_edge(names[b], names[a])
    plant = Plant(view)
    below = nx.descendants(graph, names[knocked])
    assert plant.lose(names[knocked]).links_lost == 1 + len(below)
    _, count = plant.engine.losses(np.arange(8))
    assert count[knocked] == len(below)
