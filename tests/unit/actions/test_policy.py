"""policy.md: what it says, and that a wrong setting is refused with file, line and reason."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from assistant.actions.order import OrderStatus
from assistant.actions.policy import MoneyGoesTo, Policy
from assistant.actions.policy_file import read_policy
from retrieval.errors import SettingsError

SAMPLE = Path("data/shop")


def written(folder: Path, text: str) -> Path:
    path = folder / "policy.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_settings_and_sections_are_read(tmp_path: Path) -> None:
    policy = read_policy(
        written(
            tmp_path,
            "---\ncancel:\n  when: [processing, delayed]\n  fee: 4.95\n  section: Cancelling\nreturn:\n  when: [delivered]\n"
            "  days: 14\n  refund_to: [original, gift_card]\n---\n# All\n\n## Cancelling\n\nIt costs $4.95.\n\n## More\nText\n",
        )
    )
    assert policy.rules.cancel.when == (OrderStatus.PROCESSING, OrderStatus.DELAYED)
    assert policy.rules.cancel.fee == Decimal("4.95")
    assert policy.rules.return_.refund_to == (MoneyGoesTo.ORIGINAL, MoneyGoesTo.GIFT_CARD)
    assert policy.rules.change_address.when == ()
    section = policy.section("Cancelling")
    assert section is not None
    assert (section.text, section.line) == ("It costs $4.95.", 13)
    assert [each.title for each in policy.sections] == ["Cancelling", "More"]


def test_without_a_policy_orders_are_only_read() -> None:
    rules = Policy().rules
    assert not any(
        rule.when
        for rule in (
            rules.cancel, rules.change_address, rules.change_items, rules.change_payment, rules.return_, rules.exchange
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("cancel:\n  when: [procesing]", 3, "cancel.when.1 has the value 'procesing': it should be 'processing'"),
        ("cancel:\n  when:\n    - processing\n    - gone", 5, "cancel.when.2"),
        ("cancel:\n  wen: [processing]", 3, "cancel.wen is no setting"),
        ("refund: {}", 2, "refund is no setting"),
        ("cancel:\n  fee: -1", 3, "cancel.fee has the value -1: it should be greater than or equal to 0"),
        ("cancel:\n  fee: free", 3, "cancel.fee"),
        (
            "return:\n  days: soon",
            3,
            "return.days has the value 'soon': it should be a whole number up to 3650, or unlimited",
        ),
        ("return:\n  days: 14.5", 3, "return.days"),
        ("return:\n  days: true", 3, "return.days"),
        ("return:\n  refund_to: [cash]", 3, "return.refund_to.1"),
        ("refunds:\n  days: [7, 5]", 3, "refunds.days has the value [7, 5]: the first number is larger"),
        ("cart:\n  most: 0", 3, "cart.most"),
        ("cart:\n  checkout: https://shop.example/cart", 3, "cart.checkout"),
        ("cart:\n  checkout: javascript:{items}", 3, "cart.checkout"),
        ("cancel:\n  section: Nowhere", 3, "cancel.section is 'Nowhere', which is no heading"),
        ("cancel:\n  fee: 1\n\ncancel:\n  fee: 2", 5, "cancel stands here a second time"),
        ("cancel: [", 2, "this is not YAML"),
        ("- cancel", 2, "the settings must be"),
        ("cancel: never", 2, "cancel has the value 'never'"),
    ],
)
def test_a_wrong_setting_is_refused_with_file_line_and_reason(
    tmp_path: Path, text: str, line: int, reason: str
) -> None:
    path = written(tmp_path, f"---\n{text}\n---\n## Cancelling\nFree.\n")
    with pytest.raises(SettingsError) as error:
        read_policy(path)
    assert error.value.message.startswith(f"{path}, line {line}: ")
    assert reason in error.value.message
    assert error.value.hint


@pytest.mark.parametrize("text", ["", "cancel:\n", "# Text\n", "---\ncancel:\n"])
def test_a_file_without_front_matter_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match="line 1"):
        read_policy(written(tmp_path, text))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "policy.md"
    path.write_bytes(b"---\n\xff\n---\n")
    with pytest.raises(SettingsError, match=r"policy\.md cannot be read"):
        read_policy(path)
    with pytest.raises(SettingsError, match="cannot be read"):
        read_policy(tmp_path / "absent.md")


def test_the_shop_files_return_days_count_where_the_policy_gives_none(tmp_path: Path) -> None:
    path = written(tmp_path, "---\nreturn:\n  when: [delivered]\n---\n")
    assert read_policy(path).rules.return_.days is None
    rules = read_policy(path, return_days=21).rules
    assert (rules.return_.days, rules.exchange.days) == (21, 21)
    path = written(tmp_path, "---\nreturn:\n  days: 14\n---\n")
    assert read_policy(path).rules.exchange.days is None
    with pytest.raises(SettingsError, match=r"line 3: return\.days is 14, and the shop's return_days is 21"):
        read_policy(path, return_days=21, is_stated=True)
    assert read_policy(path, return_days=21).rules.return_.days == 14
    path = written(tmp_path, "---\nreturn:\n  days: unlimited\n---\n")
    assert read_policy(path, return_days=21).rules.return_.days == "unlimited"


def test_the_sample_shops_policy_agrees_with_its_pages() -> None:
    shop = yaml.safe_load((SAMPLE / "shop.yaml").read_text())
    policy = read_policy(SAMPLE / "policy.md", shop["currency"], shop["return_days"], is_stated=True)
    pages = {path.stem: path.read_text() for path in (SAMPLE / "faqs").glob("*.md")}
    rules = policy.rules
    assert "until it has been packed" in pages["cancel-order"]
    assert rules.cancel.when == (OrderStatus.PROCESSING,)
    assert "cancelling is always free" in pages["cancellation-fee"]
    assert rules.cancel.fee == 0
    assert "within 5 business days" in pages["cancel-order"]
    assert "within 5 business days" in pages["refund-time"]
    assert rules.refunds.days == (0, 5)
    assert "we do not change addresses by chat" in pages["change-address"]
    assert rules.change_address.when == ()
    assert "add, remove or swap" in pages["change-order"]
    assert (rules.change_items.when, rules.change_items.only_options) == ((OrderStatus.PROCESSING,), False)
    assert "within 30 days of delivery" in pages["returns"]
    assert "returns are free" in pages["returns"]
    assert (rules.return_.days, rules.return_.fee) == (30, 0)
    assert "within 30 days of delivery" in pages["exchanges"]
    assert rules.exchange.days == 30
    assert "to the payment method you used" in pages["get-refund"]
    assert rules.return_.refund_to == (MoneyGoesTo.ORIGINAL,)
    assert "Standard delivery is refunded if you send back the whole order" in pages["get-refund"]
    assert rules.return_.refund_shipping
    assert "14 Mill Lane in Ashby Falls" in pages["stores"]
    assert "14 Mill Lane, Ashby Falls" in rules.return_label.to
