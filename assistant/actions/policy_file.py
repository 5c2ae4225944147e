"""Policy file: reads `policy.md`, and refuses a wrong setting with file, line and reason.

---
cancel:
  when: [processing]
  section: Cancelling
---
## Cancelling
You can cancel an order until it has been packed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from assistant.actions.policy import Policy, Rules, Section
from assistant.settings import Settings
from retrieval.errors import SettingsError

FILE_NAME = "policy.md"
_FENCE = "---"
_HINT = "See docs/orders.md for every setting and what it may be."
_WITH_SECTION = (
    "cancel", "change_address", "change_default_address", "change_items", "change_payment", "return", "exchange",
    "return_label", "people",
)  # fmt: skip

Place = tuple[int | str, ...]


def load_policy(settings: Settings) -> Policy:
    """The shop's policy: the file of the setting `policy`, or `policy.md` in the home; without one, nothing is allowed.

    Raises SettingsError like `read_policy`.
    """
    path = settings.policy or settings.home / FILE_NAME
    if settings.policy is None and not path.is_file():
        return Policy(currency=settings.currency)
    is_stated = "return_days" in settings.model_fields_set
    return read_policy(path, settings.currency, settings.return_days, is_stated)


def read_policy(path: Path, currency: str = "USD", return_days: int | None = None, is_stated: bool = False) -> Policy:
    """The policy at `path`; `return_days` counts where the policy gives returns no days.

    Raises SettingsError that names file, line and reason for a file or a setting that cannot work, and if `return_days`
    `is_stated` in the shop's settings and the policy says otherwise.
    """
    try:
        text = path.read_text(encoding="utf-8").removeprefix("\ufeff")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}.", "It must be a text file in UTF-8.") from error
    front, body_line = _front_matter(path, text)
    lines = _Lines(path, front)
    rules = _rules(lines)
    if is_stated:
        _check_days(lines, rules, return_days)
    sections = tuple(_sections(text.splitlines(), body_line))
    _check_sections(lines, rules, {section.title for section in sections})
    if return_days is not None:
        rules = _with_days(rules, lines, return_days)
    return Policy(rules=rules, sections=sections, currency=currency)


def _front_matter(path: Path, text: str) -> tuple[str, int]:
    """The YAML between the first two fences, with as many lines before it as in the file, and how many lines end there."""
    lines = text.splitlines()
    if not lines or lines[0].rstrip() != _FENCE:
        raise SettingsError(f"{path}, line 1: it must begin with a line of three hyphens and the settings.", _HINT)
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), None)
    if end is None:
        raise SettingsError(f"{path}, line 1: the settings have no end, a second line of three hyphens.", _HINT)
    return "\n".join(["", *lines[1:end]]), end + 1


class _Lines:
    """The settings as YAML nodes, which know their lines."""

    def __init__(self, path: Path, front: str) -> None:
        self.path = path
        try:
            self._root = yaml.compose(front, Loader=yaml.SafeLoader)
            self.values: Any = yaml.safe_load(front) if self._root is not None else {}
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            problem = " ".join(str(getattr(error, "problem", None) or error).split())
            raise self.wrong_line(mark.line if mark else 0, f"this is not YAML: {problem}") from error
        if self._root is not None:
            self._refuse_repeats(self._root)
        if not isinstance(self.values, dict):
            raise self.wrong_line(1, "the settings must be `key: value` lines")

    def wrong(self, place: Place, reason: str) -> SettingsError:
        """The error for the setting at `place`."""
        name = ".".join(str(step + 1 if isinstance(step, int) else step) for step in place)
        return self.wrong_line(self._line(place), f"{name} {reason}" if name else reason)

    def wrong_line(self, line: int, reason: str) -> SettingsError:
        """The error for a line, counted from 0."""
        return SettingsError(f"{self.path}, line {line + 1}: {reason.rstrip('.')}.", _HINT)

    def has(self, *place: str) -> bool:
        """True if the file gives this setting a value."""
        found = self.values
        for step in place:
            found = found.get(step) if isinstance(found, dict) else None
        return found is not None

    def _line(self, place: Place) -> int:
        node = self._root
        line = node.start_mark.line if node is not None else 0
        for step in place:
            if isinstance(node, yaml.MappingNode):
                pair = next((pair for pair in node.value if pair[0].value == step), None)
                if pair is None:
                    break
                line, node = pair[0].start_mark.line, pair[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.start_mark.line
        return line

    def _refuse_repeats(self, node: yaml.Node) -> None:
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if key.value in seen:
                    raise self.wrong_line(key.start_mark.line, f"{key.value} stands here a second time")
                seen.add(key.value)
                self._refuse_repeats(value)
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                self._refuse_repeats(item)


def _rules(lines: _Lines) -> Rules:
    try:
        return Rules.model_validate(lines.values)
    except ValidationError as error:
        found = error.errors(include_url=False)[0]
        raise lines.wrong(found["loc"], _reason(found)) from error


def _reason(found: ErrorDetails) -> str:
    if found["type"] == "extra_forbidden":
        return "is no setting"
    message = found["msg"].removeprefix("Value error, ").replace("Input should", "it should")
    return f"has the value {found['input']!r}: {message[:1].lower()}{message[1:]}"


def _check_days(lines: _Lines, rules: Rules, return_days: int | None) -> None:
    days = rules.return_.days
    if lines.has("return", "days") and return_days is not None and days != return_days:
        reason = f"is {days}, and the shop's return_days is {return_days}; give it in one of them"
        raise lines.wrong(("return", "days"), reason)


def _with_days(rules: Rules, lines: _Lines, days: int) -> Rules:
    """The rules with the shop's days of return where the policy leaves them out; exchanges take those of returns."""
    return_days = rules.return_.days if lines.has("return", "days") else days
    exchange_days = rules.exchange.days if lines.has("exchange", "days") else return_days
    return rules.model_copy(
        update={
            "return_": rules.return_.model_copy(update={"days": return_days}),
            "exchange": rules.exchange.model_copy(update={"days": exchange_days}),
        }
    )


def _sections(lines: list[str], start: int) -> Iterator[Section]:
    title, first, held = "", start + 1, list[str]()
    for number, line in enumerate(lines[start:], start + 1):
        if line.startswith("#"):
            if title and any(held):
                yield Section(title=title, text="\n".join(held).strip(), line=first)
            title, first, held = line.lstrip("#").strip(), number, []
        else:
            held.append(line)
    if title and any(held):
        yield Section(title=title, text="\n".join(held).strip(), line=first)


def _check_sections(lines: _Lines, rules: Rules, titles: set[str]) -> None:
    for name in _WITH_SECTION:
        rule = rules.return_ if name == "return" else getattr(rules, name)
        if rule.section and rule.section not in titles:
            raise lines.wrong((name, "section"), f"is {rule.section!r}, which is no heading of the text below")
