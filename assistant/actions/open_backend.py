"""Opens the OrderBackend that the settings name."""

from __future__ import annotations

from sqlalchemy import Engine

from assistant.actions.backend import OrderBackend
from assistant.actions.database_backend import DatabaseBackend
from assistant.actions.http_backend import HttpBackend
from assistant.actions.policy_file import load_policy
from assistant.settings import Settings


def open_backend(settings: Settings, engine: Engine) -> OrderBackend:
    """The shop's own order system if `orders_url` names one, else the database of `engine`, under the shop's policy.

    Raises SettingsError for a policy that cannot work, and BackendError for a URL that cannot be used.
    """
    if settings.orders_url:
        return HttpBackend.open(settings.orders_url, settings.orders_token.get_secret_value())
    return DatabaseBackend(engine, load_policy(settings), zone=settings.zone)
