"""Simulator: an endless, seeded stream of shop conversations that teaches a model to speak from acts and facts only.

    python -m finetune.simulator --turns 1000 --seed 1

prints examples. Every turn has a customer's message, the acts that code would decide on, facts as
`assistant/evidence/hints.py` lays them down (the hints are listed there), and a reply drawn from the hand-written phrasings
of `data/phrasings` that fit those facts. Replies hold references only: no name, number, price, date or policy.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Self

from assistant.act import Act
from assistant.language_model.prompt import PromptTurn, compact_facts
from assistant.reference import REFERENCE_PATTERN
from finetune.phrasings import Phrasings, tidy
from finetune.simulation.facts import make_facts
from finetune.simulation.messages import Messages
from finetune.simulation.scene import Scene
from finetune.simulation.shop import Policy, SimulatedShop, load_policies, load_shops
from finetune.simulation.talk import MIXABLE, NEXT, PAIRS, SIGNED_IN, START
from retrieval.errors import AisleError

PHRASINGS = Path(__file__).resolve().parent.parent / "data" / "phrasings"
_TURNS = (1, 2, 2, 3, 3, 3, 4, 4, 5, 6)
_CLOSER_SHARE = 0.3
_DRAWS = 6
_MIXED_SHARE = 0.02
_ODD_SHARE = 0.03
"""Of messages that fit another act: understanding errs at times, and the reply must follow the acts, not the words."""


class Simulator:
    """Makes conversations from shops, policies and phrasings."""

    def __init__(
        self, phrasings: dict[Act, Phrasings], shops: tuple[SimulatedShop, ...], policies: tuple[Policy, ...]
    ) -> None:
        self._phrasings = phrasings
        self._shops = shops
        self._policies = policies
        self._messages = Messages(phrasings)

    @classmethod
    def load(cls, path: Path = PHRASINGS) -> Self:
        """Reads the folder of phrasings. Raises AisleError when a file is missing or malformed."""
        shared = path / "shared.md"
        phrasings = {act: Phrasings.load(path / f"{act.value}.md", shared) for act in Act}
        return cls(phrasings, load_shops(path), load_policies(path))

    def conversations(self, seed: int) -> Iterator[tuple[PromptTurn, ...]]:
        """Conversations of 1 to 6 turns without end, the same ones for the same `seed`."""
        chance = random.Random(seed)
        while True:
            yield self._conversation(chance)

    def going_on(self, turns: Sequence[PromptTurn], acts: Sequence[Act], chance: random.Random) -> str:
        """What a reply that has begun to the last of `turns` goes on with, to do `acts` of it.

        Raises AisleError where no phrase fits its facts.
        """
        last = turns[-1]
        known = ["turn.later" if len(turns) > 1 else "turn.first", *(f"act.{act}" for act in last.acts)]
        known += ["then"] * (len(acts) < len(last.acts))
        hints = {fact.key: fact.hint for fact in last.facts} | dict.fromkeys(known, "")
        return self._middles(acts, hints, chance)

    def _conversation(self, chance: random.Random) -> tuple[PromptTurn, ...]:
        shop = chance.choice(self._shops).with_symbol(chance.choice("$$$£€"))
        scene = Scene(shop, chance, shop.word("names", chance) if chance.random() < 0.6 else "")
        scene.kind = chance.choice(list(shop.kinds))
        turns: list[PromptTurn] = []
        act: Act | None = None
        for _ in range(chance.choice(_TURNS)):
            acts = self._acts(act, scene)
            turns.append(self._turn(acts, scene, first=not turns))
            act = acts[-1]
        return tuple(turns)

    def _acts(self, before: Act | None, scene: Scene) -> tuple[Act, ...]:
        if scene.maybe(_MIXED_SHARE):
            return tuple(scene.chance.sample(MIXABLE, scene.chance.choice((2, 2, 3))))
        weights = START if before is None or scene.maybe(0.15) else NEXT.get(before, START)
        acts = tuple(weights)
        while True:
            act = scene.chance.choices(acts, list(weights.values()))[0]
            if act in SIGNED_IN and not scene.customer:
                act = Act.SIGN_IN
            if act is not Act.SIGN_IN or not scene.customer:
                break
        pairs = PAIRS.get(act, ())
        return (act, *scene.chance.choice(pairs)) if pairs and scene.maybe(0.3) else (act,)

    def _turn(self, acts: tuple[Act, ...], scene: Scene, first: bool) -> PromptTurn:
        self._choose_policies(acts, scene)
        if scene.maybe(0.2):
            scene.kind = scene.chance.choice(list(scene.shop.kinds))
        asked = (scene.chance.choice(tuple(Act)),) if scene.maybe(_ODD_SHARE) else acts
        message = self._messages.message(asked, scene)
        facts = make_facts(acts, scene)
        hints = facts.hints | dict.fromkeys(
            ("turn.first" if first else "turn.later", *(f"act.{act}" for act in acts)), ""
        )
        return PromptTurn(message, acts, facts.listed(), self._reply(acts, hints, scene.chance))

    def _choose_policies(self, acts: tuple[Act, ...], scene: Scene) -> None:
        elsewhere = Act.CHANGE_ELSEWHERE in acts
        policies = [policy for policy in self._policies if policy.elsewhere or not elsewhere]
        scene.policy = scene.chance.choice(policies)
        second = Act.ANSWERED in acts and scene.maybe(0.5 if elsewhere else 0.12 if len(acts) == 1 else 0)
        scene.second_policy = scene.chance.choice(self._policies) if second else None
        if scene.second_policy is scene.policy:
            scene.second_policy = None

    def _reply(self, acts: tuple[Act, ...], hints: dict[str, str], chance: random.Random) -> str:
        """A reply that names no fact twice, as far as a few draws find one."""
        drawn = self._draw_reply(acts, hints, chance)
        for _ in range(_DRAWS):
            if not _repeats(drawn):
                break
            drawn = self._draw_reply(acts, hints, chance)
        return drawn

    def _draw_reply(self, acts: tuple[Act, ...], hints: dict[str, str], chance: random.Random) -> str:
        if len(acts) == 1:
            return self._draw(acts[0], "reply", hints, chance)
        return self._middles(acts, hints, chance)

    def _middles(self, acts: Sequence[Act], hints: dict[str, str], chance: random.Random) -> str:
        """What covers `acts` one after the other; the first is spoken of as the first unless `hints` say otherwise."""
        parts: list[str] = []
        known = dict(hints)
        for act in acts:
            parts.append(self._draw(act, "middle", known, chance))
            known["then"] = ""
        last = self._phrasings[acts[-1]]
        if "closer" in last and chance.random() < _CLOSER_SHARE:
            parts.append(last.draw("closer", known, chance) or "")
        return tidy(" ".join(parts))

    def _draw(self, act: Act, section: str, hints: dict[str, str], chance: random.Random) -> str:
        text = self._phrasings[act].draw(section, hints, chance)
        if not text:
            raise AisleError(
                f"no phrase of {act.value}, section {section}, fits the facts {sorted(hints)}",
                f"Add one that needs fewer facts to data/phrasings/{act.value}.md.",
            )
        return text


def _repeats(reply: str) -> bool:
    """Whether a fact other than a name is told twice, or a name three times."""
    counts = Counter(REFERENCE_PATTERN.findall(reply))
    return any(count > (2 if key.endswith((".name", "o1.id")) else 1) for key, count in counts.items())


def main() -> None:
    """Prints simulated turns as text."""
    parser = argparse.ArgumentParser(description="Print simulated shop conversations.")
    parser.add_argument("--turns", type=int, default=1000, help="how many turns to print")
    parser.add_argument("--seed", type=int, default=1, help="which stream of conversations")
    options = parser.parse_args()
    turns = (turn for talk in Simulator.load().conversations(options.seed) for turn in (*talk, None))
    for turn in islice(turns, options.turns):
        print(_shown(turn) if turn else "---")  # noqa: T201


def _shown(turn: PromptTurn) -> str:
    return f"customer: {turn.message}\n   facts: {compact_facts(turn)}\n   aisle: {turn.reply}\n"


if __name__ == "__main__":
    main()
