"""People that are needed and educated, and what waits before the pilot plants.

For a tenth of the links firms need 100 to 400 people, said by three to six of them. Schools educate
.7 to 1.2 times as many a year, in three to five rows; where a shortage is planted a tenth to a
fifth, in three. For the industry of a third of the chains three schools educate 200 each. Seven in
ten firms state their employees. The pilot plants of a record can take twice what waits before them
in a year, or four tenths of it; three in four state how much.
"""

from bench.planted.links import Trade
from bench.planted.world import TWICE, World

MET = 0.5
"""Less than this part of the need is a shortage."""


def talent(world: World, made: Trade, schools: list[str]) -> None:
    """Needs of people, and who is educated for what."""
    if not schools:
        return
    broad = {c for c in range(len(made.firms)) if world.chance(0.3)}
    for chain in broad:
        for school in world.several(schools, 3):
            world.relate("educates", school, f"I{chain}", headcount=200)
    for link in made.links:
        if link.stage or link.kinds or not link.held or not world.chance(0.1):
            continue
        short = world.chance(0.5)
        needed = int(world.rng.integers(100, 401))
        who = world.several(made.firms[link.chain], int(world.rng.integers(3, 7)))
        asked = [needed // len(who)] * len(who)
        for firm, count in zip(who, asked, strict=True):
            world.relate("needs", firm, link.id, quantity=count, unit="人", start="2024")
        part = world.rng.uniform(0.1, 0.2) if short else world.rng.uniform(0.7, 1.2)
        rows = 3 if short else int(world.rng.integers(3, 6))
        taught = max(1, int(part * needed / rows))
        some = world.several(schools, rows)
        for school in some:
            world.relate("educates", school, link.id, headcount=taught)
        most = taught * (len(some) + 1) + (800 if link.chain in broad else 0)
        truth = world.of("talent")
        truth.by((link.id,), 1 - most / sum(asked), 1 - MET)
        truth.decoys |= {(link.id,)} if short and link.chain in broad else set()


def pilots(world: World, firms: list[str]) -> None:
    """What the plants can take, against who came to the step before in the last five years, and
    three to eight firms for each plant that ask."""
    plants = [r for r in world.entities.get("platform", []) if r["type"] == "PilotTestPlatform"]
    rows = [r for r in world.relations.get("reached", []) if r["to"].startswith("stage:innov")]
    if not plants or not rows:
        return
    last = max(_months(r["start"]) for r in rows)
    after = ("stage:innovation-pilot", "stage:innovation-production")
    gone = {r["from"] for r in rows if r["to"] in after}
    before = "stage:innovation-proof-of-concept"
    waiting = {
        r["from"] for r in rows if r["to"] == before and last - _months(r["start"]) <= 60
    } - gone
    asks = world.several(firms, world.heavy(3, 8) * len(plants))
    for firm in asks:
        world.relate("needs", firm, "stage:innovation-pilot", start="2024")
    demand, short = len(waiting) + len(asks), world.chance(0.6)
    each = max(1, round(demand * (0.4 if short else 2) / len(plants)))
    for i, plant in enumerate(plants):
        if i == 0 or world.chance(0.75):
            plant["batches_per_year"] = each
    truth, key = world.of("pilot-capacity"), ("stage:innovation-pilot",)
    load = demand / (each * len(plants))
    truth.by(key, load, 1, known=demand >= TWICE * 10)
    truth.decoys |= {key} if load < 1 else set()


def _months(day: str) -> int:
    return int(day[:4]) * 12 + int(day[5:7])
