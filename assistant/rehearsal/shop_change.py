"""Shop change: another policy, other pages, another adapter or other settings, tried on a copy and then published."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from sqlalchemy import Engine, insert

from assistant.actions.policy_file import FILE_NAME as POLICY_FILE
from assistant.actions.policy_file import read_policy
from assistant.adapters.registry import Registry
from assistant.settings import Settings, load_settings
from assistant.shop_file import SETTINGS
from assistant.shop_import import ShopImport
from retrieval.errors import FeedError, SettingsError
from retrieval.feeds.report import RowError, RowWarning
from retrieval.store.database import Base, open_database, reading, writing
from retrieval.store.versions import Kind

_COPIED = frozenset(
    {
        "products", "faqs", "customers", "events", "addresses", "payment_methods", "orders", "order_lines", "shipments",
        "returns", "return_lines", "payments", "refunds",
    }
)  # fmt: skip
"""Tables that replies are made from. Conversations, carts, staff and keys stay behind."""
_ROWS = 1000


@dataclass(frozen=True, slots=True)
class ShopChange:
    """What would be different. `faqs` is a file or folder of pages, `settings` are keys of `shop.yaml` with their texts."""

    policy: Path | None = None
    faqs: Path | None = None
    adapter: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.policy or self.faqs or self.adapter or self.settings)

    @property
    def names(self) -> tuple[str, ...]:
        """What is changed, in words."""
        return tuple(self._names())

    def _names(self) -> Iterator[str]:
        if self.policy:
            yield "policy"
        if self.faqs:
            yield "pages"
        if self.adapter:
            yield f"adapter {self.adapter}"
        yield from (f"{key}: {value}" for key, value in self.settings.items())

    def on_copy(self, settings: Settings, folder: Path) -> Settings:
        """Settings of a copy of the shop's records in `folder`, with the change made. Raises AisleError if it cannot work."""
        url = f"sqlite:///{folder / 'rehearsal.db'}"
        engine = open_database(url)
        _copy(open_database(settings.resolved_database_url), engine)
        if self.faqs:
            _import_pages(engine, settings, self.faqs)
        engine.dispose()
        changed: dict[str, object] = {_setting(key): value for key, value in self.settings.items()}
        if self.policy:
            changed["policy"] = self.policy
        if self.adapter:
            changed["adapter"] = str(Registry.of(settings).find(self.adapter).folder)
        kept = {name: getattr(settings, name) for name in settings.model_fields_set}
        return load_settings(**{**kept, **changed, "database_url": url})

    def publish(self, settings: Settings, *, force: bool = False, reason: str = "") -> tuple[str, ...]:
        """Make the change, and say for each part when it counts. Raises AisleError; parts made before stay made."""
        return tuple(self._published(settings, force, reason))

    def _published(self, settings: Settings, force: bool, reason: str) -> Iterator[str]:
        if self.adapter:
            change = Registry.of(settings).promote(self.adapter, force=force, reason=reason)
            yield f"{change.adapter} serves now, in place of {change.before}."
        if self.policy:
            path = settings.policy or settings.home / POLICY_FILE
            read_policy(
                self.policy, settings.currency, settings.return_days, "return_days" in settings.model_fields_set
            )
            _replace(path, self.policy.read_text(encoding="utf-8"))
            yield f"{path} is the new policy; it counts from the server's next start."
        if self.settings:
            path = settings.resolved_shop_file
            _replace(path, _with_keys(path, self.settings))
            yield f"{path} has the new settings; they count from the server's next start."
        if self.faqs:
            _import_pages(open_database(settings.resolved_database_url), settings, self.faqs)
            yield "The pages are imported; a running server takes them by itself."


def _setting(key: str) -> str:
    if key not in SETTINGS:
        raise SettingsError(f"{key!r} is no key of shop.yaml.", f"Known are: {', '.join(SETTINGS)}.")
    return SETTINGS[key]


def _copy(source: Engine, target: Engine) -> None:
    """Copy the records as they are at one moment."""
    with reading(source) as read, writing(target) as write:
        for table in Base.metadata.sorted_tables:
            if table.name in _COPIED:
                for rows in read.execute(table.select()).mappings().partitions(_ROWS):
                    write.execute(insert(table), [dict(row) for row in rows])


def _import_pages(engine: Engine, settings: Settings, path: Path) -> None:
    def refuse(fault: RowError | RowWarning | FeedError) -> None:
        if not isinstance(fault, RowWarning):
            raise (
                fault
                if isinstance(fault, FeedError)
                else FeedError(str(fault), "Correct the page, and rehearse again.")
            )

    ShopImport(engine, settings.currency, settings.zone).run(Kind.FAQS, (path,), report=refuse)


def _replace(path: Path, text: str) -> None:
    """Write a file whole, or leave the one that is there. Raises SettingsError."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_text(text, encoding="utf-8")
        os.replace(partial, path)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}.", "Correct its permissions.") from error


def _with_keys(path: Path, values: Mapping[str, str]) -> str:
    """The shop file with these values; its comments and other keys stay."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    for key, value in values.items():
        line = str(yaml.safe_dump({key: value}, allow_unicode=True, width=10_000)).rstrip("\n")
        found = re.search(rf"^{key}:.*(?:\n[ \t-].*)*$", text, re.MULTILINE)
        before, after = (text[: found.start()], text[found.end() :]) if found else (f"{text.rstrip()}\n".lstrip(), "\n")
        text = before + line + after
    return text
