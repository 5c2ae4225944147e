"""The sample shop: enough of everything, consistent, and made by its scripts byte for byte."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from assistant.actions.order import OrderStatus
from data.generate.__main__ import MadeShop, make, pictures
from data.generate.oracle import measure
from data.generate.paths import SHOP, TODAY, jsonl
from data.generate.products import read_groups
from data.generate.visits import ARRIVALS, UNSEEN
from retrieval.catalog.customer import EventKind
from retrieval.catalog.money import Money
from retrieval.catalog.product import Availability

Records = list[dict[str, Any]]


def read(name: str) -> Records:
    data = (SHOP / name).read_bytes()
    text = gzip.decompress(data).decode() if name.endswith(".gz") else data.decode()
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def products() -> dict[str, dict[str, Any]]:
    records = read("products.jsonl")
    by_id = {record["id"]: record for record in records}
    assert len(by_id) == len(records)
    return by_id


@pytest.fixture(scope="module")
def customers() -> Records:
    return read("customers.jsonl")


@pytest.fixture(scope="module")
def orders() -> Records:
    return read("orders.jsonl")


@pytest.fixture(scope="module")
def events() -> Records:
    return read("events.jsonl.gz")


@pytest.fixture(scope="module")
def made() -> MadeShop:
    return make()


@pytest.fixture(scope="module")
def faqs() -> dict[str, tuple[dict[str, Any], str]]:
    pages = {}
    for path in sorted((SHOP / "faqs").glob("*.md")):
        _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
        pages[path.stem] = (yaml.safe_load(front), body.strip())
    return pages


def test_there_is_enough_of_everything(
    products: Mapping[str, Any], customers: Records, orders: Records, events: Records, faqs: Mapping[str, Any]
) -> None:
    kinds = {product["product_type"] for product in products.values()}
    brands = {product["brand"] for product in products.values()}
    assert (len(products) >= 400, len(kinds) >= 16, len(brands) >= 12, len(faqs) >= 45) == (True,) * 4
    assert (len(customers), len(orders), len(events)) == (80, 400, 20_000)


def test_prices_parse_and_a_sale_is_lower(products: Mapping[str, Any]) -> None:
    reduced = [product for product in products.values() if "sale_price" in product]
    for product in products.values():
        assert Money.parse(product["price"]).amount > 0
    for product in reduced:
        assert Money.parse(product["sale_price"]).amount < Money.parse(product["price"]).amount
    assert 0.1 < len(reduced) / len(products) < 0.2


def test_stock_is_of_every_sort_and_agrees_with_availability(products: Mapping[str, Any]) -> None:
    found = Counter(Availability(product["availability"]) for product in products.values())
    assert set(found) == set(Availability)
    for product in products.values():
        assert (product["quantity"] > 0) == (product["availability"] == "in_stock")
    assert sum(0 < product["quantity"] < 5 for product in products.values()) > 20


def test_every_description_is_written_for_its_group() -> None:
    groups = read_groups()
    assert len({group.text for group in groups}) == len(groups) > 130
    openings = Counter(" ".join(group.text.split()[:3]) for group in groups)
    assert max(openings.values()) <= 2
    assert all(len(group.text) > 90 and group.attributes and group.material for group in groups)


def test_ratings_agree_with_the_reviews_beside_them(products: Mapping[str, Any]) -> None:
    for product in products.values():
        stars = [review["rating"] for review in product["reviews"]]
        assert 1 <= product["rating"] <= 5
        assert product["rating_count"] >= len(stars) > 0
        assert abs(sum(stars) / len(stars) - product["rating"]) <= 0.75, product["id"]


def test_variants_of_a_group_differ_in_colour_or_size_alone(products: Mapping[str, Any]) -> None:
    seen = {(p["item_group_id"], p.get("color"), p.get("size")) for p in products.values()}
    assert len(seen) == len(products)
    titles = {p["item_group_id"]: p["title"] for p in products.values()}
    assert all(titles[product["item_group_id"]] == product["title"] for product in products.values())
    assert len(set(titles.values())) == len(titles)


def test_every_picture_exists_and_is_a_small_svg(products: Mapping[str, Any]) -> None:
    wanted = {SHOP / product["image_link"] for product in products.values()}
    assert wanted == set((SHOP / "images").iterdir())
    for path in wanted:
        assert ElementTree.parse(path).getroot().tag == "{http://www.w3.org/2000/svg}svg"
    sizes = [path.stat().st_size for path in wanted]
    assert max(sizes) < 6_000
    assert sum(sizes) < 1_000_000


def test_some_texts_carry_instructions_that_must_change_nothing(products: Mapping[str, Any]) -> None:
    hostile = re.compile("ignore (previous instructions|your rules)", re.IGNORECASE)
    in_descriptions = {p["item_group_id"] for p in products.values() if hostile.search(p["description"])}
    in_reviews = {p["item_group_id"] for p in products.values() if hostile.search(json.dumps(p["reviews"]))}
    assert in_descriptions == {"paper-moon-pendant"}
    assert in_reviews == {"sea-fog-candle"}


def test_every_faq_has_its_own_id_title_and_link(faqs: Mapping[str, tuple[dict[str, Any], str]]) -> None:
    assert {front["id"] for front, _ in faqs.values()} == set(faqs)
    assert len({front["title"] for front, _ in faqs.values()}) == len(faqs)
    assert all(front["link"] == f"/help/{name}" for name, (front, _) in faqs.items())


def test_the_first_paragraph_of_a_faq_answers_alone(faqs: Mapping[str, tuple[dict[str, Any], str]]) -> None:
    for name, (_, body) in faqs.items():
        first, _, details = body.partition("\n\n")
        assert details, name
        assert "\n" not in first, name
        assert len(first) <= 260, name
        assert len(re.findall(r"[.!?](?=\s+[A-Z]|$)", first)) <= 2, name
        assert not first.startswith(("-", "#", "|", "1.")), name


def test_faqs_do_not_contradict_each_other_or_the_shop(faqs: Mapping[str, tuple[dict[str, Any], str]]) -> None:
    shop = yaml.safe_load((SHOP / "shop.yaml").read_text(encoding="utf-8"))
    text = {name: body for name, (_, body) in faqs.items()}
    everything = "\n".join(text.values())
    days = {int(n) for n in re.findall(r"(\d+) days of delivery", everything)}
    assert days == {shop["return_days"], 14}, "30 days to return, 14 to report damage in transit"
    assert "14 days of delivery" in text["damaged"]
    assert everything.count("14 days of delivery") == 1
    assert set(re.findall(r"[\w.]+@[\w.]+\w", everything)) == {shop["email"]}
    assert set(re.findall(r"\+\d[\d ]+\d", everything)) == {shop["phone"]}
    for amount in ("$5.95", "$14.95"):
        assert all(amount in text[name] for name in ("delivery-options", "delivery-cost"))
    assert set(re.findall(r"free (?:from|for orders from) (\$\d+)", everything)) == {"$75"}
    for span in ("3 to 5 business days", "1 to 2 business days", "5 to 8 business days"):
        assert all(span in text[name] for name in ("delivery-options", "delivery-time"))


def test_no_faq_denies_what_the_policy_lets_the_chat_do(faqs: Mapping[str, tuple[dict[str, Any], str]]) -> None:
    policy = (SHOP / "policy.md").read_text(encoding="utf-8")
    assert all(f"\n{rule}:" in policy or f"\n  {rule}:" in policy for rule in ("cancel", "return", "cart"))
    for name, (_, body) in faqs.items():
        assert not re.search(r"(chat|assistant|it) (cannot|can't) (change|cancel|return|exchange)", body), name
    assert "before you say yes" in faqs["chat-assistant"][1]


def test_orders_stand_in_every_state_and_add_up(orders: Records, products: Mapping[str, Any]) -> None:
    assert {order["status"] for order in orders} == {status.value for status in OrderStatus}
    assert {"refunded" in order for order in orders if order["status"] == "returned"} == {True, False}
    for order in orders:
        goods = sum(Decimal(line["unit_price"]) * line["quantity"] for line in order["lines"])
        assert goods + Decimal(order["shipping"]) == Decimal(order["total"]) > 0
        assert all(line["title"] == products[line["product_id"]]["title"] for line in order["lines"])
    assert len({order["id"] for order in orders}) == len(orders)


def test_dates_of_orders_run_forwards_and_stop_today(orders: Records) -> None:
    for order in orders:
        days = [order["placed"][:10], *(order[name] for name in ("delivered", "refunded") if name in order)]
        assert days == sorted(days)
        assert date.fromisoformat(days[-1]) <= TODAY
        assert ("delivered" in order) == (order["status"] in ("delivered", "returned"))
        assert ("tracking" in order) == (order["status"] not in ("processing", "cancelled"))
        late = "expected" in order and order["status"] == "delayed"
        assert not late or date.fromisoformat(order["expected"]) < TODAY


def test_events_name_known_customers_and_products(
    events: Records, products: Mapping[str, Any], customers: Records
) -> None:
    known = {customer["id"] for customer in customers}
    assert {event["customer_id"] for event in events} < known
    assert {event["product_id"] for event in events} < set(products)
    assert {event["kind"] for event in events} == {kind.value for kind in EventKind}
    assert all(("rating" in event) == (event["kind"] == "rating") for event in events)
    assert [event["time"] for event in events] == sorted(event["time"] for event in events)
    identities = {(e["customer_id"], e["time"], e["product_id"], e["kind"]) for e in events}
    assert len(identities) == len(events)


def test_purchases_and_orders_are_the_same(events: Records, orders: Records) -> None:
    bought = {(e["customer_id"], e["time"], e["product_id"]) for e in events if e["kind"] == "purchase"}
    lines = {(o["customer_id"], o["placed"], line["product_id"]) for o in orders for line in o["lines"]}
    assert bought == lines


def test_newcomers_and_new_products_are_there_to_be_judged_on(
    events: Records, products: Mapping[str, Any], customers: Records
) -> None:
    first_seen: dict[str, str] = {}
    for event in events:
        first_seen.setdefault(event["customer_id"], event["time"][:10])
        first_seen.setdefault(products[event["product_id"]]["item_group_id"], event["time"][:10])
    groups = {product["item_group_id"] for product in products.values()}
    assert groups - set(first_seen) == UNSEEN
    assert all((TODAY - date.fromisoformat(first_seen[group])).days <= days for group, days in ARRIVALS.items())
    recent = [c["id"] for c in customers if c["id"] in first_seen and first_seen[c["id"]] >= "2026-10-31"]
    assert len(recent) >= 8
    assert len({customer["id"] for customer in customers} - set(first_seen)) == 3


def test_hidden_tastes_tell_clearly_more_than_popularity(made: MadeShop) -> None:
    scores = {(score.right, score.way): score.ndcg for score in measure(made)}
    assert scores["wanted", "hidden taste"] > 2 * scores["wanted", "popularity"] > 2 * scores["wanted", "random"]
    assert scores["viewed", "hidden taste"] > 1.5 * scores["viewed", "popularity"]


def test_the_scripts_make_the_committed_files_byte_for_byte(made: MadeShop) -> None:
    assert (SHOP / "products.jsonl").read_text(encoding="utf-8") == jsonl(made.products)
    assert (SHOP / "customers.jsonl").read_text(encoding="utf-8") == jsonl(made.customers)
    assert (SHOP / "orders.jsonl").read_text(encoding="utf-8") == jsonl(made.orders)
    assert gzip.decompress((SHOP / "events.jsonl.gz").read_bytes()).decode() == jsonl(made.events)
    for name, svg in pictures(made.groups).items():
        assert (SHOP / Path(name)).read_text(encoding="utf-8") == svg
