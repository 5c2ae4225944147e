"""Variants: which variant of a product a step is about, by the colors and sizes that the message and the need name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.dialogue.said_options import SaidOptions, kind_of, with_said
from assistant.evidence.brief import Note
from assistant.evidence.product_facts import is_low
from assistant.planning.option_form import SaidOption, asks_for_the_same, options_said
from assistant.planning.plan import Find
from assistant.tools.body_fit import fitting_size
from assistant.tools.tool import Bench, Findings, Task
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.filter import Filter, Sort
from retrieval.catalog.options import Options
from retrieval.catalog.product import Offer, Product

_MOST_COMPARED = 4
"""Variants of one product that one reply sets side by side."""


def meant_products(ids: Iterable[str], task: Task, bench: Bench) -> list[Product]:
    """The products with `ids`, each in the variant that the customer asks about; several where they name several colors or sizes.

    "Is it cheaper in red?" is about the red variant, whichever was shown before; one that can be had in the color and size named is
    taken before one that is nearly sold out. Unknown ids are left out.
    """
    found: dict[str, Product] = {}
    for id in ids:
        if id not in bench.catalog.products:
            continue
        shown = bench.catalog.products[id]
        for part in _meant_parts(shown, task, bench)[:_MOST_COMPARED]:
            best = _best(shown, part, task, bench)
            found[best.id] = best
    return list(found.values())


def possible_variants(id: str, task: Task, bench: Bench) -> tuple[Product, ...]:
    """The variants that may be meant where the product with this id is shown, by the message and what was said before."""
    product = bench.catalog.products[id]
    return next((tuple(part) for part in _meant_parts(product, task, bench) if product in part), (product,))


def said_options(message: str, variants: Sequence[Product], bench: Bench) -> Options:
    """The colors and sizes that a message names of goods with these variants; a child's height names the size that fits."""
    size = fitting_size(message, variants)
    return bench.constraints.options(message, variants).over(Options(size=(size,) if size else ()))


def earlier_options(product: Product, task: Task, bench: Bench) -> Options:
    """What was said before the message about goods like `product`, but for a color that the message rules out."""
    kept = task.thread.options_of(product).without(bench.constraints.ruled_out(task.message))
    return kept.over(bench.constraints.needed(task.need))


def remembered_options(
    kept: tuple[SaidOptions, ...], message: str, products: Iterable[str], bench: Bench
) -> tuple[SaidOptions, ...]:
    """`kept` after a message that was answered with these products: what it names of theirs takes the place of what was said before."""
    ruled_out = bench.constraints.ruled_out(message)
    kept = tuple(replace(each, options=each.options.without(ruled_out)) for each in kept)
    groups = {
        group_of(bench.catalog.products[id]): bench.catalog.variants(bench.catalog.products[id]) for id in products
    }
    for group in groups.values():
        said = said_options(message, group, bench).had_by(group)
        kept = with_said(kept, kind_of(group[0]), said)
    return kept


def in_best_variants(found: Findings, step: Find, task: Task, bench: Bench) -> Findings:
    """What a search brought, each product in a variant that can be had, within all limits that the one found keeps.

    A search finds a product by any of its variants; the card shows one that the customer can get in the color and size they named.
    """
    limits = bench.constraints.of(step, task.need, task.message, task.thread.shown)
    products = [bench.catalog.products[id] for id in found.products]
    swaps = {each.id: _best(each, _fitting_alike(each, limits, task, bench), task, bench).id for each in products}
    for id, best in swaps.items():  # what is told of the one found must stand in the record of the other, too
        own = {line.text for line in bench.lines_of(best)}
        if any(told.line.record == id and told.line.text not in own for told in found.lines):
            swaps[id] = id
    lines = (
        replace(told, line=replace(told.line, record=swaps.get(told.line.record, told.line.record)))
        for told in found.lines
    )
    first = bench.catalog.products[swaps[found.products[0]]] if found.products else None
    is_fitted = first is not None and first.size == fitting_size(task.message, bench.catalog.variants(first)) != ""
    notes = (*found.notes, Note.SIZE_FOR_HEIGHT) if is_fitted else found.notes
    return replace(found, products=tuple(swaps[id] for id in found.products), lines=tuple(lines), notes=notes)


def with_said_size(step: Find, task: Task, bench: Bench) -> Task:
    """The task of a search with the size that the customer named before for goods of the kind that is looked for.

    A size that the message itself names is kept.
    """
    kinds = bench.constraints.kinds(step.kind)
    if (step.kind and not kinds) or task.need.size != task.thread.need.size:
        return task
    shown = next((bench.catalog.products[id] for id in task.thread.shown if id in bench.catalog.products), None)
    for each in reversed(task.thread.options):
        of_kind = next((p for p in bench.catalog.products.values() if kind_of(p) == each.kind), None)
        is_wanted = of_kind is not None and (
            all(kind.accepts(of_kind) for kind in kinds) if kinds else shown is not None and kind_of(shown) == each.kind
        )
        needed = task.need.model_copy(update={"size": each.options.size[0] if len(each.options.size) == 1 else ""})
        if is_wanted and bench.constraints.needed(needed).size:
            return replace(task, need=needed)
    return task


def once_each(ids: Sequence[str], task: Task, bench: Bench) -> tuple[str, ...]:
    """`ids` with one variant of each product, but for variants of which the message itself names several."""
    products = [bench.catalog.products[id] for id in ids]
    counts = Counter(map(group_of, products))
    has_several = max(counts.values(), default=0) > 1
    kept: dict[tuple[str, int], str] = {}
    for product in products:
        variants = bench.catalog.variants(product)
        parts = said_options(task.message, variants, bench).each_of(variants) if has_several else []
        place = next((place for place, part in enumerate(parts) if product in part), 0) if len(parts) > 1 else 0
        kept.setdefault((group_of(product), place), product.id)
    return tuple(kept.values())


def group_of(product: Product) -> str:
    """What all variants of a product have in common."""
    return product.item_group_id or product.id


def _meant_parts(product: Product, task: Task, bench: Bench) -> list[list[Product]]:
    """The variants of `product` that may be meant, parted where the message names several colors or sizes."""
    variants = bench.catalog.variants(product)
    ruled_out = {color.casefold() for color in bench.constraints.ruled_out(task.message)}
    left = [each for each in variants if each.color.casefold() not in ruled_out] or list(variants)
    earlier = earlier_options(product, task, bench)
    return [earlier.among(part) for part in said_options(task.message, variants, bench).each_of(left)]


def _fitting_alike(product: Product, limits: Filter, task: Task, bench: Bench) -> list[Product]:
    """The meant variants that keep every limit that `product` keeps and have its attributes; `product` if there are none."""
    offer = product.offer_at(task.moment)
    kept = [each for each in limits.conditions if each.accepts(product, offer)]
    is_ranked = limits.sort is not Sort.RELEVANCE

    def is_alike(variant: Product) -> bool:
        own = variant.offer_at(task.moment)
        if variant.attributes != product.attributes or (is_ranked and own.price != offer.price):
            return False
        return all(each.accepts(variant, own) for each in kept)

    (meant, *_) = _meant_parts(product, task, bench)
    return [each for each in meant if is_alike(each)] or [product]


def _best(shown: Product, variants: Sequence[Product], task: Task, bench: Bench) -> Product:
    """The variant to show: `shown` if it is meant and the customer has seen it, else one that can be had, then the nearest to it.

    A question for reduced prices is about what is reduced. On the page of a variant its color is meant.
    """
    asks_for_offers = bench.constraints.asks_for_offers(task.message)
    names_option = said_options(task.message, bench.catalog.variants(shown), bench) != Options()
    is_open = shown.id == task.thread.page
    has_seen = is_open or shown.id in (*task.thread.shown, *task.thread.numbers.latest)

    def cost(variant: Product) -> tuple[bool, bool, bool, int, bool, Decimal]:
        offer = variant.offer_at(task.moment)
        is_other = (variant.color, variant.size) not in ((shown.color, variant.size), (variant.color, shown.size))
        is_gone = not offer.is_available and not offer.can_be_ordered_later
        return (
            asks_for_offers and offer.old_price is None,
            is_open and (is_gone or variant.color != shown.color),
            variant != shown if has_seen and not names_option else False,
            _standing(variant, offer),
            is_other,
            offer.price.amount,
        )

    best = min(variants, key=cost)
    is_as_good = shown in variants and cost(shown)[:4] == cost(best)[:4]
    return shown if is_as_good else best


def _standing(variant: Product, offer: Offer) -> int:
    """How surely a variant can be had: 0 in stock, 1 nearly sold out, 2 later, 3 not at all."""
    if offer.is_available:
        return int(is_low(variant))
    return 2 if offer.can_be_ordered_later else 3


@dataclass(frozen=True, slots=True)
class OtherVariants:
    """Variants that may take a product's place and can be had: those that a message means, and all, the nearest to it first."""

    meant: tuple[Product, ...] = ()
    possible: tuple[Product, ...] = ()


def other_variants(product: Product, message: str, task: Task, bench: Bench) -> OtherVariants:
    """What may take the place of `product`: "in blue" means the blue one that is otherwise the same, if there is one.

    A variant is meant only if it has every option that `message` names; "the same again" means the product itself.
    """
    own = option_values(product)
    offered = [each for each in bench.catalog.variants(product) if each.offer_at(task.moment).is_available]
    possible = tuple(sorted((each for each in offered if each.id != product.id), key=lambda each: -_alike(each, own)))
    values = {field: {option_values(each).get(field, "") for each in offered} - {""} for field in own}
    heard = options_said(message, {field: found for field, found in values.items() if len(found) > 1})
    said = [each for each in heard if not _has_option(own, each)] or [*_elsewhere(heard, own)]
    if not said:
        if asks_for_the_same(message) and product in offered:
            return OtherVariants((product,), possible)
        return OtherVariants(_by_synonym(product, message, possible, bench), possible)
    fitting = [each for each in possible if all(_has_option(option_values(each), one) for one in said)]
    nearest = max((_alike(each, own) for each in fitting), default=0)
    return OtherVariants(tuple(each for each in fitting if _alike(each, own) == nearest), possible)


def option_values(product: Product) -> dict[str, str]:
    """The options of a variant by their names, color and size first."""
    fields = {name: str(getattr(product, name)) for name in ("color", "size", "material", "brand")}
    return {name: value for name, value in {**fields, **product.facts}.items() if isinstance(value, str) and value}


def _by_synonym(product: Product, message: str, possible: tuple[Product, ...], bench: Bench) -> tuple[Product, ...]:
    """The variants in the color or size that a message names in other words than the shop's."""
    options = bench.constraints.options(message)
    meant = options.among(possible) if options.color or options.size else []
    for field in ("color", "size"):
        alike = [each for each in meant if getattr(each, field) == getattr(product, field)]
        meant = alike or meant
    return tuple(meant) if len(meant) < len(possible) or len(possible) == 1 else ()


def _has_option(options: Mapping[str, str], said: SaidOption) -> bool:
    return any(options.get(field, "").casefold() == said.value for field in said.fields)


def _elsewhere(said: Iterable[SaidOption], own: Mapping[str, str]) -> Iterator[SaidOption]:
    """Values that the old variant has in one option and may be wanted in another: "the brown one" of black frames with brown lenses."""
    for each in said:
        if other := frozenset(field for field in each.fields if own.get(field, "").casefold() != each.value):
            yield SaidOption(each.value, other)


def _alike(variant: Product, own: Mapping[str, str]) -> int:
    """How many options a variant shares with `own`."""
    return sum(own.get(field) == value for field, value in option_values(variant).items())


def narrowed(product: Product, color: str, size: str, task: Task, bench: Bench) -> list[Product]:
    """The variants of `product` that may be meant, by what was chosen before and what the message and the need name.

    A variant that a reply has named, or whose page is open, is meant unless the message names another one, or the message before
    did that was about the cart.
    """
    chosen = Options((color,) if color else (), (size,) if size else ())
    variants = list(bench.catalog.variants(product))
    said = said_options(task.message, variants, bench)
    earlier = earlier_options(product, task, bench)
    is_of_cart = bool(task.thread.turns) and task.thread.turns[-1].plan.startswith("cart ")
    is_said = bool(said.color or said.size or color or size) or (is_of_cart and product not in earlier.among(variants))
    if not is_said and product.id in (task.thread.page, *task.thread.named):
        return [product]
    return said.over(chosen).over(earlier).among(variants)


def label_of(product: Product, catalog: Catalog) -> str:
    """What sets a variant apart from the others of its product: "Navy, L"; other options only where color and size do not."""
    variants = [option_values(each) for each in catalog.variants(product)]
    varying = [name for name in option_values(product) if len({each.get(name, "") for each in variants}) > 1]
    telling = [name for name in varying if name in ("color", "size")]
    for name in varying:
        if len({tuple(each.get(field, "") for field in telling) for each in variants}) == len(variants):
            break
        if name not in telling:
            telling.append(name)
    return ", ".join(_told(name, option_values(product)[name]) for name in telling) or product.title


def _told(name: str, value: str) -> str:
    """A value that says nothing without its option's name has it in front: "timer: yes"."""
    return f"{name.replace('_', ' ')}: {value}" if value.casefold() in ("yes", "no", "none") else value
