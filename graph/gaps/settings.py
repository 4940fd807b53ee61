"""Every threshold of every method, with the reason for it, in one table.

`graph.toml` may change any of them, as `"single-source.share" = 0.9` or in a table per measure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from graph.errors import UsageError


@dataclass(frozen=True)
class Threshold:
    """A number that a method asks for, and why it is that number."""

    name: str
    value: float
    reason: str


THRESHOLDS = (
    Threshold("top", 20, "a list that a person reads; 0 for all"),
    Threshold("not_assessed.top", 200, "listed per measure when only the top is; the rest counted"),
    Threshold("stability.draws", 50, "a share seen in 50 draws is known to about ±7 points"),
    Threshold("stability.removed", 0.1, "as much as a careful register is wrong by"),
    Threshold(
        "stability.rows",
        5_000_000,
        "relations looked at over all draws of one method; a larger record gets fewer draws",
    ),
    Threshold("stability.draws_min", 3, "fewer say nothing"),
    Threshold("confidence.reason", 0.8, "below four in five a reader asks what pulls it down"),
    Threshold("dispute.share", 0.05, "shares of a market are seldom known to within five points"),
    Threshold("dispute.number", 0.1, "two counts a tenth apart may be of different months"),
    Threshold("evidence.rows", 20, "lines listed under one finding; the number of all is said"),
    Threshold("impact.links", 2048, "knock-outs tried in one run; the worst findings come first"),
    Threshold("impact.findings", 256, "the worst of each measure; a ring takes seconds to settle"),
    Threshold("diff.tolerance", 0.01, "severity is shown in two digits: less cannot be seen"),
    Threshold("diff.causes", 10, "changed claims listed under one finding; all are counted"),
    Threshold("diff.reach", 3, "steps along the chain: further off everything is connected"),
    Threshold(
        "missing-stage.coverage", 0.25, "where three links in four name nobody, the record is thin"
    ),
    Threshold("listed.gap", 0.05, "shares that come to less leave somebody out"),
    Threshold("listed.links", 10, "of fewer links nothing is said of a record as a whole"),
    Threshold("listed.lost", 0.1, "where one in ten is not named, a list is no proof of few"),
    Threshold("absence.false", 0.25, "of what is said to be absent, three in four have to be so"),
    Threshold("absence.lost", 0.3, "where three ties in ten are missing, none left proves nothing"),
    Threshold("mismatch.false", 0.1, "of what is said to be lacking here nine in ten have to be"),
    Threshold("external.known", 0.5, "from less than half of the shares nothing can be said"),
    Threshold("external.rate", 0.9, "what a tenth of the shares would change is not worth a word"),
    Threshold("single-source.share", 0.95, "the rest could not replace it in any useful time"),
    Threshold("thin-stage.providers", 3, "two firms cannot be played against each other"),
    Threshold("thin-stage.z", -2.0, "the usual bound of an outlier, on a robust scale"),
    Threshold("concentrated.hhi", 0.25, "highly concentrated, Merger Guidelines 2010"),
    Threshold("concentrated.severe", 0.5, "as concentrated as two equal providers, or worse"),
    Threshold("currency.USD", 1.0, "the currency in which market sizes are compared"),
    Threshold("currency.CNY", 0.14, "rough mean of recent years: sizes count on a log scale"),
    Threshold("currency.EUR", 1.1, "rough mean of recent years"),
    Threshold("currency.JPY", 0.0075, "rough mean of recent years"),
    Threshold("currency.KRW", 0.0008, "rough mean of recent years"),
    Threshold("currency.GBP", 1.27, "rough mean of recent years"),
    Threshold("currency.TWD", 0.032, "rough mean of recent years"),
    Threshold("chokepoint.floor", 25e6, "a market below 25M USD is cheap to enter again"),
    Threshold("chokepoint.cap", 10e9, "above 10B USD nobody enters alone: more makes no odds"),
    Threshold("chokepoint.w_min", 0.05, "a small market still has to be entered: never nothing"),
    Threshold("chokepoint.c", 0.7, "weight of concentration in the geometric mean"),
    Threshold("chokepoint.w", 0.3, "weight of the value at stake in the geometric mean"),
    Threshold("chokepoint.substitute", 0.5, "what a sibling's supply counts for a variant"),
    Threshold("chokepoint.inherit", 0.9, "a process is a little less choked than its worst input"),
    Threshold("chokepoint.gap", 0.05, "stated shares that fall short by more are incomplete"),
    Threshold("chokepoint.home", 0.5, "a link of which home holds this much is an advantage"),
    Threshold("chokepoint.loss_top", 0.1, "loss in the top tenth marks a small, vital market"),
    Threshold("concentrated.values", 3, "two values of a dimension cannot show concentration"),
    Threshold("broker.pairs", 3, "one firm that hangs on its only partner is a client, no group"),
    Threshold("broker.share", 0.0005, "below one pair in two thousand nothing much hangs on it"),
    Threshold("broker.cut_off", 2, "a single actor at the end of a line is no group either"),
    Threshold("actors.edges", 10_000_000, "two minutes of search and 2 GB, draws and all"),
    Threshold("actors.rows", 5_000_000, "edges searched again over all draws of the stability"),
    Threshold("broker.look_ups", 20_000, "partners looked up for the constraint of one broker"),
    Threshold("broker.coverage", 0.5, "most firms and universities stand outside: say so"),
    Threshold("broker.candidates", 3, "who might share the load: enough to ask round"),
    Threshold("hand-off.units", 10, "of fewer units a rate says nothing"),
    Threshold("hand-off.q", 0.05, "at most one break in twenty is chance"),
    Threshold("hand-off.below", 0.75, "a quarter less than elsewhere is worth a plan"),
    Threshold("hand-off.feeds", 0.5, "where most come through the step before, order is a given"),
    Threshold("dependence.clients", 3, "two firms with one contact are a coincidence"),
    Threshold("dependence.share", 0.002, "below one firm in five hundred few are concerned"),
    Threshold("dependence.candidates", 3, "whom else to turn to: enough to ask round"),
    Threshold("isolated-island.actors", 3, "two who know each other are no group"),
    Threshold("missing-link.pairs", 100, "of fewer a tenth is too few to tell hits from chance"),
    Threshold("missing-link.share", 0.1, "hidden to learn from; more would change what is around"),
    Threshold("missing-link.hidden", 1000, "rows hidden over all draws: weights hardly move then"),
    Threshold("missing-link.draws", 10, "at most: each row of a small record is hidden about once"),
    Threshold("missing-link.draws_min", 2, "one is tested with what the other teaches"),
    Threshold("missing-link.steps", 4_000_000, "per draw: some seconds for each relation"),
    Threshold("missing-link.least", 0.2, "one hidden in five, and what is not on record besides"),
    Threshold("orphan.months", 36, "three years: about as long as a licence takes to come about"),
    Threshold("orphan.peers", 0.5, "where half of its kind have it, one without is odd"),
    Threshold("policy-quality.recorded", 0.2, "what four in five leave out was not recorded"),
    Threshold("funding-hole.near", 0.5, "where half of those around have capital, one should too"),
    Threshold("funding-hole.neighbours", 2, "one neighbour with capital is no surroundings"),
    Threshold("funding-hole.providers", 3, "of fewer a share is a coin's toss"),
    Threshold("funding-hole.below", 0.5, "less than half of what is usual in the chain"),
    Threshold("funding-hole.q", 0.05, "at most one such link in twenty is chance"),
    Threshold("funding-hole.recorded", 0.05, "below one in twenty a country is not recorded"),
    Threshold("funding-hole.firms", 10, "of fewer firms no curve can be drawn"),
    Threshold("funding-hole.patience", 2, "one round may take twice as long as another"),
    Threshold("funding-hole.candidates", 3, "who already funds the neighbours: enough to ask"),
    Threshold("coupling.industry", 1, "weight of the chain in T; 0 leaves it out"),
    Threshold("coupling.innovation", 1, "as much as each other chain: no reason for less is known"),
    Threshold("coupling.policy", 1, "as much as each other chain"),
    Threshold("coupling.capital", 1, "as much as each other chain"),
    Threshold("coupling.talent", 0, "1, with policy 0, for the four with talent instead of policy"),
    Threshold("coupling.found", 0.5, "below it 失调 begins, the lower five of the ten bands"),
    Threshold("coupling.corrected", 1, "the older form crowds near 1; 0 lets that one decide"),
    Threshold("coupling.entropy", 0, "given weights hold for one unit as well; 1: entropy weights"),
    Threshold("coupling.panel", 3, "of two units any difference is the largest"),
    Threshold("coupling.links", 5, "of fewer links a share says nothing"),
    Threshold("coupling.enough", 3, "as for providers: two cannot be played against each other"),
    Threshold("coupling.breadth", 0.5, "having one at all and having enough count the same"),
    Threshold("coupling.whole", 0.5, "what is for the whole chain reaches a link half as well"),
    Threshold("coupling.providers", 10, "of fewer providers a region has no profile"),
    Threshold("coupling.regions", 50, "a table that can be read; those with most providers"),
    Threshold("coupling.band_low", 0.3333, "thirds: little, some or most is on record"),
    Threshold("coupling.band_high", 0.6667, "thirds: little, some or most is on record"),
    Threshold("coupling.things", 30, "of fewer shared projects eight cells say nothing"),
    Threshold("local-uptake.share", 0.5, "below a half more leaves than stays"),
    Threshold(
        "local-uptake.known", 0.8, "with a fifth of the buyers anywhere, local cannot be told"
    ),
    Threshold("local-uptake.contracts", 10, "of fewer contracts one alone may decide"),
    Threshold("local-uptake.chance", 0.1, "of fewer, so little may be chance in one of ten"),
    Threshold("pilot-capacity.load", 1, "who waits longer than a year has gone elsewhere"),
    Threshold("pilot-capacity.units", 10, "of fewer units a queue says nothing"),
    Threshold("pilot-capacity.months", 60, "who came five years ago waits no more"),
    Threshold(
        "pilot-capacity.known", 0.5, "of fewer than half of the platforms no sum can be made"
    ),
    Threshold("pilot-capacity.platforms", 3, "of fewer no usual batches per square metre"),
    Threshold("capital-mismatch.links", 5, "of fewer links a chain has no distribution to compare"),
    Threshold("capital-mismatch.funded", 10, "of fewer recipients a share is one firm's luck"),
    Threshold("capital-mismatch.below", 0.5, "less than half of what its need would have it get"),
    Threshold(
        "capital-mismatch.amounts", 0.8, "where one amount in five is missing, count instead"
    ),
    Threshold("specialisation.lq", 1.25, "a quarter above the usual share, as in cluster studies"),
    Threshold("specialisation.q", 0.1, "one in ten by chance, before what else has to hold"),
    Threshold("specialisation.firms", 5, "of fewer firms a share is an accident"),
    Threshold("specialisation.known", 0.8, "where one in five is silent, the large ones may be it"),
    Threshold("specialisation.placed", 0.5, "from less than half of the places no share follows"),
    Threshold("specialisation.band", 0.5, "links recorded only here make any region look special"),
    Threshold("lead-dependence.share", 0.5, "what a prospectus has to disclose as dependence"),
    Threshold("lead-dependence.suppliers", 3, "two firms with one customer are a coincidence"),
    Threshold("lead-dependence.purchases", 0.5, "from less than half of them no rate follows"),
    Threshold("tier-coverage.holders", 3, "a tier of which two are on record was not loaded there"),
    Threshold("tier-coverage.providers", 3, "of fewer providers a share is a coin's toss"),
    Threshold(
        "tier-coverage.links", 0.5, "where half of the chain's links have it, one should too"
    ),
    Threshold("tier-coverage.q", 0.1, "one in ten by chance, before what else has to hold"),
    Threshold(
        "talent.met", 0.5, "schools that fill less than half leave the rest to be lured away"
    ),
    Threshold("talent.stay", 0.5, "where half or fewer stay, a place educates for others"),
    Threshold("talent.people", 10, "of fewer people a share says nothing"),
    Threshold("talent.known", 0.5, "from less than half of the providers no sum follows"),
    Threshold("talent.recorded", 0.5, "where most links have no education it was not recorded"),
    Threshold("whatif.spare", 0.33, "industry runs at about three quarters of its capacity"),
    Threshold("whatif.entrant", 0.1, "about what a newcomer gets of a market in its first years"),
    Threshold("whatif.links", 20, "links whose substitutes are named"),
    Threshold("whatif.searched", 200, "links whose substitutes are searched for and counted"),
    Threshold("whatif.findings", 5, "findings listed per measure that open or get worse"),
    Threshold("whatif.rows", 200_000, "relations up to which all measures are run twice: a minute"),
    Threshold("repair.share", 0.2, "a second source is worth having where it carries a fifth"),
    Threshold("repair.candidates", 3, "who is nearest to making it: enough to ask round"),
)


CURRENCIES = ("USD", "CNY", "EUR", "JPY", "KRW", "GBP", "TWD")


class Settings(Mapping[str, float]):
    """The thresholds in force.

    >>> Settings({"thin-stage": {"providers": 4}})["thin-stage.providers"]
    4.0
    """

    def __init__(self, changed: Mapping[str, Any] | None = None) -> None:
        """`changed` as read from `graph.toml`. Raises UsageError for one that is not known."""
        self._values = {t.name: float(t.value) for t in THRESHOLDS}
        self.changed = dict(_flat("", changed or {}))
        for name, value in self.changed.items():
            if name not in self._values:
                near = get_close_matches(name, self._values, 3)
                raise UsageError("gaps.unknown_setting", name=name, near=", ".join(near))
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise UsageError("gaps.setting_no_number", name=name, value=value)
            self._values[name] = float(value)

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def rates(self) -> dict[str, float]:
        """US dollars for one unit of each currency; the first is the one meant where none is."""
        return {code: self[f"currency.{code}"] for code in CURRENCIES}

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def _flat(prefix: str, table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(f"{prefix}{key}.", value)
        else:
            yield f"{prefix}{key}", value
