"""Writer: lets the language model write, and shows nothing that has not passed the check.

model ─▶ sentence ─▶ check ─▶ shown
                       └ fails ─▶ written once more ─▶ fails ─▶ plain phrase of the act
"""

from __future__ import annotations

import random
import threading
import traceback
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

import structlog

from assistant.act import Act
from assistant.check import Check
from assistant.checking.sentences import streamed
from assistant.evidence import Evidence
from assistant.language_model import Decoding, LanguageModel
from assistant.plain_phrases import PlainPhrases
from assistant.planning import LISTING_ACTS, POINTED_ACTS
from assistant.prompt import Prompt
from assistant.reference import ANSWER_SLOTS, PRODUCT_SLOTS, REFERENCE_PATTERN, spell
from assistant.resolve import resolve
from retrieval.errors import AisleError

_log = structlog.get_logger(__name__)

_PLAIN_DECODING = Decoding()
_MOST_SENTENCES = 8
_MOST_BEGINNINGS = 3
_MOST_RUNS = 8
_MOST_REJECTIONS = 4
_RETRY_TEMPERATURE = 0.6
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
    Act.ASK_PREFERENCE: ("shop.offers",),
    Act.CHANGE_ELSEWHERE: ("a1.text", "shop.email", "shop.phone"),
}
"""References of which a reply must hold one, or it does not say what the act did. An answer must be given in full."""


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


class Ended(Enum):
    """How one pass of the model ended."""

    DONE = "done"
    REJECTED = "rejected"
    BROKEN = "broken"


class Writer:
    """Writes replies with one language model. Safe to call from many threads where the model is."""

    def __init__(
        self, model: LanguageModel, phrases: PlainPhrases, check: Check, decoding: Decoding = _PLAIN_DECODING
    ) -> None:
        self._model = model
        self._phrases = phrases
        self._check = check
        self._decoding = decoding

    @property
    def model_name(self) -> str:
        """The model and its adapter."""
        return self._model.name

    def write(self, prompt: Prompt, evidence: Evidence, cancelled: threading.Event) -> Iterator[Written]:
        """Yields checked sentences as they are written; whatever the model does, every act is said in the end.

        Ends early once `cancelled` is set.
        """
        draft = _Draft(prompt, evidence)
        ended = yield from self._attempt(draft, cancelled)
        for _ in range(_MOST_BEGINNINGS):
            if ended is not Ended.DONE or not draft.sentences or not draft.unsaid():
                break
            draft.begin(draft.unsaid())
            ended = yield from self._attempt(draft, cancelled)
        if not cancelled.is_set():
            yield from self._complete(draft, completed=ended is Ended.DONE)

    def _attempt(self, draft: _Draft, cancelled: threading.Event) -> Generator[Written, None, Ended]:
        """Lets the model write; a sentence that fails the check is written once more from where the reply stands."""
        ended, rejections = Ended.REJECTED, 0
        for run in range(_MOST_RUNS):
            before = len(draft.sentences)
            ended = yield from self._run(draft, run, cancelled)
            rejections = rejections + 1 if len(draft.sentences) == before else 1
            if ended is not Ended.REJECTED or rejections == _MOST_REJECTIONS or cancelled.is_set():
                break
        return ended

    def _run(self, draft: _Draft, run: int, cancelled: threading.Event) -> Generator[Written, None, Ended]:
        """One pass of the model, until it ends or a sentence fails the check."""
        decoding = self._decoding if run == 0 else _varied(self._decoding, run)
        stream = self._model.write(draft.prompt, decoding, cancelled)
        try:
            for sentence in streamed(stream):
                if cancelled.is_set() or len(draft.sentences) == _MOST_SENTENCES:
                    return Ended.DONE
                if not draft.is_whole(sentence):
                    return Ended.REJECTED
                violations = self._check.violations(sentence, draft.evidence, draft.message, draft.text)
                if violations:
                    _log.info("sentence rejected", kinds=sorted({violation.kind.value for violation in violations}))
                    return Ended.REJECTED
                if draft.takes(sentence) and draft.is_wanted(sentence):
                    yield draft.add(sentence)
        except Exception as error:
            _log_failure(error)
            return Ended.BROKEN
        finally:
            _close(stream)
        return Ended.DONE

    def _complete(self, draft: _Draft, completed: bool) -> Iterator[Written]:
        """Says by plain phrases what the reply does not say yet; no reply stays empty."""
        for act in (*draft.unsaid(), Act.NOT_UNDERSTOOD):
            if act is Act.NOT_UNDERSTOOD and draft.sentences:
                continue
            phrase = self._phrases.sentence(act, draft.keys(act), random.randrange(1 << 30))
            if phrase is None:
                phrase = " ".join(spell(key) for key in draft.missing(act))
            for sentence in streamed([phrase]):
                yield draft.add(sentence, fallback=True, completed=completed)


class _Draft:
    """A reply while it is being written."""

    def __init__(self, prompt: Prompt, evidence: Evidence) -> None:
        self.evidence = evidence
        self.message = prompt.turns[-1].message
        self.sentences: list[str] = []
        self._facts = {fact.key: fact for fact in evidence.facts}
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
        """Whether `sentence` is not yet said."""
        return sentence.strip() not in self.sentences

    def is_wanted(self, sentence: str) -> bool:
        """Whether `sentence` may be said: once the reply only lacks something, a sentence that says it, and no other."""
        if not self._start:
            return True
        lacking = {key for act in self.unsaid() for key in self.missing(act)}
        return not lacking.isdisjoint(REFERENCE_PATTERN.findall(sentence))

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
        return [act for act in self.evidence.acts if self.missing(act) or not self.sentences]

    def missing(self, act: Act) -> tuple[str, ...]:
        """References that `act` still needs: every answer in full, of the other essentials one."""
        said = set(REFERENCE_PATTERN.findall(self.text))
        if act is Act.ANSWERED:
            return tuple(key for key in _ANSWERS if key in self._facts and key not in said)
        essential = tuple(key for key in _ESSENTIAL.get(act, ()) if key in self._facts)
        if act is Act.CHANGE_ELSEWHERE:
            essential = essential[:1]
        return () if not said.isdisjoint(essential) else essential

    def keys(self, act: Act) -> frozenset[str]:
        """References that a plain phrase for `act` may use: an answer that was given is not given again."""
        given = set(_ANSWERS) - set(self.missing(act)) if act is Act.ANSWERED else set()
        return frozenset(self._facts.keys() - given)


def _belongs(key: str, act: Act) -> bool:
    """Whether the fact `key` is of the sort that `act` speaks of."""
    sort = key[0] if key[1:2].isdigit() else key.partition(".")[0]
    if act in LISTING_ACTS | POINTED_ACTS:
        return sort in ("p", "search", "item", "compare", "ask")
    if act.value.startswith("order") or act is Act.WHICH_ORDER:
        return sort in ("o", "order")
    return sort == "a" if act is Act.ANSWERED else sort in ("a", "shop", "search", "customer")


def _varied(decoding: Decoding, run: int) -> Decoding:
    """Another draw of the same kind."""
    seed = None if decoding.seed is None else decoding.seed + run
    return replace(decoding, seed=seed, temperature=max(decoding.temperature, _RETRY_TEMPERATURE))


def _close(stream: Iterator[str]) -> None:
    """Stops a model whose text is no longer wanted."""
    if isinstance(stream, Generator):
        stream.close()


def _log_failure(error: Exception) -> None:
    """Logs what broke and where, but no message of a library: it may quote the conversation."""
    detail = error.message if isinstance(error, AisleError) else ""
    where = traceback.format_tb(error.__traceback__)[-3:]
    _log.error("the language model failed", error=type(error).__name__, detail=detail, where=where)
