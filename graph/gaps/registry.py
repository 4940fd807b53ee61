"""Which methods there are: those built in, and those of outside packages."""

from importlib import import_module
from importlib.metadata import entry_points

from graph.errors import UsageError
from graph.gaps.method import Method

GROUP = "innograph.methods"

BUILT_IN = (
    "missing_stage",
    "single_source",
    "concentrated",
    "thin_stage",
    "external",
    "mismatch",
    "specialisation",
    "lead_dependence",
    "tier_coverage",
    "chokepoint",
    "hand_off",
    "broker",
    "dependence",
    "isolated_island",
    "pilot_capacity",
    "missing_link",
    "funding_hole",
    "capital_mismatch",
    "local_uptake",
    "policy_coverage",
    "policy_quality",
    "talent",
    "orphan",
    "stated",
    "coupling",
)
"""Modules of this package, in the order in which their findings are shown."""


def methods() -> dict[str, Method]:
    """All methods by the name of their measure, built-in ones first.

    Raises UsageError where two packages bring a measure of the same name.
    """
    found: dict[str, Method] = {}
    for module in BUILT_IN:
        method = import_module(f"graph.gaps.{module}").METHOD
        found[method.measure] = method
    for point in sorted(entry_points(group=GROUP), key=lambda p: (p.name, p.value)):
        method = point.load()
        if method.measure in found:
            raise UsageError("gaps.twice", measure=method.measure, package=point.value)
        found[method.measure] = method
    return found
