"""Draft: a reply while it is being written, and what it still has to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.act import Act
from assistant.evidence.evidence import Evidence
from assistant.evidence.hints import CLOSED
from assistant.evidence.planning import LISTING_ACTS, POINTED_ACTS
from assistant.language_model.prompt import Prompt
from assistant.reference import ANSWER_SLOTS, PRODUCT_SLOTS, REFERENCE_PATTERN
from assistant.writing.checking.sentences import streamed
from assistant.writing.leads import lead
from assistant.writing.performing import performs
from assistant.writing.resolve import resolve

_ANSWERS = tuple(f"{slot}.text" for slot in ANSWER_SLOTS)
_NAMES = tuple(f"{slot}.name" for slot in PRODUCT_SLOTS)
_ESSENTIAL: dict[Act, tuple[str, ...]] = {
    **dict.fromkeys(LISTING_ACTS, _NAMES),
    Act.RELAXED: ("search.dropped",),
    Act.COMPARED: (*_NAMES, "compare.cheaper", "compare.better_rated"),
    Act.DESCRIBED: ("p1.detail",),
    Act.TOLD_PRICE: ("p1.price",),
    Act.TOLD_STOCK: ("p1.stock",),
    Act.TOLD_RATING: ("p1.rating",),
    Act.TOLD_OPTIONS: ("p1.colors", "p1.sizes"),
    Act.ORDER_STATUS: ("o1.status",),
    Act.ORDER_HISTORY: ("o1.id",),
    Act.ORDER_DELIVERY: ("o1.expected", "o1.delivered", "o1.status"),
    Act.ORDER_ITEMS: ("o1.items",),
    Act.WHICH_ORDER: ("o1.id",),
    Act.CONTACT: ("shop.email", "shop.phone"),
    Act.CHANGE_ELSEWHERE: ("a1.text", "shop.email", "shop.phone"),
}
"""References of which a reply must hold one, or it does not say what the act did. An answer must be given in full."""


_FEATURES = frozenset({"p1.feature", "p2.feature"})
_PRICES = frozenset({"p1.price", "p2.price"})
_BRIEF = frozenset(
    {Act.GREET, Act.GOODBYE, Act.WELCOME, Act.GLAD, Act.HOW_ARE_YOU, Act.ACKNOWLEDGE, Act.APOLOGIZE, Act.CALM}
)
_TELLING = 3
"""Words from which a sentence says something; "no problem" alone does only where a courtesy is all there is to say."""


@dataclass(frozen=True, slots=True)
class Written:
    """One sentence that passed. `written` holds references, `text` what is read, with the space before it.

    `fallback` tells that a plain phrase stands in for a sentence that failed twice, or for a model that failed;
    `completed` that it says what the model's reply left out.
    """

    text: str
    written: str
    fallback: bool = False
    completed: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """References in the sentence."""
        return tuple(REFERENCE_PATTERN.findall(self.written))


class Draft:
    """The sentences that stand, and the prompt for the next ones."""

    def __init__(self, prompt: Prompt, evidence: Evidence) -> None:
        self.evidence = evidence
        self.message = prompt.turns[-1].message
        self.sentences: list[str] = []
        self._facts = {fact.key: fact for fact in evidence.facts}
        self._earlier = {said.strip() for turn in prompt.turns[:-1] for said in streamed([turn.reply])}
        self._prompt = prompt
        self._start = 0

    @property
    def text(self) -> str:
        """What stands, with references."""
        return " ".join(self.sentences)

    @property
    def prompt(self) -> Prompt:
        """What the model is to go on from."""
        return replace(self._prompt, begun=" ".join(self.sentences[self._start :]))

    def begin(self, acts: Sequence[Act]) -> None:
        """Turns the prompt to `acts` alone, as if nothing had been said yet."""
        turn = self._prompt.turns[-1]
        facts = tuple(fact for fact in turn.facts if any(_belongs(fact.key, act) for act in acts))
        self._prompt = replace(
            self._prompt, turns=(*self._prompt.turns[:-1], replace(turn, acts=tuple(acts), facts=facts))
        )
        self._start = len(self.sentences)

    def takes(self, sentence: str) -> bool:
        """Whether `sentence`, and the answer that it quotes, is not yet said."""
        quoted = {key for key in REFERENCE_PATTERN.findall(sentence) if key in _ANSWERS}
        return sentence.strip() not in self.sentences and quoted.isdisjoint(REFERENCE_PATTERN.findall(self.text))

    def is_poor(self, sentence: str) -> bool:
        """Whether it had better be put otherwise: one of the last replies said the same. A record may be quoted again."""
        text = sentence.strip()
        return text in self._earlier and bool(REFERENCE_PATTERN.sub("", text).strip(" ."))

    @property
    def lead(self) -> str:
        """The first words of the reply, where they are given; "" once it has begun."""
        return "" if self.sentences else lead(self.evidence.acts, self._facts.keys())

    def is_wanted(self, sentence: str) -> bool:
        """Whether `sentence` may be said: once the reply only lacks something, a sentence that says it, and no other."""
        return not self._start or any(self._says(sentence, act) for act in self.unsaid())

    def is_whole(self, sentence: str) -> bool:
        """Whether `sentence` comes to an end: a model that knows no good word to go on with stops in the middle."""
        text = resolve(sentence.strip(), self._facts)
        return text.rstrip("\"'”’)* ").endswith((".", "!", "?", "…", ":"))

    def add(self, sentence: str, fallback: bool = False, completed: bool = False) -> Written:
        """Takes `sentence` into the reply."""
        gap = "" if not self.sentences else "\n" if "\n" in sentence[: len(sentence) - len(sentence.lstrip())] else " "
        written = sentence.strip()
        self.sentences.append(written)
        return Written(gap + resolve(written, self._facts), written, fallback, completed)

    def unsaid(self) -> list[Act]:
        """Acts that the reply does not cover, in order."""
        longest = max((_telling(sentence) for sentence in self.sentences), default=0)
        return [
            act
            for act in self.evidence.acts
            if self.missing(act) or not performs(self.text, act) or longest < (_TELLING if act not in _BRIEF else 1)
        ]

    def missing(self, act: Act) -> tuple[str, ...]:
        """References that `act` still needs: every answer in full, of the other essentials one."""
        said = set(REFERENCE_PATTERN.findall(self.text))
        if act is Act.ANSWERED:
            return tuple(key for key in _ANSWERS if key in self._facts and key not in said)
        essential = tuple(key for key in _ESSENTIAL.get(act, ()) if key in self._facts)
        if act is Act.CHANGE_ELSEWHERE:
            essential = essential[:1]
        if act is Act.ORDER_DELIVERY and len(essential) > 1:
            # "When" asks for a day, where one is known.
            essential = tuple(key for key in essential if key != "o1.status")
        if act is Act.COMPARED and self._facts.keys() >= _FEATURES and "p1.stock" not in self._facts:
            essential = ("p1.feature",)
        if act is Act.ORDER_STATUS and "o1.window" in self._facts and "o1.total" not in self._facts:
            essential = ("o1.window",)
        return () if not said.isdisjoint(essential) else essential

    def _says(self, sentence: str, act: Act) -> bool:
        """Whether `sentence` says what the reply lacks of `act`."""
        if missing := self.missing(act):
            return not set(missing).isdisjoint(REFERENCE_PATTERN.findall(sentence))
        return performs(sentence, act) and len(sentence.split()) >= _TELLING

    def keys(self, act: Act) -> frozenset[str]:
        """References that a plain phrase for `act` may use: an answer that was given is not given again."""
        given = set(_ANSWERS) - set(self.missing(act)) if act is Act.ANSWERED else set()
        closed = {key for key, fact in self._facts.items() if fact.hint == CLOSED}
        priced = _PRICES if self.missing(act) == ("p1.feature",) else frozenset()
        return frozenset(self._facts.keys() - given - closed - priced)


def _telling(sentence: str) -> int:
    """Words of a sentence, each reference counted as what it stands for: a phrase."""
    return len(sentence.split()) + (_TELLING - 1) * len(REFERENCE_PATTERN.findall(sentence))


def _belongs(key: str, act: Act) -> bool:
    """Whether the fact `key` is of the sort that `act` speaks of."""
    sort = key[0] if key[1:2].isdigit() else key.partition(".")[0]
    if act in LISTING_ACTS | POINTED_ACTS:
        return sort in ("p", "search", "item", "compare", "ask")
    if act.value.startswith("order") or act is Act.WHICH_ORDER:
        return sort in ("o", "order")
    return sort == "a" if act is Act.ANSWERED else sort in ("a", "shop", "search", "customer")
