"""Intake: what holds for all files of one import, the shop's currency and the ids that were met so far."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Intake:
    """Prices that name no currency are in `currency`. Of two records of one kind with one id, the first one counts."""

    currency: str = "USD"
    _seen: dict[tuple[type, str], tuple[str, int]] = field(default_factory=dict)

    def first_place(self, kind: type, identity: str, file: str, line: int) -> str:
        """Where a record of this kind with this id was met before, in words; "" for a new one, which is remembered."""
        first_file, first_line = self._seen.setdefault((kind, identity), (file, line))
        if (first_file, first_line) == (file, line):
            return ""
        return f"line {first_line}" if first_file == file else f"{first_file}, line {first_line}"
