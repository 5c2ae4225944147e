"""Understanding: a message and the state of its conversation, as a Request.

message → clauses → intents (head over the frozen encoder, then rules) ┐
        → grammar over the catalogue's vocabulary                      ┴→ search carried over → Request
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.conversation.conversation import State
from assistant.intents import ABOUT_PRODUCT, SEARCHES, SHOPPING, TALK, TERMS, IntentName
from assistant.request import Intent, Request
from assistant.understanding.audience import audience, gifts_for, narrowed
from assistant.understanding.clause import Clause
from assistant.understanding.grammar.clauses import clauses
from assistant.understanding.grammar.grammar import Grammar
from assistant.understanding.grammar.language import language_of
from assistant.understanding.grammar.reading import Reading
from assistant.understanding.grammar.text import Text
from assistant.understanding.intent_head import Guess, IntentHead
from assistant.understanding.intent_rules import intent_of
from assistant.understanding.refinement import Search, refined, released
from assistant.understanding.search_rules import starts_afresh
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.filter import Condition, Filter
from retrieval.index.encoder import Encoder

_I = IntentName
_COURTESIES = frozenset(
    {
        _I.GREET,
        _I.THANKS,
        _I.PRAISE,
        _I.ACKNOWLEDGE,
        _I.AFFIRM,
        _I.DENY,
        _I.HOW_ARE_YOU,
        _I.OUT_OF_SCOPE,
        _I.NOT_UNDERSTOOD,
    }
)
_SIGNS = {
    **dict.fromkeys("👋🙋", _I.GREET), **dict.fromkeys("👍👌🆗✅", _I.ACKNOWLEDGE), **dict.fromkeys("🙏💐", _I.THANKS),
    **dict.fromkeys("❤😍🥰🤩👏🎉💯😊😀😃😄🙂", _I.PRAISE), **dict.fromkeys("👎❌", _I.DENY), **dict.fromkeys("😡🤬😠", _I.COMPLAINT),
}  # fmt: skip
"""What a message says that is nothing but emoji."""
_PINS = frozenset({"color", "size"})


@dataclass(frozen=True, slots=True)
class _Named:
    """A clause with its intent, and what it sounds like by itself."""

    text: str
    intent: Intent
    reading: Reading
    guesses: tuple[Guess, ...]


class Understanding:
    """Reads messages for one shop. Immutable, safe to share between threads."""

    def __init__(self, grammar: Grammar, head: IntentHead, encoder: Encoder) -> None:
        self._grammar = grammar
        self._head = head
        self._encoder = encoder

    @classmethod
    def open(cls, catalog: Catalog, encoder: Encoder, model_dir: Path) -> Understanding:
        """Reads the intent head in `model_dir` and the vocabulary of `catalog`. Raises ModelError."""
        return cls(Grammar(catalog), IntentHead.open(model_dir), encoder)

    def read(self, message: str, state: State) -> Request:
        """What `message` asks for. Never raises, whatever the message is; only its first 1,500 characters are read."""
        text = Text.of(message)
        if not any(char.isalnum() for char in text.cased):
            sign = next((_SIGNS[char] for char in text.cased if char in _SIGNS), _I.NOT_UNDERSTOOD)
            return Request(message, (Intent(sign, 1.0),))
        language = language_of(text.cased)
        if language != "en":
            return Request(message, (Intent(_I.OTHER_LANGUAGE, 1.0),), language=language)
        named = self._named(clauses(text.cased), state)
        intents = _merged(named)
        whole = self._shopping(named, intents, text, state)
        order_id = next((clause.reading.order_id for clause in named if clause.reading.order_id), "")
        request = self._request(message, intents, whole, order_id, state)
        return replace(request, leanings=_leanings(named))

    def _named(self, parts: Sequence[str], state: State) -> list[_Named]:
        """Each clause with its intent."""
        mended = [self._grammar.mended(part) for part in parts]
        guesses = self._head.guess(mended, self._encoder.encode_queries(mended))
        named = []
        for part, guess in zip(parts, guesses, strict=True):
            reading = self._grammar.read(Text(part), state)
            name, confidence = intent_of(Clause(part, guess, reading, state, self._head.rejection.threshold))
            named.append(_Named(part, Intent(name, confidence), reading, guess))
        return named

    def _shopping(self, named: Sequence[_Named], intents: Sequence[Intent], text: Text, state: State) -> Reading:
        """One reading of all clauses that speak of products, or else of one on the terms of a sale."""
        about = [clause for clause in named if clause.intent.name in SHOPPING]
        if not about:
            terms = (clause.reading for clause in named if clause.intent.name in TERMS)
            return next(terms, Reading())
        is_gift = any(clause.intent.name == _I.GIFT for clause in about)
        if len(about) == 1 and not is_gift:
            return about[0].reading
        return self._grammar.read(Text(" ".join(clause.text for clause in about)), state, is_gift=is_gift)

    def _request(
        self, message: str, intents: tuple[Intent, ...], reading: Reading, order_id: str, state: State
    ) -> Request:
        names = [intent.name for intent in intents]
        leading = next((name for name in names if name in SEARCHES), names[0])
        continues = state.request is not None and leading in SHOPPING and not starts_afresh(leading, reading, state)
        search = Search("", Filter())
        product_ids = reading.product_ids
        continues = continues and leading != _I.BROWSE
        if leading in SEARCHES or leading == _I.BROWSE:
            search = self._for_whom(self._search(leading, reading, state, continues), message, leading)
            product_ids = reading.product_ids if leading == _I.SIMILAR else ()
        elif leading in TERMS and reading.about_own and leading != _I.POLICY_QUESTION:
            product_ids = product_ids or ((state.focus,) if state.focus else ())
        elif leading in ABOUT_PRODUCT:
            product_ids = product_ids or ((state.focus,) if state.focus and not reading.names_type else ())
            search = self._about(reading, product_ids)
            continues = bool(product_ids) and not reading.names_type
        elif leading == _I.START_OVER:
            search = refined(
                search, (*reading.types, *reading.conditions), reading.sort, reading.sort_field, reading.query
            )
            continues = False
        asks = any(name in (_I.ASK_PRODUCT, _I.COMPARE) for name in names) or (leading in TERMS and reading.about_own)
        return Request(
            message,
            intents,
            query=search.query,
            filter=search.filter,
            product_ids=product_ids,
            about=(reading.about or self._asked_before(names, state)) if asks else "",
            order_id=order_id,
            quantity=reading.quantity,
            continues=continues,
        )

    @staticmethod
    def _asked_before(names: Sequence[str], state: State) -> str:
        """The property asked of the product before, when the same is asked of another ("and the second one?")."""
        return state.about if state.asked in names else ""

    def _search(self, leading: str, reading: Reading, state: State, continues: bool) -> Search:
        """The search that a message asks for, on top of the one before it or new."""
        before = Search("", Filter())
        if continues and state.request is not None:
            before = released(Search(state.request.query, state.request.filter), reading.dropped)
        if leading == _I.MORE_RESULTS:
            return before
        new: tuple[Condition, ...] = (*reading.types, *reading.conditions)
        query = "" if continues and leading == _I.DROP_FILTER else reading.query
        search = refined(before, new, reading.sort, reading.sort_field, query)
        baseline = reading.product_ids or ((state.focus,) if state.focus else state.shown)
        if reading.comparative is None:
            return search
        compares = continues or reading.product_ids
        compared = self._grammar.comparison(reading, baseline, search.filter) if compares else None
        if compared is None:
            return refined(search, [], reading.comparative.price_order, "", "")
        return refined(search, [compared], reading.comparative.sort, compared.field, "")

    def _for_whom(self, search: Search, message: str, leading: str) -> Search:
        """`search` among what is made for whoever the message says it is for, where the shop parts its goods so."""
        whom = audience(message)
        wanted = narrowed(search.filter, whom)
        if leading == _I.GIFT and not search.query:
            wanted = gifts_for(wanted, whom, self._grammar.catalog.facets.product_types)
        is_for_kids = whom == "kids" and leading == _I.GIFT and not search.query and wanted == search.filter
        return Search(whom if is_for_kids else search.query, wanted)

    def _about(self, reading: Reading, product_ids: Sequence[str]) -> Search:
        """A question about a product that is known keeps only what picks its variant; otherwise it is looked for."""
        if product_ids:
            pins = tuple(condition for condition in reading.conditions if condition.field in _PINS)
            return Search("", Filter(pins))
        if not reading.names_type:
            return Search("", Filter())
        return refined(
            Search("", Filter()), (*reading.types, *reading.conditions), reading.sort, reading.sort_field, reading.query
        )


def _leanings(named: Sequence[_Named]) -> tuple[Intent, ...]:
    """What the clauses sound like by themselves, likeliest first."""
    best: dict[str, float] = {}
    for guess in (guess for clause in named for guess in clause.guesses):
        best[guess.name] = max(guess.probability, best.get(guess.name, 0.0))
    return tuple(Intent(name, round(best[name], 3)) for name in sorted(best, key=lambda name: -best[name]))


def _merged(named: Sequence[_Named]) -> tuple[Intent, ...]:
    """The intents of all clauses in order, each once; courtesies yield to matters."""
    best: dict[str, Intent] = {}
    for clause in named:
        known = best.get(clause.intent.name)
        if known is None or known.confidence < clause.intent.confidence:
            best[clause.intent.name] = clause.intent
    matters = [intent for intent in best.values() if intent.name not in TALK]
    kept = [intent for intent in best.values() if not matters or intent.name not in _COURTESIES]
    if (
        len(kept) > 1
        and any(intent.name == _I.REFINE for intent in kept)
        and any(intent.name == _I.FIND_PRODUCT for intent in kept)
    ):
        kept = [intent for intent in kept if intent.name != _I.REFINE]
    return tuple(kept)
