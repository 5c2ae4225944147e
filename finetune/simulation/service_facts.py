"""Facts about a simulated shop itself: its policies, its contact details, what it sells."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assistant.act import Act
from assistant.evidence import hints
from finetune.simulation.scene import FactList, in_words


def _answer(facts: FactList) -> None:
    policies = [policy for policy in (facts.scene.policy, facts.scene.second_policy) if policy]
    for slot, policy in zip(("a1", "a2"), policies, strict=False):
        text = facts.chance.choice(policy.answers)
        if f"{slot}.text" in facts:
            continue
        facts.add(f"{slot}.text", text, hints.answer_hint(text))
        if facts.maybe(0.75):
            facts.add(f"{slot}.title", facts.chance.choice(policy.titles))
        if policy.duration and policy.duration in text and facts.maybe(0.6):
            facts.add(f"{slot}.duration", policy.duration)
        if policy.amount and policy.amount in text and facts.maybe(0.6):
            facts.add(f"{slot}.amount", policy.amount)


def _no_answer(facts: FactList) -> None:
    contact(facts, 0.7)


def _elsewhere(facts: FactList) -> None:
    if facts.scene.policy and facts.maybe(0.75):
        _answer(facts)
    contact(facts, 0.6)


def contact(facts: FactList, share: float) -> None:
    """How to reach the shop, each way in about `share` of all draws."""
    slug = facts.shop.name.lower().replace(" & ", "-").replace(" ", "-")
    if facts.maybe(share):
        facts.add("shop.email", f"help@{slug}.example")
    if facts.maybe(share * 0.75):
        facts.add("shop.phone", f"+1 555 01{facts.chance.randrange(10, 99)}")
        if facts.maybe(share * 0.8):
            facts.add("shop.hours", facts.chance.choice(("Monday to Friday, 9 am to 5 pm", "every day from 8 to 20 h")))
    elif facts.maybe(share * 0.3):
        facts.add("shop.hours", "Monday to Saturday, 10 am to 6 pm")


def _contact_act(facts: FactList) -> None:
    contact(facts, 0.9)
    if facts.maybe(0.4):
        facts.add("shop.name", facts.shop.name)


def _about_shop(facts: FactList) -> None:
    if facts.maybe(0.65):
        facts.add("shop.name", facts.shop.name)
    if facts.maybe(0.5):
        offers(facts)


def offers(facts: FactList) -> None:
    """What the shop sells."""
    facts.add("shop.offers", in_words(facts.chance.sample(list(facts.shop.kinds.values()), 3)))


def _greet(facts: FactList) -> None:
    if facts.maybe(0.6):
        facts.add("shop.name", facts.shop.name)


MAKERS: Mapping[Act, Callable[[FactList], None]] = {
    Act.ANSWERED: _answer,
    Act.NO_ANSWER: _no_answer,
    Act.CHANGE_ELSEWHERE: _elsewhere,
    Act.CONTACT: _contact_act,
    Act.GREET: _greet,
    Act.GOODBYE: _greet,
    **dict.fromkeys(
        (
            Act.WHO_ARE_YOU, Act.CAPABILITIES, Act.OUT_OF_SCOPE, Act.NOT_UNDERSTOOD, Act.HOW_ARE_YOU,
            Act.OTHER_LANGUAGE,
        ),
        _about_shop,
    ),
}  # fmt: skip
"""What each act about service or talk adds."""
