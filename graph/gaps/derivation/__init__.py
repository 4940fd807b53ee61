"""How a number came about, step by step, for `graph gaps --explain`.

A module for each measure tells in `Step`s what the measure's own module does in arrays; it stands
here, and not in the measure's file, because a measure has to read like its definition, and telling
how it was worked out for one link takes more words than working it out for all. It looks at one
finding only, so it may take its time; it takes its numbers from the same arrays and says how they
come about, and a test does each calculation again with the numbers as printed.

What holds of all measures (how a loss is passed on, confidence, rank) is told once, in `generic`.
"""

from graph.finding import Calculation
from graph.gaps.derivation.arithmetic import added, calculate, given
from graph.rows import number

__all__ = ["Calculation", "added", "calculate", "given", "number"]
