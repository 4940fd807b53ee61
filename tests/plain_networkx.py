"""Measures written plainly in NetworkX, from the CSV files that `bench.made` makes.

Nothing of the program is used: loops over nodes, the library's own functions, no arrays. Slow, and
easy to check by reading.
"""

import csv
from collections import defaultdict
from pathlib import Path
from statistics import median

import networkx as nx


def read(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Plain:
    """The made ecosystem as NetworkX graphs."""

    def __init__(self, folder: Path) -> None:
        self.supply: dict[str, dict[str, float]] = defaultdict(dict)
        for row in read(folder, "provides"):
            self.supply[row["to"]][row["from"]] = float(row["share"])
        self.inputs = nx.DiGraph()
        self.inputs.add_nodes_from(row["id"] for row in read(folder, "product"))
        self.inputs.add_edges_from((r["from"], r["to"]) for r in read(folder, "requires"))
        self.ties = nx.Graph()
        for name in ("collaborates_with", "undertakes", "invests_in"):
            self.ties.add_edges_from((r["from"], r["to"]) for r in read(folder, name))
        self.industry, self.city = defaultdict(set), defaultdict(set)
        for row in read(folder, "in_industry"):
            self.industry[row["from"]].add(row["to"])
        for row in read(folder, "located_in"):
            self.city[row["from"]].add(row["to"])

    def shares(self, link: str) -> dict[str, float]:
        held = self.supply.get(link, {})
        total = max(sum(held.values()), 1.0)
        return {who: share / total for who, share in held.items()}

    # scarcity

    def missing(self) -> dict[str, float]:
        """The share of final output that falls with each link that is required and not provided."""
        graph = self.inputs
        outputs = {n for n in graph if graph.out_degree(n) and not graph.in_degree(n)}
        found = {}
        for link in self.inputs:
            if self.inputs.in_degree(link) and not self.supply.get(link):
                lost = nx.ancestors(self.inputs, link) & outputs
                found[link] = (1 + len(lost) / len(outputs)) / 2
        return found

    def single(self) -> dict[str, float]:
        tops = {n: max(self.shares(n).values(), default=0.0) for n in self.inputs}
        return {n: top for n, top in tops.items() if top >= 0.95}

    def concentrated(self) -> dict[str, float]:
        hhi = {n: sum(s**2 for s in self.shares(n).values()) for n in self.inputs}
        return {n: value for n, value in hhi.items() if value >= 0.25 and n not in self.single()}

    def thin(self) -> dict[str, float]:
        found, before = {}, self.single().keys() | self.concentrated().keys()
        for part in nx.weakly_connected_components(self.inputs):
            counts = {n: len(self.supply[n]) for n in part if self.supply.get(n)}
            usual = median(counts.values()) if counts else 0.0
            spread = 1.4826 * median(abs(c - usual) for c in counts.values()) if counts else 0.0
            for link, n in counts.items():
                far = spread > 0 and (n - usual) / spread < -2
                if link not in before and (n < 3 or far):
                    found[link] = max(1 / n, 1 - n / max(usual, 1))
        return found

    def density(self, city: str) -> dict[str, float]:
        """Relatedness density of each link in a city (Hidalgo 2007)."""
        providers = {n: set(self.supply.get(n, {})) for n in self.inputs}
        here = {n for n, who in providers.items() if any(city in self.city[w] for w in who)}
        found = {}
        for link, mine in providers.items():
            near = {}
            for other, theirs in providers.items():
                both = len(mine & theirs)
                if other != link and both:
                    near[other] = both / max(len(mine), len(theirs))
            if near:
                found[link] = sum(v for n, v in near.items() if n in here) / sum(near.values())
        return found

    # brokerage

    def broker(self) -> dict[str, dict[str, float]]:
        """Per articulation point that is an actor: pairs lost, parts, who is cut off."""
        found = {}
        pairs = 0
        for nodes in nx.connected_components(self.ties):
            part = self.ties.subgraph(nodes)
            pairs += _pairs(nodes)
            for node in set(nx.articulation_points(part)):
                if node[0] == "J":
                    continue
                left = part.subgraph(nodes - {node})
                pieces = list(nx.connected_components(left))
                actors = [sum(n[0] != "J" for n in piece) for piece in pieces]
                found[node] = {
                    "pairs_lost": _pairs(nodes - {node}) - sum(_pairs(p) for p in pieces),
                    "components_after": sum(n > 0 for n in actors),
                    "cut_off": sum(actors) - max(actors),
                }
        for values in found.values():
            values["severity"] = values["pairs_lost"] / pairs
        return found

    def constraint(self, broker: str) -> float:
        """The mean of Burt's constraint of a broker's clients, things in between left out."""
        partners = nx.Graph()
        for node in self._partners(broker) | {broker}:
            for other in self._partners(node):
                partners.add_edges_from([(node, other)])
                partners.add_edges_from((other, third) for third in self._partners(other))
        values = nx.constraint(partners)
        clients = self._partners(broker)
        return sum(values[c] for c in clients) / len(clients)

    def _partners(self, actor: str) -> set[str]:
        found = set()
        for other in self.ties[actor]:
            found |= set(self.ties[other]) if other[0] == "J" else {other}
        return found - {actor}

    def dependence(self, kind: str) -> tuple[dict[str, int], int]:
        """Firms that every actor alone keeps from a kind of actors, by immediate dominators."""
        rooted = nx.DiGraph(self.ties)
        rooted.add_edges_from(("root", n) for n in self.ties if n[0] == kind)
        above = nx.immediate_dominators(rooted, "root")
        clients: dict[str, int] = defaultdict(int)
        firms = [n for n in above if n[0] == "F"]
        for firm in firms:
            node = above[firm]
            while node not in (None, "root"):
                clients[node] += 1
                node = above[node]
        return clients, len(firms)

    def islands(self) -> dict[tuple[frozenset[str], frozenset[str]], float]:
        """Pairs of the members of two parts that one industry and city should join."""
        part = {n: i for i, ns in enumerate(nx.connected_components(self.ties)) for n in ns}
        cells = defaultdict(list)
        for firm, fields in self.industry.items():
            for field in fields:
                for city in self.city[firm]:
                    if firm in part:
                        cells[field, city].append(firm)
        found: dict[tuple[int, int], float] = {}
        for firms in cells.values():
            by_part = defaultdict(list)
            for firm in firms:
                by_part[part[firm]].append(firm)
            large = sorted((len(v), p) for p, v in by_part.items() if len(v) >= 3)
            for n, p in large[:-1]:
                pair = (min(p, large[-1][1]), max(p, large[-1][1]))
                found[pair] = max(found.get(pair, 0.0), 2 * n / len(firms))
        return found


def _pairs(nodes: set[str]) -> int:
    firms = sum(n[0] == "F" for n in nodes)
    return firms * sum(n[0] in "UI" for n in nodes)
