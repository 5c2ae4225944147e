"""Simulated turns over several shops, every reply verified against the shops' records.

    python -m tests.simulation --turns 2000 --seed 1 --read 50 --data DIR

`DIR` holds the public sets; with it the third shop is the DummyJSON catalogue. Prints how many facts, promises,
fallbacks and exceptions there were, with the 95 % upper bound where none was seen, and `--read` replies drawn at random.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.assistant import Assistant
from assistant.logs import configure_logs
from assistant.reply import Reply
from tests.shops import open_shop, shop_names
from tests.simulation.customer import SimulatedCustomer
from tests.simulation.facts import Verdict, verify


@dataclass(frozen=True)
class SimulatedTurn:
    """One exchange and what the verifier found; `reply` is None when an exception got through."""

    shop: str
    message: str
    reply: Reply | None
    verdict: Verdict | None


def simulate(name: str, assistant: Assistant, turns: int, seed: int) -> Iterator[SimulatedTurn]:
    """Holds conversations of up to 6 turns; every second customer is signed in where the shop has customers."""
    generator = random.Random(f"{name}-{seed}")
    customers = sorted(assistant.records.customer_ids())
    told = 0
    while told < turns:
        customer_id = generator.choice(customers) if customers and generator.random() < 0.5 else None
        own = [order.id for order in assistant.orders.of(customer_id, 20)] if customer_id else []
        stranger = generator.choice(customers) if customers else None
        foreign = (
            [order.id for order in assistant.orders.of(stranger, 3)] if stranger and stranger != customer_id else []
        )
        customer = SimulatedCustomer(assistant.catalog, generator, own, foreign)
        reply: Reply | None = None
        for _ in range(min(generator.randint(1, 6), turns - told)):
            message = customer.say(reply)
            told += 1
            try:
                reply = assistant.ask(
                    message, conversation_id=reply.conversation_id if reply else None, customer_id=customer_id
                )
                verdict = verify(
                    reply, assistant.catalog, assistant.orders.of(customer_id, 1000) if customer_id else ()
                )
                yield SimulatedTurn(name, message, reply, verdict)
            except Exception:
                traceback.print_exc()
                yield SimulatedTurn(name, message, None, None)
                reply = None


def report(turns: list[SimulatedTurn]) -> dict[str, object]:
    """The counts; `upper_bound_95` is the rule of three for a count of zero (Hanley and Lippman-Hand, 1983)."""
    replies = [turn.reply for turn in turns if turn.reply]
    wrong = [fact for turn in turns if turn.verdict for fact in turn.verdict.wrong_facts]
    promises = [promise for turn in turns if turn.verdict for promise in turn.verdict.promises]
    return {
        "turns": len(turns),
        "turns_per_shop": Counter(turn.shop for turn in turns),
        "facts_proved": sum(turn.verdict.proved for turn in turns if turn.verdict),
        "wrong_facts": len(wrong),
        "wrong_fact_examples": wrong[:20],
        "promises": len(promises),
        "promise_examples": promises[:20],
        "exceptions": sum(turn.reply is None for turn in turns),
        "fallbacks": sum(reply.fallback for reply in replies),
        "fallback_share": round(sum(reply.fallback for reply in replies) / max(len(replies), 1), 4),
        "fallback_share_per_shop": {
            shop: round(
                sum(t.reply.fallback for t in turns if t.reply and t.shop == shop)
                / max(sum(t.shop == shop for t in turns), 1),
                4,
            )
            for shop in sorted({turn.shop for turn in turns})
        },
        "distinct_written_share": round(len({reply.written for reply in replies}) / max(len(replies), 1), 4),
        "upper_bound_95_when_zero": round(3 / max(len(turns), 1), 5),
        "acts": Counter(act.value for reply in replies for act in reply.evidence.acts).most_common(),
    }


def main() -> None:
    """Runs the measurement and prints it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--read", type=int, default=0, help="replies to print for reading")
    parser.add_argument("--data", type=Path, help="folder of the public sets")
    options = parser.parse_args()
    configure_logs("WARNING")
    names = shop_names(options.data)
    turns: list[SimulatedTurn] = []
    with TemporaryDirectory() as home:
        for name in names:
            assistant = open_shop(name, Path(home) / name, options.data)
            for turn in simulate(name, assistant, -(-options.turns // len(names)), options.seed):
                turns.append(turn)
                if len(turns) % 100 == 0:
                    print(f"{len(turns)} turns", file=sys.stderr)
    for turn in random.Random(options.seed).sample([turn for turn in turns if turn.reply], options.read):
        assert turn.reply
        cards = ", ".join(
            f"{candidate.product.title} {candidate.product.current_price}" for candidate in turn.reply.products
        )
        acts = " ".join(act.value for act in turn.reply.evidence.acts)
        print(
            f"[{turn.shop}] {turn.message}\n    {turn.reply.text}\n    acts: {acts}; cards: {cards}; fallback: {turn.reply.fallback}"
        )
    print(json.dumps(report(turns), indent=2))


if __name__ == "__main__":
    main()
