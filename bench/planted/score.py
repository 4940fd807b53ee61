"""What the program says of the files against what is so: files, `graph ingest`, `graph gaps`."""

import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.planted.graph_truth import LARGE
from bench.planted.world import DAY, Key, World, write
from graph import gaps
from graph.finding import Finding, Findings
from graph.record import Record
from ingest import load
from ingest.discover import discover

FLOOR = {"external": 0.5, "chokepoint": 0.7, "mismatch": 0.1}
"""Measures that list everything, and the severity from which a finding says that it is weak:
half of the supply from abroad; a score of .7 (a stage repeats its worst part and is not asked
for); a tenth of what is near to a link made here."""

CHANCE = {"funding-hole": 0.05, "capital-mismatch": 0.05}
"""Measures that give the chance of what they find (`p`), and how small it must be to count."""

LEAST = {"broker": "cut_off", "dependence": "clients", "isolated-island": "island"}
"""What must be at least `LARGE` for a finding to count."""

REGIONAL = ("mismatch", "specialisation")
"""Asked with `--region`."""


@dataclass
class Score:
    """Of one measure: findings that are right, that are wrong, planted gaps found and missed, and
    those of them of which it was said that data are missing."""

    right: int = 0
    wrong: int = 0
    found: int = 0
    missed: int = 0
    unknown: int = 0
    wrongly: list[Key] = field(default_factory=list)
    not_found: list[Key] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / max(self.right + self.wrong, 1) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.found / (self.found + self.missed) if self.found + self.missed else 1.0

    def plus(self, other: "Score") -> None:
        for name in ("right", "wrong", "found", "missed", "unknown"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def run(world: World, lost: float, seed: int) -> dict[str, Score]:
    """Writes the files without `lost` of the relations, reads them and asks for all gaps."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(world, folder / "data", lost, seed)
        with Record.open(folder / "graph.duckdb", write=True) as record:
            load.ingest(record, discover([folder / "data"], "planted"))
        with Record.open(folder / "graph.duckdb") as record:
            view = record.view()
            known = [m for m in gaps.methods() if m in world.truth]
            whole = [m for m in known if m not in REGIONAL]
            local = [m for m in known if m in REGIONAL]
            settings = {"not_assessed.top": 1e9, "stability.draws": 1, "stability.draws_min": 1}
            settings["impact.links"] = 0
            said = [gaps.run(view, home="CN", measures=whole, top=0, as_of=DAY, settings=settings)]
            if local:
                said.append(
                    gaps.run(
                        view,
                        home="CN",
                        region=world.region,
                        measures=local,
                        top=0,
                        as_of=DAY,
                        settings=settings,
                    )
                )
    return {m: _score(world, m, said) for m in known}


def _score(world: World, measure: str, said: list[Findings]) -> Score:
    truth, score = world.of(measure), Score()
    found: set[Key] = set()
    listed = [f for one in said for f in one.findings if f.measure == measure]
    for key in dict.fromkeys(k for f in listed for k in _keys(world, f)):
        found.add(key)
        if key in truth.near:
            continue
        if truth.right(key):
            score.right += 1
        else:
            score.wrong += 1
            score.wrongly.append(key)
    unknown: dict[Key, int] = defaultdict(int)
    for one in said:
        for item in one.not_assessed:
            if item.measure == measure:
                unknown[(item.subject.id,) if item.subject else ()] += 1
    for key in sorted(truth.gaps, key=str):
        if key in found:
            score.found += 1
        else:
            score.missed += 1
            score.unknown += bool(unknown[key[:1]] or unknown[()])
            score.not_found.append(key)
    return score


def _keys(world: World, finding: Finding) -> Iterator[Key]:
    """What a finding is about, as the truth says it; nothing where it does not count."""
    measure, values = finding.measure, finding.values
    if measure == "chokepoint" and finding.subject.type == "Stage":
        return
    if measure == "local-uptake" and not finding.subject.id.startswith("RC"):
        return  # a province or a country is judged too; planted are cities
    if finding.severity < FLOOR.get(measure, 0.0):
        return
    if (values.get("p") or 0.0) > CHANCE.get(measure, 1.0):
        return
    if measure == "talent" and values["kind"] != "shortage":
        return
    if measure in LEAST and values[LEAST[measure]] < LARGE:
        return
    if measure == "isolated-island":
        assert finding.object is not None
        own = (world.islands.get(i) for i in (finding.subject.id, finding.object.id))
        yield next((key for key in own if key), (finding.subject.id,))
    elif measure == "hand-off":
        assert finding.object is not None
        yield (finding.subject.id, finding.object.id)
    elif measure in ("concentrated", "dependence", "orphan"):
        scope = {"concentrated": "level", "dependence": "kind", "orphan": "kind"}[measure]
        yield (finding.subject.id, str(values.get(scope) or _scope(finding, scope)))
    else:
        yield (finding.subject.id,)


def _scope(finding: Finding, name: str) -> str:
    """A part of what tells findings of one subject apart, out of the id."""
    return next(p.split("=", 1)[1] for p in finding.id.split("|") if p.startswith(name + "="))
