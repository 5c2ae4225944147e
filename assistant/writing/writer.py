"""Writer: lets the language model write, and shows nothing that has not passed the check.

model ─▶ sentence ─▶ check ─▶ shown
                       └ fails ─▶ written once more ─▶ fails ─▶ plain phrase of the act
"""

from __future__ import annotations

import random
import threading
import traceback
from collections.abc import Generator, Iterator
from dataclasses import replace
from enum import Enum

import structlog

from assistant.act import Act
from assistant.evidence.evidence import Evidence
from assistant.language_model.language_model import Decoding, LanguageModel
from assistant.language_model.prompt import Prompt
from assistant.reference import spell
from assistant.writing.check import Check
from assistant.writing.checking.goods import Goods
from assistant.writing.checking.sentences import streamed
from assistant.writing.draft import Draft, Written
from assistant.writing.leads import led
from assistant.writing.plain_phrases import PlainPhrases
from retrieval.errors import AisleError

_log = structlog.get_logger(__name__)

_PLAIN_DECODING = Decoding()
_MOST_SENTENCES = 8
_MOST_BEGINNINGS = 5
_MOST_RUNS = 16
_MOST_REJECTIONS = 9
_PATIENCE = 6
"""Tries after which a true sentence is taken as it is: some matters can be put in few ways."""
_RETRY_STEP, _HOTTEST, _RETRY_TOP_P = 0.15, 1.3, 0.99


class Ended(Enum):
    """How one pass of the model ended."""

    DONE = "done"
    REJECTED = "rejected"
    POOR = "poor"
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

    def about(self, goods: Goods) -> Writer:
        """The same writer for a catalog with these words."""
        return Writer(self._model, self._phrases, self._check.about(goods), self._decoding)

    @property
    def model_name(self) -> str:
        """The model and its adapter."""
        return self._model.name

    def write(self, prompt: Prompt, evidence: Evidence, cancelled: threading.Event) -> Iterator[Written]:
        """Yields checked sentences as they are written; whatever the model does, every act is said in the end.

        Ends early once `cancelled` is set.
        """
        draft = Draft(prompt, evidence)
        ended = yield from self._attempt(draft, cancelled)
        for _ in range(_MOST_BEGINNINGS):
            if ended is not Ended.DONE or not draft.sentences or not draft.unsaid():
                break
            draft.begin(draft.unsaid())
            ended = yield from self._attempt(draft, cancelled)
        if not cancelled.is_set():
            yield from self._complete(draft, completed=ended is Ended.DONE)

    def _attempt(self, draft: Draft, cancelled: threading.Event) -> Generator[Written, None, Ended]:
        """Lets the model write; a sentence that fails the check is written once more from where the reply stands."""
        ended, rejections, freer = Ended.REJECTED, 0, 0
        for _ in range(_MOST_RUNS):
            before = len(draft.sentences)
            ended = yield from self._run(draft, freer, cancelled, is_late=rejections >= _PATIENCE)
            rejections = rejections + 1 if len(draft.sentences) == before else 1
            freer += ended is Ended.REJECTED
            is_to_go_on = ended in (Ended.REJECTED, Ended.POOR) and rejections < _MOST_REJECTIONS
            if not is_to_go_on or cancelled.is_set():
                break
        return ended

    def _run(
        self, draft: Draft, run: int, cancelled: threading.Event, is_late: bool
    ) -> Generator[Written, None, Ended]:
        """One pass of the model, until it ends, or a sentence fails the check, or had better be put otherwise."""
        decoding = self._decoding if run == 0 else _varied(self._decoding, run)
        lead = "" if is_late else draft.lead
        stream = self._model.write(replace(draft.prompt, begun=draft.prompt.begun + lead), decoding, cancelled)
        try:
            for sentence in streamed(led(lead, stream) if lead else stream):
                if cancelled.is_set() or len(draft.sentences) == _MOST_SENTENCES:
                    return Ended.DONE
                violations = self._check.violations(sentence, draft.evidence, draft.message, draft.text)
                if violations:
                    _log.info("sentence rejected", kinds=sorted({violation.kind.value for violation in violations}))
                    return Ended.REJECTED
                if not draft.is_whole(sentence):
                    return Ended.REJECTED
                if draft.is_poor(sentence) and not is_late:
                    return Ended.POOR
                if draft.takes(sentence) and draft.is_wanted(sentence):
                    yield draft.add(sentence)
        except Exception as error:
            _log_failure(error)
            return Ended.BROKEN
        finally:
            _close(stream)
        return Ended.DONE

    def _complete(self, draft: Draft, completed: bool) -> Iterator[Written]:
        """Says by plain phrases what the reply does not say yet; no reply stays empty."""
        for act in draft.unsaid():
            yield from self._plainly(draft, act, completed)
        if not draft.sentences:
            yield from self._plainly(draft, Act.NOT_UNDERSTOOD, completed)

    def _plainly(self, draft: Draft, act: Act, completed: bool) -> Iterator[Written]:
        phrase = self._phrases.sentence(_still(act, draft), draft.keys(act), random.randrange(1 << 30))
        if phrase is None:
            phrase = " ".join(spell(key) for key in draft.missing(act))
        for sentence in streamed([phrase]):
            yield draft.add(sentence, fallback=True, completed=completed)


def _still(act: Act, draft: Draft) -> Act:
    """The act whose plain phrases say what `act` lacks: a reply that has said what it cannot do says how else it is done."""
    if act is not Act.CHANGE_ELSEWHERE or not draft.sentences:
        return act
    return Act.ANSWERED if "a1.text" in draft.missing(act) else Act.CONTACT


def _varied(decoding: Decoding, run: int) -> Decoding:
    """Another draw, freer with every run: a model that keeps choosing the same bad way has to leave it."""
    seed = None if decoding.seed is None else decoding.seed + run
    temperature = min(max(decoding.temperature, _RETRY_STEP) + _RETRY_STEP * (run - 1), _HOTTEST)
    return replace(decoding, seed=seed, temperature=temperature, top_p=_RETRY_TOP_P)


def _close(stream: Iterator[str]) -> None:
    """Stops a model whose text is no longer wanted."""
    if isinstance(stream, Generator):
        stream.close()


def _log_failure(error: Exception) -> None:
    """Logs what broke and where, but no message of a library: it may quote the conversation."""
    detail = error.message if isinstance(error, AisleError) else ""
    where = traceback.format_tb(error.__traceback__)[-3:]
    _log.error("the language model failed", error=type(error).__name__, detail=detail, where=where)
