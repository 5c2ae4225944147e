"""Words: names, stock, status, colors, properties, comparisons and quotes that a sentence says without a number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from assistant.actions.order import Order, OrderStatus
from assistant.reading.lines import LineKind
from finetune.verification.finished_turn import FaultKind
from finetune.verification.marked_reply import MARK, MarkedReply, MarkKind
from finetune.verification.promises import promises
from finetune.verification.stock import STOCK, is_stock
from finetune.verification.subjects import Subjects
from finetune.verification.turn_records import TurnRecords
from finetune.verification.vocabulary import ShopVocabulary
from retrieval.catalog.product import Product

Said = tuple[FaultKind, str]
_OPEN = re.compile(r"\b(?:if|whether|when|once|until|unless|as soon as|after|while|before|should)\b", re.IGNORECASE)
_OF_OPTIONS = re.compile(r" in ([^();:]+)")
"""The colors or sizes that are in stock, or that are not: "sold out in yellow"."""
_PENDING = re.compile(r"\b(?:if|whether|when|once|until|unless|as soon as|after|before|should)\b", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|n't|no longer|never|isn't|aren't|none)\b[^,;]{0,20}$", re.IGNORECASE)
_STATUS = {
    OrderStatus.PROCESSING: "being prepared", OrderStatus.SHIPPED: "on its way", OrderStatus.DELAYED: "delayed",
    OrderStatus.DELIVERED: "delivered", OrderStatus.CANCELLED: "cancelled", OrderStatus.RETURNED: "returned",
}  # fmt: skip
_STATED = re.compile(
    rf"\b(?:is|are|was|were|has been|been|still|already|now|currently|as|marked|it's|that's|and) (?:still |already |now |currently )?({'|'.join(_STATUS.values())})\b"
    rf"|\b(being prepared|on its way)\b",
    re.IGNORECASE,
)
_CHEAPER = re.compile(
    r"\b(?:(cheaper|cheapest|less expensive|least expensive)|(dearer|dearest|pricier|priciest|more expensive|most expensive))\b",
    re.IGNORECASE,
)
_OFFERED = re.compile(
    r"\b(?:something|anything|nothing|if|would|want|show|look|find|one of|any|no|none|not)\b|\?", re.IGNORECASE
)
_LISTS = re.compile(
    r"\b(?:comes?|come|also|available|colou?rs?|either|there (?:is|are)|choose|choice|sizes|both|or|have|in)\b",
    re.IGNORECASE,
)
_COLOR_LIST = re.compile(
    r"\b(?:comes?|come|also|available|colou?rs?|either|there (?:is|are)|there's|choose|choice|or)\b"
)
_LETTER_SIZE = re.compile(r"(?<![\w'’])(?:XXS|XS|S|M|L|XL|XXL|XXXL|[2-5]XL)(?![\w'’])")


class WordClaims:
    """Finds the words of a sentence that no record of the turn bears."""

    def __init__(
        self, records: TurnRecords, marked: MarkedReply, subjects: Subjects, vocabulary: ShopVocabulary
    ) -> None:
        self._records = records
        self._marked = marked
        self._subjects = subjects
        self._vocabulary = vocabulary

    def faults(self, number: int, sentence: str) -> Iterator[Said]:
        """What is wrong in sentence `number` of the reply."""
        bare = MARK.sub(" ", sentence)
        yield from self._names(sentence, bare)
        yield from self._stock(number, sentence)
        yield from self._status(sentence)
        yield from self._values(number, sentence, bare)
        yield from self._comparisons(number, sentence)
        yield from self._quotes(number, sentence)
        yield from ((FaultKind.PROMISE, said) for said in promises(sentence))

    def _names(self, sentence: str, bare: str) -> Iterator[Said]:
        records = self._records
        for _, title in self._marked.names(sentence):
            if title not in records.titles and not self._is_said(title):
                yield FaultKind.NAME, title
        brands = {product.brand for product in records.products}
        carriers = {order.carrier for order in records.orders}
        me = records.shop.customers.get(records.turn.customer)
        own = {me.name.split()[0]} if me and me.name.strip() else set()
        for known, allowed in (
            (self._vocabulary.brands, brands),
            (self._vocabulary.carriers, carriers),
            (self._vocabulary.people, own),
        ):
            yield from ((FaultKind.NAME, name) for name in _found(bare, known - allowed) if not self._is_said(name))

    def _is_said(self, words: str) -> bool:
        """True if the customer or a line of this turn says it."""
        return words.casefold() in self._records.heard or words.casefold() in self._records.lines_text

    def _stock(self, number: int, sentence: str) -> Iterator[Said]:
        for found in STOCK.finditer(sentence):
            before = sentence[: found.start()]
            if sentence.endswith("?") or _OPEN.search(before) or found[0].casefold() in self._records.lines_text:
                continue
            groups: list[Sequence[Product]] = [*self._subjects.of(number, found.start(), found.end())]
            meant = [product for products in groups or [self._records.products] for product in products]
            if of := _OF_OPTIONS.match(sentence[found.end() :]):
                meant = [each for each in self._records.variants(meant) if _is_named(each, of[1])] or meant
            is_denied = bool(_NOT.search(before))
            said = found[1].casefold()
            holds = any(is_stock(said, each, self._records.offer(each)) is not is_denied for each in meant)
            if not holds and not (is_denied and not self._records.products):
                yield FaultKind.STOCK, found[0]

    def _status(self, sentence: str) -> Iterator[Said]:
        for found in _STATED.finditer(sentence):
            before = sentence[: found.start()]
            if not self._records.orders or _PENDING.search(before) or sentence.endswith("?") or _NOT.search(before):
                continue
            said = (found[1] or found[2]).casefold()
            if not any(_STATUS[order.status] == said for order in self._orders_of(before)):
                yield FaultKind.STATUS, found[0]

    def _orders_of(self, before: str) -> Sequence[Order]:
        named = [order for order in self._records.orders if order.id in before]
        return [max(named, key=lambda order: before.rfind(order.id))] if named else self._records.orders

    def _values(self, number: int, sentence: str, bare: str) -> Iterator[Said]:
        records = self._records
        borne = self._borne(records.products)
        group = self._borne([*records.variants(records.products)]) if _LISTS.search(bare) else borne
        yield from self._colors(number, sentence)
        sizes = {size for product in self._variants_said(bare) for size in re.findall(r"\w+", product.size)}
        for size in _LETTER_SIZE.findall(bare):
            if size not in sizes and not re.search(
                rf"\b{size}\b",
                " ".join([*records.turn.heard, *(line.text for line in records.turn.lines)]),
                re.IGNORECASE,
            ):
                yield FaultKind.VALUE, size
        for size in _found(bare, self._vocabulary.named_sizes):
            if size.casefold() not in group and not self._is_said(size):
                yield FaultKind.VALUE, size
        for line in records.turn.lines:
            if line.kind is LineKind.ATTRIBUTE:
                others = self._vocabulary.properties.get(line.text.partition(":")[0].casefold(), frozenset())
                for value in _found(
                    bare, {other for other in others if not any(c.isdigit() for c in other)}, ignoring_case=True
                ):
                    if value not in group and not self._is_said(value):
                        yield FaultKind.VALUE, value

    def _colors(self, number: int, sentence: str) -> Iterator[Said]:
        """Colors that are not of the product they are said of; those of its other variants only where several are listed."""
        low = sentence.casefold()
        found = _found(low, self._vocabulary.colors)
        for color in found:
            if self._is_said(color) or any(color != other and color in other for other in found):
                continue
            at = low.index(color)
            groups: list[Sequence[Product]] = [*self._subjects.of(number, at, at + len(color))]
            own = [product for products in groups or [self._records.products] for product in products]
            is_list = bool(_COLOR_LIST.search(low)) or len(found) > 1
            if color not in self._borne([*self._records.variants(own)] if is_list else own):
                yield FaultKind.VALUE, color

    def _variants_said(self, bare: str) -> Iterable[Product]:
        products = self._records.products
        return self._records.variants(products) if _LISTS.search(bare) else products

    def _borne(self, products: Sequence[Product]) -> str:
        """The words of the fields of these products, case folded."""
        fields = (" ".join([p.title, p.color, p.size, p.material, p.product_type, p.brand]) for p in products)
        return " ".join(fields).casefold()

    def _comparisons(self, number: int, sentence: str) -> Iterator[Said]:
        products = self._records.products
        for found in _CHEAPER.finditer(sentence):
            if len(products) < 2 or _OFFERED.search(sentence):
                continue
            before = [title for at, title in self._marked.names(sentence) if at < found.start()]
            subject = self._records.named(before[-1]) if before else []
            if not subject:
                continue
            price = self._records.price(subject[0])
            others = [self._records.price(each) for each in products if each.title != subject[0].title]
            if others and not any(price < other if found[1] else price > other for other in others):
                yield FaultKind.COMPARISON, found[0]

    def _quotes(self, number: int, sentence: str) -> Iterator[Said]:
        named = {each.id for product in self._subjects.meant(number) for each in self._records.variants([product])}
        for character in MARK.findall(sentence):
            mark = self._marked.mark(character)
            is_other = mark.record in self._records.shop.catalog.products and named and mark.record not in named
            if mark.kind is MarkKind.QUOTE and is_other:
                yield FaultKind.QUOTE, mark.text
        for name, rest in self._vocabulary.stated(MARK.sub(" ", sentence)):
            lines = [line.text.casefold() for line in self._records.turn.lines]
            if not any(line.startswith(f"{name}: ") and rest.startswith(line.partition(": ")[2][:8]) for line in lines):
                yield FaultKind.QUOTE, f"{name}: {rest[:40]}"
        spoken = self._marked.plain(sentence)
        if {self._marked.mark(character).kind for character in MARK.findall(sentence)} & {
            MarkKind.QUOTE,
            MarkKind.CONTACT,
        }:
            return
        near = self._vocabulary.nearest_lines(spoken)
        is_own = any(line in self._records.turn.lines or line.record in self._records.turn.products for line in near)
        if near and not is_own:
            yield FaultKind.QUOTE, spoken


def _found(text: str, words: Iterable[str], *, ignoring_case: bool = False) -> list[str]:
    """Those of `words` that are in `text`, whole."""
    text = text.casefold() if ignoring_case else text
    return [word for word in words if word in text and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)]


def _is_named(product: Product, options: str) -> bool:
    """True if `options`, a list of colors and sizes, names this variant, or most of them."""
    values = filter(None, (product.color, product.size))
    return options.startswith("most ") or any(
        _found(options, [value.casefold()], ignoring_case=True) for value in values
    )
