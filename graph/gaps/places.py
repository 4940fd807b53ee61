"""Supply by place: what is stated of whole countries where a link has that, else of its actors."""

from dataclasses import dataclass

import numpy as np

from graph.network import Network
from graph.network.source import Bools, Floats, Ints


@dataclass(frozen=True)
class PlacedSupply:
    """Rows of supply; `region` is a position in `places.regions`, -1 where it is not known."""

    link: Ints
    region: Ints
    share: Floats
    minor: Bools


def supply_by_place(net: Network) -> PlacedSupply:
    """Rows stated of places that a share is stated of; for other links the rows of actors.

    Placeholders are rows without a place.
    """
    places, n = net.places, len(net)
    told = net.stated.link[~np.isnan(net.stated.share)]
    has = np.bincount(told, minlength=n) > 0
    stated = net.stated.keep(has[net.stated.link])
    actors = net.supply.keep(~has[net.supply.link])
    nobody = places.placeholder[stated.who]
    return PlacedSupply(
        link=np.concatenate([stated.link, actors.link]),
        region=np.concatenate(
            [
                np.where(nobody, -1, stated.who),
                np.where(net.placeholder[actors.who], -1, places.region_of[actors.who]),
            ]
        ),
        share=np.concatenate([stated.share, actors.share]),
        minor=np.concatenate([stated.minor, actors.minor]),
    )
