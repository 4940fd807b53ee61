"""What broker, dependence, isolated-island and orphan ought to say: by NetworkX, on all ties."""

from collections import defaultdict

import networkx as nx

from bench.planted.ties import Scene
from bench.planted.world import World

TIES = (
    "collaborates_with",
    "transfers_to",
    "provides_service_to",
    "undertakes",
    "develops",
    "owns_ip",
    "invests_in",
    "participates_in_round",
    "raised",
    "realised_as",
)
LARGE = 5
"""Brokers that cut off fewer, gates with fewer clients and smaller islands are not asked for."""


def judge(world: World, seen: Scene) -> None:
    """Writes the truth of the measures on the actor graph."""
    graph: nx.Graph[str] = nx.Graph()
    pilots = {
        r["id"] for r in world.entities.get("platform", []) if r["type"] == "PilotTestPlatform"
    }
    for table in TIES:
        for row in world.relations.get(table, []):
            if row["to"][0] != "L" and row["from"] != row["to"]:
                graph.add_edge(row["from"], row["to"])
    thing = {n for n in graph if n[0] in "JAD"}
    firm = {n for n in graph if n[0] == "F"}
    research = {n for n in graph if n[0] == "U"}
    funder = {n for n in graph if n[0] == "V"}
    _brokers(world, graph, thing, firm, (research, funder))
    for kind, wanted in (("research", research), ("capital", funder), ("pilot", pilots)):
        _gates(world, graph, kind, wanted & set(graph), firm)
    _islands(world, seen, graph)
    _parks(world, graph, thing, research)


def _brokers(
    world: World,
    graph: "nx.Graph[str]",
    thing: set[str],
    firm: set[str],
    sides: tuple[set[str], set[str]],
) -> None:
    truth = world.of("broker")
    all_pairs = 0
    found = []
    for part in nx.connected_components(graph):
        here = graph.subgraph(part)
        f = len(part & firm)
        all_pairs += sum(f * len(part & side) for side in sides)
        for node in sorted(nx.articulation_points(here)):
            if node not in thing:
                found.append((node, part))
    blocks = {}
    for node, part in found:
        rest = part - {node}
        pieces = _pieces(graph, node, part)
        without = [len(rest & firm - {node}) * len(rest & s) for s in sides]
        joined = sum(len(p & firm) * len(p & s) for p in pieces for s in sides)
        lost = sum(without) - joined
        actors = [len(p - thing) for p in pieces]
        blocks[node] = (lost, sum(actors) - max(actors))
    for node, (lost, cut_off) in blocks.items():
        if lost >= 3 and cut_off >= 2:
            (truth.gaps if cut_off >= LARGE and lost >= 0.0005 * all_pairs else truth.weak).add(
                (node,)
            )
            truth.open.add((node,)) if (node,) in truth.weak else None


def _pieces(graph: "nx.Graph[str]", node: str, part: set[str]) -> list[set[str]]:
    """What a component falls into without `node`; small pieces first walked, the rest by sum."""
    left, pieces = part - {node}, []
    starts = sorted(graph[node])
    seen: set[str] = set()
    waves = {s: ([s], {s}) for s in starts}
    while len(waves) > 1:
        for start in list(waves):
            if start not in waves:
                continue
            front, mine = waves[start]
            step = [o for n in front for o in graph[n] if o != node and o not in mine]
            mine.update(step)
            front[:] = list(dict.fromkeys(step))
            for other in list(waves):
                if other != start and not mine.isdisjoint(waves[other][1]):
                    bigger = waves.pop(other)
                    mine |= bigger[1]
                    front.extend(n for n in bigger[0])
            if not front:
                pieces.append(mine)
                seen |= mine
                del waves[start]
                if len(waves) <= 1:
                    break
    return [*pieces, left - seen] if left - seen else pieces


def _gates(
    world: World, graph: "nx.Graph[str]", kind: str, wanted: set[str], firm: set[str]
) -> None:
    """Dominators, seen from all `wanted` together."""
    if not wanted:
        return
    root = "\0"
    directed = graph.to_directed()
    directed.add_edges_from((root, w) for w in wanted)
    above = nx.immediate_dominators(directed, root)
    reach = {n for n in above if n in firm and n not in wanted}
    clients: dict[str, int] = defaultdict(int)
    for one in reach:
        node = above.get(one)
        while node is not None and node != root:
            clients[node] += 1
            node = above.get(node)
    truth = world.of("dependence")
    for node, n in clients.items():
        if node[0] in "JAD" or n < max(3, 0.002 * len(reach)):
            continue
        if n >= LARGE:
            truth.gaps.add((node, kind))
        else:
            truth.weak.add((node, kind))
            truth.open.add((node, kind))


def _islands(world: World, seen: Scene, graph: "nx.Graph[str]") -> None:
    """A key is (actor, island): what counts is which island the named actor is of."""
    label = {n: i for i, part in enumerate(nx.connected_components(graph)) for n in part}
    cells: dict[tuple[str, str], dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for actor, cell in seen.cell.items():
        if actor in label:
            cells[cell][label[actor]].append(actor)
    truth = world.of("isolated-island")
    for cell, parts in cells.items():
        large = sorted((len(m), i) for i, m in parts.items() if len(m) >= 3)
        for n, i in large[:-1]:
            key = (f"{cell[0]}:{cell[1]}:{i}",)
            world.islands |= dict.fromkeys(parts[i], key)
            if n >= LARGE:
                truth.gaps.add(key)
            else:
                truth.weak.add(key)
                truth.open.add(key)


def _parks(world: World, graph: "nx.Graph[str]", thing: set[str], research: set[str]) -> None:
    """Parks without a university beside them, directly or through what they share."""
    truth = world.of("orphan")
    for row in world.entities.get("platform", []):
        if row["type"] != "IndustrialPark":
            continue
        seen, waiting, near = {row["id"]}, [row["id"]], False
        while waiting:
            node = waiting.pop()
            for other in graph.adj.get(node, {}):
                near |= other in research
                if other not in seen and other in thing:
                    seen.add(other)
                    waiting.append(other)
        if not near:
            truth.gaps.add((row["id"], "universities"))
