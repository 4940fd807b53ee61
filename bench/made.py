"""A made-up ecosystem of any size as CSV files in the own layout, the same each time."""

from pathlib import Path

import duckdb


def make(folder: Path, entities: int, relations: int) -> None:
    """Writes `firm.csv`, `product.csv`, `provides.csv`, `requires.csv`, … into `folder`.

    80% of the entities are firms, the rest links of chains; 70% of the relations are PROVIDES, the
    rest REQUIRES and SUPPLIES. Ends are skewed: a few links have many providers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    firms, links = int(entities * 0.8), entities - int(entities * 0.8)
    provides, requires = int(relations * 0.7), int(relations * 0.1)
    supplies = relations - provides - requires
    con = duckdb.connect()
    skew = "(pow(random(), 3) * {n})::BIGINT % {n}"
    tables = {
        "firm": f"SELECT 'F' || i AS id, '示例企业' || i || '有限公司' AS name,"
        f" 'Example firm ' || i AS name_en, 1980 + (random() * 45)::INT AS founded_on"
        f" FROM range({firms}) t(i)",
        "product": "SELECT 'L' || i AS id, '示例产品' || i AS name,"
        f" 'Example product ' || i AS name_en FROM range({links}) t(i)",
        "provides": f"SELECT 'F' || (random() * {firms - 1})::BIGINT AS \"from\","
        f" 'L' || {skew.format(n=links)} AS \"to\", round(random(), 3) AS share,"
        " CASE WHEN random() < 0.5 THEN 'major' ELSE 'minor' END AS role,"
        f" 2000 + (random() * 24)::INT AS start FROM range({provides})",
        "requires": "SELECT 'L' || a AS \"from\","
        f" 'L' || (a + 1 + (random() * ({links} - a - 2))::BIGINT)"
        f' AS "to" FROM (SELECT (random() * {links - 3})::BIGINT AS a FROM range({requires}))',
        "supplies": "SELECT 'F' || a AS \"from\","
        f" 'F' || ((a + 1 + (random() * 1000)::BIGINT) % {firms})"
        ' AS "to", 1990 + (random() * 34)::INT AS start'
        f" FROM (SELECT {skew.format(n=firms)} AS a FROM range({supplies}))",
    }
    con.execute("SET threads = 1")
    con.execute("SELECT setseed(0.42)")
    for name, select in tables.items():
        con.execute(f"COPY ({select}) TO '{folder / (name + '.csv')}' (HEADER)")


def make_ecosystem(folder: Path, entities: int, relations: int) -> None:
    """An ecosystem in which all kinds of chain are told of, as CSV files in the own layout.

    Of the entities 60% are firms, 15% products, 18% projects, the rest universities, investors,
    pilot plants, industries, cities and stages. Of the relations 30% are PROVIDES, 15% each
    COLLABORATES_WITH and UNDERTAKES, 10% INVESTS_IN, 8% each REQUIRES and SUPPLIES; the rest say
    where firms sit, in which industry they are and what universities serve. Most actors have few
    ties, some very many; the last 4% of the firms know only each other, in groups of 60.
    """
    folder.mkdir(parents=True, exist_ok=True)
    share = {"F": 0.6, "L": 0.15, "J": 0.18, "U": 0.02, "I": 0.03, "P": 0.01}
    count = {key: max(int(entities * part), 2) for key, part in share.items()}
    count |= {"D": max(entities // 10_000, 5), "C": max(entities // 5_000, 5)}
    classes = {"F": "firm", "L": "product", "J": "project", "U": "university", "I": "investor"}
    classes |= {"P": "pilot_test_platform", "D": "industry"}
    tables = {
        name: f"SELECT '{key}' || i AS id, '示例{name}' || i AS name FROM range({count[key]}) t(i)"
        for key, name in classes.items()
    }
    tables["region"] = (
        f"SELECT 'C' || i AS id, '示例市' || i AS name, '市' AS level FROM range({count['C']}) t(i)"
    )

    def end(key: str, power: int = 1) -> str:
        return f"'{key}' || (pow(random(), {power}) * {count[key] - 1})::BIGINT"

    def ties(part: float, of: str, to: str, more: str = "") -> str:
        rows = int(relations * part)
        return f'SELECT {of} AS "from", {to} AS "to"{more} FROM range({rows})'

    def tied(power: int) -> str:
        return f"'F' || (pow(random(), {power}) * {known - 1})::BIGINT"

    known = int(count["F"] * 0.96)
    year = ", 2000 + (random() * 24)::INT AS start"
    last = count["L"] - 2
    tables |= {
        "provides": "FROM shared",
        "collaborates_with": ties(0.15, tied(2), end("U", 2), year)
        + f" UNION ALL SELECT 'F' || i, 'F' || (i + 1), 2020 FROM range({known}, {count['F'] - 1})"
        " t(i) WHERE i % 60 < 59",
        "undertakes": ties(0.15, tied(1), end("J"), year),
        "invests_in": ties(0.1, end("I", 3), tied(2), year),
        "supplies": ties(0.08, end("F", 3), end("F"), year),
        "in_industry": ties(0.07, end("F"), end("D", 2)),
        "located_in": f'SELECT \'F\' || i AS "from", {end("C", 2)} AS "to"'
        f" FROM range({count['F']}) t(i)",
        "requires": "SELECT 'L' || a AS \"from\", 'L' || (a + 1 + (random() * least(200,"
        f' {last} - a))::BIGINT) AS "to" FROM (SELECT (random() * {last - 1})::BIGINT AS a'
        f" FROM range({int(relations * 0.08)}))",
    }
    con = duckdb.connect()
    con.execute("SET threads = 1")
    con.execute("SELECT setseed(0.42)")
    drawn = ties(0.3, end("F"), end("L", 5), ", 0.01 + random() AS share" + year)
    con.execute(f"CREATE TABLE drawn AS {drawn}")
    con.execute(
        'CREATE TABLE shared AS SELECT "from", "to", round(share / sum(share) OVER'
        ' (PARTITION BY "to"), 6) AS share, start FROM (SELECT "from", "to", min(share) AS share,'
        ' max(start) AS start FROM drawn GROUP BY ALL) ORDER BY "to", "from"'
    )
    for name, select in tables.items():
        con.execute(f"COPY ({select}) TO '{folder / (name + '.csv')}' (HEADER)")
