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
