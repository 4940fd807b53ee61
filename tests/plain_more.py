"""A second made ecosystem, and measures on it written plainly over one NetworkX MultiDiGraph.

Nodes carry what is said of an entity, edges what is said of a relation, the relation's name as
their key. Each measure is the few lines that its definition is; nothing of the program is used.
"""

import csv
import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx as nx

COUNTRIES = ("CN", "US", "JP", "DE")
TODAY = (2026, 11)


def graph_of(entities: int = 2_000, relations: int = 10_000) -> nx.MultiDiGraph:
    """Firms, products, universities, policies, results and incubators; the same each time."""
    rng, graph = random.Random(7), nx.MultiDiGraph()

    def add(cls: str, letter: str, count: int, **said: Any) -> list[str]:
        names = [f"{letter}{i}" for i in range(count)]
        for name in names:
            graph.add_node(name, cls=cls, **{k: v(rng) for k, v in said.items()})
        return names

    firms = add("firm", "F", entities * 6 // 10)
    products = add("product", "L", entities // 10)
    universities = add("university", "U", entities // 20)
    policies = add("policy", "P", entities // 20, status=lambda r: r.choice(("施行", "拟定")))
    results = add(
        "achievement", "A", entities // 10, completed_on=lambda r: f"{r.randint(2008, 2025)}-06"
    )
    hubs = add("incubator", "I", entities // 20)
    for place in COUNTRIES:
        graph.add_node(place, cls="region", level="国家")
    for actor in (*firms, *universities):
        graph.add_edge(actor, rng.choice(COUNTRIES[: 2 + 2 * (rng.random() < 0.3)]), "LOCATED_IN")
    for product in products:
        who = rng.sample(firms, rng.choice((2, 3, 5, 9, 20)))
        weight = [rng.random() ** 3 for _ in who]
        for firm, part in zip(who, weight, strict=True):
            graph.add_edge(firm, product, "PROVIDES", share=round(part / sum(weight) * 0.999, 6))
    for i, product in enumerate(products[:-1]):
        for other in {rng.choice(products[i + 1 : i + 9]) for _ in range(rng.randint(0, 2))}:
            graph.add_edge(product, other, "REQUIRES")
    for firm in firms[relations // 30 :]:
        customers = {firms[int(rng.random() ** 3 * 200)] for _ in range(rng.randint(1, 9))}
        weight = {other: rng.random() ** 4 for other in sorted(customers)}
        for other, part in weight.items():
            said = (
                {"share": round(part / sum(weight.values()) * 0.999, 4)}
                if rng.random() < 0.7
                else {}
            )
            graph.add_edge(firm, other, "SUPPLIES", **said)
    for _ in range(relations // 4):
        a, b = rng.choice(universities), rng.choice(firms)
        graph.add_edge(a, b, "TRANSFERS_TO", amount=rng.randint(1, 500) * 10_000)
    for policy in policies:
        for product in rng.sample(products[: len(products) // 2], 2):
            graph.add_edge(policy, product, "TARGETS")
    for result in results:
        graph.add_edge(
            rng.choice(firms if rng.random() < 0.7 else universities), result, "DEVELOPS"
        )
    for hub in hubs[: len(hubs) * 2 // 3]:
        graph.add_edge(hub, rng.choice(firms), "INCUBATES")
    return graph


def write(graph: nx.MultiDiGraph, folder: Path) -> None:
    """As CSV files in the own layout, one for each class and relation."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for node, said in graph.nodes(data=True):
        rows[said["cls"]].append(
            {"id": node, "name": node, **{k: v for k, v in said.items() if k != "cls"}}
        )
    for a, b, name, said in graph.edges(keys=True, data=True):
        more = {"amount": f"{said['amount']}元"} if "amount" in said else said
        rows[name.lower()].append({"from": a, "to": b, **more})
    folder.mkdir(parents=True)
    for name, lines in rows.items():
        heading = list(dict.fromkeys(key for line in lines for key in line))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, heading)
            writer.writeheader()
            writer.writerows(lines)


class More:
    """The measures."""

    def __init__(self, graph: nx.MultiDiGraph) -> None:
        self.graph = graph

    def of(self, cls: str) -> list[str]:
        return [n for n, kind in self.graph.nodes(data="cls") if kind == cls]

    def into(self, node: str, relation: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for other, _, name, said in self.graph.in_edges(node, keys=True, data=True):
            if name == relation:
                yield other, said

    def out(self, node: str, relation: str) -> list[str]:
        return [b for _, b, name in self.graph.out_edges(node, keys=True) if name == relation]

    def place(self, actor: str) -> str:
        return self.out(actor, "LOCATED_IN")[0]

    def held(self, link: str) -> dict[str, float]:
        """What each country's firms hold of a link."""
        held: dict[str, float] = defaultdict(float)
        for firm, said in self.into(link, "PROVIDES"):
            held[self.place(firm)] += said["share"]
        return held

    def concentrated(self) -> dict[str, float]:
        """By country; the little that no share accounts for adds nothing, as nobody is minor."""
        hhi = {n: sum(s**2 for s in self.held(n).values()) for n in self.of("product")}
        return {n: value for n, value in hhi.items() if value >= 0.25}

    def external(self, home: str) -> dict[str, float]:
        found = {}
        for link in self.of("product"):
            found[link] = sum(part for place, part in self.held(link).items() if place != home)
        return {n: part for n, part in found.items() if part > 0}

    def lead_dependence(self) -> dict[str, float]:
        found = {}
        for customer in self.of("firm"):
            shares = [s["share"] for _, s in self.into(customer, "SUPPLIES") if "share" in s]
            hang = [s for s in shares if s >= 0.5]
            if len(hang) >= 3:
                found[customer] = sum(hang) / len(shares)
        return found

    def local_uptake(self) -> dict[str, float]:
        value: dict[str, float] = defaultdict(float)
        local: dict[str, float] = defaultdict(float)
        for a, b, name, said in self.graph.edges(keys=True, data=True):
            if name == "TRANSFERS_TO":
                value[self.place(a)] += said["amount"]
                local[self.place(a)] += said["amount"] * (self.place(a) == self.place(b))
        return {r: 1 - local[r] / v / 0.5 for r, v in value.items() if local[r] / v < 0.5}

    def unused(self) -> dict[str, float]:
        """Results that only universities developed, three years old or more."""
        found = {}
        for result in self.of("achievement"):
            year, month = (
                int(part) for part in self.graph.nodes[result]["completed_on"].split("-")
            )
            age = (TODAY[0] - year) * 12 + TODAY[1] - month
            users = [
                a for a, _ in self.into(result, "DEVELOPS") if self.graph.nodes[a]["cls"] == "firm"
            ]
            if not users and age >= 36:
                found[result] = 1 - 36 / (2 * age)
        return found

    def without_clients(self) -> dict[str, float]:
        hubs = self.of("incubator")
        served = [hub for hub in hubs if self.out(hub, "INCUBATES")]
        return {hub: len(served) / len(hubs) for hub in hubs if hub not in served}

    def policy_coverage(self) -> dict[str, float]:
        """By what falls of the final output of all that hangs together with the link."""
        inputs = nx.DiGraph(
            (a, b) for a, b, name in self.graph.edges(keys=True) if name == "REQUIRES"
        )
        inputs.add_nodes_from(self.of("product"))
        alive = {p for p in self.of("policy") if self.graph.nodes[p]["status"] == "施行"}
        targeted = {p: set(self.out(p, "TARGETS")) for p in self.of("policy")}
        found = {}
        for part in nx.weakly_connected_components(inputs):
            if len(part) == 1 or not any(part & seen for seen in targeted.values()):
                continue
            final = {n for n in part if inputs.out_degree(n) and not inputs.in_degree(n)}
            covered = set().union(*(targeted[p] for p in alive))
            for link in part - covered:
                lost = (nx.ancestors(inputs, link) | {link}) & final
                found[link] = 0.3 + 0.7 * len(lost) / len(final)
        return found
