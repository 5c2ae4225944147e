"""Check of the corpus: every line of a shop is held to what `data/conversations/README.md` promises."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from assistant.checking.claims import PROMISE
from assistant.planning.plan import Ask, Cart, Change, Choose, Compare, Details, Find, Order, Policy
from assistant.reading.lines import LineKind
from assistant.reading.verdict import Verdict
from finetune.corpora.asks import ask_files, read_asks
from finetune.corpora.conversation import (
    JudgedPairs,
    WrittenConversation,
    WrittenTurn,
    read_conversations,
    read_pairs,
)
from finetune.corpora.facts import turn_brief
from finetune.corpora.further import FILE, read_points
from finetune.corpora.shop import CorpusShop
from finetune.corpora.transcripts import corpus_conversations
from finetune.verification.corpus_turns import finished
from finetune.verification.verifier import Verifier

REFERENCE = re.compile(r"\{([^{}]*)\}")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_CURRENCY = re.compile(r"[$€£¥]")
_NEAR = 0.8
_SHORTEST_COMPARED = 5


@dataclass(slots=True)
class CorpusReport:
    """Faults and counts of the shops that were checked.

    `doubts` is what the independent verifier finds in the replies as customers read them. Most are true statements in words that it cannot
    follow, so they are for a second look and not a fault.
    """

    faults: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def check_shops(folders: Iterable[Path]) -> CorpusReport:
    """Check each shop, and all of them together for messages that are nearly the same. Raises FeedError."""
    report = CorpusReport()
    said: list[tuple[frozenset[str], str]] = []
    for folder in folders:
        shop = CorpusShop.load(folder)
        report.counts["shops"] += 1
        report.counts["products"] += len({p.item_group_id or p.id for p in shop.catalog.products.values()})
        report.counts["pages"] += len(shop.catalog.faqs)
        for path in sorted(folder.glob("pairs/*.yaml")):
            _take(report, _pair_faults(shop, path, report.counts))
        ids: set[str] = set()
        before = len(report.faults)
        for path in sorted(folder.glob("conversations/*.yaml")):
            _take(report, _conversation_faults(shop, path, ids, said, report.counts))
        messages: dict[str, str] = {}
        for path in ask_files(folder):
            _take(report, _ask_faults(shop, path, messages, report.counts))
        if (path := folder / FILE).exists():
            _take(report, _further_faults(shop, path, report.counts))
        if len(report.faults) == before:
            report.doubts.extend(_doubts(shop))
    return report


def _take(report: CorpusReport, faults: Iterator[str]) -> None:
    report.faults.extend(faults)


def _doubts(shop: CorpusShop) -> Iterator[str]:
    """What the verifier finds wrong with the replies of a shop without faults."""
    verifier = Verifier(shop)
    for conversation in corpus_conversations(shop.folder):
        for place, (_, turn) in enumerate(finished(shop, conversation), 1):
            yield from (
                f"{shop.name}: {conversation.written.id}: turn {place}: {fault}" for fault in verifier.faults(turn)
            )


def _pair_faults(shop: CorpusShop, path: Path, counts: Counter[str]) -> Iterator[str]:
    for place, pairs in enumerate(read_pairs(path), 1):
        if isinstance(pairs, str):
            yield pairs
            continue
        counts["questions"] += 1
        seen: set[tuple[str, str]] = set()
        for fault in _line_faults(shop, pairs, seen, counts):
            yield f"{path}: pair {place} ({pairs.ask!r}): {fault}"


def _ask_faults(shop: CorpusShop, path: Path, messages: dict[str, str], counts: Counter[str]) -> Iterator[str]:
    """Faults of one file of asks; `messages` are those of the shop so far, with where each stands."""
    for place, ask in enumerate(read_asks(path), 1):
        if isinstance(ask, str):
            yield ask
            continue
        where = f"{path}: entry {place}"
        try:
            ask.answer(shop)
        except ValueError as error:
            yield f"{where}: {error}"
        unknown = [id for id in (*(ask.show or ()), *ask.after) if id not in shop.catalog.products]
        yield from (f"{where}: no product has the id {id!r}" for id in unknown)
        for message in ask.says:
            counts["asks"] += 1
            folded = " ".join(re.findall(r"\w+", message.casefold()))
            if folded in messages and len(folded.split()) >= _SHORTEST_COMPARED:
                yield f"{where}: {message!r} also stands in {messages[folded]}"
            messages[folded] = where


def _further_faults(shop: CorpusShop, path: Path, counts: Counter[str]) -> Iterator[str]:
    """Faults of a file of further messages."""
    turns = {each.written.id: len(each.turns) for each in corpus_conversations(shop.folder)}
    said: set[str] = set()
    for place, point in enumerate(read_points(path), 1):
        if isinstance(point, str):
            yield point
            continue
        id, turn = point.place
        if turn >= turns.get(id, 0):
            yield f"{path}: entry {place}: no conversation has the turn {point.at!r}"
        for message in (message for messages in point.says.values() for message in messages):
            counts["further messages"] += 1
            folded = " ".join(re.findall(r"\w+", message.casefold()))
            if folded in said and len(folded.split()) >= _SHORTEST_COMPARED:
                yield f"{path}: entry {place}: {message!r} stands there twice"
            said.add(folded)


def _line_faults(
    shop: CorpusShop, pairs: JudgedPairs, seen: set[tuple[str, str]], counts: Counter[str]
) -> Iterator[str]:
    for judged in pairs.lines:
        try:
            line = shop.line(judged.record, judged.fragment)
        except ValueError as error:
            yield str(error)
            continue
        counts[f"judged {judged.mark.name.lower()}"] += 1
        if (line.record, line.text) in seen:
            yield f"{line.text!r} is judged twice"
        seen.add((line.record, line.text))


def _conversation_faults(
    shop: CorpusShop, path: Path, ids: set[str], said: list[tuple[frozenset[str], str]], counts: Counter[str]
) -> Iterator[str]:
    for conversation in read_conversations(path):
        if isinstance(conversation, str):
            yield conversation
            continue
        where = f"{path}: {conversation.id}"
        counts["conversations"] += 1
        if conversation.id in ids:
            yield f"{where}: this id was used before"
        ids.add(conversation.id)
        if conversation.page and conversation.page not in shop.catalog.products:
            yield f"{where}: page {conversation.page!r} is no product"
        heard: list[str] = []
        for place, turn in enumerate(conversation.turns, 1):
            counts["turns"] += 1
            heard.append(turn.says)
            for fault in chain(turn_faults(shop, conversation, turn, " ".join(heard)), _repeats(turn.says, said)):
                yield f"{where}: turn {place}: {fault}"


def _repeats(message: str, said: list[tuple[frozenset[str], str]]) -> Iterator[str]:
    """A message of some length that is nearly one from before."""
    words = re.findall(r"\w+", message.casefold())
    if len(words) < _SHORTEST_COMPARED:
        return
    grams = frozenset(" ".join(words[i : i + 2]) for i in range(len(words) - 1))
    for other, text in said:
        if len(grams & other) / len(grams | other) >= _NEAR:
            yield f"{message!r} is nearly the same as {text!r}"
            break
    said.append((grams, message))


def turn_faults(shop: CorpusShop, conversation: WrittenConversation, turn: WrittenTurn, heard: str) -> Iterator[str]:
    """What is wrong with one turn; `heard` is everything that the customer has said up to it."""
    try:
        brief = turn_brief(shop, conversation, turn)
    except (ValueError, TypeError) as error:
        yield str(error)
        return
    yield from _plan_faults(shop, turn)
    used = REFERENCE.findall(turn.reply)
    for key in used:
        if key not in brief.facts:
            yield f"{{{key}}} does not exist in this turn"
    bare = REFERENCE.sub(" ", turn.reply)
    if "{" in bare or "}" in bare:
        yield "a brace is left open in the reply"
    known = set(_DIGITS.findall(heard))
    yield from (f"the reply spells the number {n}" for n in _DIGITS.findall(bare) if n not in known)
    if _CURRENCY.search(bare):
        yield "the reply spells a currency sign"
    if found := PROMISE.search(bare):
        yield f"the reply claims or promises an act: {found[0]!r}"
    yield from _spelled_names(shop, bare, heard)
    texts = [told.line for told in brief.lines]
    yield from (f"{line.text!r} is judged twice" for line in set(texts) if texts.count(line) > 1)
    for place, told in enumerate(brief.lines, 1):
        line = told.line
        if told.verdict is Verdict.LIMITS and line.kind is LineKind.POLICY and f"l{place}" not in used:
            yield f"the condition l{place} is not quoted: {line.text!r}"
        if told.verdict is Verdict.SILENT and {f"l{place}", f"l{place}.value"} & set(used):
            yield f"l{place} is silent and cannot be referred to"
    if bare.count("?") > 1:
        yield "the reply asks more than one question"
    if len(turn.reply.split()) > 90:
        yield f"the reply has {len(turn.reply.split())} words; 60 are plenty"


def _plan_faults(shop: CorpusShop, turn: WrittenTurn) -> Iterator[str]:
    for step in turn.plan:
        if isinstance(step, Details | Compare | Choose | Cart):
            yield from (
                f"{step.tool}: no product has the id {id!r}" for id in step.of if id not in shop.catalog.products
            )
        if isinstance(step, Details) and not step.of and not any(isinstance(each, Find) for each in turn.plan):
            yield "details: it names no product, and nothing is looked for"
        if isinstance(step, Order | Change) and step.order and step.order not in shop.orders:
            yield f"{step.tool}: there is no order {step.order!r}"
        if isinstance(step, Compare | Choose) and not turn.show:
            yield f"{step.tool}: show is empty"
        is_unquoted = not any(judged.record in shop.catalog.faqs for judged in turn.lines)
        if isinstance(step, Policy) and is_unquoted and re.search(r"\byes\b", turn.reply, re.IGNORECASE):
            yield "policy: the reply says yes without a line of a page"
        if isinstance(step, Ask) and "?" not in turn.reply and "tell me" not in turn.reply.casefold():
            yield "ask: the reply asks nothing"
        if isinstance(step, Find) and step.sort.startswith(("most ", "least ")):
            name = step.sort.split()[1]
            if not any(name in product.attributes for product in shop.catalog.products.values()):
                yield f"find: no product has the attribute {name!r}"


def _spelled_names(shop: CorpusShop, bare: str, heard: str) -> Iterator[str]:
    """Product titles and brands that the reply spells though the customer did not."""
    low, said = bare.casefold(), heard.casefold()
    names = {p.title for p in shop.catalog.products.values()} | {p.brand for p in shop.catalog.products.values()}
    for name in sorted(filter(None, names)):
        if re.search(rf"\b{re.escape(name)}\b", bare) and name.casefold() not in said and name.casefold() in low:
            yield f"the reply spells the name {name!r}"
