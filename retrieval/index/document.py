"""Document: the text of a record as the encoder and the lexical index read it."""

from __future__ import annotations

import re

from retrieval.catalog.faq import Faq
from retrieval.catalog.product import Product
from retrieval.folding import folded

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_MARKDOWN = re.compile(r"\[([^\]]*)\]\([^)]*\)|[*_`#>|]+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_MEASURE = re.compile(r"(?<![\w.])(\d+(?:[.,]\d+)?)[ -]?([a-z]{1,4}\b|\")")
_JOINED = re.compile(r"\w+(?:[-/.]\w+)+")
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
    """Lower-case words of `text` without accents, plurals reduced, in order; "2-person" gives "2" and "person"."""
    return [_singular(word.removesuffix("'s")) for word in _WORD.findall(folded(text))]


def content_words(text: str) -> list[str]:
    """`words` without those that carry no meaning in a search; all of them where nothing else is left."""
    found = _WORD.findall(folded(text))
    kept = [word for word in found if word not in STOP_WORDS]
    return words(" ".join(kept or found))


def product_text(product: Product) -> str:
    """What the encoder reads of a product: what it is, its description, then attributes, at most `TEXT_LIMIT` characters.

    Sizes carry no meaning to search by, and without them the sizes of one thing share one vector. Bare numbers carry none
    either.
    """
    named = ", ".join(fact for fact in (product.brand, product.color, product.material) if fact)
    facts = ", ".join(
        f"{name.replace('_', ' ')} {value}"
        for name, value in product.attributes.items()
        if not _NUMBER.fullmatch(value)
    )
    parts = (product.title, " ".join(product.category_path), named, product.description, facts)
    whole = ". ".join(part.strip().rstrip(".") for part in parts if part.strip())
    return whole if len(whole) <= TEXT_LIMIT else whole[:TEXT_LIMIT].rpartition(" ")[0]


TEXT_LIMIT = 400
"""About 110 tokens. What a product is stands in front; the rest costs time by its length and moves nDCG little."""


def product_head(product: Product) -> str:
    """The short text that names a product: title, category path, brand, colour, size and material."""
    return " ".join((
        product.title, *product.category_path, product.brand, product.color, product.size, product.material
    ))  # fmt: skip


def query_words(text: str) -> list[str]:
    """What the lexical index is asked for `text`: its content words, and its compounds."""
    return content_words(text) + compounds(text)


def compounds(text: str) -> list[str]:
    """Measures, model numbers and hyphenated words, each as one word: "16 GB" is "16gb", "Wi-Fi" "wifi", 15.6" "15.6inch"."""
    plain_text = folded(text)
    measures = [
        match[1].replace(",", ".") + ("inch" if match[2] == '"' else match[2])
        for match in _MEASURE.finditer(plain_text)
    ]
    return measures + [re.sub(r"\W", "", match.group()) for match in _JOINED.finditer(plain_text)]


def product_fields(product: Product) -> dict[str, list[str]]:
    """What the lexical index reads of a product, by the fields of `FIELD_WEIGHTS`."""
    values = " ".join(product.attributes.values())
    return {
        "head": words(product_head(product)),
        "description": words(product.description),
        "attributes": words(f"{product.id} {product.gtin} {values}"),
        "names": words(" ".join(name.replace("_", " ") for name in product.attributes)),
        "compounds": compounds(f"{product.title} {product.size} {product.description} {values}"),
    }


FIELD_WEIGHTS = {"head": 4.0, "description": 1.0, "attributes": 0.4, "names": 0.1, "compounds": 1.0}
"""How much a word counts where it stands. Chosen on queries made from the catalogs themselves: docs/measured.md, "Search"."""


def product_words(product: Product) -> list[str]:
    """All words of a product's record, without its compounds."""
    fields = product_fields(product)
    return [word for name, field in fields.items() if name != "compounds" for word in field]


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
