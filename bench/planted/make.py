"""A whole world of a size: chains, policies, actors, capital, all of the same firms."""

import numpy as np

from bench.planted import (
    capital,
    graph_truth,
    links,
    people,
    policies,
    region,
    scarcity,
    supply,
    ties,
    trades,
)
from bench.planted.world import World

THEMES = {
    "all": (0.12, 0.45, 0.05, 0.05, 0.08, 0.02, 0.01),
    "chain": (0.24, 0.55, 0.14, 0.03, 0.0, 0.0, 0.04),
    "actors": (0.13, 0.5, 0.0, 0.1, 0.16, 0.02, 0.0),
    "capital": (0.12, 0.35, 0.0, 0.2, 0.0, 0.03, 0.0),
}
"""What a record is about: the parts of links, firms, policies, projects, results, investors and
problems. Up to 300 entities a record is about one thing, else about all of them."""

SMALL = 300


def make(entities: int, seed: int) -> World:
    """A world of about `entities` entities, the same for the same seed."""
    world = World(np.random.default_rng((entities, seed)))
    names = ("chain", "actors", "capital")
    theme = names[seed % len(names)] if entities <= SMALL else "all"
    n = [int(part * entities) for part in THEMES[theme]]
    trade = links.trade(world, n[0], n[1])
    supply.supply(world, trade)
    actors = theme in ("all", "actors")
    scene = ties.scene(world, trade, n[3]) if actors else ties.Scene(budget=n[3])
    others = n[3] - len(scene.projects) if theme != "chain" else 0
    firms = list(trade.place)
    for i in range(max(others, 0)):
        scene.projects.append(world.entity("project", f"JX{i}", f"示例科研项目{i}"))
        world.relate("undertakes", world.pick(scene.research or firms), scene.projects[-1])
    if theme in ("all", "capital"):
        capital.capital(world, trade, max(n[5], 3), scene.sheltered)
        capital.cohorts(world, scene.projects)
    if theme in ("all", "chain"):
        policies.policies(world, trade, n[2], scene.projects)
        policies.problems(world, trade, n[6], scene.projects)
        policies.needs(world, trade, n[0])
    if actors:
        trades.contracts(world, trade, scene.sheltered, set(scene.block))
        ties.results(world, scene, n[4])
        ties.lonely(world, scene, trade)
        graph_truth.judge(world, scene)
        people.talent(world, trade, scene.research)
        people.pilots(world, firms)
    trades.supplies(world, trade)
    if theme in ("all", "capital"):
        trades.titles(world, trade)
    scarcity.judge(world, trade)
    region.judge(world, trade)
    return world
