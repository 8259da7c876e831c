"""What AWS takes for a unit of each thing, by region: settings with a date and a source."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

FOLDER = Path(__file__).parent / "prices"


class PriceUnknownError(Exception):
    """There are no prices for what was asked. The text is for the operator."""


class Tier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A price that holds up to so many units a month; the last one has no end."""

    price: float
    up_to: float | None = None


class Price(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`tiers` are prices for `per` units; `free` units a month cost nothing in every account, for ever."""

    unit: str
    per: float
    free: float
    tiers: tuple[Tier, ...]
    source: str

    def of(self, quantity: float) -> float:
        """What so many units of a month cost."""
        left, begins, total = max(0.0, quantity - self.free), 0.0, 0.0
        for tier in self.tiers:
            room = float("inf") if tier.up_to is None else tier.up_to - begins
            taken = min(left, room)
            total += taken / self.per * tier.price
            left, begins = left - taken, tier.up_to or begins
        return total


class Prices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of one region. `stated` is the day on which somebody wrote them down."""

    region: str
    currency: str
    stated: str
    sources: Mapping[str, str]
    prices: Mapping[str, Price]


def regions() -> list[str]:
    """Whose prices are known."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def prices_of(region: str) -> Prices:
    """The region's prices.

    Raises:
        PriceUnknownError: nobody has written them down.
    """
    if region not in regions():
        known = ", ".join(regions())
        raise PriceUnknownError(
            f"there are no prices of the region {region}: known are {known}; "
            "another one is a file like those in infra/operator/cost/prices/"
        )
    return msgspec.json.decode((FOLDER / f"{region}.json").read_bytes(), type=Prices)
