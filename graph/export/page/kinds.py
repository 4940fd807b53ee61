"""What an entity is drawn as: a handful of kinds, so that shapes can be told apart."""

from graph.schema import Schema

KINDS = {
    "Firm": "firm",
    "ServiceProvider": "firm",
    "University": "research",
    "College": "research",
    "ResearchInstitute": "research",
    "Platform": "platform",
    "Makerspace": "platform",
    "Nursery": "platform",
    "Incubator": "platform",
    "Accelerator": "platform",
    "IndustrialPark": "platform",
    "SciencePark": "platform",
    "InnovationCommunity": "platform",
    "ProofOfConceptCentre": "platform",
    "PilotTestPlatform": "platform",
    "EngineeringResearchCentre": "platform",
    "KeyLaboratory": "platform",
    "ComputingCentre": "platform",
    "TechTransferCentre": "platform",
    "Investor": "capital",
    "Fund": "capital",
    "FundingRound": "capital",
    "Grant": "capital",
    "GovernmentBody": "policy",
    "Policy": "policy",
    "Mechanism": "policy",
    "Initiative": "policy",
    "Programme": "policy",
    "Person": "people",
    "Team": "people",
    "Achievement": "knowledge",
    "Patent": "knowledge",
    "Project": "knowledge",
    "Challenge": "knowledge",
    "Problem": "problem",
}
"""Kinds of the classes; a class that is not listed has the kind of its nearest ancestor."""


def kind_of(schema: Schema, cls: str) -> str:
    """The kind of a class: link, firm, research, platform, capital, policy, people … or other."""
    if cls in schema.links:
        return "link"
    for name in (cls, *schema.classes[cls].ancestors):
        if name in KINDS:
            return KINDS[name]
    return "other"
