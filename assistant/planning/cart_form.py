"""Cart form: which products a message names for the cart, and how many of each: "two clip-on tuners and a capo"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.dialogue.thread import Thread
from assistant.dialogue.waiting import Detail, Kind
from assistant.planning.choice_form import placed
from assistant.planning.detail_form import count_in, pairs_in, quantity_in
from assistant.planning.grammar.english import FUNCTION_WORDS
from assistant.planning.grammar.grammar import Grammar
from assistant.planning.grammar.text import Text, Token, clean, stem, stems
from assistant.planning.plan import Ask, Cart, Details, Find, Plan, Policy, Talk
from assistant.planning.request_form import LONGEST, asks_in_words
from assistant.planning.size_form import sizes_said
from retrieval.catalog.filter import Sort
from retrieval.catalog.measure import is_unit
from retrieval.catalog.product import Product

_PART = re.compile(r"[.?!;,:](?=\s|$)|\s[-+&]\s|\b(?:and|plus|as well as|along with|also|then)\b", re.IGNORECASE)
_INTO_CART = re.compile(
    r"(?<!fit )(?<!fits )\b(?:in|into|to|onto|inside) (?:(?:(?:my|the|our|your) )?(?:shopping )?(?:cart|basket|bag|trolley)|(?:this|that|a) (?:shopping )?(?:cart|basket))\b",
    re.IGNORECASE,
)
_SAYS_WHERE = re.compile(
    r"\b(?:cart|basket|bag|trolley) (?:is|are|was|were|has|have|had|looks?|costs?)\b|\balready\b", re.I
)
"""What makes "the capo in my cart" the subject of a statement, or something that is there."""
_WISH = re.compile(
    r"\b(?:add|adding|put|throw|pop|place|stick|drop|toss|chuck|include|(?<!my )(?<!the )(?<!this )(?<!that )(?<!last )order(?! of\b)|buy|purchase|take|grab|get|have|want|need|like)\b"
    r"(?: to (?:add|put|order|buy|purchase|get|take|have))?(?: in\b)?",
    re.IGNORECASE,
)
_LOOKS = re.compile(r"\b(?:show|see|find|look\w*|search\w*|browse|tell|compare)\b", re.IGNORECASE)
_TAKES = re.compile(
    r"\b(?:add|put|(?<!my )(?<!the )(?<!this )(?<!that )(?<!last )order(?! of\b)|buy|take|grab)\b", re.IGNORECASE
)
_TAKES_SHOWN = re.compile(
    r"\b(?:add|put|order|buy|take|grab|get|want|(?:'d|would) like|(?:'ll|will|can i) have) (?:(?:\d+|both|all|one) (?:of )?)?"
    r"(?:(?:the|this|that) (?:\w+ )?ones?|it|this|that|these|those|them)(?: (?:in|too|please|as well))?"
    r"(?=\s*(?P<mark>[,.;!])?\s+(?P<joined>and|plus|as well as|along with|also|[&+])?)",
    re.IGNORECASE,
)
"""What takes the product in view before others: "add it and", "I'll take the second one, plus"."""
_NEGATED = re.compile(r"\b(?:not|never|\w+n'?t|without)\b", re.IGNORECASE)
_REJECTED = re.compile(r"\b(?:instead of|rather than|not|no|without|except)\b.*|.*\b(?:don'?t|do not|won'?t)\b.*", re.I)
_ASKS_STOCK = re.compile(r"\b(?:do|does|have) (?:you|they)\b|\b(?:is|are) there\b", re.IGNORECASE)
_COUNTED = re.compile(r"\b(?:pairs?|couple|sets?|pieces?|pcs) of\b", re.IGNORECASE)
_SEVERAL_OF_THEM = re.compile(
    r"^\W*(?:(?:make|that'?s) )?(?:(?:it|them) )?(?:x ?)?\d+(?: ?x)?(?: (?:of|pieces|times|pcs)\b.*)?\W*$", re.I
)
_AS_WELL = re.compile(
    r"^(?:ok(?:ay)?,? )?(?:and|also|plus)\b|\b(?:as well|also|in addition)\b|\btoo\b(?=\W*(?:please)?\W*$)",
    re.IGNORECASE,
)
_STATES = re.compile(r"\b(?:is|are|was|were|isn'?t|aren'?t|has|looks?|seems?|costs?)\b", re.IGNORECASE)
_ENDS_NAME = frozenset({"for", "with", "in", "of", "from", "to", "that", "which", "by"})
_ORDINALS = frozenset({"first", "1st", "second", "2nd", "third", "3rd", "fourth", "4th", "fifth", "5th", "last"})
_OF_TALK = frozenset({"one", "well", "too", "thing", "stuff", "something", "each", "more", "another", "other", "same"})
_MOST_CANDIDATES = 6
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class NamedGoods:
    """One thing that a message names. `ids` are the products that may be meant, one of each group; `count` is 0 if no number is said."""

    ids: tuple[str, ...]
    count: int = 0


def named_goods(message: str, grammar: Grammar, seen: Sequence[str] = ()) -> tuple[NamedGoods, ...]:
    """Return the goods that `message` names by words of their title or kind; () if it only points at something, or names nothing.

    Of products that the words fit equally, those `seen` in the conversation are meant.
    """
    text = Text.of(grammar.mended(clean(message))).lower
    found: list[tuple[NamedGoods, bool]] = []
    for part in _parts(text, grammar):
        kept = _REJECTED.sub("", part)
        if found and _SEVERAL_OF_THEM.match(kept) and (count := quantity_in(kept)):
            (last, is_wish) = found[-1]
            found[-1] = replace(last, count=last.count or count), is_wish
        elif goods := _goods_in(kept, grammar, seen):
            found.append((goods, bool(_WISH.search(kept)) and not _ASKS_STOCK.search(kept)))
    first = next((place for place, (_, is_wish) in enumerate(found) if is_wish), 0)
    return tuple(goods for goods, _ in found[first:])


def takes_shown(message: str, grammar: Grammar) -> str:
    """Return the words by which a message takes what is in view before it names anything else; "" if it does not.

    "add it to my cart and the strap too" takes what is in view, and then the strap.
    """
    text = _INTO_CART.sub(" ", Text.of(grammar.mended(clean(message))).lower)
    found = _TAKES_SHOWN.search(text)
    if found is None or not (found["joined"] or (found["mark"] and goes_on_adding(message))):
        return ""
    before = text[: found.start()]
    return "" if _NEGATED.search(_PART.split(before)[-1]) or named_goods(before, grammar) else found[0]


def goes_on_adding(message: str) -> bool:
    """Whether a message wants something in the cart besides what is being added: "and a capo as well"."""
    return bool(_AS_WELL.search(clean(message)))


def with_goods(plan: Plan, thread: Thread, message: str, grammar: Grammar) -> Plan:
    """The plan with the goods that the message names in its step for the cart.

    A message that says where the goods shall go, how many, or that goes on with what is being added, is for the cart although the
    model planned something else. What is named and not sold is looked for; it is not what was shown last.
    """
    plan = _added_once(plan, grammar)
    if len(plan.steps) > 1 or ((step := _cart_step(plan)) is None and asks_in_words(message)):
        return plan
    goods = named_goods(message, grammar, (*thread.shown, thread.page))
    if step is None and not (goods and _is_for_cart(plan, thread, message, goods)):
        return plan
    if not goods:
        sought = _unknown_goods(step, thread, message, grammar) if step is not None else ""
        return _finding(plan, sought) if sought else plan
    named = [id for each in goods for id in each.ids]
    shown = _shown_before(step, named, thread, message, grammar)
    of = tuple(dict.fromkeys((*shown, *named)))
    if shown:
        return plan.model_copy(update={"steps": (Cart(what="add", of=of),)})
    return plan.model_copy(update={"steps": (Cart(what="add", of=of, quantity=goods[0].count or None),)})


def _added_once(plan: Plan, grammar: Grammar) -> Plan:
    """The plan with one step where each of several adds the same product, as models read "two mugs"."""
    adding = [step for step in plan.steps if isinstance(step, Cart) and step.what == "add"]
    groups = {grammar.names.group_of(id) for step in adding for id in step.of if id in grammar.catalog.products}
    if len(adding) < len(plan.steps) or len(adding) < 2 or len(groups) > 1:
        return plan
    quantity = next((step.quantity for step in adding if step.quantity), None)
    once = adding[0].model_copy(update={"of": tuple(dict.fromkeys(adding[0].of)), "quantity": quantity})
    return plan.model_copy(update={"steps": (once,)})


def names_others(message: str, ids: Collection[str], grammar: Grammar) -> bool:
    """Whether a message that answers a question about the products `ids` names other goods instead."""
    groups = {grammar.names.group_of(id) for id in ids if id in grammar.catalog.products}
    goods = named_goods(message, grammar, tuple(ids))
    return bool(goods) and not any(grammar.names.group_of(id) in groups for each in goods for id in each.ids)


def _cart_step(plan: Plan) -> Cart | None:
    first = plan.steps[0]
    return first if isinstance(first, Cart) and first.what == "add" else None


def _shown_before(
    step: Cart | None, named: Sequence[str], thread: Thread, message: str, grammar: Grammar
) -> tuple[str, ...]:
    """The products in view that a message takes before those that it names: those of the plan, or the only one."""
    if not takes_shown(message, grammar):
        return ()
    groups = {grammar.names.group_of(id) for id in named}
    in_view = [id for id in (*thread.shown, *thread.numbers.latest, thread.page) if id in grammar.catalog.products]
    others = tuple(dict.fromkeys(id for id in in_view if grammar.names.group_of(id) not in groups))
    planned = tuple(id for id in step.of if id in others) if step is not None else ()
    return placed(message, thread.shown) or planned or (others if len(others) == 1 else ())


def _is_for_cart(plan: Plan, thread: Thread, message: str, goods: Sequence[NamedGoods]) -> bool:
    """Whether a message that was planned as something else wants these goods in the cart.

    It says so, goes on with what is being added, or says how many of one product it takes. "3 season boots" is no number of boots.
    """
    if not isinstance(plan.steps[0], (Find, Details, Ask, Talk, Policy)) or "?" in message or _LOOKS.search(message):
        return False
    if found := _INTO_CART.search(message):
        is_way = not found[0].lower().startswith("in ") or bool(_WISH.search(message)) or goods[0].count > 0
        return is_way and not _SAYS_WHERE.search(message)
    waiting, is_one = thread.waiting, len(goods[0].ids) == 1
    is_open = waiting is not None and waiting.draft.kind is Kind.ADD_TO_CART
    is_adding = is_open or (bool(thread.turns) and thread.turns[-1].plan.startswith("cart add"))
    if is_adding and is_one and goes_on_adding(message) and not _STATES.search(message):
        return True
    if is_open and waiting is not None and waiting.detail is Detail.PRODUCT and is_one:
        return True
    parts = _PART.split(Text.of(message).lower)
    takes = bool(_TAKES.search(message)) or any(map(_SEVERAL_OF_THEM.match, parts[1:]))
    return is_one and goods[0].count > 0 and takes


def _unknown_goods(step: Cart, thread: Thread, message: str, grammar: Grammar) -> str:
    """What the message wants in the cart by a noun that no product has, where the plan takes what was shown; "" if it names nothing."""
    if not set(step.of) <= {*thread.shown, *thread.numbers.latest, thread.page}:
        return ""
    text = Text.of(grammar.mended(clean(message))).lower
    wish = _WISH.search(text)
    if wish is None:
        return ""
    said = _PART.split(_INTO_CART.sub(" ", text[wish.end() :]))[0]
    if not (found := re.match(r"\s*(?:the|an?|some|\d+)(?: (?:x|of))? (.+)", said)):
        return ""
    nouns = {word for word in stems(found[1]) if word.isalpha()} - FUNCTION_WORDS - _OF_TALK - _ORDINALS
    reading = grammar.read(Text(found[1]))
    is_limit = bool(reading.conditions or reading.comparative) or reading.sort is not Sort.RELEVANCE
    if not nouns or is_limit or "one" in stems(said) or nouns & _said_before(thread):
        return ""
    shown = [grammar.catalog.products[id] for id in step.of if id in grammar.catalog.products]
    variants = [variant for each in shown for variant in grammar.catalog.variants(each)]
    options = {word for each in variants for word in option_stems(each)}
    return "" if options & nouns or sizes_said(found[1], variants).values else found[1].strip()


def _said_before(thread: Thread) -> set[str]:
    """The words of the conversation so far: "the jacket" may be what was found for jackets."""
    return {word for turn in thread.turns for text in (turn.message, turn.plan, turn.brief) for word in stems(text)}


def _finding(plan: Plan, sought: str) -> Plan:
    return plan.model_copy(update={"steps": (Find(kind=sought[:LONGEST], want=sought[:LONGEST]),)})


def _parts(text: str, grammar: Grammar) -> Iterator[str]:
    """The parts of a message between punctuation and conjunctions, except those inside a title: "Music Stand, folding"."""
    text = _INTO_CART.sub(" ", text)
    titles = list(_titles_in(text, grammar))
    start = 0
    for found in _PART.finditer(text):
        if not any(first < found.start() < end for first, end in titles):
            yield text[start : found.start()]
            start = found.end()
    yield text[start:]


def _titles_in(text: str, grammar: Grammar) -> Iterator[tuple[int, int]]:
    """Where a whole title of two words or more stands."""
    tokens = [token for token in Text(text).tokens if token.is_word]
    said = [token.stem for token in tokens]
    for product in grammar.names.called(set(said) - FUNCTION_WORDS):
        title = list(stems(product.title))
        for place in range(len(said) - len(title) + 1 if len(title) > 1 else 0):
            if said[place : place + len(title)] == title:
                yield tokens[place].start, tokens[place + len(title) - 1].end


def _goods_in(part: str, grammar: Grammar, seen: Sequence[str]) -> NamedGoods | None:
    """What one part of a message names; None if nothing."""
    blanked = _COUNTED.sub(lambda found: " " * len(found[0]), part)
    tokens = list(_joined([token for token in Text(blanked).tokens if token.is_word], grammar))
    said = {token.stem for token in tokens} - FUNCTION_WORDS - _OF_TALK
    near = [_Called(product, grammar) for product in grammar.names.called(said)]
    head = _head(tokens, {word for each in near for word in (*each.kind, each.head)})
    scores = [each.score(said, head, grammar) for each in near]
    most = max(scores, default=0)
    if not most:
        return None
    best = [each for each, score in zip(near, scores, strict=True) if score == most]
    best = [each for each in best if each.title <= said] or _likest(best, head)
    groups = {grammar.names.group_of(id): id for id in seen if id in grammar.catalog.products}
    best = [each for each in best if each.group in groups] or best
    named = best[0]
    if (said & _ORDINALS) - named.title or (said & named.words) <= _ORDINALS:
        return None
    wanted = {word for word in said if not (_WISH.fullmatch(word) or word.isdigit())}
    if named.group not in groups and len(wanted & named.words) < _HALF * len(wanted):
        return None
    ids = tuple(groups.get(each.group, each.product.id) for each in best)
    return NamedGoods(ids[:_MOST_CANDIDATES], _count(tokens, part, named))


def _likest(called: Sequence[_Called], head: str) -> list[_Called]:
    """Those that are such a thing by title and kind before those by one of them: a "ukulele" is no book about it."""
    alike = [(head == each.head) + (head in each.kind) for each in called]
    return [each for each, much in zip(called, alike, strict=True) if much == max(alike)]


def _joined(tokens: Sequence[Token], grammar: Grammar) -> Iterator[Token]:
    """The tokens, two that a title writes as one word as one: "drum sticks"."""
    place = 0
    while place < len(tokens):
        first, *rest = tokens[place : place + 2]
        whole = first.word + "".join(token.word for token in rest)
        is_one = bool(rest) and first.word.isalpha() and grammar.names.is_in_titles((stem(whole),))
        yield Token(whole, stem(whole), whole, first.start, rest[0].end) if is_one else first
        place += 2 if is_one else 1


class _Called:
    """The stems of the words that a product can be called by."""

    def __init__(self, product: Product, grammar: Grammar) -> None:
        self.product, self.group = product, grammar.names.group_of(product.id)
        self.title = {word for word in stems(product.title) if word not in FUNCTION_WORDS}
        self.kind = set(stems(" ".join(product.category_path[-1:]))) - FUNCTION_WORDS
        variants = grammar.catalog.variants(product)
        self.words = self.title | self.kind | {word for each in variants for word in option_stems(each)}
        self.head = _head_of_title(product.title)

    def score(self, said: Collection[str], head: str, grammar: Grammar) -> int:
        """How many of the words that were `said` it has, one more if `head` is what it is; 0 if they do not name it."""
        named = self.title.intersection(said)
        is_what_was_said = bool(head) and (head in self.kind or head == self.head)
        is_named = is_what_was_said or len(named) > 1 or any(map(grammar.names.is_telling, named))
        return len(self.words.intersection(said)) + is_what_was_said if is_named else 0


def option_stems(product: Product) -> Iterator[str]:
    """The stems of what sets a variant apart: its color, size, material and brand."""
    yield from (
        word for value in (product.color, product.size, product.material, product.brand) for word in stems(value)
    )


def _head(tokens: Sequence[Token], known: Collection[str]) -> str:
    """The stem that says what thing is meant: of "a capo for my guitar" the capo; "" if none does."""
    head = ""
    for token in tokens:
        if head and token.word in _ENDS_NAME:
            break
        if token.stem in known:
            head = token.stem
    return head


def _head_of_title(title: str) -> str:
    """The stem of the last word of a title before a comma, a bracket or "with" that is no number or unit."""
    head = ""
    for token in Text(title).tokens:
        if head and (token.word in _ENDS_NAME or (not token.is_word and token.word in ",(–-|")):
            break
        if token.word.isalpha() and not is_unit(token.word) and token.word not in FUNCTION_WORDS:
            head = token.stem
    return head


def _count(tokens: Sequence[Token], part: str, called: _Called) -> int:
    """How many pieces a part names. Numbers of the title are none: "two of the Ukulele in 21 Days". A pair of what is a pair is one piece."""
    title = stems(called.product.title)
    pairs = {*pairwise(title)}
    text = part
    for place in range(len(tokens) - 1, -1, -1):
        token = tokens[place]
        before = tokens[place - 1].stem if place else ""
        behind = tokens[place + 1].stem if place + 1 < len(tokens) else ""
        is_of_title = (before, token.stem) in pairs or (token.stem, behind) in pairs
        if any(sign.isdigit() for sign in token.word) and is_of_title:
            text = text[: token.start] + " " * (token.end - token.start) + text[token.end :]
    if count := pairs_in(text):
        is_pair = "pair" in called.title or any(
            token.stem == called.head != token.word for token in Text(called.product.title).tokens
        )
        return count * (1 if is_pair else 2)
    return count_in(text)
