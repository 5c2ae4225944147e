"""Registry: the adapters that one home knows, which of them serves, and how that came about.

There is one for the adapters that write replies, and one for those of the encoder of the search index (`embeddings.py`); see `Family`.

    adapters/        or embeddings/
      serving.json     every promotion and rollback; the last one says what serves
      promoting.lock   held while one process promotes or rolls back
      NAME/            an adapter with its card and its report

A process killed at any moment leaves the state before or the state after. An adapter that comes from elsewhere is
copied beside its place first and moved there when it is complete; what a killed copy left is swept away by the next.
"""

from __future__ import annotations

import contextlib
import fcntl
import getpass
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, Self

from assistant.adapters.adapter import WEIGHTS_FILE, Adapter, short_name
from assistant.adapters.change import Action, Change, promoted, read_changes, sync_folder, write_changes
from assistant.adapters.fitting import check_base, check_fits
from assistant.adapters.rehearsed import Rehearsed
from assistant.adapters.verdict import JUDGE_AGAIN, Verdict
from assistant.language_model.base import base_folder
from assistant.settings import Settings
from retrieval.errors import AdapterError

SHIPPED = "shipped"
NONE = "none"
STATE_FILE = "serving.json"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
COPYING = ".copying-"
"""How the folder of a copy that is not complete begins."""


@dataclass(frozen=True, slots=True)
class Serving:
    """What is to serve: an adapter of this name in `folder`, or the base alone where that is None.

    `digest` is that of the files as they were promoted, "" for what ships.
    """

    name: str
    folder: Path | None
    digest: str = ""


class Judged(Protocol):
    """What the judging of an adapter came to."""

    @property
    def digest(self) -> str:
        """That of the adapter that was judged."""
        ...

    @property
    def objections(self) -> tuple[str, ...]:
        """Why the adapter may not serve, in words; none for one that may."""
        ...

    @property
    def text(self) -> str:
        """What it came to with its figures, on one line."""
        ...


@dataclass(frozen=True, slots=True)
class Family:
    """Adapters with one purpose. They stand in `folder` of the home; `option` is what commands about them add to their line.

    `check_base` looks at names alone, `check_fits` at everything: both raise AdapterError for an adapter of another base.
    """

    folder: str
    option: str
    train: str
    judge: str
    check_base: Callable[[Adapter, str], None]
    check_fits: Callable[[Adapter, str], None]
    verdict: Callable[[Path], Judged | None]


REPLIES = Family(
    "adapters",
    "",
    "Train one with `aisle finetune`, or give the path of its folder.",
    JUDGE_AGAIN,
    check_base,
    check_fits,
    Verdict.read,
)
"""The adapters that plan, read and write."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list. `fault` says why the adapter cannot be used; `adapter` is None then, and for the bare base."""

    name: str
    serves: bool
    adapter: Adapter | None = None
    verdict: Judged | None = None
    fault: str = ""


def _nothing(serving: Serving) -> None:
    """Prepares nothing: servers open an adapter themselves."""


class Registry:
    """The adapters in `home` for the model `base`, a folder or a Hugging Face name; `shipped` comes with that model.

    `needs_adapter` says that the base alone cannot serve.
    """

    def __init__(
        self,
        home: Path,
        base: str,
        shipped: Path | None = None,
        *,
        needs_adapter: bool = False,
        family: Family = REPLIES,
    ) -> None:
        self.base = base
        self._needs_adapter = needs_adapter
        self._family = family
        self._folder = home / family.folder
        self._state = self._folder / STATE_FILE
        self._shipped = shipped if shipped is not None and shipped.is_dir() else None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The registry of these settings. Raises AdapterError where a model server writes, which has its own adapters."""
        if settings.model_url:
            raise AdapterError(
                f"replies are written by the model server at {settings.model_url}, which loads its own adapters",
                "Merge an adapter with `aisle export`, or load it on that server and name it with AISLE_MODEL.",
            )
        if settings.model:
            return cls(settings.home, settings.model)
        return cls.embedded(settings)

    @classmethod
    def embedded(cls, settings: Settings) -> Self:
        """The registry of the embedded base, whatever model these settings name besides."""
        base = base_folder(settings.resolved_cache)
        return cls(settings.home, str(base), settings.data / "models" / "conversation", needs_adapter=True)

    @property
    def first(self) -> str:
        """What serves before anything was promoted."""
        return NONE if self._shipped is None else SHIPPED

    def beginning(self) -> Serving:
        """What serves before anything was promoted, whatever was since."""
        return Serving(self.first, self._shipped)

    def changes(self) -> tuple[Change, ...]:
        """Every promotion and rollback, the first one first. Raises AdapterError for a damaged state file."""
        return read_changes(self._state)

    def stamp(self, serving: Serving) -> tuple[object, ...]:
        """What differs after a change of what serves, or of the folder of `serving`; cheap enough to ask all the time."""
        return _stamp(self._state), _stamp(serving.folder / WEIGHTS_FILE) if serving.folder else None

    def serving(self) -> Serving:
        """What is to serve now.

        Raises AdapterError where the state file is damaged, or the adapter is gone, changed or of another base.
        """
        changes = self.changes()
        if not changes:
            return self.beginning()
        last = changes[-1]
        if last.adapter in (SHIPPED, NONE):
            return Serving(last.adapter, self._built_in(last.adapter))
        return Serving(last.adapter, self._unchanged(last).folder, last.digest)

    def entries(self) -> tuple[Entry, ...]:
        """Everything that could serve: what comes with the model, then the adapters by name, damaged ones with the fault."""
        changes = self.changes()
        serving = changes[-1].adapter if changes else self.first
        names = [*([SHIPPED] if self._shipped else []), *([] if self._needs_adapter else [NONE]), *self._names()]
        return tuple(self._entry(name, name == serving) for name in names)

    def place(self, name: str) -> Path:
        """The folder in which an adapter called `name` is kept, whether there is one or not. Raises AdapterError if none can be called so."""
        if not _NAME.fullmatch(name) or name in (SHIPPED, NONE):
            raise AdapterError(
                f"{name!r} cannot be the name of an adapter", "Name its folder with letters, digits, '.', '-' and '_'."
            )
        return self._folder / name

    def find(self, name: str) -> Adapter:
        """The adapter called `name`, or in the folder `name`. Raises AdapterError that lists what there is."""
        if name == SHIPPED and self._shipped:
            return Adapter.read(self._shipped, SHIPPED)
        if _NAME.fullmatch(name) and (self._folder / name).is_dir():
            return Adapter.read(self._folder / name, name)
        if Path(name).is_dir():
            return Adapter.read(Path(name))
        known = ", ".join([*([SHIPPED] if self._shipped else []), *self._names()]) or "none yet"
        raise AdapterError(f"there is no adapter and no folder {name!r}; known are: {known}", self._family.train)

    def promote(
        self, name: str, *, force: bool = False, reason: str = "", prepare: Callable[[Serving], None] = _nothing
    ) -> Change:
        """Makes the adapter called `name`, or in the folder `name`, serve; a running server follows by itself.

        `prepare` gets what is to serve just before it does; if that raises, nothing has changed.
        Raises AdapterError when it does not fit the base, when the base alone cannot serve, or when the adapter was not judged
        better and safe and `force` is not set; `force` wants a `reason`.
        """
        if force and not reason.strip():
            raise AdapterError("to force a promotion one gives the reason", 'Add --reason "...".')
        if name == NONE and self._needs_adapter:
            raise AdapterError(
                f"the base model {short_name(self.base)} alone can neither plan nor read",
                f"Run: aisle promote {SHIPPED}",
            )
        with self._changing():
            if name == NONE or (name == SHIPPED and self._shipped):
                prepare(Serving(name, self._built_in(name)))
                return self._note(Action.PROMOTE, name, reason=reason)
            adapter = self.find(name)
            self._family.check_fits(adapter, self.base)
            objections = self._objections(adapter)
            if objections and not force:
                raise AdapterError(
                    f"adapter {adapter.name!r} may not serve: {'; '.join(objections)}", self._family.judge
                )
            kept = self._kept(adapter)
            prepare(Serving(kept.name, kept.folder, kept.digest()))
            return self._note(Action.PROMOTE, kept.name, kept.digest(), forced=bool(objections), reason=reason)

    def rollback(self, reason: str = "", prepare: Callable[[Serving], None] = _nothing) -> Change:
        """Makes serve what served before the last promotion; `prepare` as in `promote`. Raises AdapterError where there is nothing before it."""
        with self._changing():
            stack = promoted(self.changes(), self.first)
            if len(stack) < 2:
                raise AdapterError(
                    f"there is nothing to go back to: {stack[0]!r} serves, as at first",
                    f"`aisle adapters{self._family.option}` lists what there is.",
                )
            name = stack[-2]
            if name in (SHIPPED, NONE):
                prepare(Serving(name, self._built_in(name)))
                return self._note(Action.ROLLBACK, name, reason=reason)
            kept = self._unchanged(self._last_change_to(name))
            prepare(Serving(name, kept.folder, kept.digest()))
            return self._note(Action.ROLLBACK, name, kept.digest(), reason=reason)

    def _last_change_to(self, name: str) -> Change:
        return next(change for change in reversed(self.changes()) if change.adapter == name)

    def _note(self, action: Action, name: str, digest: str = "", *, forced: bool = False, reason: str = "") -> Change:
        changes = self.changes()
        before = changes[-1].adapter if changes else self.first
        change = Change(action, name, before, datetime.now(UTC), _account(), digest, forced, reason.strip())
        write_changes(self._state, (*changes, change))
        return change

    def _built_in(self, name: str) -> Path | None:
        if name == SHIPPED and self._shipped is None:
            raise AdapterError(
                f"the shipped adapter was to serve, but none comes with the model {self.base!r}",
                "Restore it, or run `aisle promote` with another one.",
            )
        return self._shipped if name == SHIPPED else None

    def _unchanged(self, change: Change) -> Adapter:
        """The adapter of `change`, as it was then."""
        folder, option = self._folder / change.adapter, self._family.option
        if not folder.is_dir():
            raise AdapterError(
                f"adapter {change.adapter!r} was promoted, but its folder {folder} is gone",
                f"Restore the folder, or run `aisle rollback{option}` or `aisle promote{option}` with another one.",
            )
        adapter = Adapter.read(folder, change.adapter)
        if adapter.digest() != change.digest:
            raise AdapterError(
                f"the files in {folder} are not those that were promoted: copied only in part, or changed since",
                f"Restore the folder, or run `aisle promote{option} {change.adapter}` to check and take it as it is.",
            )
        self._family.check_base(adapter, self.base)
        return adapter

    def _kept(self, adapter: Adapter) -> Adapter:
        """`adapter` inside this home: itself, or a copy."""
        if adapter.folder.resolve() == (self._folder / adapter.name).resolve():
            return adapter
        place = self.place(adapter.name)
        if place.exists():
            if Adapter.read(place).digest() == adapter.digest():
                return Adapter.read(place, adapter.name)
            raise AdapterError(
                f"there is another adapter {adapter.name!r} already",
                f"Give {adapter.folder} another name, then promote it.",
            )
        return self._copied(adapter, place)

    def _copied(self, adapter: Adapter, place: Path) -> Adapter:
        scratch = Path(tempfile.mkdtemp(prefix=COPYING, dir=self._folder))
        files = [path for path in sorted(adapter.folder.iterdir()) if path.is_file()]  # checkpoints stay behind
        for path in files:
            shutil.copy2(path, scratch / path.name)
            with (scratch / path.name).open("rb") as file:
                os.fsync(file.fileno())
        scratch.chmod(0o755)
        copied = Adapter.read(scratch, adapter.name)
        if copied.digest() != adapter.digest():
            raise AdapterError(f"{adapter.folder} changed while it was copied", "Wait for the training to end.")
        sync_folder(scratch)
        os.replace(scratch, place)
        sync_folder(self._folder)
        return Adapter.read(place, adapter.name)

    def _entry(self, name: str, serves: bool) -> Entry:
        if name == NONE:
            return Entry(name, serves)
        try:
            adapter = self.find(name)
            return Entry(name, serves, adapter, self._family.verdict(adapter.folder))
        except AdapterError as error:
            return Entry(name, serves, fault=error.message)

    def _objections(self, adapter: Adapter) -> tuple[str, ...]:
        """The reasons, from its report and its rehearsal, why `adapter` may not serve."""
        rehearsed = Rehearsed.read(adapter.folder)
        is_same = rehearsed is not None and rehearsed.digest == adapter.digest()
        return (*self._judged(adapter), *(rehearsed.objections if rehearsed is not None and is_same else ()))

    def _judged(self, adapter: Adapter) -> tuple[str, ...]:
        verdict = self._family.verdict(adapter.folder)
        if verdict is None:
            return ("it has not been judged: there is no report.json",)
        if verdict.digest != adapter.digest():
            return ("its report.json judged other weights than these",)
        return verdict.objections

    def _names(self) -> list[str]:
        if not self._folder.is_dir():
            return []
        return sorted(path.name for path in self._folder.iterdir() if path.is_dir() and _NAME.fullmatch(path.name))

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        """One change at a time; what a killed one left behind is removed. Raises AdapterError."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with (self._folder / "promoting.lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                for left in self._folder.glob(f"{COPYING}*"):
                    shutil.rmtree(left, ignore_errors=True)
                yield
        except OSError as error:
            raise AdapterError(
                f"{self._folder} cannot be written: {error.strerror or error}",
                "Free space or correct the permissions, then try again.",
            ) from error


def _stamp(path: Path) -> object:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino, status.st_size


def _account() -> str:
    """Who runs this process, by the name of the account."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):  # containers run under numbers that have no name
        return f"user {os.getuid()}"
