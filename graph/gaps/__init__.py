"""Weak links: methods, each a module that reads like its definition, and what runs them.

How to write a method
---------------------
A module in this package holds one measure. Its docstring is its page in the documentation: the
formula, the units and range, the reference, the data it needs. It defines one function and one
`Method` that names it::

    def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
        for link in ...:                      # positions in `net`, arrays rather than rows
            yield Found(
                subject=net.links[link],      # a node key
                severity=0.4,                 # 0 to 1, comparable within this measure only
                action=Action.STRENGTHEN,
                values={"hhi": 0.4},          # what a program reads; `Node(k)` becomes an id
                says={"hhi": 0.4},            # what fills the text; `Node(k)` becomes a name
                evidence=(Rows("PROVIDES", to=net.links[link]),),
            )

    METHOD = Method("concentrated", family="scarcity", version="1", find=_find)

- `yield Unknown(...)` with what is missing, never a number made from nothing, and with
  `enough=Enough(have, need, "what")`: how much there is and how much would do, as counts or shares.
- The text is the message `<family>.<measure>` of the catalogue (`graph/messages/<family>.toml`),
  or `Found.text` where a measure says several things; `{subject}` is always there. A package of
  its own gives the templates themselves, `{"zh": …, "en": …}`.
- Thresholds stand in `graph.gaps.settings` with their reason; a method asks `ask["measure.name"]`.
- `Found(…, steps=…)` is the derivation for `graph gaps --explain`: a function that gives a `Step`
  for each piece of arithmetic, from the rows to the severity, so that it can be done by hand:
  `Step("explain-scarcity.joined", calculations=(calculate("c", "1 - (1 - {P}) × (1 - {F})", c, P=p,
  F=f),))`. The last calculation comes to the severity. See `graph.gaps.derivation`, where those of
  the built-in methods stand; impact, confidence and rank are added for all.
- The order in which findings are yielded says nothing: the runner sorts by severity, then id.
- What makes a finding one and the same between runs is measure, subject, object and `scope`.
- What depends on `--home` says `viewpoint=True`, what looks only at `--region` `regional=True`:
  both then stand in the ids of its findings. `ask.within(net)` is the network of the region.
- A measure that finds very many loops over `ask.leading(severity, …)`: all of them, or only the
  worst where only those will be shown; or it yields `Found(…, fill=…)` and says the rest later.
- Where relations may be removed at random to see whether a finding stays, the method gives `score`
  as well: one severity per link position (0: not found) by level, cheap, on arrays. The runner
  does the rest. A method that thins what it reads itself gives `stability` and `rank_range` (see
  `graph.gaps.stability.Ranks`).
- What is found and no weak link (an advantage) has an `apart`: it is listed after all others.
- Add the module to `graph.gaps.registry`; an outside package names its `METHOD` in the entry point
  group `innograph.methods` instead.
"""

from graph.gaps.method import Action, Ask, Enough, Found, Knock, Method, Node, Rows, Step, Unknown
from graph.gaps.registry import methods
from graph.gaps.runner import run

__all__ = [
    "Action",
    "Ask",
    "Enough",
    "Found",
    "Knock",
    "Method",
    "Node",
    "Rows",
    "Step",
    "Unknown",
    "methods",
    "run",
]
