"""Cells as people write them, and the same cells read in SQL."""

import datetime
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.messages import say
from graph.schema import ClosedValue, Datatype, Property
from ingest import values
from ingest.values import Amount, ValueRefused, parse


def term(datatype: Datatype, **more: Any) -> Property:
    return Property("x", "urn:x", datatype, {"en": "x"}, {"en": "x"}, **more)


LEVELS = (
    ClosedValue("national", {"zh": "国家级", "en": "national"}, ("国家",)),
    ClosedValue("provincial", {"zh": "省级", "en": "provincial"}, ("省",)),
)


@pytest.mark.parametrize(
    ("datatype", "text", "expected"),
    [
        ("integer", "1,234", 1234),
        ("integer", "１２", 12),
        ("integer", "12.0", 12),
        ("integer", "1.2万", 12000),
        ("integer", "120人", 120),
        ("integer", "-7", -7),
        ("integer", "9223372036854775807", 2**63 - 1),
        ("decimal", "1,234.5", 1234.5),
        ("decimal", "1.2e3", 1200.0),
        ("decimal", ".5", 0.5),
        ("boolean", "是", True),
        ("boolean", "√", True),
        ("boolean", "No", False),
        ("boolean", "无", False),
        ("boolean", "—", None),
        ("share", "0.61", 0.61),
        ("share", "61%", 0.61),
        ("share", "61％", 0.61),
        ("share", "约61%", 0.61),
        ("share", "61.5 %", 0.615),
        ("share", "100%", 1.0),
        ("share", "1", 1.0),
        ("share", "-", None),
        ("date", "2024", "2024"),
        ("date", "2024年", "2024"),
        ("date", "2024-05", "2024-05"),
        ("date", "2024/5/1", "2024-05-01"),
        ("date", "2024.5", "2024-05"),
        ("date", "2024.5.1", "2024-05-01"),
        ("date", "2024年5月", "2024-05"),
        ("date", "2024年5月1日", "2024-05-01"),
        ("date", "2024 年 5 月 1 日", "2024-05-01"),
        ("date", "２０２４年５月", "2024-05"),
        ("date", "20240501", "2024-05-01"),
        ("date", "202405", "2024-05"),
        ("date", "2024-05-01 00:00:00", "2024-05-01"),
        ("date", "2024-05-01T08:30:00+08:00", "2024-05-01"),
        ("date", "2024年上半年", "2024"),
        ("date", "2024年第三季度", "2024"),
        ("date", "2024Q3", "2024"),
        ("date", "2024年底", "2024"),
        ("date", "2024年5月底", "2024-05"),
        ("date", "May 2024", "2024-05"),
        ("date", "1 May 2024", "2024-05-01"),
        ("date", "Sept. 3, 2024", "2024-09-03"),
        ("date", "31/12/2024", "2024-12-31"),
        ("date", "至今", None),
        ("date", "2024-02-29", "2024-02-29"),
        ("text", " 甲 ", "甲"),
        ("text", "-", "-"),
        ("uri", "https://a.example/路", "https://a.example/路"),
        ("uri", "www.a.example", "http://www.a.example"),
        ("uri", "无", None),
    ],
)
def test_reads(datatype: Datatype, text: str, expected: object) -> None:
    found = parse(datatype, text)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("datatype", "text", "key"),
    [
        ("integer", "三", "integer"),
        ("integer", "12.5", "integer"),
        ("integer", "9223372036854775808", "integer"),
        ("integer", "12,34", "integer"),
        ("decimal", "三", "decimal"),
        ("decimal", "12%", "decimal"),
        ("decimal", "1e999", "decimal"),
        ("boolean", "也许", "boolean"),
        ("share", "61", "share_percent"),
        ("share", "-0.1", "share_negative"),
        ("share", "104%", "share_over"),
        ("share", "超过60%", "share_bound"),
        ("share", "六成", "share"),
        ("date", "2024-13", "date_impossible"),
        ("date", "2024-02-30", "date_impossible"),
        ("date", "2023年2月29日", "date_impossible"),
        ("date", "0024-05-01", "date_impossible"),
        ("date", "5/6/2024", "date_order"),
        ("date", "45413", "date_serial"),
        ("date", "昨天", "date"),
        ("date", "2024-05/01", "date"),
        ("uri", "javascript:alert(1)", "uri"),
        ("uri", "甲公司", "uri"),
    ],
)
def test_refuses_with_advice(datatype: Datatype, text: str, key: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        parse(datatype, text)
    assert refused.value.key == f"values.{key}"
    for lang in ("zh", "en"):
        assert text in refused.value.text(lang)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3000万元", (3e7, None, None, "CNY")),
        ("3000 万 元", (3e7, None, None, "CNY")),
        ("1.2亿元", (1.2e8, None, None, "CNY")),
        ("0.07亿", (7e6, None, None, "CNY")),
        ("1亿2000万元", (1.2e8, None, None, "CNY")),
        ("人民币1，500万元", (1.5e7, None, None, "CNY")),
        ("1.5e7", (1.5e7, None, None, "CNY")),
        ("￥500", (500.0, None, None, "CNY")),
        ("$5M", (5e6, None, None, "USD")),
        ("US$ 1.3 billion", (1.3e9, None, None, "USD")),
        ("€2bn", (2e9, None, None, "EUR")),
        ("5M USD", (5e6, None, None, "USD")),
        ("30 million yuan", (3e7, None, None, "CNY")),
        ("HK$3.2m", (3.2e6, None, None, "HKD")),
        ("$56.2 billion (of all kinds) (2019)", (5.62e10, None, None, "USD")),
        ("500（万美元）", (5e6, None, None, "USD")),
        ("500万元（美元）", (5e6, None, None, "USD")),
        ("500万美元（约3500万元人民币）", (5e6, None, None, "USD")),
        ("约3000万元", (3e7, None, None, "CNY")),
        ("Over $70 billion (2019)", (7e10, 7e10, None, "USD")),
        ("超5000万", (5e7, 5e7, None, "CNY")),
        ("5000余万元", (5e7, 5e7, None, "CNY")),
        ("3亿多元", (3e8, 3e8, None, "CNY")),
        ("500万元以上", (5e6, 5e6, None, "CNY")),
        ("亿元及以上人民币", (1e8, 1e8, None, "CNY")),
        ("上亿元", (1e8, 1e8, None, "CNY")),
        ("不超过500万", (5e6, None, 5e6, "CNY")),
        ("近亿元", (1e8, 9e7, 1e8, "CNY")),
        ("数千万人民币", (None, 2e7, 1e8, "CNY")),
        ("数千万元级", (None, 2e7, 1e8, "CNY")),
        ("数百万美元", (None, 2e6, 1e7, "USD")),
        ("十几万元", (None, 1e5, 2e5, "CNY")),
        ("千万级", (None, 1e7, 1e8, "CNY")),
        ("1-2亿元", (None, 1e8, 2e8, "CNY")),
        ("5000万至1亿元", (None, 5e7, 1e8, "CNY")),
        ("$1M–$2M", (None, 1e6, 2e6, "USD")),
        ("tens of millions of dollars", (None, 2e7, 1e8, "USD")),
    ],
)
def test_amounts(text: str, expected: tuple[object, ...]) -> None:
    assert parse("amount", text) == expected


@pytest.mark.parametrize("text", ["未披露", "不详", "保密", "-", "/", "N/A", "（未透露）", "#N/A"])
def test_an_amount_that_is_not_told_is_unknown(text: str) -> None:
    assert parse("amount", text) is None
    assert values.parse_columns(term("amount"), text) == (None, None, None, None)


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("3000", "万元", (3e7, "CNY")),
        ("1,500", "亿元", (1.5e11, "CNY")),
        ("300", "万美元", (3e6, "USD")),
        ("300", "USD million", (3e8, "USD")),
        ("300", "单位：万元", (3e6, "CNY")),
        ("1.2亿", "万元", (1.2e8, "CNY")),
        ("500元", "万元", (500.0, "CNY")),
        ("$500", "万美元", (5e6, "USD")),
        ("300", None, (300.0, "EUR")),
    ],
)
def test_the_unit_of_a_heading(text: str, unit: str | None, expected: tuple[float, str]) -> None:
    found = parse("amount", text, unit=unit, currency="EUR" if unit is None else "CNY")
    assert isinstance(found, Amount)
    assert (found.value, found.currency) == expected


@pytest.mark.parametrize(
    ("text", "unit", "key"),
    [
        ("-500", None, "amount_negative"),
        ("三千万", None, "amount"),
        ("万元", None, "amount"),
        ("首期500万元，二期300万元", None, "amount"),
        ("5000-1亿", None, "amount"),
        ("$5 或 €5", None, "amount_currencies"),
        ("5e300", None, "amount"),
        ("5", "公斤", "unit"),
    ],
)
def test_amounts_refused(text: str, unit: str | None, key: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        parse("amount", text, unit=unit)
    assert refused.value.key == f"values.{key}"
    assert refused.value.text("zh") != refused.value.text("en")


def test_units_of_shares_and_counts() -> None:
    assert parse("share", "61", unit="%") == 0.61
    assert parse("share", "61%", unit="%") == 0.61
    assert parse("integer", "1.2", unit="万人") == 12000
    assert parse("decimal", "3", unit="万平方米") == 30000.0
    assert parse("decimal", "3", unit="千瓦时") == 3.0
    assert values.fits("integer", "人")
    assert not values.fits("share", "万元")


def test_closed_lists_by_value_label_and_alias_in_any_case() -> None:
    assert [parse("text", t, closed=LEVELS) for t in ("国家级", "国家", "National", "省")] == [
        "national",
        "national",
        "national",
        "provincial",
    ]
    with pytest.raises(ValueRefused) as refused:
        parse("text", "县级", closed=LEVELS)
    assert "国家级、省级" in refused.value.text("zh")
    assert "national, provincial" in refused.value.text("en")


def test_several_values_in_a_cell() -> None:
    names = term("text", multiple=True)
    assert values.parse_columns(names, "成电；UESTC;成电") == (["成电", "UESTC"],)
    assert values.parse_columns(names, "；") == (None,)


USCC = term("text", identifier=True)
USCC = Property("uscc", USCC.iri, "text", USCC.label, USCC.definition, identifier=True)


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("91350100M000100Y43", None),
        ("９１３５０１００M000100y43", None),
        ("91350100M000100Y44", "values.uscc_check_digit"),
        ("N2350100M000100Y43", "values.uscc_check_digit"),
        ("Y2350100M000100Y43", "values.uscc_check_digit"),
    ],
)
def test_credit_codes(text: str, warning: str | None) -> None:
    assert values.warn(USCC, text) == warning
    assert len(str(values.parse_columns(USCC, text)[0])) == 18


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("91350100M000100Y4", "uscc_pattern"),
        ("91350100MO00100Y43", "uscc_pattern"),
        ("9.1350100E+17", "uscc_scientific"),
    ],
)
def test_credit_codes_refused(text: str, key: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        values.parse_columns(USCC, text)
    assert refused.value.key == f"values.{key}"


def test_an_identifier_that_is_not_told_is_none() -> None:
    number = term("text", identifier=True)
    for text in ("-", "无", "N/A"):
        assert values.parse_columns(number, text) == (None,)
    assert values.parse_columns(term("text"), "-") == ("-",)


def test_patterns_and_bounds() -> None:
    code = term("text", identifier=True, pattern="^[0-9A-Z]{6}([.][A-Z]{2})?$", example="300346.SZ")
    assert values.parse_columns(code, "３００３４６.sz") == ("300346.SZ",)
    level = term("integer", minimum=1.0, maximum=9.0)
    assert values.parse_columns(level, "9") == (9,)
    for prop, text, key in ((code, "甲", "pattern"), (level, "0", "below"), (level, "10", "above")):
        with pytest.raises(ValueRefused) as refused:
            values.parse_columns(prop, text)
        assert refused.value.key == f"values.{key}"
        assert refused.value.text("zh") != refused.value.text("en")


@given(st.text(max_size=24))
def test_any_text_is_read_or_refused(text: str) -> None:
    for datatype in ("integer", "decimal", "boolean", "share", "date", "amount", "uri", "text"):
        try:
            parse(datatype, text)  # type: ignore[arg-type]
        except ValueRefused as refused:
            assert say(refused.key, "zh", **refused.values)


@given(st.dates(min_value=datetime.date(1000, 1, 1)))
def test_every_way_to_write_a_day(day: Any) -> None:
    if day.year > 2199:
        day = day.replace(year=2000, day=min(day.day, 28))
    y, m, d = day.year, day.month, day.day
    for text in (f"{y}-{m}-{d}", f"{y}/{m:02d}/{d}", f"{y}年{m}月{d}日", f"{y:04d}{m:02d}{d:02d}"):
        assert parse("date", text) == f"{y:04d}-{m:02d}-{d:02d}"


@given(st.integers(1, 10**6), st.sampled_from([("元", 0), ("万元", 4), ("亿元", 8)]))
def test_a_magnitude_in_the_cell_is_as_one_in_the_heading(n: int, unit: tuple[str, int]) -> None:
    name, power = unit
    cents = f"{n / 100:.2f}"
    inside, outside = parse("amount", cents + name), parse("amount", cents, unit=name)
    assert isinstance(inside, Amount)
    assert inside == outside
    assert inside.value == float(f"{n}e{power - 2}")


DIGITS = st.text("0123456789", min_size=1, max_size=20)
PLAIN = st.one_of(
    st.builds("{}{}{}".format, st.sampled_from(["", "-", "+", "约"]), DIGITS, st.just("")),
    st.builds(
        "{}.{}{}".format,
        st.sampled_from(["", "0", "1", "61", "123"]),
        DIGITS,
        st.sampled_from(["", "%"]),
    ),
    st.builds("{}-{}-{}".format, *[st.integers(0, 2300).map(str)] * 3),
    st.builds(
        "{:04d}-{:02d}-{:02d}".format,
        st.integers(990, 2210),
        st.integers(0, 13),
        st.integers(0, 32),
    ),
    st.builds(
        "{:04d}{:02d}{:02d}".format, st.integers(990, 2210), st.integers(0, 13), st.integers(0, 32)
    ),
    st.builds("{:04d}-{:02d}".format, st.integers(990, 2210), st.integers(0, 13)),
    st.sampled_from(
        ["是", "No", "TRUE", "×", "国家", "National", "省级", "a;b", " a", "　a", "未披露"]
    ),
    st.sampled_from(["100%", "1.0", "1.00001", "100.1%", "-0", "1e5", "https://a.example/?b=c"]),
    st.sampled_from(["2024-05-01 00:00:00", "91350100M000100Y43", "91350100m000100y43"]),
    st.text(max_size=6).filter(lambda t: "\0" not in t),
)
TERMS = [
    *((term(d), u) for d in ("integer", "decimal") for u in (None, "万人", "人")),
    *((term("amount"), u) for u in (None, "万元", "亿美元")),
    *((term("share"), u) for u in (None, "%")),
    *((term(d), None) for d in ("boolean", "date", "uri", "text")),
    (term("text", closed=LEVELS), None),
    (term("text", multiple=True), None),
    (USCC, None),
    (term("text", identifier=True), None),
    (term("text", identifier=True, pattern="^[0-9A-Z]{1,6}([.:][A-Z]{1,4})?$"), None),
    (term("integer", minimum=1.0, maximum=9.0), None),
    (term("share", minimum=0.0, maximum=1.0), None),
    (term("decimal", minimum=0.0), None),
]
CONNECTION = duckdb.connect()


@settings(deadline=None)  # two cores, shared
@given(st.lists(PLAIN, min_size=1, max_size=30))
def test_the_fast_way_agrees_with_the_careful_one(texts: list[str]) -> None:
    for prop, unit in TERMS:
        fast = values.fast_sql(prop, "c", unit=unit)
        assert list(fast) == [name for name, _ in prop.columns]
        rows = CONNECTION.execute(
            f"SELECT c, {', '.join(fast.values())} FROM (SELECT unnest(?::VARCHAR[]) c)", [texts]
        ).fetchall()
        for text, *found in rows:
            if found[0] is not None:
                assert tuple(found) == values.parse_columns(prop, text, unit=unit), (prop, text)


@pytest.mark.parametrize(
    ("prop", "unit", "texts"),
    [
        (term("integer"), None, ["5", "-17", "1000000"]),
        (term("decimal"), "万人", ["5", "0.25"]),
        (term("share"), None, ["0.61", "61%", "1", "12.5%"]),
        (term("date"), None, ["2024", "2024-05", "2024-05-01", "20240501", "2024-05-01 00:00:00"]),
        (term("amount"), "万元", ["3000", "0.07"]),
        (term("boolean"), None, ["是", "False", "1"]),
        (term("text", multiple=True), None, ["UESTC"]),
        (term("text", closed=LEVELS), None, ["国家级", "省"]),
        (USCC, None, ["91350100M000100Y43"]),
    ],
)
def test_plain_cells_take_the_fast_way(prop: Property, unit: str | None, texts: list[str]) -> None:
    fast = next(iter(values.fast_sql(prop, "c", unit=unit).values()))
    found = CONNECTION.execute(f"SELECT {fast} FROM (SELECT unnest(?) c)", [texts]).fetchall()
    assert all(row[0] is not None for row in found)
