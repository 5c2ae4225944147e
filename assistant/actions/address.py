"""Address: where a parcel goes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address. `name` is who receives it, empty for the customer; `region` is a state or province."""

    line1: str
    city: str
    postal_code: str
    country: str
    line2: str = ""
    region: str = ""
    name: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """What it needs and does not have, as a customer calls it; empty when a parcel can be sent there."""
        needed = {"street": self.line1, "city": self.city, "postal code": self.postal_code, "country": self.country}
        return tuple(name for name, value in needed.items() if not value.strip())

    def __str__(self) -> str:
        """On one line: "Ada, 12 Mill Lane, Flat 3, Bath, BA1 1AA, UK"."""
        town = " ".join(part for part in (self.region, self.postal_code) if part)
        return ", ".join(part for part in (self.name, self.line1, self.line2, self.city, town, self.country) if part)
