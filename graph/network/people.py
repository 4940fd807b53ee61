"""People: how many are needed for a link, educated for it, and where those educated work."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from graph.network.network import Network
from graph.network.source import Bools, Floats, Ints, floats, has_column, ints
from graph.network.tables import ACTOR, LINK, current
from graph.record.sql import literal, literals

UNITS = ("人", "名", "位", "个岗位", "岗位", "person", "persons", "people", "posts", "heads")
"""Units in which people are counted."""

WANTED = "需求|缺口|招聘|岗位|紧缺|急需|demand|needed|wanted|shortage|vacanc|opening|unfilled"
"""Words of an indicator that counts people who are wanted, not those who are there."""


class _Rows:
    """Columns of one length."""

    def keep(self, rows: Bools) -> Self:
        """Only the rows where `rows` is true."""
        return type(self)(*(column[rows] for column in vars(self).values()))


@dataclass(frozen=True)
class Needed(_Rows):
    """Rows of people needed: `link` position, `who` needs them (a node key), how many."""

    link: Ints
    who: Ints
    count: Floats


@dataclass(frozen=True)
class Educated(_Rows):
    """Rows of education: `school` and the field `of` by node key; how many a year, NaN unknown."""

    school: Ints
    of: Ints
    count: Floats


def needed(net: Network) -> Needed:
    """What actors and places need (NEEDS with a quantity of people), today."""
    if not has_column(net.source.schema, "NEEDS", "quantity"):
        return Needed(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    found = net.source.con.execute(
        f"SELECT l.i, r.f, sum(r.quantity ORDER BY r.quantity)::DOUBLE AS n"
        f' FROM "r_NEEDS" r JOIN {LINK} l ON l.k = r.t'
        f" WHERE lower(trim(r.unit)) IN {literals(UNITS)} AND r.quantity > 0"
        f" AND {current(net.source, 'NEEDS', 'r', net.as_of)} GROUP BY l.i, r.f ORDER BY l.i, r.f"
    ).fetchnumpy()
    return Needed(ints(found["i"]), ints(found["f"]), floats(found["n"]))


def observed(net: Network) -> Needed:
    """People wanted by an observation of the link: the latest of each, the largest of several.

    `who` is the observation.
    """
    day = literal(net.as_of)
    found = net.source.con.execute(
        "WITH said AS (SELECT l.i, o.k, coalesce(o.value, o.value_min)::DOUBLE AS n,"
        " coalesce(o.as_of, '') AS day FROM \"n_Observation\" o"
        f' JOIN "r_OBSERVES" r ON r.f = o.k JOIN {LINK} l ON l.k = r.t'
        f" WHERE lower(trim(o.unit)) IN {literals(UNITS)}"
        f" AND regexp_matches(lower(o.indicator), {literal(WANTED)})"
        f" AND (o.as_of IS NULL OR o.as_of <= left({day}, length(o.as_of))))"
        " SELECT i, arg_max(k, n) AS k, max(n) AS n FROM said"
        " WHERE n > 0 AND (i, day) IN (SELECT i, max(day) FROM said GROUP BY i)"
        " GROUP BY i ORDER BY i"
    ).fetchnumpy()
    return Needed(ints(found["i"]), ints(found["k"]), floats(found["n"]))


def educated(net: Network) -> Educated:
    """For which fields (links, industries) schools educate how many: of several years the last."""
    source = net.source
    fields = literals((*source.schema.links, *source.schema.subclasses("Industry")))
    found = source.con.execute(
        "WITH live AS (SELECT r.f, r.t, r.headcount, coalesce(r.start, '') AS day"
        ' FROM "r_EDUCATES" r JOIN node n ON n.k = r.t'
        f" WHERE n.class IN {fields} AND {current(source, 'EDUCATES', 'r', net.as_of)}),"
        " latest AS (SELECT f, t, max(day) AS day FROM live GROUP BY f, t)"
        " SELECT f, t, if(count(headcount) = 0, NULL, sum(headcount))::DOUBLE AS n"
        " FROM live SEMI JOIN latest USING (f, t, day) GROUP BY f, t ORDER BY f, t"
    ).fetchnumpy()
    return Educated(ints(found["f"]), ints(found["t"]), floats(found["n"]))


def wider(net: Network) -> tuple[Ints, Ints]:
    """Rows (link position, field by node key) of what a link is a part of: its industries or those
    of its chain, with all that contain them; its stage; what it is a kind of."""
    source = net.source
    now = current(source, "IN_INDUSTRY", "r", net.as_of)
    within = current(source, "PART_OF_CHAIN", "c", net.as_of)
    classes = literals(source.schema.subclasses("Industry"))
    found = source.con.execute(
        f'WITH RECURSIVE own AS (SELECT l.i, r.t FROM {LINK} l JOIN "r_IN_INDUSTRY" r ON r.f = l.k'
        f' WHERE {now} UNION SELECT l.i, r.t FROM {LINK} l JOIN "r_PART_OF_CHAIN" c ON c.f = l.k'
        f' JOIN "r_IN_INDUSTRY" r ON r.f = c.t WHERE {now} AND {within}),'
        f' wide AS (SELECT i, t FROM own UNION SELECT w.i, p.t FROM wide w JOIN "r_PART_OF" p'
        f" ON p.f = w.t JOIN node n ON n.k = p.t WHERE n.class IN {classes})"
        " SELECT DISTINCT i, t FROM wide ORDER BY i, t"
    ).fetchnumpy()
    f = np.concatenate([ints(found["i"]), net.parts.f, net.variants.f])
    t = np.concatenate([ints(found["t"]), net.links[net.parts.t], net.links[net.variants.t]])
    return f, t


@dataclass(frozen=True)
class Careers(_Rows):
    """Rows of a person who was educated and is employed: the link that is worked on (by what the
    employer provides, or by the person's discipline), the school and the employer by node key."""

    link: Ints
    person: Ints
    school: Ints
    employer: Ints


def careers(net: Network) -> Careers:
    """Whom schools have educated and who employs them now."""
    source = net.source
    plain = "lower(trim({}))".format
    found = source.con.execute(
        "WITH lives AS (SELECT DISTINCT p.k, p.discipline, e.f AS school, w.f AS employer"
        ' FROM "n_Person" p JOIN "r_EDUCATES" e ON e.t = p.k JOIN "r_EMPLOYS" w ON w.t = p.k'
        f" WHERE {current(source, 'EMPLOYS', 'w', net.as_of)}),"
        f" worked AS (SELECT l.i AS link, v.k, school, employer FROM lives v"
        f' JOIN "r_PROVIDES" r ON r.f = v.employer JOIN {ACTOR} a ON a.k = r.f AND a.live'
        f" JOIN {LINK} l ON l.k = r.t WHERE {current(source, 'PROVIDES', 'r', net.as_of)}"
        f" UNION SELECT l.i, v.k, school, employer FROM lives v"
        f" JOIN node n ON {plain('n.name')} = {plain('v.discipline')} JOIN {LINK} l ON l.k = n.k)"
        " SELECT link, k, school, employer FROM worked ORDER BY ALL"
    ).fetchnumpy()
    return Careers(*(ints(found[c]) for c in ("link", "k", "school", "employer")))
