"""Lists of universities and of policy notices."""

import json


def test_universities(take_in, rows):
    done = take_in("universities", "universities")
    chinese = rows(done.folder / "china_moe_universities.csv")
    world = json.loads((done.folder / "world_universities_and_domains.json").read_text("utf-8"))
    assert done.counts("china_moe_universities.csv") == (2631, 2631, 0)
    assert done.counts("world_universities_and_domains.json") == (10251, 10251, 0)
    names = {(w["alpha_two_code"], w["name"].strip()) for w in world}
    assert done.view.entity_counts() == {
        "University": len(names) + sum(r["level"] == "本科" for r in chinese),
        "College": sum(r["level"] == "专科" for r in chinese),
        "Region": len({w["alpha_two_code"] for w in world})
        + len({"".join(r["address"].split()) for r in chinese}),
    }
    assert done.sql(
        "SELECT name, school_code FROM \"n_University\" WHERE id = 'school:4111010003'"
    ) == [("清华大学", "4111010003")]
    assert done.sql('SELECT count(website) FROM "n_University"') == [(len(names),)]


def test_policy_notices(take_in, rows):
    done = take_in("fujian-policy-kg", "fujian-policy-kg")
    notices = rows(done.folder / "policy_fujian.csv")
    assert done.counts("policy_fujian.csv") == (913, 913, 0)
    assert list(done.reports) == ["policy_fujian.csv"]
    assert done.view.entity_counts() == {
        "Policy": len({r["detail"] for r in notices}),
        "GovernmentBody": len({r["depart_id"] for r in notices}),
    }
    dates = {date for (date,) in done.sql('SELECT issued_on FROM "n_Policy"')}
    assert "2021-01-01" in dates and all(len(d) == 10 for d in dates)
