"""missing-stage: required, and nobody provides it; told apart from missing in the data."""

import pytest

from graph.gaps import run


def ask(view, **how):
    answer = run(view, measures=["missing-stage"], **how)
    found = {f.subject.id: f for f in answer.findings}
    return found, {n.subject.id: n for n in answer.not_assessed if n.subject}


def chip(toy):
    """chip ← wafer, resist; resist ← resin. Firms make chips, wafers and resin."""
    view = toy().add("Product", "chip", "wafer", "resist", "resin")
    view.link("REQUIRES", "chip", "wafer", "resist").link("REQUIRES", "resist", "resin")
    return view.supply("chip", A=None).supply("wafer", B=None).supply("resin", C=None)


def test_an_input_that_nobody_makes(toy):
    found, unknown = ask(chip(toy))
    assert found.keys() == {"resist"} and not unknown
    resist = found["resist"]
    assert resist.action == "补链" and resist.values["required_by"] == 1
    assert resist.impact["output_lost"] == 1.0 and resist.impact["on"] == ["chip"]
    assert resist.severity == 1.0  # (1 + 1) / 2: the only output falls with it
    assert resist.confidence.coverage == 0.75  # three links of four name a provider


def test_an_end_product_is_not_required(toy):
    view = toy().add("Product", "chip", "wafer").link("REQUIRES", "chip", "wafer")
    found, _ = ask(view.supply("wafer", A=None))
    assert not found


def test_a_kind_that_has_a_provider_will_do(toy):
    view = chip(toy).add("Product", "dry resist").link("VARIANT_OF", "dry resist", "resist")
    assert not ask(view.supply("dry resist", D=None))[0]


def test_an_alternative_is_not_needed_where_another_is_had(toy):
    view = toy().add("Product", "module", "glass", "film")
    view.link("REQUIRES", "module", "glass", "film", group="cover")
    assert ask(view)[0].keys() == set()  # nobody is on record for anything: thin data
    view.add("Product", "case").link("REQUIRES", "module", "case").supply("case", A=None)
    assert ask(view.supply("module", B=None))[0].keys() == {"glass", "film"}
    assert ask(view.supply("film", C=None))[0].keys() == set()


@pytest.mark.parametrize("way", ["placeholder", "country"])
def test_somebody_supplies_it_whoever_that_is(toy, way):
    view = chip(toy)
    if way == "placeholder":
        view.add("Firm", "p", name="若干企业").link("PROVIDES", "p", "resist")
    else:
        view.state("resist", JPN=None)
    assert not ask(view)[0]


def test_a_plan_is_no_provider(toy):
    view = chip(toy).add("Firm", "D").link("PROVIDES", "D", "resist", planned=True)
    assert ask(view)[0].keys() == {"resist"}


def test_a_chain_without_any_provider_is_thin_data(toy):
    view = toy().add("IndustryChain", "chain").add("Stage", "s1", "s2")
    view.link("PART_OF_CHAIN", "s1", "chain").link("PART_OF_CHAIN", "s2", "chain")
    view.link("PRECEDES", "s1", "s2").add("Product", "other").supply("other", A=None)
    found, unknown = ask(view)
    assert not found and unknown.keys() == {"s1", "s2"}
    assert unknown["s1"].reason == "insufficient_data" and unknown["s1"].missing == ("PROVIDES",)


def test_a_stage_of_a_chain_is_required_by_the_chain(toy):
    view = toy().add("InnovationChain", "chain").add("Stage", "research", "pilot", "making")
    for stage in ("research", "pilot", "making"):
        view.link("PART_OF_CHAIN", stage, "chain")
    view.link("PRECEDES", "research", "pilot").link("PRECEDES", "pilot", "making")
    view.supply("research", A=None).supply("making", B=None)
    found, _ = ask(view)
    assert found.keys() == {"pilot"} and found["pilot"].chain == "innovation"


def test_a_step_of_a_stage_that_has_providers_cannot_be_told(toy):
    view = toy().add("Stage", "making", "etching").link("PART_OF", "etching", "making")
    view.link("REQUIRES", "making", "etching").supply("making", A=None)
    found, unknown = ask(view)
    assert not found and unknown.keys() == {"etching"}


def test_a_stage_is_there_when_a_part_of_it_is(toy):
    view = toy().add("Stage", "design", "making", "etching").link("PART_OF", "etching", "making")
    view.link("PRECEDES", "design", "making").supply("etching", A=None).supply("design", B=None)
    assert not ask(view)[0]


def test_only_the_region_that_is_asked_for(toy):
    view = chip(toy).supply("resist", D=None).add("Region", "成都", level="市")
    for firm in "AB":
        view.link("LOCATED_IN", firm, "成都")
    found, _ = ask(view, region="成都")
    assert found.keys() == {"resist", "resin"}
    assert found["resist"].values["elsewhere"] == 1
    assert found["resist"].id == "missing-stage:resist@region=成都"
    assert "成都" in found["resist"].text["zh"]


def test_a_thin_record_says_so_rather_than_finding_everything(toy):
    view = toy().add("Product", *"ABCDE").link("REQUIRES", "A", *"BCDE").supply("A", x=None)
    found, unknown = ask(view)
    assert not found and len(unknown) == 4 and unknown["B"].values["chain_coverage"] == 0.2
    found, _ = ask(view, settings={"missing-stage": {"coverage": 0.2}})
    assert len(found) == 4
