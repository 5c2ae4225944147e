"""Customer sentences: `data/simulation/customers.yaml`, drawn and filled with the words of a shop."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import yaml

from retrieval.errors import AisleError

SENTENCES = Path(__file__).resolve().parents[2] / "data" / "simulation" / "customers.yaml"
_CHOICE = re.compile(r"\(([^()]*\|[^()]*)\)")
_SLOT = re.compile(r"\{([a-z_]+)\}")
_ARTICLE = re.compile(r"\b([Aa]) (?=[aeiou])")


@dataclass(frozen=True)
class CustomerSentences:
    """The sections of the file. A sentence has choices, "(a|b|)", and slots, "{kinds}"."""

    sections: Mapping[str, tuple[str, ...]]
    properties: Mapping[str, tuple[str, ...]]

    @classmethod
    def load(cls, path: Path = SENTENCES) -> Self:
        """Read the file. Raises AisleError if it cannot be read."""
        try:
            written = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, yaml.YAMLError) as error:
            raise AisleError(f"{path} cannot be read: {error}", "Restore it from the repository.") from error
        properties = {name: tuple(asked) for name, asked in written.pop("property").items()}
        return cls({name: tuple(map(str, sentences)) for name, sentences in written.items()}, properties)

    def draw(self, section: str, words: Mapping[str, str], chance: random.Random) -> str | None:
        """A sentence of `section` whose slots are all among `words`, filled; None if there is none."""
        if section not in self.sections:
            raise AisleError(f"no section {section!r} of customers' sentences", f"Add it to {SENTENCES.name}.")
        return self._filled(self.sections[section], words, chance)

    def question(self, name: str, value: str, words: Mapping[str, str], chance: random.Random) -> str:
        """How a customer asks for the property `name`, such as "battery_life", whose value is "yes", "no" or something else."""
        fitting = [asked for word, asked in self.properties.items() if word in name.split("_")]
        spoken = {**words, "property_name": name.replace("_", " ")}
        rest = self.properties["yes_no" if value.casefold() in ("yes", "no", "true", "false") else "*"]
        return self._filled(fitting[0] if fitting else rest, spoken, chance) or f"{spoken['property_name']}?"

    def words(self, section: str) -> tuple[str, ...]:
        """The plain words of a section, such as the people that customers buy for."""
        return self.sections[section]

    @cached_property
    def count(self) -> int:
        """Sentences before their choices are made."""
        return sum(map(len, (*self.sections.values(), *self.properties.values())))

    def _filled(self, sentences: tuple[str, ...], words: Mapping[str, str], chance: random.Random) -> str | None:
        drawn = list(sentences)
        chance.shuffle(drawn)
        for sentence in drawn:
            text = _chosen(sentence, chance)
            if all(words.get(slot) for slot in _SLOT.findall(text)):
                text = _SLOT.sub(lambda found: words[found[1]], text)
                return re.sub(r"\s+", " ", _ARTICLE.sub(r"\1n ", text)).strip()
        return None


def _chosen(text: str, chance: random.Random) -> str:
    """`text` with one of each choice, inner ones first."""
    while found := _CHOICE.search(text):
        text = text[: found.start()] + chance.choice(found[1].split("|")) + text[found.end() :]
    return text
