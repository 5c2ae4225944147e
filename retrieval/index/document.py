"""Document: the text of a record as the encoder and the lexical index read it."""

from __future__ import annotations

import re

from retrieval.catalog.faq import Faq
from retrieval.catalog.product import Product

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_MARKDOWN = re.compile(r"\[([^\]]*)\]\([^)]*\)|[*_`#>|]+")
_FAQ_PASSAGE = 600
_STOP_WORDS = (
    "a an and any anything are as at be but buy by can could do does don't dont for from get give got had has have "
    "i i'd i'm if in is it its just like look looking me my need of on one ones or our please recommend sell shop "
    "show some something suggest than thanks that the their them then there these they thing things this those to "
    "want was we what what's which will with would you your"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())
"""Words that say nothing about a product in a shop's search."""


def words(text: str) -> list[str]:
    """Lower-case words of `text`, plurals reduced, in order; "2-person" gives "2" and "person"."""
    return [_singular(word.replace("’", "'").removesuffix("'s")) for word in _WORD.findall(text.casefold())]


def content_words(text: str) -> list[str]:
    """`words` without those that carry no meaning in a search; all of them where nothing else is left."""
    found = _WORD.findall(text.casefold())
    kept = [word for word in found if word.replace("’", "'") not in STOP_WORDS]
    return words(" ".join(kept or found))


def product_text(product: Product) -> str:
    """What the encoder reads of a product: what it is first, then what sets it apart, then its description.

    Sizes carry no meaning to search by, and without them the sizes of one thing share one vector.
    """
    facts = [product.brand, product.color, product.material]
    facts += [f"{name.replace('_', ' ')} {value}" for name, value in product.attributes.items()]
    listed = ", ".join(fact for fact in facts if fact)
    parts = (product.title, " ".join(product.category_path), listed, product.description)
    return ". ".join(part.strip().rstrip(".") for part in parts if part.strip())


def product_head(product: Product) -> str:
    """The short text that names a product: title, category path, brand, colour, size and material."""
    return " ".join((
        product.title, *product.category_path, product.brand, product.color, product.size, product.material
    ))  # fmt: skip


def product_words(product: Product) -> list[str]:
    """What the lexical index reads of a product. The words that name it count twice, as BM25F would weight them."""
    rest = " ".join((product.id, product.gtin, *product.attributes.values(), product.description))
    attributes = " ".join(name.replace("_", " ") for name in product.attributes)
    return words(product_head(product)) * 2 + words(rest) + words(attributes)


def faq_passages(faq: Faq) -> list[str]:
    """The title, then the title before each paragraph-sized piece of the answer, as plain text."""
    pieces: list[str] = []
    for paragraph in re.split(r"\n\s*\n", plain(faq.answer)):
        text = " ".join(paragraph.split())
        if pieces and len(pieces[-1]) + len(text) < _FAQ_PASSAGE:
            pieces[-1] = f"{pieces[-1]} {text}"
        elif text:
            pieces.append(text)
    return [faq.title, *(f"{faq.title}. {piece}" for piece in pieces)]


def faq_words(faq: Faq) -> list[str]:
    """What the lexical index reads of an FAQ; its title counts twice."""
    return words(faq.title) * 2 + words(plain(faq.answer)) + words(" ".join(faq.intents).replace("_", " "))


def plain(markdown: str) -> str:
    """Markdown without its marks; links keep their text."""
    return _MARKDOWN.sub(lambda match: match.group(1) or "", markdown)


def _singular(word: str) -> str:
    """Harman's S-stemmer (1991, "How effective is suffixing?") with English spelling of plurals; brands stay whole."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("shes", "ches", "xes", "sses", "zzes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("us", "ss", "is")):
        return word[:-1]
    return word


_IRREGULAR = {
    "men": "man", "women": "woman", "children": "child", "kids": "kid", "feet": "foot", "knives": "knife",
    "shelves": "shelf", "scarves": "scarf", "halves": "half", "leaves": "leaf", "loaves": "loaf", "axes": "axe",
}  # fmt: skip
