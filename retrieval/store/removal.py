"""Removal: which stored records an import removes, because the shop hides them or because they left a complete feed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Removal:
    """The records to remove, by id. Records that the same import brings are never removed.

    `hidden` maps ids to the reason why customers must not see them, and `hidden_groups` does so for products with all of
    their variants. With `others`, every record that the import does not bring is removed, except those whose id or group
    is among `kept`.
    """

    hidden: Mapping[str, str] = field(default_factory=dict)
    hidden_groups: Mapping[str, str] = field(default_factory=dict)
    others: bool = False
    kept: Set[str] = frozenset()

    def hides(self, stored: Iterable[tuple[str, str]], imported: Set[str]) -> dict[str, str]:
        """Of the stored records, each an id and a group, those to remove because they are hidden, with the reason."""
        found = {}
        for id, group in stored:
            reason = self.hidden.get(id) or self.hidden_groups.get(id) or (group and self.hidden_groups.get(group))
            if reason and id not in imported:
                found[id] = reason
        return found

    def gone(self, stored: Iterable[tuple[str, str]], imported: Set[str]) -> list[str]:
        """Of the stored records, those to remove because the import does not bring them."""
        if not self.others:
            return []
        return [id for id, group in stored if id not in imported and not self.kept & {id, group}]


NOTHING = Removal()
EVERYTHING_ELSE = Removal(others=True)
"""What a complete feed removes: all that it does not bring."""
