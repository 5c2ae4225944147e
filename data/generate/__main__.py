"""Rebuilds every made file of the sample shop: `python -m data.generate`."""

from __future__ import annotations

from dataclasses import dataclass

from data.generate.events import event_records
from data.generate.orders import order_records
from data.generate.paths import SHOP, Record, jsonl, write_gzip, write_text
from data.generate.people import customer_records, people
from data.generate.pictures.motifs import draw
from data.generate.products import Group, product_records, read_groups
from data.generate.tastes import things
from data.generate.visits import simulate


@dataclass(frozen=True, slots=True)
class MadeShop:
    """Every record that the scripts make."""

    groups: tuple[Group, ...]
    products: tuple[Record, ...]
    customers: tuple[Record, ...]
    orders: tuple[Record, ...]
    events: tuple[Record, ...]


def make() -> MadeShop:
    """Makes all records in memory."""
    groups = read_groups()
    products = tuple(product_records(groups))
    by_id = {str(product["id"]): product for product in products}
    everybody = people()
    visits = simulate(everybody, things(products))
    orders = tuple(order_records(visits, by_id))
    events = tuple(event_records(visits, orders, by_id))
    return MadeShop(groups, products, tuple(customer_records(everybody)), orders, events)


def pictures(groups: tuple[Group, ...]) -> dict[str, str]:
    """Every picture by its path in the shop's folder."""
    return {group.image(color): draw(group, color) for group in groups for color in group.colors}


def main() -> None:
    """Writes the shop's files."""
    shop = make()
    write_text(SHOP / "products.jsonl", jsonl(shop.products))
    write_text(SHOP / "customers.jsonl", jsonl(shop.customers))
    write_text(SHOP / "orders.jsonl", jsonl(shop.orders))
    write_gzip(SHOP / "events.jsonl.gz", jsonl(shop.events))
    for name, svg in pictures(shop.groups).items():
        write_text(SHOP / name, svg)


if __name__ == "__main__":
    main()
