"""What universities sell, license or put in: contracts with their value and both places."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from graph.network.funding import dollars
from graph.network.located import located
from graph.network.network import Network
from graph.network.source import Bools, Floats, Ints, floats, ints
from graph.network.tables import begun, placeholder
from graph.record.sql import literals


@dataclass(frozen=True)
class Contracts:
    """One row per contract, by the ids of seller and buyer.

    `seller` and `buyer` are node keys, the regions positions in `places.regions` or -1; `value` is
    in US dollars, NaN where no amount is stated.
    """

    seller: Ints
    buyer: Ints
    seller_region: Ints
    buyer_region: Ints
    value: Floats

    def __len__(self) -> int:
        return len(self.seller)

    def keep(self, rows: Bools) -> "Contracts":
        return Contracts(**{name: column[rows] for name, column in vars(self).items()})


def contracts(net: Network, rates: Mapping[str, float]) -> Contracts:
    """All that universities had agreed by the day of the network, however long ago.

    A placeholder as a buyer is one whose place is not known.
    """
    source = net.source
    found = source.con.execute(
        f"SELECT r.f, r.t, {dollars('r', rates)} AS value,"
        f" {placeholder(source).replace('n.', 'b.')} AS nobody"
        f' FROM "r_TRANSFERS_TO" r JOIN node a ON a.k = r.f JOIN node b ON b.k = r.t'
        f" WHERE a.class IN {literals(source.schema.subclasses('University'))} AND r.f <> r.t"
        f" AND {begun(source, 'TRANSFERS_TO', 'r', net.as_of)}"
        " ORDER BY a.id, b.id, r.eid, value"
    ).fetchnumpy()
    seller, buyer = ints(found["f"]), ints(found["t"])
    nobody = np.ma.filled(np.ma.asarray(found["nobody"]).astype(np.bool_), False)
    return Contracts(
        seller=seller,
        buyer=buyer,
        seller_region=located(net, seller),
        buyer_region=np.where(nobody, -1, located(net, buyer)),
        value=floats(found["value"]),
    )
