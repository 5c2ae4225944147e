"""Known: what the shop's own records tell about what is personal and what is not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from assistant.privacy.addresses import addresses
from retrieval.catalog.customer import Customer

_WORD = re.compile(r"[^\W\d_]+")
_MOST_SHAPES = 50
_LONGEST_OWN = 60
_SHORTEST_OWN = 8  # letters and digits; a shorter piece of a contact tells nothing


def bare(value: str) -> str:
    """A value without blanks, signs and capitals: however it is written, it is the same."""
    return re.sub(r"[\W_]", "", value).casefold()


@dataclass(frozen=True)
class Known:
    """`names` are those of customers; `codes` are order and tracking numbers, of which the forms are learned.

    `own` are the shop's contacts and the addresses of its stores, by letters and digits alone, which stay; `words` are
    those of the shop's own texts, in lower case, which are no names of people; `capitalised` are those of them that the
    texts write with a capital.
    """

    names: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    capitalised: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        customers: Iterable[Customer] = (),
        codes: Iterable[str] = (),
        texts: Iterable[str] = (),
        own: Iterable[str] = (),
    ) -> Known:
        """From the records of the shop: customers, numbers of orders and parcels, its texts and its contacts."""
        names = frozenset(" ".join(customer.name.lower().split()) for customer in customers if customer.name)
        texts, own = tuple(texts), tuple(own)
        words = frozenset(word for text in (*texts, *own) for word in _WORD.findall(text.lower()))
        capitalised = frozenset(
            word.lower() for text in (*texts, *own) for word in _WORD.findall(text) if word[0].isupper()
        )
        stores = (bare(text[slice(*span)]) for text in texts for span in addresses(text))
        contacts = (bare(text) for text in own if text)
        return cls(names, frozenset(filter(None, codes)), frozenset((*contacts, *stores)), words, capitalised)

    def is_own(self, item: str) -> bool:
        """Whether a part of it at least is a contact or address that the shop itself tells everybody."""
        found = bare(item)
        return any(own in found or found in own for own in self.own) if len(found) > _SHORTEST_OWN else False

    def is_shop(self, text: str) -> bool:
        """Whether `text` begins with the shop's name or another thing of its own."""
        start = bare(text[:_LONGEST_OWN])
        return any(start.startswith(own) for own in self.own if own)

    @cached_property
    def given_names(self) -> frozenset[str]:
        """First names of the customers, but for those that are words of the shop's texts."""
        return frozenset(name.split()[0] for name in self.names if " " in name) - self.words

    @cached_property
    def code_pattern(self) -> re.Pattern[str] | None:
        """Matches whatever has the form of one of the shop's codes: FF-20102 gives FF- and five digits."""
        shapes = {re.sub(r"\d", "\0", code) for code in self.codes if sum(map(str.isdigit, code)) >= 3}
        forms = [
            re.escape(shape).replace("\0", r"\d").replace("\\\0", r"\d") for shape in sorted(shapes)[:_MOST_SHAPES]
        ]
        return re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)", re.I) if forms else None
