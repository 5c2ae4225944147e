"""Room: `rehearsal/` in the home, with the script, the change that is being tried, what came of it, and what was published.

conversations.yaml   the script
draft.json           the change that the team lead has written on the page
last.json            the latest rehearsal of a draft
published.jsonl      every publication: when, by whom, what, with what result, and why it was forced
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.opening import open_rehearsal_assistant
from assistant.rehearsal.rehearsal import FOLDER, Open, Rehearsal, alone, rehearse
from assistant.rehearsal.script import (
    FILE_NAME,
    Script,
    ScriptedConversation,
    parse_script,
    read_script,
    script_text,
    yaml_fault,
)
from assistant.rehearsal.shop_change import ShopChange
from assistant.settings import Settings
from retrieval.clock import utc_now
from retrieval.errors import SettingsError


class Draft(BaseModel):
    """A change as texts: the whole policy, one page in Markdown with its id, an adapter's name, and lines of `shop.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    policy: str = ""
    page_id: str = ""
    page: str = ""
    adapter: str = ""
    settings: str = ""

    @contextmanager
    def as_change(self) -> Iterator[ShopChange]:
        """The change, whose files exist within. Raises SettingsError for settings that are no `key: value` lines."""
        with tempfile.TemporaryDirectory(prefix="aisle-draft-") as folder:
            policy, page = Path(folder) / "policy.md", Path(folder) / f"{Path(self.page_id).name or 'page'}.md"
            if self.policy.strip():
                policy.write_text(self.policy, encoding="utf-8")
            if self.page.strip():
                page.write_text(self.page, encoding="utf-8")
            yield ShopChange(
                policy if self.policy.strip() else None,
                page if self.page.strip() else None,
                self.adapter,
                _mapping(self.settings),
            )


class Tried(BaseModel):
    """A rehearsal and the draft that it was of."""

    model_config = ConfigDict(frozen=True)

    draft: Draft
    rehearsal: Rehearsal


class RehearsalRoom:
    """One shop's rehearsals. Every method raises SettingsError for a file that cannot be read or written."""

    def __init__(self, settings: Settings, open_: Open = open_rehearsal_assistant) -> None:
        self._settings, self._open = settings, open_
        self.folder = settings.home / FOLDER

    def script(self) -> Script:
        """The shop's conversations."""
        return read_script(self.folder)

    def save_script(self, text: str) -> None:
        """Replace the script, if it can be read."""
        parse_script(text, "The script")
        self._write(FILE_NAME, text)

    def add(self, conversation: ScriptedConversation) -> None:
        """Put a conversation at the end of the script."""
        known = self.script()
        if conversation.name in {each.name for each in known}:
            raise SettingsError(f"There is a conversation {conversation.name!r} already.", "Give it another name.")
        self._write(FILE_NAME, f"{self.text.rstrip()}\n{script_text([conversation])}".lstrip())

    @property
    def text(self) -> str:
        """The script as it was written."""
        return self._read(FILE_NAME)

    def draft(self) -> Draft:
        """The change that was written last; an empty one at first."""
        return Draft.model_validate_json(self._read("draft.json") or "{}")

    def save_draft(self, draft: Draft) -> None:
        """Keep a change that is being written."""
        self._write("draft.json", draft.model_dump_json(indent=2))

    def last(self) -> Rehearsal | None:
        """The latest rehearsal, if it was of the draft as it is now."""
        try:
            tried = Tried.model_validate_json(self._read("last.json") or "null")
        except ValidationError:  # none yet, or one of another Aisle
            return None
        return tried.rehearsal if tried.draft == self.draft() else None

    def run(self) -> Rehearsal:
        """Rehearse the draft. Raises like `rehearse`."""
        draft = self.draft()
        with draft.as_change() as change:
            done = rehearse(self._settings, self.script(), change, self._open)
        self._write("last.json", Tried(draft=draft, rehearsal=done).model_dump_json(indent=2))
        return done

    @property
    def is_running(self) -> bool:
        """Whether a rehearsal is being played, in whichever process."""
        try:
            with alone(self.folder):
                return False
        except SettingsError:
            return True

    @property
    def trouble(self) -> str:
        """Why the latest rehearsal of a draft could not be played."""
        return self._read("trouble.txt")

    def note_trouble(self, text: str) -> None:
        """Keep why a rehearsal could not be played; "" for one that begins."""
        self._write("trouble.txt", text)

    def publish(
        self, change: ShopChange, rehearsal: Rehearsal, by: str, *, force: bool, reason: str
    ) -> tuple[str, ...]:
        """Make the change that was rehearsed, and say for each part when it counts.

        Raises SettingsError if the rehearsal failed and nobody insists with a reason, and AisleError like `ShopChange.publish`.
        """
        if rehearsal.failed and not (force and reason.strip()):
            raise SettingsError(
                f"The rehearsal failed: {', '.join(rehearsal.failed)}.",
                "Correct the change, or insist and give a reason.",
            )
        done = change.publish(self._settings, force=force, reason=reason)
        entry = {
            "time": utc_now().isoformat(), "by": by, "change": change.names, "failed": rehearsal.failed,
            "forced": bool(rehearsal.failed), "reason": reason.strip(),
        }  # fmt: skip
        with (self.folder / "published.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(entry, ensure_ascii=False) + "\n")
        return done

    def publish_draft(self, draft: Draft, by: str, reason: str) -> tuple[str, ...]:
        """Publish `draft`, which must be what was rehearsed last, and clear it. A reason insists. Raises like `publish`."""
        rehearsal = self.last()
        if rehearsal is None or draft != self.draft():  # edited since, or another lead has rehearsed another change
            raise SettingsError("This change was not rehearsed yet.", "Rehearse it first.")
        with draft.as_change() as change:
            if not change:
                raise SettingsError("There is no change to publish.", "Write one first.")
            done = self.publish(change, rehearsal, by, force=bool(reason.strip()), reason=reason)
        self.save_draft(Draft())
        return done

    def _read(self, name: str) -> str:
        path = self.folder / name
        try:
            return path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path} cannot be read: {error}.", "It must be a text file in UTF-8.") from error

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            partial = path.with_name(f".{name}.partial")
            partial.write_text(text, encoding="utf-8")
            os.replace(partial, path)
        except OSError as error:
            raise SettingsError(f"{path} cannot be written: {error.strerror}.", "Correct its permissions.") from error


def _mapping(text: str) -> Mapping[str, str]:
    try:
        given = yaml.load(text, Loader=yaml.BaseLoader) or {}  # noqa: S506 - makes texts alone
    except yaml.YAMLError as error:
        raise SettingsError(f"The settings are not YAML, {yaml_fault(error)}.", "Write `key: value`.") from error
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise SettingsError("The settings must be `key: value` lines.", "Such as `hours: Mon-Fri 9-17`.")
    return given
