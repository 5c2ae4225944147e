"""Grounding: keeps a plan to what was said in the conversation.

A small model sometimes plans a word that nobody said: another kind of product, a budget, a color, a product that has not come up. Code
puts the customer's own words in the place of such arguments, so that tools search and read for what was asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from assistant.dialogue.need import Need
from assistant.dialogue.thread import Thread
from assistant.planning.grammar.english import FUNCTION_WORDS
from assistant.planning.grammar.grammar import Grammar
from assistant.planning.grammar.text import Text, clean, stems
from assistant.planning.person_form import asks_for_person, asks_who_answers
from assistant.planning.plan import (
    MOST_STEPS,
    Ask,
    Bundle,
    Cart,
    Change,
    Choose,
    Compare,
    Details,
    Find,
    HandOver,
    Order,
    Plan,
    Policy,
    Step,
    Talk,
)
from assistant.planning.question_form import asked_field, sounds_angry, without_anger
from assistant.planning.request_form import (
    LONGEST,
    asks_beyond,
    asks_for_goods,
    asks_for_others,
    asks_for_several,
    asks_in_words,
    is_wish_for_goods,
    points,
    requests_in,
    tells_need,
    tells_use,
    without_count,
)
from assistant.planning.spoken import Spoken, kind_named
from assistant.reading.known_questions import KnownQuestions

_SAME = 4
"""First letters by which two longer words count as forms of one: "heavy" and "heaviest", "ship" and "shipping"."""
_SHORT = 20
"""Most words of a message that is searched for in full if the plan leaves one out; a longer message blurs the search."""
_DIGITS = re.compile(r"\d+")
_ASKING = (Policy.tool, Details.tool)
NO_TOOLS: Mapping[str, str] = {}
_OF_GOODS, _OF_TALK = (Find, Details, Choose, Compare), (Ask, Talk)
_OF_SHOP = (Policy, Order, Change, HandOver, Ask, Talk)
_SEARCHING = (Find, Bundle, Choose, Ask)
"""Steps that tell more of what a customer needs; a question about a product or the shop does not."""


@dataclass(frozen=True, slots=True)
class Grounding:
    """Grounds plans with one catalog's vocabulary, which also mends typing errors in what customers write."""

    grammar: Grammar
    known: KnownQuestions | None = None

    def of(self, plan: Plan, thread: Thread, message: str, tools: Mapping[str, str] = NO_TOOLS) -> Plan:
        """Return the plan with each argument that nobody mentioned replaced by the customer's words, or left out.

        If the message asks several things, `tools` maps each part to the tool it surely needs; "" or no entry means that none is sure.
        """
        messages = [self.grammar.mended(clean(text)) for text in (message, *(turn.message for turn in thread.turns))]
        heard = _Heard([message, *messages, *(turn.brief for turn in thread.turns), thread.need.as_text()])
        said = " ".join(message.split())[:LONGEST]
        spoken = Spoken(self.grammar, thread, message)
        names_goods_alone = bool(spoken.search and spoken.kind) and not asks_in_words(message)  # "garden plants"
        if not names_goods_alone and self._asks_a_page(plan, message):
            return Plan(steps=(Policy(question=said),), need=thread.need)
        steps: Sequence[Step] = plan.steps
        is_of_goods = len(steps) == 1 and isinstance(
            steps[0], (*_OF_GOODS, *(_OF_TALK if asks_for_goods(message) else ()))
        )
        if is_of_goods and (liked := spoken.similar_to):
            return Plan(steps=(Find(kind=spoken.kind_of(liked), want=said),), need=thread.need)
        if spoken.search and len(steps) == 1 and not _knows_better(steps[0], spoken):
            steps = [spoken.search]
        asked = [(request[:LONGEST], tools.get(request, "")) for request in requests_in(message)]
        parts = {request: Spoken(self.grammar, thread, request) for request, _ in asked}
        steps = _asked_apart(steps, asked, spoken, parts) if asked else _in_own_words(steps, said)
        wishes = [request for request, tool in asked if tool == Find.tool]
        wish = wishes[0] if len(wishes) == 1 else said
        wished = Spoken(self.grammar, thread, wish) if wish != said else spoken
        planned = [_of_record(step, spoken) for step in steps][:MOST_STEPS]
        if wished is not spoken and sum(isinstance(step, Find) for step in planned) == 1:
            planned = [_looking_for(wish, step) for step in planned]
        told, before = heard, thread.need
        if spoken.turns_to_another_kind:
            messages = messages[:1]
            told, before = _Heard(messages), _left_of(thread.need, spoken.last_search)
        grounded = (
            self._step(wished.about(step), heard, told, wish, wished)
            if isinstance(step, Find)
            else self._step(spoken.about(step), heard, told, said, spoken)
            for step in planned
        )
        steps = tuple(dict.fromkeys(_about_something(grounded, spoken)))
        if asks_for_person(message):
            steps = _with_person(steps, message)
        elif asks_who_answers(message) and not asked:
            steps = (Talk(about="who_are_you"),)
        elif sounds_angry(message) and all(isinstance(step, _OF_SHOP) for step in steps):
            steps = _for_angry(steps, message)
        elif spoken.goods_asked and not any(isinstance(step, (Order, Change, HandOver)) for step in plan.steps):
            steps = (Details(of=spoken.goods_asked, question=f"{said} in stock"),)
        elif spoken.question_of_offer and all(isinstance(step, (Policy, Details)) for step in steps):
            steps = (Details(of=spoken.named, question=spoken.question_of_offer),)
        is_search = any(isinstance(step, _SEARCHING) for step in steps) or tells_need(message)
        kinds = frozenset(stems(step.kind) for step in steps if isinstance(step, Find))
        needed = _Heard([*messages, before.as_text()])  # a color in a reply is nobody's wish
        need = _need(plan.need, before, needed, spoken.rules_out, kinds) if is_search else thread.need
        budget = spoken.budget or (need.budget if spoken.names_money else before.budget)
        color = need.color if self.grammar.read(Text.of(need.color)).conditions else ""
        need = need.model_copy(update={"whom": spoken.whom(need.whom), "budget": budget, "color": color})
        if is_search and (ruled_out := [word for word in spoken.ruled_out if word not in need.avoid]):
            need = need.model_copy(update={"avoid": (*need.avoid, *ruled_out)})
        return Plan(steps=steps, need=need)

    def _asks_a_page(self, plan: Plan, message: str) -> bool:
        """Whether a message planned otherwise asks the question of a page in nearly its words."""
        is_about_shop = all(isinstance(step, (Policy, Order, Change, HandOver)) for step in plan.steps)
        return self.known is not None and not is_about_shop and self.known.page(message) is not None

    def _step(self, step: Step, heard: _Heard, told: _Heard, said: str, spoken: Spoken) -> Step:
        match step:
            case Details(question=question) if not heard.bears(question) or _asks_field_otherwise(said, question):
                return step.model_copy(update={"question": said})
            case Compare(on=on) if not heard.bears(on):
                return step.model_copy(update={"on": ""})
            case Find():
                return self._find(step, heard, told, said, spoken)
            case Bundle(kinds=kinds):
                is_set = asks_for_several(said)
                known = tuple(kind for kind in kinds if heard.bears(kind) or (is_set and self._names_type(kind)))
                known = self._apart(known)
                if len(known) < 2:
                    return self._find(Find(kind=known[0] if known else "", want=said), heard, told, said, spoken)
                return step.model_copy(update={"kinds": known})
            case Ask(about="who") if spoken.whom(""):
                return Find(kind=spoken.kind, want=said)
            case Ask(about="budget") if spoken.budget:
                return Find(kind=spoken.kind, want=said)
            case Talk(about="other_language"):  # those that surely are others were found before
                return spoken.step_by_code()
            case Talk(about="off_topic") if spoken.names_goods:
                return spoken.step_by_code()
            case Order(order=order) | Change(order=order) if order and not heard.bears(order):
                return step.model_copy(update={"order": ""})
        return step

    def _find(self, step: Find, heard: _Heard, told: _Heard, said: str, spoken: Spoken) -> Find:
        """Ground a search. A kind named in the message takes precedence over one named earlier, and that over one the plan made up.

        Wishes about another kind are not carried over: a wish must consist of words in `told`.

        The sort order is read exactly: "the lightest" sorts by weight.
        """
        if asks_for_others(said) and spoken.last_search and not spoken.kind:
            return spoken.last_search
        if spoken.most_of_shown:
            return Find(sort=spoken.sort)
        if asks_beyond(said) and not spoken.kind:
            return Find(want=said)
        kind, want = step.kind, step.want
        if kind and not spoken.names(kind) and spoken.unknown_thing:
            kind, want = spoken.unknown_thing, said
        elif spoken.last_search and spoken.last_search.kind and tells_use(said):
            kind = spoken.last_search.kind  # "it's for a gas cooker" tells of the kettle that is looked for
        elif " and " in spoken.kind or (kind and spoken.kind and not (spoken.names(kind) and self._names_type(kind))):
            kind = spoken.kind
        elif kind and not spoken.names(kind) and spoken.last_search and spoken.last_search.kind and points(said):
            kind = (
                spoken.last_search.kind
            )  # "the warmest one" is among those searched for, not among all that were mentioned
        elif kind and (not heard.bears(kind) or spoken.has_already(kind)):
            kind, want = "", said
        if (want and not told.bears(want)) or (len(said.split()) <= _SHORT and spoken.says_more_than(f"{kind} {want}")):
            want = said
        sort = spoken.sort or step.sort
        if sort and not kind and not spoken.kind:
            kind = spoken.kind_in_view  # "and which are the lightest?"
        return step.model_copy(update={"kind": kind, "want": want, "sort": sort})

    def _apart(self, kinds: Iterable[str]) -> tuple[str, ...]:
        """The first kind of each product type: waterproof boots and hiking boots are one search."""
        return tuple({self._type(kind) or kind: kind for kind in reversed(tuple(kinds))}.values())[::-1]

    def _names_type(self, kind: str) -> bool:
        return bool(self._type(kind))

    def _type(self, kind: str) -> str:
        return kind_named(self.grammar.read(Text(clean(self.grammar.mended(kind)))))


def _knows_better(step: Step, spoken: Spoken) -> bool:
    """Whether a step is more than the search that code reads: several kinds, an order, or a search that names the kind itself."""
    return isinstance(step, (Bundle, Cart, Order, Change)) or (isinstance(step, Find) and bool(spoken.kind))


def _asked_apart(
    steps: Sequence[Step], asked: Sequence[tuple[str, str]], spoken: Spoken, parts: Mapping[str, Spoken]
) -> Sequence[Step]:
    """A plan with a step for each part of a message that asks several things, so that each is answered.

    The router knows the tool of a part better than the model that planned the message as a whole. A question next to a search, or in a
    message that names a product, is about what is found or named, unless the router is sure that it is one to the shop, or the model
    thinks so and the router does not disagree. Whether a page or the record answers is decided once both are read.
    """
    searches = [step for step in steps if isinstance(step, (Find, Bundle))]
    asking = [step for step in steps if isinstance(step, (Details, Policy))]
    if len(searches) + len(asking) < len(steps):
        return steps
    first = next((step.of for step in steps if isinstance(step, Details)), spoken.named or spoken.in_view)
    to_shop = any(isinstance(step, Policy) for step in asking)
    defaults = asking if len(asking) == len(asked) else asking[:1] * len(asked)
    apart: list[Step] = [] if any(tool == Find.tool for _, tool in asked) else [*searches]
    for (question, tool), default in zip_longest(asked, defaults):
        is_counted = without_count(question) != question  # the model takes "2" for the second of the list
        about = default.of if isinstance(default, Details) and not is_counted else first
        is_search_before = any(isinstance(step, (Find, Bundle)) for step in apart)
        is_to_shop = tool == Policy.tool if tool in _ASKING else isinstance(default, Policy)
        is_wish = tool == Find.tool and (not is_search_before or asks_for_goods(question))
        if is_wish and (searches or not spoken.named or is_wish_for_goods(question)):
            apart += searches or [Find(kind=parts[question].kind, want=question)]
            searches = []
        elif is_search_before and tool not in _ASKING and asks_for_goods(question):
            continue  # the search itself
        elif any(isinstance(step, Bundle) for step in apart) and not is_to_shop:
            continue  # unclear which of the things the question is about
        elif (is_search_before or spoken.named) and tool != Policy.tool and not (to_shop and is_to_shop):
            apart.append(Details(of=parts[question].named if is_search_before else about, question=question))
        elif is_to_shop or not about:
            apart.append(Policy(question=question))
        else:
            apart.append(Details(of=about, question=question))
    return apart or steps


def _in_own_words(steps: Sequence[Step], said: str) -> Sequence[Step]:
    """A question to the shop in the customer's words; at the end of a long story it stays in the model's."""
    is_one = all(isinstance(step, Policy) for step in steps) and said.count("?") < 2
    return [Policy(question=said)] if is_one and len(said) < LONGEST else steps


def _asks_field_otherwise(said: str, question: str) -> bool:
    """Whether a short message asks for a field of a record and the plan makes another question of it: "any good" is no "good for a bath"."""
    is_short = len(said.split()) <= _SHORT
    return is_short and question not in said and asked_field(said) not in ("", asked_field(question))


def _about_something(steps: Iterable[Step], spoken: Spoken) -> Iterator[Step]:
    """The steps; without a search before it, a question about what is found becomes one about what is in view, or one to the shop."""
    is_search_before = False
    for step in steps:
        is_search_before = is_search_before or isinstance(step, (Find, Bundle))
        if not isinstance(step, Details) or step.of or is_search_before:
            yield step
        elif spoken.in_view:
            yield Details(of=spoken.in_view, question=step.question)
        else:
            yield Policy(question=step.question)


def _looking_for(wish: str, step: Step) -> Step:
    """A search in the words of the part of the message that wishes for it."""
    return step.model_copy(update={"want": wish}) if isinstance(step, Find) else step


def _of_record(step: Step, spoken: Spoken) -> Step:
    """A question about price, stock or options of a named product, planned for the shop's pages, as one of its record.

    Until when a sale goes on is also asked of what is in view, if that is reduced.
    """
    question = step.question if isinstance(step, Policy) else spoken.said
    field = asked_field(question)
    if field == "sale_end" and isinstance(step, (Policy, Find)) and question in spoken.said:
        of = spoken.named or spoken.reduced_in_view
        return Details(of=of, question=question) if of else step
    if isinstance(step, Policy) and spoken.named and field and question in spoken.said:
        return Details(of=spoken.named, question=question)
    if isinstance(step, Policy) and spoken.option_asked_of and question in spoken.said:
        return Details(of=spoken.option_asked_of, question=question)
    return step


def _with_person(steps: Sequence[Step], message: str) -> tuple[Step, ...]:
    """The steps for a message that asks for a person: those about orders, any others only if it asks several things, then the hand-over."""
    others = (step for step in steps if not isinstance(step, (HandOver, Talk, Ask)))
    kept = [step for step in others if isinstance(step, (Order, Change)) or requests_in(message)]
    return (*kept[: MOST_STEPS - 1], HandOver(reason="asked"))


def _for_angry(steps: Sequence[Step], message: str) -> tuple[Step, ...]:
    """The steps for a customer who is angry: what is asked without the anger, and a person."""
    asked = (
        Policy(question=without_anger(" ".join(message.split()))[:LONGEST]) if isinstance(step, Policy) else step
        for step in steps
        if not isinstance(step, (HandOver, Talk, Ask))
    )
    return (*tuple(dict.fromkeys(asked))[: MOST_STEPS - 1], HandOver(reason="upset"))


class _Heard:
    """The words of a conversation so far."""

    def __init__(self, texts: Iterable[str]) -> None:
        words = {token.stem for text in texts for token in Text(clean(text)).tokens if token.is_word}
        self._words = words
        self._beginnings = {word[:_SAME] for word in words if len(word) >= _SAME}

    def bears(self, text: str) -> bool:
        """Whether every word of `text` that means something was heard, in any form."""
        return all(
            token.word in FUNCTION_WORDS or self._has(token.stem) for token in Text(clean(text)).tokens if token.is_word
        )

    def _has(self, word: str) -> bool:
        if word in self._words:
            return True
        return len(word) >= _SAME and not _DIGITS.search(word) and word[:_SAME] in self._beginnings


def _need(need: Need, before: Need, heard: _Heard, rules_out: bool, kinds: frozenset[tuple[str, ...]]) -> Need:
    """The need without the parts that nobody bears, and without the `kinds` looked for: "for a tent" is no use of a tent, nor a garden of garden plants.

    Nothing new is ruled out by a message without a word of negation.
    """
    kept = {name: value if heard.bears(value) else "" for name, value in _texts(need)}
    use = stems(need.use)
    if any(kind and (use[-len(kind) :] == kind or {*use} <= {*kind, *FUNCTION_WORDS}) for kind in kinds):
        kept["use"] = before.use
    lists = {
        "want": tuple(each for each in need.want if heard.bears(each) and stems(each) not in kinds),
        "avoid": tuple(each for each in need.avoid if each in before.avoid or (rules_out and heard.bears(each))),
    }
    return need.model_copy(update={**kept, **lists})


def _left_of(need: Need, search: Find | None) -> Need:
    """What of a need still holds when another kind of thing is looked for: the person and the occasion, and no property of a thing."""
    is_thing = search is not None and stems(need.use)[-1:] == stems(search.kind)[-1:]
    whom = "" if _DIGITS.search(need.whom) else need.whom
    return Need().model_copy(update={"whom": whom, "use": "" if is_thing else need.use})


def _texts(need: Need) -> Iterable[tuple[str, str]]:
    return ((name, getattr(need, name)) for name in ("whom", "use", "budget", "size", "color", "brand"))
