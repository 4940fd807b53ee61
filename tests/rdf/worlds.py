"""Records of any claims that a source may make: awkward texts, contradictions, parallel relations."""

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from graph.record import Record
from graph.record.sql import fill
from graph.record.write import FileClaims, FileVersion, Run
from tests.claims import Claims

PRINTED = st.characters(codec="utf-8", exclude_categories=["Cs"])
AWKWARD = st.sampled_from(list("\"'\\\n\r\t <>&{}%#/:.;@^`甲é🚀\u200b\u2028\x85\u00a0"))
TEXT = st.text(st.one_of(PRINTED, AWKWARD), min_size=1, max_size=12)
KEY = st.one_of(
    st.sampled_from(
        ["F1", "F2", "F3", "a/b", "..", "http://e.org/x", "https://e.org/a b", "~-_.:"]
    ),
    TEXT,
)
NAME = st.one_of(st.sampled_from(["甲公司", "Acme", "甲 Ltd"]), TEXT)
DATE = st.sampled_from(["2020", "2020-05", "2020-05-17", "1999-12", "0001"])
NUMBER = st.floats(allow_nan=False, allow_infinity=True)
SHARE = st.floats(0, 1)
LINE = st.integers(1, 4)
EXTRA = st.sampled_from([None, '{"备注": "≥ 3"}', '{"a": [1, "x\\n"]}'])
FLAG = st.sampled_from([None, True, False])


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), values)


ENTITY = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["Firm", "Investor", "University"]),
        "id": KEY,
        "line": LINE,
        "mention": st.booleans(),
        "name": maybe(NAME),
        "name_en": maybe(NAME),
        "alt_names": maybe(st.lists(NAME, min_size=1, max_size=3, unique=True)),
        "description": maybe(TEXT),
        "website": maybe(TEXT),
        "masked": FLAG,
        "founded_on": maybe(DATE),
        "employees": maybe(st.integers(-(2**63), 2**63 - 1)),
        "address": maybe(TEXT),
        "extra": EXTRA,
    }
)
FIRM = st.fixed_dictionaries(
    {
        "revenue": maybe(NUMBER),
        "revenue_min": maybe(NUMBER),
        "revenue_max": maybe(NUMBER),
        "revenue_currency": maybe(st.sampled_from(["CNY", "USD"])),
        "rd_share": maybe(SHARE),
        "size": maybe(st.sampled_from(["大", "小"])),
    }
)
LINK = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["SUPPLIES", "COLLABORATES_WITH", "HOLDS_STAKE_IN"]),
        "source_id": KEY,
        "target_id": KEY,
        "line": LINE,
        "eid": maybe(st.one_of(st.sampled_from(["e1", "2020"]), TEXT)),
        "start": maybe(DATE),
        "share": maybe(SHARE),
        "quote": maybe(TEXT),
        "planned": FLAG,
        "amount": maybe(NUMBER),
        "amount_min": maybe(NUMBER),
        "extra": EXTRA,
    }
)
SAME = st.tuples(KEY, KEY, st.sampled_from(["same", "different"]), maybe(TEXT), LINE)

FILE = st.fixed_dictionaries(
    {
        "entities": st.lists(st.tuples(ENTITY, FIRM), max_size=4),
        "links": st.lists(LINK, max_size=4),
        "same": st.lists(SAME, max_size=1),
        "twice": st.booleans(),
    }
)
WORLD = st.dictionaries(
    st.tuples(st.sampled_from(["甲", "b c"]), st.sampled_from(["x.csv", "表/a b.csv"])),
    FILE,
    min_size=1,
    max_size=3,
)


def write(world: dict[tuple[str, str], Any], db: Path) -> Path:
    """Makes a record of it at `db`."""
    claims = Claims()
    with Record.open(db, schema=claims.schema, write=True) as record, Run(record, "test") as run:
        for (source, file), said in world.items():
            made = FileClaims()
            rows: dict[str, list[dict[str, Any]]] = {}
            for entity, firm in said["entities"]:
                row = {**entity, "keyless": entity["id"] == "F3"}
                rows.setdefault(entity["kind"], []).append(
                    row | (firm if entity["kind"] == "Firm" else {})
                )
            for link in said["links"]:
                ends = {f"{s}_keyless": link[f"{s}_id"] == "F3" for s in ("source", "target")}
                rows.setdefault(link["kind"], []).append({**link, **ends})
            for kind, some in rows.items():
                some += some[:1] if said["twice"] else []
                made.read += len(some)
                claims._stage(record, made, kind, [{"row": i, **r} for i, r in enumerate(some)])
            pairs = [p for p in said["same"] if p[0] != p[1]]
            if pairs:
                record.con.execute(
                    'CREATE OR REPLACE TEMP TABLE judged("row" BIGINT, a VARCHAR, b VARCHAR,'
                    " verdict VARCHAR, why VARCHAR, line INTEGER, judge VARCHAR)"
                )
                fill(record.con, "judged", [(i, *p, "me") for i, p in enumerate(pairs)])
                made.same_as = ["judged"]
            version = FileVersion(source, file, "/", repr(said), "table")
            run.write(version, made, run.known(version))
    return db
