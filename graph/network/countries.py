"""Countries and economies, by the codes and names under which data name them.

A line is: ISO 3166-1 alpha-2, alpha-3, Chinese name, English names. An economy that statistics
keep apart (Hong Kong, Taiwan) stands on its own line; which one contains which is a statement
that a record can make with PART_OF, not one that is made here.
"""

from functools import cache

from graph.names import normalise

_LINES = """\
AE ARE 阿联酋 United Arab Emirates|UAE
AR ARG 阿根廷 Argentina
AT AUT 奥地利 Austria
AU AUS 澳大利亚 Australia
BE BEL 比利时 Belgium
BG BGR 保加利亚 Bulgaria
BR BRA 巴西 Brazil
BY BLR 白俄罗斯 Belarus
CA CAN 加拿大 Canada
CD COD 刚果(金) DR Congo|Democratic Republic of the Congo
CH CHE 瑞士 Switzerland
CL CHL 智利 Chile
CN CHN 中国 China|PRC|People's Republic of China|中国大陆|中华人民共和国|全国
CO COL 哥伦比亚 Colombia
CY CYP 塞浦路斯 Cyprus
CZ CZE 捷克 Czech Republic|Czechia
DE DEU 德国 Germany
DK DNK 丹麦 Denmark
EE EST 爱沙尼亚 Estonia
EG EGY 埃及 Egypt
ES ESP 西班牙 Spain
FI FIN 芬兰 Finland
FR FRA 法国 France
GB GBR 英国 United Kingdom|UK|Great Britain
GR GRC 希腊 Greece
HK HKG 中国香港 Hong Kong|香港
HR HRV 克罗地亚 Croatia
HU HUN 匈牙利 Hungary
ID IDN 印度尼西亚 Indonesia|印尼
IE IRL 爱尔兰 Ireland
IL ISR 以色列 Israel
IN IND 印度 India
IR IRN 伊朗 Iran
IS ISL 冰岛 Iceland
IT ITA 意大利 Italy
JP JPN 日本 Japan
KE KEN 肯尼亚 Kenya
KR KOR 韩国 South Korea|Korea|Republic of Korea
KZ KAZ 哈萨克斯坦 Kazakhstan
LI LIE 列支敦士登 Liechtenstein
LT LTU 立陶宛 Lithuania
LU LUX 卢森堡 Luxembourg
LV LVA 拉脱维亚 Latvia
MA MAR 摩洛哥 Morocco
MO MAC 中国澳门 Macau|Macao|澳门
MT MLT 马耳他 Malta
MX MEX 墨西哥 Mexico
MY MYS 马来西亚 Malaysia|MAL
NG NGA 尼日利亚 Nigeria
NL NLD 荷兰 Netherlands|The Netherlands
NO NOR 挪威 Norway
NZ NZL 新西兰 New Zealand
PE PER 秘鲁 Peru
PH PHL 菲律宾 Philippines
PK PAK 巴基斯坦 Pakistan
PL POL 波兰 Poland
PT PRT 葡萄牙 Portugal
QA QAT 卡塔尔 Qatar
RO ROU 罗马尼亚 Romania
RS SRB 塞尔维亚 Serbia
RU RUS 俄罗斯 Russia|Russian Federation
SA SAU 沙特阿拉伯 Saudi Arabia|沙特
SE SWE 瑞典 Sweden
SG SGP 新加坡 Singapore
SI SVN 斯洛文尼亚 Slovenia
SK SVK 斯洛伐克 Slovakia
TH THA 泰国 Thailand
TN TUN 突尼斯 Tunisia
TR TUR 土耳其 Turkey|Türkiye
TW TWN 中国台湾 Taiwan|台湾
UA UKR 乌克兰 Ukraine
US USA 美国 United States|United States of America|U.S.
VN VNM 越南 Vietnam|Viet Nam
ZA ZAF 南非 South Africa
"""


@cache
def _codes() -> dict[str, str]:
    codes: dict[str, str] = {}
    for line in _LINES.splitlines():
        two, three, zh, names = line.split(" ", 3)
        for name in (two, three, zh, *names.split("|")):
            codes[normalise(name)] = two
    return codes


@cache
def _names() -> dict[str, tuple[str, str]]:
    lines = (line.split(" ", 3) for line in _LINES.splitlines())
    return {two: (zh, names.split("|")[0]) for two, _, zh, names in lines}


def country_name(code: str, lang: str) -> str:
    """The name of a country in Chinese or English, else the code itself.

    >>> country_name("NL", "zh"), country_name("P9", "en")
    ('荷兰', 'P9')
    """
    zh, en = _names().get(code, (code, code))
    return zh if lang == "zh" else en


def known_countries() -> tuple[str, ...]:
    """The codes of all countries and economies that have a name here."""
    return tuple(_names())


def country_code(name: str | None) -> str | None:
    """The two-letter code of the country that `name` names, or None.

    >>> country_code("NLD"), country_code("荷兰"), country_code("成都")
    ('NL', 'NL', None)
    """
    return _codes().get(normalise(name)) if name else None
