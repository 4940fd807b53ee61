"""pilot-capacity: who waits before pilot production, and what the plants can take, by hand."""

import numpy as np
import pytest

from graph.gaps import run
from graph.network.pilots import per_area

CONCEPT, PILOT, LATER = (
    f"stage:innovation-{s}" for s in ("proof-of-concept", "pilot", "production")
)


def ask(view, **how):
    return run(view, measures=["pilot-capacity"], **{"as_of": "2024-12-31", **how})


def found(view, **how):
    return {f.subject.id: f for f in ask(view, **how).findings}


def unknown(view, **how):
    return {n.subject.id if n.subject else "": n for n in ask(view, **how).not_assessed}


def units(n, start=0):
    return [f"u{i:02}" for i in range(start, start + n)]


def reach(view, stage, some, start="2023-01", **values):
    for unit in some:
        view.link("REACHED", unit, stage, start=start, **values)
    return view


def short(toy, batches=10):
    """20 came to proof of concept; 3 of them went on; one plant can take 10 a year."""
    view = toy().add("Stage", CONCEPT, PILOT, LATER).add("Project", *units(20))
    reach(view, CONCEPT, units(20))
    reach(view, PILOT, units(2), "2024-01")
    reach(view, LATER, units(1, 2), "2024-01")
    return view.add("PilotTestPlatform", "plant", batches_per_year=batches)


def test_more_wait_than_can_be_taken_in_a_year(toy):
    (queue,) = ask(short(toy)).findings
    assert queue.id == "pilot-capacity:" + PILOT.replace(":", "%3A")
    assert queue.chain == "innovation" and queue.family == "brokerage" and queue.action == "强链"
    values = queue.values
    assert (values["demand"], values["waiting"], values["applications"]) == (17, 17, 0)
    assert (values["capacity"], values["platforms"], values["platforms_known"]) == (10.0, 1, 1)
    assert values["load"] == pytest.approx(1.7) and values["median_months"] == 12.0
    assert queue.severity == pytest.approx(1 - 10 / 17, abs=1e-6)
    assert queue.confidence.coverage == 1.0 and 0 < queue.confidence.stability <= 1
    assert (
        "17 项" in queue.text["zh"] and "1.7 年" in queue.text["zh"] and "1.7" in queue.text["en"]
    )
    assert queue.evidence and queue.candidates[0]["id"] == "plant"


def test_a_plant_that_can_take_them(toy):
    assert not found(short(toy, 17)) and not unknown(short(toy, 17))
    assert found(short(toy, 16))


def test_who_asks_is_counted_once(toy):
    view = short(toy, 17).add("Firm", "a", "b").link("NEEDS", "a", PILOT).link("NEEDS", "b", PILOT)
    view.link("NEEDS", "u05", PILOT).link("NEEDS", "u00", PILOT)  # one waits, one has been there
    view.link("NEEDS", "b", PILOT)
    view.add("Firm", "hires").link("NEEDS", "hires", PILOT, quantity=60, unit="人")
    values = found(view)[PILOT].values
    assert (values["demand"], values["applications"]) == (19, 2)
    assert not found(short(toy, 17).add("Firm", "c").link("NEEDS", "c", PILOT, planned=True))


def test_who_left_or_came_long_ago_waits_no_more(toy):
    view = short(toy)
    view.con.execute(
        'UPDATE "r_REACHED" SET "end" = \'2023-06\' WHERE f IN (SELECT k FROM node'
        " WHERE id IN ('u10', 'u11'))"
    )
    assert found(view)[PILOT].values["waiting"] == 15
    view.con.execute("UPDATE \"r_REACHED\" SET start = '2010' WHERE f IN (6, 7)")
    assert found(view)[PILOT].values["waiting"] == 13
    assert found(view, settings={"pilot-capacity": {"months": 600}})[PILOT].values["waiting"] == 15


def test_without_a_day_one_waits_all_the_same(toy):
    view = short(toy)
    view.con.execute("UPDATE \"r_REACHED\" SET start = NULL WHERE start = '2023-01'")
    queue = found(view)[PILOT]
    assert queue.values["waiting"] == 17 and queue.values["median_months"] is None
    assert queue.confidence.coverage == 0.5


def test_floor_area_stands_in_where_three_say_both(toy):
    view = short(toy, 2)
    view.add("PilotTestPlatform", "b", batches_per_year=4, floor_area=2000)
    view.add("PilotTestPlatform", "c", batches_per_year=2, floor_area=1000)
    view.add("PilotTestPlatform", "d", floor_area=1500)
    values = found(view)[PILOT].values
    assert (values["platforms"], values["platforms_known"]) == (4, 3)
    assert values["capacity"] == pytest.approx(8 / 3 * 4, abs=1e-6)  # d as the average
    view.add("PilotTestPlatform", "e", batches_per_year=1, floor_area=500)
    seen = found(view)[PILOT]
    assert seen.values["platforms_known"] == 5
    assert seen.values["capacity"] == 12.0  # 0.002 a square metre: 3, and 2 + 4 + 2 + 1
    assert seen.confidence.coverage == pytest.approx(4.5 / 5)
    assert "20%" in seen.confidence.reasons[0]["en"]


def test_the_median_of_batches_per_area():
    area = np.array([100.0, 200.0, 400.0, np.nan])
    assert per_area(np.array([1.0, 4.0, 4.0, 9.0]), area, 3) == 0.01
    assert np.isnan(per_area(np.array([1.0, 4.0, np.nan, 9.0]), area, 3))


def test_the_busiest_year_of_service_stands_in(toy):
    view = short(toy, None)
    view.add("Firm", *(f"f{i}" for i in range(6)))
    for i in range(6):
        year = "2022" if i < 4 else "2023"
        view.link("PROVIDES_SERVICE_TO", "plant", f"f{i}", service="中试熟化", start=year)
    view.link("PROVIDES_SERVICE_TO", "plant", "f0", service="检验检测", start="2022")
    view.link("PROVIDES_SERVICE_TO", "plant", "f1", service="中试熟化", start="2023", times=1)
    view.link("PROVIDES_SERVICE_TO", "plant", "f2", service="中试熟化", start="2023-05", times=3)
    assert found(view)[PILOT].values["capacity"] == 6.0  # 2023: 1 + 1 + 1 + 3
    assert found(view)[PILOT].confidence.coverage == 0.5


def test_who_provides_the_stage_serves_it_too(toy):
    view = short(toy, 5).add("EngineeringResearchCentre", "centre")
    view.link("PROVIDES", "centre", PILOT, capacity=8)
    values = found(view)[PILOT].values
    assert (values["platforms"], values["capacity"]) == (2, 13.0)


def test_a_platform_that_was_dissolved_takes_nobody(toy):
    view = short(toy, 5).add("PilotTestPlatform", "old", batches_per_year=90, dissolved_on="2020")
    assert found(view)[PILOT].values["capacity"] == 5.0


def test_a_pilot_stage_of_a_chain_of_its_own(toy):
    view = toy().add("Stage", "lab", "line").link("PRECEDES", "lab", "line")
    view.add("Team", *units(14)).add("PilotTestPlatform", "plant", batches_per_year=3)
    reach(reach(view, "lab", units(14)), "line", units(2))
    view.link("PROVIDES", "plant", "line")
    assert found(view)["line"].values["demand"] == 12


def test_in_a_region(toy):
    view = short(toy).add("Region", "here", "there", level="市").add("University", "uni")
    view.link("LOCATED_IN", "plant", "here").link("LOCATED_IN", "uni", "here")
    for unit in units(15, 5):
        view.link("UNDERTAKES", "uni", unit)
    assert unknown(view, region="here")[PILOT].missing == ("LOCATED_IN",)  # five of twenty unknown
    for unit in units(5):
        view.link("LOCATED_IN", unit, "there")
    queue = found(view, region="here")[PILOT]
    assert queue.values["demand"] == 15 and queue.id.endswith("@region=here")
    assert unknown(view, region="there")[PILOT].missing == ("PilotTestPlatform",)


def test_either_side_absent_is_said_with_how_much_would_do(toy):
    view = short(toy, None)
    lack = unknown(view)[PILOT]
    assert lack.reason == "insufficient_data" and not found(view)
    assert "batches_per_year" in lack.text["zh"] and "1 are needed" in lack.text["en"]
    view.con.execute('DELETE FROM "n_PilotTestPlatform"')
    assert unknown(view)[PILOT].missing == ("PilotTestPlatform",)
    few = short(toy)
    few.con.execute('DELETE FROM "r_REACHED" WHERE f > 10')
    seen = unknown(few)[PILOT]
    assert seen.values == {
        "demand": 5,
        "platforms": 1,
        "platforms_known": 1,
        "entered": 8,
        "least": 10,
        "have": 8,
        "need": 10,
    }
    assert "10 are needed" in seen.text["en"] and "至少要 10 项" in seen.text["zh"]


def test_where_nobody_came_to_the_pilot_stage_it_was_not_recorded(toy):
    view = short(toy)
    view.con.execute("DELETE FROM \"r_REACHED\" WHERE start = '2024-01'")
    assert not found(view) and "nobody on record" in unknown(view)[PILOT].text["en"]
    assert unknown(toy().add("Firm", "f"))[""].missing[-1] == "PilotTestPlatform"


def test_the_derivation_comes_to_the_severity(toy):
    view = short(toy).add("PilotTestPlatform", "dark")
    how = {"settings": {"pilot-capacity": {"load": 0.5}}}
    identity = "pilot-capacity:" + PILOT.replace(":", "%3A")
    (queue,) = ask(view, explain=identity, **how).findings
    told = [s for s in queue.derivation if s.about == "severity"]
    assert told[-1].calculations[-1].result == pytest.approx(queue.severity, abs=1e-6)
    assert told[-1].calculations[-1].numbers == "1 - 0.5 × 20 / 17"
    assert [p.text["en"].split(":")[0] for p in told[1].parts] == ["dark", "plant"]
    assert told[0].evidence
