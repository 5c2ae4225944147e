"""Every error that Aisle raises on purpose.

    AisleError                  what went wrong, and the next step; safe to show an operator
    ├── SettingsError           a setting has a value that cannot work
    ├── FeedError               a file cannot be read as any known format
    ├── SearchIndexError          the search index is absent, stale, damaged or cannot be written
    │   ├── IndexMissing
    │   ├── IndexMismatch
    │   ├── IndexBusy
    │   └── IndexDamaged
    ├── ModelError              a model folder or server is absent, half-copied or does not fit
    │   └── AdapterError        an adapter is damaged, belongs to another model, or may not serve
    ├── StoreError              the database cannot be opened or used
    │   └── ConversationNotFound
    └── WritingError            the language model failed while it wrote a reply

Libraries' own exceptions are caught at the place that calls the library and re-raised as one of
these (`raise ... from error`). Only the command line and the web app turn them into text.
"""

from __future__ import annotations


class AisleError(Exception):
    """Root of the family. `message` names the wrong value, `hint` the next step to take."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(f"{message}\n{hint}" if hint else message)
        self.message = message
        self.hint = hint


class SettingsError(AisleError):
    """A setting has a value that cannot work. Its text is one line."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.args = (f"{message} {hint}".strip(),)


class FeedError(AisleError):
    """A file cannot be read as any known format."""


class SearchIndexError(AisleError):
    """The search index is absent, stale, damaged or cannot be written."""


class IndexMissing(SearchIndexError):
    """No index has been built in this home yet."""


class IndexMismatch(SearchIndexError):
    """The index was made by another embedding model or from another catalogue."""


class IndexBusy(SearchIndexError):
    """Another process is building the index now."""


class IndexDamaged(SearchIndexError):
    """Files of the index are missing or unreadable."""


class ModelError(AisleError):
    """A model folder or model server is absent, half-copied or does not fit."""


class AdapterError(ModelError):
    """An adapter is damaged, belongs to another model, or may not serve."""


class StoreError(AisleError):
    """The database cannot be opened or used."""


class ConversationNotFound(StoreError):
    """No conversation has this id, or it is another customer's."""


class WritingError(AisleError):
    """The language model failed while it wrote a reply."""
